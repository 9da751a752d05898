"""How states, days and amounts are said on the pages; a tone is the class of the style sheet, never the only sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from catalogue import Indicator
from catalogue.periods import Period

STATES = {
    "accepted": ("受理", "good"),
    "returned": ("退回", "bad"),
    "rejected": ("拒收", "bad"),
    "exempt": ("免报", "none"),
}
SEVERITIES = {"hard": "必须改正", "warn": "请核实"}
EXPLAINED = {
    "open": "已说明，待县核定",
    "accepted": "已说明，县已认可",
    "refused": "县未认可",
    "changed": "数值已变，请重新说明",
}
_SHADES = (0, 1, 3, 6, 12)  # least count of each shade


@dataclass(frozen=True)
class State:
    """What became of a return, in a word or two."""

    word: str
    tone: str


def state_of(row: Mapping[str, Any], day: date) -> State:
    """The state of an obligation on the day."""
    if row["state"] == "open":
        return State("逾期未报", "bad") if row["due_on"] is not None and day > row["due_on"] else State("待报", "wait")
    return State(*STATES[row["state"]])


def days_late(row: Mapping[str, Any], day: date) -> int:
    """Calendar days after the due day: of the first return, or until today while nothing has come."""
    if row["is_exempt"] or row["due_on"] is None:
        return 0
    came: date = day if row["first_received_at"] is None else row["first_received_at"].date()
    due: date = row["due_on"]
    return max(0, (came - due).days)


def chinese_date(day: date | None) -> str:
    """2025年3月7日, a dash where there is none."""
    return f"{day.year}年{day.month}月{day.day}日" if day is not None else "—"


def moment(value: datetime | None) -> str:
    """2025-03-07 08:05, a dash where there is none; for tables."""
    return f"{value:%Y-%m-%d %H:%M}" if value is not None else "—"


def month_name(period: str) -> str:
    """2025年3月."""
    return Period.parse(period).chinese


def month_heads(months: tuple[str, ...]) -> list[str]:
    """Short heads of month columns, the year where it begins: 2025年1月, 2月, ..."""
    heads = []
    for number, text in enumerate(months):
        month = Period.parse(text)
        heads.append(month.chinese if number == 0 or month.number == 1 else f"{month.number}月")
    return heads


def share(part: int, whole: int) -> str:
    """The part of the whole in percent, a dash where the whole is empty."""
    return f"{part / whole:.1%}" if whole else "—"


def shade(count: int) -> int:
    """The shade of a count of findings, 0 (none) to 4 (many)."""
    return max(number for number, least in enumerate(_SHADES) if count >= least)


def amount(value: float | None, indicator: Indicator) -> str:
    """An indicator's value as printed: a share in percent, a count as it is, a dash where there is none."""
    if value is None:
        return "—"
    if indicator.is_rate and indicator.label.endswith(("率", "度", "比例")):
        return f"{value:.1%}"
    return f"{value:.0f}" if value == round(value) else f"{value:.2f}"
