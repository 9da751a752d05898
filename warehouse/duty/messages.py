"""The outbox: a message is queued in the transaction that makes it due, taken up by one sender, sent at most once.

Order of a sending: claim (committed), hand over (committed just before the bytes go out), then the outcome. A sender
that dies before the hand-over has sent nothing: the message is queued again. One that dies after it may have sent it:
the message is `uncertain`, it is shown, and only a person sends it again, under the same Message-ID.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

import pandas as pd
from sqlalchemy import Connection, text

from catalogue.errors import Refusal
from warehouse.connection import query
from warehouse.lifecycle.audit import append

Kind = Literal["returned", "reminder", "alert", "digest", "decision"]
PRIORITY: dict[Kind, int] = {"returned": 1, "decision": 2, "alert": 3, "reminder": 4, "digest": 5}
STATES = {
    "queued": "待发",
    "sending": "发送中",
    "sent": "已发",
    "uncertain": "去向不明",
    "undeliverable": "无法送达",
    "expired": "过期未发",
}
LEASE = timedelta(minutes=15)  # a sender silent for so long has died
RETRY = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 20, 40, 60))  # then every hour
GIVE_UP = timedelta(days=3)
LOCK = 7_310_041  # advisory lock: one composes at a time, so that a matter is told once


@dataclass(frozen=True)
class Address:
    """Where a message goes: a mail address, or an Apprise address."""

    channel: Literal["mail", "apprise"]
    address: str


@dataclass(frozen=True)
class Draft:
    """A message to be. `matters`: what it tells, each told once; `receivers`: one message each."""

    kind: Kind
    matters: tuple[str, ...]
    receivers: tuple[Address, ...]
    subject: str
    body: str
    township_code: str | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True)
class Claimed:
    """A message taken up: nobody else sends it until the lease has run out."""

    message_id: int
    dedup_key: str
    channel: Literal["mail", "apprise"]
    address: str
    subject: str
    body: str
    attempts: int
    queued_at: datetime
    claim: str


def lock_composing(connection: Connection) -> None:
    """Nobody else composes messages until this transaction ends; take it before asking what has been told."""
    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def told(connection: Connection, matters: Iterable[str]) -> set[str]:
    """Those of the matters that have been put into a message."""
    statement = text("select matter from duty.notice where matter = any(:matters)")
    return set(connection.execute(statement, {"matters": sorted(set(matters))}).scalars())


def note_told(connection: Connection, matters: Iterable[str], now: datetime) -> int:
    """The matters have been told; how many of them had not been."""
    statement = "insert into duty.notice select m, :now from unnest(cast(:m as text[])) as m on conflict do nothing"
    return int(connection.execute(text(statement), {"m": sorted(set(matters)), "now": now}).rowcount)


def queue(connection: Connection, draft: Draft, now: datetime) -> int:
    """The draft's messages are queued, one per receiver, and its matters told; their number.

    Zero, and nothing changes, when every one of its matters has been told before.
    """
    if not note_told(connection, draft.matters, now):
        return 0
    for receiver in draft.receivers:
        parts = "\x1f".join((*sorted(draft.matters), receiver.channel, receiver.address))
        given = {
            "key": hashlib.sha256(parts.encode()).hexdigest()[:32],
            "kind": draft.kind,
            "priority": PRIORITY[draft.kind],
            "code": draft.township_code,
            "channel": receiver.channel,
            "address": receiver.address,
            "subject": draft.subject,
            "body": draft.body,
            "until": draft.valid_until,
            "now": now,
        }
        connection.execute(text(_QUEUE), given)
    return len(draft.receivers)


_QUEUE = """
insert into restricted.message (
    dedup_key, kind, priority, township_code, channel, address, subject, body, queued_at, next_try_at, valid_until
) values (:key, :kind, :priority, :code, :channel, :address, :subject, :body, :now, :now, :until)
on conflict (dedup_key) do nothing
"""


def reconcile(connection: Connection, now: datetime) -> dict[str, int]:
    """What dead senders left is put right (see above), what is past its time expires; how many of each."""
    given = {"now": now, "dead": now - LEASE}
    return {name: int(connection.execute(text(statement), given).rowcount) for name, statement in _RECONCILE.items()}


_RECONCILE = {
    "uncertain": """
update restricted.message set state = 'uncertain', ended_at = :now, last_error = '发送中断，不知对方是否已收到'
where state = 'sending' and claimed_at < :dead and handed_at is not null
""",
    "queued": """
update restricted.message set state = 'queued', claim = null, next_try_at = :now
where state = 'sending' and claimed_at < :dead and handed_at is null
""",
    "expired": """
