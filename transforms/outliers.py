"""Counts far outside their peers and their own history (rule P07), by a test with power on short series.

Every count is held against predictions made without it (transforms.count_prediction). It is an outlier when it lies
outside what its own history and the peers of the month together let expect (LEVEL) and outside what is usual among the
peers alone (PEER_LEVEL), on the same side. docs/outliers.md has the measured false alarms and power.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catalogue.periods import Period
from transforms.count_prediction import Array, Marks, Prediction, lower_tail, predict_counts, quantile, upper_tail

COUNT_COLUMNS = ("township_code", "kind", "period", "indicator", "count", "exposure", "two_sided")
OPEN_COLUMNS = ("township_code", "period", "indicator", "n_history", "n_peers")
OUTLIER_COLUMNS = (*OPEN_COLUMNS[:3], "observed", "expected_low", "expected_high", "p_value", *OPEN_COLUMNS[3:])
STREET_OFFICE = "街道"

WINDOW = 12  # months of history looked at
MIN_HISTORY = 2  # own months
MIN_PEERS = 4  # other townships of the kind in the same month
MIN_CELLS = 30  # months of history, of the township and its peers together: scatter cannot be told from fewer
LEVEL = 0.002  # two-sided, own history and peers together
PEER_LEVEL = 0.05  # two-sided, peers alone

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Judged:
    """`outliers` (OUTLIER_COLUMNS; not from expected_low to expected_high) and `not_evaluable` cells (OPEN_COLUMNS)."""

    outliers: pd.DataFrame
    not_evaluable: pd.DataFrame


def judge_counts(counts: pd.DataFrame, months: Iterable[str]) -> Judged:
    """The outlying counts of the months given (YYYY-MM), and those that cannot be judged for want of data.

    `counts` has one row per township, month and indicator (COUNT_COLUMNS), of the months to judge and the WINDOW months
    before each. A row without a count or without exposure (deputies in office) informs nothing; in a judged month it is
    not evaluable. Where `two_sided` is False only a count too high is an outlier. Peers are the townships of the same
    county (first six digits of the code) that hold a congress, or its street offices.
    """
    judged = [Period.parse(month) for month in sorted(set(months))]
    parts: list[tuple[pd.DataFrame, pd.DataFrame]] = []
    if judged:
        first = judged[0].shifted(-WINDOW)
        length = (judged[-1].year - first.year) * 12 + judged[-1].number - first.number + 1
        grid = Grid.fill(counts, [first.shifted(step).text for step in range(length)])
        parts = [_judge_month(grid, rows, grid.axis.index(month.text)) for rows in grid.groups for month in judged]
    return Judged(_join([part[0] for part in parts], OUTLIER_COLUMNS), _join([part[1] for part in parts], OPEN_COLUMNS))


def find_tails(found: Prediction, count: Array) -> tuple[Marks, Marks]:
    """Where the count is too high, and where too low."""
    own, peers = (found.mean, found.size), (found.peer_mean, found.peer_size)
    high = (upper_tail(count, *own) <= LEVEL / 2) & (upper_tail(count, *peers) <= PEER_LEVEL / 2)
    low = (lower_tail(count, *own) <= LEVEL / 2) & (lower_tail(count, *peers) <= PEER_LEVEL / 2)
    return high, low


def are_evaluable(found: Prediction) -> Marks:
    """Where there are enough own months, peers and months of history in all."""
    enough = (found.n_history >= MIN_HISTORY) & (found.n_peers >= MIN_PEERS) & (found.n_cells >= MIN_CELLS)
    return np.asarray(enough, dtype=bool)


@dataclass(frozen=True)
class Grid:
    """The counts as arrays [indicator, township, month] and the rows of townships that are each other's peers."""

    indicators: NDArray[np.object_]
    townships: NDArray[np.object_]
    axis: list[str]
    counts: Array
    exposures: Array
    listed: Marks
    two_sided: Marks
    groups: list[Rows]

    @classmethod
    def fill(cls, frame: pd.DataFrame, axis: list[str]) -> Grid:
        """The frame's rows in the months of the axis."""
        frame = frame[frame["period"].isin(axis)]
        indicator, indicators = pd.factorize(frame["indicator"].to_numpy(dtype=object), sort=True)
        township, townships = pd.factorize(frame["township_code"].to_numpy(dtype=object), sort=True)
        month = pd.Index(axis).get_indexer(pd.Index(frame["period"]))
        count = pd.to_numeric(frame["count"]).to_numpy(dtype="float64", na_value=np.nan)
        exposure = pd.to_numeric(frame["exposure"]).to_numpy(dtype="float64", na_value=np.nan)
        known = ~np.isnan(count) & (exposure > 0)

        def spread(values: NDArray[np.generic]) -> NDArray[np.generic]:
            array = np.zeros((len(indicators), len(townships), len(axis)), dtype=values.dtype)
            array[indicator, township, month] = values
            return array

        return cls(
            indicators=indicators,
            townships=townships,
            axis=axis,
            counts=np.asarray(spread(np.where(known, count, 0.0))),
            exposures=np.asarray(spread(np.where(known, exposure, 0.0))),
            listed=np.asarray(spread(np.ones(len(frame), dtype=bool))),
            two_sided=np.asarray(spread(frame["two_sided"].to_numpy(dtype=bool))),
            groups=_groups(frame, township, townships),
        )


