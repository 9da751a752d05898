"""Rubrics: versioned documents that say how many points what is worth (catalogue/rubrics/*.yaml), as frozen objects.

They are made and checked by `catalogue.rubric_loading` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from catalogue.errors import CatalogueError, Refusal
from catalogue.inputs import Evidence, Level, inputs_of
from catalogue.periods import Kind, Period

PartType = Literal[
    "count_target", "rate_linear", "rate_target", "flag", "base_extra_cap", "deduct", "bonus_cap", "veto"
]
ItemKind = Literal["points", "bonus", "deduction", "veto"]
Empty = Literal["exclude", "zero", "zero_yearly"]
Quarter = Literal["scale", "same", "skip"]
Amount = float | str  # a figure, or the name of a parameter of law (jurisdictions.yaml), or term_elapsed
TERM_ELAPSED = "term_elapsed"  # share of the term of office that has passed, 0..1


@dataclass(frozen=True)
class Gate:
    """The part is judged only where the input reaches `at_least`; elsewhere see Part.empty."""

    input: str
    at_least: float
    otherwise: Empty = "exclude"


@dataclass(frozen=True)
class Part:
    """One measured thing of an item. `points` is the most it gives (of a deduction: takes); 0 for a veto.

    count_target    full at `target` (inputs summed); `per_missing` off each one below, `per_excess` each one above
    rate_linear     0 at `floor`, full at `target`, straight between; `shrink` adds that many cases at the peers' rate
    rate_target     full at `target` or above, else 0
    flag            full where the input is 1; several inputs share the points equally
    base_extra_cap  `base` for the first, `extra` for each further one, `points` at most in total
    deduct          `each` off per case, `points` at most in total
    bonus_cap       sum of what the inputs have above `beyond`, times their `weights` (1 by default), `points` at most
    veto            where the input is below `below` or above `above` the unit is not eligible

    `empty`: what an empty denominator means: not judged (exclude), zero, or zero over a year (zero_yearly).
    `quarter`: over less than a year the figures are scaled to the months, stay the same, or the part is skipped.
    """

    type: PartType
    points: float
    inputs: tuple[str, ...]
    target: Amount | None = None
    floor: Amount = 0.0
    per_missing: float | None = None
    per_excess: float = 0.0
    base: float = 0.0
    extra: float = 0.0
    each: float = 0.0
    weights: tuple[float, ...] = ()
    beyond: float = 0.0
    below: float | None = None
    above: float | None = None
    shrink: float = 0.0
    empty: Empty = "exclude"
    quarter: Quarter = "same"
    gate: Gate | None = None

    @property
    def all_inputs(self) -> tuple[str, ...]:
        """The inputs measured and the gate's."""
        return self.inputs + ((self.gate.input,) if self.gate else ())


