"""What to expect of a small count: a negative binomial prediction from the township's own past and its peers.

The months before give the township's own level (shrunk towards its peers) and how much counts of this kind scatter;
the peers of the same month give the month's level. The prediction of a count does not contain that count.
docs/outliers.md has the formulas. Sources: gamma-Poisson shrinkage, Clayton and Kaldor, Biometrics 43 (1987) 671-681;
prediction limits for short count series with past outbreaks weighed down, Farrington et al., JRSS A 159 (1996) 547-563.

Arrays are [indicator, township] for the month judged and [indicator, township, month] for the past; an exposure of 0
marks what is not known, its count is 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special  # not stats: every collection reads this module, and stats takes a second

MONTH_EVENTS = 2.0  # a month's level is shrunk towards the level of all months as if by this many events
BETWEEN, WITHIN = 0.25, 0.2  # relative variance of levels between townships, of months within one, before any data
PRIOR = 4.0  # weight of these two: the information (1 / variance) they count for
LEAST_BETWEEN, LEAST_WITHIN = 0.05, 0.02
CAUTION = 0.7  # standard errors added to the scatter within, for it is estimated
SCREEN = 1e-7  # a count less likely than this is gross: it informs the prediction of no other
TINY = 1e-300

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Prediction:
    """Means and sizes of what is expected [indicator, township], and the number of values they rest on.

    `mean`, `size`: from its own history and the peers; `peer_mean`, `peer_size`: of any township of its size.
    `n_history`: own months; `n_peers`: townships in the month; `n_cells`: township-months of the past, own included.
    """

    mean: Array
    size: Array
    peer_mean: Array
    peer_size: Array
    n_history: Counts
    n_peers: Counts
    n_cells: Counts


def predict_counts(past: Array, past_exposure: Array, count: Array, exposure: Array) -> Prediction:
    """What to expect of each count from the past and from the other townships' counts of the month."""
    past, past_exposure = _drop_gross(past, past_exposure)
    base, expected, noise = _levels(past, past_exposure)
    between, within = _spread(past, expected, noise)
    shape, rate = _own(past, expected, between, within)
    level = shape / rate
    own_variance = (1 + within) * (1 + 1 / shape)
    events, weight, peers = _peer_sums(count, exposure * level, base, 1 / (own_variance - 1))
    doubt = within + _mean_of_known(1 / shape, exposure > 0)
    thinned = 1 + events / np.maximum(peers, 1) * doubt
    month_events = MONTH_EVENTS + events / thinned
    month = month_events / (MONTH_EVENTS / base + weight / thinned)
    month_variance = 1 + 1 / month_events
    history = (past_exposure > 0).sum(axis=2)
    exposed = np.where(exposure > 0, exposure, 1.0)
    return Prediction(
        mean=exposed * month * level,
        size=1 / (own_variance * month_variance - 1),
        peer_mean=exposed * month,
        peer_size=1 / ((1 + within) * (1 + between) * month_variance - 1),
        n_history=history,
        n_peers=peers.astype("int64"),
        n_cells=np.broadcast_to(history.sum(axis=1, keepdims=True), history.shape),
    )


def upper_tail(count: Array, mean: Array, size: Array) -> Array:
    """P(Y >= count) of the negative binomial distribution with this mean and size (variance mean + mean^2 / size)."""
    tail = special.betainc(np.maximum(count, 1.0), size, mean / (mean + size))
    return np.asarray(np.where(count > 0, tail, 1.0), dtype="float64")


def lower_tail(count: Array, mean: Array, size: Array) -> Array:
    """P(Y <= count)."""
    return np.asarray(special.betainc(size, count + 1.0, size / (mean + size)), dtype="float64")


def quantile(chance: float, mean: Array, size: Array) -> Array:
    """The least count with P(Y <= count) >= chance."""
    found = np.ceil(special.nbdtrik(chance, size, size / (mean + size)))  # one too many where it is a count's own
    below = np.maximum(found - 1, 0.0)
    return np.asarray(np.where(lower_tail(below, mean, size) >= chance, below, found), dtype="float64")


def _levels(past: Array, exposure: Array) -> tuple[Array, Array, tuple[Array, Array]]:
    """(rate [i, t] of the peers, counts [i, t, m] expected at their monthly rates, relative variance of these).

    The township itself is left out of all of them. The variance comes in two parts: of Poisson counts, and what is to
    be multiplied by the scatter within.
    """
    own, own_exposure = past.sum(axis=2), exposure.sum(axis=2)
    base = (own.sum(axis=1, keepdims=True) - own + 0.5) / (own_exposure.sum(axis=1, keepdims=True) - own_exposure + 1)
    events = MONTH_EVENTS + past.sum(axis=1, keepdims=True) - past
    rate = events / (MONTH_EVENTS / base[..., None] + exposure.sum(axis=1, keepdims=True) - exposure)
    others = np.maximum((exposure > 0).sum(axis=1, keepdims=True) - 1, 1)
    return base, exposure * rate, (1 / events, np.broadcast_to(1 / others, events.shape))


def _spread(past: Array, expected: Array, noise: tuple[Array, Array], *, trim: bool = False) -> tuple[Array, Array]:
    """Relative variance of levels between townships and of months within one, [i, 1]: moments shrunk to the priors.

    With `trim` the tenth of the townships (two at least) whose months scatter most are left out.
    """
    within = np.full((len(past), 1), WITHIN)
    for _ in range(2):
        inflation = 1 + noise[0] + within[..., None] * noise[1]
        between, within = _moments(past, expected, inflation, within, trim=trim)
    return between, within


