"""Months with their days, returns that hold nothing, and what every township owes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd
from sqlalchemy import Connection, text

from catalogue.duties import FORM, Window
from warehouse.connection import query
from warehouse.generation import SQL

DUTY = SQL / "duty"


def register_windows(connection: Connection, windows: Iterable[Window]) -> None:
    """The months are due on their windows' days; days given again replace the old ones."""
    rows = [
        {"form": FORM, "period": w.period.text, "opens": w.opens_on, "due": w.due_on, "closes": w.closes_on}
        for w in windows
    ]
    if rows:
        connection.execute(text(_REGISTER), rows)


_REGISTER = """
insert into registry.reporting_period (form, period, opens_on, due_on, closes_on)
values (:form, :period, :opens, :due, :closes)
on conflict (form, period) do update
set opens_on = excluded.opens_on, due_on = excluded.due_on, closes_on = excluded.closes_on
where (registry.reporting_period.opens_on, registry.reporting_period.due_on, registry.reporting_period.closes_on)
is distinct from (excluded.opens_on, excluded.due_on, excluded.closes_on)
"""


def note_empty(connection: Connection, submission_ids: Iterable[int]) -> None:
    """Those of the returns that hold nothing are known as such; call it in the transaction of the load."""
    statement = "insert into intake.empty_return select e from intake.empty_returns(:ids) as e on conflict do nothing"
    connection.execute(text(statement), {"ids": [int(number) for number in submission_ids]})


def read_obligations(connection: Connection, first: str, last: str, day: date) -> pd.DataFrame:
    """One row per township and month from first to last (YYYY-MM): duty.obligation, and

    owner (who answers for it on the day, None when nobody does), findings and warnings of the version in use,
    unexplained (warnings without an explanation that stands), file_name.
    """
    given = {"first": first, "last": last, "day": day}
    return query(connection, DUTY / "obligations.sql", given)


def granted_days(connection: Connection) -> dict[tuple[str, str], date]:
    """(township, month) -> the day granted; the last day there is for a township that owes nothing."""
    rows = connection.execute(text("select township_code, period, extended_to, is_exempt from duty.granted"))
    return {(row.township_code, row.period): date.max if row.is_exempt else row.extended_to for row in rows}
