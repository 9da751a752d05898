"""How much ranks depend on the choices made: building blocks for a robustness analysis."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import optimize, stats

from catalogue.errors import Refusal
from transforms.index.aggregate import aggregate_values
from transforms.index.cells import Values
from transforms.index.framework import Framework
from transforms.index.journal import Journal
from transforms.index.ranks import rank_scores
from transforms.index.weights import Weights


def summarise_ranks(ranks: pd.DataFrame) -> pd.DataFrame:
    """Per unit (row) over the replications (columns): mean, median, q5, q95 (interpolated linearly), min, max."""
    numbers = ranks.to_numpy(dtype=np.float64, na_value=np.nan)
    low, high = np.nanquantile(numbers, [0.05, 0.95], axis=1)
    statistics = {
        "mean": np.nanmean(numbers, axis=1),
        "median": np.nanmedian(numbers, axis=1),
        "q5": low,
        "q95": high,
        "min": np.nanmin(numbers, axis=1),
        "max": np.nanmax(numbers, axis=1),
    }
    return pd.DataFrame(statistics, index=ranks.index)


def compare_ranks(scores: Values, base: Values) -> dict[str, float]:
    """How one index differs from another over the same units: mean_shift and max_shift of the ranks, moved (units
    whose rank changed), and Spearman's and Kendall's (tau-b) correlation of the scores."""
    shift = np.abs(rank_scores(scores) - rank_scores(base))
    return {
        "mean_shift": float(np.nanmean(shift)),
        "max_shift": float(np.nanmax(shift)),
        "moved": float(np.count_nonzero(shift > 0)),
        "spearman": float(stats.spearmanr(scores, base, nan_policy="omit").statistic),
        "kendall": float(stats.kendalltau(scores, base, nan_policy="omit").statistic),
    }


def remove_elements(
    values: pd.DataFrame, weights: Weights, framework: Framework, level: int, methods: Sequence[str] = ("amean",)
) -> pd.DataFrame:
    """The top-level scores (units x removed code) when one element of `level` after another has weight 0."""
    top = framework.levels[-1][0]
    scores = {}
    for code in framework.levels[level - 1]:
        without = {**weights, code: 0.0}
        scores[code] = aggregate_values(values, without, framework, methods, Journal())[top]
    return pd.DataFrame(scores, index=values.index)


def perturb_weights(
    weights: Weights, framework: Framework, noise: Mapping[int, float], generator: np.random.Generator
) -> dict[str, float]:
    """Each weight of the levels in `noise` multiplied by 1 + U(-1, 1) * share; the others as they are."""
    perturbed = dict(weights)
    for level, share in noise.items():
        if not 0 <= share <= 1:
            raise Refusal(f"权重扰动幅度 {share:g} 应在 0 与 1 之间。")
        for code in framework.levels[level - 1]:
            perturbed[code] = weights[code] * (1 + generator.uniform(-1, 1) * share)
    return perturbed


def balance_weights(
    scores: pd.DataFrame, weights: Weights, framework: Framework, level: int, wanted: Mapping[str, float]
) -> dict[str, float]:
    """Weights of `level` (adding up to 1, none negative) with which the correlations of its elements with the index
    stand in the proportions `wanted`, levels above and below unchanged and all means arithmetic.

    `scores`: units x codes of that level, without gaps. Raises Refusal when the proportions cannot be met to 1e-3.
    """
    codes = list(framework.levels[level - 1])
    target = np.array([wanted[code] for code in codes], dtype=np.float64)
    target = target / target.sum()
    children = scores[codes].to_numpy(dtype=np.float64)
    upper = Framework(framework.meta, framework.levels[level - 1 :], _cut_parents(framework, level), {}, {})

    def take(logits: Values) -> Values:
        shares = np.exp(logits - logits.max())
        return np.asarray(shares / shares.sum())

    def measure_miss(logits: Values) -> float:
        tried = {**weights, **dict(zip(codes, take(logits).tolist(), strict=True))}
        index = aggregate_values(scores[codes], tried, upper, ("amean",), Journal())[framework.levels[-1][0]]
        centred = index.to_numpy(dtype=np.float64) - index.mean()
        correlations = (children - children.mean(axis=0)).T @ centred / children.std(axis=0)
        return float(np.square(correlations / correlations.sum() - target).sum())

    found = optimize.minimize(
        measure_miss, np.log(target), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-16, "maxiter": 20_000}
    )
    if found.fun > 1e-6 * len(codes):
        raise Refusal(f"第 {level} 层找不到使各项与总指数的相关符合要求的非负权重；请放宽要求。")
    return {**weights, **dict(zip(codes, take(found.x).tolist(), strict=True))}


def _cut_parents(framework: Framework, level: int) -> dict[str, str | None]:
    return {code: framework.parents[code] for codes in framework.levels[level - 1 :] for code in codes}
