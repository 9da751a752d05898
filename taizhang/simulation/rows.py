"""Row rules R01 to R16, judged naively, one row at a time (words: rules.yaml)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date

from catalogue import Parameters
from taizhang.simulation.history import History
from taizhang.simulation.reading import Eyes, Finding, NotEvaluable
from taizhang.simulation.sent import Row, Value

EVENT_DATES = {
    "congress_session": "start_date",
    "presidium_meeting": "meeting_date",
    "other_meeting": "meeting_date",
    "supervision_activity": "start_date",
    "hazard": "found_date",
    "suggestion": "raised_date",
    "deputy_activity": "activity_date",
    "petition": "received_date",
    "article": "submitted_date",
}
HALF_DIGIT = 0.000501  # rates are written with one decimal of a percent
OPEN, CLOSED = ("待整改", "整改中"), ("已整改", "已销号")
Check = Callable[[Callable[[str], Value]], Iterator[tuple[str, str, str]]]


class RowJudge:
    """Judges the rows of one return in one reading."""

    def __init__(self, eyes: Eyes, history: History, law: Parameters) -> None:
        self._eyes, self._history, self._law = eyes, history, law
        self._first_day, self._last_day = eyes.sent.period.first_day, eyes.sent.period.last_day

    def findings(self) -> Iterator[Finding]:
        """Every row finding."""
        checks: dict[str, tuple[Check, ...]] = {
            "congress_session": (self._session_people, self._quorum, self._session_order, self._session_form),
            "presidium_meeting": (self._present, self._presidium_quorum),
            "supervision_activity": (self._activity_order, self._replies),
            "hazard": (self._hazard_order, self._hazard_status, self._notice),
            "suggestion": (self._suggestion_order, self._result, self._answer_late, self._bill),
            "deputy_activity": (self._attended,),
        }
        for sheet, day in EVENT_DATES.items():
            for row in self._eyes.rows(sheet):
                yield from self._first_report(sheet, row, day)
                yield from self._after_preparation(sheet, row)
                for check in checks.get(sheet, ()):
                    yield from self._apply(check, sheet, row)
        for row in self._eyes.rows("hazard"):
            yield from self._unnoticed(row)
            yield from self._overdue(row)

    def _apply(self, check: Check, sheet: str, row: Row) -> Iterator[Finding]:
        def see(code: str) -> Value:
            return self._eyes.see(sheet, row, code)

        try:
            for rule, field, note in check(see):
                yield Finding(rule, sheet, row, field, note)
        except NotEvaluable:
            return

    def _profile(self, code: str) -> Value:
        rows = self._eyes.rows("profile")
        return self._eyes.see("profile", rows[0], code) if rows else None

    def _first_report(self, sheet: str, row: Row, code: str) -> Iterator[Finding]:
        try:
            day = self._eyes.see(sheet, row, code)
        except NotEvaluable:
            return
        if day is None or self._first_day <= day <= self._last_day:
            return
        key = self._history.key_of(sheet, row)
        if key not in self._history.listed(sheet):
            yield Finding("R01", sheet, row, code, scored=key not in self._history.listed(sheet, rejected=True))

    def _after_preparation(self, sheet: str, row: Row) -> Iterator[Finding]:
        for field in self._eyes.sent.form.sheet(sheet).fields:
            if field.type != "date" or field.code == "rectify_by":
                continue
            try:
                day, prepared = self._eyes.see(sheet, row, field.code), self._prepared_on()
            except NotEvaluable:
                continue
            if day and prepared and day > prepared:
                yield Finding("R02", sheet, row, field.code)

    def _prepared_on(self) -> Value:
        return self._eyes.see("cover", self._eyes.sent.cover, "prepared_on")

    # -- congress and meetings

    def _present(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        if _both(see("present"), see("expected")) and see("present") > see("expected"):
            yield "R03", "present", ""

    def _attended(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        if _both(see("attended"), see("invited")) and see("attended") > see("invited"):
            yield "R03", "attended", ""

    def _session_people(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        present, expected, rate = see("present"), see("expected"), see("attendance_rate_reported")
        in_office = self._profile("deputy_in_office")
        if _both(present, expected) and present > expected:
            yield "R03", "present", ""
        elif _both(expected, in_office) and expected > in_office:
            yield "R03", "expected", ""
        if rate is not None and _both(present, expected) and expected and abs(rate - present / expected) > HALF_DIGIT:
            yield "R04", "attendance_rate_reported", ""

    def _quorum(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        present, in_office = see("present"), self._profile("deputy_in_office")
        if _both(present, in_office) and 3 * present < 2 * in_office:
            yield "R05", "present", ""

    def _presidium_quorum(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        present, members = see("present"), self._profile("presidium_member_count")
        if _both(present, members) and 2 * present <= members:
            yield "R05", "present", ""

    def _session_order(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        if _both(see("start_date"), see("end_date")) and see("end_date") < see("start_date"):
            yield "R06", "end_date", ""
        if _both(see("bills_received"), see("bills_adopted")) and see("bills_adopted") > see("bills_received"):
            yield "R07", "bills_adopted", ""

    def _session_form(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        days, start = see("days"), see("start_date")
        if days is not None and days < self._law.session_min_days:
            yield "R12", "days", ""
        for code, needed in (("notice_date", self._law.notice_days), ("material_date", self._law.material_days)):
            if _both(see(code), start) and (start - see(code)).days < needed:
                yield "R13", code, ""

    # -- supervision and hazards

    def _activity_order(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        if _both(see("start_date"), see("end_date")) and see("end_date") < see("start_date"):
            yield "R06", "end_date", ""

    def _replies(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        if _both(see("opinions_issued"), see("opinions_replied")) and see("opinions_replied") > see("opinions_issued"):
            yield "R07", "opinions_replied", ""

    def _hazard_order(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        for code in ("notice_date", "rectified_date"):
            if _both(see(code), see("found_date")) and see(code) < see("found_date"):
                yield "R06", code, ""

    def _hazard_status(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        status, rectified = see("status"), see("rectified_date")
        if (status in CLOSED and rectified is None) or (status in OPEN and rectified is not None):
            yield "R08", "rectified_date", ""

    def _notice(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        number, day, deadline = see("notice_no"), see("notice_date"), see("rectify_by")
        if (number is not None and (day is None or deadline is None)) or (number is None and day is not None):
            yield "R10", "notice_date" if number else "notice_no", ""

    def _unnoticed(self, row: Row) -> Iterator[Finding]:
        """A notice with a date but no number may pass for one."""
        try:
            number, day, severity = (
                self._eyes.see("hazard", row, code) for code in ("notice_no", "notice_date", "severity")
            )
        except NotEvaluable:
            return
        if number is None and severity in ("较大", "重大"):
            yield Finding("R09", "hazard", row, "notice_no", scored=day is None)

    def _overdue(self, row: Row) -> Iterator[Finding]:
        """A hazard rectified after the month may pass for open on its last day."""
        codes = ("status", "rectify_by", "rectified_date")
        try:
            status, deadline, rectified = (self._eyes.see("hazard", row, code) for code in codes)
        except NotEvaluable:
            return
        still_open = status in OPEN
        later = rectified is not None and rectified > self._last_day
        if deadline is not None and deadline < self._last_day and (still_open or later):
            yield Finding("R15", "hazard", row, "rectify_by", scored=still_open)

    # -- suggestions

    def _suggestion_order(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        days = [see(code) for code in ("raised_date", "assigned_date", "answered_date", "closed_date")]
        known = [day for day in days if day is not None]
        if known != sorted(known):
            yield "R06", "answered_date", ""

    def _result(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        answered, result, satisfaction = see("answered_date"), see("result"), see("satisfaction")
        if answered is None and (result is not None or satisfaction is not None):
            yield "R11", "answered_date", ""
        elif see("closed_date") is not None and result is None:
            yield "R11", "result", ""

    def _answer_late(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        assigned = see("assigned_date")
        if assigned is None:
            return
        limit = reply_limit(assigned, see("extended_flag"), self._law)
        answered = see("answered_date")
        if (answered is not None and answered > limit) or (answered is None and limit < self._last_day):
            yield "R14", "answered_date", ""

    def _bill(self, see: Callable[[str], Value]) -> Iterator[tuple[str, str, str]]:
        cosigners = see("cosigners")
        if see("kind") == "议案" and cosigners is not None and cosigners + 1 < self._law.bill_signatures:
            yield "R16", "cosigners", ""


def reply_limit(assigned: date, extended: Value, law: Parameters) -> date:
    """The same day of the month three (extended: six) months on, or that month's last day."""
    months = assigned.month - 1 + (law.reply_months_extended if extended else law.reply_months)
    year, month = assigned.year + months // 12, months % 12 + 1
    return date(year, month, min(assigned.day, monthrange(year, month)[1]))


def _both(one: Value, other: Value) -> bool:
    return one is not None and other is not None
