"""Every item of every unit with its state, points, figures and the sentence that says why."""

from __future__ import annotations

import numpy as np

from catalogue.inputs import inputs_of
from catalogue.rubric import Rubric, RubricItem
from catalogue.runs import RunItem, State
from transforms.assessment.notes import explain
from transforms.scoring import Inputs, Scores
from transforms.scoring.inputs import Floats
from transforms.scoring.parts import part_points


def itemise(rubric: Rubric, inputs: Inputs, scores: Scores) -> list[tuple[RunItem, ...]]:
    """Per unit its items in the rubric's order; `rubric` is the effective one."""
    known = inputs_of(rubric.level)
    given = [[part_points(part, inputs)[0] for part in item.parts] for item in rubric.items]
    units = []
    for place in range(len(inputs.units)):
        items = []
        for column, item in enumerate(rubric.items):
            points = [float(part[place]) for part in given[column]]
            state = _state(item, inputs, place, float(scores.points[place, column]))
            note = explain(item, inputs, place, points, state, known)
            items.append(_item(item, inputs, scores, place, column, state, note))
        units.append(tuple(items))
    return units


def _state(item: RubricItem, inputs: Inputs, place: int, points: float) -> State:
    columns = [inputs.column(code) for part in item.parts for code in part.inputs]
    if not np.isnan(points):
        own = [column for column in columns if not np.isnan(inputs.value[place, column])]
        return "not_submitted" if not own and inputs.absent[place, columns].any() else "scored"
    if not item.parts or (item.applies_to == "congress" and not inputs.congress[place]):
        return "not_applicable"
    unknown = inputs.missing | inputs.absent
    return "missing" if unknown[place, columns].any() else "not_applicable"


def _item(
    item: RubricItem, inputs: Inputs, scores: Scores, place: int, column: int, state: State, note: str
) -> RunItem:
    """Numerator and denominator are those of the first measured input, where it is the only one of the first part."""
    first = item.parts[0].inputs if item.parts else ()
    own = inputs.column(first[0]) if len(first) == 1 else None
    return RunItem(
        item=item.code,
        state=state,
        points=_known(scores.points[place, column]),
        max_points=float(scores.max_points[place, column]),
        value=_known(scores.value[place, column]),
        numerator=None if own is None else _known(inputs.numerator[place, own]),
        denominator=None if own is None else _known(inputs.denominator[place, own]),
        note=note,
    )


def _known(value: Floats | float) -> float | None:
    return None if np.isnan(value) else float(value)
