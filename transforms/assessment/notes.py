"""Why an item has its points, in one Chinese sentence each: figures, target, what was not judged and why."""

from __future__ import annotations

import numpy as np

from catalogue.inputs import RubricInput
from catalogue.rubric import Part, RubricItem
from catalogue.runs import State
from transforms.scoring import Inputs


def explain(
    item: RubricItem, inputs: Inputs, place: int, points: list[float], state: State, known: dict[str, RubricInput]
) -> str:
    """The sentence for the item of the unit at `place`; `points` are those of its parts, NaN where not judged."""
    if state == "not_submitted":
        return "本期没有报送，计零分"
    if not item.parts:
        return "本期不考核，年度考核时计分"
    if item.applies_to == "congress" and not inputs.congress[place]:
        return "不召开人代会，不适用"
    return "；".join(_part(part, inputs, place, given, known) for part, given in zip(item.parts, points, strict=True))


def _part(part: Part, inputs: Inputs, place: int, given: float, known: dict[str, RubricInput]) -> str:
    said = "、".join(_figure(code, inputs, place, known) for code in part.all_inputs)
    if np.isnan(given):
        unknown = (inputs.missing | inputs.absent)[place, [inputs.column(code) for code in part.all_inputs]]
        return f"{said}：缺少数据，不计入" if unknown.any() else f"{said}：不适用，不计入"
    return f"{said}{_rule(part)}，得{_number(given)}分" if part.type != "veto" else f"{said}{_rule(part)}"


def _figure(code: str, inputs: Inputs, place: int, known: dict[str, RubricInput]) -> str:
    column = inputs.column(code)
    value, numerator, denominator = (
        float(part[place, column]) for part in (inputs.value, inputs.numerator, inputs.denominator)
    )
    about = "约" if inputs.approximate[place, column] else ""
    label = known[code].label
    if np.isnan(value):
        return f"{label}无数据" if denominator != 0 else f"{label}无应计事项"
    if np.isnan(denominator):
        return f"{label}{about}{_number(value)}"
    shown = f"{value:.1%}" if label.endswith(("率", "覆盖", "充足度", "及时度")) else _number(value)
    return f"{label}{about}{_number(numerator)}/{_number(denominator)}={shown}"


def _rule(part: Part) -> str:
    """The threshold that matters, in brackets."""
    target = _number(part.target) if isinstance(part.target, float) else ""
    near = f"加{_number(part.shrink)}件按同类平均折算，" if part.shrink else ""
    said = {
        "count_target": f"每项扣{_number(part.per_excess)}分" if part.per_excess else f"目标{target}",
        "rate_linear": f"{near}满分线{target}",
        "rate_target": f"{near}满分线{target}",
        "deduct": f"每例扣{_number(part.each)}分",
        "bonus_cap": f"至多{_number(part.points)}分",
        "base_extra_cap": f"首次{_number(part.base)}分，续次{_number(part.extra)}分，至多{_number(part.points)}分",
    }.get(part.type, "")
    return f"（{said}）" if said else ""


def _number(value: float) -> str:
    return f"{round(value, 4):.10g}"
