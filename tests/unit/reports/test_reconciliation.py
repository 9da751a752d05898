"""A report's number against the returns: what time it speaks of, what its wording allows, when nothing can be said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalogue.narrative import Comparable, load_narrative
from catalogue.periods import Period
from transforms.reconciliation import Comparison, Returned, Said, Span, Value, bounds, compare, report_span, said_span

APPROXIMATE = load_narrative().approximate
YEAR = Period.parse("2031").year
VISITS = Comparable("inspection_count", "supervision_activity", units=("次",))


def months(first: int, last: int, year: int = YEAR) -> Span:
    return Span(Period(year, "month", first), Period(year, "month", last))


@pytest.mark.parametrize(
    ("period", "span"),
    [
        (f"{YEAR}", months(1, 12)),
        (f"{YEAR}Q3", months(7, 9)),
        (f"{YEAR}H1", months(1, 6)),
        (f"{YEAR}H2", months(7, 12)),
        (f"{YEAR}-02", months(2, 2)),
        (None, None),
        ("某年", None),
    ],
)
def test_the_period_of_a_report_in_months(period: str | None, span: Span | None) -> None:
    assert report_span(period) == span


@pytest.mark.parametrize(
    ("words", "span"),
    [
        (None, months(7, 9)),
        ("今年以来", months(1, 9)),
        ("截至目前", months(1, 9)),
        ("全年", months(1, 9)),
        (f"{YEAR}年", months(1, 9)),
        (f"{YEAR - 1}年", months(1, 12, YEAR - 1)),
        ("上半年", months(1, 6)),
        ("第三季度", months(7, 9)),
        ("一季度", months(1, 3)),
        (f"{YEAR}年第二季度", months(4, 6)),
        ("1月至8月", months(1, 8)),
        ("1月-8月", months(1, 8)),
        ("截至8月底", months(1, 8)),
        ("8月份", months(8, 8)),
        (f"{YEAR}年8月", months(8, 8)),
        ("8月15日", None),
        ("五年来", None),
        ("去年以来", None),
        ("十七届三次会议以来", None),
    ],
)
def test_the_time_words_speak_of_in_a_third_quarters_report(words: str | None, span: Span | None) -> None:
    assert said_span(words, months(7, 9)) == span


@pytest.mark.parametrize(
    ("quote", "value", "unit", "approx", "fits", "does_not"),
    [
        ("收到建议46件", 46, "件", False, [46], [45, 47]),
        ("收到建议60余件", 60, "件", True, [60, 61, 69], [59, 70]),
        ("走访群众1200多户", 1200, "户", True, [1200, 1299], [1199, 1300]),
        ("走访群众近百户", 100, "户", True, [95, 100], [111, 80]),
        ("走访群众近300户", 300, "户", True, [280, 300], [301, 200]),
        ("走访约50户", 50, "户", True, [45, 50, 55], [44, 56]),
        ("走访50户左右", 50, "户", True, [46, 54], [40]),
        ("走访群众1.28万户", 12800, "户", False, [12780, 12820], [12700, 12900]),
        ("满意率98%", 98, "%", False, [97.6, 98.4], [97.4, 98.6]),
        ("出席率98.9%", 98.9, "%", False, [98.88], [98.15]),
        ("满意率98%以上", 98, "%", True, [98, 98.7], [97]),
        ("超过30件", 30, "件", True, [30, 39], [29, 40]),
    ],
)
def test_what_the_wording_allows(
    quote: str, value: float, unit: str, approx: bool, fits: list[float], does_not: list[float]
) -> None:
    low, high = bounds(Said("x", value, unit, approx, quote, None, False), APPROXIMATE)
    assert all(low <= number <= high for number in fits), (low, high)
    assert not any(low <= number <= high for number in does_not), (low, high)


def returned(counts: dict[int, float], **more: object) -> Returned:
    """Inspections month by month, and of the quarters and the year the months make up."""
    values: dict[tuple[str, str], Value] = {}
    for month, count in counts.items():
        values[Period(YEAR, "month", month).text, "inspection_count"] = Value(count)
    for number in range(1, 5):
        of = [counts[m] for m in range(number * 3 - 2, number * 3 + 1) if m in counts]
        if of:
            values[f"{YEAR}Q{number}", "inspection_count"] = Value(sum(of))
    values[f"{YEAR}", "inspection_count"] = Value(sum(counts.values()))
    loaded = frozenset(Period(YEAR, "month", month).text for month in counts)
    return Returned(values, loaded, **more)  # type: ignore[arg-type]


def judge(value: float, words: str | None, is_near: bool, there: Returned, report: Span | None = None) -> Comparison:
    said = Said("inspections", value, "次", False, f"视察{value:g}次", words, is_near)
    return compare(said, VISITS, report or months(1, 3), there, APPROXIMATE)


def test_agreement_and_difference() -> None:
    there = returned({1: 2, 2: 3, 3: 1})
    assert judge(6, None, False, there).outcome == "agrees"
    wrong = judge(9, "一季度", True, there)
    assert (wrong.outcome, wrong.returned, wrong.span) == ("differs", 6, months(1, 3))


def test_a_month_without_its_return_leaves_it_open() -> None:
    answer = judge(6, None, False, returned({1: 2, 3: 1}))
    assert answer.outcome == "open"
    assert "2月" in str(answer.reason)


def test_a_period_in_its_own_sentence_binds_one_further_off_does_not() -> None:
    there = returned({1: 2, 2: 3, 3: 1})
    assert judge(6, "2月份", is_near=False, there=there).outcome == "agrees"
    assert judge(6, "2月份", is_near=True, there=there).outcome == "differs"
    assert judge(3, "2月份", is_near=True, there=there).outcome == "agrees"


def test_a_quarters_report_may_speak_of_the_year_so_far() -> None:
    there = returned(dict.fromkeys(range(1, 7), 1))
    assert judge(6, "今年以来", True, there, months(4, 6)).outcome == "agrees"
    assert judge(3, "今年以来", True, there, months(4, 6)).outcome == "differs"
    assert judge(3, "今年以来", False, there, months(4, 6)).outcome == "agrees"


def test_rows_held_back_may_make_the_difference() -> None:
    held = {(f"{YEAR}-02", "supervision_activity"): 2}
    there = returned({1: 2, 2: 3, 3: 1}, held_back=held)
    assert judge(8, None, False, there).outcome == "open"
    assert judge(9, None, False, there).outcome == "differs"
    assert judge(5, None, False, there).outcome == "differs", "rows held back make the returned value higher, not lower"


def test_an_approximate_return_or_another_measure_word_says_nothing() -> None:
    there = returned({1: 2, 2: 3, 3: 1})
    vague = {key: replace(value, is_approximate=True) for key, value in there.values.items()}
    assert judge(9, None, False, Returned(vague, there.months)).outcome == "open"
    said = Said("inspections", 6, "个", False, "视察6个单位", None, False)
    assert compare(said, VISITS, months(1, 3), there, APPROXIMATE).outcome == "open"


def test_rates_are_sums_over_sums_and_a_session_must_be_the_only_one() -> None:
    entry = Comparable("session_attendance_rate", "congress_session", single=True)
    values = {(f"{YEAR}-{m:02d}", "session_count"): Value(float(m == 1)) for m in (1, 2, 3)}
    values |= {(f"{YEAR}Q1", "session_attendance_rate"): Value(53 / 54, 53, 54)}
    there = Returned(values, frozenset(f"{YEAR}-{m:02d}" for m in (1, 2, 3)))
    said = Said("attendance_rate_reported", 98.1, "%", False, "出席率98.1%", None, False)
    assert compare(said, entry, months(1, 3), there, APPROXIMATE).outcome == "agrees"
    assert (
        compare(replace(said, value=98.9, quote="出席率98.9%"), entry, months(1, 3), there, APPROXIMATE).outcome
        == "differs"
    )
    twice = values | {(f"{YEAR}-02", "session_count"): Value(1.0)}
    assert compare(said, entry, months(1, 3), Returned(twice, there.months), APPROXIMATE).outcome == "open"


def test_a_stock_is_right_when_it_was_so_in_any_month() -> None:
    entry = Comparable("suggestions_per_deputy", "profile", part="denominator", stock=True)
    values = {(f"{YEAR}-{m:02d}", "suggestions_per_deputy"): Value(0.1, 6, 60 + (m == 3)) for m in (1, 2, 3)}
    there = Returned(values, frozenset(f"{YEAR}-{m:02d}" for m in (1, 2, 3)))
    for value, outcome in ((60, "agrees"), (61, "agrees"), (62, "differs")):
        said = Said("deputies_township", value, "名", False, f"代表{value}名", None, False)
        assert compare(said, entry, months(1, 3), there, APPROXIMATE).outcome == outcome