def _moments(past: Array, expected: Array, inflation: Array, within: Array, *, trim: bool) -> tuple[Array, Array]:
    """One step of `_spread`: products of different months tell levels apart, squares of the same month the scatter."""
    total, own = expected.sum(axis=2), past.sum(axis=2)
    pairs = total**2 - (expected**2).sum(axis=2)
    keep = pairs > 1e-9 * total**2
    pairs = np.where(keep, pairs, 1.0)
    share = pairs / np.where(keep, total**2, 1.0)
    own_pairs = own**2 - (past**2).sum(axis=2)
    covariance = own_pairs - 2 * total * own + 2 * (past * expected).sum(axis=2) + pairs
    between_weight = share * total**2 / (2 * (1 + BETWEEN * total) ** 2)
    same = (past * (past - 1)).sum(axis=2) / (1 + total) ** 2
    apart = own_pairs * (expected**2 / inflation).sum(axis=2) / pairs / (1 + total) ** 2
    variance = expected + 2 * (expected * (1 + within[..., None] * expected)) ** 2
    within_weight = share * (expected**4 / np.maximum(variance, TINY)).sum(axis=2)
    if trim:
        excess = np.where(keep, same - apart, -np.inf)
        dropped = min(max(2, -(-past.shape[1] // 10)), past.shape[1])
        keep = keep & (excess < -np.partition(-excess, dropped - 1, axis=1)[:, dropped - 1 : dropped])

    def add(values: Array) -> Array:
        return np.asarray(np.where(keep, values, 0.0).sum(axis=1, keepdims=True), dtype="float64")

    between = (add(between_weight * covariance / pairs) + PRIOR * BETWEEN) / (add(between_weight) + PRIOR)
    information = add(within_weight)
    ratio = np.where(add(apart) > 0, add(same) / np.maximum(add(apart), TINY) - 1, WITHIN)
    within = (information * ratio + PRIOR * WITHIN) / (information + PRIOR) + CAUTION / np.sqrt(information + PRIOR)
    return np.maximum(between, LEAST_BETWEEN), np.maximum(within, LEAST_WITHIN)


def _own(past: Array, expected: Array, between: Array, within: Array) -> tuple[Array, Array]:
    """Shape and rate of the gamma distribution of a township's level (1: as its peers), given its history."""
    total = expected.sum(axis=2)
    thinned = 1 + within * (expected**2).sum(axis=2) / np.maximum(total, TINY)
    return 1 / between + past.sum(axis=2) / thinned, 1 / between + total / thinned


def _drop_gross(past: Array, exposure: Array) -> tuple[Array, Array]:
    """The past without gross counts (SCREEN), each predicted from the township's other months; scatter is trimmed."""
    _, expected, noise = _levels(past, exposure)
    between, within = (values[..., None] for values in _spread(past, expected, noise, trim=True))
    shape, rate = (values[..., None] for values in _own(past, expected, between[..., 0], within[..., 0]))
    thinned = 1 + within * expected
    shape, rate = np.maximum(shape - past / thinned, 1 / between), np.maximum(rate - expected / thinned, 1 / between)
    mean = expected * shape / rate
    size = 1 / ((1 + within) * (1 + 1 / shape) * (1 + noise[0] + within * noise[1]) - 1)
    far = (mean > 0) & (past > mean + 3 * np.sqrt(mean + mean**2 / size))
    gross = np.zeros(past.shape, dtype=bool)
    gross[far] = upper_tail(past[far], mean[far], size[far]) < SCREEN
    return np.where(gross, 0.0, past), np.where(gross, 0.0, exposure)


def _peer_sums(count: Array, weight: Array, base: Array, size: Array) -> tuple[Array, Array, Array]:
    """Events, weight and number of each township's peers in the month [i, t], gross counts of other townships left out.

    Whether a peer's count is gross (SCREEN, at the level of the month without it) is decided without the township.
    """
    known = weight > 0
    chance = special.betaincinv(np.maximum(count, 1.0), size, SCREEN)
    critical = np.where(count > 0, size * chance / (1 - chance), 0.0)  # a count is gross if its mean lies below this
    events = count.sum(axis=1, keepdims=True) - count
    total = weight.sum(axis=1, keepdims=True) - weight
    peers = known.sum(axis=1, keepdims=True) - known.astype("int64")
    least_events = MONTH_EVENTS + np.maximum(events - count.max(axis=1, keepdims=True), 0.0)
    least = least_events / (MONTH_EVENTS / base.min(axis=1, keepdims=True) + total)
    kept_events, kept_total, kept_peers = events.copy(), total.copy(), peers.copy()
    for i, j in np.argwhere(known & (critical > least * weight)):
        level = (MONTH_EVENTS + events[i] - count[i, j]) / (MONTH_EVENTS / base[i] + total[i] - weight[i, j])
        gross = level * weight[i, j] < critical[i, j]
        gross[j] = False
        kept_events[i] -= gross * count[i, j]
        kept_total[i] -= gross * weight[i, j]
        kept_peers[i] -= gross
    return kept_events, np.maximum(kept_total, 0.0), kept_peers.astype("float64")


def _mean_of_known(values: Array, known: Marks) -> Array:
    number = np.maximum(known.sum(axis=1, keepdims=True), 1)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1, keepdims=True) / number, dtype="float64")
