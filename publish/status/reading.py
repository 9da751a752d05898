"""What the pages show, read in one look at the warehouse."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pandas as pd

from catalogue.explanations import Standing
from catalogue.periods import Period
from publish.alerts import records
from warehouse.connection import Connection, execute, query
from warehouse.duty.alerts import list_alerts
from warehouse.duty.explanations import standings
from warehouse.duty.obligations import read_obligations
from warehouse.generation import SQL
from warehouse.layout import read_layout

STATUS = SQL / "status"
Row = dict[str, Any]


@dataclass(frozen=True)
class Status:
    """The county as it stands: rows of sql/status, None for what is missing; months oldest first, without a gap."""

    now: datetime
    months: tuple[str, ...]
    rates: Mapping[str, Row]
    townships: tuple[Row, ...]
    owed: tuple[Row, ...]
    returns: tuple[Row, ...]
    unidentified: tuple[Row, ...]
    alerts: tuple[Row, ...]
    findings: Mapping[int, list[dict[Hashable, Any]]]
    layout: pd.DataFrame
    standings: Mapping[int, Mapping[str, Standing]]
    held_back: Mapping[int, list[Row]]
    values: pd.DataFrame
    open_items: tuple[Row, ...]
    reports: tuple[Row, ...]
    report_findings: Mapping[str, list[Row]]

    @property
    def month(self) -> str | None:
        """The newest month, which the entrance speaks of; None where nothing was ever due."""
        return self.months[-1] if self.months else None

    @cached_property
    def names(self) -> dict[str, str]:
        """Township code -> its newest name."""
        return {row["township_code"]: row["name"] for row in self.townships}

    @cached_property
    def newest(self) -> dict[tuple[str, str], Row]:
        """(township code, month) -> the newest version that is not empty."""
        return {(row["township_code"], row["period"]): row for row in self.returns if row["is_newest"]}

    @cached_property
    def shown(self) -> set[str]:
        """Codes of the townships that have a page: they owe something for a month shown, or something older is open."""
        return {row["township_code"] for row in self.owed if row["period"] in self.months or is_unsettled(row)}

    def owed_in(self, month: str) -> list[Row]:
        """What the townships owed for the month, by code."""
        return [row for row in self.owed if row["period"] == month]


def is_unsettled(row: Row) -> bool:
    """Whether the obligation still asks for something: nothing usable came, or what came went back."""
    return row["state"] in ("open", "returned", "rejected")


def read_status(connection: Connection, now: datetime, months: int) -> Status:
    """The newest months up to the running one. Call it at the start of a transaction: all of it is one moment's."""
    execute(connection, "set transaction isolation level repeatable read, read only")
    shown = _months(connection, now, months)
    span = {"first": shown[0], "last": shown[-1]} if shown else {"first": "", "last": ""}
    returns = _rows(connection, "returns", span)
    chosen = [int(row["submission_id"]) for row in returns if row["is_newest"]]
    since = {"since": Period.parse(shown[0]).first_day if shown else date.min}
    reports = _rows(connection, "reports", since)
    files = {"files": [row["file_name"] for row in reports]}
    findings = _by(_rows(connection, "findings", {"submissions": chosen}), "submission_id")
    return Status(
        now=now,
        months=shown,
        rates={row["period"]: row for row in _rows(connection, "months", span)},
        townships=tuple(_rows(connection, "townships")),
        owed=tuple(records(read_obligations(connection, "", span["last"], now.date()))),
        returns=tuple(returns),
        unidentified=tuple(_rows(connection, "unidentified", since)),
        alerts=tuple(records(list_alerts(connection))),
        findings=findings,
        layout=read_layout(connection, list(findings)),
        standings=standings(connection, list(findings)),
        held_back=_by(_rows(connection, "held_back", {"submissions": chosen}), "submission_id"),
        values=query(connection, STATUS / "values.sql", span),
        open_items=tuple(_rows(connection, "open_items")),
        reports=tuple(reports),
        report_findings=_by(_rows(connection, "report_findings", files), "file_name"),
    )


def _rows(connection: Connection, name: str, given: Mapping[str, Any] | None = None) -> list[Row]:
    return records(query(connection, STATUS / f"{name}.sql", given))


def _by(rows: list[Row], key: str) -> dict[Any, list[Any]]:
    grouped: dict[Any, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row[key], []).append(row)
    return grouped


def _months(connection: Connection, now: datetime, most: int) -> tuple[str, ...]:
    """The newest months of which something is known, those between them as well."""
    [known] = _rows(connection, "known_months", {"last": Period.month_of(now.date()).text})
    if known["last"] is None:
        return ()
    months: list[str] = []
    month = Period.parse(known["last"])
    while len(months) < most and month.text >= known["first"]:
        months.append(month.text)
        month = month.shifted(-1)
    return tuple(reversed(months))
