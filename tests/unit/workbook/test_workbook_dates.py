from datetime import date

import pytest

from ingest.workbook.dates import EPOCH_1900, EPOCH_1904, MonthDay, place_in_year, read_date, read_period, read_serial

AROUND = date(2025, 3, 1)
THIRD = date(2025, 1, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2025-01-03",
        "2025/1/3",
        "2025.1.3",
        "20250103",
        "２０２５－０１－０３",
        "2025年1月3日",
        "2025 年 1 月 3 日",
        "2025年01月03日",
        "2025年元月3号",
        "2025年1月3",
        "二〇二五年一月三日",
        "二零二五年一月三日",
        "二○二五年元月三日",
        "25年1月3日",
        "2025-01-03 00:00:00",
        "2025-01-03T09:30:00",
        "2025/1/3 9:30",
        "2025年1月3日 星期五",
        "2025年1月3日（周五）上午9:30",
        "2025年1月3日下午",
        "2025—01—03",
        " 2025-1-3\n",
        "\ufeff2025-1-3",
    ],
)
def test_styles(text: str) -> None:
    assert read_date(text, AROUND) == THIRD


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1月3日", MonthDay(1, 3)),
        ("一月三日", MonthDay(1, 3)),
        ("12月廿三日", MonthDay(12, 23)),
        ("2月29日", MonthDay(2, 29)),
    ],
)
def test_without_a_year(text: str, expected: MonthDay) -> None:
    assert read_date(text, AROUND) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-30",
        "2月30日",
        "XX月XX日",
        "3日",
        "2025年1月",
        "2025.1",
        "1月3日-5日",
        "1月3日至5日",
        "1/3/2025",
        "1/3",
        "1.3",
        "2025-1/3",
        "2025-13-01",
        "同上",
        "待定",
        "20250230",
        "2025",
        "45,660",
        "——",
        "250103",
        "2025-1-309:30",
    ],
)
def test_no_dates(text: str) -> None:
    assert read_date(text, AROUND) is None


def test_serials_in_both_date_systems() -> None:
    assert read_serial(45660.0, EPOCH_1900, AROUND) == THIRD
    assert read_serial(44198.0, EPOCH_1904, AROUND) == THIRD
    assert read_serial(45660.75, EPOCH_1900, AROUND) == THIRD
    assert read_serial(20250103.0, EPOCH_1900, AROUND) == THIRD


@pytest.mark.parametrize("value", [5.0, 2025.1, 2025.0, 250103.0, 20250230.0, -3.0, 0.0, 202501.0, 1e300])
def test_numbers_that_are_no_serials(value: float) -> None:
    assert read_serial(value, EPOCH_1900, AROUND) is None


@pytest.mark.parametrize(
    "text",
    [
        "2025-03",
        "2025年3月",
        "2025年03月份",
        "2025.03",
        "2025/3",
        "202503",
        "２０２５－０３",
        "二〇二五年三月",
        "2025-03-31",
        "2025 年 3 月",
        "2025-03\u3000",
    ],
)
def test_periods(text: str) -> None:
    assert read_period(text) == "2025-03"


@pytest.mark.parametrize(
    "text", ["2025-13", "2025年", "3月", "2025年第一季度", "2025年13月", "20253", "2025-00", "", "三月份"]
)
def test_no_periods(text: str) -> None:
    assert read_period(text) is None


def test_a_day_without_a_year_lies_in_the_periods_year_or_the_one_before() -> None:
    january = date(2025, 1, 31)
    assert place_in_year(MonthDay(1, 3), None, january) == THIRD
    assert place_in_year(MonthDay(12, 28), None, january) == date(2024, 12, 28)
    assert place_in_year(MonthDay(4, 3), None, january) == date(2025, 4, 3)  # 62 days behind
    assert place_in_year(MonthDay(4, 4), None, january) == date(2024, 4, 4)
    assert place_in_year(MonthDay(2, 29), None, january) == date(2024, 2, 29)
    assert place_in_year(MonthDay(2, 29), None, date(2026, 1, 31)) is None


def test_a_planned_day_without_a_year_follows_the_day_before_it() -> None:
    assert place_in_year(MonthDay(1, 15), date(2025, 12, 20), date(2025, 12, 31)) == date(2026, 1, 15)
    assert place_in_year(MonthDay(12, 20), date(2025, 12, 20), date(2025, 12, 31)) == date(2025, 12, 20)
    assert place_in_year(MonthDay(2, 29), date(2025, 1, 1), date(2025, 1, 31)) == date(2028, 2, 29)
