"""The local services for real: PostgreSQL and Airflow started, killed, interrupted, stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import HTTPError

import psutil
import pytest

from catalogue import load
from catalogue.narrative import load_narrative
from catalogue.register import Register
from taizhang.demo_approval import DIRECTOR, with_director
from taizhang.local import Status, down, status, up
from taizhang.local.airflow import COMPONENTS, AirflowService
from taizhang.local.people import USER
from taizhang.local.postgres import Cluster, query
from taizhang.local.processes import started
from taizhang.local.runs import answer, follow_dag, run_dag, start_dag, wait_for_question
from taizhang.settings import Settings
from tests.truth.county import SAMPLE, differences
from warehouse.connection import Warehouse
from warehouse.lifecycle.audit import verify
from warehouse.registry import load_parameters, load_register

pytestmark = pytest.mark.e2e


def silent(_: str) -> None:
    return None


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: started(pid) is None)


def left_over(settings: Settings) -> list[str]:
    """The command lines of processes that belong to the home, however they were started."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = str(settings.home) in " ".join([*process.cmdline(), process.cwd(), *process.environ().values()])
        except psutil.Error:
            continue
        if ours and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
            found.append(" ".join(process.cmdline()))
    return found


# --- the database alone ----------------------------------------------------------------------------------------------


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that root's PostgreSQL account may pass into; pytest closes its own to all others at every start."""
    with TemporaryDirectory(prefix="taizhang-e2e-") as name:
        yield Path(name)


@pytest.fixture
def settings() -> Iterator[Settings]:
    """A home whose path is longer than a socket's may be and has a blank and Chinese letters in it."""
    with folder() as place:
        found = Settings.alone(place / "县人大 常委会" / ("x" * 100))
        yield found
        Cluster(found).stop()


def borrower(settings: Settings) -> subprocess.Popen[str]:
    """A process that uses the database until its standard input is closed."""
    program = (
        "import sys; from pathlib import Path\n"
        "from taizhang.local import ensure_database; from taizhang.settings import Settings\n"
        f"print(ensure_database(Settings.alone(Path({str(settings.home)!r}))), flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgresql://")
    return process


def test_the_database_runs_as_long_as_someone_uses_it(settings: Settings) -> None:
    cluster = Cluster(settings)
    first, second = borrower(settings), borrower(settings)
    first.communicate()
    assert cluster.ready(), "the second still uses it"
    second.kill()
    second.wait()
    assert cluster.ready(), "nobody was there to stop it"
    borrower(settings).communicate()
    assert cluster.pid() is None, "the killed one does not count"
    assert left_over(settings) == []


def test_a_database_that_up_started_stays_when_commands_end(settings: Settings) -> None:
    found = up(settings, airflow=False, echo=silent)
    borrower(settings).communicate()
    assert Cluster(settings).ready()
    assert found.database_url is not None
    psql = Path(found.database_programs) / "psql"
    answer = subprocess.run([psql, "-Atc", "select 1", found.database_url], capture_output=True, text=True, check=True)
    assert answer.stdout == "1\n"
    down(settings, echo=silent)
    assert left_over(settings) == []


def test_a_killed_database_comes_back_with_what_was_committed(settings: Settings) -> None:
    cluster = Cluster(settings)
    url = cluster.keep()
    query(url, "create table t as select 7 as n")
    kill(cluster.pid())
    assert cluster.pid() is None
    assert query(cluster.keep(), "select n from t") == "7"


def test_the_pid_file_of_a_dead_server_names_no_innocent_process(settings: Settings) -> None:
    cluster = Cluster(settings)
    cluster.keep()
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n", encoding="utf-8")
    assert cluster.pid() is None
    cluster.keep()
    assert cluster.ready()


def test_a_port_taken_meanwhile_is_given_up(settings: Settings) -> None:
    cluster = Cluster(settings)
    before = cluster.keep()
    cluster.stop()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", int(before.rsplit(":", 1)[1].split("/")[0])))
        taken.listen()
        assert cluster.keep() != before
        assert cluster.ready()


def test_the_password_is_asked_for_and_only_the_owner_reads_it(settings: Settings) -> None:
    url = Cluster(settings).keep()
    password = json.loads(settings.cluster_file.read_text(encoding="utf-8"))["password"]
    assert query(url.replace(password, "guess"), "select 1") is None
    assert settings.cluster_file.stat().st_mode & 0o077 == 0