def _groups(frame: pd.DataFrame, township: Rows, townships: NDArray[np.object_]) -> list[Rows]:
    """Rows of the townships of a county that hold a congress, and of its street offices, by their newest kind."""
    order = np.argsort(frame["period"].to_numpy(dtype=object), kind="stable")
    kinds = np.empty(len(townships), dtype=object)
    kinds[township[order]] = frame["kind"].to_numpy(dtype=object)[order]
    names = pd.Series([f"{code[:6]}{kind == STREET_OFFICE}" for code, kind in zip(townships, kinds, strict=True)])
    return [np.asarray(rows, dtype="int64") for rows in names.groupby(names).indices.values()]


def _judge_month(grid: Grid, rows: Rows, month: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    past = (slice(None), rows, slice(month - WINDOW, month))
    now = (slice(None), rows, month)
    count, exposure = grid.counts[now], grid.exposures[now]
    found = predict_counts(grid.counts[past], grid.exposures[past], count, exposure)
    evaluable = are_evaluable(found) & (exposure > 0)
    high, low = find_tails(found, count)
    outlying = evaluable & (high | (low & grid.two_sided[now]))
    rest = grid.listed[now] & ~evaluable
    outliers = _cells(grid, rows, month, outlying) | _expectation(found, outlying, count, grid.two_sided[now])
    return pd.DataFrame(outliers | _basis(found, outlying)), pd.DataFrame(
        _cells(grid, rows, month, rest) | _basis(found, rest)
    )


def _cells(grid: Grid, rows: Rows, month: int, marks: Marks) -> dict[str, NDArray[np.generic]]:
    indicator, town = np.nonzero(marks)
    return {
        "township_code": grid.townships[rows[town]],
        "period": np.full(len(town), grid.axis[month], dtype=object),
        "indicator": grid.indicators[indicator],
    }


def _expectation(found: Prediction, marks: Marks, count: Array, two_sided: Marks) -> dict[str, NDArray[np.generic]]:
    observed = count[marks]
    own, peers = (found.mean[marks], found.size[marks]), (found.peer_mean[marks], found.peer_size[marks])
    low = np.minimum(quantile(LEVEL / 2, *own), quantile(PEER_LEVEL / 2, *peers))
    high = np.maximum(quantile(1 - LEVEL / 2, *own), quantile(1 - PEER_LEVEL / 2, *peers))
    tail = np.minimum(upper_tail(observed, *own), lower_tail(observed, *own))
    return {
        "observed": observed.astype("int64"),
        "expected_low": np.where(two_sided[marks], low, 0.0).astype("int64"),
        "expected_high": high.astype("int64"),
        "p_value": np.minimum(1.0, 2 * tail),
    }


def _basis(found: Prediction, marks: Marks) -> dict[str, NDArray[np.generic]]:
    return {"n_history": found.n_history[marks], "n_peers": found.n_peers[marks]}


def _join(parts: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns))
    keys = list(OPEN_COLUMNS[:3])
    return whole[list(columns)].astype(dict.fromkeys(keys, "str")).sort_values(keys, ignore_index=True)
