"""Reads files in a process of its own: one that dies or hangs costs only the file it was reading."""

from __future__ import annotations

import os
import pickle
import select
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from catalogue.models import Form, Synonyms
from ingest.workbook.received import FileReading, Identity
from ingest.workbook.worker import LENGTH, Job

WALL_SECONDS = 40.0
_START_SECONDS = 120.0
_DYING_SECONDS = 5.0
_LARGEST_ANSWER = 512 << 20
_ROOT = Path(__file__).resolve().parents[2]
_TOO_SLOW = "读取超时，内容过大或结构异常"
_DIED = "读取时超出内存或时间限制，内容过大或结构异常"


class Lost(Exception):
    """The process died or hung; the text is the reason for the clerk."""


class _Killed(Lost):
    """Somebody else ended the process (another program, or the system short of memory)."""


class Sandbox:
    """A worker process, started when first needed and again after it died. Close it, or use it in a `with`."""

    worker = "ingest.workbook.worker"

    def __init__(self, form: Form, synonyms: Synonyms, around: date, wall_seconds: float = WALL_SECONDS) -> None:
        self._hello = pickle.dumps((form, synonyms, around), pickle.HIGHEST_PROTOCOL)
        self._wall_seconds = wall_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, path: Path) -> FileReading:
        """The file's reading; F01 where the process was lost over it."""
        try:
            return cast(FileReading, self._ask(Job("read", str(path))))
        except Lost as reason:
            return FileReading.unreadable(str(reason))

    def identify(self, path: Path) -> Identity:
        """Township and period by the file's cover."""
        try:
            return cast(Identity, self._ask(Job("identify", str(path))))
        except Lost:
            return Identity(readable=False)

    def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _ask(self, job: object) -> object:
        """The answer. A job during which the process was killed is given once more: it may not be the file's fault."""
        try:
            return self._ask_once(job)
        except _Killed:
            return self._ask_once(job)

    def _ask_once(self, job: object) -> object:
        process = self._process or self._start()
        assert process.stdin is not None
        try:
            _send(process, pickle.dumps(job))
            deadline = time.monotonic() + self._wall_seconds
            (length,) = LENGTH.unpack(_receive(process, LENGTH.size, deadline))
            if length > _LARGEST_ANSWER:
                raise Lost("内容过大")
            return pickle.loads(_receive(process, length, deadline))  # noqa: S301 (our own worker wrote it)
        except OSError:
            raise self._death(process) from None
        except Lost:
            self.close()
            raise

    def _death(self, process: subprocess.Popen[bytes]) -> Lost:
        """Why the process, which has hung up, is gone."""
        try:
            code = process.wait(_DYING_SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        self.close()
        return _Killed(_DIED) if code == -signal.SIGKILL else Lost(_DIED)

    def _start(self) -> subprocess.Popen[bytes]:
        """A worker that has said it is ready. Raises RuntimeError where none can be started: no file's fault."""
        command = f"import sys; sys.path.insert(0, sys.argv[1]); from {self.worker} import main; main()"
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", command, str(_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            _send(self._process, self._hello)
            _receive(self._process, LENGTH.size, time.monotonic() + _START_SECONDS)
        except (Lost, OSError):
            code = self._process.poll()
            self.close()
            raise RuntimeError(f"the reading process did not start (exit code {code}): {sys.executable}") from None
        return self._process


def _send(process: subprocess.Popen[bytes], message: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(LENGTH.pack(len(message)) + message)
    process.stdin.flush()


def _receive(process: subprocess.Popen[bytes], length: int, deadline: float) -> bytes:
    """Exactly `length` bytes of the process's answer. Raises Lost when it dies or the deadline passes."""
    assert process.stdout is not None
    source = process.stdout.fileno()
    poll = select.poll()
    poll.register(source, select.POLLIN | select.POLLHUP)
    pieces, missing = [], length
    while missing:
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise Lost(_TOO_SLOW)
        piece = os.read(source, min(missing, 1 << 20))
        if not piece:
            raise ConnectionResetError
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)
