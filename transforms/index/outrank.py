"""Comparing units pair by pair: outranking shares and Copeland's score."""

import numpy as np

from transforms.index.cells import Values

EVEN = 1e-12
"""How far from one half a share may lie and still be a draw: sums of weights are not exact."""
BLOCK = 256


def outrank(values: Values, weights: Values) -> Values:
    """The n x n shares of weight with which the row unit beats the column unit, ties counting half; diagonal 0.

    A pair is compared on the indicators both units have, so the result does not depend on the order of the units
    (COINr's does); NaN where they share none.
    """
    shares = _compare_rows(values, values, weights)
    np.fill_diagonal(shares, 0.0)
    return shares


def score_copeland(values: Values, weights: Values, near: float = 0.0) -> Values:
    """For each unit the number of units it beats (share above one half) less those that beat it.

    Values of an indicator closer than `near` times its spread tie. Pairs without a common indicator count as a draw; a
    unit without any value has no score.
    """
    scores = np.empty(len(values))
    for start in range(0, len(values), BLOCK):
        shares = _compare_rows(values[start : start + BLOCK], values, weights, near)
        lead = np.nan_to_num(shares - 0.5)
        scores[start : start + BLOCK] = np.where(np.abs(lead) <= EVEN, 0.0, np.sign(lead)).sum(axis=1)
    scores[np.isnan(values).all(axis=1)] = np.nan
    return scores


def _compare_rows(rows: Values, others: Values, weights: Values, near: float = 0.0) -> Values:
    """Weight shares of wins plus half of ties of each of `rows` against each of `others`."""
    won = np.zeros((len(rows), len(others)))
    common = np.zeros_like(won)
    for mine, theirs, weight in zip(rows.T, others.T, weights, strict=True):
        present = theirs[~np.isnan(theirs)]
        if len(present) == 0:
            continue
        lead = mine[:, None] - theirs[None, :]
        tolerance = near * np.ptp(present)
        won += weight * (lead > tolerance) + weight / 2 * (np.abs(lead) <= tolerance)
        common += weight * ~np.isnan(lead)
    return np.divide(won, common, out=np.full_like(won, np.nan), where=common != 0)
