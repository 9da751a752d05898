"""What would raise the score: the gain is what scoring gives when the item is full."""

from __future__ import annotations

import numpy as np
import pytest
from fictional_run import PARAMETERS, PERIOD, make_inputs, make_run, names

from catalogue.rubric_loading import default_rubric
from publish.publication import read_edition
from publish.why.improvement import improvements
from transforms.scoring import score

RUN = make_run(12)
EDITION = read_edition(RUN, None)


@pytest.mark.parametrize("unit", [unit for unit in RUN.units if unit.is_submitted], ids=lambda unit: unit.code)
def test_gain_is_that_of_scoring(unit: object) -> None:
    """Items of one part without shrinkage: put the input on its target and score again."""
    rubric = default_rubric("township", PERIOD).effective(PERIOD, PARAMETERS)
    inputs = make_inputs(rubric, names(12), RUN.seed)
    row = inputs.units.index(unit.code)  # type: ignore[attr-defined]
    before = score(rubric, inputs).total[row]
    tried = 0
    for one in improvements(EDITION, unit):  # type: ignore[arg-type]
        part = one.item.parts[0]
        simple = len(one.item.parts) == 1 and len(part.inputs) == 1 and not part.shrink and part.gate is None
        shared = [item for item in rubric.items if part.inputs[0] in item.inputs]
        if one.gain is None or not simple or len(shared) > 1 or part.type not in ("count_target", "rate_linear"):
            continue
        column = inputs.column(part.inputs[0])
        value, numerator, denominator = inputs.value.copy(), inputs.numerator.copy(), inputs.denominator.copy()
        value[row, column] = float(part.target or 0)
        denominator[row, column] = denominator[row, column] or 1.0
        numerator[row, column] = value[row, column] * denominator[row, column]
        after = score(rubric, inputs.with_figures(value, numerator, denominator)).total[row]
        assert after - before == pytest.approx(one.gain, abs=1e-9)
        tried += 1
    assert tried or not improvements(EDITION, unit)  # type: ignore[arg-type]


def test_greatest_gain_first_and_only_what_is_short() -> None:
    for unit in RUN.units:
        found = improvements(EDITION, unit)
        gains = [one.gain for one in found if one.gain is not None]
        assert gains == sorted(gains, reverse=True)
        assert all(gain > 0 for gain in gains)
        short = {
            item.item
            for item in unit.items
            if EDITION.rubric.item(item.item).kind == "points"
            and (item.state == "missing" or (item.points is not None and item.points < item.max_points - 1e-9))
        }
        assert {one.item.code for one in found} == short


def test_words_say_how_many_are_missing() -> None:
    told = [one for unit in RUN.units if unit.is_submitted for one in improvements(EDITION, unit)]
    attendance = [one.words for one in told if one.item.code == "B3" and one.gain is not None]
    assert attendance
    for unit in RUN.units:
        for one in improvements(EDITION, unit):
            if one.item.code == "B3" and one.gain and unit.is_submitted:
                given = next(given for given in unit.inputs if given.code == "session_attendance_rate")
                assert given.numerator is not None
                assert given.denominator is not None
                missing = int(np.ceil(0.95 * given.denominator - given.numerator - 1e-9))
                assert f"还差{missing}）" in one.words
