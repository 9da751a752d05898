"""From inputs to item points and totals: pure, vectorised over units and any leading axes, nothing rounded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catalogue.rubric import Rubric, RubricItem
from transforms.scoring.inputs import Bools, Floats, Inputs
from transforms.scoring.parts import part_points


@dataclass(frozen=True)
class Scores:
    """Points by item and the totals; T items in the rubric's order, vetoes included.

    points      [..., U, T]  NaN where not judged; deductions negative; a veto 1 where it strikes
    max_points  [..., U, T]  points to be had of the parts judged; the item's full points where none is
    value       [..., U, T]  value of the item's first part (of several parts: of the first), NaN where there is none
    base        [..., U]     points items, rescaled to the rubric's total; NaN when none could be judged
    bonus       [..., U]     sum of the bonuses within the rubric's limit
    deduction   [..., U]     sum of the deductions within the limit, not positive
    total       [..., U]     base + bonus + deduction; NaN when there is no base
    vetoed      [..., U]     a veto strikes
    """

    items: tuple[str, ...]
    points: Floats
    max_points: Floats
    value: Floats
    base: Floats
    bonus: Floats
    deduction: Floats
    total: Floats
    vetoed: Bools


def score(rubric: Rubric, inputs: Inputs) -> Scores:
    """The scores of all units by the rubric, whose figures must be numbers (Rubric.effective)."""
    shape = np.broadcast_shapes(inputs.value.shape, inputs.numerator.shape, inputs.denominator.shape)[:-1]
    width = len(rubric.items)
    points, limits, value = (np.moveaxis(np.full((width, *shape), np.nan), 0, -1) for _ in range(3))  # items contiguous
    for place, item in enumerate(rubric.items):
        points[..., place], limits[..., place], value[..., place] = _item(item, inputs)
    kinds = np.array([item.kind for item in rubric.items])
    base = _base(points[..., kinds == "points"], limits[..., kinds == "points"], rubric.total)
    bonus = np.minimum(np.nansum(points[..., kinds == "bonus"], axis=-1), rubric.bonus_limit)
    deduction = np.maximum(np.nansum(points[..., kinds == "deduction"], axis=-1), -rubric.deduction_limit)
    vetoed = np.asarray((points[..., kinds == "veto"] > 0).any(axis=-1))
    total = base + bonus + deduction
    codes = tuple(item.code for item in rubric.items)
    return Scores(codes, points, limits, value, base, bonus, deduction, total, vetoed)


def _item(item: RubricItem, inputs: Inputs) -> tuple[Floats | float, Floats | float, Floats | float]:
    """Points, points to be had and value of the item, [..., U] each."""
    if not item.parts:
        return np.nan, item.points, np.nan
    found = [part_points(part, inputs) for part in item.parts]
    points = np.stack(np.broadcast_arrays(*(given for given, _ in found)))
    is_judged = ~np.isnan(points) & (inputs.congress | (item.applies_to == "all"))
    full = np.array([part.points for part in item.parts]).reshape(-1, *[1] * (points.ndim - 1))
    anything = is_judged.any(axis=0)
    limit = np.where(anything, (is_judged * full).sum(axis=0), item.points)
    return np.where(anything, np.where(is_judged, points, 0.0).sum(axis=0), np.nan), limit, found[0][1]


def _base(points: Floats, limits: Floats, total: float) -> Floats:
    """Points over points to be had, of what was judged, times the rubric's total."""
    is_judged = ~np.isnan(points)
    had = np.where(is_judged, limits, 0.0).sum(axis=-1)
    got = np.where(is_judged, points, 0.0).sum(axis=-1)
    return np.asarray(total * np.divide(got, had, out=np.full(had.shape, np.nan), where=had > 0))
