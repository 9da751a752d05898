"""Counts far outside their peers and their own history (rule P07), by a test with power on short series of small counts.

Every count is held against a negative binomial prediction made without it: the months before give the township's own
level (shrunk towards its peers) and how much counts of this kind scatter, the peers of the same month give the month's
level. Nothing the prediction rests on contains the tested count. docs/outliers.md has the formulas, what they rest on
(gamma-Poisson shrinkage: Clayton and Kaldor 1987; prediction of short count series: Farrington et al. 1996) and the
measured false alarms and power (benchmarks/outlier_power.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from catalogue.periods import Period

COUNT_COLUMNS = ("township_code", "kind", "period", "indicator", "count", "exposure", "two_sided")
OUTLIER_COLUMNS = (
    "township_code", "period", "indicator", "observed", "expected_low", "expected_high", "p_value", "n_history", "n_peers"
)  # fmt: skip
OPEN_COLUMNS = ("township_code", "period", "indicator", "n_history", "n_peers")

WINDOW = 12  # months of history
MIN_HISTORY = 2  # own months before
MIN_PEERS = 4  # other townships of the kind in the same month
MIN_CELLS = 30  # township-months before, of the township and its peers together: scatter cannot be told from fewer

LEVEL = 0.001  # two-sided, against own history and peers together
PEER_LEVEL = 0.05  # two-sided, against the peers alone
SCREEN = 1e-7  # another count less likely than this informs no prediction

MONTH_EVENTS = 2.0  # a month's level is shrunk towards the level of all months as if by this many events
BETWEEN, WITHIN = 0.25, 0.2  # variance of levels between townships, of months within one (relative), before any data
PRIOR = 4.0  # weight of the two: the information (1 / variance) they count for
LEAST_BETWEEN, LEAST_WITHIN = 0.05, 0.02
CAUTION = 0.7  # standard errors added to the scatter within, for it is estimated

Array = NDArray[np.float64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Judged:
    """`outliers` (OUTLIER_COLUMNS; counts from expected_low to expected_high are none) and `not_evaluable` cells."""

    outliers: pd.DataFrame
    not_evaluable: pd.DataFrame


@dataclass(frozen=True)
class Prediction:
    """What is expected of each count [indicator, township]: negative binomial means and sizes, and what they rest on."""

    mean: Array
    size: Array
    peer_mean: Array
    peer_size: Array
    n_history: NDArray[np.int64]
    n_peers: NDArray[np.int64]
    n_cells: NDArray[np.int64]

    @property
    def is_evaluable(self) -> Marks:
        """Enough own months, peers and township-months."""
        enough = (self.n_history >= MIN_HISTORY) & (self.n_peers >= MIN_PEERS) & (self.n_cells >= MIN_CELLS)
        return np.asarray(enough, dtype=bool)


def judge_counts(counts: pd.DataFrame, months: Iterable[str]) -> Judged:
    """The outlying counts of the months given, and those that cannot be judged for want of data.

    `counts` has one row per township, month and indicator (COUNT_COLUMNS): the judged months and up to WINDOW months
    before each; a row without a count or with no exposure (deputies in office) informs nothing and, in a judged month,
    is not evaluable; `two_sided` False: only a count too high can be an outlier. Peers are the townships of the same
    county (first six digits of the code) that hold a congress, or its street offices (kind 街道). A township's result
    does not depend on the order of rows, nor on townships of other groups.
    """
    judged = sorted(set(months))
    if counts.empty or not judged:
        return Judged(pd.DataFrame(columns=list(OUTLIER_COLUMNS)), pd.DataFrame(columns=list(OPEN_COLUMNS)))
    first, last = Period.parse(judged[0]).shifted(-WINDOW), Period.parse(judged[-1])
    axis = [first.shifted(step).text for step in range(_months_between(first, last) + 1)]
    grid = _Grid.fill(counts, axis)
    parts = [_judge_month(grid, rows, axis.index(month)) for rows in grid.groups for month in judged]
    order = ["township_code", "period", "indicator"]
    outliers = pd.concat([part[0] for part in parts], ignore_index=True).sort_values(order, ignore_index=True)
    rest = pd.concat([part[1] for part in parts], ignore_index=True).sort_values(order, ignore_index=True)
    return Judged(outliers, rest)


def _months_between(first: Period, last: Period) -> int:
    return (last.year - first.year) * 12 + last.number - first.number


@dataclass(frozen=True)
class _Grid:
    """The counts as arrays [indicator, township, month]; exposure 0 and count 0 where there is none."""

    indicators: Sequence[str]
    townships: Sequence[str]
    axis: Sequence[str]
    counts: Array
    exposures: Array
    listed: Marks
    two_sided: Marks
    groups: list[NDArray[np.int64]]

    @classmethod
    def fill(cls, frame: pd.DataFrame, axis: list[str]) -> _Grid:
        frame = frame[frame["period"].isin(axis)]
        indicator, indicators = pd.factorize(frame["indicator"], sort=True)
        township, townships = pd.factorize(frame["township_code"], sort=True)
        month = pd.Index(axis).get_indexer(frame["period"])
        count = frame["count"].to_numpy(dtype="float64", na_value=np.nan)
        exposure = frame["exposure"].to_numpy(dtype="float64", na_value=np.nan)
        known = ~np.isnan(count) & (exposure > 0)
        shape, where = (len(indicators), len(townships), len(axis)), (indicator, township, month)
        arrays = [np.zeros(shape), np.zeros(shape)]
        marks = [np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)]
        arrays[0][where] = np.where(known, count, 0.0)
        arrays[1][where] = np.where(known, exposure, 0.0)
        marks[0][where] = True
        marks[1][where] = frame["two_sided"].to_numpy(dtype=bool)
        newest = frame.assign(township=township).sort_values("period").groupby("township")["kind"].last()
        county = pd.Series(townships.astype(str)).str[:6]
        group = county + np.where(newest.to_numpy() == "街道", "/街道", "")
        groups = [np.asarray(rows, dtype="int64") for rows in group.groupby(group).indices.values()]
        return cls(list(indicators), list(townships), axis, arrays[0], arrays[1], marks[0], marks[1], groups)


def _judge_month(grid: _Grid, rows: NDArray[np.int64], month: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    before = slice(month - WINDOW, month)
    count, exposure = grid.counts[:, rows, month], grid.exposures[:, rows, month]
    found = predict_counts(grid.counts[:, rows, before], grid.exposures[:, rows, before], count, exposure)
    evaluable = found.is_evaluable & (exposure > 0)
    high, low = find_tails(found, count)
    outlying = evaluable & (high | (low & grid.two_sided[:, rows, month]))
    place, town = np.nonzero(outlying)
    own = (found.mean[outlying], found.size[outlying])
    peers = (found.peer_mean[outlying], found.peer_size[outlying])
    two_sided = grid.two_sided[:, rows, month][outlying]
    lowest = np.minimum(_quantile(LEVEL / 2, *own), _quantile(PEER_LEVEL / 2, *peers))
    tail = np.minimum(_upper(count[outlying], *own), _lower(count[outlying], *own))
    columns = {
        "observed": count[outlying].astype("int64"),
        "expected_low": np.where(two_sided, lowest, 0).astype("int64"),
        "expected_high": np.maximum(_quantile(1 - LEVEL / 2, *own), _quantile(1 - PEER_LEVEL / 2, *peers)).astype(
            "int64"
        ),
        "p_value": np.minimum(1.0, 2 * tail),
        "n_history": found.n_history[outlying],
        "n_peers": found.n_peers[outlying],
    }
    rest = grid.listed[:, rows, month] & ~evaluable
    counts = {"n_history": found.n_history[rest], "n_peers": found.n_peers[rest]}
    return _cells(grid, rows, month, place, town, columns), _cells(grid, rows, month, *np.nonzero(rest), counts)


def _cells(
    grid: _Grid, rows: NDArray[np.int64], month: int, place: NDArray[np.int64], town: NDArray[np.int64],
    columns: dict[str, NDArray[np.generic]],
) -> pd.DataFrame:  # fmt: skip
    keys = {
        "township_code": np.array(grid.townships, dtype=object)[rows[town]],
        "period": np.full(len(town), grid.axis[month], dtype=object),
        "indicator": np.array(grid.indicators, dtype=object)[place],
    }
    return pd.DataFrame(keys | columns)


def find_tails(found: Prediction, count: Array) -> tuple[Marks, Marks]:
    """Where the count is too high, and where too low, for its own history with the peers and for the peers alone."""
    high = (_upper(count, found.mean, found.size) <= LEVEL / 2) & (
        _upper(count, found.peer_mean, found.peer_size) <= PEER_LEVEL / 2
    )
    low = (_lower(count, found.mean, found.size) <= LEVEL / 2) & (
        _lower(count, found.peer_mean, found.peer_size) <= PEER_LEVEL / 2
    )
    return high, low


def predict_counts(past: Array, past_exposure: Array, count: Array, exposure: Array) -> Prediction:
    """What to expect of each count [indicator, township] from the past [indicator, township, month] and its peers.

    The prediction of a count does not change with that count. An exposure of 0 marks what is not known.
    """
    past, past_exposure = _drop_gross(past, past_exposure)
    base, expected, scatter = _levels(past, past_exposure)
    between, within = _spread(past, expected, scatter)
    shape, rate = _own(past, expected, between, within)
    level = shape / rate
    own_size = 1 / ((1 + within) * (1 + 1 / shape) - 1)
    events, weight, peers = _peer_sums(count, exposure * level, base, own_size)
    doubt = within + _mean_of_known(1 / shape, exposure > 0)
    thinned = 1 + events / np.maximum(peers, 1) * doubt
    month = (MONTH_EVENTS + events / thinned) / (MONTH_EVENTS / base + weight / thinned)
    month_scatter = 1 + 1 / (MONTH_EVENTS + events / thinned)
    known = past_exposure > 0
    history = known.sum(axis=2)
    cells = np.broadcast_to(history.sum(axis=1, keepdims=True), history.shape)
    exposed = np.where(exposure > 0, exposure, 1.0)
    return Prediction(
        mean=exposed * month * level,
        size=1 / ((1 + within) * (1 + 1 / shape) * month_scatter - 1),
        peer_mean=exposed * month,
        peer_size=1 / ((1 + within) * (1 + between) * month_scatter - 1),
        n_history=history,
        n_peers=peers.astype("int64"),
        n_cells=cells,
    )


def _levels(past: Array, exposure: Array) -> tuple[Array, Array, tuple[Array, Array]]:
    """(rate of the peers [i, t], counts expected from the peers [i, t, m], scatter of these: (Poisson, per `within`)).

    The township itself is left out of all of them.
    """
    own = past.sum(axis=2)
    own_exposure = exposure.sum(axis=2)
    base = (own.sum(axis=1, keepdims=True) - own + 0.5) / (own_exposure.sum(axis=1, keepdims=True) - own_exposure + 1)
    events = MONTH_EVENTS + past.sum(axis=1, keepdims=True) - past
    rate = events / (MONTH_EVENTS / base[..., None] + exposure.sum(axis=1, keepdims=True) - exposure)
    others = np.maximum((exposure > 0).sum(axis=1, keepdims=True) - 1, 1)
    return base, exposure * rate, (1 / events, np.broadcast_to(1 / others, events.shape))


def _spread(past: Array, expected: Array, scatter: tuple[Array, Array], *, trim: bool = False) -> tuple[Array, Array]:
    """Relative variance of levels between townships and of months within one, [i, 1]: moments shrunk to the priors.

    With `trim` the tenth of townships (two at least) whose months scatter most are left out.
    """
    within = np.full((len(past), 1), WITHIN)
    for _ in range(2):
        noise = 1 + scatter[0] + within[..., None] * scatter[1]
        between, within = _moments(past, expected, noise, within, trim=trim)
    return between, within


def _moments(past: Array, expected: Array, noise: Array, within: Array, *, trim: bool) -> tuple[Array, Array]:
    total, own = expected.sum(axis=2), past.sum(axis=2)
    pairs = total**2 - (expected**2).sum(axis=2)  # of different months
    usable = pairs > 1e-9 * total**2
    pairs = np.where(usable, pairs, 1.0)
    share = np.where(usable, pairs / np.maximum(total, 1e-300) ** 2, 0.0)
    own_pairs = own**2 - (past**2).sum(axis=2)
    covariance = own_pairs - 2 * total * own + 2 * (past * expected).sum(axis=2) + pairs
    between_weight = share * total**2 / (2 * (1 + BETWEEN * total) ** 2)
    same = (past * (past - 1)).sum(axis=2) / (1 + total) ** 2
    apart = own_pairs * (expected**2 / noise).sum(axis=2) / pairs / (1 + total) ** 2
    poisson = expected + 2 * (expected * (1 + within[..., None] * expected)) ** 2
    within_weight = share * (expected**4 / np.maximum(poisson, 1e-300)).sum(axis=2)
    keep = usable
    if trim:
        excess = np.where(usable, same - apart, -np.inf)
        dropped = min(max(2, -(-past.shape[1] // 10)), past.shape[1])
        keep = usable & (excess < -np.partition(-excess, dropped - 1, axis=1)[:, dropped - 1 : dropped])

    def add(values: Array) -> Array:
        return np.asarray(np.where(keep, values, 0.0).sum(axis=1, keepdims=True), dtype="float64")

    between = (add(between_weight * covariance / pairs) + PRIOR * BETWEEN) / (add(between_weight) + PRIOR)
    information = add(within_weight)
    ratio = np.where(add(apart) > 0, add(same) / np.maximum(add(apart), 1e-300) - 1, WITHIN)
    within = (information * ratio + PRIOR * WITHIN) / (information + PRIOR) + CAUTION / np.sqrt(information + PRIOR)
    return np.maximum(between, LEAST_BETWEEN), np.maximum(within, LEAST_WITHIN)


def _own(past: Array, expected: Array, between: Array, within: Array) -> tuple[Array, Array]:
    """Shape and rate of the gamma distribution of a township's level (1: as its peers), given its history."""
    total = expected.sum(axis=2)
    thinned = 1 + within * (expected**2).sum(axis=2) / np.maximum(total, 1e-300)
    return 1 / between + past.sum(axis=2) / thinned, 1 / between + total / thinned


