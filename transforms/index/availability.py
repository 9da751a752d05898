"""How complete the data are, per unit and group, and which units have too little of them."""

from typing import Literal

import pandas as pd

from catalogue.errors import Refusal
from transforms.index.framework import Framework

Rule = Literal["missing", "zeros", "both"]


def measure_availability(values: pd.DataFrame) -> pd.DataFrame:
    """Per unit: missing, zero, missing_or_zero (counts), available (share of indicators with a value) and nonzero
    (share of the values that are not 0; NaN without any value)."""
    missing = values.isna().sum(axis=1)
    zero = (values == 0).sum(axis=1)
    present = values.shape[1] - missing
    return pd.DataFrame(
        {
            "missing": missing,
            "zero": zero,
            "missing_or_zero": missing + zero,
            "available": present / values.shape[1],
            "nonzero": 1 - zero / present.where(present > 0),
        }
    )


def measure_group_availability(values: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Per unit and aggregate: the share of the indicators anywhere below it that have a value."""
    present = values.notna()
    return pd.DataFrame(
        {code: present[list(framework.indicators_under(code))].mean(axis=1) for code in framework.aggregates}
    )


def screen_units(
    values: pd.DataFrame, *, by: Rule = "missing", least_available: float = 2 / 3, least_nonzero: float = 0.05
) -> pd.DataFrame:
    """`measure_availability` with low_data, low_nonzero and included; a unit at a threshold is included.

    A unit without any value is low in both. Raises Refusal when a threshold is outside 0..1.
    """
    for threshold in (least_available, least_nonzero):
        if not 0 <= threshold <= 1:
            raise Refusal(f"筛选门槛 {threshold:g} 应在 0 与 1 之间。")
    table = measure_availability(values)
    table["low_data"] = table["available"] < least_available
    table["low_nonzero"] = ~(table["nonzero"] >= least_nonzero)
    failing = {
        "missing": table["low_data"],
        "zeros": table["low_nonzero"],
        "both": table["low_data"] | table["low_nonzero"],
    }
    table["included"] = ~failing[by]
    return table
