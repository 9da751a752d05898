"""Rubrics are refused with file and code when something is wrong with them; those of the catalogue are sound."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from rubric_texts import item, rate, read, small, with_item

from catalogue.errors import CatalogueError, Refusal
from catalogue.inputs import load_inputs
from catalogue.periods import Period
from catalogue.rubric_loading import RUBRICS, default_rubric, find_rubric, load_rubric, load_rubrics

YEAR, QUARTER = Period.parse("2030"), Period.parse("2030Q2")
LAW = {"sessions_per_year": 2.0, "presidium_meetings_per_year": 4.0, "term_elapsed": 0.4}


@pytest.mark.parametrize(
    ("parsed", "said"),
    [
        (small(total=11), "blocks add up to 10"),
        (with_item(rate("A1", 9)), "block A: its items add up to 9"),
        (small(level="province"), "unknown level province"),
        (small(periods=[]), "periods must list"),
        (small(valid_to="1999-12-31"), "valid_to 1999-12-31 is before"),
        (small(tiebreaks=["Z9"]), "tiebreak Z9"),
        (small(quota={"share": 1.5}), "quota.share"),
        (small(bands={"candidate": 5, "qualified": 6, "labels": ["a", "b", "c"]}), "bands need"),
        (small(colour="red"), "unknown entries colour"),
        (with_item(rate("A1", 10, inputs=["no_such_input"])), "A1: input no_such_input"),
        (with_item(rate("A1", 10, inputs=[])), "A1: it names no input"),
        (with_item(rate("A1", 10, inputs=["opinion_reply_rate", "session_count"])), "exactly one input"),
        (with_item(rate("A1", 10, target="no_such_law")), "A1: parameter no_such_law"),
        (with_item(rate("A1", 10, floor=1)), "A1: unreachable: the target must lie above"),
        (with_item(rate("A1", 10, type="rate_target", target=1.2)), "A1: unreachable: the target must lie in"),
        (with_item(rate("A1", 10, extra=1)), "A1: extra means nothing for rate_linear"),
        (with_item(rate("A1", 10, type="guess")), "A1: unknown type guess"),
        (with_item(rate("A1", 10, colour="red")), "A1: unknown entries colour"),
        (with_item(rate("A1", 10, empty="full")), "A1: empty or quarter"),
        (with_item(item("A1", 10, type="count_target", inputs=["session_count"])), "A1: count_target needs a target"),
        (with_item(item("A1", 10, type="count_target", inputs=["session_count"], target=0)), "A1: unreachable"),
        (
            with_item(item("A1", 10, type="base_extra_cap", inputs=["session_count"], base=3)),
            "A1: unreachable: base 3 and 0",
        ),
        (with_item(item("A1", 10, type="bonus_cap", inputs=["session_count"])), "A1: bonus_cap cannot stand"),
        (
            with_item(item("A1", 10, parts=[{"type": "flag", "points": 9, "inputs": ["session_count"]}])),
            "A1: its parts add up to 9",
        ),
        (
            small(vetoes=[{"code": "V1", "label": "", "label_en": "", "type": "veto", "inputs": ["session_count"]}]),
            "V1: a veto",
        ),
        (small(vetoes=[rate("A1", 0)]), "items declared more than once: A1"),
        (small(bonus_limit=3), "bonus_limit 3 cannot be reached"),
    ],
)
def test_a_broken_rubric_is_refused_with_what_is_wrong(parsed: dict[str, Any], said: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        read(parsed)
    assert said in str(refused.value)
    assert "small.yaml" in str(refused.value)


def test_the_small_rubric_is_sound() -> None:
    assert [entry.code for entry in read(small()).items] == ["A1", "A2"]


def test_a_missing_entry_is_named() -> None:
    parsed = small()
    del parsed["bands"]
    with pytest.raises(CatalogueError, match="'bands' is missing"):
        read(parsed)


def test_two_versions_must_not_overlap(tmp_path: Path) -> None:
    folder = shutil.copytree(RUBRICS, tmp_path / "rubrics")
    text = (folder / "township_default.yaml").read_text(encoding="utf-8")
    (folder / "again.yaml").write_text(text.replace("version: '1'", "version: '2'"), encoding="utf-8")
    with pytest.raises(CatalogueError, match="township_default: versions"):
        load_rubrics(folder)


def test_a_file_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("- just\n- a list\n", encoding="utf-8")
    with pytest.raises(Refusal, match=r"x\.yaml must hold a mapping"):
        load_rubric(tmp_path / "x.yaml")
    with pytest.raises(Refusal, match="cannot be read"):
        find_rubric(str(tmp_path / "missing.yaml"))
    with pytest.raises(Refusal, match="township_default"):
        find_rubric("no_such_rubric")


def test_the_default_rubric_has_the_points_of_the_domain_table() -> None:
    rubric = default_rubric("township", YEAR)
    blocks = {block.code: block.points for block in rubric.blocks}
    assert blocks == {"A": 6, "B": 22, "C": 12, "D": 16, "E": 20, "F": 16, "G": 8}
    assert (rubric.total, rubric.bonus_limit, rubric.deduction_limit) == (100, 5, 5)
    assert {entry.code: entry.points for entry in rubric.items if entry.kind == "points"} == {
        **{"A1": 4, "A2": 2, "B1": 8, "B2": 3, "B3": 5, "B4": 4, "B5": 2, "C1": 6, "C2": 2, "C3": 2, "C4": 2},
        **{"D1": 4, "D2": 6, "D3": 3, "D4": 3, "E1": 4, "E2": 2, "E3": 6, "E4": 2, "E5": 4, "E6": 2},
        **{"F1": 4, "F2": 3, "F3": 3, "F4": 3, "F5": 2, "F6": 1, "G1": 4, "G2": 3, "G3": 1},
    }


@pytest.mark.parametrize("level", ["township", "group", "deputy", "village"])
def test_every_level_has_a_yearly_default(level: Any) -> None:
    assert default_rubric(level, YEAR).level == level


def test_a_period_no_rubric_is_for_is_refused() -> None:
    with pytest.raises(Refusal, match="季度、年"):
        default_rubric("township", Period.parse("2030-03"))
    with pytest.raises(Refusal, match="年考评"):
        default_rubric("deputy", QUARTER)


def test_every_declared_input_is_used_by_a_rubric() -> None:
    used = {code for rubric in load_rubrics() for code in rubric.inputs}
    assert set(load_inputs()) - used == set()


def test_over_a_quarter_targets_shrink_and_what_falls_below_one_waits_for_the_year() -> None:
    quarter = default_rubric("township", QUARTER).effective(QUARTER, LAW)
    assert quarter.item("C1").parts[0].target == 1
    assert quarter.item("F4").parts[0].target == 3
    assert quarter.item("E1").parts[0].target == 0.125
    assert quarter.item("C2").parts[0].per_missing == 2
    assert quarter.item("H1").parts[0].points == 0.5
    assert [entry.code for entry in quarter.items if not entry.parts] == [
        *("A1", "A2", "B1", "B4", "D1", "D3", "H2", "H3", "V1")
    ]
    assert [part.points for part in quarter.item("D2").parts] == [4]
    assert quarter.item("B3").parts[0].empty == "exclude"


def test_over_a_year_figures_are_those_of_the_rubric_and_of_the_law() -> None:
    year = default_rubric("township", YEAR).effective(YEAR, LAW)
    assert year.item("B1").parts[0].target == 2
    assert year.item("F3").parts[0].target == 0.4
    assert year.item("B3").parts[0].empty == "zero"
    assert year.item("B2").parts[0].gate is not None
    assert year.item("B2").parts[0].gate.otherwise == "zero"
    assert all(entry.parts for entry in year.items)
