"""Five kinds of interruption, for real: nothing is lost, nothing is there twice, and the next collection completes.

A worker killed, the database stopped, the archive's disk full, two collections at once, a clock that jumps. What then
stands in the warehouse is held, table by table, against an undisturbed collection of the same small county.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import psutil
import pytest

from catalogue.errors import Refusal, Unavailable
from taizhang.local.postgres import Cluster
from taizhang.settings import Settings
from taizhang.simulation import simulate
from tests.e2e.content import broken_files, content, differences, digests, files_below
from tests.e2e.desk import Desk, Undisturbed, answer, assert_all_there_once, refused, wait_until
from tests.truth.county import run_command
from warehouse.load import LOCK

pytestmark = pytest.mark.e2e
PHOTO = 6_000_000  # bytes pasted into one workbook, so that copying it takes a moment
LOADS = f"select pg_advisory_xact_lock({LOCK})"
LAST_TABLE = "lock table intake.layout in exclusive mode"  # written when all rows of a chunk are, before the commit
ZONE = ZoneInfo("Asia/Shanghai")
_numbers = count(1)


# --- the county ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four townships, two months, corrections and faults; one file lies there twice, one holds a large photo."""
    folder = tmp_path_factory.mktemp("county") / "county"
    simulate(folder, 4, "2025-01..2025-02", 5, fault_rate=0.5, deputies=(40, 45), groups=(4, 6))
    files = sorted(path for path in (folder / "inbox").rglob("*.xlsx"))
    with zipfile.ZipFile(files[-1], "a", zipfile.ZIP_STORED) as book:
        book.writestr("xl/media/image99.jpeg", Random(1).randbytes(PHOTO))
    copy = files[0].with_name("又发一遍.xlsx")
    shutil.copyfile(files[0], copy)
    with (folder / "received.csv").open("a", encoding="utf-8") as list_file:
        list_file.write(f"{copy.relative_to(folder / 'inbox').as_posix()},2025-03-20 09:00:00\n")
    return folder


@pytest.fixture(scope="module")
def register(county: Path, database_server: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database that holds the county's register, to copy from."""
    database_server.psql("create database register_of_county;")
    url = database_server.get_uri("register_of_county")
    run_command(tmp_path_factory.mktemp("init"), "init", "--register", str(county / "townships.csv"), url=url)
    return "register_of_county"


@pytest.fixture(scope="module")
def new_desk(
    county: Path, register: str, database_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Desk]]:
    """Makes desks with a fresh database each."""
    made: list[str] = []

    def make() -> Desk:
        made.append(f"interrupted_{next(_numbers)}")
        database_server.psql(f"create database {made[-1]} template {register};")
        return Desk(county, tmp_path_factory.mktemp("home"), database_server.get_uri(made[-1]))

    yield make
    for name in [*made, register]:
        database_server.psql(f"drop database if exists {name} with (force);")


@pytest.fixture(scope="module")
def undisturbed(new_desk: Callable[[], Desk]) -> Undisturbed:
    desk = new_desk()
    desk.collect()
    found = Undisturbed(content(desk.warehouse), files_below(desk.home / "outbox"))
    assert len(found.content["event.hazard"]) and len(found.content["mart.indicator_value"]) and found.outbox
    return found


# --- a worker killed -------------------------------------------------------------------------------------------------


def caught_copying(process: subprocess.Popen[str], archive: Path) -> bool:
    """Stops the process while it copies a file into the archive; False when it was too quick every time."""
    while process.poll() is None:
        if not any(archive.glob(".new-*")):
            continue
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED)
        if any(archive.glob(".new-*")):
            return True
        process.send_signal(signal.SIGCONT)
    return False


def workers_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The worker processes of a collection: children of its fork server."""
    servers = psutil.Process(process.pid).children()
    return [child for server in servers for child in server.children()]


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_killed_at_every_step_a_collection_is_completed_by_the_next(
    new_desk: Callable[[], Desk], undisturbed: Undisturbed
) -> None:
    desk = new_desk()

    process = desk.start()
    assert caught_copying(process, desk.archive)
    kill(process)
    assert broken_files(desk.archive), "a half copy was left"

    with desk.held(LOADS):
        process = desk.start(workers=2, chunk=6)
        wait_until(lambda: workers_of(process))
        assert broken_files(desk.archive) == set()
        workers_of(process)[0].kill()
        refused(process, "工作进程")
    assert desk.submissions() == 0

    with desk.held(LAST_TABLE):
        process = desk.start(workers=2, chunk=6)
        desk.wait_for_waiting(2, process)  # one has written all its rows, the other waits for it
        workers = workers_of(process)
        kill(process)
        wait_until(lambda: not any(worker.is_running() for worker in workers))
    assert desk.submissions() == 0

    with ThreadPoolExecutor(1) as pool, ExitStack() as first, ExitStack() as second:
        first.enter_context(desk.held(LAST_TABLE))
        process = desk.start()
        desk.wait_for_waiting(1, process)
        next_in_line = pool.submit(second.enter_context, desk.held(LOADS))
        desk.wait_for_waiting(2, process)
        first.close()
        next_in_line.result()
        desk.wait_for_waiting(1, process)  # the rows are committed, the county rules wait
        assert desk.submissions() == len(set(digests(desk.county / "inbox").values()))
        kill(process)

    assert desk.collect()["new"] == 0
    assert_all_there_once(desk, undisturbed)


# --- the database stopped --------------------------------------------------------------------------------------------


@pytest.fixture
def own_server(county: Path) -> Iterator[Desk]:
    """The county on an embedded server of its own, in a folder that the server's account may pass into."""
    with tempfile.TemporaryDirectory(prefix="taizhang-e2e-") as folder:
        desk = Desk(county, Path(folder) / "home", None)
        cluster = Cluster(Settings.alone(desk.home))
        url = cluster.keep()
        try:
            run_command(desk.home, "init", "--register", str(county / "townships.csv"), url=url)
            yield desk
        finally:
            cluster.stop()


