"""A report's numbers against the indicator values of the same township and time (rule P09): pure judgement."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import floor, log10
from typing import Literal

from catalogue.errors import Refusal
from catalogue.narrative import Approximate, Comparable
from catalogue.periods import Period
from transforms.arithmetic import half_unit

Outcome = Literal["agrees", "differs", "open"]
_SLACK = 1e-6
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_YEAR = re.compile(r"((?:19|20)\d\d)年")
_QUARTER = re.compile(r"第?([一二三四1-4])季度")
_HALF = re.compile(r"(上|下)半年|半年来")
_RANGE = re.compile(r"(\d{1,2})月(?:份)?[-—~至到](\d{1,2})月")
_UNTIL = re.compile(r"截[至止].*?(\d{1,2})月|(\d{1,2})月底")
_DAY = re.compile(r"\d{1,2}月\d{1,2}日")
_MONTH = re.compile(r"(\d{1,2})月")
_OPEN = re.compile(r"[一二两三四五六七八九十几]年(?:来|中|间)|过去|届|去年")
_SO_FAR = re.compile(r"今年|本年|全年|目前|一年来|现有|以来")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_SCALES = {"万": 10**4, "亿": 10**8, "千": 10**3, "百": 10**2}
_DOWN_AT_MOST = 1 / 6
_ABOUT = 0.1


@dataclass(frozen=True)
class Span:
    """Whole months of one stretch, first and last included."""

    first: Period
    last: Period

    def months(self) -> list[Period]:
        """Every month, in order."""
        found = [self.first]
        while found[-1] < self.last:
            found.append(found[-1].shifted(1))
        return found

    @property
    def chinese(self) -> str:
        """2025年1月至3月."""
        if self.first == self.last:
            return self.first.chinese
        if self.first.year == self.last.year:
            return f"{self.first.chinese}至{self.last.number}月"
        return f"{self.first.chinese}至{self.last.chinese}"


@dataclass(frozen=True)
class Said:
    """A number as a report says it. `is_near`: the period stands in the sentence of the number itself."""

    indicator: str
    value: float
    unit: str
    is_approximate: bool
    quote: str
    period_text: str | None
    is_near: bool


@dataclass(frozen=True)
class Value:
    """An indicator's value in one period, as the warehouse keeps it."""

    value: float | None
    numerator: int | None = None
    denominator: int | None = None
    is_approximate: bool = False


@dataclass
class Returned:
    """What a township's returns say: values by (period, indicator), months loaded, rows held back by (month, sheet)."""

    values: Mapping[tuple[str, str], Value]
    months: frozenset[str]
    held_back: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """What became of a number: beside it the returned value in `span`, or why none can be given."""

    outcome: Outcome
    span: Span | None = None
    returned: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str | None = None


def report_span(period: str | None) -> Span | None:
    """The months of a report's period: 2025, 2025Q3, 2025H1, 2025H2 or 2025-03; None where it has none."""
    if period is None:
        return None
    if half := re.fullmatch(r"(\d{4})H([12])", period):
        return _months(int(half[1]), 1 if half[2] == "1" else 7, 6 if half[2] == "1" else 12)
    try:
        months = list(Period.parse(period).months())
    except Refusal:
        return None
    return Span(months[0], months[-1])


def said_span(words: str | None, report: Span) -> Span | None:
    """The months the words of a report speak of; None where they are no stretch of months the returns could answer."""
    if not words:
        return report
    if _DAY.search(words) or (_OPEN.search(words) and not _HALF.search(words)):
        return None
    named = _YEAR.search(words)
    year = int(named[1]) if named else report.last.year
    if within := _within_year(words):
        return _months(year, *within)
    if named and year != report.last.year:
        return _months(year, 1, 12)
    return _months(year, 1, report.last.number) if named or _SO_FAR.search(words) else None


def _within_year(words: str) -> tuple[int, int] | None:
    """First and last month of a quarter, half-year or months named."""
    if found := _QUARTER.search(words):
        return _QUARTERS[found[1]] * 3 - 2, _QUARTERS[found[1]] * 3
    if found := _HALF.search(words):
        return (7, 12) if found[1] == "下" else (1, 6)
    if found := _RANGE.search(words):
        return int(found[1]), int(found[2])
    if found := _UNTIL.search(words):
        return 1, int(found[1] or found[2])
    found = _MONTH.search(words)
    return (int(found[1]), int(found[1])) if found else None


def _months(year: int, first: int, last: int) -> Span | None:
    if not 1 <= first <= last <= 12:
        return None
    return Span(Period(year, "month", first), Period(year, "month", last))


def bounds(said: Said, approximate: Mapping[str, Approximate]) -> tuple[float, float]:
    """From where to where the true number may lie for the words to be right."""
    printed, before, after = _printed(said)
    unit = half_unit(printed) if printed and "." in printed else 0.0
    if said.unit == "%":
        low, high = said.value - half_unit(printed or "0"), said.value + half_unit(printed or "0")
    else:
        scale = said.value / float(printed.replace(",", "")) if printed and float(printed.replace(",", "")) else 1.0
        low, high = said.value - unit * scale, said.value + unit * scale
    kind = next((kind for kind, words in approximate.items() if _is_said(words, before, after)), None)
    if kind is None and said.is_approximate:
        kind = "about"
    step = 10.0 ** _place(said.value)
    if kind == "up":
        return low, max(high, said.value + step - (0 if said.unit == "%" else _SLACK))
    if kind == "down":
        return min(low, said.value - min(step, max(1.0, said.value * _DOWN_AT_MOST))), high
    if kind == "about":
        margin = max(1.0, said.value * _ABOUT)
        return said.value - margin, said.value + margin
    return low, high


