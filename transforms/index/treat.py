"""Step: outliers. An indicator passes when |skewness| < 2 or kurtosis < 3.5; if not, it is winsorised or transformed.

Skewness G1 and kurtosis G2 (excess) are the bias-corrected sample statistics. Winsorising sets the points at the
extreme to the next value until the rule passes or the allowed number of points is used up; if the rule still fails,
the transformation is applied to the original values instead (JRC's usual practice).
"""

import math
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from catalogue.errors import Refusal
from transforms.index.cells import Values, list_names
from transforms.index.journal import Journal

STEP = "treated"
Transformation = Literal["log", "log-plus", "log-shift", "boxcox"]
GRAMMAR = "none、winsorise:个数、log、log-plus、log-shift、boxcox:λ，或用加号相接，如 winsorise:2+boxcox:0.5"
LOGARITHMS: Mapping[str, Transformation] = {"log": "log", "log-plus": "log-plus", "log-shift": "log-shift"}
EDGE = 0.01
"""Share of the range kept between the smallest value and the point where the logarithm ends."""


@dataclass(frozen=True)
class Treatment:
    """What happens to an indicator that fails the rule: winsorise up to `points` (None: not at all), then, if it still
    fails, `transformation` of the original, or of the winsorised values when `combined`."""

    points: int | None = None
    transformation: Transformation | None = None
    power: float = 0.0
    combined: bool = False
    skewness: float = 2.0
    kurtosis: float = 3.5


@dataclass(frozen=True)
class Shape:
    """Skewness and excess kurtosis of a column, and whether it passes (None: not defined, too few or equal values)."""

    skewness: float
    kurtosis: float
    passes: bool | None


def parse_treatment(text: str) -> Treatment | None:
    """The treatment a command-line word means; None for 'none'. `winsorise:K` falls back on `log`, as COINr does.

    Raises Refusal for anything else than GRAMMAR.
    """
    if text == "none":
        return None
    treatment = Treatment()
    for word in text.split("+"):
        name, _, argument = word.partition(":")
        if name == "winsorise" and treatment == Treatment() and re.fullmatch(r"[0-9]+", argument):
            treatment = replace(treatment, points=int(argument))
        elif word in LOGARITHMS and treatment.transformation is None:
            treatment = replace(treatment, transformation=LOGARITHMS[word])
        elif name == "boxcox" and treatment.transformation is None and (power := _parse_power(argument)) is not None:
            treatment = replace(treatment, transformation="boxcox", power=power)
        else:
            raise Refusal(f"不认识的离群值处理“{text}”；可用 {GRAMMAR}。")
    return replace(treatment, transformation="log") if treatment.transformation is None else treatment


def _parse_power(argument: str) -> float | None:
    try:
        power = float(argument)
    except ValueError:
        return None
    return power if math.isfinite(power) else None


