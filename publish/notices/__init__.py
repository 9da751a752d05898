"""Telling people what is due, what went back and what is wrong: everything told is queued once, in one transaction."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from catalogue import load as load_catalogue
from catalogue.duties import window
from catalogue.errors import Refusal
from catalogue.periods import Period
from catalogue.rubric import Rubric
from catalogue.rubric_loading import default_rubric
from publish.alerts import records, settle_alerts
from publish.notices import county, townships
from publish.notices.place import Place
from warehouse.connection import Connection, Warehouse, query
from warehouse.duty import alerts, messages
from warehouse.duty.contacts import addresses
from warehouse.duty.obligations import read_obligations, register_windows

__all__ = ["Place", "tell_returns", "tell_trouble", "watch"]


def watch(settings: Place, now: datetime, as_of: datetime | None = None) -> dict[str, Any]:
    """The day's look: months stand with their days, alerts are what the data deserve, and who has to be told is.

    Returns `subject` and `text` of the county's day, how many messages were `queued`, and the numbers of the alerts
    `opened` and `closed`. Looking again tells nobody twice. `now` is the county's local time; with `as_of` only what
    had been received by then is seen.
    """
    moment = None if as_of is None else as_of.isoformat()
    with Warehouse(settings.warehouse_url).transaction(moment) as connection:
        messages.lock_composing(connection)
        _register_months(connection, settings.watch_months, now.date())
        reached = addresses(connection, now.date(), by_mail=settings.smtp_host is not None)
        owed = read_owed(connection, now.date())
        settled = settle_alerts(connection, owed, reached, _rubric(now.date()), now)
        queued = _tell_townships(connection, owed, reached, settings.reminder_days, now)
        listed = records(alerts.list_alerts(connection, only_open=False))
        subject, body, draft = county.digest(connection, records(owed), listed, settings, now)
        queued += messages.queue(connection, draft, now) if draft else 0
    return {"subject": subject, "text": body, "queued": queued, "opened": settled.opened, "closed": settled.closed}


def tell_returns(settings: Place, now: datetime) -> int:
    """After a collection: alerts are what the data deserve now, and townships are told of returns that went back or
    have to be explained since the last look; messages queued.
    """
    with Warehouse(settings.warehouse_url).transaction() as connection:
        messages.lock_composing(connection)
        first = Period.month_of(now.date()).shifted(-24).text
        owed = read_obligations(connection, first, Period.month_of(now.date()).text, now.date())
        reached = addresses(connection, now.date(), by_mail=settings.smtp_host is not None)
        settle_alerts(connection, read_owed(connection, now.date()), reached, _rubric(now.date()), now)
        return _tell_townships(connection, owed, reached, (), now)


def tell_trouble(connection: Connection, settings: Place, opened: list[int], now: datetime) -> int:
    """The operator is told of the alerts just opened; messages queued. Call it in the transaction that opened them."""
    listed = [row for row in records(alerts.list_alerts(connection)) if row["alert_id"] in opened]
    draft = county.trouble(listed, settings)
    return messages.queue(connection, draft, now) if draft else 0


def read_owed(connection: Connection, day: date) -> Any:
    """Obligations of the months watched: from the first that was declared due to the newest."""
    months = query(
        connection,
        "select min(period) as first, max(period) as last from registry.reporting_period where opens_on is not null",
    )
    first, last = months["first"].iloc[0], months["last"].iloc[0]
    return read_obligations(connection, first or "", last or "", day)


def _register_months(connection: Connection, ended: int, day: date) -> None:
    """The newest ended months are declared due, the running one from its opening day; a gap since then is filled."""
    form, running = load_catalogue().current_form, Period.month_of(day)
    known = query(connection, "select max(period) as last from registry.reporting_period where opens_on is not null")
    last = known["last"].iloc[0]
    first = running.shifted(-ended)
    if last is not None and Period.parse(last) < first:
        first = Period.parse(last).shifted(1)
    windows, month = [], first
    while month <= running:
        windows.append(window(month, form))
        month = month.shifted(1)
    register_windows(connection, [one for one in windows if one.opens_on <= day])


def _tell_townships(
    connection: Connection, owed: Any, reached: dict[str, Any], steps: tuple[int, ...], now: datetime
) -> int:
    rows = records(owed)
    told = messages.told(connection, townships.matters(rows, steps, now))
    names = dict(query(connection, _NAMES).itertuples(index=False, name=None))
    drafts = townships.drafts(rows, reached, told, names, steps=steps, now=now)
    return sum(messages.queue(connection, draft, now) for draft in drafts)


_NAMES = "select distinct on (township_code) township_code, name from registry.township order by 1, valid_from desc"


def _rubric(day: date) -> Rubric | None:
    """The rubric whose points say how grave an alert is; None where none holds."""
    try:
        return default_rubric("township", Period(day.year, "year", 1))
    except Refusal:
        return None
