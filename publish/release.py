"""A run's way to the public: sheets for the self-check, the draft for objections, the bulletin when approved.

What the DAGs approve and publish call, one function a task. Each can be run again: stages already taken stay as they
are and files are written anew with the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from catalogue.calendar import add_working_days
from catalogue.errors import Refusal
from catalogue.runs import RunDocument
from publish.approval.answer import APPROVE, read_answer
from publish.approval.page import Case, Objection, describe_case
from publish.publication import write_bulletin, write_self_checks
from warehouse.assessment import read_run
from warehouse.connection import Connection, Warehouse
from warehouse.lifecycle import approvals, audit, objections, publications, stages

RECORD = "审批记录.txt"
_FOLDERS = {"township": "", "group": "代表小组", "deputy": "代表", "village": "村（社区）"}


class Place(Protocol):
    """What a release needs to know of the settings."""

    @property
    def warehouse_url(self) -> str: ...
    @property
    def outbox(self) -> Path: ...
    @property
    def published(self) -> Path: ...
    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def self_check_days(self) -> int: ...
    @property
    def objection_days(self) -> int: ...


def newest_run(settings: Place, stage: stages.Stage) -> int:
    """The newest run in that stage. Raises Refusal when there is none."""
    with Warehouse(settings.warehouse_url).transaction() as connection:
        return stages.newest_run(connection, stage)


def hand_out(settings: Place, run_id: int, person: str, days: int | None = None) -> dict[str, Any]:
    """Every township has its own sheet in the outbox and some working days to check it; the run is frozen."""
    warehouse = Warehouse(settings.warehouse_url)
    until = _until(settings, settings.self_check_days if days is None else days)
    with warehouse.transaction() as connection:
        state = stages.begin_self_check(connection, run_id, person, until)
    document = read_run(warehouse, run_id)
    folder = settings.outbox / document.period / _FOLDERS[document.level]
    sheets = write_self_checks(document, folder, until=state.self_check_until)
    return {"run": run_id, "until": str(state.self_check_until), "sheets": len(sheets), "folder": str(folder)}


def open_to_objections(settings: Place, run_id: int, person: str, days: int | None = None) -> dict[str, Any]:
    """The draft stands in the folder of published runs and objections are taken for some working days."""
    warehouse = Warehouse(settings.warehouse_url)
    until = _until(settings, settings.objection_days if days is None else days)
    with warehouse.transaction() as connection:
        state = stages.open_to_objections(connection, run_id, person, until)
    document = read_run(warehouse, run_id)
    folder = _folder(settings, document) / f"公示稿（第{run_id}次测算）"
    files = write_bulletin(document, None, folder)
    with warehouse.transaction() as connection:
        listed = publications.digests(settings.published, files)
        publications.note_publication(connection, run_id, person, "draft", None, listed)
    return {"run": run_id, "until": str(state.objections_until), "files": [str(file) for file in files]}


def waits_for(settings: Place, run_id: int) -> str:
    """What the run still waits for before its next step, in a sentence; empty when it can go on.

    Raises Refusal when it has given way to another run.
    """
    today = datetime.now(settings.zone).date()
    with Warehouse(settings.warehouse_url).transaction() as connection:
        state = stages.read_state(connection, run_id)
        if state.stage in ("superseded", "refused"):
            raise Refusal(f"第 {run_id} 次测算{stages.LABELS[state.stage]}，到此为止。")
        if state.stage == "self_check" and state.self_check_until and today <= state.self_check_until:
            return f"乡镇自查到 {state.self_check_until} 为止"
        if state.stage == "public" and state.objections_until and today <= state.objections_until:
            return f"公示到 {state.objections_until} 为止"
        against = approvals.unsettled(connection, run_id)
    if "已采纳" in against:
        raise Refusal(against)
    return against


def ask_for_approval(settings: Place, run_id: int) -> dict[str, str]:
    """Subject and body of the request, in Markdown."""
    warehouse = Warehouse(settings.warehouse_url)
    document = read_run(warehouse, run_id)
    with warehouse.transaction() as connection:
        state = stages.read_state(connection, run_id)
        listed = objections.list_objections(connection, run_id)
        makers = approvals.makers(connection, run_id)
        files = publications.newest_files(connection, run_id, "draft")
        before = stages.standing_run(connection, state)
        given_out = publications.newest_files(connection, before, "final") if before else []
    has_notice = state.objections_until is not None and state.objections_until >= _day(settings, state.created_at)
    case = Case(
        document,
        makers,
        state.objections_until if has_notice else None,
        [_objection(row) for row in listed.to_dict("records")],
        files,
        read_run(warehouse, before) if before else None,
        given_out,
    )
    return describe_case(case)


def check_answer(settings: Place, run_id: int, answer: Mapping[str, Any]) -> None:
    """Raises Refusal, in words for whoever answered, when the answer cannot be taken and has to be asked for again."""
    warehouse = Warehouse(settings.warehouse_url)
    decision = read_answer(read_run(warehouse, run_id), answer, settings.zone)
    with warehouse.transaction() as connection:
        approvals.check(connection, decision)


def decide(settings: Place, run_id: int, answer: Mapping[str, Any], channel: Mapping[str, Any]) -> bool:
    """The answer is on record and the run approved or refused; whether approved.

    Raises Refusal when the answer cannot be taken.
    """
    warehouse = Warehouse(settings.warehouse_url)
    decision = read_answer(read_run(warehouse, run_id), answer, settings.zone)
    with warehouse.transaction() as connection:
        approvals.decide(connection, decision, dict(channel))
    return list(answer["chosen_options"]) == [APPROVE]


def publish_run(settings: Place, run_id: int, person: str) -> list[str]:
    """The bulletin of the approved run stands in the folder of published runs, with a record of who approved it when.

    Published again after a number was entered, it is the next edition. Raises Refusal when the run is not approved.
    """
    warehouse = Warehouse(settings.warehouse_url)
    document = read_run(warehouse, run_id)
    with warehouse.transaction() as connection:
        approval = approvals.read_approval(connection, run_id)
        state = stages.read_state(connection, run_id, lock=True)
        if approval is None or state.stage not in ("approved", "published"):
            raise Refusal(f"第 {run_id} 次测算{stages.LABELS[state.stage]}，没有批准，不能发布。")
        folder = _folder(settings, document) / f"通报（第{run_id}次测算）"
        files = write_bulletin(document, approval, folder)
        listed = publications.digests(settings.published, files)
        edition, is_new = publications.note_publication(connection, run_id, person, "final", approval, listed)
        if is_new:
            stages.publish_stage(connection, run_id, person, {"edition": edition, "files": dict(listed)})
        record = _record(connection, run_id, settings.zone)
    (folder / RECORD).write_text(record, encoding="utf-8")
    return [str(file) for file in (*files, folder / RECORD)]


def _until(settings: Place, days: int) -> date:
    """The last of so many working days from now on; yesterday when there are none."""
    today = datetime.now(settings.zone).date()
    return add_working_days(today, days) if days else today - timedelta(days=1)


def _day(settings: Place, moment: datetime) -> date:
    return moment.astimezone(settings.zone).date()


def _folder(settings: Place, document: RunDocument) -> Path:
    return settings.published / document.period


def _objection(row: Mapping[Any, Any]) -> Objection:
    return Objection(
        int(row["objection_id"]),
        str(row["township"] or row["township_code"]),
        str(row["item"] or ""),
        str(row["told"]),
        objections.OUTCOMES.get(str(row["outcome"]), ""),
        str(row["answer"] or ""),
    )


def _record(connection: Connection, run_id: int, zone: ZoneInfo) -> str:
    """Who did what when, and the newest digest of the audit trail: whoever keeps this can tell a cut trail."""
    lines = [f"第 {run_id} 次测算", ""]
    for entry in audit.entries(connection, run_id):
        at = audit.moment(entry).astimezone(zone).strftime("%Y-%m-%d %H:%M")
        lines.append(f"{at}  {entry['person']}  {audit.ACTIONS.get(entry['action'], entry['action'])}")
    lines += [
        "",
        f"审计链摘要：{audit.newest_digest(connection)}",
        "核对：taizhang audit verify --noted 上面的摘要",
        "",
    ]
    return "\n".join(lines)
