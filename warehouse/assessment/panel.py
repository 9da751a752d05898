"""Figures the panel enters: added, never changed; the newest entry of a figure holds."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection, text

from warehouse.connection import query

ENTRY_COLUMNS = ("level", "township_code", "unit", "period", "input", "value", "evidence")


def add_entries(connection: Connection, entries: pd.DataFrame, person: str) -> int:
    """The entries (ENTRY_COLUMNS) stand under the person's name; those that say what already holds are not repeated.

    Returns how many were new. A value of None takes an earlier entry back.
    """
    statement = text(
        "insert into restricted.panel_entry (level, township_code, unit, period, input, value, evidence, entered_by) "
        "select :level, :township_code, :unit, :period, :input, cast(:value as double precision), :evidence, :person "
        "where (cast(:value as double precision), :evidence) is distinct from ("
        "select e.value, e.evidence from restricted.panel_entry as e "
        "where e.level = :level and e.township_code = :township_code and e.unit = :unit and e.period = :period "
        "and e.input = :input order by e.entry_id desc limit 1) returning entry_id"
    )
    rows = entries[list(ENTRY_COLUMNS)].astype(object).to_dict("records")
    added = [connection.execute(statement, {str(k): v for k, v in row.items()} | {"person": person}) for row in rows]
    return sum(result.first() is not None for result in added)


def standing_entries(connection: Connection, level: str, period: str) -> pd.DataFrame:
    """The entries that hold for the period: township_code, unit, input, value, evidence."""
    return query(
        connection,
        "select distinct on (township_code, unit, input) township_code, unit, input, value, evidence "
        "from restricted.panel_entry where level = :level and period = :period "
        "order by township_code, unit, input, entry_id desc",
        {"level": level, "period": period},
    )
