"""The whole chain from a table of units to scores and ranks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from catalogue.errors import Refusal
from transforms.index.aggregate import aggregate_values
from transforms.index.cells import list_names
from transforms.index.denominate import denominate_units
from transforms.index.framework import Framework, read_framework
from transforms.index.impute import impute_values
from transforms.index.journal import Journal
from transforms.index.normalise import ABSOLUTE_METHODS, normalise_values
from transforms.index.ranks import rank_columns
from transforms.index.treat import Treatment, parse_treatment, treat_values
from transforms.index.units import read_units
from transforms.index.weights import (
    Weights,
    derive_component_weights,
    equal_weights,
    tabulate_weights,
    take_weights,
)

STEPS = ("raw", "denominated", "imputed", "treated", "outliers", "normalised", "weights", "aggregated")
"""The tables a run can produce, in order."""


@dataclass(frozen=True, eq=False)
class IndexResult:
    """What a run produced, units in the order of the data.

    `steps`: of STEPS those that were done; outliers is what the treatment found per indicator, weights is per code,
    aggregated holds indicators and aggregates. `scores`: units x aggregates, the top level first; `ranks`: the same
    shape. `log`: the journal as a table.
    """

    steps: dict[str, pd.DataFrame]
    scores: pd.DataFrame
    ranks: pd.DataFrame
    log: pd.DataFrame


def build_index(
    data: pd.DataFrame,
    meta: pd.DataFrame,
    *,
    denominate: bool = False,
    impute: str = "none",
    treat: str | Treatment | None = "none",
    normalise: str | None = None,
    aggregate: str | Sequence[str] = ("amean",),
    weights: str = "original",
    least_available: float | None = None,
) -> IndexResult:
    """The composite index of the units in `data` by the framework in `meta`; a step not asked for is not done.

    `data`: one row per unit, column uCode, a column per indicator, grouping and denominator columns as needed. `meta`:
    one row per code with iCode, Level, Parent, Weight, Direction, Type. Directions act in the normalisation only.
    `aggregate`: one method, or one per level from the bottom up, as a sequence or separated by commas.
    Raises Refusal with one Chinese sentence naming indicator and unit.
    """
    journal = Journal()
    framework = read_framework(meta)
    units = read_units(data, framework, journal)
    values = units.values
    steps = {"raw": values}
    if denominate:
        values = steps["denominated"] = denominate_units(units, framework, journal)
    if impute != "none":
        values = steps["imputed"] = impute_values(values, impute, units, framework, journal)
    treatment = parse_treatment(treat) if isinstance(treat, str) else treat
    if treatment is not None:
        values, details = treat_values(values, treatment, journal)
        steps |= {"treated": values, "outliers": details}
        _warn_of_posts(details, normalise, journal)
    if normalise is not None:
        values = steps["normalised"] = normalise_values(values, normalise, framework)
    else:
        _warn_of_directions(framework, journal)
    methods = [word.strip() for word in aggregate.split(",")] if isinstance(aggregate, str) else list(aggregate)
    summarise = partial(aggregate_values, framework=framework, methods=methods, least_available=least_available)
    chosen = _choose_weights(weights, values, framework, summarise, journal)
    steps["weights"] = tabulate_weights(chosen, framework)
    table = steps["aggregated"] = summarise(values, chosen, journal=journal)
    scores = table[list(framework.aggregates)]
    return IndexResult(steps, scores, rank_columns(scores), journal.table())


def _choose_weights(
    words: str,
    values: pd.DataFrame,
    framework: Framework,
    summarise: Callable[..., pd.DataFrame],
    journal: Journal,
) -> Weights:
    name, _, argument = words.partition(":")
    if words == "equal":
        return equal_weights(framework)
    if words == "original":
        return take_weights(framework)
    levels = [str(level) for level in range(1, len(framework.levels))]
    if name != "pca" or (argument or "1") not in levels:
        raise Refusal(f"不认识的权重“{words}”；可用 original、equal、pca 或 pca:层（层为 {list_names(levels)}）。")
    level = int(argument or "1")
    given = take_weights(framework)
    below = summarise(values, given, journal=Journal()) if level > 1 else values
    journal.warn("weights", f"第 {level} 层的权重取自第一主成分，只反映相关，不反映重要性。")
    return derive_component_weights(below[list(framework.levels[level - 1])], level, given, framework, journal)


def _warn_of_directions(framework: Framework, journal: Journal) -> None:
    if reverse := [code for code in framework.indicators if framework.directions[code] < 0]:
        journal.warn("aggregated", f"没有标准化，{list_names(reverse)} 的 Direction -1 未起作用。")


def _warn_of_posts(details: pd.DataFrame, normalise: str | None, journal: Journal) -> None:
    """Targets and goalposts stand on the original scale; a transformed indicator no longer does."""
    if normalise is None or normalise.partition(":")[0] not in ABSOLUTE_METHODS:
        return
    for code in details.index[~details["done"].isin(["", "winsorise"])]:
        journal.warn("normalised", "已作变换，而目标值、上下限仍按原尺度，请核对。", indicator=str(code))
