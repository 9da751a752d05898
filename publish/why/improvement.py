"""What would raise a unit's score most: for every item short of its points, the gain and what it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from catalogue.rubric import Part, RubricItem
from catalogue.runs import RunInput, RunUnit
from publish.edition import Edition, amount

_NEAR = 1e-9


@dataclass(frozen=True)
class Improvement:
    """An item, what full points would add to the score (None where that cannot be said), and what it takes."""

    item: RubricItem
    gain: float | None
    words: str


def improvements(edition: Edition, unit: RunUnit) -> list[Improvement]:
    """The unit's items short of full points, greatest gain first; items without data last.

    The gain is what the score would rise by, were this item alone full: total x missing points / points to be had.
    """
    judged = [one for item in edition.items if (one := edition.results[unit.code, item.code]).points is not None]
    had = sum(one.max_points for one in judged)
    given = {one.code: one for one in unit.inputs}
    found = []
    for item in edition.items:
        result = edition.results[unit.code, item.code]
        if result.state == "missing":
            found.append(Improvement(item, None, "数据缺，未计分：请补报或更正相关数据"))
        elif result.points is not None and result.points < result.max_points - _NEAR:
            gain = edition.rubric.total * (result.max_points - result.points) / had
            words = "按时报送数据" if result.state == "not_submitted" else _words(edition, item, given)
            found.append(Improvement(item, gain, words))
    found.sort(key=lambda one: (one.gain is None, -(one.gain or 0.0), one.item.code))
    return found


def _words(edition: Edition, item: RubricItem, given: Mapping[str, RunInput]) -> str:
    told = [words for part in item.parts if (words := _part(edition, part, given))]
    return "；".join(told) or "见计分办法"


def _part(edition: Edition, part: Part, given: Mapping[str, RunInput]) -> str:
    """What the part wants, empty when it has all."""
    inputs = [given[code] for code in part.inputs if code in given]
    label = "、".join(edition.label(code) for code in part.inputs)
    if not inputs or any(one.value is None for one in inputs):
        is_empty = part.empty == "zero" and any(one.denominator == 0 for one in inputs)
        return f"{label}本期没有发生，按零分计" if is_empty else ""
    value, target = sum(one.value or 0.0 for one in inputs), float(part.target or 0.0)
    is_share = edition.is_share(part.inputs[0])
    if part.type == "flag":
        undone = [edition.label(one.code) for one in inputs if (one.value or 0.0) < 1]
        return f"做到：{'、'.join(undone)}" if undone else ""
    now = f"{label}现为{amount(value, is_share=is_share)}"
    if part.type == "base_extra_cap":
        return f"{now}，还可增加"
    if part.type == "count_target" and part.per_excess and value > target:
        return f"{now}，应{f'不超过{amount(target, is_share=is_share)}' if target else '不再发生'}"
    if part.type in ("count_target", "rate_linear", "rate_target") and value < target - _NEAR:
        words = f"{label}由{amount(value, is_share=is_share)}提高到{amount(target, is_share=is_share)}"
        return words + (_missing(inputs[0], target) if len(inputs) == 1 else "")
    return ""


def _missing(one: RunInput, target: float) -> str:
    """How many more cases the numerator wants at the denominator as it is."""
    if one.numerator is None or not one.denominator:
        return ""
    missing = ceil(target * one.denominator - one.numerator - _NEAR)
    return f"（按现有分母{one.denominator:g}，还差{missing}）" if missing > 0 else ""
