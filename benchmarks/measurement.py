"""One contender, one task, one measurement."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.server import Server
from benchmarks.task import Answer, Task

_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Usage:
    """What a run took: seconds of wall, of processor (process tree), of the server's processors; MB of one process.

    Of a sample of the files, `wall`, `cpu` and `server` are extrapolated to `files`; `measured` says how many it had.
    """

    files: int
    measured: int
    refused: int
    rows: int
    wall: float
    cpu: float
    server: float
    peak: float

    @property
    def total(self) -> float:
        """Processor seconds, the server's included."""
        return self.cpu + self.server


def measure(
    server: Server,
    database: str,
    task: Task,
    command: Sequence[str],
    environment: dict[str, str],
    read_answer: Callable[[str], Answer],
    files: int,
) -> Usage:
    """Runs the command to its end, extrapolated to so many `files`. Raises RuntimeError when it fails."""
    before = server.processor_seconds()
    witness = [sys.executable, "-m", "benchmarks.witness", *command]
    done = subprocess.run(witness, env=environment, cwd=_ROOT, stdout=subprocess.PIPE, check=False, text=True)
    if done.returncode:
        raise RuntimeError(f"“{' '.join(command[:3])}” ended with code {done.returncode}; see its last lines above")
    seen = json.loads(done.stdout)
    answer = read_answer(seen["answer"])
    if answer.files != len(task.files):
        raise RuntimeError(f"{database}: {answer.files} of {len(task.files)} files were looked at")
    more = files / answer.files - 1
    return Usage(
        files=files,
        measured=answer.files,
        refused=answer.refused,
        rows=answer.rows,
        wall=seen["wall"] + more * answer.work_wall,
        cpu=seen["cpu"] + more * answer.work_cpu,
        server=(server.processor_seconds() - before) * (1 + more),
        peak=seen["peak"],
    )


def fresh(folder: Path) -> Path:
    """The folder exists and is empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