# --- the whole county ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def county() -> Iterator[Settings]:
    """A running county with the national parameters, two people who may log in, and the sample's townships if known.

    They stand before Airflow starts: a quarter that is over is closed at once, which is refused without townships.
    """
    townships = SAMPLE / "townships.csv"
    with folder() as place:
        found = with_director(Settings.alone(place / "home"))
        up(found, airflow=False, echo=silent)
        load_parameters(Warehouse(found.warehouse_url), load().jurisdictions["national"])
        if townships.exists():
            load_register(Warehouse(found.warehouse_url), Register.read(townships))
        up(found, echo=silent)
        try:
            yield found
        finally:
            down(found, echo=silent)


def pids(found: Status) -> dict[str, int | None]:
    return {service.name: service.pid for service in found.services}


def test_everything_is_healthy_and_a_second_up_changes_nothing(county: Settings) -> None:
    before = status(county)
    assert before.running
    assert set(pids(before)) == {"postgresql", *COMPONENTS}
    said: list[str] = []
    assert pids(up(county, echo=said.append)) == pids(before)
    assert not [line for line in said if "password" in line], "the password is told once"


def test_the_pages_want_the_password(county: Settings) -> None:
    airflow = AirflowService(county)
    assert airflow.password_file.stat().st_mode & 0o077 == 0
    assert airflow.call(airflow.login(), "GET", "/pools/warehouse")["slots"] == county.workers
    with pytest.raises(HTTPError) as refused:
        airflow.call("", "GET", "/dags")
    assert refused.value.code == 401


def _await_quiet(airflow: AirflowService) -> None:
    """No run is queued or running."""
    deadline = time.monotonic() + 120
    while True:
        runs = airflow.call(airflow.login(), "GET", "/dags/~/dagRuns?limit=100")["dag_runs"]
        if not [run for run in runs if run["state"] in ("queued", "running")]:
            return
        assert time.monotonic() < deadline, runs
        time.sleep(1)


@pytest.mark.parametrize("part", ["scheduler", "api-server", "postgresql"])
def test_a_killed_part_is_started_again_the_others_left_alone(county: Settings, part: str) -> None:
    _await_quiet(AirflowService(county))  # a run that loses part after part to us would fail in the end
    before = pids(status(county))
    kill(before[part])
    assert not status(county).running
    after = up(county, echo=silent)
    assert after.running
    anew = {name for name, pid in pids(after).items() if pid != before[name]}
    assert part in anew
    assert anew == {part} or part == "postgresql", "only the database's fall may take others with it"


def test_the_sample_county_in_the_real_scheduler_agrees_with_its_truth(county: Settings, county_small: Path) -> None:
    warehouse = Warehouse(county.warehouse_url)
    shutil.copyfile(county_small / "received.csv", county.received_file)
    shutil.copytree(county_small / "inbox", county.inbox, dirs_exist_ok=True)
    name = next(item.name for item in Register.read(county_small / "townships.csv").townships if item.holds_congress)
    known = next(iter(load_narrative().templates.values()))
    words = f"{name}人大2025年第一季度工作报告\n一季度，应到代表54名，实到代表53名，参会率98.9%。\n{known}"
    (county.inbox / "季度报告.txt").write_text(words, encoding="utf-8")
    airflow = AirflowService(county)
    run_dag(airflow, "collect", {}, silent)
    run_dag(airflow, "rollup_quarter", {"quarter": "2025Q1"}, silent)
    run_types = {
        run["run_type"] for run in airflow.call(airflow.login(), "GET", "/dags/rollup_quarter/dagRuns")["dag_runs"]
    }
    assert "asset_triggered" in run_types, "returns for a quarter that is over close it again"
    found = differences(county_small, warehouse)
    assert not any(found.values()), "\n".join(f"{name}\n{value}" for name, value in found.items() if value)
    assert list(county.outbox.rglob("*.xlsx"))
    told = warehouse.query("select told from intake.quality_summary order by summary_id")["told"].iloc[0]
    assert "P08" in told
    assert "P09" in told
    assert list(county.outbox.rglob("季度报告*.html"))


