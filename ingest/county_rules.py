"""County rules: what can only be said when the other townships' returns of the month are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.connection import Warehouse, query
from warehouse.county_checks import judge_months
from warehouse.description_checks import judge_descriptions
from warehouse.followup import awaiting, finish
from warehouse.generation import SQL
from warehouse.load import lock_loads

if TYPE_CHECKING:
    from ingest.place import Place  # which calls this module


def judge_county(settings: Place) -> tuple[list[str], int]:
    """Every month with returns loaded since the last time carries the county rules' findings (P07, P08).

    Returns the months (YYYY-MM) and how many findings they have. Loads wait meanwhile. All of it or nothing: what an
    interrupted collection loaded is judged with the next one.
    """
    with Warehouse(settings.warehouse_url).transaction() as connection:
        lock_loads(connection)
        loaded = awaiting(connection, "county_rules")
        months = query(connection, SQL / "summary" / "months.sql", {"submissions": loaded})["period"].tolist()
        found = judge_months(connection, months) + judge_descriptions(connection, months)
        finish(connection, "county_rules", loaded)
    return months, found
