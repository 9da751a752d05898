"""how_sure as a whole: against enumeration, and in the corners."""

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy import stats

from tests.unit.certainty.assessments import COUNT_ITEM, RATE_ITEM, make_inputs, make_rubric, rate_rubric
from transforms.certainty import as_json, certainty, how_sure
from transforms.certainty.resampling import model_inputs, redraw
from transforms.scoring import Inputs, rank, score


def county(units: int = 12, seed: int = 3) -> Inputs:
    random = np.random.default_rng(seed)
    cases = random.integers(3, 60, units)
    return make_inputs(
        list(zip(random.binomial(cases, random.beta(4, 2, units)), cases, strict=True)),
        random.poisson(3, units).tolist(),
    )


def test_the_standard_error_is_that_of_all_outcomes_enumerated() -> None:
    rubric, inputs = rate_rubric(), county()
    model = model_inputs(rubric, inputs)
    sure = how_sure(rubric, inputs, seed=1, resamples=20_000)
    for unit in range(3):
        cases, rate, mean = int(inputs.denominator[unit, 0]), model.rates[unit, 0], model.rates[unit, 1]
        spread = model.prior.dispersion[unit, 1]
        shots = int(np.ceil(mean / (1 - spread))) if spread < 1 else 0
        law = stats.binom(shots, mean / shots) if shots else stats.poisson(mean)
        outcomes = [
            (60 * hits / cases + 10 * min(count, 4), stats.binom.pmf(hits, cases, rate) * law.pmf(count))
            for hits, count in product(range(cases + 1), range(40))
        ]
        centre = sum(points * chance for points, chance in outcomes)
        variance = sum((points - centre) ** 2 * chance for points, chance in outcomes)
        assert sure.errors[unit] == pytest.approx(np.sqrt(variance), rel=0.03)


def test_the_chance_to_be_ahead_is_the_enumerated_one() -> None:
    """Two units, nothing shrunk, one item: who is ahead in how many of all outcomes, centred on what was observed."""
    rubric = make_rubric(A=(60, [RATE_ITEM]))
    inputs = make_inputs([(8, 10), (9, 13)], [0, 0])
    rates = model_inputs(rubric, inputs).rates[:, 0]
    hits = [np.arange(11), np.arange(14)]
    chances = [stats.binom.pmf(hits[unit], len(hits[unit]) - 1, rates[unit]) for unit in range(2)]
    ahead = (8 / 10 + hits[0] / 10 - rates[0])[:, None] > (9 / 13 + hits[1] / 13 - rates[1])[None, :]
    sure = how_sure(rubric, inputs, seed=5, resamples=40_000, quota=[1])
    assert sure.inside_quota[0] == pytest.approx(chances[0] @ ahead @ chances[1], abs=0.015)


def test_the_same_seed_gives_the_same_answer_and_another_one_a_similar_one() -> None:
    rubric, inputs = rate_rubric(), county()
    one, again, other = (
        as_json(how_sure(rubric, inputs, seed=seed, quota=[4]), inputs.units, inputs.codes) for seed in (1, 1, 2)
    )
    assert one == again
    assert one != other
    for unit in inputs.units:
        assert abs(one["units"][unit]["inside_quota"] - other["units"][unit]["inside_quota"]) < 0.05


def test_intervals_hold_the_rank_and_what_each_source_says() -> None:
    rubric, inputs = rate_rubric(), county()
    sure = how_sure(rubric, inputs, seed=1, quota=[4])
    ranks = rank(score(rubric, inputs).total, inputs.peer)
    for low, high in ((sure.rank_low, sure.rank_high), (sure.sure_low, sure.sure_high), (sure.all_low, sure.all_high)):
        assert ((low <= ranks) & (ranks <= high)).all()
    for source in sure.sources.values():
        assert ((sure.rank_low <= source.low) & (source.high <= sure.rank_high)).all()
    assert sure.sources["gaps"].low.tolist() == sure.sources["gaps"].high.tolist() == ranks.tolist()
    assert sure.inside_quota.sum() == pytest.approx(4, abs=0.3)


def test_one_of_one_is_less_sure_than_69_of_69() -> None:
    rubric = make_rubric(A=(60, [RATE_ITEM]))
    inputs = make_inputs([(1, 1), (69, 69), *[(3 * k, 4 * k) for k in range(2, 12)]], [0] * 12)
    sure = how_sure(rubric, inputs, seed=1, quota=[1])
    width = sure.rank_high - sure.rank_low
    assert width[0] > width[1]
    assert sure.inside_quota[0] < sure.inside_quota[1]
    assert sure.rates[0, 0] < sure.rates[1, 0]


