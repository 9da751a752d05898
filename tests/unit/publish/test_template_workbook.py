"""The official workbook: the form's sheets and labels, limits on every cell, what is known filled in."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from catalogue import load
from catalogue.periods import Period
from catalogue.register import Township
from publish.template import write_template
from publish.template.entry import HINTS
from publish.template.guide import GUIDE_NAME
from publish.template.workbook import STAMP

CATALOGUE = load()
FORM = CATALOGUE.current_form
PERIOD = Period.parse("2025-03")
TOWNSHIP = Township("431230102", "荷沟镇", "镇", (), 30000, date(2016, 1, 1), None, None)
HAZARDS = pd.DataFrame(
    {
        "hazard_no": ["YH-1", "YH-2"],
        "found_date": pd.to_datetime(["2025-01-12", "2025-02-03"]),
        "severity": ["较大", None],
        "rectified_date": [pd.NaT, pd.NaT],
    }
)
SUGGESTIONS = pd.DataFrame(
    {"suggestion_no": ["JY-1"], "cosigners": [4.0], "extended_flag": pd.array([True], dtype="boolean")}
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "new" / "荷沟镇.xlsx"
    write(
        path,
        open_hazards=HAZARDS,
        open_suggestions=SUGGESTIONS,
        profile={"deputy_quota": 70.0, "chair_fulltime_flag": False},
    )
    return path


@pytest.fixture(scope="module")
def book(template: Path) -> Any:
    return openpyxl.load_workbook(template)


def write(path: Path, township: Township | None = TOWNSHIP, **more: Any) -> None:
    write_template(path, FORM, township, PERIOD, synonyms=CATALOGUE.synonyms, rules=CATALOGUE.rules, **more)


def limits(book: Any, sheet_code: str, field_code: str) -> DataValidation:
    sheet = FORM.sheet(sheet_code)
    number = [field.code for field in sheet.fields].index(field_code)
    cell = f"B{number + 1}" if sheet.layout == "key_value" else f"{openpyxl.utils.get_column_letter(number + 1)}2"
    found = [item for item in book[sheet.label].data_validations.dataValidation if cell in item.sqref]
    assert len(found) == 1
    return found[0]


def test_sheets_and_labels_are_the_forms(book: Any) -> None:
    assert book.sheetnames == [GUIDE_NAME, *(sheet.label for sheet in FORM.sheets)]
    for sheet in FORM.sheets:
        cells = book[sheet.label]["A"] if sheet.layout == "key_value" else book[sheet.label][1]
        assert [cell.value for cell in cells] == [field.label for field in sheet.fields]
        if sheet.layout == "table":
            assert book[sheet.label].freeze_panes == "B2"
            assert book[sheet.label].print_title_rows == "$1:$1"


def test_identity_is_filled_in_and_the_file_opens_on_the_cover(book: Any) -> None:
    assert book.active.title == "封面"
    assert [book["封面"].cell(row, 2).value for row in range(1, 6)] == [1, "431230102", "荷沟镇", "2025-03", None]
    assert book.defined_names[STAMP].attr_text == '"1;431230102;2025-03"'


def test_template_without_a_township_leaves_identity_open(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", None)
    cover = openpyxl.load_workbook(tmp_path / "a.xlsx")["封面"]
    assert [cover.cell(row, 2).value for row in range(1, 5)] == [1, None, None, "2025-03"]


def test_open_items_are_carried_forward_with_their_types(book: Any) -> None:
    hazard = FORM.sheet("hazard")
    rows = list(book["隐患整改"].iter_rows(min_row=2, values_only=True))
    first = dict(zip([field.code for field in hazard.fields], rows[0], strict=True))
    assert first["hazard_no"] == "YH-1"
    assert first["found_date"] == datetime(2025, 1, 12)
    assert (first["severity"], first["rectified_date"], first["place"]) == ("较大", None, None)
    assert rows[1][0] == "YH-2"
    assert not any(any(row) for row in rows[2:])
    suggestion = dict(
        zip(
            [field.code for field in FORM.sheet("suggestion").fields],
            next(book["代表建议"].iter_rows(min_row=2, values_only=True)),
            strict=True,
        )
    )
    assert (suggestion["cosigners"], suggestion["extended_flag"]) == (4, "是")


def test_profile_and_totals_are_prefilled(book: Any) -> None:
    card = {row[0].value: row[1].value for row in book["基本情况"].iter_rows()}
    assert (card["代表名额"], card["人大主席专职"], card["实有代表数"]) == (70, "否", None)
    totals = list(book["汇总"].iter_rows(min_row=2, values_only=True))
    choices = FORM.sheet("reported_total").field("indicator").choices
    assert totals == [(choice, None, None) for choice in choices]


@pytest.mark.parametrize("sheet", FORM.sheets, ids=lambda sheet: sheet.code)
def test_every_cell_has_a_limit_and_chinese_words(book: Any, sheet: Any) -> None:
    for field in sheet.fields:
        rule = limits(book, sheet.code, field.code)
        assert rule.prompt and rule.promptTitle == field.label
        assert field.required == rule.prompt.startswith("必填")
        expected = {"choice": "list", "flag": "list", "count": "whole", "date": "date", "rate": "decimal"}
        expected |= {"number": "decimal", "money_yuan": "decimal"}
        assert rule.type == expected.get(field.type)
        if field.type == "choice":
            assert rule.formula1 == f'"{",".join(field.choices)}"'


def test_limits_by_type(book: Any) -> None:
    assert (limits(book, "hazard", "status").errorStyle or "stop") == "stop"
    count = limits(book, "suggestion", "cosigners")
    assert (count.operator, count.formula1) == ("greaterThanOrEqual", "0")
    assert limits(book, "deputy_record", "peer_score").formula2 == "100"
    event = limits(book, "hazard", "found_date")
    assert event.errorStyle == "warning"  # a carried forward row has an earlier date
    serials = [(day - date(1899, 12, 30)).days for day in (PERIOD.first_day, PERIOD.last_day)]
    assert [int(event.formula1), int(event.formula2)] == serials
    assert limits(book, "hazard", "rectify_by").operator == "greaterThanOrEqual"  # may lie after the month


def test_required_labels_are_marked_by_colour_only(book: Any) -> None:
    for sheet in FORM.sheets:
        cells = book[sheet.label]["A"] if sheet.layout == "key_value" else book[sheet.label][1]
        colours = {field.required: cell.fill.fgColor.rgb for field, cell in zip(sheet.fields, cells, strict=True)}
        assert len(set(colours.values())) == len(colours)


def test_guide_tells_every_sheet_field_and_rule(book: Any) -> None:
    text = "\n".join(str(cell) for row in book[GUIDE_NAME].iter_rows(values_only=True) for cell in row if cell)
    for sheet in FORM.sheets:
        assert f"）{sheet.label}：" in text
        assert all(field.label in text for field in sheet.fields)
    assert all(rule.title in text for rule in CATALOGUE.rules.values())
    assert "未整改=待整改" in text and "必须改正" in text
    assert not re.search(r"{\w*}", text)


def test_every_english_note_has_chinese_words() -> None:
    fields = {f"{sheet.code}.{field.code}": field for sheet in FORM.sheets for field in sheet.fields}
    assert {place for place, field in fields.items() if field.note} <= HINTS.keys() <= fields.keys()


def test_equal_arguments_give_equal_bytes(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", open_hazards=HAZARDS)
    write(tmp_path / "b.xlsx", open_hazards=HAZARDS)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
