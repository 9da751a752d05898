"""Rules that look beyond one workbook, as SQL in sql/checks: each file returns the rows that break its rule.

The returns to judge are staged in temporary tables first; what is in the warehouse is seen as of their arrival.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sqlalchemy import Connection, text

from catalogue import Form
from catalogue import load as load_catalogue
from warehouse.connection import execute, query
from warehouse.copying import stage
from warehouse.generation import SQL, sql_type

CHECKS = SQL / "checks"
SERIES_RULES = ("P01", "P02", "P03", "P04", "P05", "P06")
SERIES_COLUMNS = ("return_no", "sheet", "excel_row", "field", "row_key", "label", "observed", "expected", "outcome")
_RETURN = {"return_no": "bigint", "township_code": "text", "period": "text", "received_at": "timestamp"}
_KEY = {"position": "bigint", "sheet": "text", "row_key": "text"} | _RETURN
STAGED_SHEETS = (
    "profile",
    "congress_session",
    "presidium_meeting",
    "other_meeting",
    "supervision_activity",
    "hazard",
    "suggestion",
    "deputy_activity",
    "article",
    "reported_total",
)


class LoadedHistory:
    """What the warehouse knows of earlier returns (transforms.listing.History), within the transaction given."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def listed(self, asked: pd.DataFrame, *, same_month: bool) -> np.ndarray:
        """True where the key stands in a return received before, of an earlier month (or also of the same month)."""
        found = np.zeros(len(asked), dtype=bool)
        if len(asked):
            stage(self._connection, "staged_key", asked.assign(position=np.arange(len(asked))), _KEY)
            rows = query(self._connection, CHECKS / "listed.sql", {"same_month": same_month})
            found[rows["position"].to_numpy(dtype="int64")] = True
        return found


def received_before(connection: Connection, returns: pd.DataFrame) -> set[int]:
    """The return_no of those returns (township_code, period, received_at) that are not the first of their month."""
    if returns.empty:
        return set()
    stage(connection, "staged_return", returns, _RETURN)
    return set(query(connection, CHECKS / "F10.sql")["return_no"])


def judge_series(
    connection: Connection, returns: pd.DataFrame, sheets: Mapping[str, pd.DataFrame], broken: pd.DataFrame
) -> pd.DataFrame:
    """The rows that break P01 to P06 (`outcome` failed) or cannot be judged (open): SERIES_COLUMNS and `rule`.

    `returns` are at most one per township, in the order of arrival after everything loaded before; `sheets` are their
    typed rows with `row_key` and `unread` (list of field codes); `broken` names sheets without a required column.
    """
    form = load_catalogue().current_form
    stage(connection, "staged_return", returns, _RETURN)
    stage(connection, "staged_broken", broken, {"return_no": "bigint", "sheet": "text"})
    for code in STAGED_SHEETS:
        stage(connection, f"staged_{code}", sheets[code], _staged_types(form, code))
    connection.execute(text("drop table if exists pg_temp.seen"))
    execute(connection, CHECKS / "seen.sql")
    connection.execute(text("analyze pg_temp.seen"))
    found = [query(connection, CHECKS / f"{rule}.sql").assign(rule=rule) for rule in SERIES_RULES]
    kept = [frame for frame in found if len(frame)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=[*SERIES_COLUMNS, "rule"])


def _staged_types(form: Form, code: str) -> dict[str, str]:
    own = {"return_no": "bigint", "excel_row": "integer", "row_key": "text", "unread": "text[]"}
    return own | {field.code: sql_type(field) for field in form.sheet(code).fields}
