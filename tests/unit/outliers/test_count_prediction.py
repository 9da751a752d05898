"""The prediction behind rule P07."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from transforms.count_prediction import lower_tail, predict_counts, quantile, upper_tail


def draw(within: float, months: int = 12, townships: int = 30, counties: int = 60) -> list[np.ndarray]:
    random = np.random.default_rng(5)
    means = 4.0 * random.gamma(4, 0.25, (counties, townships, 1)) * np.ones(months + 1)
    if within:
        means = means * random.gamma(1 / within, within, means.shape)
    counts = random.poisson(means).astype("float64")
    deputies = np.full(counts.shape, 60.0)
    return [counts[..., :-1], deputies[..., :-1], counts[..., -1], deputies[..., -1]]


def test_tails_are_the_negative_binomial_ones() -> None:
    count, mean, size = np.array([0.0, 1.0, 7.0]), np.array([2.0, 0.3, 3.0]), np.array([0.5, 4.0, 30.0])
    law = stats.nbinom(size, size / (mean + size))
    assert upper_tail(count, mean, size) == pytest.approx(law.sf(count - 1))
    assert lower_tail(count, mean, size) == pytest.approx(law.cdf(count))
    assert list(quantile(0.975, mean, size)) == list(law.ppf(0.975))


@pytest.mark.parametrize("within", [0.0, 0.3, 1.0])
def test_false_alarms_stay_near_the_level(within: float) -> None:
    found = predict_counts(*draw(within))
    count = draw(within)[2]
    tails = np.minimum(upper_tail(count, found.mean, found.size), lower_tail(count, found.mean, found.size))
    assert (tails <= 0.01).mean() < 0.03
    assert (tails <= 0.1).mean() > 0.05


def test_the_mean_follows_own_history_and_the_month() -> None:
    past, deputies, count, exposure = draw(0.0)
    found = predict_counts(past, deputies, count, exposure)
    assert np.corrcoef(found.mean.ravel(), past.mean(axis=2).ravel())[0, 1] > 0.97
    assert predict_counts(past, deputies, count * 3, exposure).mean.mean() == pytest.approx(
        3 * found.mean.mean(), rel=0.1
    )


def test_scatter_widens_the_prediction() -> None:
    sizes = [np.median(predict_counts(*draw(within)).size) for within in (0.0, 0.3, 1.0)]
    assert sizes[0] > sizes[1] > sizes[2]


def test_no_prediction_contains_its_count() -> None:
    past, deputies, count, exposure = draw(0.3, months=4, townships=6, counties=1)
    before = predict_counts(past, deputies, count, exposure)
    for value in (0.0, 40.0, 9999.0):
        changed = count.copy()
        changed[0, 2] = value
        after = predict_counts(past, deputies, changed, exposure)
        for name in ("mean", "size", "peer_mean", "peer_size", "n_peers"):
            assert getattr(after, name)[0, 2] == pytest.approx(getattr(before, name)[0, 2], rel=1e-9)
    assert after.n_peers[0, 0] == before.n_peers[0, 0] - 1  # the gross count informs no peer either


def test_what_is_not_known_changes_nothing() -> None:
    past, deputies, count, exposure = draw(0.3, counties=2)
    deputies[:, 3], past[:, 3] = 0.0, 0.0
    exposure[:, 3], count[:, 3] = 0.0, 0.0
    without = [np.delete(array, 3, axis=1) for array in (past, deputies, count, exposure)]
    found, expected = predict_counts(past, deputies, count, exposure), predict_counts(*without)
    assert np.delete(found.mean, 3, axis=1) == pytest.approx(expected.mean)
    assert np.delete(found.size, 3, axis=1) == pytest.approx(expected.size)
    assert np.isfinite(found.mean).all()
    assert (found.n_history[:, 3] == 0).all()
