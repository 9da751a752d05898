"""Indicator values: the SQL of sql/marts run for exactly the townships and periods concerned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from catalogue import load as load_catalogue
from catalogue.errors import Refusal
from catalogue.periods import Kind, Period
from warehouse.connection import Warehouse, execute, query
from warehouse.copying import stage
from warehouse.generation import SQL, event_sheets
from warehouse.load import lock_loads

MARTS = SQL / "marts"
STEPS = MARTS / "refresh"
KINDS: tuple[Kind, ...] = ("month", "quarter", "year")
_PERIOD_TYPES = {"period_type": "text", "period": "text", "first_day": "date", "last_day": "date"}
_VERSION_TYPES = {
    "township_code": "text",
    "sheet": "text",
    "row_key": "text",
    "dates": "date[]",
    "measure": "text",
    "stands_elsewhere": "boolean",
}


def rollup(warehouse: Warehouse, period: Period) -> pd.DataFrame:
    """The period's values stand for every township valid in it, and are kept up to date by later loads.

    Returns township_code, period_type, period, indicator, value, numerator, denominator, is_approximate.
    Raises Refusal when the register or the parameters have not been loaded.
    """
    with warehouse.transaction() as connection:
        lock_loads(connection)
        _keep(connection, [period])
        _begin(connection, [period])
        _derive(connection)
        execute(connection, STEPS / "store.sql")
        return _result(connection)


def values_of_snapshot(connection: Connection, period: Period) -> pd.DataFrame:
    """The period's values derived from what the transaction sees; nothing is stored. Columns as in `rollup`.

    The temporary tables of `prepare_targets` stand afterwards.
    """
    _begin(connection, [period])
    _derive(connection)
    return _result(connection)


def values_as_of(warehouse: Warehouse, period: Period, moment: str) -> pd.DataFrame:
    """The period's values as derived from what had been received by the moment (an ISO time); nothing is stored.

    The columns are those of `rollup`. Raises Refusal as it does.
    """
    with warehouse.transaction(as_of=moment) as connection:
        _begin(connection, [period])
        _derive(connection)
        return _result(connection)


def refresh_touched(connection: Connection, submission_ids: Iterable[int]) -> int:
    """Values are those a rebuild would give, if they were so before these submissions were loaded or moved in time.

    Call it in the transaction of the load. Returns the number of (township, period) pairs derived anew.
    """
    submissions = {"submissions": [int(number) for number in submission_ids]}
    lock_loads(connection)
    months = [Period.parse(month) for month in connection.execute(text(_MONTHS), submissions).scalars()]
    if not months:
        return 0
    new = _keep(connection, [Period.holding(kind, month) for kind in KINDS for month in months])
    _begin(connection, new)
    _make(connection, "moved_return", submissions)
    stage(connection, "version", pd.DataFrame(), _VERSION_TYPES)
    for sheet in event_sheets(load_catalogue()):
        execute(connection, STEPS / "version.sql", {"sheet": sheet.code})
    execute(connection, STEPS / "pairs_of_submissions.sql")
    _derive(connection)
    execute(connection, STEPS / "store.sql")
    return _count_pairs(connection)


def refresh_periods(connection: Connection, periods: Iterable[Period]) -> int:
    """Those of the periods that are kept are derived anew for every township valid in them; the number of pairs."""
    kept = set(connection.execute(text("select period from mart.period")).scalars())
    wanted = sorted(period for period in set(periods) if period.text in kept)
    if not wanted:
        return 0
    lock_loads(connection)
    _begin(connection, wanted)
    _derive(connection)
    execute(connection, STEPS / "store.sql")
    return _count_pairs(connection)


def prepare_targets(connection: Connection, periods: Iterable[Period]) -> None:
    """pg_temp.target, current_return, last_profile and register_month stand for every township valid in the periods.

    They last until the transaction ends. Raises Refusal when the register or the parameters have not been loaded.
    """
    _begin(connection, periods)
    _target(connection)


def rebuild(connection: Connection) -> int:
    """Every kept period's values are derived anew for every township valid in it. Returns the number of pairs."""
    lock_loads(connection)
    kept = connection.execute(text("select period from mart.period")).scalars()
    _begin(connection, [Period.parse(period) for period in kept])
    _derive(connection)
    execute(connection, STEPS / "store.sql")
    execute(connection, STEPS / "drop_others.sql")
    return _count_pairs(connection)


