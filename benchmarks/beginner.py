"""Reading as one would at first: `pandas.read_excel`, the header where most labels are, types by coercion.

What this loses (units in cells, Chinese numerals, dates in words become empty, silently) the platform keeps; here it
only has to feed the two usual ways the same rows.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from catalogue import Form, Sheet, load

Engine = Literal["openpyxl", "calamine"]
_NUMBERS = ("count", "number", "money_yuan", "rate")
_HEADER_WITHIN = 15
_FLAGS = {"是": True, "否": False}


@lru_cache(maxsize=1)
def form() -> Form:
    """The form of the workbooks."""
    return load().current_form


def read_sheets(path: Path, engine: Engine) -> dict[str, pd.DataFrame]:
    """Sheet code -> typed rows with a column per field. Raises whatever pandas raises for a file it cannot read."""
    book = pd.read_excel(path, sheet_name=None, header=None, dtype=object, engine=engine)
    named = {str(name).strip(): grid for name, grid in book.items()}
    frames = {sheet.code: _rows(sheet, named[sheet.label]) for sheet in form().sheets if sheet.label in named}
    if "cover" not in frames:
        raise ValueError("the workbook has no cover")
    return frames


def _rows(sheet: Sheet, grid: pd.DataFrame) -> pd.DataFrame:
    codes = {field.label: field.code for field in sheet.fields}
    if sheet.layout == "key_value":
        pairs = {codes[label]: value for label, value in _pairs(grid) if label in codes}
        found = pd.DataFrame([pairs])
    else:
        labels = grid.head(_HEADER_WITHIN).map(_label)
        header = int(labels.isin(list(codes)).sum(axis=1).argmax()) if len(grid) else 0
        found = grid.iloc[header + 1 :].set_axis(list(labels.iloc[header]) if len(grid) else [], axis=1)
        found = found.rename(columns=codes)
        found = found.loc[:, ~found.columns.duplicated()]
    found = found.reindex(columns=list(codes.values())).dropna(how="all").reset_index(drop=True)
    return pd.DataFrame({field.code: _typed(found[field.code], field.type) for field in sheet.fields})


def _pairs(grid: pd.DataFrame) -> list[tuple[str, object]]:
    if grid.shape[1] < 2:
        return []
    return [(_label(label), value) for label, value in zip(grid.iloc[:, 0], grid.iloc[:, 1], strict=True)]


def _label(cell: object) -> str:
    return str(cell).strip().removesuffix("*").replace("（", "(").replace("）", ")")


def _typed(column: pd.Series[Any], kind: str) -> pd.Series[Any]:
    if kind in _NUMBERS:
        return pd.to_numeric(column, errors="coerce").astype("float64")
    if kind == "date":
        return pd.to_datetime(column, errors="coerce", format="mixed").astype("datetime64[s]")
    if kind == "flag":
        return column.map(_FLAGS).astype("boolean")
    return column.where(column.isna(), column.astype("str").str.strip()).astype("object")
