"""What a contender is given, and what it says when it is done."""

from __future__ import annotations

import json
import resource
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType


@dataclass(frozen=True)
class Task:
    """Load these files (paths inside the inbox) into the fresh database `url`, with at most `workers` processes.

    `received` is the CSV of arrival times, `folder` an empty folder for whatever the contender keeps on disk.
    """

    url: str
    inbox: str
    received: str
    files: list[str]
    folder: str
    workers: int

    def write(self) -> str:
        """The task stands in its folder; the path."""
        path = Path(self.folder, "task.json")
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")
        return str(path)

    @classmethod
    def read(cls, path: str) -> Task:
        """The task as written."""
        return cls(**json.loads(Path(path).read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Answer:
    """What was done: files looked at, files it could not read, rows stored.

    `work_wall` and `work_cpu` are the seconds that grow with the files, all but imports and set-up (0: not told).
    """

    files: int
    refused: int
    rows: int
    work_wall: float = 0.0
    work_cpu: float = 0.0

    def tell(self) -> None:
        """One line on stdout, for the witness."""
        print(json.dumps(asdict(self)))


class Work:
    """The time a `with` block takes, in this process and in those it waits for."""

    def __enter__(self) -> Work:
        self._wall, self._cpu = time.monotonic(), _processor_seconds()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wall, self._cpu = time.monotonic() - self._wall, _processor_seconds() - self._cpu

    def answer(self, files: int, refused: int, rows: int) -> Answer:
        """The answer, with the time taken."""
        return Answer(files, refused, rows, self._wall, self._cpu)


def _processor_seconds() -> float:
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in parts)
