"""Workbooks made anew, for sources that cannot be changed in place: a copy of the values, or an empty one."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import xlsxwriter
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from catalogue.explanations import LIST_NAME
from publish.annotation.markup import width_units
from publish.annotation.package import Limits, UnpatchableError

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def empty_workbook() -> bytes:
    """A workbook whose only sheet is an empty 问题清单."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        workbook.add_worksheet(LIST_NAME)
    return target.getvalue()


def copy_values(data: bytes, limits: Limits) -> bytes:
    """An .xlsx with the values of every sheet in their cells. Raises UnpatchableError above `limits.values` cells."""
    source = CalamineWorkbook.from_filelike(BytesIO(data))
    target = BytesIO()
    left = limits.values
    with xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as workbook:
        for known in source.sheets_metadata:
            if known.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = source.get_sheet_by_name(known.name)
            left -= sheet.total_height * sheet.total_width
            if left < 0:
                raise UnpatchableError("too many cells")
            written = workbook.add_worksheet(_FORBIDDEN.sub(" ", known.name).strip("'")[:31] or None)
            if known.visible != SheetVisibleEnum.Visible:
                written.hide()
            _write_sheet(written, sheet, workbook)
    return target.getvalue()


def _write_sheet(written: Any, sheet: CalamineSheet, workbook: Any) -> None:
    head = workbook.add_format({"valign": "vcenter", "align": "center", "text_wrap": True})
    widths: dict[int, int] = {}
    rows = sheet.to_python(skip_empty_area=False)
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if value != "":
                _write_value(written, row, column, value)
                widths[column] = max(widths.get(column, 9), min(30, width_units(str(value)) + 2))
    for column, width in widths.items():
        written.set_column(column, column, width)
    for first, last in sheet.merged_cell_ranges or ():
        if first != last and first[0] < len(rows) and first[1] < len(rows[first[0]]):
            written.merge_range(*first, *last, "", head)
            _write_value(written, first[0], first[1], rows[first[0]][first[1]])


def _write_value(written: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, bool):
        written.write_boolean(row, column, value)
    elif isinstance(value, (int, float)):
        written.write_number(row, column, value)
    elif isinstance(value, (datetime, date, time, timedelta)):
        written.write_datetime(row, column, value)
    elif value != "":
        written.write_string(row, column, str(value))
