"""Extensions and exemptions: asked for, decided by a person, withdrawn; values that rest on due days follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd
from sqlalchemy import Connection, text

from catalogue.errors import Refusal
from catalogue.periods import Period
from warehouse.connection import query
from warehouse.lifecycle.audit import append
from warehouse.load import lock_loads
from warehouse.rollup import KINDS, refresh_periods

Kind = Literal["extension", "exemption"]
NAMES = {"extension": "延期", "exemption": "免报"}
STATES = {"asked": "待决定", "granted": "已准予", "refused": "不予准许", "withdrawn": "已撤销"}


@dataclass(frozen=True)
class Request:
    """What is asked for: a later due day for one month, or nothing owed from one month to another."""

    kind: Kind
    township_code: str
    first: Period
    last: Period
    due_on: date | None
    reason: str


def ask(connection: Connection, request: Request, person: str, at: datetime) -> int:
    """The request awaits a decision; its number.

    Raises Refusal when the township owes nothing in a month named, the day is not later than the due day, nobody or no
    reason is named, or the same is asked for or granted already.
    """
    if not person.strip() or not request.reason.strip():
        raise Refusal("请写明申请人和理由。")
    _check(connection, request)
    number = connection.scalar(
        text(_ASK),
        {
            "kind": request.kind,
            "code": request.township_code,
            "first": request.first.text,
            "last": request.last.text,
            "due_on": request.due_on,
            "reason": request.reason.strip(),
            "person": person.strip(),
            "at": at,
        },
    )
    append(connection, person, f"{request.kind}_asked", None, _content(connection, int(number or 0)))
    return int(number or 0)


_ASK = """
insert into duty.concession (kind, township_code, first_period, last_period, due_on, reason, asked_by, asked_at)
values (:kind, :code, :first, :last, :due_on, :reason, :person, :at) returning concession_id
"""


def _check(connection: Connection, request: Request) -> None:
    name = NAMES[request.kind]
    if request.first.kind != "month" or request.last.kind != "month" or request.last < request.first:
        raise Refusal(f"{name}按月申请：报送期写作 2025-03，末月不早于首月。")
    valid = connection.scalar(
        text("select registry.is_valid(:code, :first, :last)"),
        {"code": request.township_code, "first": request.first.first_day, "last": request.last.last_day},
    )
    if not valid:
        raise Refusal(f"名录中 {request.township_code} 在 {request.first.text} 无效，请核对行政区划代码和报送期。")
    due = connection.scalar(
        text("select max(due_on) from duty.month where period = :period"), {"period": request.first.text}
    )
    if request.due_on is not None and due is not None and request.due_on <= due:
        raise Refusal(f"{request.first.text} 的截止日是 {due}，延期的日期应晚于它。")
    same = connection.execute(text(_SAME), {"code": request.township_code, "kind": request.kind} | _months(request))
    if row := same.one_or_none():
        raise Refusal(f"第 {row.concession_id} 号{name}（{STATES[row.state]}）已涵盖 {request.first.text}。")


_SAME = """
select concession_id, state from duty.concession
where township_code = :code and kind = :kind and state in ('asked', 'granted')
and first_period <= :first and last_period >= :last
and due_on is not distinct from coalesce(cast(:due_on as date), due_on)
order by concession_id limit 1
"""


def _months(request: Request) -> dict[str, Any]:
    return {"first": request.first.text, "last": request.last.text, "due_on": request.due_on}


def decide(connection: Connection, number: int, *, grant: bool, person: str, why: str, at: datetime) -> None:
    """The request is granted or refused; a grant moves the values that rest on the due day. Once decided it stands.

    Raises Refusal when there is no such request, it has been decided, or nobody is named; a refusal needs a reason.
    """
    if not grant and not why.strip():
        raise Refusal("不予准许须写明理由。")
    given = {"number": number, "state": "granted" if grant else "refused", "person": person.strip(), "at": at}
    _change(connection, number, text(_DECIDE), given | {"why": why.strip()}, "asked", person)
    if grant:
        _follow(connection, number)


_DECIDE = """
update duty.concession set state = :state, decided_by = :person, decided_at = :at, decision = :why
where concession_id = :number and state = 'asked' returning kind || '_' || state as action
"""


def withdraw(connection: Connection, number: int, *, person: str, why: str, at: datetime) -> None:
    """What was granted holds no longer from now on; values follow. Raises Refusal when it is not in force."""
    if not why.strip():
        raise Refusal("撤销须写明理由。")
    _change(connection, number, text(_WITHDRAW), {"number": number, "at": at}, "granted", person, why)
    _follow(connection, number)


_WITHDRAW = """
update duty.concession set state = 'withdrawn', withdrawn_at = :at
where concession_id = :number and state = 'granted' returning kind || '_withdrawn' as action
"""


def _change(
    connection: Connection, number: int, statement: Any, given: dict[str, Any], was: str, person: str, why: str = ""
) -> None:
    if not person.strip():
        raise Refusal("请写明决定人。")
    action = connection.execute(statement, given).scalar_one_or_none()
    if action is None:
        raise Refusal(f"没有第 {number} 号{STATES[was]}的申请，请用 `taizhang due --requests` 查看。")
    extra = {"why": why} if why else {}
    append(connection, person, str(action), None, _content(connection, number) | extra)


def _content(connection: Connection, number: int) -> dict[str, Any]:
    row = connection.execute(text(_ROW), {"number": number}).one()
    return {key: None if value is None else str(value) for key, value in row._mapping.items()}


_ROW = """
select concession_id, kind, township_code, first_period, last_period, due_on, reason, asked_by, state, decision
from duty.concession where concession_id = :number
"""


def _follow(connection: Connection, number: int) -> None:
    lock_loads(connection)
    row = connection.execute(text(_ROW), {"number": number}).one()
    first, last = Period.parse(row.first_period), Period.parse(row.last_period)
    months = [first.shifted(step) for step in range((last.year - first.year) * 12 + last.number - first.number + 1)]
    refresh_periods(connection, {Period.holding(kind, month) for month in months for kind in KINDS})


def list_concessions(connection: Connection, *, only_asked: bool = False) -> pd.DataFrame:
    """Requests with the township's name, the newest first."""
    return query(connection, _LIST, {"only_asked": only_asked})


_LIST = """
select c.*, t.name as township
from duty.concession as c
left join lateral (
    select r.name from registry.township as r
    where r.township_code = c.township_code order by r.valid_from desc limit 1
) as t on true
where c.state = 'asked' or not :only_asked
order by c.concession_id desc
"""
