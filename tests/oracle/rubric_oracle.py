"""Scores and ranks by a rubric, one unit at a time in exact fractions: plain, written from the rubric page alone."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from catalogue.rubric import Part, Rubric, RubricItem


@dataclass(frozen=True)
class Figure:
    """A count (value) or a rate (numerator, denominator); value None when unknown."""

    value: Fraction | None
    numerator: Fraction | None = None
    denominator: Fraction | None = None


@dataclass(frozen=True)
class Unit:
    """A unit of a county: its figures by code, whether it sent anything or holds a congress, and its peer group."""

    figures: dict[str, Figure]
    submitted: bool = True
    congress: bool = True
    peer: int = 0


@dataclass(frozen=True)
class Scored:
    """Per item points (None: not judged) and points to be had; the total (None: nothing could be judged)."""

    points: dict[str, Fraction | None]
    limits: dict[str, Fraction]
    total: Fraction | None
    vetoed: bool


def score_county(rubric: Rubric, county: list[Unit]) -> list[Scored]:
    """Every unit of the county scored."""
    return [_score(rubric, unit, [other for other in county if other.peer == unit.peer]) for unit in county]


def _score(rubric: Rubric, unit: Unit, peers: list[Unit]) -> Scored:
    points: dict[str, Fraction | None] = {}
    limits: dict[str, Fraction] = {}
    for item in rubric.items:
        points[item.code], limits[item.code] = _item(item, unit, peers)
    sums = {kind: Fraction(0) for kind in ("points", "bonus", "deduction")}
    had = Fraction(0)
    for item in rubric.items:
        given = points[item.code]
        if given is not None and item.kind != "veto":
            sums[item.kind] += given
            had += limits[item.code] if item.kind == "points" else 0
    bonus = min(sums["bonus"], exact(rubric.bonus_limit))
    deduction = max(sums["deduction"], -exact(rubric.deduction_limit))
    total = exact(rubric.total) * sums["points"] / had + bonus + deduction if had else None
    vetoed = any(item.kind == "veto" and points[item.code] for item in rubric.items)
    return Scored(points, limits, total, vetoed)


def _item(item: RubricItem, unit: Unit, peers: list[Unit]) -> tuple[Fraction | None, Fraction]:
    judged = []
    if item.applies_to == "all" or unit.congress:
        for part in item.parts:
            given = _part(part, unit, peers)
            if given is not None:
                judged.append((given, exact(part.points)))
    if not judged:
        return None, exact(item.points)
    return sum((given for given, _ in judged), Fraction(0)), sum((full for _, full in judged), Fraction(0))


def _part(part: Part, unit: Unit, peers: list[Unit]) -> Fraction | None:
    nothing = None if part.type == "veto" else Fraction(0)
    figures = [unit.figures[code] for code in part.inputs]
    if part.gate is not None:
        gate = unit.figures[part.gate.input].value
        if gate is not None and gate < exact(part.gate.at_least):
            return Fraction(0) if part.gate.otherwise == "zero" else None
    if not unit.submitted and any(figure.value is None and figure.denominator is None for figure in figures):
        return nothing
    if any(figure.denominator == 0 for figure in figures):
        return nothing if part.empty == "zero" else None
    if any(figure.value is None for figure in figures):
        return None
    values = [figure.value for figure in figures if figure.value is not None]
    if part.shrink:
        values = [_shrunk(part, unit, peers)]
    return _points(part, values)


def _shrunk(part: Part, unit: Unit, peers: list[Unit]) -> Fraction:
    code = part.inputs[0]
    known = [peer.figures[code] for peer in peers if peer.figures[code].denominator]
    hits = sum((figure.numerator or Fraction(0) for figure in known), Fraction(0))
    cases = sum((figure.denominator or Fraction(0) for figure in known), Fraction(0))
    own = unit.figures[code]
    assert own.numerator is not None and own.denominator is not None
    added = exact(part.shrink)
    return (own.numerator + added * hits / cases) / (own.denominator + added)


def _points(part: Part, values: list[Fraction]) -> Fraction:
    full, whole = exact(part.points), sum(values, Fraction(0))
    target = exact(part.target) if isinstance(part.target, float) else Fraction(0)
    if part.type == "count_target":
        per_missing = exact(part.per_missing) if part.per_missing is not None else (full / target if target else 0)
        left = full
        left -= per_missing * (target - whole) if whole < target else 0
        left -= exact(part.per_excess) * (whole - target) if whole > target else 0
        return max(left, Fraction(0))
    if part.type == "rate_linear":
        assert isinstance(part.floor, float)
        floor = exact(part.floor)
        if whole <= floor:
            return Fraction(0)
        return full if whole >= target else full * (whole - floor) / (target - floor)
    if part.type == "rate_target":
        return full if whole >= target else Fraction(0)
    if part.type == "flag":
        return sum((full / len(values) * min(max(value, Fraction(0)), Fraction(1)) for value in values), Fraction(0))
    if part.type == "base_extra_cap":
        if whole < 1:
            return min(exact(part.base) * whole, full)
        return min(exact(part.base) + exact(part.extra) * (whole - 1), full)
    if part.type == "deduct":
        return -min(exact(part.each) * whole, full)
    if part.type == "bonus_cap":
        weights = part.weights or tuple(1.0 for _ in values)
        beyond = [max(value - exact(part.beyond), Fraction(0)) for value in values]
        return min(sum((exact(w) * v for w, v in zip(weights, beyond, strict=True)), Fraction(0)), full)
    below = part.below is not None and whole < exact(part.below)
    above = part.above is not None and whole > exact(part.above)
    return Fraction(1 if below or above else 0)


def rank_county(rubric: Rubric, county: list[Unit], scored: list[Scored]) -> list[int]:
    """The rank of every unit within its peer group by total, then the tiebreaks; 0 without a score."""
    keys = [_key(rubric, given) for given in scored]
    ranks = []
    for unit, key in zip(county, keys, strict=True):
        if key is None:
            ranks.append(0)
            continue
        rivals = [
            other for other, peer in zip(keys, county, strict=True) if peer.peer == unit.peer and other is not None
        ]
        ranks.append(1 + sum(other > key for other in rivals))
    return ranks


def _key(rubric: Rubric, given: Scored) -> tuple[Fraction, ...] | None:
    if given.total is None:
        return None
    key = [given.total]
    for code in rubric.tiebreaks:
        named = [item for item in rubric.items if item.kind == "points" and code in (item.code, item.block)]
        judged = [item.code for item in named if given.points[item.code] is not None]
        had = sum((given.limits[item] for item in judged), Fraction(0))
        got = sum((given.points[item] or Fraction(0) for item in judged), Fraction(0))
        key.append(got / had if had else Fraction(-1))
    return tuple(key)


def exact(value: float) -> Fraction:
    """The decimal number as it is written."""
    return Fraction(str(value))
