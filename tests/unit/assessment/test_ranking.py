"""Ranks: ties share, tiebreaks order, nothing rounded, peers apart."""

from __future__ import annotations

import numpy as np

from transforms.scoring import rank

NAN = float("nan")


def ranks(total: list[float], peer: list[int] | None = None, ties: list[list[float]] | None = None) -> list[int]:
    keys = None if ties is None else np.array(ties)
    return rank(np.array(total), np.array(peer or [0] * len(total)), keys).tolist()


def test_ties_share_the_better_rank_and_the_next_one_is_skipped() -> None:
    assert ranks([90, 95, 90, 80]) == [2, 1, 2, 4]


def test_a_difference_far_below_what_is_shown_counts() -> None:
    assert ranks([90.0000001, 90.0000002]) == [2, 1]


def test_the_order_of_additions_does_not_break_a_tie() -> None:
    assert ranks([0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1]) == [1, 1]


def test_without_a_score_there_is_no_rank() -> None:
    assert ranks([NAN, 50, NAN]) == [0, 1, 0]
    assert ranks([]) == []


def test_peer_groups_are_ranked_apart() -> None:
    assert ranks([90, 80, 70, 60], peer=[0, 1, 0, 1]) == [1, 1, 2, 2]


def test_tiebreaks_order_equals_and_what_was_not_judged_comes_last() -> None:
    assert ranks([90, 90, 90, 95], ties=[[0.5, 1], [0.5, 0], [NAN, 1], [0, 0]]) == [2, 3, 4, 1]
    assert ranks([90, 90], ties=[[0.5], [0.5]]) == [1, 1]
    assert ranks([90, 80], ties=[[0], [1]]) == [1, 2]


def test_leading_axes_are_ranked_by_themselves() -> None:
    totals = np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 2.0]])
    assert rank(totals, np.zeros(3, dtype=int)).tolist() == [[3, 2, 1], [1, 2, 2]]