@dataclass(frozen=True)
class RubricItem:
    """A line of the rubric. `points`: full points; of a bonus or deduction its limit; of a veto 0."""

    code: str
    label: str
    label_en: str
    block: str
    kind: ItemKind
    points: float
    parts: tuple[Part, ...]
    applies_to: Literal["all", "congress"] = "all"
    basis: str = ""
    note: str = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The codes of everything it rests on, each once."""
        return tuple(dict.fromkeys(code for part in self.parts for code in part.all_inputs))

    @property
    def type(self) -> str:
        """The type of its part, or the types joined by + where it has several kinds of part."""
        return "+".join(dict.fromkeys(part.type for part in self.parts))


@dataclass(frozen=True)
class Block:
    """A heading of the rubric with the points of its items."""

    code: str
    label: str
    label_en: str
    points: float


@dataclass(frozen=True)
class Bands:
    """Grades by score: `candidate` (and inside the quota, no veto), `qualified`; what is lower is `criticised`."""

    candidate: float
    qualified: float
    labels: tuple[str, str, str]


@dataclass(frozen=True)
class Quota:
    """How many of a peer group can be recommended: ceil(share x n), at most `limit`. `firm`: see decide()."""

    share: float
    limit: int | None = None
    firm: float = 0.9


@dataclass(frozen=True)
class Peers:
    """Who is ranked with whom: 镇 and 乡 together unless `separate_kinds`; street offices always apart.

    `by_township`: groups or deputies only with those of their own township. `size_bands`: upper bounds of the size
    (of a township: deputies in office); () for no bands.
    """

    separate_kinds: bool = False
    by_township: bool = False
    size_bands: tuple[float, ...] = ()


@dataclass(frozen=True)
class Term:
    """The term of office: `start` None means since the first month on record."""

    years: float = 5
    start: date | None = None


@dataclass(frozen=True)
class Rubric:
    """A rubric in one version; `digest` is the sha256 of its file, `text` the file itself."""

    code: str
    version: str
    label: str
    label_en: str
    level: Level
    periods: tuple[Kind, ...]
    valid_from: date
    valid_to: date | None
    blocks: tuple[Block, ...]
    items: tuple[RubricItem, ...]
    total: float
    bonus_limit: float
    deduction_limit: float
    bands: Bands
    quota: Quota
    prizes: tuple[float, ...]
    tiebreaks: tuple[str, ...]
    peers: Peers
    term: Term
    is_default: bool
    source: str
    text: str
    digest: str

    def item(self, code: str) -> RubricItem:
        """The item of that code; KeyError when the rubric has none."""
        return {item.code: item for item in self.items}[code]

    def of_kind(self, kind: ItemKind) -> tuple[RubricItem, ...]:
        """The items of the kind, in order."""
        return tuple(item for item in self.items if item.kind == kind)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The codes of everything the rubric rests on, in order of first use."""
        return tuple(dict.fromkeys(code for item in self.items for code in item.inputs))

    def evidence(self, item: RubricItem) -> tuple[Evidence, ...]:
        """Where the item's inputs come from: returns, panel, or both."""
        known = inputs_of(self.level)
        return tuple(dict.fromkeys(known[code].evidence for code in item.inputs))

    def holds_in(self, period: Period) -> bool:
        """True when the rubric is valid on the period's last day and judges periods of that kind."""
        is_valid = self.valid_from <= period.last_day and (self.valid_to is None or period.last_day <= self.valid_to)
        return is_valid and period.kind in self.periods

    def effective(self, period: Period, parameters: Mapping[str, float]) -> Rubric:
        """The rubric with every figure a number, as it holds for the period. Items without parts are not judged in it.

        Figures of a year are scaled to the period's months where the part says so; a count target that falls below 1
        is not judged in so short a period, nor is a part marked skip. Raises Refusal when the rubric is not for it.
        """
        if not self.holds_in(period):
            raise Refusal(
                f"考评办法 {self.code} 第 {self.version} 版不适用于{period.chinese}：请用 --rubric 另选，或改其有效期。"
            )
        fraction = len(list(period.months())) / 12
        items = []
        for item in self.items:
            parts = [_effective(part, fraction, parameters) for part in item.parts]
            items.append(replace(item, parts=tuple(part for part in parts if part is not None)))
        return replace(self, items=tuple(items))


def _effective(part: Part, fraction: float, parameters: Mapping[str, float]) -> Part | None:
    if fraction < 1 and part.quarter == "skip":
        return None
    gate = part.gate and replace(part.gate, otherwise=_settled(part.gate.otherwise, fraction))
    floor = _number(part.floor, parameters)
    assert floor is not None
    resolved = replace(
        part, target=_number(part.target, parameters), floor=floor, empty=_settled(part.empty, fraction), gate=gate
    )
    return _scaled(resolved, fraction) if fraction < 1 and part.quarter == "scale" else resolved


def _settled(empty: Empty, fraction: float) -> Empty:
    """zero_yearly: nothing to count is a failing over a year, and no matter in a shorter period."""
    if empty != "zero_yearly":
        return empty
    return "zero" if fraction == 1 else "exclude"


def _scaled(part: Part, fraction: float) -> Part | None:
    scaled: dict[str, Any] = {"target": _times(part.target, fraction), "floor": _times(part.floor, fraction)}
    if part.type == "count_target":
        if scaled["target"] is not None and 0 < scaled["target"] < 1:
            return None
        if part.per_missing is not None:
            scaled["per_missing"] = part.per_missing / fraction
    if part.type == "bonus_cap":
        scaled["points"] = part.points * fraction
    return replace(part, **scaled)


def _times(amount: Amount | None, fraction: float) -> float | None:
    return None if amount is None else float(amount) * fraction


def _number(amount: Amount | None, parameters: Mapping[str, float]) -> float | None:
    if not isinstance(amount, str):
        return amount
    if amount not in parameters:
        raise CatalogueError(f"A rubric names the parameter {amount}, which is not loaded: run taizhang init again.")
    return float(parameters[amount])