def measure_shape(values: Values, *, skewness: float = 2.0, kurtosis: float = 3.5) -> Shape:
    """The shape of the non-missing values and whether |skewness| < `skewness` or kurtosis < `kurtosis`."""
    present = values[~np.isnan(values)]
    if len(present) < 4 or present.min() == present.max():
        return Shape(math.nan, math.nan, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # equal up to the last bits: both are NaN
        skewed, peaked = float(stats.skew(present, bias=False)), float(stats.kurtosis(present, bias=False))
    if math.isnan(skewed) or math.isnan(peaked):
        return Shape(skewed, peaked, None)
    return Shape(skewed, peaked, abs(skewed) < skewness or peaked < kurtosis)


def winsorise(values: Values, points: int, *, skewness: float = 2.0, kurtosis: float = 3.5) -> tuple[Values, Values]:
    """The winsorised values and marks: 1 where a high value was lowered, -1 where a low one was raised, else 0.

    Works while the rule fails and fewer than `points` values were changed; values tied at the extreme move together
    and those already moved count again with them.
    """
    moved, marks = values.copy(), np.zeros(len(values))
    changed = {1: 0, -1: 0}
    while sum(changed.values()) < points:
        shape = measure_shape(moved, skewness=skewness, kurtosis=kurtosis)
        if shape.passes is not False:
            break
        side = 1 if shape.skewness >= 0 else -1
        extreme = np.nanmax(side * moved)
        tied = side * moved == extreme
        moved[tied] = side * np.max(side * moved[~tied & ~np.isnan(moved)])
        marks[tied] = side
        changed[side] = int(tied.sum())
    return moved, marks


def transform(values: Values, kind: Transformation, power: float = 0.0) -> Values:
    """Logarithm or Box-Cox of the values, increasing in them; missing stays missing.

    log: log(x - min + 0.01 range). log-plus: the same, or -log(max + 0.01 range - x) when the skewness is not positive.
    log-shift: log(x - min + 1). boxcox: Box-Cox of x - min + 1 with the given power (0 is the logarithm).
    """
    low, high = np.nanmin(values), np.nanmax(values)
    edge = EDGE * (high - low)
    if kind == "log-plus" and not measure_shape(values).skewness > 0:
        return np.asarray(-np.log(high + edge - values))
    if kind in {"log", "log-plus"}:
        return np.asarray(np.log(values - low + edge))
    shifted = values - low + 1
    if kind == "log-shift" or power == 0:
        return np.asarray(np.log(shifted))
    return np.asarray((shifted**power - 1) / power)


def treat_values(
    values: pd.DataFrame,
    treatment: Treatment | None,
    journal: Journal,
    overrides: Mapping[str, Treatment | None] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The treated values, and per indicator what was found and done.

    `overrides` gives single indicators their own treatment, or None to leave them alone. The second table has, by
    iCode, skewness, kurtosis and passes before (0), after winsorising (1) and after the transformation (2), points
    (number winsorised, NaN if not tried) and done ('', 'winsorise', or the transformation's name).
    """
    special = dict(overrides or {})
    if unknown := [code for code in special if code not in values.columns]:
        raise Refusal(f"离群值处理中的 {list_names(unknown)} 不是指标。")
    treated = values.copy()
    details: dict[str, dict[str, object]] = {}
    for code in values.columns:
        chosen = special.get(code, treatment)
        if chosen is not None:
            numbers = values[code].to_numpy(dtype=np.float64)
            treated[code], details[code] = _treat_column(numbers, chosen, str(code), values.index, journal)
    columns = [f"{name}_{stage}" for stage in range(3) for name in ("skewness", "kurtosis", "passes")]
    table = pd.DataFrame.from_dict(details, orient="index", columns=["done", "points", *columns])
    return treated, table.rename_axis("iCode")


def _treat_column(
    values: Values, treatment: Treatment, code: str, units: pd.Index, journal: Journal
) -> tuple[Values, dict[str, object]]:
    limits = {"skewness": treatment.skewness, "kurtosis": treatment.kurtosis}
    before = measure_shape(values, **limits)
    details: dict[str, object] = {"done": "", "points": math.nan, **_describe(before, 0)}
    if before.passes is None:
        journal.warn(STEP, "取值不足 4 个或全部相同，无法判断离群值，保持原值。", indicator=code)
    if before.passes is not False:
        return values, details
    current = values
    if treatment.points is not None:
        current, marks = winsorise(values, treatment.points, **limits)
        after = measure_shape(current, **limits)
        details |= {"points": int((marks != 0).sum()), **_describe(after, 1)}
        if after.passes:
            details["done"] = "winsorise"
            for row in np.flatnonzero(marks).tolist():
                end = "过高" if marks[row] > 0 else "过低"
                message = f"{values[row]:.6g} {end}，缩尾为 {current[row]:.6g}。"
                journal.note(STEP, message, indicator=code, unit=str(units[row]))
            return current, details
        if after.passes is None:
            journal.warn(STEP, "缩尾会使取值全部相同，保持原值。", indicator=code)
            return values, details | {"points": 0}
    if treatment.transformation is None:
        journal.warn(STEP, "缩尾后偏度、峰度仍超限。", indicator=code)
        return current, details | {"done": "winsorise"}
    kind = treatment.transformation
    result = transform(current if treatment.combined else values, kind, treatment.power)
    last = measure_shape(result, **limits)
    label = f"{kind}:{treatment.power:g}" if kind == "boxcox" else kind
    journal.note(
        STEP, f"偏度 {before.skewness:.2f}、峰度 {before.kurtosis:.2f} 超限，全列改用 {label} 变换。", indicator=code
    )
    if not last.passes:
        journal.warn(STEP, f"{label} 变换后偏度、峰度仍超限。", indicator=code)
    return result, details | {"done": label, **_describe(last, 2)}


def _describe(shape: Shape, stage: int) -> dict[str, object]:
    return {
        f"skewness_{stage}": shape.skewness,
        f"kurtosis_{stage}": shape.kurtosis,
        f"passes_{stage}": shape.passes,
    }