def test_a_run_waits_for_its_approval_through_a_killed_scheduler_and_is_published_on_yes(county: Settings) -> None:
    """After the test above: closing the quarter has drafted a run by itself."""
    warehouse, airflow = Warehouse(county.warehouse_url), AirflowService(county)
    follow_dag(airflow, "assess", silent)
    drafts = warehouse.query("select run_id, stage from research.run where period = '2025Q1' order by run_id desc")
    run = int(drafts["run_id"].iloc[0])
    asked_for = {"run": run, "self_check_days": 0, "objection_days": 0}
    started_run = start_dag(airflow, "approve", asked_for)
    asked = wait_for_question(airflow, "approve", started_run)
    ranked = warehouse.query("select township_code from research.ranking where run_id = :run", {"run": run})
    names = warehouse.query("select township_code, name from research.township").set_index("township_code")["name"]
    assert all(names[code] in asked["body"] for code in ranked["township_code"])

    def state() -> list[object]:
        stage = warehouse.query("select stage from research.run where run_id = :run", {"run": run})["stage"].iloc[0]
        waiting = airflow.call(airflow.login(), "GET", f"/dags/approve/dagRuns/{started_run}/hitlDetails")
        published = [path for path in county.published.rglob("*") if "通报（" in str(path)]
        return [stage, [task["task_instance"]["state"] for task in waiting["hitl_details"]], published]

    before = state()
    assert before == ["public", ["awaiting_input"], []]
    kill(pids(status(county))["scheduler"])
    assert state() == before
    assert up(county, echo=silent).running
    assert state() == before

    answer(airflow, USER, "approve", started_run, "批准")
    again = wait_for_question(airflow, "approve", started_run)
    assert again["task_instance"]["try_number"] == 2, "who prepared the run is not taken for its approver"
    answer(airflow, DIRECTOR, "approve", started_run, "批准", reason="同意")
    follow_dag(airflow, "approve", silent)
    follow_dag(airflow, "publish", silent)
    stage, _, published = state()
    assert stage == "published"
    assert {path.suffix for path in published if path.is_file()} >= {".html", ".docx", ".xlsx"}  # type: ignore[attr-defined]
    people = warehouse.query("select action, person from run.audit where run_id = :run order by entry_no", {"run": run})
    assert dict(zip(people["action"], people["person"], strict=True)) == {
        "draft": "taizhang",
        "self_check": USER,
        "public": USER,
        "approve": DIRECTOR,
        "publish": "taizhang",
    }
    assert verify(warehouse).broken is None


def test_a_no_publishes_nothing(county: Settings) -> None:
    warehouse, airflow = Warehouse(county.warehouse_url), AirflowService(county)
    run_dag(airflow, "assess", {"period": "2025"}, silent)
    before = len(list(county.published.rglob("*.docx")))
    run = start_dag(airflow, "approve", {"run": None, "self_check_days": 0, "objection_days": 0})
    answer(airflow, DIRECTOR, "approve", run, "不批准", reason="年度数据不全")
    follow_dag(airflow, "approve", silent)
    states = airflow.call(airflow.login(), "GET", f"/dags/approve/dagRuns/{run}/taskInstances")["task_instances"]
    assert {task["task_id"]: task["state"] for task in states}["hand_over"] == "skipped"
    assert warehouse.query("select stage from research.run where period = '2025'")["stage"].tolist() == ["refused"]
    finals = warehouse.query("select count(*) as n from run.publication where kind = 'final'")["n"].iloc[0]
    assert (finals, len(list(county.published.rglob("*.docx")))) == (1, before + 1), (
        "only the draft for objections is new"
    )


def test_an_interrupted_up_stops_what_it_started(settings: Settings) -> None:
    program = (
        # a shell in the background starts its commands deaf to the interrupt
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from pathlib import Path; from taizhang.local import up; from taizhang.settings import Settings\n"
        f"up(Settings.alone(Path({str(settings.home)!r})), echo=print)"
    )
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", program], stderr=subprocess.DEVNULL)
    wait_until((settings.home / "run" / "triggerer.json").exists, 120)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)  # the second must not disturb the tidying up
    assert process.wait(120) != 0
    assert left_over(settings) == []


def test_down_leaves_nothing_running(county: Settings) -> None:
    kill(pids(status(county))["scheduler"])  # its children live on until down
    down(county, echo=silent)
    assert left_over(county) == []
    assert {service.health for service in status(county).services} == {"stopped"}
