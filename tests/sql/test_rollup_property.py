"""Refreshing what a load touched equals a rebuild, and both equal the naive oracle, on any sequence of loads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from indicator_oracle import NOTHING, Row, Sent, derive
from worlds import CODES, REGISTER, batch_of, random_loads

from catalogue import load as load_catalogue
from catalogue.periods import Period
from warehouse.connection import Warehouse
from warehouse.load import load
from warehouse.registry import load_parameters, load_register
from warehouse.rollup import KINDS, rebuild, refresh_touched

INDICATORS = list(load_catalogue().indicators)


class Undo(Exception):
    """Leaves the example's transaction without a trace."""


@pytest.fixture(scope="module")
def prepared(new_database: Callable[[], str]) -> Warehouse:
    warehouse = Warehouse(new_database())
    load_register(warehouse, REGISTER)
    load_parameters(warehouse, load_catalogue().jurisdiction("national"))
    return warehouse


def reply_months(day: date, is_extended: bool) -> int:
    parameters = load_catalogue().jurisdiction("national").on(day)
    return parameters.reply_months_extended if is_extended else parameters.reply_months


def stored(connection: Any) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    rows = connection.exec_driver_sql(
        "select township_code, period, indicator, value, numerator, denominator, is_approximate "
        "from mart.indicator_value"
    )
    return {tuple(row[:3]): tuple(row[3:]) for row in rows}


def expected(sent: list[Sent]) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    periods = {Period.holding(kind, Period.parse(one.month)) for one in sent for kind in KINDS}
    result = {}
    for period in periods:
        values = derive(sent, REGISTER, reply_months, period)
        for code in {code for code, _ in values}:
            for indicator in INDICATORS:
                result[code, period.text, indicator] = values.get((code, indicator), NOTHING)
    return result


def differences(left: dict[Any, Any], right: dict[Any, Any]) -> dict[Any, Any]:
    keys = left.keys() | right.keys()
    return {key: (left.get(key), right.get(key)) for key in keys if not _same(left.get(key), right.get(key))}


def _same(left: Any, right: Any) -> bool:
    if left is None or right is None or left[1:] != right[1:]:
        return False
    return left[0] == right[0] or (None not in (left[0], right[0]) and abs(left[0] - right[0]) < 1e-9)


SEEDS = st.integers(0, 2**32)  # a seed is a world: uniform draws make versions meet more often than drawn values do


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_refreshed_values_are_rebuilt_values_are_the_oracles(prepared: Warehouse, seed: int) -> None:
    with pytest.raises(Undo), prepared.transaction() as connection:
        sent: list[Sent] = []
        for batch in random_loads(seed):
            refresh_touched(connection, load(connection, batch_of(batch))["submission_id"])
            sent += batch
            assert differences(stored(connection), expected(sent)) == {}
        refreshed = stored(connection)
        rebuild(connection)
        assert differences(refreshed, stored(connection)) == {}
        raise Undo


@given(seed=SEEDS)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_values_as_of_a_moment_are_the_oracles(prepared: Warehouse, seed: int) -> None:
    sent = [one for batch in random_loads(seed) for one in batch]
    moment = sent[0].received_at
    with pytest.raises(Undo), prepared.transaction(as_of=moment.isoformat()) as connection:
        refresh_touched(connection, load(connection, batch_of(sent))["submission_id"])
        known = [one for one in sent if one.received_at <= moment]
        rebuilt = stored(connection)
        for period in {Period.parse(one.month) for one in sent}:
            for (code, indicator), value in derive(known, REGISTER, reply_months, period).items():
                assert _same(rebuilt[code, period.text, indicator], value), (code, period.text, indicator)
        raise Undo


def _suggestion(**values: Any) -> Row:
    codes = [field.code for field in load_catalogue().current_form.sheet("suggestion").fields]
    return Row("suggestion", "k1", dict.fromkeys(codes) | values)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((), (_suggestion(raised_date=date(2030, 8, 1), assigned_date=date(2030, 8, 10)),)),
        ((_suggestion(raised_date=date(2030, 8, 1), assigned_date=date(2030, 8, 10)),), (_suggestion(),)),
        ((_suggestion(raised_date=date(2030, 11, 2)),), (_suggestion(raised_date=date(2030, 10, 2)),)),
    ],
    ids=["the reply limit alone", "a limit withdrawn", "a date moved to another month"],
)
def test_a_later_row_reaches_the_earlier_month_it_counts_in(
    prepared: Warehouse, first: tuple[Row, ...], second: tuple[Row, ...]
) -> None:
    sent = [
        Sent(number, CODES[0], month, datetime(2031, 1, number), date(2031, 1, 9), "accepted", 0, rows)
        for number, (month, rows) in enumerate([("2030-11", first), ("2030-12", second)], start=1)
    ]
    with pytest.raises(Undo), prepared.transaction() as connection:
        for one in sent:
            refresh_touched(connection, load(connection, batch_of([one]))["submission_id"])
        assert differences(stored(connection), expected(sent)) == {}
        raise Undo
