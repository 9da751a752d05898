"""Rules across months P01 to P06, judged naively against what the county holds (words: rules.yaml)."""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.periods import Period
from taizhang.simulation.history import Arrived, History
from taizhang.simulation.reading import Eyes, Finding, NotEvaluable
from taizhang.simulation.rows import CLOSED, OPEN
from taizhang.simulation.sent import Row, Value
from taizhang.simulation.sheets import COUNTED

STABLE = ("deputy_in_office", "deputy_group_count", "liaison_station_count")
COPYABLE = (
    "congress_session", "presidium_meeting", "other_meeting", "supervision_activity", "deputy_activity", "article",
)  # fmt: skip
CODES = {"supervision_activity": ("activity_no",)}
DATES = {
    "hazard": ("found_date", "notice_date", "rectify_by", "rectified_date"),
    "suggestion": ("raised_date", "assigned_date", "answered_date", "closed_date"),
}


class SeriesJudge:
    """Judges one return against earlier months in one reading."""

    def __init__(self, eyes: Eyes, history: History) -> None:
        self._eyes, self._history, self._period = eyes, history, eyes.sent.period
        self._before = list(history.loaded_before(self._period))

    def findings(self) -> Iterator[Finding]:
        """Every finding across months."""
        yield from self._falling_totals()
        yield from self._sums()
        yield from self._steps_back()
        yield from self._jumps()
        yield from self._copies()
        yield from self._forgotten()

    def _falling_totals(self) -> Iterator[Finding]:
        for row in self._eyes.rows("reported_total"):
            try:
                indicator, total = (
                    self._eyes.see("reported_total", row, code) for code in ("indicator", "year_to_date")
                )
            except NotEvaluable:
                continue
            for arrived in self._before:
                earlier = _loaded_total(arrived, indicator) if arrived.sent.period.year == self._period.year else None
                if earlier is not None:
                    if total is not None and total < earlier.values["year_to_date"]:
                        yield Finding("P01", "reported_total", row, "year_to_date")
                    break

    def _sums(self) -> Iterator[Finding]:
        months = [Period(self._period.year, "month", number) for number in range(1, self._period.number)]
        for row in self._eyes.rows("reported_total"):
            try:
                indicator, month, total = (
                    self._eyes.see("reported_total", row, code) for code in ("indicator", "this_month", "year_to_date")
                )
            except NotEvaluable:
                continue
            if indicator not in COUNTED or month is None or total is None:
                continue
            if any(self._history.current(earlier) is None for earlier in months):
                continue
            parts = [self._month_total(earlier, indicator) for earlier in months]
            if total != month + sum(part or 0 for part in parts):
                yield Finding("P02", "reported_total", row, "year_to_date", scored=None not in parts)

    def _month_total(self, month: Period, indicator: str) -> int | None:
        current = self._history.current(month)
        row = _loaded_total(current, indicator) if current else None
        return int(row.values["this_month"]) if row else None

    def _steps_back(self) -> Iterator[Finding]:
        for sheet, codes in DATES.items():
            newest = self._history.newest_loaded(sheet)
            for row in self._eyes.rows(sheet):
                earlier = newest.get(self._history.key_of(sheet, row))
                if earlier is not None and self._steps(sheet, row, earlier, codes):
                    yield Finding("P03", sheet, row, "status" if sheet == "hazard" else "answered_date")

    def _steps(self, sheet: str, row: Row, earlier: Row, codes: tuple[str, ...]) -> bool:
        for code in codes:
            try:
                if earlier.values.get(code) is not None and self._eyes.see(sheet, row, code) is None:
                    return True
            except NotEvaluable:
                continue
        if sheet != "hazard":
            return False
        try:
            return earlier.values["status"] in CLOSED and self._eyes.see(sheet, row, "status") in OPEN
        except NotEvaluable:
            return False

    def _jumps(self) -> Iterator[Finding]:
        rows = self._eyes.rows("profile")
        earlier = next(
            (arrived.loaded["profile"][0] for arrived in self._before if arrived.loaded.get("profile")), None
        )
        if not rows or earlier is None:
            return
        for code in STABLE:
            try:
                now = self._eyes.see("profile", rows[0], code)
            except NotEvaluable:
                continue
            then = earlier.values.get(code)
            if now is not None and then and abs(now - then) > 0.1 * then:
                yield Finding("P04", "profile", None, code)

    def _copies(self) -> Iterator[Finding]:
        if not self._before:
            return
        for sheet in COPYABLE:
            here, there = self._eyes.rows(sheet), self._before[0].sent.sheets[sheet]
            if len(here) < 3 or not self._before[0].sent.has(sheet) or any(row.spoilt for row in here):
                continue
            known, loaded = self._contents(sheet, there), self._contents(sheet, self._before[0].loaded.get(sheet, []))
            copied = [self._content(sheet, row) in known for row in here]
            if all(copied):
                sure = all(self._content(sheet, row) in loaded for row in here)
                yield Finding("P05", sheet, None, None, scored=sure and not self._eyes.sent.broken(sheet))

    def _contents(self, sheet: str, rows: list[Row]) -> set[tuple[Value, ...]]:
        return {self._content(sheet, row) for row in rows if not row.spoilt}

    def _content(self, sheet: str, row: Row) -> tuple[Value, ...]:
        fields = self._eyes.sent.form.sheet(sheet).fields
        return tuple(
            row.values.get(item.code)
            for item in fields
            if item.type != "date" and item.code not in CODES.get(sheet, ())
        )

    def _forgotten(self) -> Iterator[Finding]:
        for sheet, code in (("hazard", "hazard_no"), ("suggestion", "suggestion_no")):
            here = {self._history.key_of(sheet, row) for row in self._eyes.rows(sheet)}
            for key, row in self._history.newest_loaded(sheet).items():
                if key not in here and is_open(sheet, row):
                    yield Finding("P06", sheet, None, code, str(key[0]))


def is_open(sheet: str, row: Row) -> bool:
    """True for a hazard not rectified, a suggestion not closed."""
    return row.values["status"] in OPEN if sheet == "hazard" else row.values["closed_date"] is None


def _loaded_total(arrived: Arrived, indicator: Value) -> Row | None:
    rows = arrived.loaded.get("reported_total", ())
    return next((row for row in rows if row.values["indicator"] == indicator), None)
