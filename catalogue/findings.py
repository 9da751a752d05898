"""The shape of a finding: one problem in what a township sent, tied to its return, sheet, row and field."""

from __future__ import annotations

from typing import Any

import pandas as pd

UNREADABLE = ("C02", "C03", "C04", "C05", "C08")  # the rules of cells that hold something, but no value
FINDING_COLUMNS = (
    "return_no",  # position of the return in its batch
    "rule",  # rule id of rules.yaml
    "severity",  # hard, warn or info
    "sheet",  # sheet code, None when the finding speaks of the file
    "excel_row",  # 1-based row, NA when it speaks of a file, a sheet, a profile figure or a missing matter
    "field",  # field code, None when it speaks of a row or more
    "observed",  # what was found, as text
    "expected",  # what was expected, as text
    "message",  # Chinese sentence for the clerk
    "row_key",  # folded key of the row, None where there is none
)


def empty_findings() -> pd.DataFrame:
    """A findings frame with no rows and the right dtypes."""
    return shape_findings(pd.DataFrame({name: [] for name in FINDING_COLUMNS}))


def shape_findings(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with exactly FINDING_COLUMNS in order: return_no int64, excel_row Int64, text as object."""
    shaped = frame.reindex(columns=list(FINDING_COLUMNS))
    types: dict[str, Any] = dict.fromkeys(FINDING_COLUMNS, "object")
    types |= {"return_no": "int64", "excel_row": "Int64"}
    shaped = shaped.astype(types)
    text = [name for name, kind in types.items() if kind == "object"]
    shaped[text] = shaped[text].where(shaped[text].notna(), None)
    return shaped
