"""Distributions chance draws from, against SciPy's own."""

import numpy as np
import pytest
from scipy import stats

from transforms.certainty.chance import EXACT_VARIANCE, LEVELS, tabulate_quantiles

MIDDLES = (np.arange(LEVELS) + 0.5) / LEVELS


def tabulate_one(mean: float, dispersion: float) -> np.ndarray:
    return tabulate_quantiles(np.array([mean]), np.array([dispersion]))[0]


@pytest.mark.parametrize("trials", [1, 2, 7, 60, 150])
@pytest.mark.parametrize("chance", [0.02, 0.3, 0.5, 0.77, 0.95])
def test_quantiles_of_shares_are_binomial(trials: int, chance: float) -> None:
    np.testing.assert_allclose(
        tabulate_one(trials * chance, 1 - chance), stats.binom.ppf(MIDDLES, trials, chance), atol=1e-9
    )


@pytest.mark.parametrize("mean", [0.02, 0.5, 3.0, 20.0, EXACT_VARIANCE])
def test_quantiles_of_counts_are_poisson(mean: float) -> None:
    np.testing.assert_allclose(tabulate_one(mean, 1.0), stats.poisson.ppf(MIDDLES, mean), atol=1e-9)


@pytest.mark.parametrize("mean", [0.5, 3.0, 15.0])
def test_quantiles_of_scattered_counts_are_negative_binomial(mean: float) -> None:
    np.testing.assert_allclose(tabulate_one(mean, 2.5), stats.nbinom.ppf(MIDDLES, mean / 1.5, 0.4), atol=1e-9)


@pytest.mark.parametrize(("trials", "chance"), [(400, 0.5), (3000, 0.9), (3000, 0.1)])
def test_large_counts_are_off_by_one_at_most(trials: int, chance: float) -> None:
    found, exact = tabulate_one(trials * chance, 1 - chance), stats.binom.ppf(MIDDLES, trials, chance)
    assert np.abs(found - exact).max() <= 1
    assert (found != exact).mean() < 0.1


def test_what_never_or_always_happens_does_not_scatter() -> None:
    table = tabulate_quantiles(np.array([0.0, 12.0, 0.0]), np.array([1.0, 0.0, 1.0]))
    np.testing.assert_array_equal(table, np.repeat([[0.0], [12.0], [0.0]], LEVELS, axis=1))


def test_cells_do_not_influence_each_other() -> None:
    means, spreads = np.array([300.0, 0.4, 57.0, 2.0]), np.array([1.0, 0.6, 0.05, 1.0])
    alone = [tabulate_one(mean, spread) for mean, spread in zip(means, spreads, strict=True)]
    np.testing.assert_array_equal(tabulate_quantiles(means, spreads), np.stack(alone))
