"""This platform: `taizhang collect` as a county runs it, in a home of its own. Nothing of it is called from inside."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.task import Task
from taizhang.settings import Settings, child_environment

COMMAND = str(Path(sys.executable).with_name("taizhang"))


def prepare(task: Task, register: Path) -> None:
    """The task's database is a warehouse with the county's register. Raises CalledProcessError when that fails."""
    command = [COMMAND, "init", "--register", str(register)]
    subprocess.run(command, env=environment(task), check=True, stdout=subprocess.DEVNULL)


def environment(task: Task) -> dict[str, str]:
    """The environment of every command: a home in the task's folder, the task's database."""
    own = {"DATABASE_URL": task.url, "TAIZHANG_WORKERS": str(task.workers)}
    return child_environment(Settings.alone(Path(task.folder, "home")), own)


def command(task: Task, received: Path, *, annotate: bool) -> list[str]:
    """The command that collects the task's inbox, all files of it."""
    flag = "--annotate" if annotate else "--no-annotate"
    return [COMMAND, "collect", task.inbox, "--received", str(received), flag, "--json"]


def read_answer(text: str) -> tuple[int, int]:
    """(files collected, rows loaded or held back) from what the command printed."""
    answer = json.loads(text)
    return int(answer["received"]), int(answer["rows_loaded"]) + int(answer["rows_held_back"])
