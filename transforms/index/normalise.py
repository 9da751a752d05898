"""Step: bring indicators onto a common scale on which more is better.

Written for x with direction d: the formula is applied to d*x, or, where targets and goalposts stand on the original
scale, turned round for d = -1. Missing cells stay missing and count for nothing.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from catalogue.errors import Refusal
from transforms.index.cells import Values, list_names, parse_number
from transforms.index.framework import Framework

GRAMMAR = (
    "minmax:下限,上限、zscore:均值,标准差、rank、borda、percentile（可加 :average）、distance-to-max、"
    "distance-to-reference:单位[,cap]、distance-to-target[:cap]、fraction-of-max、goalposts[:open]、scaled、"
    "minmax:meta、zscore:meta"
)
Ties = Literal["min", "average"]


@dataclass(frozen=True)
class Column:
    """One indicator on its way through a method: its values on the original scale, direction and parameters."""

    code: str
    values: Values
    direction: float
    parameters: Mapping[str, float] = field(default_factory=dict)
    reference: float = math.nan
    limited: bool = False
    ties: Ties = "min"

    @property
    def oriented(self) -> Values:
        """d*x: more is better."""
        return np.asarray(self.direction * self.values)

    def span(self) -> tuple[float, float]:
        """Smallest and largest oriented value. Raises Refusal when they are equal."""
        low, high = float(np.nanmin(self.oriented)), float(np.nanmax(self.oriented))
        if low == high:
            raise Refusal(f"指标 {self.code} 的取值全部相同，不能这样标准化；请删去它，或改用 rank、goalposts。")
        return low, high

    def ranks(self) -> Values:
        """Ranks of the oriented values, 1 = worst; ties as asked; missing stays missing."""
        return np.asarray(stats.rankdata(self.oriented, method=self.ties, nan_policy="omit"), dtype=np.float64)


def _scale_minmax(column: Column) -> Values:
    lower, upper = column.parameters["minmax_lower"], column.parameters["minmax_upper"]
    if not lower < upper:
        raise Refusal(f"指标 {column.code} 的 minmax 下限 {lower:g} 应小于上限 {upper:g}。")
    low, high = column.span()
    return (column.oriented - low) / (high - low) * (upper - lower) + lower


def _scale_zscore(column: Column) -> Values:
    mean, deviation = column.parameters["zscore_mean"], column.parameters["zscore_sd"]
    if deviation <= 0:
        raise Refusal(f"指标 {column.code} 的 zscore 标准差 {deviation:g} 应大于 0。")
    column.span()
    oriented = column.oriented
    return np.asarray((oriented - np.nanmean(oriented)) / np.nanstd(oriented, ddof=1) * deviation + mean)


def _scale_rank(column: Column) -> Values:
    return column.ranks()


def _scale_borda(column: Column) -> Values:
    return column.ranks() - 1


def _scale_percentile(column: Column) -> Values:
    present = np.count_nonzero(~np.isnan(column.values))
    if present < 2:
        raise Refusal(f"指标 {column.code} 只有 {present} 个单位有数据，算不出百分位；请补数据，或删去它。")
    return (column.ranks() - 1) / (present - 1)


def _scale_distance_to_max(column: Column) -> Values:
    low, high = column.span()
    return 1 - (high - column.oriented) / (high - low)


def _scale_distance_to_reference(column: Column) -> Values:
    low, _ = column.span()
    if math.isnan(column.reference):
        raise Refusal(f"基准单位没有指标 {column.code} 的数据；请换一个单位，或先插补。")
    reference = column.direction * column.reference
    if reference == low:
        raise Refusal(f"基准单位的指标 {column.code} 是最差值，不能作基准；请换一个单位。")
    return _limit(1 - (reference - column.oriented) / (reference - low), column)


def _scale_distance_to_target(column: Column) -> Values:
    low, _ = column.span()
    target = column.direction * column.parameters["Target"]
    if target <= low:
        raise Refusal(f"指标 {column.code} 的 Target 不优于最差的单位，算不出距离；请更正 Target 或 Direction。")
    return _limit((column.oriented - low) / (target - low), column)


def _limit(scores: Values, column: Column) -> Values:
    return np.minimum(scores, 1) if column.limited else scores


def _scale_fraction_of_max(column: Column) -> Values:
    """x / max(x); for direction -1 what is left of the maximum, 1 - x / max(x). (COINr turns the order round.)"""
    largest = np.nanmax(column.values)
    if largest <= 0:
        raise Refusal(f"指标 {column.code} 的最大值不是正数，不能取占最大值的比例；请换一种标准化方法。")
    share = column.values / largest
    return share if column.direction > 0 else 1 - share


def _scale_goalposts(column: Column) -> Values:
    lower, upper = column.parameters["goalpost_lower"], column.parameters["goalpost_upper"]
    share = _share_between(column, lower, upper, "goalpost_lower", "goalpost_upper")
    return (np.clip(share, 0, 1) if column.limited else share) * column.parameters["goalpost_scale"]


def _scale_fixed(column: Column) -> Values:
    lower, upper = column.parameters["scaled_lower"], column.parameters["scaled_upper"]
    return _share_between(column, lower, upper, "scaled_lower", "scaled_upper") * column.parameters["scale_factor"]


def _share_between(column: Column, lower: float, upper: float, low_name: str, high_name: str) -> Values:
    if not lower < upper:
        raise Refusal(f"指标表中 {column.code} 的 {low_name} 必须小于 {high_name}；方向由 Direction 决定。")
    start, end = (lower, upper) if column.direction > 0 else (upper, lower)
    return (column.values - start) / (end - start)


@dataclass(frozen=True)
class Method:
    """A way to normalise: the formula, its parameters by metadata column with defaults (None: must be filled), the
    values of these parameters when the user names none, and the words allowed after the colon."""

    scale: Callable[[Column], Values]
    parameters: Mapping[str, float | None] = field(default_factory=dict)
    numbers: tuple[float, float] | None = None
    words: frozenset[str] = frozenset({""})


METHODS: Mapping[str, Method] = {
    "minmax": Method(_scale_minmax, {"minmax_lower": None, "minmax_upper": None}, (0.0, 100.0), frozenset({"meta"})),
    "zscore": Method(_scale_zscore, {"zscore_mean": None, "zscore_sd": None}, (0.0, 1.0), frozenset({"meta"})),
    "rank": Method(_scale_rank, words=frozenset({"", "average"})),
    "borda": Method(_scale_borda, words=frozenset({"", "average"})),
    "percentile": Method(_scale_percentile, words=frozenset({"", "average"})),
    "distance-to-max": Method(_scale_distance_to_max),
    "distance-to-target": Method(_scale_distance_to_target, {"Target": None}, words=frozenset({"", "cap"})),
    "fraction-of-max": Method(_scale_fraction_of_max),
    "goalposts": Method(
        _scale_goalposts,
        {"goalpost_lower": None, "goalpost_upper": None, "goalpost_scale": 1.0},
        words=frozenset({"", "open"}),
    ),
    "scaled": Method(_scale_fixed, {"scaled_lower": None, "scaled_upper": None, "scale_factor": 100.0}),
}
REFERENCE = "distance-to-reference"
ABSOLUTE_METHODS = frozenset({"distance-to-target", "goalposts", "scaled"})
"""Methods whose parameters stand on the original scale of the indicator."""
LIMIT_COLUMNS = {"distance-to-target": "dist2targ_cap_max", "goalposts": "goalpost_trunc2posts"}
"""Metadata columns that say, per indicator, whether scores beyond the target or the posts are cut off."""


def normalise_values(
    values: pd.DataFrame, method: str, framework: Framework, overrides: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The indicators on a common scale, more is better; `overrides` names another method for single indicators.

    `method` is a word of GRAMMAR. Raises Refusal naming the indicator when it cannot be normalised that way (no
    spread, no parameter, reversed posts), and for unknown words.
    """
    special = dict(overrides or {})
    if unknown := [code for code in special if code not in values.columns]:
        raise Refusal(f"标准化方法中的 {list_names(unknown)} 不是指标。")
    scaled = {str(code): _normalise_column(values[code], special.get(str(code), method), framework) for code in values}
    return pd.DataFrame(scaled, index=values.index)


