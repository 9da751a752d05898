"""How sure every rank is: small counts, the rubric's choices, gaps in the data, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from catalogue.rubric import Rubric
from transforms.certainty.choices import Share, Variation
from transforms.certainty.placement import Doubt, Line, Placement, Source, place_units
from transforms.certainty.resampling import Model, model_inputs, redraw
from transforms.scoring import Inputs, score

LEAST_DRAWS = 250  # however many units there are
VERSIONS = 2_000  # of the rubric, and fillings of gaps
SOURCES = ("counts", "choices", "gaps")
_FIGURES = 25_000_000  # resamples x units x items, at most, where that allows LEAST_DRAWS

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Certainty:
    """The answer of how_sure; U units, ranks within peer groups, 0 where a unit has none.

    rank_low, rank_high  interval of the rank from all sources: of the intervals of a county the share `coverage` holds
                         the true rank
    sure_low, sure_high  from chance and gaps: of every single unit the true rank is held with the coverage (confidence
                         sets after Mogstad et al., wide)
    all_low, all_high    the same for all units of a group at once
    sources              counts, choices, gaps: what each does by itself
    inside_quota         chance to be inside the quota, from all sources; NaN without rank or quota
    groups               per peer group those of adjacent ranks that cannot be told apart (units, best first)
    lines                per peer group the line of the quota; None where it divides nobody
    shares               Sobol's shares of the choices in the shifts of rank
    errors               standard error of the score from chance and gaps; NaN without a score
    rates                shrunk rates (means of counts) of what chance touches, [U, I]; NaN elsewhere
    resamples, method    resamples drawn; step-down or bonferroni, see transforms.certainty.confidence
    """

    rank_low: Ints
    rank_high: Ints
    sure_low: Ints
    sure_high: Ints
    all_low: Ints
    all_high: Ints
    sources: Mapping[str, Source]
    inside_quota: Array
    groups: tuple[tuple[tuple[int, ...], ...], ...]
    lines: tuple[Line | None, ...]
    shares: tuple[Share, ...]
    errors: Array
    rates: Array
    seed: int
    resamples: int
    coverage: float
    method: str

    @property
    def line_is_firm(self) -> tuple[bool, ...]:
        """Per peer group: the line of the quota is significant, or divides nobody."""
        return tuple(line is None or line.is_firm for line in self.lines)


def how_sure(
    rubric: Rubric,
    inputs: Inputs,
    *,
    seed: int,
    resamples: int = 10_000,
    coverage: float = 0.9,
    quota: Sequence[int] | Ints = (),
) -> Certainty:
    """How sure the ranks of these inputs [U, I] are, within the peer groups of `inputs.peer`.

    `rubric`: with numbers only (Rubric.effective). `quota`: seats per peer group, () for none. The same arguments give
    the same answer. With many units fewer resamples are drawn (Certainty.resamples says how many).
    """
    random = np.random.Generator(np.random.SFC64(seed))
    draws = min(resamples, max(LEAST_DRAWS, _FIGURES // max(len(inputs.units) * len(rubric.items), 1)))
    scores = score(rubric, inputs)
    model = model_inputs(rubric, inputs)
    chance = _deviate(rubric, model, random, draws, gaps=False)
    together = _deviate(rubric, model, random, draws, gaps=True) if model.has_gaps else chance
    variation = Variation(rubric, scores, inputs.peer)
    versions = variation.add_up(variation.draw(random, min(draws, VERSIONS)))
    filled = _fill(rubric, model, random, min(draws, VERSIONS), scores.total)
    places, placements = [], []
    for group in range(int(inputs.peer.max(initial=-1)) + 1):
        rows = np.flatnonzero((inputs.peer == group) & ~np.isnan(scores.total))
        seats = int(quota[group]) if group < len(quota) else None
        parts = [array[:, rows] for array in (chance, together, versions, filled)]
        doubt = Doubt(parts[0], parts[0] if together is chance else parts[1], parts[2], parts[3])
        places.append(rows)
        placements.append(place_units(scores.total[rows], doubt, coverage, seats))
    shares = variation.share_out(random)
    rates = np.where(model.redrawn, model.rates, np.nan)
    return _assemble(len(inputs.units), places, placements, shares, rates, (seed, draws, coverage))


def _deviate(rubric: Rubric, model: Model, random: np.random.Generator, draws: int, *, gaps: bool) -> Array:
    """[draw, U]: what chance (and the gaps) add to the total, centred; 0 for units without a score."""
    totals = np.concatenate([score(rubric, batch).total for batch in redraw(model, random, draws, gaps=gaps)])
    known = ~np.isnan(totals)
    mean = np.where(known, totals, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.asarray(np.where(known, totals - mean, 0.0))


def _fill(rubric: Rubric, model: Model, random: np.random.Generator, draws: int, total: Array) -> Array:
    """[draw, U]: totals with the gaps filled from the peers and nothing else changed; as it is where there are none."""
    if not model.has_gaps:
        return total[None, :]
    return np.concatenate([score(rubric, batch).total for batch in redraw(model, random, draws, chance=False)])


def _assemble(
    units: int,
    places: Sequence[Ints],
    placements: Sequence[Placement],
    shares: tuple[Share, ...],
    rates: Array,
    settings: tuple[int, int, float],
) -> Certainty:
    """The answers of the peer groups put back in the order of the units."""

    def spread(name: str, empty: float, source: str | None = None) -> Array:
        whole = np.full(units, empty)
        for rows, placement in zip(places, placements, strict=True):
            whole[rows] = getattr(placement.sources[source] if source else placement, name)
        return whole

    def ranks(name: str, source: str | None = None) -> Ints:
        return spread(name, 0, source).astype(np.int64)

    names = ("sure_low", "sure_high", "all_low", "all_high")
    seed, draws, coverage = settings
    return Certainty(
        rank_low=ranks("low"),
        rank_high=ranks("high"),
        **{name: ranks(name) for name in names},
        sources={
            source: Source(ranks("low", source), ranks("high", source), spread("spread", np.nan, source))
            for source in SOURCES
        },
        inside_quota=spread("inside_quota", np.nan),
        groups=tuple(
            tuple(tuple(rows[list(group)].tolist()) for group in placement.groups)
            for rows, placement in zip(places, placements, strict=True)
        ),
        lines=tuple(_renumber(placement.line, rows) for rows, placement in zip(places, placements, strict=True)),
        shares=shares,
        errors=spread("errors", np.nan),
        rates=rates,
        seed=seed,
        resamples=draws,
        coverage=coverage,
        method="bonferroni" if any(placement.method == "bonferroni" for placement in placements) else "step-down",
    )


def _renumber(line: Line | None, rows: Ints) -> Line | None:
    """The line with the county's numbers of the units instead of the peer group's."""
    if line is None:
        return None
    return replace(
        line,
        inside=int(rows[line.inside]),
        outside=int(rows[line.outside]),
        contenders=tuple(rows[list(line.contenders)].tolist()),
        candidates=tuple(rows[list(line.candidates)].tolist()),
    )
