"""The cost of growth: more workbooks at once, and more years already in the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import taizhang_collect
from benchmarks.contest import PLATFORM, Say
from benchmarks.county import County, found_county
from benchmarks.measurement import Usage, fresh, measure
from benchmarks.server import Server
from benchmarks.task import Task

SENT = 1.07  # workbooks a township sends a month, corrected and doubled ones included


@dataclass(frozen=True)
class Load:
    """Collecting so many months of so many townships at once, round by round."""

    townships: int
    months: int
    usages: list[Usage]


def townships_for(workbooks: int, months: int) -> int:
    """How many townships send about so many workbooks in so many months."""
    return max(1, round(workbooks / months / SENT))


def grow(
    server: Server, sizes: Sequence[tuple[int, int]], folder: Path, workers: int, rounds: int, say: Say
) -> list[Load]:
    """`taizhang collect --no-annotate` for every (workbooks, months) of `sizes`."""
    loads = [Load(townships_for(workbooks, months), months, []) for workbooks, months in sizes]
    counties = [
        found_county(folder / f"county_{number}", load.townships, load.months, workers, seed=2)
        for number, load in enumerate(loads)
    ]
    for number in range(1, rounds + 1):
        for load, county in zip(loads, counties, strict=True):
            load.usages.append(PLATFORM.run(server, county, folder / "work", workers))
            say(f"growth, round {number}: {len(county.files)} workbooks in {load.usages[-1].wall:.0f} s")
    return loads


@dataclass(frozen=True)
class Later:
    """Collecting one month of a county after `months` earlier ones, round by round; `loaded` rows were there."""

    months: int
    loaded: int
    usages: list[Usage]


def grow_old(
    server: Server, histories: Sequence[int], folder: Path, workers: int, rounds: int, say: Say, townships: int
) -> list[Later]:
    """The same month collected with so many `histories` months before it in the warehouse.

    The earlier months are collected once, into a database that every round starts from a copy of.
    """
    county = found_county(folder / "county_old", townships, max(histories) + 1, workers, seed=3)
    months = sorted(path.name for path in county.inbox.iterdir())
    newest = folder / "newest"
    _move(county, months[-1:], newest)
    later = []
    for history in sorted(histories, reverse=True):
        _drop_all_but(county, months[-1 - history : -1])
        template = f"history_{history}"
        task = _task(server.create(template), county.inbox, county, fresh(folder / "work"), workers)
        taizhang_collect.prepare(task, county.register)
        usage = _collect(server, template, task)
        say(f"growth: {history} months, {usage.files} workbooks are in the warehouse after {usage.wall:.0f} s")
        later.append(Later(history, usage.rows, []))
    for number in range(1, rounds + 1):
        for entry in later:
            url = server.create("newest", template=f"history_{entry.months}")
            usage = _collect(server, "newest", _task(url, newest, county, fresh(folder / "work"), workers))
            entry.usages.append(usage)
            say(f"growth, round {number}: one month after {entry.months}: {usage.wall:.1f} s")
    return later


def _task(url: str, inbox: Path, county: County, folder: Path, workers: int) -> Task:
    files = [str(path.relative_to(inbox)) for path in inbox.rglob("*") if path.is_file()]
    return Task(url, str(inbox), str(county.received), files, str(folder), workers)


def _collect(server: Server, database: str, task: Task) -> Usage:
    command, environment = taizhang_collect.collecting(task), taizhang_collect.environment(task)
    return measure(server, database, task, command, environment, taizhang_collect.read_answer, len(task.files))


def _move(county: County, months: Sequence[str], inbox: Path) -> None:
    inbox.mkdir()
    for month in months:
        (county.inbox / month).rename(inbox / month)


def _drop_all_but(county: County, months: Sequence[str]) -> None:
    for path in county.inbox.iterdir():
        if path.name not in months:
            for file in path.iterdir():
                file.unlink()
            path.rmdir()
