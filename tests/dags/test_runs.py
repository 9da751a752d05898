"""The DAGs run by `dag.test()` with the real use cases on a real warehouse."""

# ruff: noqa: PLC0415 - Airflow and what the tasks use are imported after the environment is set
from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller

from catalogue import load
from catalogue.calendar import shift_working_days
from catalogue.periods import Period
from catalogue.register import Register
from taizhang.local.processes import choose_port
from taizhang.simulation import simulate
from warehouse.connection import Warehouse
from warehouse.registry import load_parameters, load_register

pytestmark = pytest.mark.e2e
MONTH = Period.month_of(date.today()).shifted(-2)
Run = Callable[..., Any]


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fictional county of two townships and one month, faults included."""
    folder = tmp_path_factory.mktemp("simulated") / "county"
    simulate(folder, 2, f"{MONTH.text}..{MONTH.text}", 1)
    return folder


@pytest.fixture
def county(home: Path, database_url: str, simulated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The county's register is in the warehouse; one township a chunk; the inbox is empty."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("TAIZHANG_CHUNK_SIZE", "1")
    warehouse = Warehouse(database_url)
    load_parameters(warehouse, load().jurisdictions["national"])
    load_register(warehouse, Register.read(simulated / "townships.csv"))
    (home / "inbox").mkdir()
    return home


@pytest.fixture
def run(airflow_database: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a DAG once; failed tasks are not tried again."""
    import conventions
    from airflow.dag_processing.dagbag import DagBag

    from tests.dags.conftest import DAGS

    monkeypatch.setitem(conventions.DEFAULTS, "retries", 0)
    dags = DagBag(dag_folder=str(DAGS)).dags
    for dag in dags.values():
        dag.deadline = None  # dag.test() of this Airflow fails at the end of a run that has one

    def run(dag_id: str, at: datetime | None = None, **conf: Any) -> Any:
        return dags[dag_id].test(run_conf=conf, logical_date=at)

    return run


def deliver(simulated: Path, home: Path) -> None:
    (home / "received.csv").write_bytes((simulated / "received.csv").read_bytes())
    for file in sorted((simulated / "inbox").rglob("*")):
        if file.is_file():
            target = home / "inbox" / file.relative_to(simulated / "inbox")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())


def states(dag_run: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for task in dag_run.get_task_instances():
        found.setdefault(task.task_id, set()).add(str(task.state))
    return found


def names(dag_run: Any, task_id: str) -> list[str]:
    return sorted(task.rendered_map_index for task in dag_run.get_task_instances() if task.task_id == task_id)


def test_an_empty_inbox_skips_everything(run: Run, county: Path) -> None:
    done = run("collect")
    assert done.state == "success"
    assert states(done).pop("plan") == {"success"}
    assert set().union(*(state for task, state in states(done).items() if task != "plan")) == {"skipped"}


def test_a_collection_loads_returns_and_tells(run: Run, county: Path, simulated: Path, database_url: str) -> None:
    deliver(simulated, county)
    done = run("collect")
    assert done.state == "success"
    assert states(done) == {task: {"skipped" if task == "some_part_failed" else "success"} for task in states(done)}
    townships = {township.name for township in Register.read(simulated / "townships.csv").townships}
    chunks = names(done, "collect_chunk")
    assert len(chunks) > 1
    assert all(any(name in chunk for name in townships) or "未识别" in chunk for chunk in chunks)
    warehouse = Warehouse(database_url)
    assert warehouse.query("select count(*) as n from research.submission")["n"].iloc[0] > 0
    assert warehouse.query("select count(*) as n from intake.quality_summary")["n"].iloc[0] == 1
    assert list((county / "outbox").rglob("*.xlsx"))
    assert states(run("collect"))["collect_chunk"] == {"skipped"}, "nothing is new the second time"


def test_a_bad_chunk_stops_no_other_and_is_not_overlooked(
    run: Run, county: Path, simulated: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ingest.chunk

    real, broken = ingest.chunk.collect_chunk, []

    def sometimes(settings: Any, chunk: dict[str, Any], **more: Any) -> dict[str, Any]:
        if not broken or broken[0] == chunk["name"]:
            broken[:] = [chunk["name"]]
            raise OSError("disk full")
        return real(settings, chunk, **more)

    monkeypatch.setattr(ingest.chunk, "collect_chunk", sometimes)
    deliver(simulated, county)
    done = run("collect")
    assert done.state == "failed"
    found = states(done)
    assert found["collect_chunk"] == {"success", "failed"}
    assert found["settle"] == found["quality_summary"] == found["return_workbooks"] == {"success"}
    assert found["some_part_failed"] == {"failed"}
    monkeypatch.setattr(ingest.chunk, "collect_chunk", real)
    assert names(run("collect"), "collect_chunk") == broken, "the next run collects what failed, and only that"


def test_what_was_loaded_before_an_interruption_is_settled_and_returned(
    run: Run, county: Path, simulated: Path, database_url: str
) -> None:
    from ingest.chunk import collect_chunk
    from ingest.planning import plan
    from taizhang.settings import Settings

    deliver(simulated, county)
    for chunk in plan(Settings.load()):
        collect_chunk(Settings.load(), chunk)
    assert not list((county / "outbox").rglob("*.xlsx"))
    assert run("collect").state == "success"
    assert list((county / "outbox").rglob("*.xlsx"))
    assert Warehouse(database_url).query("select * from intake.awaiting").empty
    assert states(run("collect"))["collect_chunk"] == {"skipped"}


def test_the_quarter_asked_for_is_computed(run: Run, county: Path, database_url: str) -> None:
    quarter = Period.holding("quarter", MONTH)
    done = run("rollup_quarter", quarter=quarter.text)
    assert (done.state, names(done, "rollup")) == ("success", [quarter.text])
    again = run("rollup_quarter", quarter=quarter.text)
    assert again.state == "success"
    values = Warehouse(database_url).query(
        "select count(*) as n, count(distinct (township_code, indicator)) as single from research.indicator_value "
        "where period = :period",
        {"period": quarter.text},
    )
    assert values["n"].iloc[0] == values["single"].iloc[0] > 0


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The bodies of the mails that arrive at the SMTP server set."""
    arrived: list[str] = []

    class Keeper:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            import email
            import email.policy

            arrived.append(email.message_from_bytes(envelope.content, policy=email.policy.default).get_content())
            return "250 OK"

    port = choose_port(0, None, "the test's mail server")
    controller = Controller(Keeper(), hostname="127.0.0.1", port=port)
    controller.start()
    for name, value in {"HOST": "127.0.0.1", "PORT": str(port)}.items():
        monkeypatch.setenv(f"TAIZHANG_SMTP_{name}", value)
    monkeypatch.setenv("TAIZHANG_MAIL_TO", "county@example.org")
    try:
        yield arrived
    finally:
        controller.stop()


def test_the_missing_are_named_by_mail(run: Run, county: Path, simulated: Path, postbox: list[str]) -> None:
    morning = datetime.combine(shift_working_days(date.today(), -1), time(7, 30), ZoneInfo("Asia/Shanghai"))
    done = run("watch_due", at=morning)
    assert states(done) == {"watch_due": {"success"}, "deliver": {"success"}, "hand_matters": {"success"}}
    missing = [township.name for township in Register.read(simulated / "townships.csv").townships]
    assert len(postbox) == 1
    assert all(name in postbox[0] for name in missing)


def test_data_docs_are_pages(run: Run, home: Path) -> None:
    assert run("data_docs").state == "success"
    assert list((home / "data_docs").rglob("index.html"))
