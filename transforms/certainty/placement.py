"""What can be said of the ranks inside one peer group when its scores, and what could move them, are at hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from transforms.certainty.confidence import SAME, find_rank_sets
from transforms.scoring import rank

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Source:
    """What one source of doubt does: the interval of ranks within the peer group (0 where there is no rank), and the
    standard deviation of the score in points."""

    low: Ints
    high: Ints
    spread: Array


@dataclass(frozen=True)
class Line:
    """The line of a peer group's quota, between the last unit `inside` and the first one `outside`, by score.

    `gap`: points between the two, `error` its standard error, `chance`: that their order is the other way round;
    `is_tied`; `is_firm`: the gap is significant. `contenders`: units whose interval of ranks crosses the line;
    `candidates`: those that may be among the best (all that truly are, with the coverage).
    """

    quota: int
    inside: int
    outside: int
    gap: float
    error: float
    chance: float
    is_tied: bool
    is_firm: bool
    contenders: tuple[int, ...]
    candidates: tuple[int, ...]


@dataclass(frozen=True)
class Placement:
    """The answer for the units of a peer group, in their order; see Certainty."""

    low: Ints
    high: Ints
    sure_low: Ints
    sure_high: Ints
    all_low: Ints
    all_high: Ints
    sources: dict[str, Source]
    inside_quota: Array
    groups: tuple[tuple[int, ...], ...]
    line: Line | None
    errors: Array
    method: str


@dataclass(frozen=True)
class Doubt:
    """What could move the scores of a peer group, [draw, unit].

    `chance`: deviations by chance; `together`: by chance and gaps; `versions`: totals by other versions of the rubric;
    `filled`: totals with gaps filled otherwise.
    """

    chance: Array
    together: Array
    versions: Array
    filled: Array


def place_units(scores: Array, doubt: Doubt, coverage: float, seats: int | None) -> Placement:
    """The ranks of these scores [unit], with the doubt about them. `seats`: the quota, None for none."""
    sets = find_rank_sets(scores, doubt.together, coverage)
    by_chance = _rank(shrink_scores(scores, doubt.chance))
    likely = shrink_scores(scores, doubt.together)
    ranks = _rank(_mix(scores, likely, doubt.versions))
    sources = {
        "counts": Source(*_middle(by_chance, coverage), doubt.chance.std(axis=0)),
        "choices": _summarise(doubt.versions, coverage),
        "gaps": _summarise(doubt.filled, coverage),
    }
    own = _rank(scores)
    last = len(scores) + 1 - _rank(-scores)  # of those with the same score, wherever a tiebreak puts them
    bounds = [(own, last), _middle(ranks, coverage), *((each.low, each.high) for each in sources.values())]
    low, high = np.min([low for low, _ in bounds], axis=0), np.max([high for _, high in bounds], axis=0)
    line = None
    if seats is not None and 0 < seats < len(scores):
        line = _draw_line(scores, doubt.together, coverage, seats, (low, high, sets.all_low))
    return Placement(
        low=low,
        high=high,
        sure_low=sets.low,
        sure_high=sets.high,
        all_low=sets.all_low,
        all_high=sets.all_high,
        sources=sources,
        inside_quota=np.full(len(scores), np.nan) if seats is None else np.asarray((ranks <= seats).mean(axis=0)),
        groups=tuple(tuple(group.tolist()) for group in sets.group_ranks()),
        line=line,
        errors=sets.errors,
        method=sets.method,
    )


def shrink_scores(scores: Array, deviations: Array) -> Array:
    """[draw, unit]: where the true scores may lie, drawn towards the peers' mean by how little each is known.

    Empirical Bayes after Morris, JASA 78 (1983) 47-55, the doubt about the shrinkage itself included. With three units
    or fewer nothing is shrunk.
    """
    units = len(scores)
    if units <= 3:
        return np.asarray(scores + deviations)
    variance = np.maximum(deviations.var(axis=0), 1e-18)
    between = _measure_between(scores, variance)
    mean = _weigh(scores, variance + between)
    pull = (units - 3) / (units - 1) * variance / (variance + between)
    spread = variance * (1 - pull * (units - 1) / units) + 2 / (units - 3) * (pull * (scores - mean)) ** 2
    return np.asarray(mean + (1 - pull) * (scores - mean) + deviations * np.sqrt(spread / variance))


def _measure_between(scores: Array, variance: Array) -> float:
    """Variance of the true scores between units, after Paule and Mandel (1982): the weighted squares are n - 1."""

    def excess(between: float) -> float:
        whole = variance + between
        return float(((scores - _weigh(scores, whole)) ** 2 / whole).sum()) - (len(scores) - 1)

    most = float(np.ptp(scores)) ** 2 + 1e-12
    return float(optimize.brentq(excess, 0.0, most)) if excess(0.0) > 0 > excess(most) else 0.0


def _weigh(scores: Array, variance: Array) -> float:
    return float((scores / variance).sum() / (1 / variance).sum())


def _mix(scores: Array, likely: Array, versions: Array) -> Array:
    """[draw, unit]: totals by other versions of the rubric, with chance on the scale of each version."""
    width = scores.std() if len(scores) else 0.0
    chosen = versions[np.arange(len(likely)) % len(versions)]
    scale = chosen.std(axis=1, keepdims=True) / width if width > SAME else np.ones((len(chosen), 1))
    return np.asarray(chosen + scale * (likely - scores))


def _rank(totals: Array) -> Ints:
    return rank(totals, np.zeros(totals.shape[-1], dtype=np.int64))


def _middle(ranks: Ints, coverage: float) -> tuple[Ints, Ints]:
    """The middle share of each unit's ranks [draw, unit]."""
    ordered = np.sort(ranks, axis=0)
    out = int(np.floor((1 - coverage) / 2 * len(ranks)))
    return ordered[out], ordered[len(ranks) - 1 - out]


def _summarise(totals: Array, coverage: float) -> Source:
    low, high = _middle(_rank(totals), coverage)
    centred = totals - totals.mean(axis=1, keepdims=True) if totals.size else totals
    return Source(low, high, centred.std(axis=0))


def _draw_line(scores: Array, deviations: Array, coverage: float, seats: int, bounds: tuple[Ints, Ints, Ints]) -> Line:
    low, high, all_low = bounds
    order = np.argsort(-scores, kind="stable")
    inside, outside = int(order[seats - 1]), int(order[seats])
    gap = float(scores[inside] - scores[outside])
    error = float((deviations[:, inside] - deviations[:, outside]).std()) if len(deviations) else 0.0
    is_tied = gap <= SAME
    chance = 0.5 if is_tied else float(stats.norm.sf(gap / error)) if error > SAME else 0.0
    return Line(
        quota=seats,
        inside=inside,
        outside=outside,
        gap=gap,
        error=error,
        chance=chance,
        is_tied=is_tied,
        is_firm=not is_tied and chance < (1 - coverage) / 2,
        contenders=tuple(np.flatnonzero((low <= seats) & (high > seats)).tolist()),
        candidates=tuple(np.flatnonzero(all_low <= seats).tolist()),
    )