def test_a_database_stopped_in_the_middle_and_started_again(own_server: Desk, undisturbed: Undisturbed) -> None:
    cluster = Cluster(Settings.alone(own_server.home))
    assert not issubclass(Unavailable, Refusal), "the scheduler tries it again"
    with pytest.raises(Unavailable), own_server.held(LAST_TABLE):
        process = own_server.start("--no-annotate")
        own_server.wait_for_waiting(1, process)
        server = cluster.pid()
        assert server is not None
        os.kill(server, signal.SIGQUIT)  # pg_ctl stop -m immediate
        refused(process, "数据库", "中途")
        wait_until(lambda: cluster.pid() is None)
    cluster.keep()
    assert own_server.submissions() == 0
    own_server.collect("--no-annotate")
    assert_all_there_once(own_server, undisturbed, annotated=False)


# --- the disk full ---------------------------------------------------------------------------------------------------


@contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[], None] | None]:
    """A file system of 64 KB is mounted on the folder; call what it yields to make it large. None: nobody may mount."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        yield None
        return

    def enlarge() -> None:
        subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)

    try:
        yield enlarge
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_one_sentence_and_no_half_file(
    new_desk: Callable[[], Desk], undisturbed: Undisturbed, tmp_path: Path
) -> None:
    desk, archive = new_desk(), tmp_path / "archive"
    with small_disk(archive) as enlarge:
        limit = "" if enlarge else str(PHOTO // 2)  # where nobody may mount, the photo is what does not fit
        refused(desk.start("--no-annotate", archive=archive, limit=limit), "无法存入档案", "磁盘空间")
        assert desk.submissions() == 0
        assert files_below(archive), "what had been archived stays"
        assert broken_files(archive) == set()
        if enlarge:
            enlarge()
        desk.collect("--no-annotate", archive=archive)
        assert_all_there_once(desk, undisturbed, archive, annotated=False)


# --- two at once -----------------------------------------------------------------------------------------------------


def test_two_collections_of_one_inbox_at_once(new_desk: Callable[[], Desk], undisturbed: Undisturbed) -> None:
    desk = new_desk()
    with desk.held(LOADS):
        both = [desk.start() for _ in range(2)]
        desk.wait_for_waiting(2, *both)
    new = [set(answer(process)["submission_ids"]) for process in both]
    assert not new[0] & new[1]
    assert len(new[0] | new[1]) == desk.submissions()
    assert_all_there_once(desk, undisturbed)
    assert desk.collect()["received"] == 0


# --- the clock -------------------------------------------------------------------------------------------------------


def test_a_clock_that_jumps(new_desk: Callable[[], Desk], undisturbed: Undisturbed, tmp_path: Path) -> None:
    """Without a list the files' own times count: what is older comes second, whenever it is collected."""
    model, county = new_desk(), tmp_path / "county"
    manifest = json.loads((model.county / "truth" / "manifest.json").read_text(encoding="utf-8"))
    files = {entry["file"]: entry for entry in manifest["files"]}
    moments = {name: datetime.fromisoformat(entry["received_at"]) for name, entry in files.items()}
    second = next(entry for entry in files.values() if entry["version"] == 2)
    first = next(name for name, entry in files.items() if entry == second | {k: entry[k] for k in entry.keys() - _SAME})
    others = sorted({entry["township_code"] for entry in files.values()} - {second["township_code"]})
    before, after = (max(n for n, entry in files.items() if entry["township_code"] == code) for code in others[:2])
    moments |= {before: datetime(1965, 1, 1), after: datetime(2300, 1, 1)}

    def arrive(name: str) -> None:
        target = county / "inbox" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(model.county / "inbox" / name, target)
        os.utime(target, (moments[name].replace(tzinfo=ZONE).timestamp(),) * 2)

    desk = Desk(county, model.home, model.url)
    for name in files.keys() - {first}:
        arrive(name)
    desk.collect("--no-annotate")
    arrive(first)
    assert desk.collect("--no-annotate")["new"] == 1
    said = desk.warehouse.query("select file_name, status, is_current, received_at from research.submission")
    said = said.set_index("file_name")
    moments[after] = datetime.fromtimestamp(2**63 // 10**9, ZONE).replace(tzinfo=None)  # the last moment there is
    assert said["received_at"].map(lambda moment: moment.to_pydatetime()).to_dict() == moments
    assert said.loc[[first, second["file"]], "is_current"].tolist() == [False, True]
    assert said.loc[before, "status"] == "rejected"
    assert said.loc[after, "is_current"]
    rules = desk.warehouse.query("select rule from research.finding where file_name = :name", {"name": before})
    assert "F03" in set(rules["rule"])
    untouched = {second["township_code"], *others[2:]}
    found, wanted = (_values(part, untouched) for part in (content(desk.warehouse), undisturbed.content))
    assert not (unlike := differences(found, wanted)), unlike


_SAME = {"township_code", "period"}


def _values(found: dict[str, list[str]], townships: set[str]) -> dict[str, list[str]]:
    """What the townships' current rows and values are; findings depend on what was known when they were made."""
    kept = {}
    for name, rows in found.items():
        if name == "mart.indicator_value" or (name.startswith("event.") and "current" in name):
            kept[name] = [row for row in rows if json.JSONDecoder().raw_decode(row)[0]["township_code"] in townships]
    return kept
