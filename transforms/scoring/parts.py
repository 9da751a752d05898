"""The points of one part of an item: [..., U] arrays in, points and states out. Figures of the part are numbers.

Source of the types: domain rubric and the tables R1 to R28 it is assembled from; caps apply to totals, never to
increments.
"""

from __future__ import annotations

import numpy as np

from catalogue.rubric import Part
from transforms.scoring.inputs import Floats, Inputs


def part_points(part: Part, inputs: Inputs) -> tuple[Floats, Floats]:
    """Points [..., U], NaN where the part is not judged (not applicable or missing), and the value scored [..., U].

    Deductions are negative, a veto is 1 where it strikes and 0 where not. The value is the sum of the inputs, the rate
    (shrunk where the part says so), NaN where there is none.
    """
    columns = [inputs.column(code) for code in part.inputs]
    values = inputs.value[..., columns]
    if part.shrink:
        values = _shrunk(part.shrink, inputs, columns[0])[..., None]
    summed = values.sum(axis=-1)
    points = _points(part, values, summed)
    empty = (inputs.denominator[..., columns] == 0).any(axis=-1)
    absent = inputs.absent[:, columns].any(axis=-1)
    nothing = 0.0 if part.type != "veto" else np.nan  # nobody is struck off for a figure nobody has
    points = np.where(empty, nothing if part.empty == "zero" else np.nan, points)
    points = np.where(absent & np.isnan(summed), nothing, points)
    if part.gate is not None:
        points = _gated(part, inputs, points)
    return points, summed


def _points(part: Part, values: Floats, summed: Floats) -> Floats:
    match part.type:
        case "count_target":
            found = _count_target(part, summed)
        case "rate_linear":
            floor, target = float(part.floor), _target(part)
            found = part.points * np.clip((summed - floor) / (target - floor), 0.0, 1.0)
        case "rate_target":
            found = np.where(np.isnan(summed), np.nan, part.points * (summed >= _target(part)))
        case "flag":
            found = part.points * np.clip(values, 0.0, 1.0).mean(axis=-1)
        case "base_extra_cap":
            total = part.base * np.minimum(summed, 1.0) + part.extra * np.maximum(summed - 1.0, 0.0)
            found = np.minimum(total, part.points)
        case "deduct":
            found = 0.0 - np.minimum(part.each * summed, part.points)
        case "bonus_cap":
            weights = np.array(part.weights or [1.0] * values.shape[-1])
            found = np.minimum((np.maximum(values - part.beyond, 0.0) * weights).sum(axis=-1), part.points)
        case "veto":
            found = _veto(part, summed)
    return np.asarray(found)


def _veto(part: Part, summed: Floats) -> Floats:
    below = -np.inf if part.below is None else part.below
    above = np.inf if part.above is None else part.above
    return np.where(np.isnan(summed), np.nan, ((summed < below) | (summed > above)).astype(np.float64))


def _count_target(part: Part, summed: Floats) -> Floats:
    target = _target(part)
    per_missing = part.per_missing if part.per_missing is not None else (part.points / target if target else 0.0)
    lost = per_missing * np.maximum(target - summed, 0.0) + part.per_excess * np.maximum(summed - target, 0.0)
    return np.maximum(part.points - lost, 0.0)


def _target(part: Part) -> float:
    assert part.target is not None  # held by the load check
    return float(part.target)


def _shrunk(cases: float, inputs: Inputs, column: int) -> Floats:
    """The rate with `cases` cases added at the peers' rate (sum over sum), [..., U]; NaN where it is empty.

    So 1 of 1 does not beat 69 of 69. Where the peers have no case at all nothing is added.
    """
    numerator, denominator = np.broadcast_arrays(inputs.numerator[..., column], inputs.denominator[..., column])
    known = (denominator > 0) & ~np.isnan(numerator)
    pooled = np.full(denominator.shape, np.nan)
    for group in range(int(inputs.peer.max(initial=-1)) + 1):
        mine = inputs.peer == group
        cases_of = np.where(known & mine, denominator, 0.0).sum(axis=-1, keepdims=True)
        hits_of = np.where(known & mine, numerator, 0.0).sum(axis=-1, keepdims=True)
        rate = np.divide(hits_of, cases_of, out=np.full(cases_of.shape, np.nan), where=cases_of > 0)
        pooled = np.where(mine, rate, pooled)
    return np.where(known, (numerator + cases * pooled) / (denominator + cases), np.nan)


def _gated(part: Part, inputs: Inputs, points: Floats) -> Floats:
    assert part.gate is not None
    gate = inputs.value[..., inputs.column(part.gate.input)]
    closed = 0.0 if part.gate.otherwise == "zero" else np.nan
    return np.where(gate >= part.gate.at_least, points, np.where(np.isnan(gate), points, closed))
