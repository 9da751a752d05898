"""Step: fill missing cells. Every filled cell stands in the journal."""

import numpy as np
import pandas as pd

from catalogue.errors import Refusal
from transforms.index.cells import list_names
from transforms.index.framework import Framework
from transforms.index.journal import Journal
from transforms.index.units import UnitTable

STEP = "imputed"
METHODS = ("none", "mean", "median", "group-mean:列名", "group-median:列名", "row-mean[:层]", "row-median[:层]")


def impute_values(
    values: pd.DataFrame, method: str, units: UnitTable, framework: Framework, journal: Journal
) -> pd.DataFrame:
    """`values` with missing cells filled by `method` where that is possible; cells with a value are untouched.

    mean, median: of the indicator. group-mean:COLUMN, group-median:COLUMN: of the indicator inside the unit's group
    (a unit without a group, or a group without any value, stays missing). row-mean, row-median: of the unit over all
    indicators after direction and min-max [0,1], mapped back; row-mean:L only over the indicators of the same group of
    level L. Cells that stay missing are warned about. Raises Refusal for an unknown method.
    """
    name, _, argument = method.partition(":")
    statistic = name.rpartition("-")[2]
    if statistic not in {"mean", "median"}:
        raise Refusal(f"不认识的插补方法“{method}”；可用 {list_names(METHODS)}。")
    if name == statistic and not argument:
        filled = values.fillna(_summarise(values, statistic))
    elif name == f"group-{statistic}" and argument:
        filled = _impute_by_group(values, units.texts(argument), statistic)
    elif name == f"row-{statistic}":
        filled = _impute_by_row(values, statistic, framework, argument)
    else:
        raise Refusal(f"不认识的插补方法“{method}”；可用 {list_names(METHODS)}。")
    _record(values, filled, method, journal)
    return filled


def _summarise(values: pd.DataFrame, statistic: str) -> pd.Series:
    return values.mean() if statistic == "mean" else values.median()


def _impute_by_group(values: pd.DataFrame, groups: pd.Series, statistic: str) -> pd.DataFrame:
    filled = values.copy()
    for _, members in groups.dropna().groupby(groups.dropna(), sort=False):
        inside = values.loc[members.index]
        filled.loc[members.index] = inside.fillna(_summarise(inside, statistic))
    return filled


def _impute_by_row(values: pd.DataFrame, statistic: str, framework: Framework, level: str) -> pd.DataFrame:
    """A column that does not vary has no place on [0,1]: it lends nothing to the others, its own value fills it."""
    signs = pd.Series(framework.directions)[list(values.columns)]
    low, high = (values * signs).min(), (values * signs).max()
    spread = high - low
    scaled = (values * signs - low) / spread.where(spread > 0)
    filled = values.copy()
    for codes in _column_groups(framework, level):
        inside = scaled[list(codes)]
        typical = inside.mean(axis=1) if statistic == "mean" else inside.median(axis=1)
        for code in codes:
            back = typical * spread[code] + low[code] if spread[code] > 0 else pd.Series(low[code], values.index)
            filled[code] = values[code].fillna(back * signs[code])
    return filled


def _column_groups(framework: Framework, level: str) -> list[tuple[str, ...]]:
    if not level:
        return [framework.indicators]
    if not level.isascii() or not level.isdigit() or not 2 <= int(level) <= len(framework.levels):
        raise Refusal(f"按行插补的层“{level}”应是 2 到 {len(framework.levels)} 的整数。")
    return [framework.indicators_under(code) for code in framework.levels[int(level) - 1]]


def _record(values: pd.DataFrame, filled: pd.DataFrame, method: str, journal: Journal) -> None:
    numbers = filled.to_numpy(dtype=np.float64)
    for row, column in np.argwhere(values.isna().to_numpy()).tolist():
        code, unit, number = str(values.columns[column]), str(values.index[row]), float(numbers[row, column])
        if np.isnan(number):
            journal.warn(STEP, f"{method} 无值可补，仍为缺失。", indicator=code, unit=unit)
        else:
            journal.note(STEP, f"原为缺失，按 {method} 补为 {number:.6g}。", indicator=code, unit=unit)
