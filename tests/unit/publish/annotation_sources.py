"""Workbooks as townships send them, small, and findings about them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import xlsxwriter

from catalogue import load
from catalogue.findings import shape_findings
from catalogue.returns import PLACE_COLUMNS

CATALOGUE = load()
FORM = CATALOGUE.current_form
HAZARD = ("隐患编号", "发现日期", "隐患类别", "隐患等级", "整改状态", "整改完成日期")
HAZARD_CODES = ("hazard_no", "found_date", "category", "severity", "status", "rectified_date")


def write_source(path: Path, decorate: Callable[[Any, dict[str, Any]], None] | None = None) -> Path:
    """A return with 封面 (cards in A:B) and 隐患整改 (header in row 2, rows 3 and 4); `decorate` adds peculiarities."""
    with xlsxwriter.Workbook(str(path)) as workbook:
        date = workbook.add_format({"num_format": "yyyy-mm-dd"})
        own = workbook.add_format({"bg_color": "#00B050", "bold": True, "num_format": "0.00"})
        cover = workbook.add_worksheet("封面")
        cover.write_column(0, 0, ["表单版本", "行政区划代码", "乡镇名称"])
        cover.write_column(0, 1, [1, "431230102", "荷沟镇"])
        hazard = workbook.add_worksheet("隐患 整改")
        hazard.set_column(0, 5, 15)
        hazard.write(0, 0, "隐患整改台账")
        hazard.write_row(1, 0, HAZARD)
        hazard.write_row(2, 0, ["YH-1", 45672, "消防", "较大", "已整改"])
        hazard.write(2, 1, 45672, date)
        hazard.write_row(3, 0, ["YH-2", 45673, "消防", "一般", "整改中"])
        hazard.write(3, 3, "一般", own)
        hazard.write_formula(3, 6, "=1+1", None, 2)
        if decorate:
            decorate(workbook, {"cover": cover, "hazard": hazard, "own": own})
    return path


def places(sheet_name: str = "隐患 整改") -> pd.DataFrame:
    """Where the fields of `write_source` stand."""
    rows: list[tuple[Any, ...]] = [
        (0, "cover", "封面", code, 2, row)
        for row, code in enumerate(("form_version", "township_code", "township_name"), start=1)
    ]
    rows += [(0, "hazard", sheet_name, code, column, 2) for column, code in enumerate(HAZARD_CODES, start=1)]
    return pd.DataFrame(rows, columns=list(PLACE_COLUMNS))


def findings(*rows: tuple[str, str | None, int | None, str | None]) -> pd.DataFrame:
    """Findings from (rule, sheet, row, field), worded as the catalogue says."""
    made = []
    for rule_id, sheet, row, field in rows:
        rule = CATALOGUE.rules[rule_id]
        label = FORM.sheet(sheet).field(field).label if sheet and field else ""
        made.append(
            {
                "return_no": 0,
                "rule": rule_id,
                "severity": rule.severity,
                "sheet": sheet,
                "excel_row": row,
                "field": field,
                "observed": f"见到{rule_id}",
                "expected": None,
                "message": rule.message.format(label=label, observed=f"见到{rule_id}", expected="另一个"),
            }
        )
    return shape_findings(pd.DataFrame(made, columns=None if made else ["return_no"]))


def marked(path: Path) -> dict[str, tuple[str, str]]:
    """'sheet!cell' -> fill and comment of every commented cell, as openpyxl sees them."""
    book = openpyxl.load_workbook(path)
    return {
        f"{sheet.title}!{cell.coordinate}": (cell.fill.fgColor.rgb, cell.comment.text)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def listed(path: Path) -> list[dict[str, Any]]:
    """The lines of 问题清单."""
    sheet = openpyxl.load_workbook(path)["问题清单"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(number for number, row in enumerate(rows) if row[0] == "序号")
    names = [str(name) for name in rows[head]]
    return [dict(zip(names, row, strict=True)) for row in rows[head + 1 :]]


def rewrite(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The package with every part changed (None = left out)."""
    parts = zipfile.ZipFile(path)
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in parts.namelist():
            changed = change(name, parts.read(name))
            if changed is not None:
                package.writestr(name, changed)
    path.write_bytes(target.getvalue())
    return path


def part(path: Path, name: str) -> bytes:
    """One part of the package."""
    with zipfile.ZipFile(path) as package:
        return package.read(name)
