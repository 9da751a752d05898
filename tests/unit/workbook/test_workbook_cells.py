from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pytest

from catalogue import load
from ingest.workbook.cells import CellGrammar, Typed, as_text
from ingest.workbook.columns import type_column
from ingest.workbook.dates import MonthDay
from ingest.workbook.received import FormulaError

CATALOGUE = load()
GRAMMAR = CellGrammar.of(CATALOGUE.synonyms, date(2025, 3, 1))


def read(place: str, value: object, *, epoch_1904: bool = False) -> Typed:
    sheet, _, field = place.partition(".")
    return GRAMMAR.parser(sheet, CATALOGUE.current_form.sheet(sheet).field(field), epoch_1904=epoch_1904)(value)


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\n", "/", "-", "—", "——", "／", " - ", "\u200b"])
@pytest.mark.parametrize(
    "place", ["article.title", "hazard.hazard_no", "deputy_activity.invited", "hazard.found_date", "hazard.severity"]
)
def test_blank_marks_are_empty_everywhere(place: str, blank: str) -> None:
    assert read(place, blank) == Typed(None)


@pytest.mark.parametrize(
    ("place", "value", "typed", "rule", "detail"),
    [
        ("deputy_activity.invited", 12.0, 12.0, None, None),
        ("deputy_activity.invited", "12", 12.0, "C07", "12"),
        ("deputy_activity.invited", "１２人", 12.0, "C07", "12"),
        ("deputy_activity.invited", "60余人", 60.0, "C06", "60"),
        ("deputy_activity.invited", 12.5, None, "C03", "非负整数"),
        ("deputy_activity.invited", "半", None, "C03", "非负整数"),
        ("deputy_activity.invited", -3.0, None, "C03", "非负整数"),
        ("deputy_activity.invited", "-3", None, "C03", "非负整数"),
        ("deputy_activity.invited", 7.000000000000001, 7.0, "C07", "7"),
        ("deputy_activity.invited", 7.00000000001, None, "C03", "非负整数"),
        ("deputy_activity.invited", "'12", 12.0, "C07", "12"),
        ("deputy_activity.invited", "'若干", None, "C02", "非负整数"),
        ("deputy_activity.invited", "'", None, "C02", "非负整数"),
        ("hazard.found_date", "'2025-01-03", date(2025, 1, 3), "C07", "2025-01-03"),
        ("hazard.hazard_no", "＇A-001", "A-001", "C07", "A-001"),
        ("cover.period", "'2025-03", "2025-03", "C07", "2025-03"),
        ("article.title", "'春耕'见成效", "'春耕'见成效", None, None),
        ("deputy_activity.invited", "若干", None, "C02", "非负整数"),
        ("deputy_activity.invited", "95%", None, "C02", "非负整数"),
        ("deputy_activity.invited", "2万", None, "C02", "非负整数"),
        ("deputy_activity.invited", date(2025, 1, 5), None, "C02", "非负整数"),
        ("deputy_activity.invited", timedelta(days=3), None, "C02", "非负整数"),
        ("congress_session.days", 1.5, 1.5, None, None),
        ("congress_session.days", "1.5天", 1.5, "C07", "1.5"),
        ("congress_session.days", -1.0, None, "C03", "不小于 0 的数"),
        ("profile.work_fund_yuan", "2万元", 20000.0, "C07", "20000"),
        ("profile.work_fund_yuan", "12,345.67元", 12345.67, "C07", "12345.67"),
        ("congress_session.attendance_rate_reported", 0.948, 0.948, None, None),
        ("congress_session.attendance_rate_reported", 94.8, 0.948, "C07", "0.948"),
        ("congress_session.attendance_rate_reported", "94.8%", 0.948, "C07", "0.948"),
        ("congress_session.attendance_rate_reported", "９４．８％", 0.948, "C07", "0.948"),
        ("congress_session.attendance_rate_reported", "0.948", 0.948, "C07", "0.948"),
        ("congress_session.attendance_rate_reported", 1.0, 1.0, None, None),
        ("congress_session.attendance_rate_reported", "1%", 0.01, "C07", "0.01"),
        ("congress_session.attendance_rate_reported", "约95%", 0.95, "C06", "0.95"),
        ("congress_session.attendance_rate_reported", "130%", None, "C05", "0 到 1 之间的数或百分数"),
        ("hazard.found_date", date(2025, 1, 3), date(2025, 1, 3), None, None),
        ("hazard.found_date", datetime(2025, 1, 3, 9, 30), date(2025, 1, 3), "C07", "2025-01-03"),
        ("hazard.found_date", "2025-01-03", date(2025, 1, 3), None, None),
        ("hazard.found_date", "2025.1.3", date(2025, 1, 3), "C07", "2025-01-03"),
        ("hazard.found_date", 45660.0, date(2025, 1, 3), "C07", "2025-01-03"),
        ("hazard.found_date", "45660", date(2025, 1, 3), "C07", "2025-01-03"),
        ("hazard.found_date", "1月3日", MonthDay(1, 3), "C07", None),
        ("hazard.found_date", time(9, 30), None, "C04", "真实存在的日期，年、月、日齐全"),
        ("hazard.found_date", 7.0, None, "C04", "真实存在的日期，年、月、日齐全"),
        ("hazard.severity", "重大", "重大", None, None),
        ("hazard.severity", "重 大", "重大", "C07", "重大"),
        ("hazard.severity", "重大隐患", "重大", "C07", "重大"),
        ("hazard.severity", "特别重大", None, "C05", "一般、较大、重大"),
        ("suggestion.result", "Ａ类", "A", "C07", "A"),
        ("suggestion.result", "a", None, "C05", "A、B、C、D"),
        ("presidium_meeting.minutes_flag", "是", True, None, None),
        ("presidium_meeting.minutes_flag", "√", True, "C07", "是"),
        ("presidium_meeting.minutes_flag", 1.0, True, "C07", "是"),
        ("presidium_meeting.minutes_flag", 0.0, False, "C07", "否"),
        ("presidium_meeting.minutes_flag", "无", False, "C07", "否"),
        ("presidium_meeting.minutes_flag", "已记", None, "C05", "是、否"),
        ("hazard.hazard_no", "YH2025-001", "YH2025-001", None, None),
        ("hazard.hazard_no", "ＹＨ２０２５－００１ ", "YH2025-001", "C07", "YH2025-001"),
        ("cover.township_code", 431230001.0, "431230001", None, None),
        ("article.title", " 老代表的 山林调解记\u3000", "老代表的 山林调解记", "C07", "老代表的 山林调解记"),
        ("article.title", 2025.0, "2025", None, None),
        ("cover.period", "2025年3月", "2025-03", "C07", "2025-03"),
        ("cover.period", 202503.0, "2025-03", "C07", "2025-03"),
        ("cover.period", 2025.03, "2025-03", "C07", "2025-03"),
        ("cover.period", 2025.1, "2025.1", None, None),
        ("cover.period", date(2025, 3, 1), "2025-03", "C07", "2025-03"),
        ("cover.period", 45717.0, "2025-03", "C07", "2025-03"),
        ("cover.period", "三月份", "三月份", None, None),
    ],
)
def test_cells(place: str, value: object, typed: Any, rule: str | None, detail: str | None) -> None:
    assert read(place, value) == Typed(typed, rule, detail)


