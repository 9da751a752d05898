"""Ranks: best first, ties share a rank (1, 2, 2, 4), nothing rounded before."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from transforms.scoring.inputs import Floats, Ints

SAME = 1e-9  # points: scores closer than this differ only by the order of floating-point additions


def rank(total: Floats, peer: Ints, tiebreaks: Floats | None = None) -> Ints:
    """The rank of every unit within its peer group, [..., U]; 0 where there is no score (NaN).

    `tiebreaks` [..., U, K]: among equal totals the higher first column is ahead, then the second, and so on; NaN comes
    last. Who is equal in all of them shares the rank. Totals within SAME of their neighbour are equal.
    """
    ranks = np.zeros(total.shape, dtype=np.int64)
    for group in range(int(peer.max(initial=-1)) + 1):
        mine = np.flatnonzero(peer == group)
        ahead = _ahead(-total[..., mine])
        for place in range(0 if tiebreaks is None else tiebreaks.shape[-1]):
            assert tiebreaks is not None
            ahead = _ahead(ahead * (len(mine) + 1.0) + _ahead(-tiebreaks[..., mine, place]))
        ranks[..., mine] = ahead + 1
    return np.where(np.isnan(total), 0, ranks)


def _ahead(keys: NDArray[Any]) -> Ints:
    """How many units have a smaller key, along the last axis; those within SAME of their neighbour are equal.

    NaN is the greatest key.
    """
    order = np.argsort(keys, axis=-1, kind="stable")
    ordered = np.take_along_axis(keys, order, axis=-1)
    is_first = np.ones(keys.shape, dtype=bool)
    is_first[..., 1:] = (ordered[..., 1:] - ordered[..., :-1] > SAME) | (
        np.isnan(ordered[..., 1:]) & ~np.isnan(ordered[..., :-1])
    )
    first = np.maximum.accumulate(np.where(is_first, np.arange(keys.shape[-1]), 0), axis=-1)
    found = np.empty(keys.shape, dtype=np.int64)
    np.put_along_axis(found, order, first, axis=-1)
    return found
