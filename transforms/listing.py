"""What stands on the sheets of returns: which key was listed in which month, as of each return's arrival."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import pandas as pd

LISTING_COLUMNS = ("township_code", "sheet", "row_key", "period", "received_at", "return_no")


class History(Protocol):
    """What is known from earlier loads. Frames have LISTING_COLUMNS; answers are boolean arrays of the same length."""

    def listed(self, asked: pd.DataFrame, *, same_month: bool) -> np.ndarray:
        """True where the key stands in a return received before, of an earlier month (or also of the same month)."""
        ...


class NoHistory:
    """Nothing is known from earlier loads (a clerk's dry run without a database)."""

    def listed(self, asked: pd.DataFrame, *, same_month: bool) -> np.ndarray:  # noqa: ARG002
        """All False."""
        return np.zeros(len(asked), dtype=bool)


def list_keys(returns: pd.DataFrame, keys: Mapping[str, pd.Series], rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Every key of the batch with its return's township, month and arrival (LISTING_COLUMNS)."""
    parts = []
    for sheet, key in keys.items():
        known = key.notna()
        parts.append(
            pd.DataFrame({"return_no": rows[sheet].loc[known, "return_no"], "sheet": sheet, "row_key": key[known]})
        )
    listed = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["return_no", "sheet", "row_key"])
    arrival = returns[["return_no", "township_code", "period", "received_at"]]
    merged = listed.merge(arrival, on="return_no", how="inner").dropna(subset=["township_code", "period"])
    return merged[list(LISTING_COLUMNS)]


def listed_in_batch(asked: pd.DataFrame, listing: pd.DataFrame, *, same_month: bool, in_order: bool) -> np.ndarray:
    """True where the batch itself lists the key for an earlier (or the same) month in a return that arrived no later.

    With `in_order` False the order of arrival is ignored (a dry run over several months' files).
    """
    if asked.empty or listing.empty:
        return np.zeros(len(asked), dtype=bool)
    numbered = asked.assign(position=np.arange(len(asked)))
    pairs = numbered.merge(listing, on=["township_code", "sheet", "row_key"], suffixes=("", "_listed"))
    earlier = pairs["period_listed"] <= pairs["period"] if same_month else pairs["period_listed"] < pairs["period"]
    if in_order:
        arrived = pairs["received_at_listed"] < pairs["received_at"]
        tie = (pairs["received_at_listed"] == pairs["received_at"]) & (pairs["return_no_listed"] <= pairs["return_no"])
        earlier &= arrived | tie
    found = np.zeros(len(asked), dtype=bool)
    found[pairs.loc[earlier, "position"].unique()] = True
    return found
