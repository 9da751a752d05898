"""Findings as a clerk meets them: in which cell, in which words, in which order."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from catalogue import Form, Rule, Sheet
from catalogue.explanations import Standing, finding_key
from publish.annotation.grid import Cell

SEVERITIES = {"hard": "必须改正", "warn": "请核实", "info": "提示"}
_ORDER = {severity: order for order, severity in enumerate(SEVERITIES)}


@dataclass(frozen=True)
class Place:
    """Where a field stands in a file: the value's cell on a key-value sheet, the header cell on a table."""

    sheet_name: str
    row: int
    column: int


Places = Mapping[tuple[str, str], Place]  # (sheet code, field code) -> place


@dataclass(frozen=True)
class Entry:
    """One finding. `cell` is marked; `link` is where the list leads to when there is no cell to mark.

    `key` tells the finding again when the list comes back; `standing` is what is known of its explanation.
    """

    severity: str
    rule: str
    title: str
    sheet_name: str
    cell: Cell | None
    link: Cell | None
    observed: str
    expected: str
    message: str
    mend: str
    key: str = ""
    standing: Standing | None = None


def read_places(rows: Sequence[Mapping[Hashable, Any]]) -> dict[tuple[str, str], Place]:
    """The places of one return."""
    return {
        (str(row["sheet"]), str(row["field"])): Place(
            str(row["sheet_name"]), int(row["excel_row"]), int(row["excel_col"])
        )
        for row in rows
        if row["field"] is not None
    }


def make_entries(
    findings: Sequence[Mapping[Hashable, Any]],
    places: Places,
    form: Form,
    rules: Mapping[str, Rule],
    standings: Mapping[str, Standing],
) -> list[Entry]:
    """The findings of one return, gravest first, then in the order of the form, of rows and of columns.

    `standings`: finding key -> what is known of its explanation.
    """
    tabs: dict[str, Place] = {}
    for (sheet_code, _), place in places.items():
        tabs.setdefault(sheet_code, place)
    order = {sheet.code: number for number, sheet in enumerate(form.sheets)}
    entries = [
        (_entry(row, places, tabs, form, rules, standings), order.get(str(row["sheet"]), -1)) for row in findings
    ]
    entries.sort(
        key=lambda item: (_ORDER[item[0].severity], item[1], item[0].cell or item[0].link or (0, 0), item[0].rule)
    )
    return [entry for entry, _ in entries]


def _entry(
    row: Mapping[Hashable, Any],
    places: Places,
    tabs: Mapping[str, Place],
    form: Form,
    rules: Mapping[str, Rule],
    standings: Mapping[str, Standing],
) -> Entry:
    rule = rules[str(row["rule"])]
    sheet = next((sheet for sheet in form.sheets if sheet.code == row["sheet"]), None)
    observed, expected = _text(row["observed"]), _text(row["expected"])
    field_code = _text(row["field"])
    field = sheet.field(field_code) if sheet and field_code and sheet.has(field_code) else None
    label = field.label if field else (sheet.label if sheet else "")
    wanted = expected or ("、".join(field.choices) if field else "")
    cell, link = _cells(row, sheet, field_code, places, tabs)
    tab = tabs.get(sheet.code) if sheet else None
    known = [_text(row.get(name)) or None for name in ("sheet", "row_key", "field", "observed", "expected", "message")]
    key = finding_key(rule.id, *known)
    return Entry(
        severity=str(row["severity"]),
        rule=rule.id,
        title=rule.title,
        sheet_name=tab.sheet_name if tab else (sheet.label if sheet else ""),
        cell=cell,
        link=link,
        observed=observed,
        expected=expected,
        message=_text(row["message"]) or rule.title,
        mend=rule.mend.format(label=label, observed=observed, expected=wanted),
        key=key,
        standing=standings.get(key),
    )


def _cells(
    row: Mapping[Hashable, Any], sheet: Sheet | None, field: str, places: Places, tabs: Mapping[str, Place]
) -> tuple[Cell | None, Cell | None]:
    if sheet is None or sheet.code not in tabs:
        return None, None
    place = places.get((sheet.code, field))
    if sheet.layout == "key_value":
        return ((place.row, place.column), None) if place else (None, (1, 1))
    number = 0 if pd.isna(row["excel_row"]) else int(row["excel_row"])
    if number < 1:
        header = place or tabs[sheet.code]
        return None, (header.row, header.column if place else 1)
    keys = [known for code in sheet.key if (known := places.get((sheet.code, code)))]
    return (number, (place or next(iter(keys), tabs[sheet.code])).column), None


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)
