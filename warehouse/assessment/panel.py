"""Figures the panel enters: added, never changed; the newest entry of a figure holds."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection

from warehouse.connection import execute, query
from warehouse.generation import SQL

ENTRY_COLUMNS = ("level", "township_code", "unit", "period", "input", "value", "evidence")


def add_entries(connection: Connection, entries: pd.DataFrame, person: str) -> int:
    """The entries (ENTRY_COLUMNS) stand under the person's name; those that say what already holds are not repeated.

    Returns how many were new. A value of None takes an earlier entry back.
    """
    added = 0
    for row in entries[list(ENTRY_COLUMNS)].astype(object).to_dict("records"):
        given = {str(name): None if value is pd.NA or value != value else value for name, value in row.items()}  # noqa: PLR0124
        result = execute(connection, SQL / "assessment" / "add_panel_entry.sql", given | {"person": person})
        added += result.first() is not None
    return added


def standing_entries(connection: Connection, level: str, period: str) -> pd.DataFrame:
    """The entries that hold for the period: township_code, unit, input, value, evidence."""
    return query(connection, SQL / "assessment" / "panel_entries.sql", {"level": level, "period": period})
