"""Reporting periods, and due days over festivals and make-up working days."""

from __future__ import annotations

from datetime import date

import pytest

from catalogue.calendar import add_working_days, due_on, is_working_day
from catalogue.errors import Refusal
from catalogue.periods import Period


@pytest.mark.parametrize(
    ("text", "written", "kind", "first", "last"),
    [
        ("2025-03", "2025-03", "month", date(2025, 3, 1), date(2025, 3, 31)),
        ("2024-02", "2024-02", "month", date(2024, 2, 1), date(2024, 2, 29)),
        (" 2025Q1 ", "2025Q1", "quarter", date(2025, 1, 1), date(2025, 3, 31)),
        ("2025-q4", "2025Q4", "quarter", date(2025, 10, 1), date(2025, 12, 31)),
        ("2025", "2025", "year", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_period_is_read(text: str, written: str, kind: str, first: date, last: date) -> None:
    period = Period.parse(text)
    assert (period.text, period.kind, period.first_day, period.last_day) == (written, kind, first, last)


@pytest.mark.parametrize(
    "text", ["", "2025-13", "2025-00", "2025-3", "2025Q5", "2025Q0", "25-03", "0000", "2025-03-01"]
)
def test_what_is_no_period_is_refused_with_the_text(text: str) -> None:
    with pytest.raises(Refusal, match=f"“{text}”"):
        Period.parse(text)


def test_months_of_quarter_and_year() -> None:
    assert [month.text for month in Period.parse("2025Q2").months()] == ["2025-04", "2025-05", "2025-06"]
    months = list(Period.parse("2025").months())
    assert (len(months), months[0].text, months[-1].text) == (12, "2025-01", "2025-12")


def test_the_period_that_holds_a_month() -> None:
    december = Period.month_of(date(2025, 12, 31))
    assert Period.holding("quarter", december).text == "2025Q4"
    assert Period.holding("year", december).text == "2025"
    assert Period.holding("month", december) == december


@pytest.mark.parametrize(
    ("text", "by", "expected"),
    [("2025-01", -1, "2024-12"), ("2025-12", 1, "2026-01"), ("2025Q1", -5, "2023Q4"), ("2025", 2, "2027")],
)
def test_shifting_crosses_years(text: str, by: int, expected: str) -> None:
    assert Period.parse(text).shifted(by).text == expected


def test_periods_in_chinese() -> None:
    assert [Period.parse(text).chinese for text in ("2025-03", "2025Q3", "2025")] == [
        "2025年3月",
        "2025年第三季度",
        "2025年",
    ]


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2025-01", date(2025, 2, 10)),  # Spring Festival until 4 February, Saturday the 8th made up
        ("2024-01", date(2024, 2, 6)),  # Sunday 4 February made up before the festival
        ("2025-09", date(2025, 10, 14)),  # National Day and Mid-Autumn 1 to 8 October, Saturday the 11th made up
        ("2024-09", date(2024, 10, 12)),  # 1 to 7 October, the fifth day is the made-up Saturday
        ("2024-12", date(2025, 1, 8)),  # New Year's Day
        ("2025-06", date(2025, 7, 7)),  # nothing but a weekend
    ],
)
def test_due_days_observe_festivals_and_made_up_days(period: str, expected: date) -> None:
    assert due_on(Period.parse(period), 5) == expected


def test_working_days() -> None:
    assert not is_working_day(date(2025, 1, 28))  # Tuesday, Spring Festival
    assert is_working_day(date(2025, 2, 8))  # Saturday, made up
    assert not is_working_day(date(2025, 2, 9))  # Sunday
    assert add_working_days(date(2025, 7, 4), 0) == date(2025, 7, 4)
    assert add_working_days(date(2025, 7, 4), 1) == date(2025, 7, 7)


def test_a_year_without_a_notice_falls_back_on_the_festivals() -> None:
    assert not is_working_day(date(2040, 10, 1))
