"""Runs as documents: states and notes, peers, quota and decisions, bytes that come back the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from rubric_texts import item, read, small

from catalogue.errors import Refusal
from catalogue.periods import Period
from catalogue.rubric import Peers, Rubric
from catalogue.rubric_loading import default_rubric
from catalogue.runs import RunDocument
from transforms.assessment import Material, Setting, assemble
from transforms.assessment.decisions import Standing, decide, seats
from transforms.assessment.material import FILE_COLUMNS, INPUT_COLUMNS, SOURCE_COLUMNS, UNIT_COLUMNS
from transforms.assessment.peers import peer_names
from transforms.assessment.ranges import rows_of, spans

YEAR = Period.parse("2030")
RUBRIC = read(small(vetoes=[item("V1", 0, type="veto", inputs=["session_count"], below=1, applies_to="congress")]))


def units(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """(code, kind, submitted, size) as a frame of units."""
    made = [(code, code, f"甲{code}", f"乡{code}", kind, kind != "街道", sent, size) for code, kind, sent, size in rows]
    return pd.DataFrame(made, columns=list(UNIT_COLUMNS))


def material(who: pd.DataFrame, figures: list[tuple[Any, ...]], panel: list[tuple[Any, ...]] = ()) -> Material:  # type: ignore[assignment]
    """Figures (code, input, value, numerator, denominator) of the units."""
    rows = [(code, code, name, value, num, den, False) for code, name, value, num, den in figures]
    return Material(
        units=who,
        inputs=pd.DataFrame(rows, columns=list(INPUT_COLUMNS)),
        panel=pd.DataFrame(panel, columns=["entry_id", "township_code", "unit", "input", "value"]),
        sources=pd.DataFrame(
            [("1", "1", "session_count", 7, "congress_session", "人代会", [3, 4, 5, 9], ["B"])],
            columns=list(SOURCE_COLUMNS),
        ),
        files=pd.DataFrame([(7, "1", "2030-01", "a.xlsx", "ab" * 32)], columns=list(FILE_COLUMNS)),
        parameters={"term_elapsed": 0.2},
        newest_submission=7,
        newest_panel_entry=0,
    )


def run(rubric: Rubric = RUBRIC, **given: Any) -> RunDocument:
    return assemble(rubric, material(**given), Setting(1, YEAR, 5, "县人大常委会", resamples=50))


COUNTY = {
    "who": units(("1", "镇", True, 50), ("2", "乡", True, 60), ("3", "街道", True, 20), ("4", "镇", False, 55)),
    "figures": [
        ("1", "session_count", 2, None, None),
        ("1", "opinion_reply_rate", 0.5, 1, 2),
        ("2", "session_count", 0, None, None),
        ("2", "opinion_reply_rate", None, 0, 0),
        ("3", "session_count", 2, None, None),
        ("3", "opinion_reply_rate", None, None, None),
        ("4", "session_count", None, None, None),
        ("4", "opinion_reply_rate", None, None, None),
    ],
}


def test_three_kinds_of_nothing_are_told_apart() -> None:
    document = run(**COUNTY)
    states = {unit.code: {entry.item: entry.state for entry in unit.items} for unit in document.units}
    assert states["1"] == {"A1": "scored", "A2": "scored", "V1": "scored"}
    assert states["2"]["A2"] == "not_applicable"
    assert states["3"] == {"A1": "scored", "A2": "missing", "V1": "not_applicable"}
    assert states["4"] == {"A1": "not_submitted", "A2": "not_submitted", "V1": "missing"}
    assert [unit.score for unit in document.units] == [8.0, 0.0, 10.0, 0.0]


def test_street_offices_are_ranked_apart_and_a_veto_is_named() -> None:
    document = run(**COUNTY)
    assert [(unit.peer_group, unit.rank) for unit in document.units] == [
        ("乡镇", 1),
        ("乡镇", 2),
        ("街道", 1),
        ("乡镇", 2),
    ]
    assert document.unit("2").vetoes == ("V1",)
    assert "否决" in document.unit("2").reason
    assert [(group.name, group.units, group.quota) for group in document.peer_groups] == [
        ("乡镇", 3, 1),
        ("街道", 1, 1),
    ]
    assert document.peer_groups[0].medians["A1"] == 0.0


def test_an_item_says_why() -> None:
    note = run(**COUNTY).unit("1").item("A2").note
    assert "1/2=50.0%" in note
    assert "得2分" in note


def test_the_document_comes_back_to_the_byte() -> None:
    document = run(**COUNTY)
    again = RunDocument.from_bytes(document.to_bytes())
    assert again == document
    assert again.to_bytes() == document.to_bytes()
    assert run(**COUNTY).to_bytes() == document.to_bytes()
    with pytest.raises(Refusal):
        RunDocument.from_bytes(b"{}")


def test_the_order_in_which_figures_arrive_changes_nothing() -> None:
    turned = COUNTY | {"figures": list(reversed(COUNTY["figures"]))}
    assert run(**turned).to_bytes() == run(**COUNTY).to_bytes()


def test_a_panel_entry_counts_and_a_default_stands_in_for_none() -> None:
    rubric = default_rubric("township", YEAR)
    who = units(("1", "镇", True, 50), ("2", "镇", True, 50))
    given = material(
        who, [], panel=[(4, "1", "1", "annual_plan_flag", 1.0), (5, "1", "1", "confirmed_misreports", 2.0)]
    )
    law = {"sessions_per_year": 2, "presidium_meetings_per_year": 4, "term_elapsed": 0.2}
    document = assemble(rubric, replace(given, parameters=law), Setting(1, YEAR, 5, "县", resamples=0))
    assert document.unit("1").item("X1").points == -2
    assert document.unit("2").item("X1").points == 0
    assert document.unit("1").item("A2").state == "missing"  # the summary is not entered
    assert document.unit("1").item("G3").points == 1
    assert document.unit("1").rank_low is None


def test_one_township_and_none() -> None:
    alone = run(who=units(("1", "镇", True, 50)), figures=[("1", "session_count", 2, None, None)])
    assert (alone.units[0].rank, alone.units[0].decision) == (1, "recommended")
    assert run(who=units(), figures=[]).units == ()


def test_bands_kinds_and_townships_make_peer_groups() -> None:
    who = units(("1", "镇", True, 40), ("2", "乡", True, 60), ("3", "街道", True, 60), ("4", "镇", True, None))
    groups, classes = peer_names(Peers(size_bands=(50.0,)), who)
    assert groups == ["乡镇（50人以下）", "乡镇（50人以上）", "街道（50人以上）", "乡镇（规模不详）"]
    assert classes == ["乡镇", "乡镇", "街道", "乡镇"]
    assert peer_names(Peers(separate_kinds=True), who)[0] == ["镇", "乡", "街道", "镇"]
    assert peer_names(Peers(by_township=True), who)[0] == ["乡1 1", "乡2 2", "乡3 3", "乡4 4"]


@pytest.mark.parametrize(("ranked", "expected"), [(0, 0), (1, 1), (25, 7), (54, 16), (31, 9)])
def test_the_quota_is_rounded_up_without_float_slips(ranked: int, expected: int) -> None:
    assert seats(RUBRIC, ranked) == expected


@pytest.mark.parametrize(
    ("standing", "decision"),
    [
        (Standing(9.5, 1, 1, (), 0.99), "recommended"),
        (Standing(9.5, 2, 1, (), 0.6), "committee"),
        (Standing(9.5, 3, 1, (), 0.4), "committee"),
        (Standing(9.5, 3, 1, (), 0.01), "none"),
        (Standing(9.5, 2, 2, (), None), "committee"),
        (Standing(9.5, 1, 2, (), None), "recommended"),
        (Standing(9.5, 2, 1, (), None), "recommended"),
        (Standing(8.99, 1, 1, (), 1.0), "none"),
        (Standing(9.0, 1, 1, (), 1.0), "recommended"),
        (Standing(9.5, 1, 1, ("未开会",), 1.0), "none"),
        (Standing(None, None, 1, (), None), "none"),
    ],
)
def test_what_figures_cannot_decide_goes_to_the_committee(standing: Standing, decision: str) -> None:
    assert decide(RUBRIC, standing, places=2).decision == decision


def test_those_who_share_a_rank_share_its_prizes() -> None:
    rubric = replace(RUBRIC, prizes=(30.0, 20.0, 10.0))
    assert decide(rubric, Standing(9.5, 1, 1, (), None), 3).prize == 30
    assert decide(rubric, Standing(9.5, 2, 2, (), None), 3).prize == 15
    assert decide(rubric, Standing(9.5, 3, 1, (), None), 2).prize is None


def test_bands_follow_the_score() -> None:
    assert [decide(RUBRIC, Standing(s, 1, 1, (), None), 1).band for s in (9.0, 8.9, 6.0, 5.9)] == [
        "好",
        "中",
        "中",
        "差",
    ]


@pytest.mark.parametrize("rows", [[], [3], [3, 4, 5, 9], [1, 3, 5]])
def test_rows_are_written_as_spans_and_read_back(rows: list[int]) -> None:
    assert rows_of(spans(rows)) == rows


def test_spans_are_short() -> None:
    assert spans([3, 4, 5, 9]) == "3-5,9"
