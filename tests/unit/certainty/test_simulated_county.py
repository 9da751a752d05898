"""The inputs of the fairness benchmark: equal to the simulation's own oracle where both know an indicator."""

import numpy as np
import pytest

from benchmarks.assessed_county import assemble, effective_rubric, figures, found_townships, law_of, live, pad
from catalogue import load
from catalogue.periods import Period
from taizhang.simulation.desk import Desk
from taizhang.simulation.history import Arrived, History
from taizhang.simulation.oracle import Due, Oracle
from transforms.scoring import score

YEAR = Period.holding("year", Period.parse("2025-06"))
BY_DELIVERY = {"returns_clean_rate"}  # drawn apart from the events


@pytest.mark.parametrize("place", [0, 1, 2])
def test_figures_are_those_of_the_oracle(place: int) -> None:
    township = found_townships(5, 3, YEAR)[place]
    life, form = live(township, YEAR, "5/0"), load().current_form
    desk, history = Desk(township, form), History(form)
    for month in life.months:
        sent = desk.compose(month, month.period.last_day)
        history.begin(month.period)
        history.add(Arrived(sent, "accepted", sent.sheets))
    dues = {month: Due(True, True, True) for month in YEAR.months()}
    oracle = {
        value.indicator: value for value in Oracle(history, dues, township.holds_congress, law_of(YEAR)).values(YEAR)
    }
    found = figures(life)
    common = (set(found) & set(oracle)) - BY_DELIVERY
    assert len(common) > 15
    for code in common:
        value, numerator, denominator = found[code]
        expected = oracle[code]
        if expected.denominator is not None:
            assert (numerator, denominator) == (expected.numerator, expected.denominator), code
        elif expected.denominator is None:
            assert value == expected.value, code


def test_padding_changes_counts_and_no_rate() -> None:
    township = found_townships(5, 3, YEAR)[1]
    life = live(township, YEAR, "5/0")
    before, after = figures(life), figures(pad(life))
    assert after["special_report_count"][0] == 2 * before["special_report_count"][0]
    assert after["suggestions_per_deputy"][1] == 2 * before["suggestions_per_deputy"][1]
    for code in ("suggestions_on_time_rate", "opinion_reply_rate", "suggestions_resolution_rate", "training_coverage"):
        np.testing.assert_equal(after[code][0], before[code][0])


def test_a_county_is_scored_and_the_better_ones_come_out_ahead() -> None:
    townships, rubric = found_townships(6, 8, YEAR), effective_rubric(YEAR)
    inputs = assemble(townships, [figures(live(township, YEAR, "6/0")) for township in townships], rubric)
    total = score(rubric, inputs).total
    assert np.isfinite(total).all()
    best, worst = (pick([township.quality for township in townships]) for pick in (np.argmax, np.argmin))
    assert total[best] > total[worst]
