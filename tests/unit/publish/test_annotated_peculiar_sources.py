"""Files of every make come back marked; what cannot be changed in place comes back as a copy or as the list alone."""

from __future__ import annotations

import random
import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlwt
from annotation_sources import CATALOGUE, FORM, HAZARD, findings, listed, marked, part, places, rewrite, write_source
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from publish.annotation import Limits, annotate
from publish.annotation.styles import FILLS

MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STATUS = findings(("R08", "hazard", 3, "status"))


def run(source: Path, found: pd.DataFrame = STATUS, **more: Any) -> Path:
    more = {"places": places(), "note": "荷沟镇"} | more
    target = source.parent / "back" / source.name
    return annotate(source, target, found, form=FORM, rules=CATALOGUE.rules, **more)


def test_own_comment_in_the_cell_is_kept_and_ours_taken_back(tmp_path: Path) -> None:
    def decorate(_: Any, sheets: dict[str, Any]) -> None:
        sheets["hazard"].write_comment("E3", "李四：已电话核实", {"author": "李四"})
        sheets["hazard"].write_comment("A4", "另一条批注")

    back = run(write_source(tmp_path / "a.xlsx", decorate))
    cells = marked(back)
    assert cells["隐患 整改!A4"][1] == "另一条批注"
    assert cells["隐患 整改!E3"][1].startswith("李四：已电话核实\n【台账平台】")
    assert part(back, "xl/drawings/vmlDrawing1.vml").count(b"<v:shape ") == 2
    again = marked(run(back, findings()))
    assert {cell: text for cell, (_, text) in again.items()} == {
        "隐患 整改!E3": "李四：已电话核实",
        "隐患 整改!A4": "另一条批注",
    }


def test_merged_cell_is_marked_where_it_shows(tmp_path: Path) -> None:
    def decorate(_: Any, sheets: dict[str, Any]) -> None:
        sheets["hazard"].merge_range("C3:C4", "消防")

    back = run(write_source(tmp_path / "a.xlsx", decorate), findings(("C05", "hazard", 4, "category")))
    fill, text = marked(back)["隐患 整改!C3"]
    assert fill == FILLS["hard"]
    assert "（第 4 行）" in text


def test_protected_sheets_images_names_and_validations_survive(tmp_path: Path) -> None:
    pixel = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6"
        "45400000000049454e44ae426082"
    )

    def decorate(workbook: Any, sheets: dict[str, Any]) -> None:
        sheets["hazard"].protect()
        sheets["hazard"].data_validation("C3:C9", {"validate": "list", "source": ["消防", "其他"]})
        sheets["hazard"].repeat_rows(1)
        sheets["hazard"].insert_image("H9", "p.png", {"image_data": BytesIO(pixel)})
        workbook.define_name("'隐患 整改'!own", "='隐患 整改'!$A$3")

    back = run(write_source(tmp_path / "a.xlsx", decorate))
    book = openpyxl.load_workbook(back)
    sheet = book["隐患 整改"]
    assert sheet.protection.sheet
    assert sheet.data_validations.dataValidation[0].formula1 == '"消防,其他"'
    assert sheet.print_title_rows == "$2:$2"
    assert sheet.defined_names["own"].attr_text == "'隐患 整改'!$A$3"
    assert book["封面"].print_title_rows is None
    assert part(back, "xl/media/image1.png") == pixel


def test_macros_survive_and_the_suffix_stays(tmp_path: Path) -> None:
    def decorate(workbook: Any, _: dict[str, Any]) -> None:
        workbook.add_vba_project(BytesIO(b"macros"), is_stream=True)

    source = write_source(tmp_path / "a.xlsm", decorate)
    back = run(source.rename(tmp_path / "misnamed.xlsx"))
    assert back.name == "misnamed.xlsm"
    assert part(back, "xl/vbaProject.bin") == b"macros"
    assert "隐患 整改!E3" in marked(back)


def test_prefixed_markup(tmp_path: Path) -> None:
    def prefix(name: str, data: bytes) -> bytes:
        if not name.endswith(".xml") or MAIN not in data:
            return data
        data = re.sub(rb"<(/?)(?=[a-zA-Z])(?!\w+:)", rb"<\1x:", data)
        return data.replace(b'xmlns="' + MAIN, b'xmlns:x="' + MAIN)

    back = run(rewrite(write_source(tmp_path / "a.xlsx"), prefix), findings(("C01", "hazard", 4, "rectified_date")))
    assert marked(back)["隐患 整改!F4"][0] == FILLS["hard"]
    assert b'<x:c r="F4"' in part(back, "xl/worksheets/sheet2.xml")
    assert len(listed(back)) == 1


def test_strict_variant(tmp_path: Path) -> None:
    def strict(name: str, data: bytes) -> bytes:
        if not name.endswith((".xml", ".rels")):
            return data
        data = data.replace(MAIN, b"http://purl.oclc.org/ooxml/spreadsheetml/main")
        office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        return data.replace(office, b"http://purl.oclc.org/ooxml/officeDocument/relationships")

    back = run(rewrite(write_source(tmp_path / "a.xlsx"), strict))
    sheet = part(back, "xl/worksheets/sheet2.xml")
    assert re.search(rb'<c r="E3" t="s" s="\d+"', sheet)
    assert b"<legacyDrawing" in sheet
    assert b"http://purl.oclc.org/ooxml/spreadsheetml/main" in part(back, "xl/comments1.xml")
    assert b"schemas.openxmlformats.org/spreadsheetml" not in part(back, "xl/worksheets/findings1.xml")


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_no_styles_and_implied_references(tmp_path: Path) -> None:
    def strip(name: str, data: bytes) -> bytes | None:
        if name == "xl/styles.xml":
            return None
        data = re.sub(rb'<Override PartName="/xl/styles.xml"[^>]*>', b"", data)
        data = re.sub(rb'<Relationship [^>]*styles.xml"[^>]*>', b"", data)
        if "worksheets/" not in name:
            return data
        data = re.sub(rb' (s|style|r)="\w+"', b"", data)  # neither formats nor positions
        return re.sub(rb"<c/>", b"", data)

    source = rewrite(write_source(tmp_path / "a.xlsx"), strip)
    back = run(source, findings(("R08", "hazard", 3, "status"), ("C01", "hazard", 3, "rectified_date")))
    cells = marked(back)
    assert cells["隐患 整改!E3"][0] == FILLS["hard"]
    assert cells["隐患 整改!F3"][0] == FILLS["hard"]
    assert openpyxl.load_workbook(back)["隐患 整改"]["E3"].value == "已整改"


