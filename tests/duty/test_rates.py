"""Reporting rates over random registers: within 0 and 100 %, and adding up, whatever merges, is late or granted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from indicator_oracle import Sent
from sqlalchemy import text
from worlds import batch_of

from catalogue import load as load_catalogue
from catalogue.duties import window
from catalogue.periods import Period
from catalogue.register import Register, Township
from warehouse.connection import Warehouse, run_script
from warehouse.duty import concessions
from warehouse.duty.obligations import register_windows
from warehouse.load import load
from warehouse.registry import load_parameters, load_register
from warehouse.rollup import refresh_touched

FIRST = Period.month_of(date.today()).shifted(-20)
MONTHS = [FIRST.shifted(step) for step in range(4)]
DAYS = (MONTHS[-1].last_day - MONTHS[0].first_day).days
FORM = load_catalogue().current_form
COUNTED = ("expected", "exempt", "received", "on_time", "accepted", "returned", "rejected", "missing")
_numbers = count(1)


@st.composite
def registers(draw: Any) -> list[Township]:
    """Up to five townships; some end or begin mid-month, some are renamed, some become part of another."""
    found = []
    for number in range(draw(st.integers(1, 5))):
        code, kind = f"90000{number:02d}01", draw(st.sampled_from(["镇", "乡", "街道"]))
        begins = MONTHS[0].first_day + timedelta(days=draw(st.integers(-400, DAYS)))
        ends = draw(st.none() | st.integers(0, DAYS).map(lambda d: MONTHS[0].first_day + timedelta(days=d)))
        if ends is not None and ends < begins:
            ends = None
        renamed = draw(st.booleans()) and (ends or date.max) > begins + timedelta(days=20)
        cut = begins + timedelta(days=19)
        successor = "900000001" if ends and number else None
        if renamed:
            found.append(Township(code, f"旧名{number}", kind, (), 9000, begins, cut, None))
            begins = cut + timedelta(days=1)
        found.append(Township(code, f"新名{number}", kind, (), 9000, begins, ends, successor))
    if all(township.code != "900000001" for township in found):
        found.append(Township("900000001", "总镇", "镇", (), 9000, MONTHS[0].first_day - timedelta(500), None, None))
    return found


@st.composite
def histories(draw: Any) -> tuple[list[Township], list[tuple[Sent, bool]], list[tuple[str, str, Any]]]:
    """A register; returns (some empty, many corrections) of townships that stand in the month; concessions."""
    townships = draw(registers())
    owed = [
        (t.code, month)
        for month in MONTHS
        for t in townships
        if t.valid_from <= month.last_day and (t.valid_to or date.max) >= month.first_day
    ]
    pairs = sorted({(code, month.text) for code, month in owed})
    sendings, grants = [], []
    for code, month in draw(st.lists(st.sampled_from(pairs), max_size=14)) if pairs else ():
        due = window(Period.parse(month), FORM).due_on
        at = datetime.combine(due, datetime.min.time()) + timedelta(hours=draw(st.integers(-200, 400)))
        status = draw(st.sampled_from(["accepted", "accepted", "returned", "rejected"]))
        empty = draw(st.integers(0, 4)) == 0
        status = "returned" if empty else status
        sendings.append((Sent(next(_numbers), code, month, at, due, status, int(status != "accepted")), empty))
    for code, month in draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True)) if pairs else ():
        later = draw(st.none() | st.integers(1, 25))
        grants.append((code, month, later))
    return townships, sendings, grants


def play(warehouse: Warehouse, history: Any) -> None:
    townships, sendings, grants = history
    load_parameters(warehouse, load_catalogue().jurisdiction("national"))
    load_register(warehouse, Register(townships))
    with warehouse.transaction() as connection:
        register_windows(connection, [window(month, FORM) for month in MONTHS])
        if sendings:
            stored = load(connection, batch_of([sent for sent, _ in sendings]))
            for number, (_, empty) in zip(stored["submission_id"], sendings, strict=True):
                if empty:
                    connection.execute(text("insert into intake.empty_return values (:n)"), {"n": int(number)})
            refresh_touched(connection, stored["submission_id"])
        for code, month, later in grants:
            period = Period.parse(month)
            until = None if later is None else window(period, FORM).due_on + timedelta(days=later)
            kind: Any = "extension" if later else "exemption"
            number = concessions.ask(
                connection, concessions.Request(kind, code, period, period, until, "原因"), "甲", datetime.now()
            )
            concessions.decide(connection, number, grant=True, person="乙", why="", at=datetime.now())


def expected_rates(history: Any, month: Period) -> dict[str, int]:
    """The counts worked out township by township."""
    townships, sendings, grants = history
    counts = dict.fromkeys(
        ("expected", "exempt", "received", "on_time", "accepted", "returned", "rejected", "missing"), 0
    )
    stands = {
        t.code for t in townships if t.valid_from <= month.last_day and (t.valid_to or date.max) >= month.first_day
    }
    for code in stands:
        mine = [later for c, m, later in grants if (c, m) == (code, month.text)]
        if None in mine:
            counts["exempt"] += 1
            continue
        counts["expected"] += 1
        due = window(month, FORM).due_on
        due = max([due, *(due + timedelta(days=later) for later in mine if later)])
        own = [(s, e) for s, e in sendings if (s.township, s.month) == (code, month.text)]
        own.sort(key=lambda pair: (pair[0].received_at, pair[0].number))
        full = [s for s, empty in own if not empty]
        if not full:
            counts["missing"] += 1
            continue
        counts["received"] += 1
        counts["on_time"] += full[0].received_at.date() <= due
        usable = [s for s, _ in own if s.status != "rejected"]
        if not any(s.status != "rejected" for s in full):
            counts["rejected"] += 1
        else:
            counts["accepted" if usable[-1].status == "accepted" else "returned"] += 1
    return counts


@pytest.fixture(scope="module")
def shared(new_database: Callable[[], str]) -> Warehouse:
    return Warehouse(new_database())


EMPTY = """
truncate registry.township, registry.parameter, registry.reporting_period, intake.arrival, duty.concession, mart.period,
mart.indicator_value, intake.empty_return, intake.finding, intake.row_count;
delete from intake.submission
"""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories())
def test_rates_hold_their_bounds_and_sums(shared: Warehouse, history: Any) -> None:
    warehouse = shared
    with warehouse.transaction() as connection:
        run_script(connection, EMPTY)
    play(warehouse, history)
    rates = warehouse.query("select * from duty.reporting_rate order by period").to_dict("records")
    shown = warehouse.query("select * from research.reporting_rate order by period").to_dict("records")
    assert [row["period"] for row in rates] == [month.text for month in MONTHS]
    for month, row, public in zip(MONTHS, rates, shown, strict=True):
        counted = expected_rates(history, month)
        assert {name: row[name] for name in counted} == counted
        assert row["expected"] == row["received"] + row["missing"]
        assert row["received"] == row["accepted"] + row["returned"] + row["rejected"]
        for name in ("received", "on_time", "accepted", "returned"):
            rate = row[f"{name}_rate"]
            assert (rate is None) == (row["expected"] == 0)
            assert rate is None or 0 <= rate <= 1
        assert {name: row[name] for name in public} == public
    assert_indicator_agrees(warehouse, history)


def assert_indicator_agrees(warehouse: Warehouse, history: Any) -> None:
    """What is scored, returns_on_time_rate, has the same parts as the reporting rate, once a return has come at all."""
    sums = warehouse.query(
        "select period, coalesce(sum(numerator), 0)::int as n, coalesce(sum(denominator), 0)::int as d "
        "from mart.indicator_value where indicator = 'returns_on_time_rate' and period_type = 'month' group by period"
    )
    for period, on_time, due in sums.itertuples(index=False):
        counted = expected_rates(history, Period.parse(str(period)))
        assert (on_time, due) == (counted["on_time"], counted["expected"])