def _drop_gross(past: Array, exposure: Array) -> tuple[Array, Array]:
    """The past without counts so far out (SCREEN) that a slip of the pen is likelier; the scatter is taken trimmed."""
    base, expected, scatter = _levels(past, exposure)
    between, within = _spread(past, expected, scatter, trim=True)
    shape, rate = (values[..., None] for values in _own(past, expected, between, within))
    thinned = 1 + within[..., None] * expected
    least = 1 / between[..., None]
    shape, rate = np.maximum(shape - past / thinned, least), np.maximum(rate - expected / thinned, least)
    mean = expected * shape / rate
    noise = 1 + scatter[0] + within[..., None] * scatter[1]
    size = 1 / ((1 + within[..., None]) * (1 + 1 / shape) * noise - 1)
    far = (mean > 0) & (past > mean + 3 * np.sqrt(mean + mean**2 / size))
    gross = np.zeros(past.shape, dtype=bool)
    gross[far] = _upper(past[far], mean[far], size[far]) < SCREEN
    return np.where(gross, 0.0, past), np.where(gross, 0.0, exposure)


def _peer_sums(count: Array, weight: Array, base: Array, size: Array) -> tuple[Array, Array, Array]:
    """Events, weight and number of each township's peers in the month [i, t], gross counts of other townships left out.

    Whether a peer's count is gross (SCREEN, given the level of the month without it) is decided without the township.
    """
    known = weight > 0
    chance = special.betaincinv(np.maximum(count, 1.0), size, SCREEN)
    critical = np.where(count > 0, size * chance / (1 - chance), 0.0)  # a mean below it makes the count gross
    events = count.sum(axis=1, keepdims=True) - count
    total = weight.sum(axis=1, keepdims=True) - weight
    peers = np.broadcast_to(known.sum(axis=1, keepdims=True), known.shape) - known
    lowest = (MONTH_EVENTS + np.maximum(events - count.max(axis=1, keepdims=True), 0.0)) / (
        MONTH_EVENTS / base.min(axis=1, keepdims=True) + total
    )
    events_kept, total_kept, peers_kept = events.copy(), total.copy(), peers.copy()
    for i, j in np.argwhere(known & (critical > lowest * weight)):
        rest_events, rest_total = events[i] - count[i, j], total[i] - weight[i, j]
        level = (MONTH_EVENTS + rest_events) / (MONTH_EVENTS / base[i] + rest_total)
        gross = level * weight[i, j] < critical[i, j]
        gross[j] = False
        events_kept[i] -= gross * count[i, j]
        total_kept[i] -= gross * weight[i, j]
        peers_kept[i] -= gross
    return events_kept, np.maximum(total_kept, 0.0), peers_kept.astype("float64")


def _mean_of_known(values: Array, known: Marks) -> Array:
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1, keepdims=True) / count, dtype="float64")


def _upper(count: Array, mean: Array, size: Array) -> Array:
    """P(Y >= count) of the negative binomial distribution with this mean and size."""
    tail = special.betainc(np.maximum(count, 1.0), size, mean / (mean + size))
    return np.asarray(np.where(count > 0, tail, 1.0), dtype="float64")


def _lower(count: Array, mean: Array, size: Array) -> Array:
    """P(Y <= count)."""
    return np.asarray(special.betainc(size, count + 1.0, size / (mean + size)), dtype="float64")


def _quantile(chance: float, mean: Array, size: Array) -> Array:
    return np.asarray(stats.nbinom.ppf(chance, size, size / (mean + size)), dtype="float64")
