"""Versions of a rubric: the rubric's own gives its own totals, and every other does what it says."""

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.certainty.assessments import COUNT_ITEM, RATE_ITEM, make_inputs, make_rubric, rate_rubric
from transforms.certainty.choices import BLOCK_SPREAD, Variation, Versions
from transforms.scoring import Inputs, rank, score

THREE = [RATE_ITEM, COUNT_ITEM.replace("C1", "C2").replace("points: 40", "points: 20")]


def trial_inputs(units: int = 9, seed: int = 2) -> Inputs:
    random = np.random.default_rng(seed)
    cases = random.integers(2, 30, units)
    hits = random.binomial(cases, 0.7)
    return make_inputs(list(zip(hits, cases, strict=True)), random.integers(0, 6, units).tolist())


def plain(variation: Variation, **changes: np.ndarray) -> Versions:
    """One version, the rubric's own but for the changes."""
    own = Versions(
        blocks=np.ones((1, len(variation.blocks))),
        items=np.ones((1, len(variation.codes))),
        left_out=np.array([-1]),
        stretched=np.array([False]),
        multiplied=np.array([False]),
    )
    return replace(own, **changes)


def test_the_rubrics_own_version_gives_its_own_totals() -> None:
    rubric, inputs = rate_rubric(), trial_inputs()
    scores = score(rubric, inputs)
    variation = Variation(rubric, scores, inputs.peer)
    np.testing.assert_allclose(variation.add_up(plain(variation))[0], scores.total, rtol=1e-12)


def test_leaving_an_item_out_is_scoring_by_a_rubric_without_it() -> None:
    rubric = make_rubric(A=(80, THREE), B=(40, [COUNT_ITEM]))
    inputs = trial_inputs()
    variation = Variation(rubric, score(rubric, inputs), inputs.peer)
    without = replace(rubric, items=rubric.items[1:])
    out = np.array([variation.codes.index(rubric.items[0].code)])
    found = variation.add_up(plain(variation, left_out=out))[0]
    np.testing.assert_allclose(found, score(without, inputs).total, rtol=1e-12)


def test_a_blocks_weight_multiplies_its_items() -> None:
    rubric, inputs = rate_rubric(), trial_inputs()
    variation = Variation(rubric, score(rubric, inputs), inputs.peer)
    found = variation.add_up(plain(variation, blocks=np.array([[1.25, 0.75]])))[0]
    by_hand = score(
        make_rubric(A=(75, [RATE_ITEM.replace("60", "75")]), B=(30, [COUNT_ITEM.replace("40", "30")])), inputs
    )
    np.testing.assert_allclose(found, by_hand.total / 105 * 100, rtol=1e-12)


def test_multiplied_blocks_never_exceed_added_ones_and_equal_them_where_blocks_are_alike() -> None:
    rubric = rate_rubric()
    inputs = make_inputs([(9, 10), (5, 10), (0, 10), (10, 10)], [1, 2, 4, 4])
    variation = Variation(rubric, score(rubric, inputs), inputs.peer)
    added = variation.add_up(plain(variation))[0]
    multiplied = variation.add_up(plain(variation, multiplied=np.array([True])))[0]
    assert (multiplied <= added + 1e-9).all()
    assert multiplied[0] == pytest.approx(100 * 0.9**0.6 * 0.25**0.4)
    np.testing.assert_allclose(multiplied[[1, 3]], added[[1, 3]])


def test_stretched_shares_run_from_the_worst_peer_to_the_best() -> None:
    rubric = make_rubric(A=(60, [RATE_ITEM]))
    inputs = make_inputs([(4, 10), (6, 10), (8, 10), (1, 10), (3, 10)], [1] * 5, peer=[0, 0, 0, 1, 1])
    variation = Variation(rubric, score(rubric, inputs), inputs.peer)
    found = variation.add_up(plain(variation, stretched=np.array([True])))[0]
    np.testing.assert_allclose(found, [0, 30, 60, 0, 60], atol=1e-9)


def test_what_was_not_judged_weighs_nothing() -> None:
    rubric = rate_rubric()
    inputs = make_inputs([(np.nan, np.nan), (5, 10)], [2, 2])
    variation = Variation(rubric, score(rubric, inputs), inputs.peer)
    found = variation.add_up(plain(variation, blocks=np.array([[1.25, 0.8]])))[0]
    assert found[0] == pytest.approx(50)


def test_versions_stay_within_their_bounds() -> None:
    rubric, inputs = rate_rubric(), trial_inputs()
    variation = Variation(rubric, score(rubric, inputs), inputs.peer)
    drawn = variation.draw(np.random.default_rng(1), 500)
    assert np.abs(drawn.blocks - 1).max() <= BLOCK_SPREAD
    assert set(np.unique(drawn.left_out)) == {-1, 0, 1}
    assert 0.4 < (drawn.left_out < 0).mean() < 0.6


def test_shares_name_the_choice_that_matters() -> None:
    """With one block its weight cancels out, and one block multiplied is one block added."""
    rubric = make_rubric(A=(80, THREE))
    inputs = trial_inputs(20)
    variation = Variation(rubric, score(rubric, inputs), inputs.peer)
    shares = {share.choice: share for share in variation.share_out(np.random.default_rng(3))}
    assert set(shares) == {"A", "left_out", "stretched", "multiplied"}
    assert abs(shares["A"].total) < 1e-9
    assert abs(shares["multiplied"].total) < 1e-9
    assert shares["left_out"].total > 0.5
    assert shares["left_out"].first <= shares["left_out"].total + 0.1


def test_choices_that_shift_nothing_have_no_shares() -> None:
    rubric, inputs = rate_rubric(), make_inputs([(10, 10), (2, 10)], [4, 0])
    variation = Variation(rubric, score(rubric, inputs), inputs.peer)
    assert variation.share_out(np.random.default_rng(3)) == ()


def test_ranks_follow_the_version() -> None:
    rubric = rate_rubric()
    inputs = make_inputs([(10, 10), (4, 10)], [0, 3])
    variation = Variation(rubric, score(rubric, inputs), inputs.peer)
    ranks = [
        rank(variation.add_up(plain(variation, left_out=np.array([out]))), inputs.peer)[0].tolist()
        for out in (-1, 0, 1)
    ]
    assert ranks == [[1, 2], [2, 1], [1, 2]]
