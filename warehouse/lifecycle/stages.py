"""The stages of a run: draft, self_check, public, approved, published, superseded; refused. Only ever forward.

Every step is a function of an open transaction, adds its entry to the audit trail, and changes nothing when it has been
taken before, so that an interrupted task can be run again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd
from sqlalchemy import Connection, text

from catalogue.errors import Refusal
from warehouse.connection import query
from warehouse.lifecycle.audit import append

Stage = Literal["draft", "self_check", "public", "approved", "published", "superseded", "refused"]
LABELS: dict[str, str] = {
    "draft": "草案",
    "self_check": "乡镇自查",
    "public": "公示",
    "approved": "已批准",
    "published": "已发布",
    "superseded": "已被取代",
    "refused": "未批准",
}


@dataclass(frozen=True)
class RunState:
    """Where a run stands. `document_sha256` is of the bytes stored."""

    run_id: int
    period: str
    rubric: str
    stage: Stage
    created_at: datetime
    self_check_until: date | None
    objections_until: date | None
    superseded_by: int | None
    document_sha256: str


def read_state(connection: Connection, run_id: int, *, lock: bool = False) -> RunState:
    """Where the run stands; locked against others' steps until the transaction ends when asked.

    Raises Refusal when there is no such run.
    """
    found = _states(connection, "where r.run_id = :run" + (" for update of r" if lock else ""), {"run": run_id})
    if found.empty:
        raise Refusal(f"没有第 {run_id} 次测算：用 taizhang runs 查看有哪些。")
    row: dict[str, Any] = {str(name): value for name, value in found.astype(object).iloc[0].items()}
    clean: dict[str, Any] = {name: None if pd.isna(value) else value for name, value in row.items()}
    return RunState(**clean)


def list_states(connection: Connection) -> pd.DataFrame:
    """Every run, newest first, with the columns of RunState."""
    return _states(connection, "order by r.run_id desc", {})


def newest_run(connection: Connection, stage: Stage) -> int:
    """The newest run in that stage. Raises Refusal when there is none."""
    found = connection.scalar(text("select max(run_id) from run.run where stage = :stage"), {"stage": stage})
    if found is None:
        raise Refusal(f"没有处于“{LABELS[stage]}”的测算：先运行 taizhang assess 期间。")
    return int(found)


def standing_run(connection: Connection, state: RunState) -> int | None:
    """The newest older run of the same period and rubric that is approved or published: what a correction replaces."""
    standing = _same_kind(connection, state, ("approved", "published"))
    return standing[-1] if standing else None


def draft(connection: Connection, run_id: int, person: str) -> None:
    """The trail says who made the run, and the digest of its document."""
    state = read_state(connection, run_id, lock=True)
    told = {"period": state.period, "rubric": state.rubric, "document_sha256": state.document_sha256}
    append(connection, person, "draft", run_id, told)


def begin_self_check(connection: Connection, run_id: int, person: str, until: date) -> RunState:
    """The townships check their sheets until the day; the run is frozen. Older undecided runs of its kind give way.

    Raises Refusal when the run has gone further already.
    """
    state = read_state(connection, run_id, lock=True)
    if state.stage != "self_check":
        _expect(state, "draft", "提交自查")
        _move(connection, state, "self_check", person, {"until": until.isoformat()}, self_check_until=until)
        for older in _same_kind(connection, state, ("draft", "self_check", "public")):
            supersede(connection, older, run_id, person)
    return read_state(connection, run_id)


def open_to_objections(connection: Connection, run_id: int, person: str, until: date) -> RunState:
    """The draft is public and objections are taken up to the day. Raises Refusal unless it has been self-checked."""
    state = read_state(connection, run_id, lock=True)
    if state.stage != "public":
        _expect(state, "self_check", "公示")
        _move(connection, state, "public", person, {"until": until.isoformat()}, objections_until=until)
    return read_state(connection, run_id)


def supersede(connection: Connection, run_id: int, by: int, person: str) -> None:
    """The run has given way to the other one."""
    state = read_state(connection, run_id, lock=True)
    _move(connection, state, "superseded", person, {"by": by}, superseded_by=by)


def decide_stage(connection: Connection, state: RunState, stage: Stage, person: str, content: dict[str, Any]) -> None:
    """The run is approved or refused; the decision itself stands already (run.approval)."""
    _expect(state, "public", "审批")
    _move(connection, state, stage, person, content, action={"approved": "approve", "refused": "refuse"}[stage])


def publish_stage(connection: Connection, run_id: int, person: str, content: dict[str, Any]) -> None:
    """The run is published; what was approved or published before it of its period and rubric has given way."""
    state = read_state(connection, run_id, lock=True)
    if state.stage == "published":
        append(connection, person, "publish", run_id, content)
        return
    _expect(state, "approved", "发布")
    _move(connection, state, "published", person, content, action="publish")
    for older in _same_kind(connection, state, ("approved", "published")):
        supersede(connection, older, run_id, person)


def _move(
    connection: Connection,
    state: RunState,
    stage: Stage,
    person: str,
    content: dict[str, Any],
    *,
    action: str | None = None,
    **columns: Any,
) -> None:
    assignments = ", ".join(f"{name} = :{name}" for name in ("stage", *columns))
    told = {"from": state.stage, "document_sha256": state.document_sha256} | content
    append(connection, person, action or stage, state.run_id, told)
    statement = text(f"update run.run set {assignments} where run_id = :run")
    connection.execute(statement, {"stage": stage, "run": state.run_id, **columns})


def _expect(state: RunState, stage: Stage, what: str) -> None:
    if state.stage != stage:
        by = f"（由第 {state.superseded_by} 次测算）" if state.superseded_by else ""
        raise Refusal(
            f"第 {state.run_id} 次测算{LABELS[state.stage]}{by}，不能{what}：只有“{LABELS[stage]}”的测算可以。"
        )


def _same_kind(connection: Connection, state: RunState, stages: tuple[Stage, ...]) -> list[int]:
    """Runs older than this one of the same period and rubric in one of the stages."""
    statement = text(
        "select run_id from run.run where period = :period and rubric = :rubric and run_id < :run "
        "and stage = any(:stages) order by run_id"
    )
    given = {"period": state.period, "rubric": state.rubric, "run": state.run_id, "stages": list(stages)}
    return [int(run) for run in connection.execute(statement, given).scalars()]


def _states(connection: Connection, which: str, given: dict[str, Any]) -> pd.DataFrame:
    return query(
        connection,
        "select r.run_id, r.period, r.rubric, r.stage, r.created_at, r.self_check_until, r.objections_until, "
        "r.superseded_by, encode(sha256(d.content), 'hex') as document_sha256 "
        f"from run.run as r inner join run.document as d on r.run_id = d.run_id {which}",
        given,
    )
