"""A batch of returns in memory, as the reader makes it and the checks and the loader take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from catalogue.explanations import Said

RETURN_COLUMNS = (
    "return_no",
    "file_name",
    "sha256",
    "received_at",
    "township_code",
    "period",
    "period_raw",
    "form_version",
    "prepared_on",
    "readable",
)
CELL_COLUMNS = ("return_no", "sheet", "excel_row", "excel_col", "field", "rule", "observed", "detail")
PLACE_COLUMNS = ("return_no", "sheet", "sheet_name", "field", "excel_col", "excel_row")
STRUCTURE_COLUMNS = ("return_no", "rule", "sheet", "observed", "detail")
ROW_COUNT_COLUMNS = ("return_no", "sheet", "rows_read", "rows_ignored")


@dataclass
class ReturnBatch:
    """Many returns at once; every frame names the return by `return_no` (0..n-1).

    returns     one row per file (RETURN_COLUMNS); `readable` is False exactly where the reader found F01
    sheets      sheet code -> typed rows: return_no, excel_row (0 on key-value sheets), then the form's fields;
                counts, numbers, money, rates are float64 (rates 0..1), dates datetime64[s], flags boolean, the rest str
    raw         sheet code -> the same rows as text found (None where empty), and `extra`: unknown columns as a dict
    cells       remarkable cells (CELL_COLUMNS): not typable, approximate or normalised, with their rule C02..C08
    places      where every field stands in every file (PLACE_COLUMNS)
    structure   problems of file and sheets (STRUCTURE_COLUMNS): F01, F04, F07, F08, F09
    row_counts  rows read and ignored per sheet (ROW_COUNT_COLUMNS), the basis of conservation
    said        return_no -> lines of its sheet 问题清单 that bear an explanation; returns without any are not in it
    """

    returns: pd.DataFrame
    sheets: dict[str, pd.DataFrame]
    raw: dict[str, pd.DataFrame]
    cells: pd.DataFrame
    places: pd.DataFrame
    structure: pd.DataFrame
    row_counts: pd.DataFrame
    said: Mapping[int, list[Said]] = field(default_factory=dict)
