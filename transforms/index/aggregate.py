"""Step: means of the children, level by level, up to the index.

Weights are relative within a group. A missing child drops out and its weight is shared by the others.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from catalogue.errors import Refusal
from transforms.index.cells import Values, list_names, parse_number
from transforms.index.framework import Framework
from transforms.index.journal import Journal
from transforms.index.outrank import score_copeland
from transforms.index.ranks import NEAR
from transforms.index.weights import Weights

STEP = "aggregated"
GRAMMAR = "amean、gmean、hmean、genmean:p、copeland"
POWERS = {"amean": 1.0, "gmean": 0.0, "hmean": -1.0}


@dataclass(frozen=True)
class Aggregation:
    """A generalised mean of the given power (0: geometric), or Copeland's method (`power` None)."""

    name: str
    power: float | None


def parse_aggregation(text: str) -> Aggregation:
    """The aggregation a command-line word means. Raises Refusal for anything else than GRAMMAR."""
    name, _, argument = text.partition(":")
    if not argument and name in POWERS:
        return Aggregation(name, POWERS[name])
    if text == "copeland":
        return Aggregation(name, None)
    power = parse_number(argument) if name == "genmean" and argument else None
    if power is None or math.isnan(power):
        raise Refusal(f"不认识的汇总方法“{text}”；可用 {GRAMMAR}，各层不同时用逗号相接。")
    if power == 0:
        raise Refusal("genmean 的幂不能为 0；几何平均请用 gmean。")
    return Aggregation(text, power)


def aggregate_values(
    values: pd.DataFrame,
    weights: Weights,
    framework: Framework,
    methods: Sequence[str],
    journal: Journal,
    *,
    least_available: float | None = None,
) -> pd.DataFrame:
    """The values followed by every aggregate, level by level; units x codes.

    `methods` is one word of GRAMMAR for all levels, or one per level from level 2 up. With `least_available` an
    aggregate is missing when a smaller share of its children is there; it is always missing without any child.
    Copeland compares indicators exactly, aggregates up to NEAR: equal means differ in the last bits.
    Raises Refusal for a wrong number of methods, and naming code and units where a mean is not defined.
    """
    chosen = spread_methods(methods, len(framework.levels) - 1)
    if least_available is not None and not 0 <= least_available <= 1:
        raise Refusal(f"数据门槛 {least_available:g} 应在 0 与 1 之间。")
    columns: dict[str, Values] = dict(zip(values.columns, values.to_numpy(dtype=np.float64).T, strict=True))
    near = 0.0
    for method, level in zip(chosen, framework.levels[1:], strict=True):
        for parent in level:
            codes = framework.children(parent)
            below = np.column_stack([columns[code] for code in codes])
            if (wrong := find_undefined(below, method)) is not None:
                raise Refusal(_explain(method, parent, codes[wrong[1]], values.index[wrong[0]], below[wrong]))
            shares = np.array([weights[code] for code in codes], dtype=np.float64)
            if method.power is None:
                column = score_copeland(below, shares, near)
            else:
                column = average(below, shares, method.power)
            if least_available is not None:
                column[(~np.isnan(below)).mean(axis=1) < least_available] = math.nan
            if (gaps := np.isnan(column)).any():
                names = list_names(values.index[gaps])
                journal.warn(STEP, f"{names} 的下级数据不足，{parent} 为缺失。", indicator=parent)
            columns[parent] = column
        near = NEAR
    return pd.DataFrame(np.column_stack(list(columns.values())), index=values.index, columns=pd.Index(columns))


def spread_methods(methods: Sequence[str], count: int) -> list[Aggregation]:
    """One aggregation per level above the indicators."""
    parsed = [parse_aggregation(method) for method in methods]
    if len(parsed) == 1:
        return parsed * count
    if len(parsed) != count:
        raise Refusal(f"汇总方法写了 {len(parsed)} 种，指标表有 {count} 层汇总项；请写 1 种，或从下到上每层 1 种。")
    return parsed


def find_undefined(below: Values, method: Aggregation) -> tuple[int, int] | None:
    """Row and column of the first value for which the mean is not defined, None when there is none.

    The arithmetic mean and Copeland's method take any value, powers above 0 none below 0, others only values above 0.
    """
    if method.power is None or method.power == 1:
        return None
    wrong = below < 0 if method.power > 0 else below <= 0
    if not wrong.any():
        return None
    row, column = np.unravel_index(int(wrong.argmax()), wrong.shape)
    return int(row), int(column)


def _explain(method: Aggregation, parent: str, code: str, unit: str, value: float) -> str:
    need = "不为负" if method.power is not None and method.power > 0 else "大于 0"
    return (
        f"{parent} 用 {method.name} 汇总要求各值{need}，但 {unit} 的 {code} 是 {value:.6g}；"
        f"请改用 minmax:1,100 一类的标准化，或换汇总方法。"
    )


def average(below: Values, shares: Values, power: float) -> Values:
    """The weighted generalised mean of each row, (sum w x^p / sum w)^(1/p), geometric for p = 0, over the values that
    are there; NaN where no value or no weight is left."""
    present = ~np.isnan(below)
    weights = np.where(present, shares, 0.0)
    total = weights.sum(axis=1)
    total = np.where(present.any(axis=1) & (np.abs(total) > 1e-12 * np.abs(shares).sum()), total, math.nan)
    filled = np.where(present, below, 1.0)
    if power == 1:
        return np.asarray((weights * filled).sum(axis=1) / total)
    if power == 0:
        return np.asarray(np.exp((weights * np.log(filled)).sum(axis=1) / total))
    return np.asarray(((weights * filled**power).sum(axis=1) / total) ** (1 / power))
