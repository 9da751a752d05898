"""The sample county: loaded from its truth rows, the warehouse gives the truth's indicator values and versions."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from sample_county import read_batch

from catalogue import load as load_catalogue
from catalogue.periods import Period
from catalogue.register import Register
from warehouse.load import load
from warehouse.registry import load_parameters, load_register
from warehouse.rollup import refresh_touched, rollup


@pytest.fixture
def county(warehouse: Any, county_small: Path) -> Any:
    load_register(warehouse, Register.read(county_small / "townships.csv"))
    load_parameters(warehouse, load_catalogue().jurisdiction("national"))
    with warehouse.transaction() as connection:
        loaded = load(connection, read_batch(county_small))
        refresh_touched(connection, loaded["submission_id"])
    return warehouse


def _truth(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "truth" / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _number(text: str) -> float | None:
    return float(text) if text else None


def test_indicator_values_are_the_truth(county: Any, county_small: Path) -> None:
    with county.transaction() as connection:
        found = {
            (row.township_code, row.period_type, row.period, row.indicator): row
            for row in connection.exec_driver_sql("select * from mart.indicator_value")
        }
    scored = [entry for entry in _truth(county_small, "indicator_values.csv") if entry["scored"] == "yes"]
    assert len(scored) > 500
    wrong = []
    for entry in scored:
        row = found[entry["township_code"], entry["period_type"], entry["period"], entry["indicator"]]
        value = _number(entry["value"])
        same = (row.value is None) == (value is None) and (value is None or abs(row.value - value) <= 1e-6)
        parts = (row.numerator, row.denominator) == (_number(entry["numerator"]), _number(entry["denominator"]))
        if not (same and parts and row.is_approximate == (entry["is_approximate"] == "yes")):
            wrong.append((entry, row))
    assert wrong == []


def test_versions_and_days_late_are_the_truth(county: Any, county_small: Path) -> None:
    with county.transaction() as connection:
        rows = connection.exec_driver_sql("select file_name, version, is_current, days_late from intake.version")
        found = {row[0]: tuple(row[1:]) for row in rows}
    for entry in _truth(county_small, "expected_status.csv"):
        expected = (_number(entry["version"]), entry["current"] == "yes", _number(entry["days_late"]))
        assert found[entry["file"]] == expected, entry["file"]


def test_rollup_repeats_what_the_load_refreshed(county: Any) -> None:
    before = county.query("select * from mart.indicator_value order by 1, 2, 3, 4")
    for text in ("2025-01", "2025-02", "2025-03", "2025Q1", "2025"):
        rollup(county, Period.parse(text))
    after = county.query("select * from mart.indicator_value order by 1, 2, 3, 4")
    assert len(before) == 6 * 5 * len(load_catalogue().indicators)
    assert before.equals(after)
