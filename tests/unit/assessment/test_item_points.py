"""Every item type at its boundaries, and the three kinds of nothing: not applicable, missing, not submitted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from catalogue.rubric import Gate, Part
from transforms.scoring import Inputs
from transforms.scoring.parts import part_points

NAN = float("nan")


def inputs(*figures: Any, absent: bool = False, peer: list[int] | None = None) -> Inputs:
    """Units of one or more inputs a, b, ...: a number for a count, a pair for a rate, None for unknown."""
    rows = [figure if isinstance(figure, list) else [figure] for figure in figures]
    shape = (3, len(rows), len(rows[0]))
    arrays = np.full(shape, np.nan)
    for unit, row in enumerate(rows):
        for place, figure in enumerate(row):
            if isinstance(figure, tuple):
                arrays[1:, unit, place] = figure
                arrays[0, unit, place] = figure[0] / figure[1] if figure[1] else np.nan
            elif figure is not None:
                arrays[0, unit, place] = figure
    return Inputs(
        units=tuple(f"u{number}" for number in range(len(rows))),
        codes=("a", "b", "c")[: shape[2]],
        value=arrays[0],
        numerator=arrays[1],
        denominator=arrays[2],
        approximate=np.zeros(shape[1:], dtype=bool),
        absent=np.full(shape[1:], absent) & np.isnan(arrays[0]),
        congress=np.ones(len(rows), dtype=bool),
        peer=np.array(peer or [0] * len(rows)),
    )


def points(part: Part, *figures: Any, **given: Any) -> list[float]:
    return part_points(part, inputs(*figures, **given))[0].tolist()


def test_count_target_is_full_at_the_target_and_loses_per_missing() -> None:
    part = Part("count_target", 8, ("a",), target=2.0, per_missing=4.0)
    assert points(part, 0, 1, 2, 3) == [0, 4, 8, 8]
    assert points(Part("count_target", 6, ("a",), target=4.0), 0, 1, 3, 4) == [0, 1.5, 4.5, 6]
    assert points(Part("count_target", 3, ("a",), target=4.0, per_missing=2.0), 0, 3) == [0, 1]


def test_count_target_loses_per_excess_and_never_falls_below_nothing() -> None:
    assert points(Part("count_target", 3, ("a",), target=0.0, per_excess=1.5), 0, 1, 2, 3) == [3, 1.5, 0, 0]


def test_count_target_adds_its_inputs_up() -> None:
    part = Part("count_target", 4, ("a", "b"), target=4.0)
    assert points(part, [1, 2], [4, 0], [None, 4]) == pytest.approx([3, 4, NAN], nan_ok=True)


def test_rate_linear_runs_from_floor_to_target() -> None:
    part = Part("rate_linear", 6, ("a",), floor=0.7, target=1.0)
    assert points(part, (7, 10), (85, 100), (10, 10), (1, 10), (11, 10)) == pytest.approx([0, 3, 6, 0, 6])


def test_shrinkage_keeps_one_of_one_below_sixty_nine_of_sixty_nine() -> None:
    part = Part("rate_linear", 4, ("a",), target=1.0, shrink=3.0)
    one, many, third = points(part, (1, 1), (69, 69), (0, 30))
    pooled = 70 / 100
    assert one == pytest.approx(4 * (1 + 3 * pooled) / 4)
    assert one < many
    assert third == pytest.approx(4 * 3 * pooled / 33)


def test_shrinkage_goes_towards_the_own_peer_group() -> None:
    part = Part("rate_linear", 1, ("a",), target=1.0, shrink=1.0)
    assert points(part, (0, 1), (9, 9), (0, 1), peer=[0, 0, 1]) == pytest.approx([0.45, 0.99, 0])


def test_rate_target_is_all_or_nothing() -> None:
    part = Part("rate_target", 2, ("a",), target=0.95)
    assert points(part, (19, 20), (189, 200), (20, 20)) == [2, 0, 2]


def test_flags_share_the_points() -> None:
    part = Part("flag", 2, ("a", "b"))
    assert points(part, [1, 1], [0, 1], [0, 0], [3, 0]) == [2, 1, 0, 1]


def test_base_extra_cap_caps_the_total() -> None:
    part = Part("base_extra_cap", 10, ("a",), base=6.0, extra=2.0)
    assert points(part, 0, 1, 2, 3, 4, 100) == [0, 6, 8, 10, 10, 10]


def test_a_deduction_is_negative_and_limited() -> None:
    found = points(Part("deduct", 5, ("a",), each=1.0), 0, 2, 9)
    assert found == [0, -2, -5]
    assert not np.signbit(found[0])


def test_a_bonus_weighs_what_lies_beyond_and_is_capped() -> None:
    part = Part("bonus_cap", 2, ("a", "b"), weights=(0.1, 0.6))
    assert points(part, [1, 0], [0, 3], [5, 9]) == pytest.approx([0.1, 1.8, 2])
    assert points(Part("bonus_cap", 10, ("a",), weights=(5.0,), beyond=3.0), 2, 3, 4, 9) == [0, 0, 5, 10]


def test_a_veto_strikes_below_or_above() -> None:
    assert points(Part("veto", 0, ("a",), below=1.0), 0, 1) == [1, 0]
    assert points(Part("veto", 0, ("a",), above=0.0), 0, 1) == [0, 1]


def test_missing_is_not_judged_and_not_zero() -> None:
    for part in (
        Part("count_target", 2, ("a",), target=1.0),
        Part("flag", 2, ("a",)),
        Part("veto", 0, ("a",), below=1.0),
    ):
        assert np.isnan(points(part, None)[0])


def test_an_empty_denominator_is_not_judged_or_zero_as_the_part_says() -> None:
    assert np.isnan(points(Part("rate_linear", 3, ("a",), target=1.0), (0, 0))[0])
    assert points(Part("rate_linear", 3, ("a",), target=1.0, empty="zero"), (0, 0)) == [0]


def test_nothing_submitted_is_zero_but_no_veto() -> None:
    assert points(Part("count_target", 2, ("a",), target=1.0), None, absent=True) == [0]
    assert points(Part("rate_linear", 2, ("a",), target=1.0), None, absent=True) == [0]
    assert np.isnan(points(Part("veto", 0, ("a",), below=1.0), None, absent=True)[0])


def test_a_gate_decides_whether_the_part_is_judged() -> None:
    part = Part("rate_target", 2, ("a",), target=0.5, gate=Gate("b", 0.6))
    assert points(part, [(1, 1), (6, 10)], [(1, 1), (5, 10)], [(1, 1), None]) == pytest.approx([2, NAN, 2], nan_ok=True)
    strict = Part("flag", 2, ("a",), gate=Gate("b", 1.0, "zero"))
    assert points(strict, [1, 1], [1, 0]) == [2, 0]
