"""False alarms and power of rule P07 on simulated counties, beside the z-score and the modified z-score.

Prints the tables of docs/outliers.md: `python benchmarks/outlier_power.py`. Both z-scores are taken as health
information systems do by default: over the township's own months, the tested one included, threshold 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.count_prediction import Prediction, predict_counts
from transforms.outliers import are_evaluable, find_tails

Array = NDArray[np.float64]
THRESHOLD = 3.0
MEANS = (1, 3, 10)
COUNTIES = 250
SHIFTS = (1, 2, 3, 5, 0)


@dataclass(frozen=True)
class World:
    """How counts come about: month's mean, relative variances between townships, within one, between months."""

    mean: float
    within: float = 0.3
    between: float = 0.25
    season: float = 0.06
    townships: int = 31
    clumps: float = 0.0  # mean size of the clumps the counts come in; 0: one by one

    def draw(self, random: np.random.Generator, counties: int, months: int) -> tuple[Array, Array, Array]:
        """(counts, deputies, means) [county, township, month]."""
        deputies = random.integers(45, 100, (counties, self.townships, 1)) * np.ones(months)
        level = random.gamma(1 / self.between, self.between, (counties, self.townships, 1))
        season = random.gamma(1 / self.season, self.season, (counties, 1, months))
        means = self.mean * level * season * deputies / 70
        return self.count(random, means), deputies, means

    def count(self, random: np.random.Generator, means: Array) -> Array:
        """Counts with these means."""
        scattered = means * random.gamma(1 / self.within, self.within, means.shape) if self.within else means
        if not self.clumps:
            return random.poisson(scattered).astype("float64")
        visits = random.poisson(scattered / self.clumps)
        return random.poisson(random.gamma(np.maximum(2 * visits, 1e-9), self.clumps / 2)).astype("float64")


def find_by_z(series: Array) -> NDArray[np.bool_]:
    """Standard score of the last month, population standard deviation."""
    spread = series.std(axis=2)
    distance = np.abs(series[..., -1] - series.mean(axis=2))
    return np.asarray((spread > 0) & (distance > THRESHOLD * spread), dtype=bool)


def find_by_modified_z(series: Array) -> NDArray[np.bool_]:
    """Modified score of the last month: 0.6745 distances from the median over the median absolute deviation."""
    median = np.median(series, axis=2, keepdims=True)
    spread = np.median(np.abs(series - median), axis=2)
    distance = np.abs(series[..., -1] - median[..., 0])
    return np.asarray((spread > 0) & (0.6745 * distance > THRESHOLD * spread), dtype=bool)


def measure(world: World, months: int, random: np.random.Generator, counties: int = COUNTIES) -> list[list[float]]:
    """Share of last months found, per shift and method (P07, z, modified z); of series of so many months."""
    series, deputies, means = world.draw(random, counties, months)
    found = predict_counts(series[..., :-1], deputies[..., :-1], series[..., -1], deputies[..., -1])
    rows = []
    for shift in SHIFTS:
        tested = series[..., -1] if shift == 1 else world.count(random, means[..., -1] * shift)
        changed = np.concatenate([series[..., :-1], tested[..., None]], axis=2)
        high, low = find_tails(found, tested)
        marks = (high | low) & are_evaluable(found)
        rows.append([float(method.mean()) for method in (marks, find_by_z(changed), find_by_modified_z(changed))])
    return rows


def print_power(random: np.random.Generator) -> None:
    """Table 1: size and power; each cell P07 / z / modified z, in percent."""
    print("| scatter within | months | mean | false alarms | x2 | x3 | x5 | to 0 |\n|--:|--:|--:|--:|--:|--:|--:|--:|")
    for within in (0.0, 0.3):
        for months in (4, 8, 12):
            for mean in MEANS:
                rows = measure(World(mean, within=within), months, random)
                cells = [" / ".join(percent(value) for value in row) for row in rows]
                print(f"| {within} | {months} | {mean} | " + " | ".join(cells) + " |")


