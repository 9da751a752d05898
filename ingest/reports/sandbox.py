"""Reads documents in processes of their own: one that dies or hangs costs only the file it was reading."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import cast

from catalogue.register import Register
from ingest.reports.reading import Reading
from ingest.workbook.sandbox import Lost, Sandbox

WALL_SECONDS = 180.0  # an old format goes by way of LibreOffice
_RESTARTED_AFTER = 2_000  # files, so that what libraries leave behind does not add up


class ReportSandbox(Sandbox):
    """A process that reads documents for a county."""

    worker = "ingest.reports.worker"

    def __init__(self, register: Register, wall_seconds: float = WALL_SECONDS) -> None:
        self._hello = pickle.dumps(register, pickle.HIGHEST_PROTOCOL)
        self._wall_seconds = wall_seconds
        self._process = None

    def read_report(self, path: Path) -> Reading:
        """The file's reading, with a problem where the process was lost over it."""
        try:
            return cast(Reading, self._ask(str(path)))
        except Lost as reason:
            return Reading(problem=f"{reason}。")


def read_files(paths: Sequence[Path], register: Register, workers: int = 1) -> list[Reading]:
    """What every file holds, in the order of `paths`."""
    readings: list[Reading] = [Reading()] * len(paths)
    waiting: SimpleQueue[int] = SimpleQueue()
    for number in range(len(paths)):
        waiting.put(number)

    def take() -> None:
        done = 0
        with ReportSandbox(register) as sandbox:
            while True:
                try:
                    number = waiting.get_nowait()
                except Empty:
                    return
                readings[number] = sandbox.read_report(paths[number])
                done += 1
                if done % _RESTARTED_AFTER == 0:
                    sandbox.close()

    count = min(workers, len(paths))
    if count <= 1:
        take()
        return readings
    with ThreadPoolExecutor(count) as pool:
        for finished in [pool.submit(take) for _ in range(count)]:
            finished.result()
    return readings
