"""Scoring as spreadsheet formulas: what transforms.scoring computes, cell by cell, for analysts who change a figure.

A part's parameters stand in the cells named by `ParameterCells`, a unit's figures in those of `FigureCells`; both are
absolute or row-relative references, ready to be put into a formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.rubric import Part

SAME = "1E-9"  # transforms.scoring.ranks.SAME: closer scores are equal


@dataclass(frozen=True)
class FigureCells:
    """An input of a unit: its value, and numerator, denominator and their columns where it is a rate."""

    value: str
    numerator: str = ""
    denominator: str = ""
    numerators: str = ""
    denominators: str = ""


@dataclass(frozen=True)
class ParameterCells:
    """Where a part's figures stand."""

    points: str
    target: str
    floor: str
    per_missing: str
    per_excess: str
    base: str
    extra: str
    each: str
    shrink: str
    gate: str
    weights: tuple[str, ...]


@dataclass(frozen=True)
class PartFormula:
    """Two expressions without the equals sign: is the part judged, and the points it gives when it is."""

    is_judged: str
    points: str


def part_formula(
    part: Part,
    cells: ParameterCells,
    figures: Sequence[FigureCells],
    gate: FigureCells | None,
    *,
    group: str,
    groups: str,
) -> PartFormula:
    """The part of a unit as expressions; `group` is the unit's peer group's cell, `groups` that column."""
    values = ",".join(figure.value for figure in figures)
    known = f"COUNT({values})={len(figures)}"
    points = _points(part, cells, figures, group, groups)
    empties = [f"{figure.denominator}=0" for figure in figures if figure.denominator]
    is_judged = known
    if part.empty == "zero" and empties:
        counted = ",".join(
            f"AND(ISNUMBER({figure.denominator}),{figure.denominator}=0)" for figure in figures if figure.denominator
        )
        is_judged = f"OR({known},{counted})"
        points = f"IF({known},{points},0)"
    if gate is not None and part.gate is not None:
        is_open = f"OR(NOT(ISNUMBER({gate.value})),N({gate.value})>={cells.gate})"
        if part.gate.otherwise == "zero":
            points = f"IF({is_open},{points},0)"
        else:
            is_judged = f"AND({is_judged},{is_open})"
    return PartFormula(is_judged, points)


def _points(part: Part, cells: ParameterCells, figures: Sequence[FigureCells], group: str, groups: str) -> str:
    x = f"({_summed(part, cells, figures, group, groups)})"
    lost = f"{cells.per_missing}*MAX({cells.target}-{x},0)+{cells.per_excess}*MAX({x}-{cells.target},0)"
    clipped = "+".join(f"MAX(0,MIN(1,{figure.value}))" for figure in figures)
    stepped = f"IF({x}>=1,{cells.base}+{cells.extra}*({x}-1),{cells.base}*MIN({x},0))"
    return {
        "count_target": f"MAX({cells.points}-({lost}),0)",
        "rate_linear": f"{cells.points}*MAX(0,MIN(1,({x}-{cells.floor})/({cells.target}-{cells.floor})))",
        "rate_target": f"IF({x}>={cells.target},{cells.points},0)",
        "flag": f"{cells.points}*({clipped})/{len(figures)}",
        "base_extra_cap": f"MIN({stepped},{cells.points})",
        "deduct": f"-MIN({cells.each}*{x},{cells.points})",
        "bonus_cap": f"MIN({x},{cells.points})",
    }[part.type]


def _summed(part: Part, cells: ParameterCells, figures: Sequence[FigureCells], group: str, groups: str) -> str:
    if part.shrink and figures[0].denominator:
        one = figures[0]
        pooled = f"SUMIF({groups},{group},{one.numerators})/SUMIF({groups},{group},{one.denominators})"
        return f"({one.numerator}+{cells.shrink}*{pooled})/({one.denominator}+{cells.shrink})"
    if part.weights:
        pairs = zip(figures, cells.weights, strict=True)
        return "+".join(f"{figure.value}*{weight}" for figure, weight in pairs)
    return "+".join(figure.value for figure in figures)


def rank_formula(group: str, groups: str, keys: Sequence[tuple[str, str]]) -> str:
    """The rank in the peer group: 1 + how many are ahead by the first key (own cell, column), or equal and by the next.

    Keys are numbers, higher is better. Who is equal in all shares the rank.
    """
    mine = f"({groups}={group})"
    ahead, equal = [], mine
    for own, column in keys:
        ahead.append(f"SUMPRODUCT({equal}*({column}>{own}+{SAME}))")
        equal += f"*(ABS({column}-{own})<={SAME})"
    return "1+" + "+".join(ahead)
