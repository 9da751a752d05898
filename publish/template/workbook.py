"""Writes the official workbook: every sheet of the form, prefilled where the county knows the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from catalogue import Field, Form, Rule, Sheet, Synonyms
from catalogue.periods import Period
from catalogue.register import Township
from publish.template.entry import FLAG_WORDS, NUMBER_FORMATS, validation
from publish.template.guide import GUIDE_NAME, Guide

STAMP = "taizhang_form"  # hidden in the name manager: form version; township code; period
_ROWS = 500  # rows of a table that have drop-downs and limits
_REQUIRED, _OPTIONAL, _CARRIED = "#F8CBAD", "#DDEBF7", "#EDEDED"
_FONT = "微软雅黑"
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "valign": "vcenter"},
    "section": {"bold": True, "font_size": 13, "valign": "vcenter", "font_color": "#1F3864"},
    "subsection": {"bold": True, "font_size": 11, "valign": "vcenter"},
    "plain": {"valign": "vcenter"},
    "head": {"bold": True, "bg_color": "#44546A", "font_color": "#FFFFFF", "border": 1, "align": "center"},
    "required": {
        "bold": True,
        "bg_color": _REQUIRED,
        "border": 1,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
    },
    "optional": {
        "bold": True,
        "bg_color": _OPTIONAL,
        "border": 1,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
    },
    "cell": {"border": 1, "text_wrap": True, "valign": "vcenter"},
    "centre": {"border": 1, "align": "center", "valign": "vcenter"},
    "hard": {"bold": True, "bg_color": "#FFABAA", "border": 1, "valign": "vcenter"},
    "warn": {"bold": True, "bg_color": "#FFE18A", "border": 1, "valign": "vcenter"},
    "info": {"bold": True, "bg_color": "#D6E9FB", "border": 1, "valign": "vcenter"},
}
_WIDTHS = {"text": 24, "choice": 16, "date": 13, "code": 16, "flag": 11}


class _Formats:
    """Formats of the workbook, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._values: dict[tuple[str, bool, bool], Any] = {}
        self.looks = {name: self._make(look) for name, look in _LOOKS.items()}

    def _make(self, look: Mapping[str, Any]) -> Any:
        return self._workbook.add_format({"font_name": _FONT, "font_size": 10, **look})

    def value(self, field: Field, *, boxed: bool = False, carried: bool = False) -> Any:
        """The format of a field's values."""
        key = (field.type, boxed, carried)
        if key not in self._values:
            look: dict[str, Any] = {"num_format": NUMBER_FORMATS[field.type], "valign": "vcenter"}
            look |= {"border": 1} if boxed or carried else {}
            look |= {"bg_color": _CARRIED} if carried else {}
            look |= {"text_wrap": True} if field.type == "text" else {"align": "center"}
            self._values[key] = self._make(look)
        return self._values[key]


def write_template(
    path: Path,
    form: Form,
    township: Township | None,
    period: Period,
    *,
    synonyms: Synonyms,
    rules: Mapping[str, Rule],
    open_hazards: pd.DataFrame | None = None,
    open_suggestions: pd.DataFrame | None = None,
    open_petitions: pd.DataFrame | None = None,
    profile: Mapping[str, Any] | None = None,
) -> None:
    """The workbook of that township and month is at the path.

    The open items (columns: the form's field codes, those that are known) are carried forward as rows; `profile` (field
    code -> value) fills 基本情况; without a township identity is left to the clerk. Equal arguments give equal bytes.
    """
    carried = {"hazard": open_hazards, "suggestion": open_suggestions, "petition": open_petitions}
    identity = {
        "form_version": form.version,
        "township_code": township.code if township else None,
        "township_name": township.name if township else None,
        "period": period.text,
    }
    filled: dict[str, Mapping[str, Any]] = {"cover": identity, "profile": profile or {}}
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(
        str(path), {"default_format_properties": {"font_name": _FONT, "font_size": 10}}
    ) as workbook:
        formats = _Formats(workbook)
        _stamp(workbook, form, township, period)
        Guide(form, period, synonyms, rules).write(workbook.add_worksheet(GUIDE_NAME), formats.looks)
        for sheet in form.sheets:
            worksheet = workbook.add_worksheet(sheet.label)
            worksheet.set_tab_color(_REQUIRED if sheet.required else _OPTIONAL)
            if sheet.layout == "key_value":
                _write_card(worksheet, sheet, period, formats, filled.get(sheet.code, {}))
            else:
                rows = carried.get(sheet.code)
                _write_table(worksheet, sheet, period, formats, _listed(sheet) if rows is None else rows)
            _prepare_print(worksheet, sheet)
        workbook.get_worksheet_by_name(form.sheets[0].label).activate()