@pytest.mark.parametrize("place", ["article.title", "deputy_activity.invited", "hazard.found_date", "hazard.severity"])
def test_formulas_gone_wrong_are_c08_in_any_field(place: str) -> None:
    assert read(place, FormulaError("=A1", "公式没有保存计算结果")).rule == "C08"
    assert read(place, "#REF!").rule == "C08"
    assert read(place, "#DIV/0!").rule == "C08"


def test_serials_of_a_1904_workbook() -> None:
    assert read("hazard.found_date", 44198.0, epoch_1904=True).value == date(2025, 1, 3)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.0, "12"),
        (0.989, "0.989"),
        (95.0, "95"),
        (431230001.0, "431230001"),
        (True, "TRUE"),
        (date(2025, 1, 3), "2025-01-03"),
        (datetime(2025, 1, 3, 9, 30), "2025-01-03 09:30:00"),
        (-0.5, "-0.5"),
        (1e20, "1e+20"),
    ],
)
def test_text_of_cells(value: object, text: str) -> None:
    assert as_text(value) == text


def test_a_column_is_typed_like_its_cells() -> None:
    field = CATALOGUE.current_form.sheet("deputy_activity").field("invited")
    cells: list[object] = [1.0, "1", "", "１", True, "/", 1.0, "60余", "XX"]
    column = type_column(cells, "deputy_activity", field, GRAMMAR, None)
    np.testing.assert_array_equal(column.values, [1, 1, np.nan, 1, np.nan, np.nan, 1, 60, np.nan])
    assert column.texts.tolist() == ["1", "1", None, "１", "TRUE", None, "1", "60余", "XX"]
    assert column.rules.tolist() == [-1, 5, -1, 5, 0, -1, -1, 4, 0]


def test_a_date_column_of_both_date_systems() -> None:
    field = CATALOGUE.current_form.sheet("hazard").field("found_date")
    cells: list[object] = [45660.0, 44198.0, "1月3日", "", "1月4日"]
    late = np.array([False, True, True, True, False])
    column = type_column(cells, "hazard", field, GRAMMAR, late)
    assert column.values[:2].tolist() == [datetime(2025, 1, 3), datetime(2025, 1, 3)]
    assert column.monthdays == {2: MonthDay(1, 3), 4: MonthDay(1, 4)}
    assert column.texts.tolist() == ["45660", "44198", "1月3日", None, "1月4日"]
