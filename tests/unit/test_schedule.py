"""Which quarters a rollup run computes, and which periods an assessment judges."""

from __future__ import annotations

from datetime import date

import pytest

from catalogue.errors import Refusal
from taizhang.schedule import periods_of, periods_to_assess, quarters_to_close

TODAY = date(2025, 5, 20)


def close(asked: str | None = None, touched: list[str] | None = None, starts_on: date | None = None) -> list[str]:
    return quarters_to_close(asked=asked, touched=touched, starts_on=starts_on, today=TODAY)


def test_the_quarter_asked_for_wins() -> None:
    assert close(asked="2024Q3", touched=["2025-01"], starts_on=date(2025, 1, 1)) == ["2024Q3"]


def test_corrections_close_again_the_quarters_that_are_over() -> None:
    assert close(touched=["2025-03", "2025-01", "2025-04", "2024-12", "2025Q1", "2025"]) == ["2024Q4", "2025Q1"]
    assert close(touched=["2025-05"]) == []
    assert close(touched=[]) == []


def test_a_quarter_is_over_the_day_after_its_last() -> None:
    assert quarters_to_close(asked=None, touched=["2025-03"], starts_on=None, today=date(2025, 3, 31)) == []
    assert quarters_to_close(asked=None, touched=["2025-03"], starts_on=None, today=date(2025, 4, 1)) == ["2025Q1"]


def test_a_scheduled_run_closes_the_quarter_it_stands_for() -> None:
    assert close(starts_on=date(2024, 10, 1)) == ["2024Q4"]
    assert close() == ["2025Q1"], "a run that stands for no date closes the newest quarter that is over"


def test_what_is_no_period_is_refused() -> None:
    with pytest.raises(Refusal):
        close(asked="last quarter")


def test_a_quarter_is_computed_with_its_months_and_its_year() -> None:
    assert periods_of("2024Q4") == ["2024-10", "2024-11", "2024-12", "2024Q4", "2024"]


def assess(asked: str | None = None, closed: str | None = None, today: date = TODAY) -> list[str]:
    return periods_to_assess(asked=asked, closed=closed, today=today)


def test_a_closed_quarter_is_judged_and_its_year_once_that_is_over() -> None:
    assert assess(closed="2025Q1") == ["2025Q1"]
    assert assess(closed="2024Q4") == ["2024Q4", "2024"]
    assert assess(closed="2024Q2") == ["2024Q2", "2024"], "a correction of a past year judges the year anew"


def test_the_last_day_is_not_over() -> None:
    assert assess(closed="2024Q4", today=date(2024, 12, 31)) == []
    assert assess(closed="2024Q4", today=date(2025, 1, 1)) == ["2024Q4", "2024"]


def test_without_a_quarter_the_newest_that_is_over_is_judged() -> None:
    assert assess() == ["2025Q1"]
    assert assess(today=date(2025, 1, 1)) == ["2024Q4", "2024"]


def test_any_period_can_be_asked_for() -> None:
    assert assess(asked="2025-Q2") == ["2025Q2"]
    assert assess(asked="2025", closed="2025Q1") == ["2025"]
    with pytest.raises(Refusal):
        assess(asked="last year")
