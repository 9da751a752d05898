"""Alerts: opened and kept open by what is found, closed when it is found no longer."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

import pandas as pd
from sqlalchemy import Connection, text

from catalogue.errors import Refusal
from warehouse.connection import query
from warehouse.lifecycle.audit import append

Severity = Literal["serious", "notable", "minor"]
SEVERITIES = {"serious": "严重", "notable": "关注", "minor": "一般"}
COUNTY, OPERATOR = "county", "operator"
LOCK = 7_310_040  # advisory lock: one look at a time settles alerts


@dataclass(frozen=True)
class Found:
    """Something wrong now. `key` names the thing within its kind; `points`: what of the score rests on it."""

    kind: str
    key: str
    owner: str
    severity: Severity
    title: str
    detail: str = ""
    township_code: str | None = None
    period: str | None = None
    points: float | None = None


@dataclass(frozen=True)
class Settled:
    """Numbers of the alerts a look has opened and closed."""

    opened: list[int]
    closed: list[int]


def settle(connection: Connection, kinds: Collection[str], found: Iterable[Found], now: datetime) -> Settled:
    """Exactly the things found have an open alert among those of the kinds; the others of these kinds are closed.

    A thing seen again keeps its first day; one that comes back after having been mended is a new alert.
    """
    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    seen = {f"{one.kind}:{one.key}": one for one in found}
    if strange := {one.kind for one in seen.values()} - set(kinds):
        raise ValueError(f"alerts of kinds that were not looked for: {sorted(strange)}")
    opened = []
    for key, one in seen.items():
        row = connection.execute(text(_SEE), asdict(one) | {"alert_key": key, "now": now}).one()
        if row.is_new:
            opened.append(int(row.alert_id))
    given = {"kinds": sorted(kinds), "keys": sorted(seen), "now": now}
    return Settled(opened, sorted(connection.execute(text(_CLOSE), given).scalars()))


_SEE = """
insert into duty.alert (
    alert_key, kind, owner, township_code, period, severity, points, title, detail, first_seen, last_seen
) values (
    :alert_key, :kind, :owner, :township_code, :period, :severity, :points, :title, :detail, :now, :now
)
on conflict (alert_key) where closed_at is null do update
set owner = excluded.owner, severity = excluded.severity, points = excluded.points, title = excluded.title,
    detail = excluded.detail, last_seen = greatest(duty.alert.last_seen, excluded.last_seen),
    times_seen = duty.alert.times_seen + 1
returning alert_id, times_seen = 1 as is_new
"""

_CLOSE = """
update duty.alert set closed_at = greatest(:now, last_seen)
where closed_at is null and kind = any(:kinds) and alert_key <> all(:keys) returning alert_id
"""


def note(connection: Connection, one: Found, now: datetime) -> int | None:
    """The one thing has an open alert, whatever else is open; its number when it was opened by this."""
    given = asdict(one) | {"alert_key": f"{one.kind}:{one.key}", "now": now}
    row = connection.execute(text(_SEE), given).one()
    return int(row.alert_id) if row.is_new else None


def take(connection: Connection, number: int, *, person: str, at: datetime) -> None:
    """The person has taken the alert on. Raises Refusal when it is not open or nobody is named."""
    if not person.strip():
        raise Refusal("请写明处理人。")
    statement = text("update duty.alert set taken_by = :p, taken_at = :at where alert_id = :n and closed_at is null")
    if connection.execute(statement, {"p": person.strip(), "at": at, "n": number}).rowcount != 1:
        raise Refusal(f"没有第 {number} 号未消除的预警，请用 `taizhang alerts` 查看。")
    append(connection, person, "alert_taken", None, {"alert": number})


def list_alerts(connection: Connection, *, only_open: bool = True) -> pd.DataFrame:
    """Alerts, the gravest and oldest first, with the township's name."""
    return query(connection, _LIST, {"only_open": only_open})


_LIST = """
select a.*, t.name as township
from duty.alert as a
left join lateral (
    select r.name from registry.township as r
    where r.township_code = a.township_code order by r.valid_from desc limit 1
) as t on true
where a.closed_at is null or not :only_open
order by a.closed_at is not null, array_position(array['serious', 'notable', 'minor'], a.severity),
    a.points desc nulls last, a.first_seen, a.alert_id
"""
