"""Objections of townships, bound to the run they contest, and their answers."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pandas as pd
from sqlalchemy import Connection, text

from catalogue.errors import Refusal
from catalogue.runs import RunDocument
from warehouse.connection import query
from warehouse.lifecycle.audit import append
from warehouse.lifecycle.stages import LABELS, read_state

Outcome = Literal["upheld", "dismissed"]
OUTCOMES: dict[str, str] = {"upheld": "采纳", "dismissed": "不采纳"}


def lodge(
    connection: Connection,
    run_id: int,
    *,
    township: str,
    item: str | None,
    lodged_by: str,
    told: str,
    person: str,
    today: date,
) -> int:
    """The township's objection to the run stands, entered by `person`; its number.

    Raises Refusal when the run is not open to objections today, or has no such township or item.
    """
    state = read_state(connection, run_id, lock=True)
    last = {"self_check": state.self_check_until, "public": state.objections_until}.get(state.stage)
    if last is None:
        raise Refusal(f"第 {run_id} 次测算{LABELS[state.stage]}，不受理异议：只有乡镇自查和公示期间受理。")
    if today > last:
        raise Refusal(f"第 {run_id} 次测算的{LABELS[state.stage]}期到 {last:%Y-%m-%d} 为止，已经过了，不再受理异议。")
    if not told.strip() or not lodged_by.strip():
        raise Refusal("异议要写明内容和提出人。")
    _refuse_unknown(connection, run_id, township, item)
    statement = text(
        "insert into run.objection (run_id, township_code, item, stage, lodged_by, told) "
        "values (:run, :township, :item, :stage, :lodged_by, :told) returning objection_id"
    )
    given = {"run": run_id, "township": township, "item": item, "stage": state.stage}
    given |= {"lodged_by": lodged_by.strip(), "told": told.strip()}
    number = int(connection.execute(statement, given).scalar_one())
    append(
        connection,
        person,
        "objection",
        run_id,
        {"objection": number, **{key: value for key, value in given.items() if key != "run"}},
    )
    return number


def answer(connection: Connection, objection_id: int, *, outcome: Outcome, told: str, person: str) -> int:
    """The objection is answered, once and for all; the run it contests.

    Raises Refusal when there is none such, it has its answer, or the answer says nothing.
    """
    statement = text("select run_id, outcome from run.objection where objection_id = :number for update")
    found = connection.execute(statement, {"number": objection_id}).one_or_none()
    if found is None:
        raise Refusal(f"没有第 {objection_id} 号异议：用 taizhang objection list 查看。")
    if found.outcome is not None:
        raise Refusal(f"第 {objection_id} 号异议已经答复，答复不能改。")
    if not told.strip():
        raise Refusal("答复要写明理由。")
    content = {"objection": objection_id, "outcome": outcome, "answer": told.strip()}
    append(connection, person, "answer", int(found.run_id), content)
    connection.execute(
        text(
            "update run.objection set outcome = :outcome, answer = :answer, answered_by = :person, "
            "answered_at = now() where objection_id = :objection"
        ),
        content | {"person": person},
    )
    return int(found.run_id)


def list_objections(connection: Connection, run_id: int | None = None) -> pd.DataFrame:
    """The objections to the run, or to every run, oldest first, with the township's name."""
    return query(
        connection,
        """
        select o.*, (
            select t.name from registry.township as t
            where t.township_code = o.township_code order by t.valid_from desc limit 1
        ) as township
        from run.objection as o where o.run_id = coalesce(:run, o.run_id) order by o.objection_id
        """,
        {"run": run_id},
    )


def _refuse_unknown(connection: Connection, run_id: int, township: str, item: str | None) -> None:
    content = connection.scalar(text("select content from run.document where run_id = :run"), {"run": run_id})
    units = [unit for unit in RunDocument.from_bytes(bytes(content)).units if unit.township_code == township]
    if not units:
        raise Refusal(f"第 {run_id} 次测算中没有乡镇 {township}：请写九位行政区划代码。")
    if item is not None and item not in {scored.item for unit in units for scored in unit.items}:
        raise Refusal(f"第 {run_id} 次测算中没有考评项目 {item}：请写项目代码，或不写表示对整体有异议。")