def percent(share: float) -> str:
    """In percent; with two digits below one."""
    return f"{100 * share:.2f}" if share < 0.01 else f"{100 * share:.0f}"


def print_size(random: np.random.Generator) -> None:
    """Table 2: false alarms under other circumstances, in percent of counts, per number of months before."""
    worlds = {
        "Poisson within the township": {"within": 0.0},
        "as in table 1": {},
        "scatter within 1": {"within": 1.0},
        "scatter within 1, between 1": {"within": 1.0, "between": 1.0},
        "months differ (variance 0.6)": {"season": 0.6},
        "12 townships": {"townships": 12},
        "12 townships, scatter within 1": {"townships": 12, "within": 1.0},
        "6 townships": {"townships": 6},
        "6 townships, scatter within 1": {"townships": 6, "within": 1.0},
    }
    print("| circumstances | mean | 2 | 3 | 6 | 12 |\n|---|--:|--:|--:|--:|--:|")
    for name, changes in worlds.items():
        for mean in MEANS:
            world = World(mean, **changes)
            print(f"| {name} | {mean} | " + " | ".join(_size(world, m, random) for m in (2, 3, 6, 12)) + " |")
    visits = World(50, within=0.0, clumps=12)
    print(
        "| households in clumps, upward only | 50 | "
        + " | ".join(_size(visits, m, random) for m in (2, 3, 6, 12))
        + " |"
    )


def _size(world: World, history: int, random: np.random.Generator) -> str:
    counties = COUNTIES * 31 // world.townships
    series, deputies, _ = world.draw(random, counties, history + 1)
    found = predict_counts(series[..., :-1], deputies[..., :-1], series[..., -1], deputies[..., -1])
    high, low = find_tails(found, series[..., -1])
    judged = are_evaluable(found)
    marks = high if world.clumps else high | low
    return f"{100 * marks[judged].mean():.2f}" if judged.any() else "-"


def print_gross(random: np.random.Generator) -> None:
    """Table 3: power at x5 when counts a hundred times too large stand uncorrected in the 11 months before."""
    print("| gross counts in the past | mean 3 | mean 10 |\n|--:|--:|--:|")
    for gross in (0, 1, 3, 10):
        cells = []
        for mean in (3, 10):
            world = World(mean, within=0.0)
            series, deputies, means = world.draw(random, COUNTIES, 12)
            for _ in range(gross):
                where = (np.arange(COUNTIES), random.integers(0, 31, COUNTIES), random.integers(0, 11, COUNTIES))
                series[where] *= 100
            found = predict_counts(series[..., :-1], deputies[..., :-1], series[..., -1], deputies[..., -1])
            cells.append(percent(float(find_tails(found, world.count(random, means[..., -1] * 5))[0].mean())))
        print(f"| {gross} | " + " | ".join(cells) + " |")


def print_always(random: np.random.Generator) -> None:
    """Table 4: the least count found in a township that always reported the same, among 30 peers with this mean."""
    print("| always | peers' mean | 4 months | 8 months | 12 months |\n|--:|--:|--:|--:|--:|")
    for same, mean in ((0, 0.1), (0, 0.3), (1, 0.3), (1, 1.0), (3, 3.0), (5, 5.0)):
        cells = []
        for months in (4, 8, 12):
            series, deputies, _ = World(mean, within=0.2).draw(random, 40, months)
            series[:, 0, :] = same
            found = predict_counts(series[..., :-1], deputies[..., :-1], series[..., -1], deputies[..., -1])
            cells.append(str(int(np.median(_least(found)))))
        print(f"| {same} | {mean} | " + " | ".join(cells) + " |")


def _least(found: Prediction) -> Array:
    counts = np.arange(1.0, 200.0)
    high = np.stack([find_tails(found, np.full(found.mean.shape, count))[0][:, 0] for count in counts])
    return counts[high.argmax(axis=0)]


if __name__ == "__main__":
    source = np.random.default_rng(7)
    print_power(source)
    print()
    print_size(source)
    print()
    print_gross(source)
    print()
    print_always(source)
