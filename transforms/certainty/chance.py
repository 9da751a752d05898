"""The same year again: counts as chance could have dealt them, everything else being equal.

A count is redrawn from a distribution with the township's own shrunk rate as its mean and a variance of `dispersion`
times the mean: below 1 binomial, at 1 Poisson, above 1 negative binomial (Panjer's class, p(y+1)/p(y) = a + b/(y+1)).
A draw is one of LEVELS equally likely quantiles, exact for small counts; so it costs a few nanoseconds, whatever the
distribution.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

LEVELS = 256  # equally likely quantiles a distribution is represented by
EXACT_VARIANCE = 60.0  # above: Cornish-Fisher expansion, off by less than one
_SPREADS = 8.0  # standard deviations above the mean that are tabulated
_CELLS = 2048  # distributions tabulated at a time

Array = NDArray[np.float64]


def tabulate_quantiles(mean: Array, dispersion: Array) -> Array:
    """[cell, LEVELS]: the quantiles at (level + 1/2) / LEVELS of counts with these means and variance / mean, [cell].

    Below 1 the mean over 1 - dispersion is the number of trials; it should be whole.
    """
    table = np.empty((len(mean), LEVELS))
    order = np.argsort(mean * np.minimum(dispersion, 1.0), kind="stable")  # those of one length together
    for start in range(0, len(mean), _CELLS):
        part = order[start : start + _CELLS]
        table[part] = _tabulate(mean[part], dispersion[part])
    return table


def _tabulate(mean: Array, dispersion: Array) -> Array:
    flipped = dispersion < 0.5  # count the failures: their probability of none does not vanish
    trials = np.where(dispersion < 1, mean / np.maximum(1 - dispersion, 1e-12), np.inf)
    own_mean = np.where(flipped, np.where(flipped, trials, 0.0) - mean, mean)
    own = np.where(flipped, 1 - dispersion, dispersion)
    variance = own_mean * own
    small = variance <= EXACT_VARIANCE
    quantiles = np.empty((len(mean), LEVELS))
    if small.any():
        quantiles[small] = _exact(own_mean[small], own[small])
    if not small.all():
        quantiles[~small] = _expanded(own_mean[~small], own[~small])
    quantiles = np.where(flipped[:, None], np.where(flipped, trials, 0.0)[:, None] - quantiles[:, ::-1], quantiles)
    return np.asarray(np.clip(np.round(quantiles, 9), 0.0, trials[:, None]))


def _exact(mean: Array, dispersion: Array) -> Array:
    """Quantiles from the probabilities of 0, 1, 2, ... by recursion."""
    length = int(np.ceil((mean + _SPREADS * np.sqrt(mean * dispersion)).max())) + 12
    poisson = np.abs(dispersion - 1) < 1e-9
    slope = np.where(poisson, 0.0, 1 - 1 / dispersion)
    base = mean / dispersion - slope
    shape = np.where(poisson, 0.0, mean / np.where(poisson, 1.0, 1 - dispersion))
    none = np.where(poisson, np.exp(-mean), np.exp(shape * np.log(np.where(poisson, 1.0, dispersion))))
    steps = np.arange(1, length)
    ratios = np.maximum(slope[:, None] + base[:, None] / steps, 0.0)
    ratios[ratios < 1e-12] = 0.0
    chances = np.concatenate([none[:, None], none[:, None] * np.cumprod(ratios, axis=1)], axis=1)
    below = np.cumsum(chances, axis=1)
    places = np.ceil(below / below[:, -1:] * LEVELS - 0.5).astype(np.int64)  # levels at or below each count
    places += np.arange(len(mean))[:, None] * (LEVELS + 1)
    marks = np.bincount(places.ravel(), minlength=len(mean) * (LEVELS + 1)).reshape(len(mean), LEVELS + 1)
    return np.asarray(np.minimum(np.cumsum(marks, axis=1)[:, :LEVELS], length - 1), dtype=np.float64)


def _expanded(mean: Array, dispersion: Array) -> Array:
    """Rounded Cornish-Fisher quantiles to the second order: mean, variance and skewness are met."""
    normal = special.ndtri((np.arange(LEVELS) + 0.5) / LEVELS)
    spread = np.sqrt(mean * dispersion)
    skewness = (2 * dispersion - 1) / spread
    raw = mean[:, None] + spread[:, None] * (normal + skewness[:, None] * (normal**2 - 1) / 6)
    return np.asarray(np.maximum(np.round(raw), 0.0))