_MONTHS = """
select distinct period from intake.submission
where submission_id = any(:submissions) and township_code is not null and period is not null
"""


def _keep(connection: Connection, periods: Iterable[Period]) -> list[Period]:
    """The periods are kept up to date from now on; those that were not before."""
    statement = text(
        "insert into mart.period (period_type, period, first_day, last_day) values (:kind, :period, :first, :last) "
        "on conflict do nothing returning period"
    )
    new = []
    for period in sorted(set(periods)):
        given = {"kind": period.kind, "period": period.text, "first": period.first_day, "last": period.last_day}
        if connection.execute(statement, given).scalar() is not None:
            new.append(period)
    return new


def _begin(connection: Connection, periods: Iterable[Period]) -> None:
    """pg_temp.pair holds the periods for every township valid in them; pg_temp.indicator the catalogue's codes."""
    if not connection.scalar(text("select exists (select from registry.township)")):
        raise Refusal("数据仓库中还没有乡镇名录：请先运行 `taizhang init --register townships.csv`。")
    if not connection.scalar(text("select exists (select from registry.parameter)")):
        raise Refusal("数据仓库中还没有法定参数：请重新运行 `taizhang init`。")
    codes = pd.DataFrame({"indicator": list(load_catalogue().indicators)})
    connection.execute(text("select set_config('work_mem', '64MB', true)"))
    connection.execute(text("drop view if exists pg_temp.result"))
    stage(connection, "indicator", codes, {"indicator": "text"})
    rows = [(period.kind, period.text, period.first_day, period.last_day) for period in periods]
    stage(connection, "wanted", pd.DataFrame(rows, columns=list(_PERIOD_TYPES)), _PERIOD_TYPES)
    stage(connection, "pair", pd.DataFrame(), {"township_code": "text", **_PERIOD_TYPES})
    connection.execute(text("alter table pg_temp.pair add primary key (township_code, period_type, period)"))
    execute(connection, STEPS / "pairs_of_periods.sql")


def _derive(connection: Connection) -> None:
    """pg_temp.result holds every indicator of every pair in pg_temp.pair."""
    _target(connection)
    columns = {"township_code": "text", "period_type": "text", "period": "text", "indicator": "text"}
    columns |= {"amount": "bigint", "numerator": "bigint", "denominator": "bigint", "is_approximate": "boolean"}
    stage(connection, "derived", pd.DataFrame(), columns)
    for mart in sorted(MARTS.glob("*.sql")):
        statement = mart.read_text(encoding="utf-8")
        named = ", ".join(columns)
        execute(connection, f"insert into pg_temp.derived ({named}) select {named} from (\n{statement}\n) as m")
    connection.execute(text("analyze pg_temp.derived"))
    execute(connection, STEPS / "result.sql")


def _target(connection: Connection) -> None:
    """What the marts read stands for every pair in pg_temp.pair."""
    _make(connection, "current_return")
    connection.execute(text("create index on pg_temp.current_return (township_code, period)"))
    connection.execute(text("create index on pg_temp.current_return (submission_id)"))
    for step in ("target", "last_profile", "register_month"):
        _make(connection, step)


def _make(connection: Connection, step: str, params: Mapping[str, Any] | None = None) -> None:
    """The temporary table that the step of this name makes stands, with statistics."""
    connection.execute(text(f"drop table if exists pg_temp.{step}"))
    execute(connection, STEPS / f"{step}.sql", params)
    connection.execute(text(f"analyze pg_temp.{step}"))


def _result(connection: Connection) -> pd.DataFrame:
    return query(connection, "select * from pg_temp.result order by township_code, period_type, period, indicator")


def _count_pairs(connection: Connection) -> int:
    return int(connection.scalar(text("select count(*) from pg_temp.pair")) or 0)
