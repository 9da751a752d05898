"""Confidence sets for ranks from pairwise differences of scores.

After Mogstad, Romano, Shaikh and Wilhelm, “Inference for Ranks with Applications to Mobility across Neighbourhoods and
Academic Achievement across Countries”, Review of Economic Studies 91 (2024) 476-518: a unit's rank is at least one
more than the number of units significantly ahead of it. Differences are studentised; the critical value is the quantile
of the largest deviation over resamples, in the step-down of Romano and Wolf (2005) over one-sided hypotheses, so that a
direction once decided may be used. Above MOST_COMPARED comparisons x resamples the critical value is Bonferroni's.

`scores` [unit] are the observed ones without gaps, `deviations` [draw, unit] what chance adds, centred. Rank 1 is best.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

MOST_COMPARED = 100_000_000
_DRAWS = 4_000  # resamples critical values rest on, at most
SAME = 1e-9  # points: scores closer than this are equal
NOISE = 1e-7  # points: standard errors below are none
_BINS = 100  # of standard errors, where units are many

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class RankSets:
    """Per unit the interval of its rank, and what is behind it.

    `low`..`high`: the rank with the stated coverage for each unit by itself; `all_low`..`all_high`: for all units at
    once. `errors`: standard errors of the scores. `method`: step-down or bonferroni. `ahead_of` [unit, other]: which is
    significantly ahead of which, all pairs together; None under bonferroni, where `level` standard errors decide.
    """

    scores: Array
    low: Ints
    high: Ints
    all_low: Ints
    all_high: Ints
    errors: Array
    method: str
    ahead_of: Marks | None
    level: float

    def is_any_ahead(self, members: Ints, unit: int) -> bool:
        """True when one of the members is significantly ahead of the unit."""
        if self.ahead_of is not None:
            return bool(self.ahead_of[members, unit].any())
        margin = self.level * np.sqrt(self.errors[members] ** 2 + self.errors[unit] ** 2)
        return bool((self.scores[members] - self.scores[unit] > margin + SAME).any())

    def group_ranks(self) -> list[Ints]:
        """Groups of adjacent ranks inside which no two units can be told apart, best first; every unit is in one.

        From the best down a unit joins the group above as long as no member is significantly ahead of it.
        """
        order, first, groups = np.argsort(-self.scores, kind="stable"), 0, []
        for place in range(1, len(order) + 1):
            if place == len(order) or self.is_any_ahead(order[first:place], int(order[place])):
                groups.append(order[first:place])
                first = place
        return groups


def find_rank_sets(scores: Array, deviations: Array, coverage: float) -> RankSets:
    """The sets of all units with the coverage given (0.9: nine times in ten the true rank lies inside)."""
    units, draws = len(scores), min(len(deviations), _DRAWS)
    errors = deviations.std(axis=0)
    if units < 2:
        one = np.ones(units, dtype=np.int64)
        return RankSets(scores, one, one, one, one, errors, "step-down", np.zeros((units, units), dtype=bool), 0.0)
    if units * (units - 1) * draws > MOST_COMPARED:
        single, every = (float(stats.norm.isf((1 - coverage) / 2 / pairs)) for pairs in _comparisons(units))
        low, high = _bounds(*_count_beyond(scores, errors, single))
        all_low, all_high = _bounds(*_count_beyond(scores, errors, every))
        return RankSets(scores, low, high, all_low, all_high, errors, "bonferroni", None, every)
    drawn = np.ascontiguousarray(deviations[:_DRAWS].T, dtype=np.float32)
    low, high = _bounds(*_count_distinct(scores, drawn, coverage))
    ahead_of = _find_distinct(scores, drawn, coverage)
    all_low, all_high = _bounds(ahead_of.sum(axis=0), ahead_of.sum(axis=1))
    return RankSets(scores, low, high, all_low, all_high, errors, "step-down", ahead_of, 0.0)


def _comparisons(units: int) -> tuple[int, int]:
    """How many pairs a unit is in, and how many there are."""
    return units - 1, units * (units - 1) // 2


def _count_distinct(scores: Array, drawn: NDArray[np.float32], coverage: float) -> tuple[Ints, Ints]:
    """How many units are significantly ahead of each, and behind; each unit's comparisons together."""
    units = len(scores)
    ahead, behind = np.empty(units, dtype=np.int64), np.empty(units, dtype=np.int64)
    for unit in range(units):
        others = np.delete(np.arange(units), unit)
        above, below = step_down(*_compare(scores, drawn, np.full(units - 1, unit), others), coverage)
        ahead[unit], behind[unit] = above.sum(), below.sum()
    return ahead, behind


