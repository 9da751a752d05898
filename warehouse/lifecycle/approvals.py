"""Decisions on runs: approved or refused, by whom, when and why; never by who prepared the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, text

from catalogue.approval import Approval, Change
from catalogue.errors import Refusal
from warehouse.connection import execute
from warehouse.lifecycle.audit import append
from warehouse.lifecycle.stages import LABELS, RunState, decide_stage, read_state

MAKING = ("draft", "self_check", "public", "answer")  # who did one of these prepared the run (run.guard_approval)


@dataclass(frozen=True)
class Decision:
    """An answer to the request for approval. `changes` pairs each change with the township its unit belongs to."""

    run_id: int
    decision: Literal["approved", "refused"]
    decided_by: str
    decided_at: datetime
    decided_on: date
    reason: str
    changes: Sequence[tuple[Change, str]] = ()
    approval_number: str | None = None
    document_number: str | None = None
    issued_on: date | None = None


def check(connection: Connection, given: Decision) -> RunState:
    """Nothing stands against the decision.

    Raises Refusal in words for whoever decided: the run is not to be decided on, he has prepared it himself, a refusal
    without reason, or an approval in spite of objections that are open or upheld.
    """
    state = read_state(connection, given.run_id, lock=True)
    if state.stage != "public":
        raise Refusal(f"第 {state.run_id} 次测算{LABELS[state.stage]}，不在待审批的阶段。")
    if given.decided_by.lower() in makers(connection, given.run_id):
        raise Refusal(f"{given.decided_by} 经办过第 {given.run_id} 次测算，不能审批：请由另一人审批。")
    if given.decision == "refused" and not given.reason:
        raise Refusal("不批准要写明理由。")
    if given.decision == "approved" and (against := unsettled(connection, given.run_id)):
        raise Refusal(against)
    return state


def decide(connection: Connection, given: Decision, channel: dict[str, Any]) -> None:
    """The decision and its changes stand and the run is approved or refused; taken again, nothing changes.

    `channel` says where the answer came from, for the audit trail. Raises Refusal as `check` does.
    """
    if _stands(connection, given):
        return
    state = check(connection, given)
    row = {name: value for name, value in asdict(given).items() if name != "changes"}
    columns = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    execute(connection, f"insert into run.approval ({columns}, prepared_by) values ({values}, '{{}}')", row)
    statement = (
        "insert into run.change (run_id, unit, township_code, recommended, reason) "
        "values (:run_id, :unit, :township, :recommended, :reason)"
    )
    for change, township in given.changes:
        execute(connection, statement, asdict(change) | {"run_id": given.run_id, "township": township})
    content = {
        "reason": given.reason,
        "decided_at": given.decided_at.isoformat(),
        "changes": [asdict(change) for change, _ in given.changes],
        "approval_number": given.approval_number,
        "channel": channel,
    }
    decide_stage(connection, state, given.decision, given.decided_by, content)


def enter_paper(
    connection: Connection,
    run_id: int,
    person: str,
    *,
    approval_number: str | None = None,
    document_number: str | None = None,
    issued_on: date | None = None,
) -> None:
    """The approval number, the bulletin's number or its date stand from now on; what stands already cannot be changed.

    Raises Refusal when the run is not approved, or a different figure stands.
    """
    state = read_state(connection, run_id, lock=True)
    if state.stage not in ("approved", "published"):
        raise Refusal(f"第 {run_id} 次测算{LABELS[state.stage]}，还不能填文号：批准以后才可以。")
    given = {"approval_number": approval_number, "document_number": document_number, "issued_on": issued_on}
    given = {name: value for name, value in given.items() if value is not None}
    standing = connection.execute(text("select * from run.approval where run_id = :run"), {"run": run_id}).one()
    for name, value in given.items():
        if getattr(standing, name) not in (None, value):
            raise Refusal(f"第 {run_id} 次测算已经填过“{getattr(standing, name)}”，不能改。")
    new = {name: value for name, value in given.items() if getattr(standing, name) is None}
    if new:
        assignments = ", ".join(f"{name} = :{name}" for name in new)
        execute(connection, f"update run.approval set {assignments} where run_id = :run", {**new, "run": run_id})
        append(connection, person, "paper", run_id, {name: str(value) for name, value in new.items()})


def read_approval(connection: Connection, run_id: int) -> Approval | None:
    """The approval as it stands now; None when the run has none."""
    statement = text("select * from run.approval where run_id = :run and decision = 'approved'")
    found = connection.execute(statement, {"run": run_id}).one_or_none()
    if found is None:
        return None
    changes = connection.execute(
        text("select unit, recommended, reason from run.change where run_id = :run order by unit"), {"run": run_id}
    )
    counted = connection.execute(
        text("select count(*), count(*) filter (where outcome = 'upheld') from run.objection where run_id = :run"),
        {"run": run_id},
    ).one()
    return Approval(
        run_id=run_id,
        document_sha256=read_state(connection, run_id).document_sha256,
        approved_by=found.decided_by,
        approved_on=found.decided_on,
        reason=found.reason,
        approval_number=found.approval_number,
        document_number=found.document_number,
        issued_on=found.issued_on,
        changes=tuple(Change(**row._mapping) for row in changes),
        objections=counted[0],
        upheld=counted[1],
    )


def makers(connection: Connection, run_id: int) -> list[str]:
    """Everybody who prepared the run, in lower case, from the audit trail."""
    statement = text("select distinct lower(person) from run.audit where run_id = :run and action = any(:making)")
    return sorted(connection.execute(statement, {"run": run_id, "making": list(MAKING)}).scalars())


def unsettled(connection: Connection, run_id: int) -> str:
    """Why objections stand against an approval, in a sentence; empty when none does."""
    statement = text(
        "select objection_id, outcome from run.objection where run_id = :run "
        "and outcome is distinct from 'dismissed' order by objection_id"
    )
    rows = connection.execute(statement, {"run": run_id}).all()
    if unanswered := [str(row.objection_id) for row in rows if row.outcome is None]:
        return f"第 {'、'.join(unanswered)} 号异议还没有答复：用 taizhang objection answer 答复后再审批。"
    if rows:
        named = "、".join(str(row.objection_id) for row in rows)
        return f"第 {named} 号异议已采纳，本次测算不能批准：请更正数据后重新测算。"
    return ""


def _stands(connection: Connection, given: Decision) -> bool:
    """Whether this very answer has been recorded before (a task run again)."""
    statement = text(
        "select exists (select from run.approval where run_id = :run and decision = :decision "
        "and decided_by = :by and decided_at = :at)"
    )
    same = {"run": given.run_id, "decision": given.decision, "by": given.decided_by, "at": given.decided_at}
    return bool(connection.scalar(statement, same))
