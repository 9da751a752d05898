"""The township's own file back: cells coloured and commented, list first, everything else as it was."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from annotation_sources import CATALOGUE, FORM, findings, listed, marked, part, places, write_source
from python_calamine import CalamineWorkbook

from catalogue.periods import Period
from publish.annotation import Job, Limits, annotate, annotate_many, describe_status
from publish.annotation.styles import FILLS

NOTE = "荷沟镇 2025年3月：退回修改\n报送截止日：2025年4月8日。"


def run(source: Path, found: pd.DataFrame, **more: Any) -> Path:
    target = source.parent / "back" / source.name
    more = {"places": places(), "note": NOTE} | more
    return annotate(source, target, found, form=FORM, rules=CATALOGUE.rules, **more)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_source(tmp_path / "荷沟.xlsx")


def test_cells_are_coloured_by_gravest_finding_and_told_in_one_comment(source: Path) -> None:
    back = run(
        source,
        findings(("R15", "hazard", 3, "status"), ("R08", "hazard", 3, "status"), ("R16", "hazard", 4, "category")),
    )
    cells = marked(back)
    assert cells.keys() == {"隐患 整改!E3", "隐患 整改!C4"}
    fill, text = cells["隐患 整改!E3"]
    assert fill == FILLS["hard"]
    assert text.startswith("【台账平台】\n必须改正 R08")
    assert "请核实 R15" in text and "怎么改：" in text
    assert cells["隐患 整改!C4"][0] == FILLS["warn"]


def test_missing_cell_is_made_in_its_place(source: Path) -> None:
    back = run(source, findings(("C01", "hazard", 4, "rectified_date"), ("C01", "hazard", 9, "hazard_no")))
    assert {cell: fill for cell, (fill, _) in marked(back).items()} == {
        "隐患 整改!F4": FILLS["hard"],
        "隐患 整改!A9": FILLS["hard"],
    }
    sheet = openpyxl.load_workbook(back)["隐患 整改"]
    assert sheet["G4"].value == "=1+1"  # the cell right of the new one is still there


def test_cell_keeps_its_own_format(source: Path) -> None:
    back = run(source, findings(("C05", "hazard", 4, "severity"), ("R01", "hazard", 3, "found_date")))
    sheet = openpyxl.load_workbook(back)["隐患 整改"]
    assert (sheet["D4"].font.b, sheet["D4"].number_format, sheet["D4"].fill.fgColor.rgb) == (
        True,
        "0.00",
        FILLS["hard"],
    )
    assert sheet["B3"].number_format == "yyyy-mm-dd"


def test_values_and_untouched_parts_are_the_same_bytes(source: Path) -> None:
    back = run(source, findings(("R08", "hazard", 3, "status")))
    before, after = zipfile.ZipFile(source), zipfile.ZipFile(back)
    changed = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
    changed |= {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}  # sheet1 only loses its tab selection
    for name in before.namelist():
        assert name in changed or before.read(name) == after.read(name), name
    old, new = CalamineWorkbook.from_path(str(source)), CalamineWorkbook.from_path(str(back))
    for name in old.sheet_names:
        assert old.get_sheet_by_name(name).to_python() == new.get_sheet_by_name(name).to_python()
    assert after.testzip() is None


def test_list_stands_first_and_links_to_the_cells(source: Path) -> None:
    found = findings(
        ("R15", "hazard", 3, "status"), ("F06", "cover", None, "township_name"), ("R08", "hazard", 3, "status")
    )
    back = run(source, found)
    book = openpyxl.load_workbook(back)
    assert book.sheetnames[0] == "问题清单"
    assert book.active is not None and book.active.title == "问题清单"
    assert [sheet.title for sheet in book if sheet.sheet_view.tabSelected] == ["问题清单"]
    sheet = book["问题清单"]
    assert sheet["A1"].value == "荷沟镇 2025年3月：退回修改"
    assert "共 3 条：必须改正 1 条，请核实 2 条。" in str(sheet["A3"].value)
    lines = listed(back)
    assert [(line["级别"], line["规则"].split()[0], line["单元格"]) for line in lines] == [
        ("必须改正", "R08", "E3"),
        ("请核实", "F06", "B3"),
        ("请核实", "R15", "E3"),
    ]
    links = {cell.coordinate: cell.hyperlink.location for row in sheet for cell in row if cell.hyperlink}
    head = next(cell.row for cell in sheet["A"] if cell.value == "序号")
    assert links[f"E{head + 1}"] == "'隐患 整改'!E3"
    assert links[f"E{head + 2}"] == "'封面'!B3"


def test_finding_without_a_cell_leads_to_its_sheet_or_nowhere(source: Path) -> None:
    found = findings(
        ("P06", "hazard", None, "hazard_no"), ("F04", "reported_total", None, None), ("F10", None, None, None)
    )
    back = run(source, found)
    assert marked(back) == {}
    assert [(line["规则"][:3], line["工作表"], line["单元格"]) for line in listed(back)] == [
        ("F04", "汇总", None),
        ("F10", None, None),
        ("P06", "隐患 整改", None),
    ]
    sheet = openpyxl.load_workbook(back)["问题清单"]
    links = [cell.hyperlink.location for row in sheet for cell in row if cell.hyperlink]
    assert links == ["'隐患 整改'!A2"]


def test_row_finding_without_a_column_marks_the_key(source: Path) -> None:
    assert marked(run(source, findings(("S01", "hazard", 4, None)))).keys() == {"隐患 整改!A4"}


def test_few_hints_are_marked_and_many_only_listed(source: Path) -> None:
    few = findings(*[("C07", "hazard", row, "place") for row in range(3, 6)])
    assert {fill for fill, _ in marked(run(source, few)).values()} == {FILLS["info"]}
    many = findings(*[("C07", "hazard", row, "place") for row in range(3, 30)])
    back = run(source, many)
    assert marked(back) == {}
    assert len(listed(back)) == 27


def test_no_findings_say_so(source: Path) -> None:
    back = run(source, findings())
    assert openpyxl.load_workbook(back)["问题清单"]["A3"].value == "没有发现问题，不用处理。"


def test_second_round_shows_only_its_own_findings(source: Path) -> None:
    first = run(source, findings(("C05", "hazard", 4, "severity"), ("R08", "hazard", 3, "status")))
    second = run(first, findings(("R15", "hazard", 4, "status")))
    assert marked(second).keys() == {"隐患 整改!E4"}
    book = openpyxl.load_workbook(second)
    assert book.sheetnames == ["问题清单", "封面", "隐患 整改"]
    assert book["隐患 整改"]["D4"].fill.fgColor.rgb == "FF00B050"  # the township's own colour is back
    assert book["隐患 整改"]["E3"].fill.patternType in (None, "none")
    third = run(second, findings())
    assert marked(third) == {}
    assert not [name for name in zipfile.ZipFile(third).namelist() if "comments" in name or name.endswith(".vml")]


def test_second_round_through_another_program_takes_marks_back(source: Path) -> None:
    first = run(source, findings(("C05", "hazard", 4, "severity")))
    book = openpyxl.load_workbook(first)
    book["隐患 整改"].insert_rows(1)  # the cell moves; its comment and colour move in Excel, its colour here
    book.save(first)
    again = openpyxl.load_workbook(run(first, findings()))
    assert again["隐患 整改"]["D5"].fill.fgColor.rgb == "FF00B050"


def test_explanations_are_kept(source: Path) -> None:
    found = findings(("R15", "hazard", 3, "status"), ("R15", "hazard", 4, "status"))
    first = run(source, found)
    book = openpyxl.load_workbook(first)
    sheet = book["问题清单"]
    head = next(cell.row for cell in sheet["A"] if cell.value == "序号")
    sheet.cell(head + 2, 10, "已申请延期")
    book.save(first)
    assert [line["说明"] for line in listed(run(first, found))] == [None, "已申请延期"]


def test_values_that_xml_cannot_carry_do_not_break_the_file(source: Path) -> None:
    found = findings(("C02", "hazard", 3, "category"))
    found.loc[0, "observed"] = "坏\x0b字<&>_x0041_" + "长" * 5000
    found.loc[0, "message"] = "“\x00”不是数字"
    back = run(source, found)
    line = listed(back)[0]
    assert str(line["发现的内容"]).startswith("坏\ufffd字<&>")
    assert len(str(line["发现的内容"])) < 500


def test_batch_is_told_apart_by_return(tmp_path: Path) -> None:
    jobs = [Job(i, write_source(tmp_path / f"{i}.xlsx"), tmp_path / "back" / f"{i}.xlsx", NOTE) for i in (3, 1, 2)]
    found = pd.concat(
        [
            findings(("R08", "hazard", 3, "status")).assign(return_no=3),
            findings(("R15", "hazard", 4, "status")).assign(return_no=1),
        ]
    )
    placed = pd.concat([places().assign(return_no=i) for i in (1, 2, 3)])
    paths = annotate_many(jobs, found, placed, form=FORM, rules=CATALOGUE.rules)
    assert [path.name for path in paths] == ["3.xlsx", "1.xlsx", "2.xlsx"]
    assert [list(marked(path)) for path in paths] == [["隐患 整改!E3"], ["隐患 整改!E4"], []]


def test_list_is_cut_at_the_limit_and_says_so(source: Path) -> None:
    found = findings(*[("C07", "hazard", row, "place") for row in range(3, 30)])
    lines = listed(run(source, found, limits=Limits(lines=5)))
    assert len(lines) == 6
    assert "另有 22 条" in str(lines[-1]["序号"])


def test_nothing_is_left_beside_the_target(source: Path) -> None:
    back = run(source, findings())
    assert [path.name for path in back.parent.iterdir()] == [back.name]


@pytest.mark.parametrize(
    ("status", "said"), [("accepted", "已接收"), ("returned", "退回修改"), ("rejected", "整份退回"), (None, "自查")]
)
def test_status_in_plain_words(status: Any, said: str) -> None:
    period = Period.parse("2025-03")
    note = describe_status(status, township="荷沟镇", period=period, due_on=period.last_day, days_late=3)
    assert note.startswith("荷沟镇 2025年3月 乡镇人大工作月报：" + said)
    assert "2025年3月31日，本期首次报送逾期 3 天" in note
    for nothing in (0, None, float("nan")):
        on_time = describe_status(status, township="荷沟镇", period=period, due_on=period.last_day, days_late=nothing)
        assert "逾期" not in on_time
    undated: Any = pd.NaT
    assert "截止" not in describe_status(status, due_on=undated)


def test_comment_box_holds_all_of_the_text(source: Path) -> None:
    one = part(run(source, findings(("R08", "hazard", 3, "status"))), "xl/drawings/findings1.vml")
    many = part(
        run(source, findings(*[(rule, "hazard", 3, "status") for rule in ("R08", "R15", "R09", "P03")])),
        "xl/drawings/findings1.vml",
    )

    def bottom(vml: bytes) -> int:
        return int(vml.split(b"<x:Anchor>")[1].split(b"<")[0].split(b",")[6])

    assert bottom(many) > bottom(one) + 6
