"""The batch as a whole: shapes, types, days without a year, formulas, and the other formats."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from workbooks import ARTICLE, COVER, MEETING, make_xlsx, read, repack, rules, sheets

from catalogue import load
from catalogue.returns import CELL_COLUMNS, PLACE_COLUMNS, RETURN_COLUMNS, ROW_COUNT_COLUMNS, STRUCTURE_COLUMNS
from ingest.workbook import Identity, read_identity

HAZARD = ["隐患编号", "发现日期", "隐患类别", "隐患等级", "地点或单位", "整改期限", "整改状态", "整改完成日期"]


def identity(path: Path) -> Identity:
    return read_identity(path, load().current_form, load().synonyms)


def test_shapes_and_types_of_an_empty_batch_and_of_rows_are_the_same(tmp_path: Path) -> None:
    rows = [MEETING, ["2025年3月5日", "议题", "9人", 8, "√"]]
    filled = read(make_xlsx(tmp_path / "a.xlsx", sheets(presidium_meeting=rows)))
    for batch in (read(), filled):
        assert tuple(batch.returns) == RETURN_COLUMNS
        assert tuple(batch.cells) == CELL_COLUMNS
        assert tuple(batch.places) == PLACE_COLUMNS
        assert tuple(batch.structure) == STRUCTURE_COLUMNS
        assert tuple(batch.row_counts) == ROW_COUNT_COLUMNS
        assert list(batch.sheets) == list(batch.raw) == [sheet.code for sheet in load().current_form.sheets]
        types = batch.sheets["presidium_meeting"].dtypes.astype(str).to_dict()
        assert types == {
            "return_no": "int64",
            "excel_row": "int64",
            "meeting_date": "datetime64[s]",
            "topic": "object",
            "expected": "float64",
            "present": "float64",
            "minutes_flag": "boolean",
        }
        assert batch.cells["excel_row"].dtype == batch.cells["return_no"].dtype == np.int64
        for code, frame in batch.sheets.items():
            assert isinstance(frame.index, pd.RangeIndex)
            assert batch.raw[code].index.equals(frame.index)


def test_returns_tell_what_the_cover_says(tmp_path: Path) -> None:
    cover = [["表单版本", "１"], ["行政区划代码", 431230104], ["乡镇名称", "银溪镇"], ["报送期", "2025年3月"]]
    cover += [["填报人", "吴静"], ["联系电话", "/"], ["审核人", "金涛"], ["填报日期", "4月2日"]]
    path = make_xlsx(tmp_path / "a.xlsx", sheets(cover=cover))
    row = read(path).returns.iloc[0]
    assert row["file_name"] == "inbox/a.xlsx"
    assert (row["township_code"], row["period"], row["period_raw"]) == ("431230104", "2025-03", "2025年3月")
    assert (row["form_version"], row["prepared_on"]) == (1.0, pd.Timestamp(2025, 4, 2))
    assert row["received_at"] == pd.Timestamp(2025, 4, 3, 9)
    assert identity(path) == Identity("431230104", "2025-03", readable=True)


def test_several_files_keep_their_order_and_a_broken_one_costs_only_itself(tmp_path: Path) -> None:
    paths = [
        make_xlsx(tmp_path / f"{n}.xlsx", sheets(article=[ARTICLE, [f"第{n}篇", date(2025, 3, n), "县级", ""]]))
        for n in (1, 2, 3)
    ]
    paths[1].write_bytes(b"noise")
    for workers in (1, 2):
        batch = read(*paths, workers=workers)
        assert batch.returns["readable"].tolist() == [True, False, True]
        assert batch.sheets["article"][["return_no", "title"]].to_numpy().tolist() == [[0, "第1篇"], [2, "第3篇"]]
        assert batch.structure[["return_no", "rule"]].to_numpy().tolist() == [[1, "F01"]]


def test_every_remark_names_its_cell_and_the_text_found(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["月报"], MEETING, ["2025-02-30", "议题", "XX", "60余人", "√"]]
    batch = read(make_xlsx(tmp_path / "a.xlsx", sheets(presidium_meeting=rows)))
    assert batch.cells.to_numpy().tolist() == [
        [0, "presidium_meeting", 3, 1, "meeting_date", "C04", "2025-02-30", "真实存在的日期，年、月、日齐全"],
        [0, "presidium_meeting", 3, 3, "expected", "C02", "XX", "非负整数"],
        [0, "presidium_meeting", 3, 4, "present", "C06", "60余人", "60"],
        [0, "presidium_meeting", 3, 5, "minutes_flag", "C07", "√", "是"],
    ]
    assert batch.raw["presidium_meeting"].iloc[0].tolist() == ["2025-02-30", "议题", "XX", "60余人", "√", None]


def test_remarks_on_a_profile_name_the_cell_of_the_value(tmp_path: Path) -> None:
    profile = sheets()["基本情况"]
    profile[5][1] = -8
    batch = read(make_xlsx(tmp_path / "a.xlsx", sheets(profile=profile)))
    assert batch.cells[["excel_row", "excel_col", "field", "rule"]].to_numpy().tolist() == [
        [6, 2, "deputy_group_count", "C03"]
    ]
    assert batch.sheets["profile"]["excel_row"].tolist() == [0]


def test_days_without_a_year(tmp_path: Path) -> None:
    cover = [pair if pair[0] != "填报日期" else ["填报日期", "1月2日"] for pair in COVER]
    cover = [pair if pair[0] != "报送期" else ["报送期", "2024-12"] for pair in cover]
    rows = [HAZARD, ["YH-1", "12月20日", "消防", "一般", "砂石场", "1月15日", "待整改", None]]
    rows += [["YH-2", "11月3日", "消防", "一般", "砂石场", "2月30日", "已整改", "2月29日"]]
    batch = read(make_xlsx(tmp_path / "a.xlsx", sheets(cover=cover, hazard=rows)))
    hazard = batch.sheets["hazard"]
    assert hazard["found_date"].tolist() == [pd.Timestamp(2024, 12, 20), pd.Timestamp(2024, 11, 3)]
    assert hazard["rectify_by"].tolist()[0] == pd.Timestamp(2025, 1, 15)
    assert hazard["rectified_date"].tolist()[1] == pd.Timestamp(2024, 2, 29)
    assert batch.returns["prepared_on"].tolist() == [pd.Timestamp(2025, 1, 2)]
    assert [item for item in rules(batch) if item[0][0] == "C"] == [("C04", "rectify_by")]
    detail = batch.cells.query("field == 'rectify_by' and rule == 'C07'")["detail"].tolist()
    assert detail == ["2025-01-15"]


def test_excel_serials_of_a_1904_workbook(tmp_path: Path) -> None:
    def since_1904(book: Any) -> None:
        book.epoch = CALENDAR_MAC_1904

    path = make_xlsx(tmp_path / "a.xlsx", sheets(article=[ARTICLE, ["甲", 44257, "县级", ""]]), since_1904)
    other = make_xlsx(tmp_path / "b.xlsx", sheets(article=[ARTICLE, ["乙", 45719, "县级", ""]]))
    batch = read(path, other)
    assert batch.sheets["article"]["submitted_date"].tolist() == [pd.Timestamp(2025, 3, 3)] * 2
    assert batch.raw["article"]["submitted_date"].tolist() == ["44257", "45719"]
    assert batch.returns["prepared_on"].tolist() == [pd.Timestamp(2025, 4, 2)] * 2


def test_formulas_without_a_value_and_with_errors(tmp_path: Path) -> None:
    rows = [MEETING, [date(2025, 3, 5), "议题", "=1+1", 8, "是"], [date(2025, 3, 6), "=A1&B1", 9, "=8/0", "是"]]
    rows += [["合计", None, "=SUM(C2:C3)"]]
    path = make_xlsx(tmp_path / "a.xlsx", sheets(presidium_meeting=rows))
    batch = read(path)
    assert rules(batch) == [("C08", "topic"), ("C08", "expected"), ("C08", "present")]
    assert batch.cells["observed"].tolist() == ["=A1&B1", "=1+1", "=8/0"]

    def store(name: str, content: bytes) -> bytes:
        content = content.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
        content = re.sub(rb'(<c r="D3"[^>]*)>(<f>8/0</f>)<v></v>', rb'\1 t="e">\2<v>#DIV/0!</v>', content)
        return re.sub(rb'(<c r="B3"[^>]*)>(<f>[^<]*</f>)<v></v>', rb'\1 t="str">\2<v></v>', content)

    batch = read(repack(path, store))
    assert rules(batch) == [("C08", "present")]
    assert batch.sheets["presidium_meeting"]["expected"].tolist() == [2.0, 9.0]
    assert batch.cells["detail"].tolist() == ["公式结果为错误值 #DIV/0!"]


def test_formulas_in_cells_that_do_not_name_their_place(tmp_path: Path) -> None:
    rows = [MEETING, [date(2025, 3, 5), "议题", "=1+1", 8, "是"]]
    path = make_xlsx(tmp_path / "a.xlsx", sheets(presidium_meeting=rows))
    batch = read(repack(path, lambda name, content: re.sub(rb'(<c) r="[A-Z]+\d+"', rb"\1", content)))
    assert rules(batch) == [("C08", "expected")]


def test_a_formula_without_value_below_and_beside_the_used_cells(tmp_path: Path) -> None:
    rows = [[*MEETING[:3], "实到"], [date(2025, 3, 5), "议题", 9, 8]]
    rows += [[None, None, None, "=1+1"], [None] * 300 + ["=1+1"]]
    batch = read(make_xlsx(tmp_path / "a.xlsx", sheets(presidium_meeting=rows)))
    assert ("C08", "present") in rules(batch)
    assert batch.sheets["presidium_meeting"]["excel_row"].tolist() == [2, 3]


def write_xls(path: Path, content: dict[str, list[list[Any]]]) -> Path:
    book = xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for name, rows in content.items():
        sheet = book.add_sheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value is not None:
                    sheet.write(r, c, value, *([day] if isinstance(value, date) else []))
        if name == "主席团会议" and len(rows) > 2:
            sheet.merge(1, 2, 0, 0)
    book.save(str(path))
    return path


def test_xls_files_whatever_their_name(tmp_path: Path) -> None:
    rows = [MEETING, [date(2025, 3, 5), "甲", 9, xlwt.Formula("8"), "是"], [None, "乙", "９人", 7, "是"]]
    for name in ("a.xls", "b.et", "c.xlsx"):
        path = write_xls(tmp_path / name, sheets(presidium_meeting=rows))
        batch = read(path)
        frame = batch.sheets["presidium_meeting"]
        assert frame["meeting_date"].tolist() == [pd.Timestamp(2025, 3, 5)] * 2
        assert frame["expected"].tolist() == [9.0, 9.0]
        assert {rule for rule, _ in rules(batch)} <= {"F08"}
        assert identity(path).township_code == "431230104"


def write_ods(path: Path, content: dict[str, list[list[Any]]]) -> Path:
    book = OpenDocumentSpreadsheet()
    for name, rows in content.items():
        table = Table(name=name)
        for values in rows:
            row = TableRow()
            for value in values:
                row.addElement(value if hasattr(value, "qname") else _ods_cell(value))
            table.addElement(row)
        book.spreadsheet.addElement(table)
    book.save(str(path))
    return path


def _ods_cell(value: Any) -> TableCell:
    if isinstance(value, date):
        return TableCell(valuetype="date", datevalue=value.isoformat())
    if isinstance(value, int | float):
        return TableCell(valuetype="float", value=str(value))
    cell = TableCell(valuetype="string") if value else TableCell()
    if value:
        cell.addElement(P(text=value))
    return cell


def test_ods_files_with_merged_cells_and_formulas(tmp_path: Path) -> None:
    merged = TableCell(valuetype="date", datevalue="2025-03-05", numberrowsspanned="2", numbercolumnsspanned="1")
    blank = TableCell(formula='of:=""')
    blank.addElement(P())
    rows = [MEETING, [merged, "甲", 9, 8, blank], [CoveredTableCell(), "乙", TableCell(formula="of:=[.C2]"), 7, "是"]]
    path = write_ods(tmp_path / "a.ods", sheets(presidium_meeting=rows))
    batch = read(path)
    frame = batch.sheets["presidium_meeting"]
    assert frame["meeting_date"].tolist() == [pd.Timestamp(2025, 3, 5)] * 2
    assert frame["topic"].tolist() == ["甲", "乙"]
    assert rules(batch) == [("C08", "expected")]
    assert identity(path) == Identity("431230104", "2025-03", readable=True)


def test_serials_of_an_ods_file_that_counts_from_1904(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "a.ods", sheets(article=[ARTICLE, ["甲", 44257, "县级", ""]]))
    settings = b'<table:null-date table:date-value="1904-01-01"/><table:table '
    repack(
        path, lambda name, content: content.replace(b"<table:table ", settings, 1) if name == "content.xml" else content
    )
    assert read(path).sheets["article"]["submitted_date"].tolist() == [pd.Timestamp(2025, 3, 3)]


@pytest.mark.parametrize("period", ["2025年13月", None, "三月份"])
def test_a_month_that_is_none_is_missing_and_its_text_kept(tmp_path: Path, period: str | None) -> None:
    cover = [pair if pair[0] != "报送期" else ["报送期", period] for pair in COVER]
    path = make_xlsx(tmp_path / "a.xlsx", sheets(cover=cover))
    row = read(path).returns.iloc[0]
    assert (row["period"], row["period_raw"]) == (None, period)
    assert identity(path).period is None


def test_extreme_received_times_do_no_harm(tmp_path: Path) -> None:
    path = make_xlsx(tmp_path / "a.xlsx", sheets())
    for received in (datetime(1, 1, 2), datetime(9999, 12, 30)):
        assert read(path, received=received).returns["readable"].all()
