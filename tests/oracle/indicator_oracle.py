"""Indicator values derived the slow and obvious way, from plain Python rows (contract: indicators.yaml).

Written against the contract's words only; the warehouse's SQL must agree with it on any data.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from catalogue.periods import Period
from catalogue.register import Register
from catalogue.text import fold

Value = tuple[float | None, int | None, int | None, bool]
NOTHING: Value = (None, None, None, False)
OPEN = ("待整改", "整改中")


@dataclass(frozen=True)
class Row:
    """A loaded row."""

    sheet: str
    key: str
    values: dict[str, Any]
    approximate: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sent:
    """A return that was received: `number` breaks ties of time; rejected ones hold no rows."""

    number: int
    township: str
    month: str
    received_at: datetime
    due_on: date
    status: str
    hard_findings: int
    rows: tuple[Row, ...] = field(default=())


def derive(
    sent: Iterable[Sent], register: Register, reply_months: Callable[[date, bool], int], period: Period
) -> dict[tuple[str, str], Value]:
    """(township, indicator) -> value, numerator, denominator, is_approximate; every township valid in the period."""
    everything = list(sent)
    codes = {t.code for t in register.townships if _is_valid(register, t.code, period)}
    result = {}
    for code in codes:
        mine = [one for one in everything if one.township == code]
        for indicator, value in _township(mine, reply_months, period).items():
            result[code, indicator] = value
        for indicator, value in _returns(mine, code, register, period).items():
            result[code, indicator] = value
    return result


def _is_valid(register: Register, code: str, period: Period) -> bool:
    return any(
        t.code == code and t.valid_from <= period.last_day and (t.valid_to is None or t.valid_to >= period.first_day)
        for t in register.townships
    )


def _returns(mine: list[Sent], code: str, register: Register, period: Period) -> dict[str, Value]:
    due = [month.text for month in period.months() if _is_valid(register, code, month)]
    firsts = []
    for month in due:
        versions = sorted((s for s in mine if s.month == month), key=lambda s: (s.received_at, s.number))
        firsts += versions[:1]
    on_time = sum(first.received_at.date() <= first.due_on for first in firsts)
    clean = sum(first.hard_findings == 0 for first in firsts)
    return {"returns_on_time_rate": _rate(on_time, len(due)), "returns_clean_rate": _rate(clean, len(due))}


def _current(mine: list[Sent]) -> dict[str, Sent]:
    current: dict[str, Sent] = {}
    for one in sorted(mine, key=lambda s: (s.received_at, s.number)):
        if one.status != "rejected":
            current[one.month] = one
    return current


def _newest(current: dict[str, Sent], sheet: str, up_to: str = "9999-12") -> list[Row]:
    newest: dict[str, Row] = {}
    for month in sorted(current):
        if month <= up_to:
            newest |= {row.key: row for row in current[month].rows if row.sheet == sheet}
    return list(newest.values())


def _rate(numerator: int, denominator: int, is_approximate: bool = False) -> Value:
    return (numerator / denominator if denominator else None, numerator, denominator, is_approximate)


def _count(number: float, is_approximate: bool = False) -> Value:
    return (float(number), None, None, is_approximate)


def _total(rows: list[Row], code: str) -> int:
    return int(sum(row.values[code] or 0 for row in rows))


def _marked(rows: list[Row], *codes: str) -> bool:
    return any(code in row.approximate for row in rows for code in codes)


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _township(mine: list[Sent], reply_months: Callable[[date, bool], int], period: Period) -> dict[str, Value]:
    current = _current(mine)
    months = [month.text for month in period.months()]
    last_month = months[-1]
    values: dict[str, Value] = {}
    if any(month <= last_month for month in current):
        values |= _stocks(current, period, last_month)
    if any(month in current for month in months):

        def dated(sheet: str, code: str) -> list[Row]:
            rows = _newest(current, sheet)
            return [r for r in rows if r.values[code] and period.first_day <= r.values[code] <= period.last_day]

        profiles = [r for m in sorted(current) if m <= last_month for r in current[m].rows if r.sheet == "profile"]
        profile = profiles[-1] if profiles else Row("profile", "", {"deputy_in_office": 0, "deputy_group_count": 0})
        register = _register(current, last_month)
        values |= _meetings(dated)
        values |= _supervision(dated)
        values |= _hazards(dated)
        values |= _suggestions(dated, _newest(current, "suggestion"), reply_months, period, profile)
        values |= _activities(dated, register, profile)
        values |= _deputies(current, register, months)
        values |= _petitions(dated, period)
        adopted = [r for r in dated("article", "submitted_date") if r.values["adopted_level"] != "未采用"]
        values["articles_adopted"] = _count(len(adopted))
    return values


def _stocks(current: dict[str, Sent], period: Period, last_month: str) -> dict[str, Value]:
    standing = [r for r in _newest(current, "hazard", last_month) if r.values["status"] in OPEN]
    overdue = [r for r in standing if r.values["rectify_by"] and r.values["rectify_by"] < period.last_day]
    suggestions = _newest(current, "suggestion", last_month)
    unclosed = [r for r in suggestions if not r.values["closed_date"] or r.values["closed_date"] > period.last_day]
    return {
        "hazards_open": _count(len(standing)),
        "hazards_overdue": _count(len(overdue)),
        "suggestions_open": _count(len(unclosed)),
    }


def _register(current: dict[str, Sent], last_month: str) -> list[Row]:
    for month in sorted(current, reverse=True):
        rows = [row for row in current[month].rows if row.sheet == "deputy_record"]
        if month <= last_month and rows:
            return rows
    return []


Dated = Callable[[str, str], list[Row]]


def _meetings(dated: Dated) -> dict[str, Value]:
    sessions = dated("congress_session", "start_date")
    meetings = dated("presidium_meeting", "meeting_date")
    others = dated("other_meeting", "meeting_date")
    people = ("present", "expected")
    return {
        "session_count": _count(len(sessions)),
        "session_attendance_rate": _rate(
            _total(sessions, "present"), _total(sessions, "expected"), _marked(sessions, *people)
        ),
        "presidium_meeting_count": _count(len(meetings)),
        "presidium_attendance_rate": _rate(
            _total(meetings, "present"), _total(meetings, "expected"), _marked(meetings, *people)
        ),
        "presidium_minutes_rate": _rate(sum(r.values["minutes_flag"] is True for r in meetings), len(meetings)),
        "party_study_count": _count(sum(r.values["kind"] == "党委专题研究人大工作" for r in others)),
    }


def _supervision(dated: Dated) -> dict[str, Value]:
    rows = dated("supervision_activity", "start_date")
    kinds = {
        "inspection_count": "视察",
        "research_count": "专题调研",
        "law_check_count": "执法检查",
        "appraisal_count": "工作评议",
        "special_report_count": "听取专项报告",
        "special_supervision_count": "专项督查",
    }
    values = {code: _count(sum(r.values["kind"] == kind for r in rows)) for code, kind in kinds.items()}
    values["supervision_count"] = _count(len(rows))
    values["opinion_reply_rate"] = _rate(
        _total(rows, "opinions_replied"),
        _total(rows, "opinions_issued"),
        _marked(rows, "opinions_replied", "opinions_issued"),
    )
    return values


def _hazards(dated: Dated) -> dict[str, Value]:
    found = dated("hazard", "found_date")
    due = dated("hazard", "rectify_by")
    on_time = [r for r in due if r.values["rectified_date"] and r.values["rectified_date"] <= r.values["rectify_by"]]
    notices = {fold(r.values["notice_no"]) for r in dated("hazard", "notice_date") if r.values["notice_no"]}
    return {
        "hazards_found": _count(len(found)),
        "hazards_found_major": _count(sum(r.values["severity"] == "重大" for r in found)),
        "rectification_notices": _count(len(notices)),
        "hazards_on_time_rate": _rate(len(on_time), len(due)),
        "hazards_rectified": _count(len(dated("hazard", "rectified_date"))),
    }


def _suggestions(
    dated: Dated, rows: list[Row], reply_months: Callable[[date, bool], int], period: Period, profile: Row
) -> dict[str, Value]:
    received = dated("suggestion", "raised_date")
    answered = dated("suggestion", "answered_date")
    limits = []
    for r in rows:
        if assigned := r.values["assigned_date"]:
            limits.append((r, _add_months(assigned, reply_months(assigned, bool(r.values["extended_flag"])))))
    due = [(r, limit) for r, limit in limits if period.first_day <= limit <= period.last_day]
    on_time = [r for r, limit in due if r.values["answered_date"] and r.values["answered_date"] <= limit]
    with_result = [r for r in answered if r.values["result"] in ("A", "B", "C", "D")]
    with_opinion = [r for r in answered if r.values["satisfaction"] in ("满意", "基本满意", "不满意")]
    deputies = profile.values["deputy_in_office"]
    return {
        "suggestions_received": _count(len(received)),
        "suggestions_per_deputy": _rate(len(received), deputies, _marked([profile], "deputy_in_office")),
        "suggestions_on_time_rate": _rate(len(on_time), len(due)),
        "suggestions_closed": _count(len(dated("suggestion", "closed_date"))),
        "suggestions_resolution_rate": _rate(sum(r.values["result"] == "A" for r in with_result), len(with_result)),
        "suggestions_consulted_rate": _rate(sum(r.values["consulted_flag"] is True for r in answered), len(answered)),
        "suggestions_satisfaction_rate": _rate(
            sum(r.values["satisfaction"] != "不满意" for r in with_opinion), len(with_opinion)
        ),
    }


def _activities(dated: Dated, register: list[Row], profile: Row) -> dict[str, Value]:
    rows = dated("deputy_activity", "activity_date")
    with_invited = [r for r in rows if r.values["invited"] is not None]
    known = {fold(r.values["deputy_group"]) for r in register}
    active = {fold(r.values["deputy_group"]) for r in rows if r.values["deputy_group"]} & known
    return {
        "deputy_activity_count": _count(len(rows)),
        "deputy_participation_rate": _rate(
            _total(with_invited, "attended"),
            _total(with_invited, "invited"),
            _marked(with_invited, "attended", "invited"),
        ),
        "active_group_rate": _rate(
            len(active), profile.values["deputy_group_count"], _marked([profile], "deputy_group_count")
        ),
        "voter_reception_count": _count(sum(r.values["kind"] == "接待选民" for r in rows)),
        "households_visited": _count(_total(rows, "households_visited"), _marked(rows, "households_visited")),
    }


def _deputies(current: dict[str, Sent], register: list[Row], months: list[str]) -> dict[str, Value]:
    keys = {row.key for row in register}
    trained, reported, marked = set(), set(), False
    for month, one in current.items():
        for row in one.rows:
            if row.sheet != "deputy_record" or row.key not in keys:
                continue
            if month in months and (row.values["trainings_attended"] or 0) >= 1:
                trained.add(row.key)
            if month in months and "trainings_attended" in row.approximate:
                marked = True
            if month <= months[-1] and row.values["reported_to_voters_flag"] is True:
                reported.add(row.key)
    return {
        "training_coverage": _rate(len(trained), len(keys), marked),
        "report_to_voters_coverage": _rate(len(reported), len(keys)),
    }


def _petitions(dated: Dated, period: Period) -> dict[str, Value]:
    received = dated("petition", "received_date")
    closed = [r for r in received if r.values["closed_date"] and r.values["closed_date"] <= period.last_day]
    return {"petitions_closed_rate": _rate(len(closed), len(received))}