def _normalise_column(cells: pd.Series, word: str, framework: Framework) -> Values:
    name, _, argument = word.partition(":")
    code = str(cells.name)
    column = Column(code, cells.to_numpy(dtype=np.float64), framework.directions[code])
    if name == REFERENCE and argument:
        unit = argument.removesuffix(",cap")
        if unit not in cells.index:
            raise Refusal(f"基准单位“{unit}”不在数据表中；请写已有的 uCode。")
        column = replace(column, reference=float(cells[unit]), limited=argument != unit)
        return _scale_distance_to_reference(column)
    chosen = METHODS.get(name)
    if chosen is None:
        raise Refusal(f"不认识的标准化方法“{word}”；可用 {GRAMMAR}。")
    if chosen.numbers is not None and argument not in chosen.words:
        given = _read_pair(word, argument) if argument else chosen.numbers
        return chosen.scale(replace(column, parameters=dict(zip(chosen.parameters, given, strict=True))))
    if argument not in chosen.words:
        raise Refusal(f"标准化方法“{word}”写得不对；可用 {GRAMMAR}。")
    ties: Ties = "average" if argument == "average" else "min"
    parameters = {key: _read_parameter(code, name, key, chosen.parameters[key], framework) for key in chosen.parameters}
    limited = _read_limit(code, name, argument, framework)
    return chosen.scale(replace(column, parameters=parameters, limited=limited, ties=ties))


def _read_pair(word: str, argument: str) -> tuple[float, float]:
    numbers = [number for text in argument.split(",") if (number := parse_number(text)) is not None]
    if len(numbers) != 2 or argument.count(",") != 1 or any(math.isnan(number) for number in numbers):
        raise Refusal(f"“{word}”应在冒号后写两个数，用逗号隔开，如 minmax:0,100 或 zscore:0,1。")
    return numbers[0], numbers[1]


def _read_parameter(code: str, name: str, key: str, default: float | None, framework: Framework) -> float:
    number = math.nan
    if default is None or key in framework.meta.columns:
        number = framework.numbers(key)[code]
    if not math.isnan(number):
        return number
    if default is None:
        raise Refusal(f"指标表中 {code} 没有 {key}，方法 {name} 要用它；请补上。")
    return default


def _read_limit(code: str, name: str, argument: str, framework: Framework) -> bool:
    mark = framework.texts(LIMIT_COLUMNS[name]).get(code, "").upper() if name in LIMIT_COLUMNS and not argument else ""
    if mark in {"TRUE", "T", "1"}:
        return True
    if mark in {"FALSE", "F", "0"}:
        return False
    if mark:
        raise Refusal(f"指标表中 {code} 的 {LIMIT_COLUMNS[name]} 应为 TRUE 或 FALSE。")
    return argument == "cap" or (name == "goalposts" and argument != "open")
