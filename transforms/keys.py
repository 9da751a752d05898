"""Keys that identify a row within its township across months (contract: forms.yaml, key)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catalogue.models import Field, Sheet
from catalogue.text import fold

SEPARATOR = "|"


def as_text(field: Field, values: pd.Series) -> pd.Series:
    """The typed values as comparable text: ISO dates, whole numbers without point, folded words; None where empty."""
    text: pd.Series
    if field.type == "date":
        text = values.dt.strftime("%Y-%m-%d").astype("object")
    elif field.is_numeric:
        text = values.map(lambda value: f"{value:.15g}", na_action="ignore").astype("object")
    else:
        text = values.map(lambda value: fold(str(value)), na_action="ignore").astype("object")
    text[values.isna()] = None
    return text


def row_keys(sheet: Sheet, frame: pd.DataFrame) -> pd.Series:
    """One folded key per row; None where a part of the key is empty or unreadable, or the sheet has no key."""
    if not sheet.key or frame.empty:
        return pd.Series([None] * len(frame), index=frame.index, dtype="object")
    parts = [as_text(sheet.field(code), frame[code]).to_numpy() for code in sheet.key]
    whole = np.logical_and.reduce([np.array([part is not None for part in column]) for column in parts])
    joined = [SEPARATOR.join(row) if ok else None for ok, *row in zip(whole, *parts, strict=True)]
    return pd.Series(joined, index=frame.index, dtype="object")
