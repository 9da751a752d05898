"""Side by side: every contender on the same files, round after round, each into a database of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import taizhang_collect
from benchmarks.county import County
from benchmarks.measurement import Usage, fresh, measure
from benchmarks.server import Server
from benchmarks.task import Answer, Task

Say = Callable[[str], None]


@dataclass(frozen=True)
class Contender:
    """`module` is run on `files` of the county's files (None: all), this platform's command where there is none."""

    key: str
    title: str
    module: str | None = None
    files: int | None = None
    annotate: bool = False

    def run(self, server: Server, county: County, folder: Path, workers: int) -> Usage:
        """One measurement in a fresh database and folder."""
        database = "contest"
        task = Task(
            url=server.create(database),
            inbox=str(county.inbox),
            received=str(county.received),
            files=county.sample(self.files),
            folder=str(fresh(folder)),
            workers=workers,
        )
        if self.module is None:
            taizhang_collect.prepare(task, county.register)
            command, read = taizhang_collect.collecting(task, annotate=self.annotate), taizhang_collect.read_answer
        else:
            command, read = [sys.executable, "-m", f"benchmarks.{self.module}", task.write()], _read_answer
        environment = taizhang_collect.environment(task)
        return measure(server, database, task, command, environment, read, len(county.files))


def _read_answer(text: str) -> Answer:
    return Answer(**json.loads(text))


PLATFORM = Contender("a", "taizhang collect --no-annotate")
ANNOTATED = Contender("a+", "taizhang collect, with annotated workbooks", annotate=True)
FLOOR = Contender("d", "floor: calamine and COPY, no checks, no types", module="floor")


def contenders(usual_files: int, dlt_files: int | None) -> list[Contender]:
    """All of them; the usual way on so many of the files, dlt on so many."""
    return [
        FLOOR,
        PLATFORM,
        ANNOTATED,
        Contender("b", "read_excel (openpyxl), Great Expectations per file, to_sql", "usual", usual_files),
        Contender("c", "dlt to PostgreSQL, pandera per sheet, calamine", "dlt_pandera", dlt_files),
    ]


@dataclass(frozen=True)
class Contest:
    """The measurements: a list per contender, one entry a round."""

    county: County
    field: Sequence[Contender]
    usages: dict[str, list[Usage]]

    def middle(self, key: str, value: Callable[[Usage], float]) -> float:
        """The median over the rounds."""
        return median(value(usage) for usage in self.usages[key])

    def ratio(self, above: str, below: str, value: Callable[[Usage], float]) -> float:
        """The median over the rounds of one contender's value by another's of the same round."""
        pairs = zip(self.usages[above], self.usages[below], strict=True)
        return median(value(one) / value(other) for one, other in pairs)


def hold(
    server: Server, county: County, field: Sequence[Contender], folder: Path, workers: int, rounds: int, say: Say
) -> Contest:
    """Every contender once a round, in turn, so that whatever else the machine does meets them alike."""
    usages: dict[str, list[Usage]] = {contender.key: [] for contender in field}
    for number in range(1, rounds + 1):
        for contender in field:
            usage = contender.run(server, county, folder, workers)
            usages[contender.key].append(usage)
            wall, cpu = (1000 * seconds / usage.files for seconds in (usage.wall, usage.total))
            say(
                f"round {number}: ({contender.key}) {usage.measured} files: {wall:.0f} ms wall, {cpu:.0f} ms processor "
                f"per file, {usage.peak:.0f} MB"
            )
    return Contest(county, field, usages)
