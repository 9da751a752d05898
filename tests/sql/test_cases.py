"""Every mart against its data file: given rows, expected values. A mart or an indicator without a case fails."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from indicator_oracle import Row, Sent
from worlds import batch_of

from catalogue import load as load_catalogue
from catalogue.periods import Period
from catalogue.register import Register, Township
from warehouse.connection import Warehouse
from warehouse.load import load
from warehouse.registry import load_parameters, load_register
from warehouse.rollup import MARTS, rollup

FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CASES = [(path.stem, case) for path in FILES for case in yaml.safe_load(path.read_text(encoding="utf-8"))]
CODE = "900000101"
OWN = {"month", "status", "received", "due", "hard"}


@pytest.mark.parametrize(("mart", "case"), CASES, ids=[f"{mart}: {case['name']}" for mart, case in CASES])
def test_case(warehouse: Warehouse, mart: str, case: dict[str, Any]) -> None:
    valid_from, valid_to = case.get("valid", (date(2020, 1, 1), None))
    load_register(warehouse, Register([Township(CODE, "甲镇", "镇", (), None, valid_from, valid_to, None)]))
    load_parameters(warehouse, load_catalogue().jurisdiction(case.get("jurisdiction", "national")))
    with warehouse.transaction() as connection:
        load(connection, batch_of([_sent(number, given) for number, given in enumerate(case["given"])]))
    values = rollup(warehouse, Period.parse(str(case["period"]))).set_index("indicator")
    for indicator, expected in case["expect"].items():
        found = values.loc[indicator]
        assert _shown(found) == _expected(expected), indicator
    assert set(values.index[values["is_approximate"]]) == set(case.get("approximate", ()))


def test_every_mart_has_a_file_and_every_indicator_a_case() -> None:
    assert {path.stem for path in FILES} == {path.stem for path in MARTS.glob("*.sql")}
    assert {code for _, case in CASES for code in case["expect"]} == set(load_catalogue().indicators)


def _expected(entry: Any) -> tuple[float | None, float | None, float | None]:
    if isinstance(entry, list):
        numerator, denominator = entry
        return (numerator / denominator if denominator else None, numerator, denominator)
    return (entry, None, None)


def _shown(row: pd.Series) -> tuple[float | None, ...]:
    return tuple(None if pd.isna(row[name]) else row[name] for name in ("value", "numerator", "denominator"))


def _sent(number: int, given: dict[str, Any]) -> Sent:
    period = Period.parse(given["month"])
    received = given.get("received") or datetime.combine(period.last_day, datetime.min.time()) + timedelta(days=3)
    rows = tuple(
        _row(sheet.code, entry, [field.code for field in sheet.fields])
        for sheet in load_catalogue().current_form.stored
        for entry in given.get(sheet.code, ())
    )
    unknown = set(given) - OWN - {sheet.code for sheet in load_catalogue().current_form.stored}
    assert not unknown, unknown
    return Sent(
        number,
        CODE,
        period.text,
        received,
        given.get("due", period.last_day + timedelta(days=7)),
        given.get("status", "accepted"),
        given.get("hard", 0),
        rows,
    )


def _row(sheet: str, entry: dict[str, Any], codes: list[str]) -> Row:
    unknown = set(entry) - {"key", "approximate", *codes}
    assert not unknown, unknown
    values = {code: entry.get(code) for code in codes}
    return Row(sheet, entry.get("key", ""), values, tuple(entry.get("approximate", ())))
