"""What each township is told: returned workbooks first, then what to explain, what is overdue and what falls due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from catalogue import load as load_catalogue
from catalogue.calendar import shift_working_days
from catalogue.duties import sheets_owed
from catalogue.periods import Period
from publish.notices.wording import chinese_day, chinese_moment, word
from publish.outbox import annotated_name
from warehouse.duty.messages import Address, Draft

RECENT = timedelta(days=14)  # returns received longer ago are no news: a backfill sends no mail
Row = Mapping[str, Any]


def drafts(
    owed: list[dict[str, Any]],
    reached: Mapping[str, tuple[Address, ...]],
    told: set[str],
    names: Mapping[str, str],
    *,
    steps: tuple[int, ...],
    now: datetime,
) -> Iterator[Draft]:
    """One message per township that has to be told something new; those without an address are passed over.

    `owed`: rows of read_obligations; `told`: matters told before; `names`: of those who answer. A merged township's
    successor answers for it. Without `steps` nothing is reminded of, only returns are told.
    """
    lines: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for row in owed:
        for matter, section in _matters(row, steps, now):
            if row["owner"] in reached and matter not in told:
                lines.setdefault(row["owner"], []).append((matter, section, row))
    for code, found in sorted(lines.items()):
        yield _draft(code, names[code], found, reached[code], steps, now)


def matters(owed: list[dict[str, Any]], steps: tuple[int, ...], now: datetime) -> set[str]:
    """Everything there would be to tell now."""
    return {matter for row in owed for matter, _ in _matters(row, steps, now)}


def _matters(row: Row, steps: tuple[int, ...], now: datetime) -> Iterator[tuple[str, str]]:
    """(matter, section) of an obligation on the day."""
    if row["is_exempt"]:
        return
    newest, received = row["newest_submission_id"], row["newest_received_at"]
    if newest is not None and now - received <= RECENT:
        if row["newest_status"] != "accepted":
            yield f"returned:{newest:.0f}", "returned"
        elif row["unexplained"]:
            yield f"asked:{newest:.0f}", "asked"
    step = current_step(row["due_on"], steps, now.date()) if row["state"] == "open" and row["due_on"] else None
    if step is not None:
        section = "coming" if step <= 0 else "overdue"
        yield f"reminder:{row['form']}:{row['period']}:{row['township_code']}:{row['due_on']}:{step:+d}", section


def current_step(due_on: date, steps: tuple[int, ...], day: date) -> int | None:
    """The latest reminder whose day has come, None before the first. Steps are working days from the due day."""
    come = [step for step in sorted(steps) if shift_working_days(due_on, step) <= day]
    return come[-1] if come else None


def _draft(
    code: str,
    name: str,
    found: list[tuple[str, str, dict[str, Any]]],
    receivers: tuple[Address, ...],
    steps: tuple[int, ...],
    now: datetime,
) -> Draft:
    sections: dict[str, list[dict[str, Any]]] = {"returned": [], "asked": [], "overdue": [], "coming": []}
    for _, section, row in found:
        sections[section].append(_told(row, name))
    words = {"returned": "%d 份退回待改", "asked": "%d 份请核实", "overdue": "%d 份逾期未报", "coming": "%d 份即将到期"}
    heads = [words[section] % len(rows) for section, rows in sections.items() if rows]
    subject, body = word("township", township=name, heads=heads, **sections)
    lasting = sections["returned"] or sections["asked"]
    return Draft(
        kind="returned" if lasting else "reminder",
        matters=tuple(matter for matter, _, _ in found),
        receivers=receivers,
        subject=subject,
        body=body,
        township_code=code,
        valid_until=None if lasting else max(_stale(row, steps, now) for _, _, row in found),
    )


def _stale(row: Row, steps: tuple[int, ...], now: datetime) -> datetime:
    """Until when a reminder is worth sending: the end of the day before the next one, or of the regular round."""
    later = [day for step in steps if (day := shift_working_days(row["due_on"], step)) > now.date()]
    last = min(later) - timedelta(days=1) if later else max(row["closes_on"] or now.date(), now.date())
    return datetime.combine(max(last, now.date() + timedelta(days=1)), time.max)


def _told(row: Row, name: str) -> dict[str, Any]:
    month = Period.parse(row["period"]).chinese
    whose = "" if row["name"] == name else f"{row['name']}（已并入{name}）"
    file = row["file_name"]
    return {
        "month": f"{whose}{month}",
        "state": row["newest_status"],
        "hard": int(row["hard_findings"]),
        "unexplained": int(row["unexplained"]),
        "received_at": chinese_moment(row["newest_received_at"]) if row["newest_received_at"] is not None else "",
        "file": Path(file).name if file else "",
        "annotated": annotated_name(row["period"], row["name"], file, row["newest_version"]) if file else "",
        "due": chinese_day(row["due_on"]) if row["due_on"] else "",
        "closes": chinese_day(row["closes_on"]) if row["closes_on"] else "",
        "is_extended": row["is_extended"],
        "sheets": sheets_owed(load_catalogue().current_form, row["kind"]),
    }
