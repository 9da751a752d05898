"""The dated register, parameters of law and custom, and reporting periods, as the warehouse keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
from sqlalchemy import Connection, text

from catalogue import Jurisdiction, Parameters
from catalogue.errors import Refusal
from catalogue.periods import Period
from catalogue.register import Register, Township
from warehouse.connection import Warehouse
from warehouse.copying import copy_frame
from warehouse.load import lock_loads
from warehouse.rollup import rebuild

BEGINNING = date.min  # a profile's first entry also holds for the days before it


def load_register(warehouse: Warehouse, register: Register) -> bool:
    """registry.township says what the register says; indicator values follow. Returns False when it said so before.

    Raises Refusal when the register lacks a township that has sent returns.
    """
    columns = ["township_code", "name", "kind", "aliases", "population", "valid_from", "valid_to", "successor_code"]
    rows = [
        (t.code, t.name, t.kind, list(t.aliases), t.population, t.valid_from, t.valid_to, t.successor_code)
        for t in register.townships
    ]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    frame["holds_congress"] = [township.holds_congress for township in register.townships]
    with warehouse.transaction() as connection:
        lock_loads(connection)
        _refuse_lost(connection, sorted({township.code for township in register.townships}))
        return _replace(connection, "registry.township", frame)


def load_parameters(warehouse: Warehouse, jurisdiction: Jurisdiction) -> bool:
    """registry.parameter says what the profile says; indicator values follow. Returns False when it said so before."""
    entries = [(BEGINNING, jurisdiction.entries[0][1]), *jurisdiction.entries[1:]]
    ends = [later[0] - timedelta(days=1) for _, later in pairwise(entries)] + [None]
    rows = [
        (item.name, valid_from, valid_to, getattr(parameters, item.name), jurisdiction.code)
        for (valid_from, parameters), valid_to in zip(entries, ends, strict=True)
        for item in fields(Parameters)
    ]
    columns = ["parameter", "valid_from", "valid_to", "value", "jurisdiction"]
    with warehouse.transaction() as connection:
        lock_loads(connection)
        return _replace(connection, "registry.parameter", pd.DataFrame(rows, columns=columns, dtype=object))


def register_periods(connection: Connection, due: Mapping[Period, date], form: str = "monthly") -> None:
    """registry.reporting_period lists the months with their due days; a due day given again replaces the old one."""
    statement = text(
        "insert into registry.reporting_period (form, period, due_on) values (:form, :period, :due_on) "
        "on conflict (form, period) do update set due_on = excluded.due_on"
    )
    for period, due_on in due.items():
        connection.execute(statement, {"form": form, "period": period.text, "due_on": due_on})


def _refuse_lost(connection: Connection, codes: list[str]) -> None:
    statement = text("select distinct township_code from intake.submission where township_code <> all(:codes) limit 5")
    if lost := list(connection.execute(statement, {"codes": codes}).scalars()):
        raise Refusal(f"新名录缺少已有报送的乡镇 {'、'.join(lost)}：请保留该行，改填 valid_to 和 successor_code。")


def _replace(connection: Connection, table: str, frame: pd.DataFrame) -> bool:
    """The table holds exactly the frame; when that changed anything, every kept value is derived anew."""
    before = _content(connection, table)
    connection.execute(text(f"delete from {table}"))
    copy_frame(connection, table, frame)
    changed = _content(connection, table) != before
    if changed and all(connection.scalar(text(f"select exists (select from {t})")) for t in _NEEDED):
        rebuild(connection)
    return changed


_NEEDED = ("registry.township", "registry.parameter", "mart.period")


def _content(connection: Connection, table: str) -> list[str]:
    rows = connection.execute(text(f"select t::text from {table} as t order by 1")).scalars()
    return [str(row) for row in rows]


def read_register(warehouse: Warehouse) -> Register:
    """The register as loaded. Raises Refusal when none has been loaded."""
    with warehouse.transaction() as connection:
        rows = connection.execute(text("select * from registry.township order by township_code, valid_from")).all()
    if not rows:
        raise Refusal("数据仓库中还没有乡镇名录：请先运行 `taizhang init --register townships.csv`。")
    return Register(
        Township(
            row.township_code,
            row.name,
            row.kind,
            tuple(row.aliases),
            row.population,
            row.valid_from,
            row.valid_to,
            row.successor_code,
        )
        for row in rows
    )
