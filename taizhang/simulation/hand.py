"""How a clerk writes one cell: the typed value in the style of her habits, always with the same meaning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from catalogue import Field, Synonyms
from catalogue.periods import Period
from taizhang.simulation import vocabulary as words
from taizhang.simulation.chance import chance
from taizhang.simulation.grid import CHINESE_DAY, PERCENT, Cell, Styled
from taizhang.simulation.habits import Habits
from taizhang.simulation.xlsx import EPOCH_1900

_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
_UNITS = (
    ("participants", "人次"), ("people_served", "人次"), ("households", "户"), ("suggestions", "件"), ("bills", "件"),
    ("present", "人"), ("expected", "人"), ("invited", "人"), ("attended", "次"), ("cosigners", "人"), ("issues", "条"),
    ("opinions", "条"), ("resolutions", "项"), ("reports", "个"), ("days", "天"), ("score", "分"), ("yuan", "元"),
    ("home", "个"), ("station", "个"), ("group", "个"), ("staff", "人"), ("member", "人"), ("deputy", "名"),
    ("population", "人"), ("receptions", "次"), ("problems", "个"),
)  # fmt: skip


class Hand:
    """Writes the cells of one workbook."""

    def __init__(self, habits: Habits, synonyms: Synonyms, period: Period, rng: Random) -> None:
        self._habits, self._synonyms, self._period, self._rng = habits, synonyms, period, rng

    def blank(self) -> Cell:
        """An empty cell, or the clerk's mark for one."""
        return self._habits.blank_mark if self._habits.has("blanks") and chance(self._rng, 0.7) else None

    def writer(self, sheet: str, field: Field) -> Callable[[Any], Cell]:
        """How she writes a typed value of the field; decided once for a column."""
        has, kind = self._habits.has, field.type
        if kind == "date":
            return self._date if has("dates") or has("serial") else _as_it_is
        if kind == "flag":
            return self._flag
        if kind == "rate":
            return self._rate
        if field.is_numeric:
            return partial(self._number, field) if has("numbers") else _as_it_is
        if kind == "choice":
            return partial(self._choice, sheet, field) if has("synonyms") else _as_it_is
        return self._code if kind == "code" and has("codes") else _as_it_is

    def _reached(self, kind: str) -> bool:
        return self._habits.has(kind) and self._rng.random() < self._habits.zeal

    def _date(self, day: date) -> Cell:
        if self._reached("dates"):
            return self._date_text(self._rng.choice(self._habits.date_styles), day)
        if self._reached("serial") and not self._habits.has("epoch"):
            return (day - EPOCH_1900).days
        return Styled(day, CHINESE_DAY) if self._habits.has("dates") else day

    def _date_text(self, style: str, day: date) -> str:
        year, month, number = day.year, day.month, day.day
        plain = f"{year}年{month}月{number}日"
        if style == "yearless":
            near = year == self._period.year and day <= self._period.last_day + timedelta(days=60)
            return f"{month}月{number}日" if near else plain
        return {
            "year_month_day": plain,
            "padded": f"{year}年{month:02d}月{number:02d}日",
            "dotted": f"{year}.{month}.{number}",
            "slashed": f"{year}/{month:02d}/{number:02d}",
            "dashed": f"{year}-{month}-{number}",
            "wide": plain.translate(_WIDE),
            "numerals": f"{_each_digit(year)}年{words.chinese_number(month)}月{words.chinese_number(number)}日",
            "iso": day.isoformat(),
        }[style]

    def _flag(self, value: bool) -> str:
        word = self._habits.flag_words if self._habits.has("flags") else ("是", "否")
        return word[0] if value else word[1]

    def _rate(self, value: float) -> Cell:
        if self._reached("rates"):
            text = f"{value * 100:.1f}%"
            return self._rng.choice((text, text.translate(_WIDE), value))
        return Styled(value, PERCENT)

    def _number(self, field: Field, value: float) -> Cell:
        if not self._reached("numbers"):
            return value
        style, text = self._rng.choice(self._habits.number_styles), f"{value:g}" if value < 1e5 else f"{value:.0f}"
        whole = float(value).is_integer()
        if style == "numerals" and whole and value < 100:
            return words.chinese_number(int(value))
        if style == "comma" and whole and value >= 1000:
            return f"{int(value):,}"
        if style == "ten_thousands" and field.type == "money_yuan" and value >= 10_000:
            return f"{value / 10_000:g}{self._rng.choice(('万', '万元'))}"
        if style == "unit":
            return text + next((unit for part, unit in _UNITS if part in field.code), "个")
        return {"wide": text.translate(_WIDE), "spaced": f" {text} "}.get(style, text)

    def _choice(self, sheet: str, field: Field, value: str) -> str:
        if not self._reached("synonyms"):
            return value
        words = [
            word for word, choice in self._synonyms.choices.get(f"{sheet}.{field.code}", {}).items() if choice == value
        ]
        return self._rng.choice(words) if words else value

    def _code(self, value: str) -> Cell:
        if not self._reached("codes"):
            return value
        if value.isdigit() and not value.startswith("0"):
            return int(value)
        return self._rng.choice((value.translate(_WIDE), value.replace("-", "- "), value + " "))


def _as_it_is(value: Any) -> Cell:
    cell: Cell = value
    return cell


def _each_digit(number: int) -> str:
    return "".join(words.DIGITS[int(digit)] for digit in str(number))