update restricted.message set state = 'expired', ended_at = :now where state = 'queued' and valid_until < :now
""",
}


def claim(connection: Connection, now: datetime, down: Collection[str] = ()) -> Claimed | None:
    """The next message to send is the caller's, once this transaction commits; None when none waits.

    `down`: channels found unreachable, whose messages wait.
    """
    row = connection.execute(text(_CLAIM), {"now": now, "down": list(down), "claim": str(uuid4())}).one_or_none()
    return None if row is None else Claimed(**(dict(row._mapping) | {"claim": str(row.claim)}))


_CLAIM = """
update restricted.message set state = 'sending', claim = :claim, claimed_at = :now, handed_at = null,
    attempts = attempts + 1
where message_id = (
    select m.message_id from restricted.message as m
    where m.state = 'queued' and m.next_try_at <= :now and m.channel <> all(cast(:down as text[]))
    order by m.priority, m.message_id
    limit 1
    for update skip locked
)
returning message_id, dedup_key, channel, address, subject, body, attempts, queued_at, claim
"""


def hand_over(connection: Connection, message: Claimed, now: datetime) -> bool:
    """From the commit on the message counts as possibly sent. False when the claim was lost: do not send it."""
    return _update(connection, message, "handed_at = :now", now)


def note_sent(connection: Connection, message: Claimed, now: datetime) -> bool:
    """The server has taken the message."""
    return _update(connection, message, "state = 'sent', ended_at = :now, last_error = null", now)


def note_uncertain(connection: Connection, message: Claimed, now: datetime, error: str) -> bool:
    """The connection broke while the server held the message: it may have taken it."""
    return _update(connection, message, "state = 'uncertain', ended_at = :now, last_error = :error", now, error)


def note_failed(connection: Connection, message: Claimed, now: datetime, error: str, *, for_good: bool) -> bool:
    """The server surely has not taken the message: it is tried again later each time, for three days or until it is
    known that it never will be (`for_good`)."""
    if for_good or now - message.queued_at >= GIVE_UP:
        return _update(connection, message, "state = 'undeliverable', ended_at = :now, last_error = :error", now, error)
    later = now + RETRY[min(message.attempts, len(RETRY)) - 1]
    change = "state = 'queued', claim = null, handed_at = null, next_try_at = :later, last_error = :error"
    return _update(connection, message, change, now, error, later)


def _update(
    connection: Connection,
    message: Claimed,
    change: str,
    now: datetime,
    error: str = "",
    later: datetime | None = None,
) -> bool:
    statement = (
        f"update restricted.message set {change} where message_id = :id and claim = :claim and state = 'sending'"
    )
    given = {"id": message.message_id, "claim": message.claim, "now": now, "error": error[:500], "later": later}
    used = {name: value for name, value in given.items() if f":{name}" in statement}
    return int(connection.execute(text(statement), used).rowcount) == 1


def send_again(connection: Connection, number: int, *, person: str, now: datetime) -> None:
    """A message that is uncertain, undeliverable or expired is queued again by a person's decision, same Message-ID.

    Raises Refusal when it is in no such state or nobody is named.
    """
    if not person.strip():
        raise Refusal("请写明是谁决定重发。")
    if connection.execute(text(_AGAIN), {"id": number, "now": now}).rowcount != 1:
        raise Refusal(f"第 {number} 号消息不是去向不明、无法送达或过期未发的消息，请用 `taizhang messages` 查看。")
    append(connection, person, "message_sent_again", None, {"message": number})


_AGAIN = """
update restricted.message set state = 'queued', claim = null, handed_at = null, ended_at = null, valid_until = null,
    queued_at = :now, next_try_at = :now
where message_id = :id and state in ('uncertain', 'undeliverable', 'expired')
"""


def list_messages(connection: Connection, *, only_unsent: bool = True) -> pd.DataFrame:
    """Messages with their addresses, the newest first."""
    return query(connection, _LIST, {"only_unsent": only_unsent})


_LIST = """
select message_id, kind, township_code, channel, address, subject, state, attempts, queued_at, next_try_at, ended_at,
    last_error
from restricted.message where state not in ('sent', 'expired') or not :only_unsent
order by message_id desc
"""


def count_stuck(connection: Connection) -> dict[str, int]:
    """How many messages are uncertain, undeliverable, or have waited for a retry more than once."""
    rows = connection.execute(text(_STUCK))
    return {row.state: int(row.messages) for row in rows}


_STUCK = """
select state, count(*) as messages from restricted.message
where state in ('uncertain', 'undeliverable') or (state = 'queued' and attempts > 1)
group by state
"""
