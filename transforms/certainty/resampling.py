"""Resampled inputs: known counts redrawn by chance, gaps filled from the peers, approximate numbers within a range.

What is redrawn: everything from the returns that is a whole number or a rate. Of a rate its numerator, the denominator
stays; a share (numerator within the denominator) and a flag are binomial, a count per exposure (“…_per_…”, NORMED, or
above 1 somewhere) Poisson. What is not: what a panel enters, and figures that are no counts; those are facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from catalogue.inputs import inputs_of
from catalogue.rubric import Rubric
from transforms.certainty.chance import LEVELS, tabulate_quantiles
from transforms.certainty.shrinkage import Prior, pool_peers
from transforms.scoring import Inputs

PER = "_per_"  # in the code of a count per exposure
NORMED = frozenset({"group_activity_level"})  # counts over a norm, capped at it
APPROXIMATE = 0.1  # an approximate number may be off by this share, by one at least
_FIGURES = 1_000_000  # redrawn at a time, so that they stay in the processor's cache

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Law:
    """What chance deals in place of an input's counts: units `rows` have the quantiles `table` [kind, LEVELS] of their
    `kind`; units with the same figures are of one kind."""

    rows: Ints
    kind: Ints
    table: Array

    def draw(self, random: np.random.Generator, draws: int) -> Array:
        """[draw, row]: independent counts."""
        picks = random.integers(0, LEVELS, (draws, len(self.rows)), dtype=np.uint8).astype(np.int64)
        picks += self.kind * LEVELS
        return np.asarray(self.table.ravel()[picks])


@dataclass(frozen=True)
class Model:
    """How the figures came about. Arrays are [unit, input]; `counts` over `exposures` (1 for plain counts).

    `are_rates`, `are_shares` [input]; `prior`: what the peers say; `rates`: shrunk rates; `redrawn`: cells chance
    touches; `missing`: gaps that items rest on and some unit knows; `approximate`: numbers known within a range.
    """

    inputs: Inputs
    counts: Array
    exposures: Array
    are_rates: Marks
    are_shares: Marks
    prior: Prior
    rates: Array
    redrawn: Marks
    missing: Marks
    approximate: Marks

    @property
    def has_gaps(self) -> bool:
        """True when a cell is missing or approximate."""
        return bool(self.missing.any() or self.approximate.any())


def model_inputs(rubric: Rubric, inputs: Inputs) -> Model:
    """The model of inputs [U, I] without leading axes, for a rubric whose figures are numbers."""
    rates = inputs.is_rate
    counts = np.where(rates, inputs.numerator, inputs.value)
    exposures = np.where(rates, inputs.denominator, 1.0)
    known = ~np.isnan(counts) & (np.nan_to_num(exposures) > 0) & ~inputs.absent
    counts = np.where(known, counts, np.nan)
    above = (np.nan_to_num(counts) > np.nan_to_num(exposures)).any(axis=0)
    flags = {code for item in rubric.items for part in item.parts if part.type == "flag" for code in part.inputs}
    shares = ~above & (
        rates & _mark(inputs, lambda code: PER not in code and code not in NORMED) | _mark(inputs, flags.__contains__)
    )
    prior = pool_peers(counts, exposures, shares, inputs.peer)
    used = _mark(inputs, set(rubric.inputs).__contains__)
    everywhere = {code for item in rubric.items if item.applies_to == "all" for code in item.inputs}
    due = used & (inputs.congress[:, None] | _mark(inputs, everywhere.__contains__))
    return Model(
        inputs=inputs,
        counts=counts,
        exposures=exposures,
        are_rates=rates,
        are_shares=shares,
        prior=prior,
        rates=prior.shrink(counts, exposures),
        redrawn=known & due & _are_by_chance(rubric, inputs, counts, rates),
        missing=inputs.missing & due & known.any(axis=0),
        approximate=inputs.approximate & known & due,
    )


def _mark(inputs: Inputs, holds: Callable[[str], bool]) -> Marks:
    return np.array([holds(code) for code in inputs.codes], dtype=bool)


def _are_by_chance(rubric: Rubric, inputs: Inputs, counts: Array, rates: Marks) -> Marks:
    """[I]: from the returns, and whole numbers of 0 and more or rates."""
    declared = inputs_of(rubric.level)
    whole = np.isnan(counts) | ((counts >= 0) & (np.abs(counts - np.round(counts)) < 1e-9))
    returned = _mark(inputs, lambda code: code not in declared or declared[code].evidence == "returns")
    return returned & (whole.all(axis=0) | rates)


def redraw(
    model: Model, random: np.random.Generator, draws: int, *, chance: bool = True, gaps: bool = True
) -> Iterator[Inputs]:
    """Resamples of the inputs in batches, [draw, U, I]: by chance, with the gaps filled, or both."""
    laws = _find_laws(model) if chance else {}
    columns = [np.ascontiguousarray(array.T)[:, None, :] for array in _arrays(model.inputs)]
    batch = max(1, _FIGURES // max(model.counts.size, 1))
    for start in range(0, draws, batch):
        size = min(batch, draws - start)
        sizes = (size, size, size if gaps else 1)
        figures = _Figures(model, *map(partial(np.repeat, axis=1), columns, sizes))
        for column, law in laws.items():
            figures.put_counts(column, law.rows, law.draw(random, size))
        if gaps:
            _fill(model, figures, random)
            _widen(model, figures, random)
        yield figures.inputs()


def _find_laws(model: Model) -> dict[int, Law]:
    """By input the distributions chance draws from: mean the shrunk rate times the exposure."""
    laws = {}
    for column in np.flatnonzero(model.redrawn.any(axis=0)).tolist():
        rows = np.flatnonzero(model.redrawn[:, column])
        rate, exposure = model.rates[rows, column], model.exposures[rows, column]
        mean, spread = rate * exposure, model.prior.dispersion[rows, column]
        if model.are_shares[column]:
            spread = 1 - rate
        else:  # so many trials as make a whole number
            few = spread < 1
            trials = np.ceil(mean / np.where(few, 1 - spread, 1.0) - 1e-9)
            spread = np.where(few, 1 - mean / np.maximum(trials, 1.0), 1.0)
        kinds, kind = np.unique(mean + 1j * spread, return_inverse=True)
        laws[column] = Law(rows, kind, tabulate_quantiles(kinds.real, kinds.imag))
    return laws


@dataclass
class _Figures:
    """Figures being redrawn, [input, draw, unit], so that an input's resamples lie together.

    The denominators have one draw where no gap is to be filled.
    """

    model: Model
    value: Array
    numerator: Array
    denominator: Array

    @property
    def draws(self) -> int:
        return int(self.value.shape[1])

    def put_counts(self, column: int, rows: Ints, counts: Array) -> None:
        """The counts [draw, row] stand in place of the known ones."""
        if self.model.are_rates[column]:
            self.numerator[column][:, rows] = counts
            self.value[column][:, rows] = counts / self.denominator[column][:, rows]
        else:
            self.value[column][:, rows] = counts

    def inputs(self) -> Inputs:
        """As inputs [draw, U, I]."""
        return self.model.inputs.with_figures(
            *(np.moveaxis(array, 0, -1) for array in (self.value, self.numerator, self.denominator))
        )


def _arrays(inputs: Inputs) -> tuple[Array, Array, Array]:
    return inputs.value, inputs.numerator, inputs.denominator


def _fill(model: Model, figures: _Figures, random: np.random.Generator) -> None:
    """Every gap has the figures of a peer that knows it, of the same peer for all gaps of a unit where possible."""
    inputs, chosen = model.inputs, random.random((figures.draws, len(model.inputs.units)))
    targets = (figures.value, figures.numerator, figures.denominator)
    for column in np.flatnonzero(model.missing.any(axis=0)):
        known = ~np.isnan(inputs.value[:, column]) & ~inputs.absent[:, column]
        for group in np.unique(inputs.peer[model.missing[:, column]]):
            rows = np.flatnonzero(model.missing[:, column] & (inputs.peer == group))
            peers = np.flatnonzero(known & (inputs.peer == group))
            donors = peers if len(peers) else np.flatnonzero(known)
            donor = donors[(chosen[:, rows] * len(donors)).astype(np.int64)]
            for target, source in zip(targets, _arrays(inputs), strict=True):
                target[column][:, rows] = source[donor, column]


def _widen(model: Model, figures: _Figures, random: np.random.Generator) -> None:
    """Every approximate count lies anywhere within APPROXIMATE of it, by one at least."""
    for column in np.flatnonzero(model.approximate.any(axis=0)).tolist():
        rows = np.flatnonzero(model.approximate[:, column])
        counts = (figures.numerator if model.are_rates[column] else figures.value)[column][:, rows]
        reach = np.maximum(APPROXIMATE * counts, 1.0)
        figures.put_counts(column, rows, np.maximum(counts + random.uniform(-1, 1, counts.shape) * reach, 0.0))
