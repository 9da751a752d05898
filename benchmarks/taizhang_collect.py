"""This platform: `taizhang collect` as a county runs it, in a home of its own. Nothing of it is called from inside."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.task import Answer, Task
from taizhang.settings import Settings, child_environment

_PROGRAM = str(Path(sys.executable).with_name("taizhang"))


def prepare(task: Task, register: Path) -> None:
    """The task's database is a warehouse with the county's register. Raises CalledProcessError when that fails."""
    command = [_PROGRAM, "init", "--register", str(register)]
    subprocess.run(command, env=environment(task), check=True, stdout=subprocess.DEVNULL)


def environment(task: Task) -> dict[str, str]:
    """The environment of every contender: a home in the task's folder, the task's database, nothing of the caller's."""
    own = {"DATABASE_URL": task.url, "TAIZHANG_WORKERS": str(task.workers)}
    return child_environment(Settings.alone(Path(task.folder, "home")), own)


def collecting(task: Task, *, annotate: bool = False) -> list[str]:
    """The command that collects the whole inbox."""
    flag = "--annotate" if annotate else "--no-annotate"
    return [_PROGRAM, "collect", task.inbox, "--received", task.received, flag, "--json"]


def read_answer(text: str) -> Answer:
    """What the command said it did; refused are the workbooks no row of which it took."""
    answer = json.loads(text)
    rows = answer["rows_loaded"] + answer["rows_held_back"]
    return Answer(answer["received"], answer["status"].get("rejected", 0), rows)