def _find_distinct(scores: Array, drawn: NDArray[np.float32], coverage: float) -> Marks:
    """[unit, other]: True where the unit is significantly ahead of the other, all pairs together."""
    first, second = np.triu_indices(len(scores), 1)
    second_ahead, first_ahead = step_down(*_compare(scores, drawn, first, second), coverage)
    ahead_of = np.zeros((len(scores), len(scores)), dtype=bool)
    ahead_of[first, second] = first_ahead
    ahead_of[second, first] = second_ahead
    return ahead_of


def step_down(statistics: NDArray[np.float32], drawn: NDArray[np.float32], coverage: float) -> tuple[Marks, Marks]:
    """Which of the studentised differences [pair] are significantly above 0, and which below.

    `drawn` [pair, draw] are the differences' deviations on the same scale. Every pair stands for two one-sided
    hypotheses; the critical value is taken over those not yet rejected until nothing more is.
    """
    above, below = np.zeros(len(statistics), dtype=bool), np.zeros(len(statistics), dtype=bool)
    largest = np.abs(drawn).max(axis=0)
    while True:
        level = np.quantile(largest, coverage, method="higher")
        more_above, more_below = (statistics > level) & ~above, (-statistics > level) & ~below
        if not (more_above.any() or more_below.any()):
            return above, below
        above |= more_above
        below |= more_below
        largest = np.full(drawn.shape[1], -np.inf, dtype=np.float32)
        for kept, sign in ((~above & ~below, 0), (below, 1), (above, -1)):
            if kept.any():
                rest = drawn[kept]
                np.maximum(largest, (np.abs(rest) if sign == 0 else sign * rest).max(axis=0), out=largest)


def _compare(
    scores: Array, drawn: NDArray[np.float32], first: Ints, second: Ints
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Studentised score of `second` minus `first`, [pair], and its deviations, [pair, draw]."""
    difference = scores[second] - scores[first]
    deviation = drawn[second] - drawn[first]
    error = np.sqrt(np.square(deviation, dtype=np.float32).mean(axis=1) - deviation.mean(axis=1) ** 2)
    equal, sure = np.abs(difference) <= SAME, error <= NOISE
    deviation /= np.where(sure, np.inf, error)[:, None]
    statistic = np.where(sure, np.copysign(np.inf, difference), difference / np.where(sure, 1.0, error))
    return np.where(equal, 0.0, statistic).astype(np.float32), deviation


def _count_beyond(scores: Array, errors: Array, level: float) -> tuple[Ints, Ints]:
    """How many units are further ahead of each, and further behind, than `level` standard errors of the difference.

    The others come in bins of equal size by their errors and count with the largest of their bin.
    """
    ahead, behind = np.zeros(len(scores), dtype=np.int64), np.zeros(len(scores), dtype=np.int64)
    for bin_ in np.array_split(np.argsort(errors, kind="stable"), _BINS):
        if len(bin_):
            margin = level * np.sqrt(errors**2 + errors[bin_[-1]] ** 2) + SAME
            ordered = np.sort(scores[bin_])
            ahead += len(bin_) - np.searchsorted(ordered, scores + margin, side="right")
            behind += np.searchsorted(ordered, scores - margin, side="left")
    return ahead, behind


def _bounds(ahead: Ints, behind: Ints) -> tuple[Ints, Ints]:
    """The interval of ranks when so many units are surely ahead and behind."""
    return np.asarray(1 + ahead), np.asarray(len(ahead) - behind)
