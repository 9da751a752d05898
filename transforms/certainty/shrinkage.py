"""Rates of small counts drawn towards their peers: beta-binomial for shares, gamma-Poisson for counts.

Moment estimates: of shares the analysis of variance over clusters (Kleinman, JASA 68 (1973) 46-54), of counts Marshall,
Applied Statistics 40 (1991) 283-294. A peer group's rate stays strictly inside 0 and 1, and every prior counts for at
least one case, so that 1 of 1 never beats 69 of 69.

Arrays are [unit, indicator]; a cell without exposure (0 or NaN) informs nothing and gets its peers' rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

MIN_PEERS = 5  # fewer units with data: the rate of all units is used
LEAST, MOST = 1.0, 1e6  # cases (or units of exposure) a prior may count for
CONFIDENCE = 0.75  # that chance scatters no more than `dispersion` says

Array = NDArray[np.float64]
Marks = NDArray[np.bool_]
Groups = NDArray[np.int64]


@dataclass(frozen=True)
class Prior:
    """What the peers say of every cell, [unit, indicator].

    `rate`: pooled rate; `strength`: how many cases (units of exposure) it counts for; `dispersion`: of counts the
    variance of chance over its mean, at most 1: chance cannot scatter more than the peers' figures do (upper limit).
    """

    rate: Array
    strength: Array
    dispersion: Array

    def shrink(self, counts: Array, exposures: Array) -> Array:
        """(count + strength x rate) / (exposure + strength); the peers' rate where nothing is known."""
        known = is_known(counts, exposures)
        events, base = np.where(known, counts, 0.0), np.where(known, exposures, 0.0)
        return np.asarray((events + self.strength * self.rate) / (base + self.strength))


def pool_peers(counts: Array, exposures: Array, are_shares: Marks, groups: Groups) -> Prior:
    """The prior of every cell from the units of its group, or from all units where a group has too few with data.

    `are_shares` [indicator]: binomial (count of exposure) where True, else Poisson counts per exposure.
    """
    rate, strength, dispersion = (np.empty(counts.shape) for _ in range(3))
    whole = _pool(counts, exposures, are_shares)
    for group in np.unique(groups):
        rows = groups == group
        enough = is_known(counts[rows], exposures[rows]).sum(axis=0) >= MIN_PEERS
        own = _pool(counts[rows], exposures[rows], are_shares)
        for target, mine, common in zip((rate, strength, dispersion), own, whole, strict=True):
            target[rows] = np.where(enough, mine, common)
    return Prior(rate, strength, dispersion)


def is_known(counts: Array, exposures: Array) -> Marks:
    """Where a count and an exposure above 0 are known."""
    return np.asarray(~np.isnan(counts) & (np.nan_to_num(exposures) > 0))


def _pool(counts: Array, exposures: Array, are_shares: Marks) -> tuple[Array, Array, Array]:
    """(rate, strength, dispersion) [indicator] of the units together."""
    known = is_known(counts, exposures)
    events, base = np.where(known, counts, 0.0), np.where(known, exposures, 0.0)
    units, total = known.sum(axis=0), base.sum(axis=0)
    size = np.where(total > 0, total, 1.0)
    rate = np.where(are_shares, (events.sum(axis=0) + 0.5) / (total + 1), (events.sum(axis=0) + 0.5) / (size + 0.5))
    variance = np.where(are_shares, rate * (1 - rate), rate)
    squares = (base * (np.where(known, events / np.where(known, base, 1.0), 0.0) - rate) ** 2).sum(axis=0)
    excess = squares / variance - (units - 1)  # what chance alone does not explain
    room = np.maximum(total - (base**2).sum(axis=0) / size - np.where(are_shares, units - 1, 0), 1e-12)
    between = np.maximum(excess / room, 0.0)  # of shares the intraclass correlation, of counts variance / rate
    strength = np.where(are_shares, 1 / np.maximum(between, 1e-12) - 1, 1 / np.maximum(between, 1e-12))
    freedom = np.maximum(units - 1, 1)
    least = stats.chi2.ppf(1 - CONFIDENCE, freedom)
    dispersion = np.where(units > 1, np.minimum(1.0, squares / variance / least), 1.0)
    return rate, np.clip(strength, LEAST, MOST), np.maximum(dispersion, 1e-3)
