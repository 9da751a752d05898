"""What is wrong with a rubric, in words that name the code: the checks every rubric passes before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose
from typing import get_args

from catalogue.periods import Kind
from catalogue.rubric import Empty, ItemKind, Part, PartType, Quarter, Rubric, RubricItem

_KINDS: dict[ItemKind, frozenset[PartType]] = {
    "points": frozenset({"count_target", "rate_linear", "rate_target", "flag", "base_extra_cap"}),
    "bonus": frozenset({"bonus_cap"}),
    "deduction": frozenset({"deduct"}),
    "veto": frozenset({"veto"}),
}
_OWN = {  # the figures a type reads; any other figure given would be without effect
    "count_target": {"target", "per_missing", "per_excess"},
    "rate_linear": {"floor", "target", "shrink"},
    "rate_target": {"target", "shrink"},
    "flag": set(),
    "base_extra_cap": {"base", "extra"},
    "deduct": {"each"},
    "bonus_cap": {"weights", "beyond"},
    "veto": {"below", "above"},
}
_FIGURES = sorted(set().union(*_OWN.values()))
_NOTHING = Part("flag", 0.0, ())


def faults(rubric: Rubric, inputs: frozenset[str], amounts: frozenset[str]) -> list[str]:
    """Everything wrong with the rubric; [] when it can be used. `inputs`: known codes, `amounts`: known parameters."""
    return [
        *_dates(rubric),
        *_sums(rubric),
        *_references(rubric),
        *(fault for item in rubric.items for fault in _item(item, inputs, amounts)),
    ]


def _dates(rubric: Rubric) -> Iterator[str]:
    if rubric.valid_to is not None and rubric.valid_to < rubric.valid_from:
        yield f"valid_to {rubric.valid_to} is before valid_from {rubric.valid_from}"
    if not rubric.periods or not set(rubric.periods) <= set(get_args(Kind)):
        yield "periods must list month, quarter or year"
    if rubric.bands.qualified > rubric.bands.candidate or len(rubric.bands.labels) != 3:
        yield "bands need qualified <= candidate and three labels, best first"
    if not 0 <= rubric.quota.share <= 1 or not 0.5 <= rubric.quota.firm <= 1:
        yield "quota.share must lie in 0..1 and quota.firm in 0.5..1"
    if rubric.term.years <= 0 or list(rubric.peers.size_bands) != sorted(set(rubric.peers.size_bands)):
        yield "term.years must be positive and peers.size_bands must rise"


def _sums(rubric: Rubric) -> Iterator[str]:
    for block in rubric.blocks:
        got = sum(item.points for item in rubric.items if item.kind == "points" and item.block == block.code)
        if not isclose(got, block.points):
            yield f"block {block.code}: its items add up to {got:g} points, declared are {block.points:g}"
    whole = sum(block.points for block in rubric.blocks)
    if not isclose(whole, rubric.total):
        yield f"the blocks add up to {whole:g} points, declared are {rubric.total:g}"
    for kind, limit in (("bonus", rubric.bonus_limit), ("deduction", rubric.deduction_limit)):
        got = sum(item.points for item in rubric.items if item.kind == kind)
        if limit > got + 1e-9 or limit < 0:
            yield f"{kind}_limit {limit:g} cannot be reached: the items allow {got:g}"


def _references(rubric: Rubric) -> Iterator[str]:
    codes = {item.code for item in rubric.items if item.kind == "points"}
    blocks = [block.code for block in rubric.blocks]
    if len(set(blocks)) != len(blocks) or codes & set(blocks):
        yield "codes of blocks must differ from each other and from items"
    for code in rubric.tiebreaks:
        if code not in codes | set(blocks):
            yield f"tiebreak {code} is neither an item with points nor a block"


def _item(item: RubricItem, inputs: frozenset[str], amounts: frozenset[str]) -> Iterator[str]:
    if item.applies_to not in ("all", "congress"):
        yield f"{item.code}: applies_to must be all or congress"
    if not item.parts:
        yield f"{item.code}: it has no parts"
    got = sum(part.points for part in item.parts)
    if item.kind != "veto" and not isclose(got, item.points):
        yield f"{item.code}: its parts add up to {got:g} points, declared are {item.points:g}"
    if item.kind != "veto" and item.points <= 0:
        yield f"{item.code}: unreachable, it has no points"
    for part in item.parts:
        if part.type not in _KINDS[item.kind]:
            yield f"{item.code}: {part.type} cannot stand among {item.kind}"
        for wrong in (*_names(part, inputs, amounts), *_figures(part), *_reach(part)):
            yield f"{item.code}: {wrong}"


def _names(part: Part, inputs: frozenset[str], amounts: frozenset[str]) -> Iterator[str]:
    for code in part.all_inputs:
        if code not in inputs:
            yield f"input {code} is not declared for this level"
    if not part.inputs:
        yield "it names no input"
    if part.type in ("rate_linear", "rate_target", "deduct", "veto") and len(part.inputs) != 1:
        yield f"{part.type} takes exactly one input"
    for amount in (part.target, part.floor):
        if isinstance(amount, str) and amount not in amounts:
            yield f"parameter {amount} is not declared"
    if part.empty not in get_args(Empty) or part.quarter not in get_args(Quarter):
        yield "empty or quarter has an unknown word"
    if part.gate is not None and part.gate.otherwise not in get_args(Empty):
        yield "gate.otherwise must be exclude, zero or zero_yearly"


def _figures(part: Part) -> Iterator[str]:
    for name in _FIGURES:
        if name not in _OWN[part.type] and getattr(part, name) != getattr(_NOTHING, name):
            yield f"{name} means nothing for {part.type}; remove it"
    if part.type in ("count_target", "rate_linear", "rate_target") and part.target is None:
        yield f"{part.type} needs a target"
    if part.type == "veto" and part.below is None and part.above is None:
        yield "a veto needs below or above"
    if part.weights and len(part.weights) != len(part.inputs):
        yield "it needs one weight per input"
    if min(part.shrink, part.per_excess, part.per_missing or 0, part.base, part.extra, part.each) < 0:
        yield "figures must not be negative"


def _reach(part: Part) -> Iterator[str]:
    """A part that gives the same whatever happens, or whose full points nobody can get, is unreachable."""
    target, floor = part.target, part.floor
    if part.type == "count_target" and isinstance(target, float):
        per_missing = part.per_missing if part.per_missing is not None else (1.0 if target else 0.0)
        if target < 0 or (per_missing * target == 0 and part.per_excess == 0):
            yield "unreachable: it gives the same points for every count"
    if part.type == "rate_linear" and isinstance(target, float) and isinstance(floor, float) and target <= floor:
        yield "unreachable: the target must lie above the floor"
    if part.type == "rate_target" and isinstance(target, float) and not 0 < target <= 1:
        yield "unreachable: the target must lie in 0..1, above 0"
    if part.type == "base_extra_cap" and (
        part.base + part.extra <= 0 or part.base > part.points or (part.extra == 0 and part.base < part.points)
    ):
        yield f"unreachable: base {part.base:g} and {part.extra:g} for each further one never give {part.points:g}"
    if part.type == "deduct" and part.each == 0:
        yield "unreachable: it takes nothing off"
    if part.type == "bonus_cap" and part.weights and min(part.weights) <= 0:
        yield "unreachable: weights must be positive"
    if part.type == "veto" and part.below is not None and part.above is not None and part.below > part.above:
        yield "it strikes everybody: below lies above"
