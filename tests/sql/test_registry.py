"""The register, parameters and reporting periods in the warehouse."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from indicator_oracle import Sent
from worlds import REGISTER, batch_of

from catalogue import load as load_catalogue
from catalogue.errors import Refusal
from catalogue.periods import Period
from catalogue.register import Register
from warehouse.connection import Warehouse
from warehouse.load import load
from warehouse.registry import load_parameters, load_register, read_register, register_periods
from warehouse.rollup import refresh_touched, rollup

NATIONAL = load_catalogue().jurisdiction("national")


def send(warehouse: Warehouse, code: str = "900000101") -> None:
    sent = Sent(1, code, "2030-11", datetime(2030, 12, 1), date(2030, 12, 9), "accepted", 0)
    with warehouse.transaction() as connection:
        refresh_touched(connection, load(connection, batch_of([sent]))["submission_id"])


def due(warehouse: Warehouse, period: str) -> int:
    values = warehouse.query(
        "select sum(denominator) as due from mart.indicator_value where period = :period "
        "and indicator = 'returns_on_time_rate'",
        {"period": period},
    )
    return int(values["due"].iloc[0])


def test_the_register_comes_back_as_it_was_given(warehouse: Warehouse) -> None:
    assert load_register(warehouse, REGISTER) is True
    assert load_register(warehouse, REGISTER) is False
    assert read_register(warehouse).townships == REGISTER.townships


def test_a_register_that_was_never_loaded_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(Refusal, match="taizhang init"):
        read_register(warehouse)
    with pytest.raises(Refusal, match="taizhang init"):
        rollup(warehouse, Period.parse("2030-11"))


def test_a_closed_interval_takes_the_values_after_it_away(warehouse: Warehouse) -> None:
    load_register(warehouse, REGISTER)
    load_parameters(warehouse, NATIONAL)
    send(warehouse)
    rollup(warehouse, Period.parse("2031-01"))
    before = due(warehouse, "2031-01")
    closed = [replace(t, valid_to=date(2030, 12, 31)) if t.code == "900000101" else t for t in REGISTER.townships]
    assert load_register(warehouse, Register(closed)) is True
    assert due(warehouse, "2031-01") == before - 1
    assert due(warehouse, "2030") == 12 + 12 + 1


def test_a_rename_opens_a_second_interval(warehouse: Warehouse) -> None:
    load_register(warehouse, REGISTER)
    old = next(t for t in REGISTER.townships if t.code == "900000101")
    renamed = [replace(old, valid_to=date(2030, 6, 30)), replace(old, name="新名", valid_from=date(2030, 7, 1))]
    load_register(warehouse, Register([*renamed, *(t for t in REGISTER.townships if t.code != old.code)]))
    register = read_register(warehouse)
    assert [t.name for t in register.townships if t.code == old.code] == [old.name, "新名"]


def test_a_township_that_sent_returns_cannot_vanish(warehouse: Warehouse) -> None:
    load_register(warehouse, REGISTER)
    load_parameters(warehouse, NATIONAL)
    send(warehouse, "900000003")
    with pytest.raises(Refusal, match="900000003"):
        load_register(warehouse, Register(t for t in REGISTER.townships if t.code != "900000003"))
    assert len(read_register(warehouse).townships) == len(REGISTER.townships)


def test_parameters_hold_from_their_day_on_and_the_first_also_before(warehouse: Warehouse) -> None:
    assert load_parameters(warehouse, load_catalogue().jurisdiction("shandong")) is True
    rows = warehouse.query(
        "select valid_from, valid_to, value from registry.parameter where parameter = 'reply_months' order by 1"
    )
    assert rows["value"].astype(int).tolist() == [3, 2]
    assert rows["valid_from"].iloc[0] == date.min
    assert (rows["valid_from"].iloc[1] - rows["valid_to"].iloc[0]).days == 1
    assert rows["valid_to"].iloc[1] is None
    assert load_parameters(warehouse, load_catalogue().jurisdiction("shandong")) is False
    assert load_parameters(warehouse, NATIONAL) is True


def test_a_due_day_given_again_replaces_the_old_one(warehouse: Warehouse) -> None:
    for day in (7, 8):
        with warehouse.transaction() as connection:
            register_periods(connection, {Period.parse("2030-10"): date(2030, 11, day)})
    assert warehouse.query("select due_on from registry.reporting_period")["due_on"].tolist() == [date(2030, 11, 8)]
