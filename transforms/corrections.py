"""What a correction moves: one run document held against an earlier one of the same period and rubric."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.runs import RunDocument, RunUnit

SAME = 1e-9  # points closer than this are the same, as in ranking


@dataclass(frozen=True)
class Move:
    """One figure of a unit that differs; None where it was not there. `what` is an item's code or one of WHAT."""

    unit: str
    name: str
    what: str
    before: float | str | None
    after: float | str | None


@dataclass(frozen=True)
class Correction:
    """Everything that differs, in the order of the new run: items' points, then scores, ranks, grades, recommendations.

    `appeared` and `gone` are units that only the new or only the old run has; their figures are not listed apart.
    """

    items: tuple[Move, ...]
    scores: tuple[Move, ...]
    ranks: tuple[Move, ...]
    bands: tuple[Move, ...]
    decisions: tuple[Move, ...]
    appeared: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def touched(self) -> tuple[str, ...]:
        """Codes of the units with any difference, sorted: whose own sheets would change."""
        moves = (*self.items, *self.scores, *self.ranks, *self.bands, *self.decisions)
        return tuple(sorted({move.unit for move in moves} | set(self.appeared) | set(self.gone)))

    @property
    def is_empty(self) -> bool:
        """True when nothing moves."""
        return not self.touched


def compare(before: RunDocument, after: RunDocument) -> Correction:
    """What is different in `after`. Ranges of uncertainty are not compared: they follow the figures."""
    old = {unit.code: unit for unit in before.units}
    new = {unit.code: unit for unit in after.units}
    both = [(old[unit.code], unit) for unit in after.units if unit.code in old]
    return Correction(
        items=tuple(move for pair in both for move in _items(*pair)),
        scores=_moves("score", both),
        ranks=_moves("rank", both),
        bands=_moves("band", both),
        decisions=_moves("decision", both),
        appeared=tuple(code for code in new if code not in old),
        gone=tuple(code for code in old if code not in new),
    )


def _items(before: RunUnit, after: RunUnit) -> list[Move]:
    old = {item.item: item.points for item in before.items}
    new = {item.item: item.points for item in after.items}
    return [
        Move(after.code, after.name, code, old.get(code), new.get(code))
        for code in dict.fromkeys([*new, *old])
        if not _same(old.get(code), new.get(code))
    ]


def _moves(what: str, both: list[tuple[RunUnit, RunUnit]]) -> tuple[Move, ...]:
    return tuple(
        Move(new.code, new.name, what, getattr(old, what), getattr(new, what))
        for old, new in both
        if not _same(getattr(old, what), getattr(new, what))
    )


def _same(before: float | str | None, after: float | str | None) -> bool:
    if isinstance(before, (int, float)) and isinstance(after, (int, float)):
        return abs(before - after) <= SAME
    return before == after
