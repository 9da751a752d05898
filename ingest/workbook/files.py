"""Files read one by one, in this process where they are plain, in sandboxes where they are not or many work at once."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from queue import Empty, SimpleQueue

from catalogue.models import Form, Synonyms
from ingest.workbook.container import Container, open_container
from ingest.workbook.reading import FileReader
from ingest.workbook.received import FileReading, Identity, Unreadable
from ingest.workbook.sandbox import Sandbox

_LOG = logging.getLogger(__name__)
_SMALL = 8 << 20  # bytes; larger files are not even opened here
_BROKEN = "读取时出现程序错误，请联系县里的管理员"


def read_files(
    paths: Sequence[Path], form: Form, synonyms: Synonyms, around: date, workers: int = 1
) -> Iterator[FileReading]:
    """What every file holds, in the order of `paths`; a file that cannot be read is one finding F01 and no more."""
    if workers > 1 and len(paths) > 1:
        yield from _read_beside(paths, form, synonyms, around, min(workers, len(paths)))
        return
    reader = FileReader(form, synonyms, around)
    with Sandbox(form, synonyms, around) as sandbox:
        for path in paths:
            yield _read(path, reader, sandbox)


def identify_file(path: Path, form: Form, synonyms: Synonyms, around: date) -> Identity:
    """Township and period of the file by its cover; never raises for what is in the file."""
    try:
        container = _open_plain(path)
        if container is not None:
            found = FileReader(form, synonyms, around).identify(container)
            if found.readable:
                return found
    except Unreadable:
        return Identity(readable=False)
    except Exception:  # noqa: BLE001 (one file must never stop the others; the trace is logged for us)
        _LOG.exception("reading the cover of %s failed", path)
        return Identity(readable=False)
    with Sandbox(form, synonyms, around) as sandbox:
        return sandbox.identify(path)


def _open_plain(path: Path) -> Container | None:
    """The file where this process may read it; None where a sandbox must. Raises Unreadable where it is no workbook."""
    try:
        if path.stat().st_size > _SMALL:
            return None
    except OSError as error:
        raise Unreadable(f"文件无法打开（{error.strerror or '读取失败'}）") from None
    container = open_container(path)
    return container if container.plain else None


def _read(path: Path, reader: FileReader, sandbox: Sandbox) -> FileReading:
    try:
        container = _open_plain(path)
        found = reader.read(container) if container is not None else None
        return found if found is not None and found.readable else sandbox.read(path)
    except Unreadable as reason:
        return FileReading.unreadable(str(reason))
    except Exception:  # noqa: BLE001 (one file must never stop the others; the trace is logged for us)
        _LOG.exception("reading %s failed", path)
        return FileReading.unreadable(_BROKEN)


def _read_beside(
    paths: Sequence[Path], form: Form, synonyms: Synonyms, around: date, workers: int
) -> list[FileReading]:
    """Several sandboxes, each taking the next file when it is done with one."""
    readings: list[FileReading | None] = [None] * len(paths)
    waiting: SimpleQueue[int] = SimpleQueue()
    for number in range(len(paths)):
        waiting.put(number)

    def take() -> None:
        with Sandbox(form, synonyms, around) as sandbox:
            while True:
                try:
                    number = waiting.get_nowait()
                except Empty:
                    return
                readings[number] = sandbox.read(paths[number])

    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(take) for _ in range(workers)]:
            done.result()
    return [reading for reading in readings if reading is not None]
