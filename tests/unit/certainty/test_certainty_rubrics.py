"""Every rubric of the catalogue can be asked how sure its ranks are, with gaps and approximate numbers."""

from dataclasses import asdict

import numpy as np
import pytest

from catalogue import load
from catalogue.inputs import inputs_of
from catalogue.periods import Period
from catalogue.rubric import TERM_ELAPSED, Rubric
from catalogue.rubric_loading import load_rubrics
from transforms.certainty import as_json, how_sure
from transforms.scoring import Inputs, rank, score

UNITS = 14


def effective(rubric: Rubric) -> Rubric:
    period = Period.holding(rubric.periods[-1], Period.month_of(rubric.valid_from).shifted(12 * 40))
    law = load().jurisdiction("national").on(period.last_day)
    return rubric.effective(period, {name: float(figure) for name, figure in asdict(law).items()} | {TERM_ELAPSED: 0.4})


def invent(rubric: Rubric, seed: int) -> Inputs:
    """Counts of 0 to 5 and shares of up to 40 cases for every input; a tenth missing, a tenth approximate."""
    random, declared = np.random.default_rng(seed), inputs_of(rubric.level)
    shape = (UNITS, len(rubric.inputs))
    are_rates = np.array([declared[code].is_rate for code in rubric.inputs])
    cases = np.where(are_rates, random.integers(0, 40, shape), np.nan)
    hits = np.where(are_rates, random.binomial(np.nan_to_num(cases).astype(int), 0.8), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(are_rates, hits / cases, random.integers(0, 6, shape))
    gone = random.random(shape) < 0.1
    figures = [np.where(gone, np.nan, array) for array in (value, hits, cases)]
    congress = np.arange(UNITS) < UNITS - 4
    return Inputs(
        units=tuple(f"u{place}" for place in range(UNITS)),
        codes=rubric.inputs,
        value=figures[0],
        numerator=figures[1],
        denominator=figures[2],
        approximate=random.random(shape) < 0.1,
        absent=np.zeros(shape, dtype=bool),
        congress=congress,
        peer=np.where(congress, 0, 1),
    )


@pytest.mark.parametrize("rubric", load_rubrics(), ids=lambda rubric: rubric.code)
def test_every_rubric(rubric: Rubric) -> None:
    whole = effective(rubric)
    inputs = invent(whole, 8)
    sure = how_sure(whole, inputs, seed=4, resamples=400, quota=[3, 1])
    ranks = rank(score(whole, inputs).total, inputs.peer)
    assert ((sure.rank_low <= ranks) & (ranks <= sure.rank_high)).all()
    assert (sure.rank_high <= [10] * 10 + [4] * 4).all()
    assert as_json(sure, inputs.units, inputs.codes)["resamples"] == 400
    by_chance = {code for code, redrawn in zip(inputs.codes, ~np.isnan(sure.rates).all(axis=0), strict=True) if redrawn}
    assert all(inputs_of(rubric.level)[code].evidence == "returns" for code in by_chance)
