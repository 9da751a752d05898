"""Random rubrics on random counties: scores and ranks equal those of the exact oracle."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from rubric_oracle import Figure, Unit, rank_county, score_county

from catalogue.rubric import Bands, Block, Gate, Part, Peers, Quota, Rubric, RubricItem, Term
from transforms.assessment.assembly import tiebreaks
from transforms.scoring import Inputs, rank, score

COUNTS, RATES = ("c1", "c2", "c3"), ("r1", "r2")
CODES = (*COUNTS, *RATES)

# strategies are made once: Hypothesis checks every new one, which would take longer than all the rest
WHOLE = st.integers(0, 6).map(float)
SOME_WHOLE = st.none() | WHOLE
TENTHS = st.integers(1, 9).map(lambda n: n / 10)
SOME_TENTHS = st.none() | TENTHS
YES = st.booleans()
MOSTLY = st.sampled_from([True, True, True, False])
POINTS = st.sampled_from([1.0, 2.0, 2.5, 6.0])
FLOOR = st.sampled_from([0.0, 0.2, 0.5])
SHRINK = st.sampled_from([0.0, 3.0])
OTHERWISE = st.sampled_from(["exclude", "zero"])
GATES = st.none() | st.builds(Gate, st.sampled_from(CODES), TENTHS, OTHERWISE)
TYPES = st.sampled_from(["count_target", "rate_linear", "rate_target", "flag", "base_extra_cap"])
KINDS = {"bonus": "bonus_cap", "deduction": "deduct", "veto": "veto"}
INPUTS = {
    (pool, most): st.lists(st.sampled_from(pool), min_size=1, max_size=most, unique=True)
    for pool, most in ((RATES, 1), (COUNTS, 1), (COUNTS, 2))
}
POINTED = st.integers(1, 4)
OTHERS = st.lists(st.sampled_from(list(KINDS)), max_size=3)
APPLIES = st.sampled_from(["all", "all", "congress"])
TIEBREAKS = {
    count: st.lists(st.sampled_from([*(f"i{number}" for number in range(count)), "A"]), max_size=2, unique=True)
    for count in range(1, 5)
}
CASES = st.none() | st.integers(0, 5)
HITS = {cases: st.integers(0, cases) for cases in range(6)}
PEER = st.integers(0, 1)


@st.composite
def parts(draw: Any, kind: str) -> Part:
    """A part of any type that may stand among items of the kind."""
    chosen = KINDS.get(kind) or draw(TYPES)
    points = 0.0 if chosen == "veto" else draw(POINTS)
    several = chosen in ("count_target", "flag", "base_extra_cap", "bonus_cap")
    pool = RATES if chosen in ("rate_linear", "rate_target") else COUNTS
    inputs = tuple(draw(INPUTS[pool, 2 if several else 1]))
    given: dict[str, Any] = {}
    if chosen == "count_target":
        given = {"target": draw(WHOLE), "per_missing": draw(SOME_TENTHS), "per_excess": draw(WHOLE) / 4}
    elif chosen == "rate_linear":
        floor = draw(FLOOR)
        given = {"floor": floor, "target": floor + draw(TENTHS) / 2, "shrink": draw(SHRINK)}
    elif chosen == "rate_target":
        given = {"target": draw(TENTHS)}
    elif chosen == "base_extra_cap":
        given = {"base": draw(TENTHS) * points, "extra": draw(TENTHS)}
    elif chosen == "deduct":
        given = {"each": draw(TENTHS)}
    elif chosen == "bonus_cap":
        given = {"weights": tuple(draw(TENTHS) for _ in inputs), "beyond": draw(WHOLE) / 2}
    elif chosen == "veto":
        given = {"below": draw(SOME_WHOLE), "above": 4.0}
    gate = draw(GATES)
    return Part(chosen, points, inputs, empty=draw(OTHERWISE), gate=gate, **given)


PARTS = {kind: st.lists(parts(kind), min_size=1, max_size=2) for kind in ("points", *KINDS)}


@st.composite
def rubrics(draw: Any) -> Rubric:
    """A rubric of a few items in two blocks."""
    items = []
    kinds = ["points"] * draw(POINTED) + draw(OTHERS)
    for number, kind in enumerate(kinds):
        own = tuple(draw(PARTS[kind]))
        block = "AB"[number % 2] if kind == "points" else ""
        items.append(RubricItem(f"i{number}", "", "", block, kind, sum(p.points for p in own), own, draw(APPLIES)))
    return Rubric(
        code="x",
        version="1",
        label="",
        label_en="",
        level="township",
        periods=("year",),
        valid_from=date.min,
        valid_to=None,
        blocks=(Block("A", "", "", 0), Block("B", "", "", 0)),
        items=tuple(items),
        total=100.0,
        bonus_limit=draw(WHOLE),
        deduction_limit=draw(WHOLE),
        bands=Bands(90, 80, ("a", "b", "c")),
        quota=Quota(0.3),
        prizes=(),
        tiebreaks=tuple(draw(TIEBREAKS[kinds.count("points")])),
        peers=Peers(),
        term=Term(),
        is_default=False,
        source="",
        text="",
        digest="",
    )


@st.composite
def units(draw: Any) -> Unit:
    """A unit whose figures are small, often missing, often empty."""
    submitted = draw(MOSTLY)
    figures = {}
    for code in COUNTS:
        count = draw(SOME_WHOLE) if submitted else None
        figures[code] = Figure(None if count is None else Fraction(count))
    for code in RATES:
        cases = draw(CASES) if submitted else None
        if cases is None:
            figures[code] = Figure(None)
        else:
            hits = Fraction(draw(HITS[cases]))
            figures[code] = Figure(hits / cases if cases else None, hits, Fraction(cases))
    return Unit(figures, submitted, draw(YES), draw(PEER))


def as_arrays(county: list[Unit]) -> Inputs:
    """The county as the engine wants it."""

    def pick(name: str) -> np.ndarray:
        rows = [[getattr(unit.figures[code], name) for code in CODES] for unit in county]
        return np.array([[np.nan if value is None else float(value) for value in row] for row in rows])

    value, denominator = pick("value"), pick("denominator")
    submitted = np.array([unit.submitted for unit in county])
    return Inputs(
        units=tuple(str(number) for number in range(len(county))),
        codes=CODES,
        value=value,
        numerator=pick("numerator"),
        denominator=denominator,
        approximate=np.zeros(value.shape, dtype=bool),
        absent=~submitted[:, None] & np.isnan(value) & np.isnan(denominator),
        congress=np.array([unit.congress for unit in county]),
        peer=np.array([unit.peer for unit in county]),
    )


@settings(max_examples=300, deadline=None)
@given(rubrics(), st.lists(units(), min_size=1, max_size=7))
def test_scores_and_ranks_are_the_oracles(rubric: Rubric, county: list[Unit]) -> None:
    found = score(rubric, as_arrays(county))
    wanted = score_county(rubric, county)
    for place, unit in enumerate(wanted):
        for column, item in enumerate(rubric.items):
            points = unit.points[item.code]
            assert np.isnan(found.points[place, column]) == (points is None), item
            if points is not None:
                assert abs(found.points[place, column] - float(points)) < 1e-9
            assert abs(found.max_points[place, column] - float(unit.limits[item.code])) < 1e-9
        assert np.isnan(found.total[place]) == (unit.total is None)
        assert unit.total is None or abs(found.total[place] - float(unit.total)) < 1e-9
        assert found.vetoed[place] == unit.vetoed
    ranks = rank(found.total, as_arrays(county).peer, tiebreaks(rubric, found))
    assert ranks.tolist() == rank_county(rubric, county, wanted)


@settings(max_examples=60, deadline=None)
@given(rubrics(), st.lists(units(), min_size=2, max_size=5), st.permutations(range(5)))
def test_a_stack_of_counties_scores_as_each_county_does(rubric: Rubric, county: list[Unit], order: list[int]) -> None:
    """Leading axes are resamples: the same masks, other figures."""
    one = as_arrays(county)
    turned = [place for place in order if place < len(county)]
    stack = one.with_figures(*(np.stack([part, part[turned]]) for part in (one.value, one.numerator, one.denominator)))
    other = one.with_figures(one.value[turned], one.numerator[turned], one.denominator[turned])
    both = score(rubric, stack)
    for layer, county_inputs in enumerate((one, other)):
        alone = score(rubric, county_inputs)
        np.testing.assert_array_equal(both.points[layer], alone.points)
        np.testing.assert_array_equal(both.total[layer], alone.total)
        np.testing.assert_array_equal(rank(both.total, one.peer)[layer], rank(alone.total, one.peer))
