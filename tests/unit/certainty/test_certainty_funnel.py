"""Funnel limits: exact against enumeration, widened by over-dispersion, and what lies outside."""

import numpy as np
import pytest
from scipy import stats

from transforms.certainty.funnel import LEVELS, draw_funnel, find_limits


@pytest.mark.parametrize("trials", [3, 10, 69, 300])
def test_limits_enclose_the_stated_share_of_chance(trials: int) -> None:
    """By enumeration of all outcomes; one count nearer in at either end it is no longer so."""
    rate = 0.8
    low, high = find_limits(rate, np.array([float(trials)]))
    counts = np.arange(trials + 1)
    chances = stats.binom.pmf(counts, trials, rate)
    for level, below, above in zip(LEVELS, low[:, 0], high[:, 0], strict=True):
        outside = chances[(counts / trials < below - 1e-12) | (counts / trials > above + 1e-12)].sum()
        assert outside <= 1 - level + 1e-9
        nearer = chances[counts / trials > above - 0.5 / trials].sum()
        assert nearer > (1 - level) / 2
        assert below <= rate <= above


def test_limits_narrow_with_the_denominator_and_nest() -> None:
    low, high = find_limits(0.6, np.array([5.0, 50.0, 500.0]))
    assert (np.diff(high - low, axis=1) <= 0).all()
    assert (low[1] <= low[0]).all()
    assert (high[0] <= high[1]).all()
    assert low.min() >= 0
    assert high.max() <= 1


def test_over_dispersion_widens() -> None:
    plain, wide = (find_limits(0.6, np.array([400.0]), dispersion=factor) for factor in (1.0, 4.0))
    np.testing.assert_allclose(0.6 - wide[0], 2 * (0.6 - plain[0]))


def test_chance_alone_is_not_called_over_dispersed_and_scatter_is() -> None:
    random = np.random.default_rng(4)
    base = random.integers(20, 120, 200).astype(float)
    calm = draw_funnel(random.binomial(base.astype(int), 0.7).astype(float), base)
    wild = draw_funnel(random.binomial(base.astype(int), random.beta(3.5, 1.5, 200)).astype(float), base)
    assert calm is not None
    assert wild is not None
    assert calm.dispersion < 1.3
    assert wild.dispersion > 5


def test_one_far_off_is_outside_and_the_rest_inside() -> None:
    base = np.array([40.0] * 12 + [40.0, np.nan, 0.0])
    hits = np.array([28.0] * 6 + [30.0] * 6 + [8.0, 3.0, 0.0])
    funnel = draw_funnel(hits, base)
    assert funnel is not None
    assert funnel.places[:12].tolist() == [0.0] * 12
    assert funnel.places[12] == -2
    assert np.isnan(funnel.places[13:]).all()


def test_one_of_one_is_no_outlier() -> None:
    funnel = draw_funnel(np.array([1.0, 40.0, 30.0]), np.array([1.0, 69.0, 60.0]))
    assert funnel is not None
    assert funnel.places[0] == 0


def test_counts_per_exposure_are_poisson() -> None:
    """Around 1.5 per deputy; 50 deputies may differ by 17 (95 %) and 27 (99.8 %), by Poisson probabilities."""
    counts, deputies = np.array([75.0] * 40 + [90, 95, 55, 110]), np.array([50.0] * 44)
    funnel = draw_funnel(counts, deputies, kind="poisson")
    assert funnel is not None
    assert funnel.dispersion == 1.0
    assert funnel.places[-4:].tolist() == [0, 1, -1, 2]
    mean = 50 * funnel.rate
    assert stats.poisson.sf(94, mean) < 0.025 < stats.poisson.sf(89, mean)
    assert stats.poisson.sf(109, mean) < 0.001
    assert stats.poisson.cdf(55, mean) < 0.025


@pytest.mark.parametrize("hits", [[0.0, 0.0], [5.0, 9.0], [np.nan, np.nan]])
def test_nothing_to_compare_is_no_funnel(hits: list[float]) -> None:
    assert draw_funnel(np.array(hits), np.array([5.0, 9.0])) is None