def test_xls_comes_back_as_a_marked_copy(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("隐患整改")
    for column, label in enumerate(HAZARD):
        sheet.write(1, column, label)
    sheet.write(2, 4, "已整改")
    sheet.write(2, 0, 7.5)
    sheet.write_merge(3, 4, 1, 1, "合并")
    source = tmp_path / "a.xls"
    book.save(str(source))
    back = run(source, places=places("隐患整改"))
    assert back.name == "a.xlsx"
    copy = openpyxl.load_workbook(back)
    assert copy["隐患整改"]["A3"].value == 7.5
    assert "B4:B5" in [str(merged) for merged in copy["隐患整改"].merged_cells.ranges]
    assert marked(back)["隐患整改!E3"][0] == FILLS["hard"]
    assert any("另存" in str(cell.value) for cell in copy["问题清单"]["A"])


def test_ods_comes_back_as_a_marked_copy(tmp_path: Path) -> None:
    document = OpenDocumentSpreadsheet()
    table = Table(name="隐患整改")
    for texts in ([], HAZARD, ["YH-1", "", "", "", "已整改"]):
        row = TableRow()
        for text in texts:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=text))
            row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    source = tmp_path / "a.ods"
    document.save(str(source))
    back = run(source, places=places("隐患整改"))
    assert back.suffix == ".xlsx"
    assert marked(back).keys() == {"隐患整改!E3"}


def test_unreadable_file_is_not_opened_and_comes_back_as_the_list(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(b"not a workbook")
    back = run(source, findings(("F01", None, None, None)), places=places().iloc[:0])
    assert openpyxl.load_workbook(back).sheetnames == ["问题清单"]
    assert [line["规则"] for line in listed(back)] == ["F01 文件无法读取"]
    missing = run(tmp_path / "gone.xlsx", findings(("F01", None, None, None)))
    assert missing.exists()


def test_hostile_sizes_are_not_unpacked(tmp_path: Path) -> None:
    source = rewrite(
        write_source(tmp_path / "a.xlsx"), lambda name, data: data + b" " * 3_000_000 if "sheet2" in name else data
    )
    back = run(source, limits=Limits(part_bytes=1_000_000, values=10))
    assert openpyxl.load_workbook(back).sheetnames == ["问题清单"]
    assert openpyxl.load_workbook(run(source, limits=Limits(file_bytes=100))).sheetnames == ["问题清单"]


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    def bomb(name: str, data: bytes) -> bytes:
        if "sheet2" not in name:
            return data
        text = re.sub(rb"<\?xml.*?\?>\s*", b"", data)
        return b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + text

    back = run(rewrite(write_source(tmp_path / "a.xlsx"), bomb))
    assert "问题清单" in openpyxl.load_workbook(back).sheetnames
    with zipfile.ZipFile(back) as package:
        assert not any(b"<!ENTITY" in package.read(name) for name in package.namelist())


@pytest.mark.parametrize("seed", range(12))
def test_damaged_files_never_raise(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    source = write_source(tmp_path / "a.xlsx")
    if seed % 2:
        data = bytearray(source.read_bytes())
        for _ in range(8):
            data[chance.randrange(len(data))] = chance.randrange(256)
        source.write_bytes(bytes(data[: chance.randrange(len(data) // 2, len(data))] if seed % 4 == 1 else data))
    else:

        def spoil(_: str, data: bytes) -> bytes:
            spoiled = bytearray(data)
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
            return bytes(spoiled)

        rewrite(source, spoil)
    back = run(source)
    assert zipfile.ZipFile(back).testzip() is None
    assert part(back, "xl/workbook.xml").count("问题清单".encode()) >= 1


@pytest.mark.parametrize("legacy", [False, True])
def test_a_sheet_of_the_clerks_own_by_the_name_of_the_list_is_kept(tmp_path: Path, legacy: bool) -> None:
    own = [["发现的问题", "责任单位"], ["消防通道堵塞", "派出所"]]
    if legacy:
        source = tmp_path / "a.xls"
        book = xlwt.Workbook()
        for name, rows in {"隐患 整改": [["隐患编号"], ["YH-1"]], "问题清单": own}.items():
            sheet = book.add_sheet(name)
            for place, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(place, column, value)
        book.save(str(source))
    else:

        def add(workbook: Any, _: dict[str, Any]) -> None:
            sheet = workbook.add_worksheet("问题清单")
            for place, row in enumerate(own):
                sheet.write_row(place, 0, row)

        source = write_source(tmp_path / "a.xlsx", add)
    back = run(source, STATUS)
    again = run(back, STATUS)
    for each in (back, again):
        sheets = openpyxl.load_workbook(each)
        assert sheets.sheetnames[0] == "问题清单"
        assert [list(row) for row in sheets["问题清单（原）"].values] == own
        assert len(sheets.sheetnames) == len(set(sheets.sheetnames)) == (3 if legacy else 4)
