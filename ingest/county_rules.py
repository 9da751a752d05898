"""County rules: what can only be said when the other townships' returns of the month are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.connection import Warehouse
from warehouse.county_checks import judge_months
from warehouse.load import lock_loads

if TYPE_CHECKING:
    from ingest.place import Place  # which calls this module


def judge_county(settings: Place, months: list[str]) -> int:
    """The current returns of the months (YYYY-MM) carry the county rules' findings (P07); how many there are.

    Loads wait meanwhile. Judging again changes nothing unless returns have come in since.
    """
    with Warehouse(settings.warehouse_url).transaction() as connection:
        lock_loads(connection)
        return judge_months(connection, months)
