"""Funnel plots: how far a rate may lie from the peers' by chance alone, given its denominator.

After Spiegelhalter, “Funnel plots for comparing institutional performance”, Statistics in Medicine 24 (2005) 1185-1202:
exact limits (not interpolated between counts, so that 1 of 1 never lies outside); where the rates scatter more than
chance explains, the limits are widened by the root of the over-dispersion, estimated from winsorised z-scores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

LEVELS = (0.95, 0.998)
WINSORISED = 0.1  # share of z-scores drawn in at either end
SIGNIFICANT = 0.95  # over-dispersion counts when it is surer than that

Array = NDArray[np.float64]
Kind = Literal["binomial", "poisson"]


@dataclass(frozen=True)
class Funnel:
    """`rate`: of all units together; `dispersion`: variance relative to chance, 1 where chance explains it; per level
    of LEVELS `low` and `high` [level, denominator] over `denominators`, ascending. `places` [unit]: how many of the
    levels the unit's rate lies outside of (0 inside all), negative below; NaN without a rate."""

    kind: Kind
    rate: float
    dispersion: float
    denominators: Array
    low: Array
    high: Array
    places: Array


def draw_funnel(numerators: Array, denominators: Array, *, kind: Kind = "binomial", points: int = 60) -> Funnel | None:
    """The funnel of these units; None when no unit has a rate or all of them have none or everything.

    binomial: shares of the denominator; poisson: counts per unit of it. NaN and empty denominators are left out.
    """
    known = ~np.isnan(numerators) & (np.nan_to_num(denominators) > 0)
    cases, base = numerators[known], denominators[known]
    rate = float(cases.sum() / base.sum()) if known.any() else 0.0
    if rate <= 0 or (kind == "binomial" and rate >= 1):
        return None
    dispersion = _measure_dispersion(cases, base, rate, kind)
    grid = np.unique(np.round(np.geomspace(base.min(), base.max(), points), 6)).astype(np.float64)
    low, high = find_limits(rate, grid, kind, dispersion)
    own_low, own_high = find_limits(rate, base, kind, dispersion)
    shares = cases / base
    outside = (shares > own_high + 1e-12).sum(axis=0) - (shares < own_low - 1e-12).sum(axis=0)
    places = np.full(len(numerators), np.nan)
    places[known] = outside
    return Funnel(kind, rate, dispersion, grid, low, high, places)


def find_limits(
    rate: float, denominators: Array, kind: Kind = "binomial", dispersion: float = 1.0
) -> tuple[Array, Array]:
    """The lower and upper limits of the rate, [level, denominator], not below 0 (of shares: not above 1)."""
    tails = (1 - np.array(LEVELS)) / 2
    low, high = (np.stack([_limit(tail, rate, denominators, kind) for tail in each]) for each in (tails, 1 - tails))
    most = 1.0 if kind == "binomial" else np.inf
    widened = [np.clip(rate + (limit - rate) * np.sqrt(dispersion), 0.0, most) for limit in (low, high)]
    return widened[0], widened[1]


def _limit(chance: float, rate: float, denominators: Array, kind: Kind) -> Array:
    """The least rate that chance does not exceed with at least this probability."""
    if kind == "binomial":
        trials = np.maximum(np.round(denominators), 1.0)
        return np.asarray(stats.binom.ppf(chance, trials, rate) / trials)
    return np.asarray(stats.poisson.ppf(chance, denominators * rate) / denominators)


def _measure_dispersion(cases: Array, base: Array, rate: float, kind: Kind) -> float:
    variance = (rate * (1 - rate) if kind == "binomial" else rate) / base
    scores = np.sort((cases / base - rate) / np.sqrt(variance))
    drawn_in = int(np.floor(WINSORISED * len(scores)))
    if drawn_in:
        scores = np.clip(scores, scores[drawn_in], scores[-1 - drawn_in])
    found = float(np.mean(scores**2))
    return found if len(scores) * found > stats.chi2.ppf(SIGNIFICANT, len(scores)) else 1.0
