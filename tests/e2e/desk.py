"""A county's collection that can be interrupted: a home, a database, and the real command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taizhang.settings import Settings
from tests.e2e.content import broken_files, content, differences, digests, files_below
from tests.truth.county import COMMAND
from warehouse.connection import Warehouse, execute

_WAITING = """
select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
"""


def wait_until(condition: Callable[[], object], seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@dataclass(frozen=True)
class Desk:
    """A home and a database (None: the home's embedded one) for collections of a county."""

    county: Path
    home: Path
    url: str | None

    @property
    def archive(self) -> Path:
        return self.home / "archive"

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.url or Settings.alone(self.home).warehouse_url)

    def start(
        self, *more: str, archive: Path | None = None, limit: str = "", workers: int = 1, chunk: int = 250
    ) -> subprocess.Popen[str]:
        """`taizhang collect` of the county's inbox; no file it writes may be larger than `limit` (bytes)."""
        ours = {"TAIZHANG_HOME": str(self.home), "TAIZHANG_ARCHIVE": str(archive or self.archive)}
        ours |= {"TAIZHANG_WORKERS": str(workers), "TAIZHANG_CHUNK_SIZE": str(chunk)}
        others = {k: v for k, v in os.environ.items() if not k.startswith("TAIZHANG_") and k != "DATABASE_URL"}
        inbox, received = self.county / "inbox", self.county / "received.csv"
        times = ["--received", str(received)] if received.exists() else []
        limited = ["prlimit", f"--fsize={limit}"] if limit else []
        return subprocess.Popen(
            [*limited, str(COMMAND), "collect", str(inbox), *times, "--json", *more],
            env=others | ours | ({"DATABASE_URL": self.url} if self.url else {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def collect(self, *more: str, archive: Path | None = None) -> dict[str, Any]:
        """The answer of a collection that ends well."""
        return answer(self.start(*more, archive=archive))

    def submissions(self) -> int:
        return int(self.warehouse.query("select count(*) as n from research.submission")["n"].iloc[0])

    def waiting(self) -> int:
        """How many sessions wait for a lock."""
        return int(self.warehouse.query(_WAITING)["n"].iloc[0])

    def wait_for_waiting(self, sessions: int, *processes: subprocess.Popen[str]) -> None:
        """So many sessions wait for a lock; fails with what a process says that ends before that."""

        def reached() -> bool:
            for process in processes:
                assert process.poll() is None, process.communicate()
            return self.waiting() == sessions

        wait_until(reached)

    @contextmanager
    def held(self, statement: str) -> Iterator[None]:
        """The locks the statement takes are held by another session."""
        with self.warehouse.transaction() as connection:
            execute(connection, statement)
            yield


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What the command said as JSON; it ended well."""
    output, error = process.communicate(timeout=300)
    assert process.returncode == 0, error
    found: dict[str, Any] = json.loads(output)
    return found


def refused(process: subprocess.Popen[str], *words: str) -> None:
    """It ended with one sentence that has these words, and nothing else."""
    output, error = process.communicate(timeout=300)
    assert (process.returncode, output) == (2, ""), error
    assert len(error.strip().splitlines()) == 1, error
    assert all(word in error for word in words), error


@dataclass(frozen=True)
class Undisturbed:
    """What a collection without interruption leaves behind."""

    content: dict[str, list[str]]
    outbox: set[str]


def assert_all_there_once(
    desk: Desk, undisturbed: Undisturbed, archive: Path | None = None, *, annotated: bool = True
) -> None:
    """Every file of the inbox is one submission and in the archive; rows, values and workbooks as undisturbed."""
    files = digests(desk.county / "inbox")
    rows = desk.warehouse.query("select sha256 from intake.submission")["sha256"].tolist()
    assert sorted(rows) == sorted(set(files.values()))
    arrivals = desk.warehouse.query("select file_name, sha256 from intake.arrival")
    assert sorted(arrivals.itertuples(index=False, name=None)) == sorted(files.items())
    folder = archive or desk.archive
    assert broken_files(folder) == set()
    assert {Path(name).name for name in files_below(folder)} == set(files.values())
    counts = desk.warehouse.query("select * from intake.row_count")
    assert len(counts)
    assert (counts["rows_read"] == counts["loaded"] + counts["held_back"] + counts["ignored"]).all()
    desk.warehouse.query("select intake.check_conservation(array(select submission_id from intake.submission))")
    assert desk.warehouse.query("select * from intake.awaiting").empty
    assert not (found := differences(content(desk.warehouse), undisturbed.content)), found
    if annotated:
        assert files_below(desk.home / "outbox") == undisturbed.outbox