def test_a_gap_is_filled_from_the_peers_and_widens_the_interval() -> None:
    rubric, inputs = rate_rubric(), county()
    numerator, denominator, value = inputs.numerator.copy(), inputs.denominator.copy(), inputs.value.copy()
    numerator[2, 0] = denominator[2, 0] = value[2, 0] = np.nan
    gappy = inputs.with_figures(value, numerator, denominator)
    sure = how_sure(rubric, gappy, seed=1)
    gaps = sure.sources["gaps"]
    assert gaps.high[2] > gaps.low[2]
    assert gaps.spread[2] == gaps.spread.max()
    filled = next(redraw(model_inputs(rubric, gappy), np.random.default_rng(1), 300, chance=False))
    peers = {float(share) for place, share in enumerate(inputs.value[:, 0]) if place != 2}
    assert set(filled.value[:, 2, 0].tolist()) <= peers
    assert len(set(filled.value[:, 2, 0].tolist())) > 5
    np.testing.assert_array_equal(filled.value[:, :2], np.broadcast_to(inputs.value[:2], (300, 2, 2)))


def test_what_nobody_submitted_is_zero_and_not_filled() -> None:
    rubric = rate_rubric()
    inputs = make_inputs([(8, 10), (6, 10), (np.nan, np.nan)], [3, 3, np.nan], absent=[2])
    assert not model_inputs(rubric, inputs).has_gaps
    sure = how_sure(rubric, inputs, seed=1)
    assert sure.rank_low[2] == sure.rank_high[2] == 3


def test_approximate_numbers_move_within_their_range() -> None:
    rubric, inputs = rate_rubric(), make_inputs([(8, 10), (6, 10)], [60, 2])
    about = replace(inputs, approximate=np.array([[False, True], [False, False]]))
    model = model_inputs(rubric, about)
    assert model.has_gaps
    counts = next(redraw(model, np.random.default_rng(1), 500, chance=False)).value[:, 0, 1]
    assert 54 <= counts.min() < 55
    assert 65 < counts.max() <= 66


def test_what_a_panel_enters_is_no_matter_of_chance() -> None:
    kind = "points: 5, type: base_extra_cap, inputs: [innovation_points], base: 1, extra: 1"
    item = f"{{code: P1, label: 创新, label_en: p, {kind}}}"
    rubric = make_rubric(A=(60, [RATE_ITEM]), B=(5, [item]))
    inputs = make_inputs([(8, 10), (6, 10)], [2, 1])
    inputs = replace(inputs, codes=(inputs.codes[0], "innovation_points"))
    assert model_inputs(rubric, inputs).redrawn.tolist() == [[True, False], [True, False]]


def test_street_offices_are_a_world_of_their_own() -> None:
    rubric = rate_rubric()
    inputs = make_inputs([(9, 10), (8, 10), (2, 10), (1, 10)], [4, 3, 2, 1], peer=[0, 0, 1, 1])
    sure = how_sure(rubric, inputs, seed=1, quota=[1, 1])
    assert sure.rank_high.max() <= 2
    assert {unit for group in sure.groups[1] for unit in group} == {2, 3}
    assert sure.lines[1] is not None
    assert (sure.lines[1].inside, sure.lines[1].outside) == (2, 3)


def test_a_tie_across_the_line_is_said_and_never_firm() -> None:
    rubric, inputs = rate_rubric(), make_inputs([(9, 10), (8, 10), (8, 10), (1, 10)], [4, 3, 3, 0])
    sure = how_sure(rubric, inputs, seed=1, quota=[2])
    line = sure.lines[0]
    assert line is not None
    assert line.is_tied
    assert not line.is_firm
    assert line.chance == 0.5
    assert sure.line_is_firm == (False,)
    assert {line.inside, line.outside} == {1, 2} <= set(line.contenders)


def test_a_tie_holds_every_place_a_tiebreak_may_give() -> None:
    """Without any chance as well: two villages with the same panel's figures."""
    kind = "points: 60, type: base_extra_cap, inputs: [innovation_points], base: 9, extra: 9"
    item = f"{{code: P1, label: 创新, label_en: p, {kind}}}"
    rubric = make_rubric(A=(60, [item]))
    inputs = make_inputs([(1, 2)] * 4, [3, 2, 2, 1])
    inputs = replace(inputs, codes=(inputs.codes[0], "innovation_points"))
    sure = how_sure(rubric, inputs, seed=1)
    assert sure.errors.tolist() == [0, 0, 0, 0]
    assert (sure.rank_low.tolist(), sure.rank_high.tolist()) == ([1, 2, 2, 4], [1, 3, 3, 4])