def _stamp(workbook: Any, form: Form, township: Township | None, period: Period) -> None:
    whose = f"{form.version};{township.code if township else ''};{period.text}"
    workbook.define_name(STAMP, f'="{whose}"')
    made = datetime.combine(period.first_day, time())
    workbook.set_properties(
        {"title": f"{form.name}（第 {form.version} 版）", "subject": period.chinese, "created": made}
    )


def _listed(sheet: Sheet) -> pd.DataFrame:
    """Rows the form itself demands: one per choice where a choice is the whole key (汇总); else none."""
    if len(sheet.key) == 1 and (field := sheet.field(sheet.key[0])).type == "choice":
        return pd.DataFrame({field.code: list(field.choices)})
    return pd.DataFrame()


def _write_card(worksheet: Any, sheet: Sheet, period: Period, formats: _Formats, values: Mapping[str, Any]) -> None:
    worksheet.set_column(0, 0, 24)
    worksheet.set_column(1, 1, 42)
    for row, field in enumerate(sheet.fields):
        worksheet.set_row(row, 24)
        worksheet.write_string(row, 0, field.label, formats.looks["required" if field.required else "optional"])
        _write_value(worksheet, (row, 1), field, values.get(field.code), formats.value(field, boxed=True))
        worksheet.data_validation(row, 1, row, 1, validation(sheet, field, period))


def _write_table(worksheet: Any, sheet: Sheet, period: Period, formats: _Formats, rows: pd.DataFrame) -> None:
    worksheet.set_row(0, 32)
    worksheet.freeze_panes(1, 1)
    is_carried = sheet.code != "reported_total"
    last = max(_ROWS, len(rows) + 100)
    for column, field in enumerate(sheet.fields):
        width = max(_WIDTHS.get(field.type, 12), 2 * len(field.label) + 3)
        worksheet.set_column(column, column, width, formats.value(field))
        worksheet.write_string(0, column, field.label, formats.looks["required" if field.required else "optional"])
        worksheet.data_validation(1, column, last, column, validation(sheet, field, period))
        if len(rows):
            known = rows[field.code] if field.code in rows else [None] * len(rows)
            look = formats.value(field, boxed=True, carried=is_carried)
            for row, value in enumerate(known, start=1):
                _write_value(worksheet, (row, column), field, value, look)


def _write_value(worksheet: Any, cell: tuple[int, int], field: Field, value: Any, look: Any) -> None:
    row, column = cell
    if value is None or pd.isna(value):
        worksheet.write_blank(row, column, None, look)
    elif field.type == "flag":
        worksheet.write_string(row, column, FLAG_WORDS[0 if value else 1], look)
    elif field.type == "date":
        worksheet.write_datetime(row, column, _day(value), look)
    elif field.is_numeric:
        worksheet.write_number(row, column, float(value), look)
    else:
        worksheet.write_string(row, column, str(value), look)


def _day(value: date) -> datetime:
    return datetime(value.year, value.month, value.day)


def _prepare_print(worksheet: Any, sheet: Sheet) -> None:
    worksheet.set_landscape()
    worksheet.set_paper(9)
    worksheet.fit_to_pages(1, 0)
    worksheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    worksheet.set_header(f"&L{sheet.label}")
    worksheet.set_footer("&C第 &P 页，共 &N 页")
    if sheet.layout == "table":
        worksheet.repeat_rows(0)
        worksheet.hide_gridlines(0)
