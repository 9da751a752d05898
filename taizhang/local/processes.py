"""Processes that outlive the command that started them: a session each, known by pid and start, stopped whole."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from catalogue.errors import Refusal

_LOG_LIMIT = 20_000_000  # bytes; a longer log is put aside at the next start


@dataclass(frozen=True)
class Service:
    """A process of ours by name; its pid and start are kept in `folder`, its output in `log`."""

    name: str
    folder: Path
    log: Path

    @property
    def _record(self) -> Path:
        return self.folder / f"{self.name}.json"

    def _known(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._record.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    def _leader(self) -> tuple[int, str] | None:
        known = self._known()
        return (int(known["pid"]), str(known["started"])) if "pid" in known else None

    def pid(self) -> int | None:
        """The pid while the very process we started runs; None when it is gone, even if another has its pid now."""
        leader = self._leader()
        return leader[0] if leader and started(leader[0]) == leader[1] else None

    def runs_with(self, environment: dict[str, str]) -> bool:
        """Whether it runs, and was started with these variables."""
        return self.pid() is not None and self._known().get("environment") == _digest(environment)

    def start(self, command: Sequence[str], environment: dict[str, str], ours: dict[str, str], cwd: Path) -> None:
        """The command runs detached from the terminal, output appended to the log; what was left of it is stopped.

        `ours` is the part of the environment that must be the same for the process to be left running later.
        """
        self.stop()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            process = subprocess.Popen(
                command,
                env=environment,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        record = {"pid": process.pid, "started": started(process.pid), "environment": _digest(ours)}
        self._record.write_text(json.dumps(record), encoding="utf-8")

    def ask_to_stop(self) -> None:
        """The process has been told to end; it may take a while."""
        if pid := self.pid():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def stop(self, patience: float = 15.0) -> None:
        """The process and everything it started is gone, by force after `patience` seconds; its record too."""
        leader = self._leader()
        if leader is None:
            return
        self.ask_to_stop()
        deadline = time.monotonic() + patience
        while self.pid() and time.monotonic() < deadline:
            time.sleep(0.05)
        for _ in range(20):  # a child may start another one while we look
            rest = _session(*leader)
            if not rest:
                break
            for process in rest:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs(rest, timeout=1)
        self._record.unlink(missing_ok=True)


def _digest(environment: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(environment, sort_keys=True).encode()).hexdigest()


def started(pid: int) -> str | None:
    """What tells this process from any other that had or will have its pid; None when there is none (or only a zombie).

    On Linux from the kernel's ticks and boot, which no change of the clock moves.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists():
            return f"at {process.create_time()}"
        ticks = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text(encoding='utf-8').strip()} {ticks}"
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return None


def _session(pid: int, start: str) -> list[psutil.Process]:
    """The living processes of the session that `pid` led, whether it still lives or not."""
    if (now := started(pid)) is not None and now != start:
        return []  # the pid belongs to another process today, so its session is not ours
    members = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            if os.getsid(process.pid) == pid and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process)
    return members


def choose_port(wanted: int, remembered: int | None, what: str) -> int:
    """A loopback port that is free now: the wanted one, else the remembered one if free, else any.

    Raises Refusal when the wanted one is taken.
    """
    if wanted:
        if not _free(wanted):
            raise Refusal(f"Port {wanted} for {what} is taken by another program: choose another or leave it unset.")
        return wanted
    if remembered and _free(remembered):
        return remembered
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
