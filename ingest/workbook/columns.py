"""Whole columns typed at once: every distinct cell is read once, the rest is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogue.models import Field
from ingest.workbook.cells import CellGrammar, Parse, as_text
from ingest.workbook.dates import MonthDay

Objects = npt.NDArray[np.object_]
_NO_RULE = -1
RULES = ("C02", "C03", "C04", "C05", "C06", "C07", "C08")


@dataclass
class TypedColumn:
    """A column's cells: typed, as text (None where empty), and with rule and detail where remarkable.

    values    float64, datetime64[s], object (bool or None for flags, str or None for the rest) by the field's type
    texts     object: str or None
    rules     int8: index into RULES, -1 where the cell is unremarkable
    details   object: str or None
    monthdays position -> day without a year; its value is still empty
    """

    values: npt.NDArray[Any]
    texts: Objects
    rules: npt.NDArray[np.int8]
    details: Objects
    monthdays: dict[int, MonthDay]


def type_column(
    cells: list[object], sheet_code: str, field: Field, grammar: CellGrammar, since_1904: npt.NDArray[np.bool_] | None
) -> TypedColumn:
    """The column typed. `since_1904` marks the cells of workbooks that count their days from 1904; None: no cell is."""
    found = _objects(cells)
    if field.type == "date" and since_1904 is not None:
        return _type_both(found, sheet_code, field, grammar, since_1904)
    return _type(found, field, grammar, grammar.parser(sheet_code, field))


def _objects(cells: list[object]) -> Objects:
    """The cells as an array; truth values as the text shown, for True would be taken for 1."""
    if bool in set(map(type, cells)):
        cells = [as_text(cell) if isinstance(cell, bool) else cell for cell in cells]
    return np.array(cells, dtype=object)


def _type(found: Objects, field: Field, grammar: CellGrammar, parse: Parse) -> TypedColumn:
    codes, distinct = pd.factorize(found)
    typed = [parse(cell) for cell in distinct]
    texts = _objects([None if grammar.is_blank(cell) else as_text(cell) for cell in distinct])
    values = _values([cell.value for cell in typed], field)
    rules = np.array([RULES.index(cell.rule) if cell.rule else _NO_RULE for cell in typed], dtype=np.int8)
    details = _objects([cell.detail for cell in typed])
    monthdays: dict[int, MonthDay] = {}
    for number, cell in enumerate(typed):
        if isinstance(cell.value, MonthDay):
            monthdays |= dict.fromkeys(np.flatnonzero(codes == number).tolist(), cell.value)
    return TypedColumn(values[codes], texts[codes], rules[codes], details[codes], monthdays)


def _values(values: list[Any], field: Field) -> npt.NDArray[Any]:
    if field.is_numeric:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    if field.type == "date":
        days = ["NaT" if value is None or isinstance(value, MonthDay) else value.isoformat() for value in values]
        return np.array(days, dtype="datetime64[s]")
    return _objects(values) if field.type != "flag" else np.array([*values, None], dtype=object)[:-1]


def _type_both(
    found: Objects, sheet_code: str, field: Field, grammar: CellGrammar, since_1904: npt.NDArray[np.bool_]
) -> TypedColumn:
    """The column of workbooks of both date systems."""
    places = (np.flatnonzero(~since_1904), np.flatnonzero(since_1904))
    halves = [
        _type(found[place], field, grammar, grammar.parser(sheet_code, field, epoch_1904=late))
        for place, late in zip(places, (False, True), strict=True)
    ]
    order = np.argsort(np.concatenate(places), kind="stable")

    def merge(name: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(half, name) for half in halves])[order]

    monthdays = {
        int(place[at]): day for place, half in zip(places, halves, strict=True) for at, day in half.monthdays.items()
    }
    return TypedColumn(merge("values"), merge("texts"), merge("rules"), merge("details"), monthdays)
