"""Weights of the index: as given, equal, or from the first principal component; and what they amount to."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from catalogue.errors import Refusal
from transforms.index.cells import list_names
from transforms.index.framework import Framework
from transforms.index.journal import Journal
from transforms.index.principal import analyse_components

STEP = "weights"
Weights = Mapping[str, float]


def take_weights(framework: Framework) -> dict[str, float]:
    """The weights of the metadata. Raises Refusal when one is blank or those of a group add up to 0.

    A blank weight at the top level is 1: nothing is weighted there.
    """
    weights = dict(framework.weights)
    for code in framework.levels[-1]:
        weights[code] = 1.0 if np.isnan(weights[code]) else weights[code]
    if blank := [code for code, weight in weights.items() if np.isnan(weight)]:
        raise Refusal(f"指标表中 {list_names(blank)} 没有 Weight；请填写权重，或选 --weights equal。")
    for parent in framework.aggregates:
        if sum(weights[code] for code in framework.children(parent)) <= 0:
            raise Refusal(f"指标表中 {parent} 各下级的权重合计为 0；至少要有一个大于 0。")
    return weights


def equal_weights(framework: Framework) -> dict[str, float]:
    """1 for every code."""
    return dict.fromkeys(framework.parents, 1.0)


def derive_component_weights(
    scores: pd.DataFrame, level: int, weights: Weights, framework: Framework, journal: Journal
) -> dict[str, float]:
    """`weights` with those of `level` replaced by the first principal component's loadings inside each group.

    `scores`: units x codes of that level. Units with a gap in the group are left out (journal). The sign of a group is
    chosen so that its loadings add up to more than 0; a mean does not depend on it. Loadings below 0 are warned about.
    """
    derived = dict(weights)
    for parent in framework.levels[level]:
        codes = list(framework.children(parent))
        complete = scores[codes].dropna()
        if len(complete) < len(scores):
            journal.warn(STEP, f"{parent}：{len(scores) - len(complete)} 个单位有缺失，主成分未用它们。")
        loadings = analyse_components(complete, parent).loadings[:, 0]
        total = loadings.sum()
        if abs(total) < 1e-9:
            raise Refusal(f"{parent} 各下级的主成分载荷相互抵消，不能作权重；请改用 original 或 equal。")
        for code, loading in zip(codes, loadings * np.sign(total), strict=True):
            derived[code] = float(loading)
            if loading < 0:
                journal.warn(STEP, f"主成分权重为负（{loading:.3f}），越好反而越低，请慎用。", indicator=code)
    return derived


def measure_effective_weights(weights: Weights, framework: Framework) -> dict[str, float]:
    """What each code counts for in the whole index: the product of the within-group shares down the tree."""
    top = framework.levels[-1]
    effective = {code: weights[code] / sum(weights[other] for other in top) for code in top}
    for parent in framework.aggregates:
        codes = framework.children(parent)
        total = sum(weights[code] for code in codes)
        for code in codes:
            effective[code] = effective[parent] * weights[code] / total if total else 0.0
    return effective


def tabulate_weights(weights: Weights, framework: Framework) -> pd.DataFrame:
    """By iCode: Level, Parent, Weight, EffWeight."""
    effective = measure_effective_weights(weights, framework)
    rows = [
        (code, level, framework.parents[code], weights[code], effective[code])
        for level, codes in enumerate(framework.levels, start=1)
        for code in codes
    ]
    columns = ["iCode", "Level", "Parent", "Weight", "EffWeight"]
    return pd.DataFrame(rows, columns=pd.Index(columns)).set_index("iCode")
