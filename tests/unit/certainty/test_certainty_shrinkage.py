"""Shrinkage towards the peers: properties, and recovery of what a county was generated with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.certainty.shrinkage import MIN_PEERS, pool_peers

SHARE, COUNT = np.array([True]), np.array([False])


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def one_group(units: int) -> np.ndarray:
    return np.zeros(units, dtype=np.int64)


@given(st.lists(st.tuples(st.integers(0, 80), st.integers(1, 80)), max_size=12))
def test_one_of_one_never_beats_69_of_69(others: list[tuple[int, int]]) -> None:
    cells = [(1, 1), (69, 69), *((min(pair), max(pair)) for pair in others)]
    hits, cases = (column(*numbers) for numbers in zip(*cells, strict=True))
    rates = pool_peers(hits, cases, SHARE, one_group(len(cells))).shrink(hits, cases)
    assert rates[0, 0] < rates[1, 0] < 1


@given(st.lists(st.tuples(st.integers(0, 80), st.integers(1, 80)), max_size=12))
def test_none_of_one_never_falls_behind_none_of_69(others: list[tuple[int, int]]) -> None:
    cells = [(0, 1), (0, 69), *((min(pair), max(pair)) for pair in others)]
    hits, cases = (column(*numbers) for numbers in zip(*cells, strict=True))
    rates = pool_peers(hits, cases, SHARE, one_group(len(cells))).shrink(hits, cases)
    assert rates[0, 0] > rates[1, 0] > 0


def test_shrunk_rates_lie_between_own_and_peers_and_nearer_to_their_own_with_more_cases() -> None:
    hits, cases = column(9, 90, 10, 5, 40, 20), column(10, 100, 20, 10, 80, 40)
    prior = pool_peers(hits, cases, SHARE, one_group(6))
    rates = prior.shrink(hits, cases)
    assert prior.rate[0, 0] < rates[0, 0] < rates[1, 0] < 0.9


def test_a_beta_binomial_county_gives_its_parameters_back() -> None:
    random = np.random.default_rng(11)
    cases = random.integers(20, 60, (4000, 1)).astype(float)
    hits = random.binomial(cases.astype(int), random.beta(6.0, 4.0, cases.shape)).astype(float)
    prior = pool_peers(hits, cases, SHARE, one_group(len(cases)))
    assert prior.rate[0, 0] == pytest.approx(0.6, abs=0.01)
    assert prior.strength[0, 0] == pytest.approx(10.0, rel=0.1)


def test_a_gamma_poisson_county_gives_its_parameters_back() -> None:
    random = np.random.default_rng(12)
    exposure = random.uniform(20, 60, (4000, 1))
    counts = random.poisson(exposure * random.gamma(5.0, 0.1, exposure.shape)).astype(float)
    prior = pool_peers(counts, exposure, COUNT, one_group(len(exposure)))
    assert prior.rate[0, 0] == pytest.approx(0.5, abs=0.01)
    assert prior.strength[0, 0] == pytest.approx(10.0, rel=0.1)  # rate of the gamma distribution
    assert prior.dispersion[0, 0] == 1.0


def test_counts_more_regular_than_chance_are_not_taken_for_poisson() -> None:
    twice = column(*([2.0] * 27 + [1.0] * 4))
    prior = pool_peers(twice, np.ones_like(twice), COUNT, one_group(31))
    assert prior.dispersion[0, 0] < 0.15


def test_shrinking_brings_rates_nearer_to_the_truth() -> None:
    random = np.random.default_rng(13)
    truth = random.beta(6.0, 4.0, (31, 200))
    cases = random.integers(1, 15, truth.shape).astype(float)
    hits = random.binomial(cases.astype(int), truth).astype(float)
    rates = pool_peers(hits, cases, np.ones(200, dtype=bool), one_group(31)).shrink(hits, cases)
    assert ((rates - truth) ** 2).mean() < 0.5 * ((hits / cases - truth) ** 2).mean()


def test_groups_are_apart_unless_too_small() -> None:
    hits, cases = column(*[9.0] * MIN_PEERS, 1, 1), column(*[10.0] * MIN_PEERS, 10, 10)
    groups = np.array([0] * MIN_PEERS + [1, 1])
    prior = pool_peers(hits, cases, SHARE, groups)
    assert prior.rate[0, 0] == pytest.approx((9 * MIN_PEERS + 0.5) / (10 * MIN_PEERS + 1))
    assert prior.rate[-1, 0] == pytest.approx((9 * MIN_PEERS + 2.5) / (10 * (MIN_PEERS + 2) + 1))


def test_what_is_unknown_gets_the_peers_rate_and_informs_nobody() -> None:
    hits, cases = column(3, np.nan, 0, 8, 2), column(4, 10, 0, 10, 4)
    prior = pool_peers(hits, cases, SHARE, one_group(5))
    assert prior.rate[0, 0] == pytest.approx((3 + 8 + 2 + 0.5) / (4 + 10 + 4 + 1))
    np.testing.assert_allclose(prior.shrink(hits, cases)[[1, 2]], prior.rate[[1, 2]])


def test_nothing_known_at_all_is_no_failure() -> None:
    prior = pool_peers(column(np.nan, np.nan), column(np.nan, 0), SHARE, one_group(2))
    assert np.isfinite(prior.shrink(column(np.nan, np.nan), column(np.nan, 0))).all()
