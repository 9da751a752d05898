"""The audit trail: one chain of entries, each bound by SHA-256 to the one before (run.audit).

An entry is canonical JSON: no, at (UTC), person, account, action, run, content. Its digest is the SHA-256 of the digest
before (64 zeros at first) followed by the entry, so whoever changes, drops or slips in one breaks every later one.
Only the end can be cut off unseen: note the newest digest elsewhere (it stands in every published folder).
"""

from __future__ import annotations

import getpass
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from catalogue.approval import canonical
from catalogue.errors import Refusal
from warehouse.connection import Warehouse

ACTIONS = {
    "draft": "生成草案",
    "self_check": "发乡镇自查",
    "public": "公示",
    "objection": "登记异议",
    "answer": "答复异议",
    "approve": "批准",
    "refuse": "不批准",
    "paper": "填文号",
    "publish": "发布",
    "superseded": "被新测算取代",
}
BEGINNING = "0" * 64
LOCK = 7_310_024  # advisory lock: one entry at a time, as in run.guard_audit()


@dataclass(frozen=True)
class Trail:
    """What a verification found: how many entries hold, the newest digest, and the first that does not, with why."""

    entries: int
    newest: str
    broken: int | None = None
    reason: str = ""


def append(connection: Connection, person: str, action: str, run_id: int | None, content: dict[str, Any]) -> str:
    """The entry is the newest of the chain; its digest. It stands or falls with the transaction.

    Raises Refusal when nobody is named.
    """
    if not person.strip():
        raise Refusal("请写明是谁：--by 姓名，或设置 TAIZHANG_PERSON。")
    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    last = connection.execute(
        text("select entry_no, digest from run.audit order by entry_no desc limit 1")
    ).one_or_none()
    number, previous = (last.entry_no + 1, last.digest) if last else (1, BEGINNING)
    at = connection.scalar(
        text("""select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""")
    )
    entry = canonical(
        {
            "no": number,
            "at": at,
            "person": person.strip(),
            "account": _account(),
            "action": action,
            "run": run_id,
            "content": content,
        }
    ).decode()
    digest = digest_of(previous, entry)
    connection.execute(
        text("insert into run.audit (entry_no, entry, previous, digest) values (:no, :entry, :previous, :digest)"),
        {"no": number, "entry": entry, "previous": previous, "digest": digest},
    )
    return digest


def entries(connection: Connection, run_id: int | None = None) -> list[dict[str, Any]]:
    """The entries of the run, or all, oldest first, each with its digest."""
    statement = text(
        "select entry, digest from run.audit where cast(:run as bigint) is null or run_id = :run order by entry_no"
    )
    return [json.loads(row.entry) | {"digest": row.digest} for row in connection.execute(statement, {"run": run_id})]


def moment(entry: dict[str, Any]) -> datetime:
    """When the entry was made."""
    return datetime.fromisoformat(entry["at"])


def newest_digest(connection: Connection) -> str:
    """The digest to note elsewhere; zeros while the trail is empty."""
    newest = connection.scalar(text("select digest from run.audit order by entry_no desc limit 1"))
    return str(newest or BEGINNING)


def digest_of(previous: str, entry: str) -> str:
    """SHA-256 in hex of the digest before followed by the entry."""
    return hashlib.sha256((previous + entry).encode()).hexdigest()


def verify(warehouse: Warehouse, noted: str | None = None) -> Trail:
    """The chain recomputed from its first entry on, without trusting the database's own checks.

    With `noted`, a digest written down earlier has to be one of them. Frozen runs whose document is no longer the one
    the chain speaks of break it at the entry that froze them.
    """
    with warehouse.transaction() as connection:
        stored = connection.execute(text("select run_id, encode(sha256(content), 'hex') from run.document"))
        documents = {int(run): str(sha256) for run, sha256 in stored}
        chain = connection.execute(text("select entry_no, entry, previous, digest from run.audit order by entry_no"))
        entries = chain.all()
    expected, previous, seen = 1, BEGINNING, noted is None
    for row in entries:
        if reason := _fault(row, expected, previous) or _lost_document(row.entry, documents):
            return Trail(expected - 1, previous, expected, reason)
        expected, previous = expected + 1, row.digest
        seen = seen or previous == noted
    if not seen:
        return Trail(expected - 1, previous, expected, f"链上没有记下的摘要 {noted}：它之后的记录被截去或整条链被换过")
    return Trail(expected - 1, previous)


def _fault(row: Any, expected: int, previous: str) -> str:
    """Why the entry does not follow; empty when it does."""
    if row.entry_no != expected:
        return f"第 {expected} 条缺失，下一条是第 {row.entry_no} 条"
    if row.previous != previous:
        return "所记的前一摘要与前一条不符"
    if digest_of(row.previous, row.entry) != row.digest:
        return "内容与摘要不符，记录被改动过"
    try:
        known = json.loads(row.entry)
    except ValueError:
        return "记录不是 JSON"
    return "" if known.get("no") == expected else "记录内的序号不符"


def _lost_document(entry: str, documents: dict[int, str]) -> str:
    """Why the run document named by the entry is not the one stored; empty when it is, or none is named."""
    known = json.loads(entry)
    named = known["content"].get("document_sha256")
    if named is None or documents.get(known["run"]) == named:
        return ""
    return f"第 {known['run']} 次测算的文书与记录时不同，或已不存在"


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
