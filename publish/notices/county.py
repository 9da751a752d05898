"""What the county and the operator are told: one digest a working day at most, the platform's own trouble at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

import pandas as pd

from catalogue.calendar import is_working_day, shift_working_days
from catalogue.periods import Period
from publish.notices.place import Place
from publish.notices.wording import chinese_day, chinese_moment, word
from warehouse.connection import Connection, query
from warehouse.duty.alerts import SEVERITIES
from warehouse.duty.explanations import rule_outcomes
from warehouse.duty.messages import Address, Draft, told

MOST = 15  # lines of a section; the whole is to be had by `taizhang alerts`
Row = dict[str, Any]


def county_addresses(settings: Place) -> tuple[Address, ...]:
    """Where the county is told; no mail where no mail server is set."""
    mails = settings.mail_to if settings.smtp_host else ()
    return tuple(Address("mail", one) for one in mails) + tuple(Address("apprise", one) for one in settings.notify_urls)


def operator_addresses(settings: Place) -> tuple[Address, ...]:
    """Where the operator is told: by mail if set, else as the county is."""
    mails = settings.operator_to if settings.smtp_host else ()
    return tuple(Address("mail", one) for one in mails) or county_addresses(settings)


def digest(
    connection: Connection, owed: list[Row], alerts: list[Row], settings: Place, now: datetime
) -> tuple[str, str, Draft | None]:
    """Subject and text of the county's day, and the message of it; None when nobody is to be told of it today.

    Told on working days only, once a day, when there is something and it is not what was told the last time; once a
    week all the same while anything is open.
    """
    day = now.date()
    since = _last(connection)
    content = _content(connection, owed, alerts, since[0] if since else None, now)
    subject, body = word("digest", **content)
    state = _state(content)
    key = f"digest:{day}"
    weekly = shift_working_days(day, -1).isocalendar()[:2] != day.isocalendar()[:2]
    is_news = bool(state) and (weekly or since is None or not since[1].endswith(state))
    receivers = county_addresses(settings)
    if not (receivers and is_news and is_working_day(day)) or told(connection, [key]):
        return subject, body, None
    return subject, body, Draft("digest", (key, f"{key}:{state}"), receivers, subject, body)


def _last(connection: Connection) -> tuple[datetime, str] | None:
    """When the last digest was made and what it said, as a matter."""
    rows = query(
        connection,
        "select noted_at, matter from duty.notice where matter like 'digest:%:%' order by noted_at desc limit 1",
    )
    return None if rows.empty else (rows["noted_at"].iloc[0], str(rows["matter"].iloc[0]))


_LAST = "select noted_at, matter from duty.notice where matter like 'digest:%:%' order by noted_at desc limit 1"
_LISTED = ("returned", "missing", "coming", "late")


def _state(content: Mapping[str, Any]) -> str:
    """What the digest says, apart from the counting of days; empty when there is nothing to say."""
    parts = [
        *((name, row["key"], row["state"]) for name in _LISTED for row in content[name]),
        *(("alert", row["alert_id"]) for row in content["alerts"]),
        *(("closed", row["alert_id"]) for row in content["closed"]),
    ]
    return hashlib.sha256(repr(sorted(parts, key=repr)).encode()).hexdigest()[:12] if parts else ""


def _content(
    connection: Connection, owed: list[Row], alerts: list[Row], since: datetime | None, now: datetime
) -> dict[str, Any]:
    day, due = now.date(), [row for row in owed if not row["is_exempt"]]
    stakes = {row["alert_key"]: row["points"] for row in alerts if row["closed_at"] is None}
    rows = [_line(row, day) | {"points": stakes.get(f"returned:{_key(row)}") or 0.0} for row in due]
    back = [row for row in rows if row["state"] in ("returned", "rejected")]
    open_ = [row for row in rows if row["state"] == "open"]
    coming = sorted((row for row in open_ if not row["overdue"]), key=lambda row: (row["due_day"], row["name"]))
    news = since or now - timedelta(days=1)
    outcomes = rule_outcomes(connection)
    return {
        "day": chinese_day(day),
        "months": _months(owed),
        "returned": sorted(back, key=lambda row: -row["points"]),
        "missing": [row for row in open_ if row["overdue"]],
        "coming": coming,
        "coming_by_day": [
            (chinese_day(due_day), [row["name"] for row in part])
            for due_day, part in groupby(coming, key=lambda row: row["due_day"])
        ],
        "late": [row for row in rows if row["days"] and row["first"] is not None and row["first"] > news],
        "alerts": [_alert(row) for row in alerts if pd.isna(row["closed_at"])],
        "closed": [_alert(row) for row in alerts if not pd.isna(row["closed_at"]) and row["closed_at"] > news],
        "unexplained": sum(int(row["unexplained"]) for row in due),
        "candidates": outcomes.loc[outcomes["is_candidate"].astype(bool), "rule"].tolist(),
        "most": MOST,
    }


def _line(row: Row, day: date) -> Row:
    due = row["due_on"]
    overdue = due is not None and day > due
    late = (day - due).days if row["state"] == "open" and overdue else int(row["days_late"] or 0)
    return {
        "key": _key(row),
        "name": row["name"],
        "month": Period.parse(row["period"]).chinese,
        "state": row["state"],
        "hard": int(row["hard_findings"]),
        "received_at": chinese_moment(row["newest_received_at"]) if row["newest_received_at"] is not None else "",
        "first": row["first_received_at"],
        "due_day": due or date.max,
        "due": chinese_day(due) if due else "",
        "overdue": overdue,
        "days": late,
    }


def _key(row: Row) -> str:
    return f"{row['form']}:{row['period']}:{row['township_code']}"


def _months(owed: list[Row]) -> list[Row]:
    """The months that are not wholly in order, and the newest."""
    found = []
    for period, part in groupby(owed, key=lambda row: row["period"]):
        rows = list(part)
        due = [row for row in rows if not row["is_exempt"]]
        came = [row for row in due if row["first_received_at"] is not None]
        month = {
            "name": Period.parse(period).chinese,
            "expected": len(due),
            "exempt": len(rows) - len(due),
            "received": len(came),
            "on_time": sum(row["is_on_time"] for row in due),
            "accepted": sum(row["state"] == "accepted" for row in due),
            "returned": sum(row["state"] == "returned" for row in due),
            "missing": len(due) - len(came),
            "due": chinese_day(rows[0]["regular_due_on"]) if rows[0]["regular_due_on"] else "",
        }
        found.append((month["accepted"] < month["expected"], month))
    return [month for number, (is_open, month) in enumerate(found, start=1) if is_open or number == len(found)]


def _alert(row: Row) -> Row:
    return {
        "alert_id": int(row["alert_id"]),
        "kind": row["kind"],
        "severity": SEVERITIES[row["severity"]],
        "title": row["title"],
        "detail": row["detail"],
        "points": None if pd.isna(row["points"]) else float(row["points"]),
        "since": chinese_day(row["first_seen"]),
    }


def trouble(alerts: list[Row], settings: Place) -> Draft | None:
    """The message about newly opened alerts of the platform; None when there are none or nobody is to be told."""
    receivers = operator_addresses(settings)
    if not alerts or not receivers:
        return None
    subject, body = word("alert", alerts=[_alert(row) for row in alerts])
    return Draft("alert", tuple(f"alert:{row['alert_id']}" for row in alerts), receivers, subject, body)
