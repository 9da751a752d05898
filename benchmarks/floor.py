"""The floor: every sheet read by calamine, every row copied into PostgreSQL as text. No headers, no types, no checks.

As many processes as the platform uses, each with its share of the files.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psycopg
from python_calamine import CalamineError, CalamineWorkbook

from benchmarks.task import Answer, Task, Work

_WIDTH = 24  # text columns; the form's widest sheet has fewer
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})
_COLUMNS = ", ".join(f"c{number} text" for number in range(_WIDTH))


def run(task: Task) -> Answer:
    """All rows of all files stand in table `raw`."""
    with psycopg.connect(task.url) as connection:
        connection.execute(f"create table raw (file text, sheet text, line integer, {_COLUMNS})")
    with Work() as work, ProcessPoolExecutor(task.workers) as pool:
        shares = [task.files[number :: task.workers] for number in range(task.workers)]
        done = list(pool.map(_load, [task] * task.workers, shares))
    return work.answer(len(task.files), sum(refused for refused, _ in done), sum(rows for _, rows in done))


def _load(task: Task, files: list[str]) -> tuple[int, int]:
    """(files refused, rows copied); all files of the share in one COPY."""
    refused = rows = 0
    with (
        psycopg.connect(task.url) as connection,
        connection.cursor() as cursor,
        cursor.copy("copy raw from stdin") as copy,
    ):
        for name in files:
            try:
                lines = list(_lines(Path(task.inbox, name), name))
            except CalamineError:
                refused += 1
                continue
            rows += len(lines)
            copy.write("".join(lines).encode())
    return refused, rows


def _lines(path: Path, name: str) -> Iterator[str]:
    book = CalamineWorkbook.from_path(path)
    file = name.translate(_ESCAPES)
    for sheet in book.sheet_names:
        title = sheet.translate(_ESCAPES)
        for number, row in enumerate(book.get_sheet_by_name(sheet).to_python()):
            cells = [str(cell).translate(_ESCAPES) if cell != "" else "\\N" for cell in row[:_WIDTH]]
            if cells.count("\\N") < len(cells):
                cells += ["\\N"] * (_WIDTH - len(cells))
                yield f"{file}\t{title}\t{number}\t" + "\t".join(cells) + "\n"


if __name__ == "__main__":
    run(Task.read(sys.argv[1])).tell()
