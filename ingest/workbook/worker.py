"""The sandboxed process that reads files nobody vouches for: little memory, little time, nothing to lose but one file.

`ingest.workbook.sandbox` starts it and speaks with it over stdin and stdout: messages are pickles led by their length.
The first message makes the reader and is answered with an empty one; each further message names a file.
"""

from __future__ import annotations

import os
import pickle
import resource
import struct
import sys
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from ingest.workbook.container import open_container
from ingest.workbook.reading import FileReader
from ingest.workbook.received import FileReading, Identity, Unreadable

MEMORY = 2 << 30  # bytes of address space
CPU_SECONDS = 25  # for one file
LENGTH = struct.Struct("<Q")


class Job(NamedTuple):
    """A file to read, wholly or just its cover."""

    task: Literal["read", "identify"]
    path: str


def work(job: Job, reader: FileReader) -> FileReading | Identity:
    """What the file holds; never raises for what is in the file, running out of memory included."""
    try:
        container = open_container(Path(job.path))
        read = reader.read if job.task == "read" else reader.identify
        found = read(container)
        if container.plain and not found.readable:  # the plain parts alone may not have been enough
            container.plain = False
            found = read(container)
        return found
    except (Unreadable, MemoryError) as error:
        reason = str(error) or "内容过大，超出内存限制"
        return FileReading.unreadable(reason) if job.task == "read" else Identity(readable=False)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answers jobs until the other side hangs up."""
    reader: FileReader | None = None
    while (head := source.read(LENGTH.size)) and len(head) == LENGTH.size:
        message = pickle.loads(source.read(LENGTH.unpack(head)[0]))  # noqa: S301 (our own parent wrote it)
        if reader is None:
            reader = FileReader(*message)
            target.write(LENGTH.pack(0))
            target.flush()
            continue
        used = int(time_used()) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS, resource.RLIM_INFINITY))
        answer = pickle.dumps(work(message, reader), pickle.HIGHEST_PROTOCOL)
        target.write(LENGTH.pack(len(answer)))
        target.write(answer)
        target.flush()


def time_used() -> float:
    """CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Limits this process, keeps stdout for the answers alone, and serves."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)
