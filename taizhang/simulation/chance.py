"""Small draws from the standard library's generator; the same generator state gives the same draw everywhere."""

from __future__ import annotations

from math import exp
from random import Random


def stream(*names: object) -> Random:
    """A generator of its own for everything so named; equal names give equal draws."""
    return Random("/".join(str(name) for name in names))  # noqa: S311 (fiction, not secrets)


def chance(rng: Random, probability: float) -> bool:
    """True with the probability."""
    return rng.random() < probability


def poisson(rng: Random, mean: float) -> int:
    """A Poisson count (Knuth's product method; means here stay below a few hundred)."""
    count, mean = 0, max(mean, 0.0)
    while mean > 30:
        mean -= 30
        count += poisson(rng, 30)
    limit, product = exp(-mean), rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def binomial(rng: Random, trials: int, probability: float) -> int:
    """How many of the trials succeed."""
    return sum(rng.random() < probability for _ in range(trials))


def near_normal(rng: Random, mean: float, spread: float) -> float:
    """A score in steps of a half within 55..100: four uniform draws added."""
    deviate = (rng.random() + rng.random() + rng.random() + rng.random() - 2) * 1.73
    return min(100.0, max(55.0, round(2 * (mean + spread * deviate)) / 2))
