"""Rows that contradict themselves or the law (rules R01 to R16)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from taizhang.simulation.planter import Planter, Planting, filled
from taizhang.simulation.rows import CLOSED, EVENT_DATES, OPEN, reply_limit
from taizhang.simulation.sent import Row


def date_elsewhere(planter: Planter) -> bool:
    """R01: an event of an earlier month, reported for the first time."""
    sheets = tuple(sheet for sheet in EVENT_DATES if sheet not in ("congress_session", "supervision_activity"))
    for sheet in planter.rng.sample(sheets, len(sheets)):
        row = planter.pick(sheet, planter.first_listed(sheet))
        if row is not None:
            row.values[EVENT_DATES[sheet]] = planter.days_back(planter.sent.period.first_day, 2, 25)
            return planter.is_first_listed(sheet, row)  # not when the new date makes it the key of an earlier meeting
    return False


def date_ahead(planter: Planter) -> bool:
    """R02: done on a day after the return was prepared."""
    later = planter.sent.prepared_on + timedelta(days=planter.rng.randint(2, 20))
    choice = (
        ("petition", "closed_date", "已办结"),
        ("hazard", "rectified_date", "已整改"),
        ("suggestion", "answered_date", None),
    )
    for sheet, code, status in planter.rng.sample(choice, len(choice)):
        row = planter.pick(sheet, _pending(code))
        if row is not None:
            row.values |= {code: later} | ({"status": status} if status else {})
            return True
    return False


def _pending(code: str) -> Callable[[Row], bool]:
    return lambda row: row.values.get(code) is None and row.values.get("assigned_date", True) is not None


def too_many_present(planter: Planter) -> bool:
    """R03: more came than were due, or more were due than hold office."""
    if planter.rng.random() < 0.3 and (row := planter.pick("congress_session")):
        row.values["expected"] = len(planter.township.deputies) + planter.rng.randint(1, 4)
        row.values["attendance_rate_reported"] = round(row.values["present"] / row.values["expected"], 3)
        return True
    found = planter.pick_any(("deputy_activity", "presidium_meeting"), lambda row: row.values.get("invited", True))
    if found is None:
        return False
    sheet, row = found
    due, came = ("invited", "attended") if sheet == "deputy_activity" else ("expected", "present")
    row.values[came] = row.values[due] + planter.rng.randint(1, 6)
    return True


def wrong_rate(planter: Planter) -> bool:
    """R04: a rate that present and expected do not give."""
    row = planter.pick("congress_session")
    if row is None:
        return False
    shift = planter.rng.choice((0.02, 0.027, 0.041))
    rate = row.values["present"] / row.values["expected"]
    row.values["attendance_rate_reported"] = round(rate - shift if rate + shift > 1 else rate + shift, 3)
    return True


def no_quorum(planter: Planter) -> bool:
    """R05: a session below two thirds, or a presidium meeting not above half."""
    found = planter.pick_any(("congress_session", "presidium_meeting"))
    if found is None:
        return False
    sheet, row = found
    if sheet == "presidium_meeting":
        row.values["present"] = planter.township.presidium_members // 2
        return True
    row.values["present"] = len(planter.township.deputies) * 2 // 3 - planter.rng.randint(1, 5)
    row.values["attendance_rate_reported"] = round(row.values["present"] / row.values["expected"], 3)
    return True


def wrong_order(planter: Planter) -> bool:
    """R06: the end before the beginning."""
    pairs = (
        ("supervision_activity", "start_date", "end_date"),
        ("suggestion", "assigned_date", "answered_date"),
        ("suggestion", "raised_date", "assigned_date"),
        ("hazard", "found_date", "notice_date"),
        ("hazard", "found_date", "rectified_date"),
        ("suggestion", "answered_date", "closed_date"),
    )
    for sheet, first, then in planter.rng.sample(pairs, len(pairs)):
        row = planter.pick(sheet, filled(first, then))
        if row is not None:
            row.values[then] = planter.days_back(row.values[first], 1, 6)
            return True
    return False


def more_replied(planter: Planter) -> bool:
    """R07: more opinions answered than given, more bills taken up than received."""
    found = planter.pick_any(("supervision_activity", "congress_session"))
    if found is None:
        return False
    sheet, row = found
    given, taken = (
        ("opinions_issued", "opinions_replied")
        if sheet == "supervision_activity"
        else ("bills_received", "bills_adopted")
    )
    row.values[taken] = row.values[given] + planter.rng.randint(1, 3)
    return True


def status_against_date(planter: Planter) -> bool:
    """R08: rectified without a date, or a date while still open."""
    row = planter.pick("hazard", lambda row: row.values["status"] in CLOSED)
    if row is not None:
        row.values["status"] = planter.rng.choice(OPEN)
        return True
    row = planter.pick("hazard")
    if row is None:
        return False
    row.values["status"] = planter.rng.choice(CLOSED)
    return True


def no_notice(planter: Planter) -> bool:
    """R09: a hazard of grade 较大 or above without a notice."""
    row = planter.pick("hazard", planter.first_listed("hazard"))
    if row is None:
        return False
    row.values |= {"notice_no": None, "notice_date": None}
    if row.values["severity"] == "一般":
        row.values["severity"] = "较大"
    return True


def half_notice(planter: Planter) -> bool:
    """R10: a notice number without its date, or a date without number."""
    row = planter.pick("hazard", lambda row: row.values["notice_no"] and planter.is_first_listed("hazard", row))
    if row is None:
        return False
    row.values[planter.rng.choice(("notice_no", "notice_date"))] = None
    return True


def unanswered_result(planter: Planter) -> bool:
    """R11: a result though nothing was answered."""
    row = planter.pick("suggestion", lambda row: row.values["answered_date"] is None)
    if row is None:
        return False
    row.values[planter.rng.choice(("result", "satisfaction"))] = None
    code, word = planter.rng.choice((("result", "A"), ("satisfaction", "满意")))
    row.values[code] = word
    return True


def short_session(planter: Planter) -> bool:
    """R12: half a day."""
    row = planter.pick("congress_session", lambda row: row.values["days"] >= planter.law.session_min_days)
    if row is None:
        return False
    row.values |= {"days": 0.5, "end_date": row.values["start_date"]}
    return True


def late_papers(planter: Planter) -> bool:
    """R13: notice or papers sent too late."""
    row = planter.pick("congress_session")
    if row is None:
        return False
    start = row.values["start_date"]
    if planter.rng.random() < 0.5:
        row.values["notice_date"] = planter.days_back(start, 1, planter.law.notice_days - 1)
    else:
        row.values["material_date"] = start
    return True


def late_answer(planter: Planter) -> bool:
    """R14: assigned so long ago that the answer is overdue."""

    def could_be_late(row: Row) -> bool:
        values = row.values
        if not values["assigned_date"] or values["extended_flag"]:
            return False
        earliest = reply_limit(values["raised_date"], False, planter.law)
        now = reply_limit(values["assigned_date"], False, planter.law)
        end = values["answered_date"] or planter.last_day
        return bool(earliest < end <= now)

    row = planter.pick("suggestion", could_be_late)
    if row is None:
        return False
    row.values["assigned_date"] = row.values["raised_date"]
    return True


def late_rectification(planter: Planter) -> bool:
    """R15: open though its deadline is over."""
    limit = planter.last_day - timedelta(days=3)
    row = planter.pick("hazard", lambda row: row.values["status"] in OPEN and row.values["found_date"] < limit)
    if row is None:
        return False
    row.values["rectify_by"] = row.values["found_date"] + timedelta(days=planter.rng.randint(1, 2))
    return True


def few_cosigners(planter: Planter) -> bool:
    """R16: a bill with fewer than five names."""
    row = planter.pick("suggestion", lambda row: row.values["kind"] == "议案")
    if row is None:
        row = planter.pick("suggestion", planter.first_listed("suggestion"))
    if row is None:
        return False
    row.values |= {"kind": "议案", "cosigners": planter.rng.randint(0, planter.law.bill_signatures - 2)}
    return True


PLANTINGS: dict[str, Planting] = {
    "R01": date_elsewhere,
    "R02": date_ahead,
    "R03": too_many_present,
    "R04": wrong_rate,
    "R05": no_quorum,
    "R06": wrong_order,
    "R07": more_replied,
    "R08": status_against_date,
    "R09": no_notice,
    "R10": half_notice,
    "R11": unanswered_result,
    "R12": short_session,
    "R13": late_papers,
    "R14": late_answer,
    "R15": late_rectification,
    "R16": few_cosigners,
}
