"""Sheet and workbook rules S01 to S07, judged naively over the rows of one return (words: rules.yaml)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

from catalogue import Parameters
from taizhang.simulation.desk import count_month
from taizhang.simulation.history import History, Key
from taizhang.simulation.reading import Eyes, Finding, NotEvaluable, Reading
from taizhang.simulation.rows import EVENT_DATES
from taizhang.simulation.sent import Row, Value

TITLES = {  # sheet: title field, kind field
    "congress_session": ("title", None),
    "other_meeting": ("title", "kind"),
    "supervision_activity": ("topic", "kind"),
    "suggestion": ("title", "kind"),
    "deputy_activity": ("title", "kind"),
    "article": ("title", None),
}
ALIKE = 0.9
COUNTED = {  # 汇总 choice: sheet, fields the count looks at
    "人代会次数": ("congress_session", ("start_date",)),
    "主席团会议次数": ("presidium_meeting", ("meeting_date",)),
    "监督活动次数": ("supervision_activity", ("start_date",)),
    "发现隐患数": ("hazard", ("found_date",)),
    "已整改隐患数": ("hazard", ("rectified_date",)),
    "整改通知书份数": ("hazard", ("notice_no", "notice_date")),
    "提出建议件数": ("suggestion", ("raised_date",)),
    "办结建议件数": ("suggestion", ("closed_date",)),
    "代表活动次数": ("deputy_activity", ("activity_date",)),
    "采用稿件篇数": ("article", ("adopted_level", "submitted_date")),
}


class SheetJudge:
    """Judges one return as a whole in one reading."""

    def __init__(self, eyes: Eyes, history: History, law: Parameters) -> None:
        self._eyes, self._history, self._law = eyes, history, law

    def findings(self) -> Iterator[Finding]:
        """Every sheet and workbook finding."""
        yield from self._double_keys()
        yield from self._alike()
        yield from self._activities()
        yield from self._totals()
        yield from self._deputies()
        yield from self._groups()

    def _values(self, sheet: str, code: str) -> list[Value]:
        """The field in all rows. Raises NotEvaluable when one is unknown."""
        return [self._eyes.see(sheet, row, code) for row in self._eyes.rows(sheet)]

    def _double_keys(self) -> Iterator[Finding]:
        for sheet in self._eyes.sent.form.tables:
            rows: dict[Key, list[Row]] = {}
            for row in self._eyes.rows(sheet.code):
                key = self._history.key_of(sheet.code, row)
                if None not in key:
                    rows.setdefault(key, []).append(row)
            for same in rows.values():
                if len(same) > 1:
                    for row in same:
                        twins = tuple(other for other in same if other is not row)
                        yield Finding("S01", sheet.code, row, sheet.key[0], twins=twins)

    def _alike(self) -> Iterator[Finding]:
        for sheet, (title, kind) in TITLES.items():
            day = EVENT_DATES[sheet]
            entries = []
            for row in self._eyes.rows(sheet):
                try:
                    seen = [self._eyes.see(sheet, row, code) for code in (day, title)]
                    sort = self._eyes.see(sheet, row, kind) if kind else ""
                except NotEvaluable:
                    continue
                if None not in seen:
                    entries.append((seen[0], sort, str(seen[1]), row))
            yield from self._alike_in(sheet, title, entries)

    def _alike_in(self, sheet: str, title: str, entries: list[tuple[date, Value, str, Row]]) -> Iterator[Finding]:
        entries.sort(key=lambda entry: (entry[0], entry[3].excel_row))
        for place, (day, kind, text, row) in enumerate(entries):
            for other_day, other_kind, other_text, other in entries[place + 1 :]:
                if (other_day - day).days > 1:
                    break
                if kind != other_kind or self._history.key_of(sheet, row) == self._history.key_of(sheet, other):
                    continue
                likeness = alikeness(text, other_text)
                if likeness >= ALIKE - 0.03:
                    lower = max(row, other, key=lambda item: item.excel_row)
                    certain = likeness >= ALIKE + 0.01
                    yield Finding("S02", sheet, lower, title, scored=certain, twins=(row if lower is other else other,))

    def _activities(self) -> Iterator[Finding]:
        listed: Counter[Value] = Counter()
        certain = True
        for row in self._eyes.rows("hazard"):
            try:
                activity = self._eyes.see("hazard", row, "activity_no")
            except NotEvaluable:
                certain = False
                continue
            listed[activity] += 1
            if activity is not None:
                yield from self._reference(row, activity)
        doubles = len({self._history.key_of("hazard", row) for row in self._eyes.rows("hazard")})
        unsure = doubles < len(self._eyes.rows("hazard"))
        for row in self._eyes.rows("supervision_activity"):
            try:
                found = self._eyes.see("supervision_activity", row, "problems_found")
                number = self._eyes.see("supervision_activity", row, "activity_no")
            except NotEvaluable:
                continue
            if certain and found is not None and found != listed[number]:
                yield Finding("S04", "supervision_activity", row, "problems_found", scored=not unsure)

    def _reference(self, row: Row, activity: Value) -> Iterator[Finding]:
        here = {item.get("activity_no") for item in self._eyes.rows("supervision_activity")}
        if activity in here or (activity,) in self._history.listed("supervision_activity"):
            return
        refused = (activity,) in self._history.listed("supervision_activity", rejected=True)
        yield Finding("S03", "hazard", row, "activity_no", scored=not refused)

    def _totals(self) -> Iterator[Finding]:
        sheets = {sheet.code: self._eyes.rows(sheet.code) for sheet in self._eyes.sent.form.tables}
        counts = count_month(sheets, self._eyes.sent.period)
        single = count_month(
            {code: self._distinct(code, rows) for code, rows in sheets.items()}, self._eyes.sent.period
        )
        for row in self._eyes.rows("reported_total"):
            try:
                indicator = self._eyes.see("reported_total", row, "indicator")
                reported = self._eyes.see("reported_total", row, "this_month")
                if indicator not in COUNTED or reported is None:
                    continue
                sheet, codes = COUNTED[indicator]
                for code in codes:
                    self._values(sheet, code)
            except NotEvaluable:
                continue
            listed = {counts[indicator], single[indicator]}
            if self._eyes.reading is not Reading.UNKNOWN and self._untypable(sheet, codes):
                listed.add(-1)  # what an untypable cell counts as is anybody's guess
            if listed != {reported}:
                note = f"{reported} reported, {counts[indicator]} listed"
                yield Finding("S05", "reported_total", row, "this_month", note, scored=reported not in listed)

    def _untypable(self, sheet: str, codes: tuple[str, ...]) -> bool:
        if any((sheet, code) in self._eyes.sent.structure.missing_columns for code in codes):
            return True
        return any(code in row.spoilt for row in self._eyes.rows(sheet) for code in codes)

    def _distinct(self, sheet: str, rows: list[Row]) -> list[Row]:
        return list({self._history.key_of(sheet, row): row for row in rows}.values())

    def _deputies(self) -> Iterator[Finding]:
        rows = self._eyes.rows("profile")
        if not rows:
            return

        def see(code: str) -> Value:
            return self._eyes.see("profile", rows[0], code)

        yield from _evaluate(self._register_size, see)
        yield from _evaluate(self._quota, see)

    def _register_size(self, see: Callable[[str], Value]) -> Iterator[Finding]:
        in_office, register = see("deputy_in_office"), self._eyes.rows("deputy_record")
        if in_office is not None and len(register) > in_office:
            distinct = len(self._distinct("deputy_record", register))
            yield Finding("S06", "profile", None, "deputy_in_office", scored=distinct > in_office)

    def _quota(self, see: Callable[[str], Value]) -> Iterator[Finding]:
        people, quota = see("population_registered"), see("deputy_quota")
        if people is None or quota is None or not self._eyes.sent.township.holds_congress:
            return
        lawful = min(self._law.quota_max, self._law.quota_base + people // self._law.quota_people_per_deputy)
        if quota != lawful:
            yield Finding("S06", "profile", None, "deputy_quota")

    def _groups(self) -> Iterator[Finding]:
        try:
            register = {group for group in self._values("deputy_record", "deputy_group") if group}
        except NotEvaluable:
            return
        if not register:
            return
        for sheet in ("deputy_activity", "suggestion"):
            for row in self._eyes.rows(sheet):
                try:
                    group = self._eyes.see(sheet, row, "deputy_group")
                except NotEvaluable:
                    continue
                if group is not None and group not in register:
                    yield Finding("S07", sheet, row, "deputy_group")


def _evaluate(
    rule: Callable[[Callable[[str], Value]], Iterator[Finding]], see: Callable[[str], Value]
) -> Iterator[Finding]:
    try:
        yield from rule(see)
    except NotEvaluable:
        return


def alikeness(one: str, other: str) -> float:
    """Share of characters two texts have in common in order: 1 minus edit distance over the longer length."""
    longest = max(len(one), len(other))
    if one == other or not longest:
        return 1.0
    common = sum((Counter(one) & Counter(other)).values())
    if common < 0.8 * longest:
        return common / longest
    line = list(range(len(other) + 1))
    for place, mark in enumerate(one, start=1):
        diagonal, line[0] = line[0], place
        for index, counterpart in enumerate(other, start=1):
            cost = min(line[index] + 1, line[index - 1] + 1, diagonal + (mark != counterpart))
            diagonal, line[index] = line[index], cost
    return 1 - line[-1] / longest
