"""The choices in a rubric, varied: weights, one item left out, how points are put on a scale, how they are added up.

Each is a choice a reasonable committee could have made otherwise: every block's weight within BLOCK_SPREAD and every
item's within ITEM_SPREAD of the rubric's; one item left out or none; achieved shares as the rubric measures them or
stretched between the worst and the best of the peers; blocks added (a strength makes up for a weakness) or multiplied
(geometric mean: it hardly does). Bonuses and deductions stay. Sobol's shares: Saltelli et al., Computer Physics
Communications 181 (2010) 259-270, by SciPy; the quantity is the mean shift of ranks (Saisana et al., JRSS A 168 (2005)
307-323).
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from catalogue.rubric import Rubric
from transforms.scoring import Scores, rank

BLOCK_SPREAD, ITEM_SPREAD = 0.25, 0.1
LEAST_SHARE = 0.01  # of a block, so that a geometric mean does not vanish
_SAMPLES = 512  # of a Sobol analysis
_UNITS = 400  # a Sobol analysis looks at, at most

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Versions:
    """Versions of the rubric: block weights [version, block] and item weights [version, item] relative to the
    rubric's, the item left out (-1: none), whether shares are stretched and blocks multiplied, [version]."""

    blocks: Array
    items: Array
    left_out: Ints
    stretched: NDArray[np.bool_]
    multiplied: NDArray[np.bool_]


@dataclass(frozen=True)
class Share:
    """Sobol's first-order and total share of a choice in the shifts of rank."""

    choice: str
    first: float
    total: float


class Variation:
    """The scores of the units, ready to be added up by any version of the rubric. Items of kind points only."""

    def __init__(self, rubric: Rubric, scores: Scores, peer: Ints) -> None:
        kept = [place for place, item in enumerate(rubric.items) if item.kind == "points"]
        order = {block.code: place for place, block in enumerate(rubric.blocks)}
        kept.sort(key=lambda place: order[rubric.items[place].block])
        points, limits = scores.points[:, kept], scores.max_points[:, kept]
        judged = ~np.isnan(points) & (limits > 0)
        self.codes = tuple(scores.items[place] for place in kept)
        self._limits = np.where(judged, limits, 0.0)
        self._points = np.where(judged, points, 0.0)
        self._stretched = self._limits * _stretch(self._points, self._limits, peer)
        used = np.array([order[rubric.items[place].block] for place in kept], dtype=np.int64)
        present, self._block = np.unique(used, return_inverse=True)
        self.blocks = tuple(rubric.blocks[place].code for place in present)
        self._total, self._peer = rubric.total, peer
        self._extra = scores.bonus + scores.deduction
        self._plain = scores.total

    def draw(self, random: np.random.Generator, versions: int) -> Versions:
        """Versions at random, one item left out in every other."""
        items = len(self.codes)
        return Versions(
            blocks=1 + BLOCK_SPREAD * random.uniform(-1, 1, (versions, len(self.blocks))),
            items=1 + ITEM_SPREAD * random.uniform(-1, 1, (versions, items)),
            left_out=np.where(random.random(versions) < 0.5, random.integers(0, items, versions), -1),
            stretched=random.random(versions) < 0.5,
            multiplied=random.random(versions) < 0.5,
        )

    def add_up(self, versions: Versions) -> Array:
        """[version, unit]: the totals; NaN where nothing was judged. What alone was judged is not left out."""
        weights = versions.items * versions.blocks[:, self._block]
        out = versions.left_out >= 0
        weights[np.flatnonzero(out), versions.left_out[out]] = 0.0
        totals = np.empty((len(weights), len(self._peer)))
        for stretched in (False, True):
            points = self._stretched if stretched else self._points
            for multiplied in (False, True):
                rows = (versions.stretched == stretched) & (versions.multiplied == multiplied)
                method = self._multiply if multiplied else self._sum
                totals[rows] = method(weights[rows], points)
        found = totals * self._total + self._extra
        return np.asarray(np.where(np.isnan(found), self._plain, found))

    def _sum(self, weights: Array, points: Array) -> Array:
        return _divide(weights @ points.T, weights @ self._limits.T)

    def _multiply(self, weights: Array, points: Array) -> Array:
        logs = np.zeros((len(weights), len(points)))
        masses = np.zeros(logs.shape)
        for block in range(len(self.blocks)):
            inside = self._block == block
            mass = weights[:, inside] @ self._limits[:, inside].T
            share = _divide(weights[:, inside] @ points[:, inside].T, mass)
            logs += mass * np.log(np.maximum(np.nan_to_num(share), LEAST_SHARE))
            masses += mass
        return np.asarray(np.exp(_divide(logs, masses)))

    def share_out(self, random: np.random.Generator) -> tuple[Share, ...]:
        """How much of the mean shift of ranks each choice accounts for; () where the choices shift nothing.

        Of many units a sample is looked at.
        """
        ranked = np.flatnonzero(~np.isnan(self._plain))
        if len(self.codes) == 0 or len(ranked) == 0:
            return ()
        looked_at = self if len(ranked) <= _UNITS else self._only(random.choice(ranked, _UNITS, replace=False))
        dists = [stats.uniform()] * (len(self.blocks) + 3)
        found = stats.sobol_indices(func=looked_at._shift, n=_SAMPLES, dists=dists, rng=random, method="saltelli_2010")
        first, total = np.ravel(found.first_order), np.ravel(found.total_order)
        if not (np.isfinite(first).all() and np.isfinite(total).all() and total.any()):
            return ()
        names = (*self.blocks, "left_out", "stretched", "multiplied")
        return tuple(Share(*line) for line in zip(names, first.tolist(), total.tolist(), strict=True))

    def _only(self, units: Ints) -> Variation:
        """The same for these units; shares stay stretched between the bounds of all."""
        fewer = copy(self)
        for name in ("_limits", "_points", "_stretched", "_extra", "_plain", "_peer"):
            setattr(fewer, name, getattr(self, name)[units])
        return fewer

    def _shift(self, sample: Array) -> Array:
        """[1, version]: the mean shift of rank for uniform factors [factor, version]."""
        blocks, (left_out, stretched, multiplied) = sample[:-3], sample[-3:]
        items = len(self.codes)
        versions = Versions(
            blocks=1 + BLOCK_SPREAD * (2 * blocks.T - 1),
            items=np.ones((sample.shape[1], items)),
            left_out=np.where(left_out < 0.5, -1, np.minimum((2 * left_out - 1) * items, items - 1)).astype(np.int64),
            stretched=stretched >= 0.5,
            multiplied=multiplied >= 0.5,
        )
        shifts = rank(self.add_up(versions), self._peer) - rank(self._plain, self._peer)
        return np.asarray(np.abs(shifts)[:, ~np.isnan(self._plain)].mean(axis=1))[None, :]


def _stretch(points: Array, limits: Array, peer: Ints) -> Array:
    """Achieved shares between the peers' worst (0) and best (1); as they are where all peers have the same."""
    shares = _divide(points, limits)
    found = np.nan_to_num(shares)
    for group in np.unique(peer):
        rows = peer == group
        known = ~np.isnan(shares[rows])
        worst = np.min(shares[rows], axis=0, where=known, initial=np.inf)
        best = np.max(shares[rows], axis=0, where=known, initial=-np.inf)
        spread = best - worst > 1e-9
        scaled = (shares[rows] - np.where(spread, worst, 0.0)) / np.where(spread, best - worst, 1.0)
        found[rows] = np.nan_to_num(scaled)
    return found


def _divide(above: Array, below: Array) -> Array:
    return np.asarray(np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0))