def test_gaps_of_many_units_are_filled_from_their_own_group() -> None:
    rubric = rate_rubric()
    gap = (np.nan, np.nan)
    inputs = make_inputs([(9, 10), gap, (8, 10), (1, 10), gap, (2, 10)], [3] * 6, peer=[0] * 3 + [1] * 3)
    filled = next(redraw(model_inputs(rubric, inputs), np.random.default_rng(1), 200, chance=False)).value
    assert set(filled[:, 1, 0].tolist()) == {0.9, 0.8}
    assert set(filled[:, 4, 0].tolist()) == {0.1, 0.2}


def test_a_wide_gap_at_the_line_is_firm() -> None:
    rubric = rate_rubric()
    inputs = make_inputs([(98, 100), (97, 100), (10, 100), (12, 100)], [4, 4, 0, 0])
    sure = how_sure(rubric, inputs, seed=1, quota=[2])
    assert sure.lines[0] is not None
    assert sure.lines[0].is_firm
    assert sure.lines[0].candidates == (0, 1)
    assert sure.inside_quota.tolist() == [1, 1, 0, 0]
    assert [set(group) for group in sure.groups[0]] == [{0, 1}, {2, 3}]


@pytest.mark.parametrize("seats", [[0], [4], [9], []])
def test_a_quota_that_divides_nobody_has_no_line(seats: list[int]) -> None:
    sure = how_sure(rate_rubric(), county(4), seed=1, quota=seats)
    assert sure.lines == (None,)
    assert np.isnan(sure.inside_quota).all() == (not seats)


def test_units_without_a_score_have_no_rank() -> None:
    rubric = rate_rubric()
    inputs = make_inputs([(8, 10), (np.nan, np.nan), (0, 0)], [3, np.nan, np.nan])
    sure = how_sure(rubric, inputs, seed=1, quota=[1])
    assert sure.rank_low.tolist() == [1, 0, 0]
    assert np.isnan(sure.inside_quota[1:]).all()
    assert as_json(sure, inputs.units, inputs.codes)["units"]["u1"]["rank"] is None


@pytest.mark.parametrize("units", [0, 1, 2])
def test_few_units_or_none(units: int) -> None:
    inputs = county(5)
    few = (
        make_inputs([(1, 2)] * units, [1.0] * units)
        if units
        else replace(
            make_inputs([(1, 2)], [1.0]),
            units=(),
            **{
                name: getattr(inputs, name)[:0]
                for name in ("value", "numerator", "denominator", "approximate", "absent")
            },
            congress=inputs.congress[:0],
            peer=inputs.peer[:0],
        )
    )
    sure = how_sure(rate_rubric(), few, seed=1, quota=[1])
    assert sure.rank_low.tolist() == [1] * units
    assert sure.rank_high.tolist() == [units] * units


def test_everything_missing_is_no_failure() -> None:
    inputs = make_inputs([(np.nan, np.nan)] * 3, [np.nan] * 3)
    sure = how_sure(rate_rubric(), inputs, seed=1, quota=[1])
    assert sure.rank_high.tolist() == [0, 0, 0]
    assert sure.lines == (None,)


def test_the_json_has_no_number_json_does_not_know() -> None:
    rubric, inputs = rate_rubric(), county()
    found = as_json(how_sure(rubric, inputs, seed=1, quota=[4]), inputs.units, inputs.codes)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert set(found["units"]) == set(inputs.units)


def test_many_units_are_resampled_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certainty, "_FIGURES", 10_000)
    sure = how_sure(rate_rubric(), county(12), seed=1)
    assert sure.resamples == 10_000 // (12 * 2)


def test_the_true_ranks_are_covered_nine_times_in_ten() -> None:
    """Counties drawn from the model itself; the rank under the true expected score."""
    random = np.random.default_rng(21)
    rubric = make_rubric(A=(60, [RATE_ITEM]), B=(40, [COUNT_ITEM.replace("target: 4", "target: 30")]))
    covered, width, rounds, units = 0.0, 0.0, 60, 20
    for _ in range(rounds):
        chances, means = random.beta(7, 3, units), random.gamma(8, 1.2, units)
        cases = random.integers(5, 80, units)
        found = make_inputs(
            list(zip(random.binomial(cases, chances), cases, strict=True)), random.poisson(means).tolist()
        )
        true = rank(60 * chances + 40 / 30 * np.minimum(means, 30), found.peer)
        counts = how_sure(rubric, found, seed=1, resamples=1000).sources["counts"]
        covered += ((counts.low <= true) & (true <= counts.high)).mean()
        width += (counts.high - counts.low + 1).mean()
    assert covered / rounds > 0.88
    assert width / rounds < 0.75 * units
