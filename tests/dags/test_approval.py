"""The DAGs approve and publish by `dag.test()`: an answer of a person decides, and only one that can be taken."""

# ruff: noqa: PLC0415 - Airflow and what the tasks use are imported after the environment is set
from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalogue.runs import RunDocument
from tests.unit.publish.fictional_run import make_run
from warehouse.assessment import next_run_id, store_run
from warehouse.connection import Warehouse
from warehouse.lifecycle import approvals, audit, objections, stages

pytestmark = pytest.mark.e2e
RECORD = "审批记录.txt"
AT_ONCE = {"self_check_days": 0, "objection_days": 0}
Answer = dict[str, Any]
Answering = Callable[..., AbstractContextManager[list[str]]]


@pytest.fixture
def warehouse(home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("TAIZHANG_INBOX", str(home / "inbox"))
    return Warehouse(database_url)


def draft(warehouse: Warehouse, person: str = "lihua", **figures: Any) -> RunDocument:
    """A draft made by the person, as the engine stores it; figures of its first unit as given."""
    made = make_run(4, earlier=0)
    first = replace(made.units[0], **figures)
    with warehouse.transaction() as connection:
        number = next_run_id(connection)
        document = replace(made, run_id=number, files=(), sources=(), units=(first, *made.units[1:]))
        store_run(connection, document)
        stages.draft(connection, number, person)
    return document


@pytest.fixture
def run(airflow_database: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs a DAG once; failed tasks are not tried again, but for the request for approval, which asks again at once."""
    from datetime import timedelta

    import asking
    import conventions
    from airflow.dag_processing.dagbag import DagBag

    from tests.dags.conftest import DAGS

    monkeypatch.setitem(conventions.DEFAULTS, "retries", 0)
    monkeypatch.setitem(asking.ASK_AGAIN, "retry_delay", timedelta(0))
    dags = DagBag(dag_folder=str(DAGS)).dags
    return lambda dag_id, **conf: dags[dag_id].test(run_conf=conf)


@pytest.fixture
def answering(airflow_database: None) -> Answering:
    """While it holds, requests are answered, each with the next answer, as Airflow's route for answers does it."""

    @contextmanager
    def answering(*answers: Answer) -> Iterator[list[str]]:
        stop, asked, left = threading.Event(), [], list(answers)
        thread = threading.Thread(target=_answer, args=(stop, asked, left), daemon=True)
        thread.start()
        try:
            yield asked
        finally:
            stop.set()
            thread.join()

    return answering


def _answer(stop: threading.Event, asked: list[str], left: list[Answer]) -> None:
    from airflow import settings
    from airflow.models.hitl import HITLDetail, HITLUser
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.trigger import handle_event_submit
    from airflow.sdk import timezone
    from airflow.triggers.base import TriggerEvent
    from sqlalchemy import select
    from sqlalchemy.orm import sessionmaker

    make_session = sessionmaker(settings.engine)
    while not stop.wait(0.1):
        with make_session() as session:
            for waiting in session.scalars(select(TaskInstance).where(TaskInstance.state == "awaiting_input")):
                detail = session.get(HITLDetail, waiting.id)
                if detail is None or not left:
                    continue
                given = left.pop(0)
                asked.append(f"{detail.subject}\n{detail.body}")
                detail.responded_by = HITLUser(id=given["by"], name=given["by"])
                detail.responded_at = timezone.utcnow()
                detail.chosen_options = [given["chosen"]]
                detail.params_input = {name: given.get(name, "") for name in detail.params}
                event = TriggerEvent(detail.as_resume_event_payload())
                handle_event_submit(event, task_instance=waiting, session=session)
            session.commit()


def states(dag_run: Any) -> dict[str, str]:
    return {task.task_id: str(task.state) for task in dag_run.get_task_instances()}


def stage(warehouse: Warehouse, document: RunDocument) -> str:
    with warehouse.transaction() as connection:
        return stages.read_state(connection, document.run_id).stage


def bulletins(home: Path) -> list[Path]:
    """The files given out as final, without the record of who approved."""
    files = [path for path in (home / "published").rglob("*") if path.is_file() and "通报（" in str(path)]
    return sorted(path for path in files if path.name != RECORD)


YES: Answer = {"by": "zhuren", "chosen": "批准", "reason": "主任会议同意"}
NO: Answer = {"by": "zhuren", "chosen": "不批准", "reason": "数据还要核实"}


def test_a_yes_is_shown_the_list_recorded_and_published(
    run: Callable[..., Any], answering: Answering, warehouse: Warehouse, home: Path
) -> None:
    document = draft(warehouse)
    with answering(YES) as asked:
        done = run("approve", run=document.run_id, **AT_ONCE)
    assert done.state == "success"
    assert set(states(done).values()) == {"success"}
    assert all(unit.name in asked[0] for unit in document.units)
    assert stage(warehouse, document) == "approved"
    sheets = [path for path in (home / "outbox").rglob("*") if path.is_file()]
    assert {unit.name for unit in document.units} <= {part for path in sheets for part in path.parts}
    assert bulletins(home) == []
    assert run("publish", run=document.run_id).state == "success"
    assert stage(warehouse, document) == "published"
    files = {path: path.read_bytes() for path in bulletins(home)}
    assert files
    last = warehouse.query("select person, action, entry from run.audit where action = 'approve'").iloc[0]
    assert (last["person"], "主任会议同意" in last["entry"]) == ("zhuren", True)
    assert audit.verify(warehouse).broken is None
    assert run("publish", run=document.run_id).state == "success", "again: the same files, no second edition"
    assert {path: path.read_bytes() for path in bulletins(home)} == files
    assert warehouse.query("select edition from run.publication where kind = 'final'")["edition"].nunique() == 1


def test_a_no_ends_the_matter(run: Callable[..., Any], answering: Answering, warehouse: Warehouse, home: Path) -> None:
    document = draft(warehouse)
    with answering(NO):
        done = run("approve", run=document.run_id, **AT_ONCE)
    assert done.state == "success"
    assert states(done)["hand_over"] == "skipped"
    assert stage(warehouse, document) == "refused"
    assert run("publish", run=document.run_id).state == "failed"
    assert bulletins(home) == []


def test_answers_that_cannot_be_taken_are_asked_again(
    run: Callable[..., Any], answering: Answering, warehouse: Warehouse
) -> None:
    """The maker's own yes, a no without a reason, a change nobody understands; then a yes with a change."""
    document = draft(warehouse, vetoes=())
    unit = document.units[0]
    wrong = ({"by": "lihua", "chosen": "批准"}, NO | {"reason": " "}, YES | {"changes": "某镇 好"})
    with answering(*wrong, YES | {"changes": f"{unit.name} 推荐 会议研究"}) as asked:
        done = run("approve", run=document.run_id, **AT_ONCE)
    assert len(asked) == 4
    assert done.state == "success"
    with warehouse.transaction() as connection:
        approval = approvals.read_approval(connection, document.run_id)
    assert approval is not None
    assert (approval.approved_by, [change.unit for change in approval.changes]) == ("zhuren", [unit.code])
    decided = warehouse.query("select person from run.audit where action in ('approve', 'refuse')")
    assert decided["person"].tolist() == ["zhuren"]


def test_days_are_waited_for_and_open_objections_too(warehouse: Warehouse, home: Path) -> None:
    """What the two waiting tasks ask; Airflow asks it again every ten minutes."""
    from publish.release import hand_out, open_to_objections, waits_for
    from taizhang.settings import Settings

    settings, number = Settings.load(), draft(warehouse).run_id
    hand_out(settings, number, "lihua", 3)
    assert "自查" in waits_for(settings, number)
    open_to_objections(settings, number, "lihua", 0)
    assert waits_for(settings, number) == ""
    other = draft(warehouse).run_id
    hand_out(settings, other, "lihua", 0)
    with pytest.raises(Exception, match="已被取代"):
        waits_for(settings, number)
    open_to_objections(settings, other, "lihua", 5)
    assert "公示" in waits_for(settings, other)
    with warehouse.transaction() as connection:
        today = settings.now().date()
        township = make_run(4, earlier=0).units[0].township_code
        given = {"township": township, "item": None, "lodged_by": "某镇", "told": "不服", "person": "lihua"}
        objection = objections.lodge(connection, other, today=today, **given)  # type: ignore[arg-type]
    assert "公示" in waits_for(settings, other)
    with warehouse.transaction() as connection:
        objections.answer(connection, objection, outcome="dismissed", told="核实无误", person="lihua")


def test_a_correction_says_what_it_would_change(
    run: Callable[..., Any], answering: Answering, warehouse: Warehouse, home: Path
) -> None:
    first = draft(warehouse)
    with answering(YES):
        run("approve", run=first.run_id, **AT_ONCE)
    run("publish", run=first.run_id)
    score = (first.units[0].score or 0.0) + 1.5
    second = draft(warehouse, score=score)
    with answering(YES) as asked:
        run("approve", run=second.run_id, **AT_ONCE)
    assert f"与第 {first.run_id} 次测算相比" in asked[0]
    assert f"→ {score:.2f}" in asked[0]
    for file in bulletins(home):
        assert (file.name in asked[0]) == ("通报（" in file.parent.name), "units' own files are told by their number"
    assert stage(warehouse, first) == "published"
    run("publish", run=second.run_id)
    assert (stage(warehouse, first), stage(warehouse, second)) == ("superseded", "published")


def test_without_a_number_the_newest_draft_is_taken_and_none_is_a_sentence(
    run: Callable[..., Any], answering: Answering, warehouse: Warehouse, home: Path
) -> None:
    assert run("approve", **AT_ONCE).state == "failed"
    draft(warehouse)
    newest = draft(warehouse)
    with answering(NO):
        run("approve", **AT_ONCE)
    assert stage(warehouse, newest) == "refused"
