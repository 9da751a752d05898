"""The inputs rubrics score besides the indicators, against their data file; one without a case fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from test_cases import CODE, _sent
from worlds import batch_of

from catalogue import load as load_catalogue
from catalogue.inputs import inputs_of, load_inputs
from catalogue.periods import Period
from catalogue.register import Register, Township
from catalogue.rubric_loading import load_rubrics
from warehouse.assessment import read_material
from warehouse.connection import Warehouse
from warehouse.load import load
from warehouse.registry import load_parameters, load_register
from warehouse.rollup import rollup

CASES = yaml.safe_load((Path(__file__).parent / "input_cases.yaml").read_text(encoding="utf-8"))
LEVELS = ("township", "group", "deputy")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(warehouse: Warehouse, case: dict[str, Any]) -> None:
    period = Period.parse(str(case["period"]))
    valid_from = period.shifted(-5).first_day
    load_register(warehouse, Register([Township(CODE, "甲镇", "镇", (), None, valid_from, None, None)]))
    load_parameters(warehouse, load_catalogue().jurisdiction("national"))
    with warehouse.transaction() as connection:
        load(connection, batch_of([_sent(number, given) for number, given in enumerate(case["given"])]))
    rollup(warehouse, period)
    for level in LEVELS:
        wanted = case.get("expect" if level == "township" else f"expect_{level}")
        if wanted is not None:
            found = _inputs(warehouse, level, period)
            for unit, figures in {CODE: wanted}.items() if level == "township" else wanted.items():
                for code, expected in figures.items():
                    assert _shown(found, unit, code) == _expected(expected), (unit, code)


def _inputs(warehouse: Warehouse, level: str, period: Period) -> pd.DataFrame:
    rubric = next(rubric for rubric in load_rubrics() if rubric.level == level)
    with warehouse.transaction() as connection:
        return read_material(connection, rubric, period).inputs.set_index(["unit", "input"])


def _shown(found: pd.DataFrame, unit: str, code: str) -> tuple[float | None, ...]:
    if (unit, code) not in found.index:
        return (None, None, None)
    row = found.loc[(unit, code)]
    return tuple(None if pd.isna(row[name]) else float(row[name]) for name in ("value", "numerator", "denominator"))


def _expected(entry: Any) -> tuple[float | None, ...]:
    if isinstance(entry, list):
        numerator, denominator = entry
        return (numerator / denominator if denominator else None, numerator, denominator)
    return (entry, None, None)


def test_every_derived_input_has_a_case() -> None:
    tested: set[str] = set()
    for case in CASES:
        tested |= set(case.get("expect", {}))
        for level in ("group", "deputy"):
            for figures in case.get(f"expect_{level}", {}).values():
                tested |= set(figures)
    assert tested == {code for code, entry in load_inputs().items() if entry.evidence == "returns"}


def test_indicators_can_be_named_by_township_rubrics_only() -> None:
    assert set(load_catalogue().indicators) <= set(inputs_of("township"))
    assert not set(load_catalogue().indicators) & set(inputs_of("group"))
