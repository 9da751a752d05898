"""Rank sets: by hand, against a naive step-down, and their coverage."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.certainty import confidence
from transforms.certainty.confidence import find_rank_sets, step_down


def draw(errors: list[float], draws: int = 2000, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((draws, len(errors))) * np.array(errors)


def naive_pairs(scores: np.ndarray, deviations: np.ndarray, coverage: float) -> set[tuple[int, int]]:
    """(unit, other) significantly ahead, by the definition: one-sided hypotheses, step by step."""
    units = len(scores)
    spread = {(a, b): (deviations[:, a] - deviations[:, b]).std() for a in range(units) for b in range(units) if a != b}
    left, rejected = set(spread), set()
    while left:
        largest = [max((row[a] - row[b]) / spread[a, b] for a, b in left) for row in deviations]
        level = np.quantile(largest, coverage, method="higher")
        new = {(a, b) for a, b in left if (scores[a] - scores[b]) / spread[a, b] > level}
        if not new:
            break
        left, rejected = left - new, rejected | new
    return rejected


def test_equals_the_naive_step_down() -> None:
    scores, deviations = np.array([95.0, 90.0, 89.5, 80.0, 70.0]), draw([1.0, 2.0, 0.5, 4.0, 3.0], 400)
    sets = find_rank_sets(scores, deviations, 0.9)
    assert sets.ahead_of is not None
    assert set(zip(*np.nonzero(sets.ahead_of), strict=True)) == naive_pairs(scores, deviations, 0.9)
    assert sets.all_low.tolist() == [
        1 + sum((a, u) in naive_pairs(scores, deviations, 0.9) for a in range(5)) for u in range(5)
    ]


def test_two_units_are_apart_when_their_difference_is_significant() -> None:
    deviations = draw([1.0, 1.0], 20_000)
    near, far = (find_rank_sets(np.array([gap, 0.0]), deviations, 0.9) for gap in (2.2, 2.5))  # 1.645 x root of 2: 2.33
    assert (near.low.tolist(), near.high.tolist()) == ([1, 1], [2, 2])
    assert (far.low.tolist(), far.high.tolist()) == ([1, 2], [1, 2])


def test_without_chance_ranks_are_sure_and_ties_are_not_broken() -> None:
    sets = find_rank_sets(np.array([90.0, 80.0, 80.0, 70.0]), np.zeros((50, 4)), 0.9)
    assert sets.low.tolist() == [1, 2, 2, 4]
    assert sets.high.tolist() == [1, 3, 3, 4]
    assert [group.tolist() for group in sets.group_ranks()] == [[0], [1, 2], [3]]


@pytest.mark.parametrize("units", [0, 1])
def test_one_unit_or_none(units: int) -> None:
    sets = find_rank_sets(np.full(units, 80.0), np.zeros((10, units)), 0.9)
    assert sets.low.tolist() == sets.high.tolist() == [1] * units
    assert [group.tolist() for group in sets.group_ranks()] == [[0]][:units]


def test_the_true_ranks_are_covered() -> None:
    random = np.random.default_rng(5)
    truth = np.sort(random.normal(85, 4, 12))[::-1]
    errors, ranks = random.uniform(0.5, 3, 12), np.arange(1, 13)
    single, every, rounds = 0.0, 0, 150
    for _ in range(rounds):
        sets = find_rank_sets(truth + random.normal(size=12) * errors, random.normal(size=(800, 12)) * errors, 0.9)
        single += ((sets.low <= ranks) & (ranks <= sets.high)).mean()
        every += ((sets.all_low <= ranks) & (ranks <= sets.all_high)).all()
    assert single / rounds > 0.9
    assert every / rounds > 0.85  # 0.9 less three standard errors


def test_the_family_wise_error_is_the_stated_one_where_all_are_equal() -> None:
    """The case chance finds hardest: any difference found is false; 10 % of counties may have one."""
    random, wrong, rounds = np.random.default_rng(6), 0, 400
    for _ in range(rounds):
        sets = find_rank_sets(random.normal(size=8), random.normal(size=(1000, 8)), 0.9)
        wrong += bool((sets.all_low > 1).any())
    assert 0.055 < wrong / rounds < 0.145  # 0.1 +- three standard errors


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(60, 100), min_size=2, max_size=9), st.integers(0, 1000))
def test_properties(scores: list[float], seed: int) -> None:
    points = np.array(scores)
    sets = find_rank_sets(points, draw([2.0] * len(points), 300, seed), 0.9)
    ranks = 1 + (points[None, :] > points[:, None] + 1e-9).sum(axis=1)
    assert ((sets.low <= ranks) & (ranks <= sets.high)).all()
    assert ((sets.all_low <= sets.low) & (sets.high <= sets.all_high)).all()
    groups = sets.group_ranks()
    assert sorted(np.concatenate(groups).tolist()) == list(range(len(points)))
    assert sets.ahead_of is not None
    for group in groups:
        assert not sets.ahead_of[np.ix_(group, group)].any()
    for above, below in pairwise(groups):
        assert points[above].min() >= points[below].max()
        assert sets.ahead_of[above, below[0]].any()


def test_many_units_get_bonferroni_levels_never_narrower_than_by_counting(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(7)
    scores, errors = random.normal(85, 6, 300), random.uniform(0.5, 2, 300)
    deviations = random.normal(size=(400, 300)) * errors
    monkeypatch.setattr(confidence, "MOST_COMPARED", 1000)
    sets = find_rank_sets(scores, deviations, 0.9)
    assert sets.method == "bonferroni"
    margin = 3.5863 * np.sqrt(sets.errors[:, None] ** 2 + sets.errors**2)  # upper 1/6000 of the normal distribution
    naive = 1 + (scores[None, :] - scores[:, None] > margin).sum(axis=1)
    assert (sets.low <= naive).all()
    assert (naive - sets.low).mean() < 2
    for group in sets.group_ranks():
        worst, best = group[np.argmin(scores[group])], group[np.argmax(scores[group])]
        assert not sets.is_any_ahead(np.array([best]), int(worst))


def test_step_down_rejects_what_one_step_does_not() -> None:
    deviations = draw([1.0] * 6, 4000, 3).astype(np.float32).T
    one = np.float32(np.quantile(np.abs(deviations).max(axis=0), 0.9))
    statistics = np.array([9, 9, 9, 9, 9, one - 0.1], dtype=np.float32)
    above, below = step_down(statistics, deviations, 0.9)
    assert above.tolist() == [True] * 6
    assert not below.any()
