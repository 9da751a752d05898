"""The sandboxed process that reads documents nobody vouches for.

It speaks as ingest.workbook.worker does. The first message is the register; each further one is the path of a file.
"""

from __future__ import annotations

import os
import pickle
import resource
import sys
from pathlib import Path
from typing import BinaryIO

from ingest.reports.reading import Reader, Reading
from ingest.workbook.worker import LENGTH, time_used

MEMORY = 4 << 30  # bytes of address space; LibreOffice, which it may start, wants much of it
CPU_SECONDS = 60  # for one file
TOO_LARGE = "内容过大或结构异常，超出内存限制。"


def work(path: str, reader: Reader) -> Reading:
    """What the file holds; running out of memory is a problem of the file."""
    try:
        return reader.read(Path(path))
    except (MemoryError, RecursionError):
        return Reading(problem=TOO_LARGE)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answers until the other side hangs up."""
    reader: Reader | None = None
    while (head := source.read(LENGTH.size)) and len(head) == LENGTH.size:
        message = pickle.loads(source.read(LENGTH.unpack(head)[0]))  # noqa: S301 (our own parent wrote it)
        if reader is None:
            reader = Reader(message)
            target.write(LENGTH.pack(0))
            target.flush()
            continue
        used = int(time_used()) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS, resource.RLIM_INFINITY))
        answer = pickle.dumps(work(message, reader), pickle.HIGHEST_PROTOCOL)
        target.write(LENGTH.pack(len(answer)))
        target.write(answer)
        target.flush()


def main() -> None:
    """Limits this process, keeps stdout for the answers alone, and serves."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)
