"""Rolling up: indicator values of a month, quarter or year for every township valid in it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from catalogue.periods import Period
from ingest.place import Place
from warehouse.connection import Warehouse
from warehouse.rollup import rollup


def rollup_values(settings: Place, period: str) -> pd.DataFrame:
    """The period's indicator values, derived anew: township_code, indicator, value, numerator, denominator, ...

    Raises Refusal when the text is no period.
    """
    return rollup(Warehouse(settings.warehouse_url), Period.parse(period))


def rollup_period(settings: Place, period: str) -> dict[str, Any]:
    """The period's values stand; how many there are and for how many townships."""
    values = rollup_values(settings, period)
    return {"period": period, "values": len(values), "townships": int(values["township_code"].nunique())}