def _printed(said: Said) -> tuple[str | None, str, str]:
    """The number as printed in the quote, and the characters before and behind it."""
    for found in _NUMBER.finditer(said.quote):
        number = float(found[0].replace(",", ""))
        rest = said.quote[found.end() : found.end() + 4]
        scales = [1, *(_SCALES[char] for char in rest[:2] if char in _SCALES)]
        if any(abs(number * scale - said.value) < _SLACK for scale in scales):
            return found[0], said.quote[max(0, found.start() - 4) : found.start()], rest.lstrip("万亿千百")
    return None, "", ""


def _is_said(words: Approximate, before: str, after: str) -> bool:
    behind = re.sub(r"^(?:人次|场次|户次|件次|[次件条处份户名人个项篇起期元场家%])", "", after)
    return any(before.endswith(word) for word in words.before) or any(
        after.startswith(word) or behind.startswith(word) for word in words.after
    )


def _place(value: float) -> int:
    """The decimal place of the last digit that is not 0: 1 for 60, 2 for 1200."""
    if value <= 0:
        return 0
    place, rest = 0, round(value)
    if rest == 0:
        return floor(log10(value))
    while rest % 10 == 0:
        place, rest = place + 1, rest // 10
    return place


def compare(
    said: Said, entry: Comparable, report: Span, returned: Returned, approximate: Mapping[str, Approximate]
) -> Comparison:
    """Whether the number agrees with the returns of the time it speaks of.

    Where the period does not stand in its own sentence the number may also speak of the report's whole period: it
    agrees when it agrees with either. Open, never wrong, where a month's return is missing, rows are held back that
    could make the difference, the returned value is approximate itself, or the time cannot be told.
    """
    low, high = bounds(said, approximate)
    spans = [said_span(said.period_text, report)]
    if not said.is_near:
        spans.append(report)
    answers = [_against(said, entry, span, returned, low, high) for span in dict.fromkeys(spans)]
    for outcome in ("agrees", "open"):
        if found := [answer for answer in answers if answer.outcome == outcome]:
            return found[0]
    return answers[0]


def _against(
    said: Said, entry: Comparable, span: Span | None, returned: Returned, low: float, high: float
) -> Comparison:
    reason = _unanswerable(said, entry, span, returned)
    if reason or span is None:
        return Comparison("open", span, reason=reason)
    values, certain = _values(entry, span, returned)
    if not values:
        return Comparison("open", span, reason="报表中没有这个数")
    best = min(values, key=lambda value: abs(value - said.value))
    held = sum(returned.held_back.get((month.text, entry.sheet), 0) for month in span.months())
    outcome: Outcome = "differs"
    if any(low - _SLACK <= value <= high + _SLACK for value in values):
        outcome, reason = "agrees", None
    elif held and (not _is_count(entry, said) or best < low - _SLACK <= best + held):
        outcome, reason = "open", f"报表有 {held} 行暂存未入库"
    elif not certain:
        outcome, reason = "open", "报表中的数本身是约数"
    return Comparison(outcome, span, best, low, high, reason)


def _unanswerable(said: Said, entry: Comparable, span: Span | None, returned: Returned) -> str | None:
    """Why the returns cannot answer, in the analyst's words; None where they can."""
    if entry.units and said.unit not in entry.units:
        return f"单位“{said.unit}”与报表口径不同"
    if span is None:
        return f"“{said.period_text}”不是报表能对应的时段"
    if missing := [month for month in span.months() if month.text not in returned.months]:
        return f"{missing[0].chinese}等 {len(missing)} 个月的报表没有入库"
    if entry.single and _total(span, "session_count", returned) != 1:
        return "这段时间不是正好一次人代会"
    return None


def _is_count(entry: Comparable, said: Said) -> bool:
    """True where every row adds one."""
    return entry.part == "value" and said.unit != "%" and entry.indicator != "households_visited"


def _values(entry: Comparable, span: Span, returned: Returned) -> tuple[list[float], bool]:
    """What the returns say (one number; of a stock one for every month), and whether none of it is approximate."""
    found = [returned.values.get((period.text, entry.indicator)) for period in _periods(span, entry.stock)]
    known = [value for value in found if value is not None]
    certain = not any(value.is_approximate for value in known)
    if entry.stock:
        return [float(part) for value in known if (part := _part(value, entry.part)) is not None], certain
    if len(known) < len(found):
        return [], certain
    if entry.part != "value":
        parts = [_part(value, entry.part) for value in known]
        return [float(sum(part for part in parts if part is not None))], certain
    if any(value.denominator is not None or value.numerator is not None for value in known):
        whole = sum(value.denominator or 0 for value in known)
        return ([100 * sum(value.numerator or 0 for value in known) / whole] if whole else []), certain
    if any(value.value is None for value in known):
        return [], certain
    return [float(sum(value.value or 0 for value in known))], certain


def _part(value: Value, part: str) -> float | None:
    return {"value": value.value, "numerator": value.numerator, "denominator": value.denominator}[part]


def _periods(span: Span, by_month: bool) -> Sequence[Period]:
    """The fewest periods kept in the warehouse that make up the span: a year, quarters, months."""
    months = span.months()
    if by_month:
        return months
    if len(months) == 12 and span.first.number == 1:
        return [Period.holding("year", span.first)]
    found: list[Period] = []
    while months:
        quarter = Period.holding("quarter", months[0])
        if list(quarter.months()) == months[:3]:
            found.append(quarter)
            months = months[3:]
        else:
            found.append(months.pop(0))
    return found


def _total(span: Span, indicator: str, returned: Returned) -> float | None:
    found = [returned.values.get((month.text, indicator)) for month in span.months()]
    if any(value is None or value.value is None for value in found):
        return None
    return sum(value.value or 0 for value in found if value is not None)
