"""dlt to PostgreSQL with pandera checks: what an engineer would write who knows both.

Written kindly: calamine reads, one compiled pandera schema per sheet with all failures collected, one pipeline run for
all files, a resource per sheet with its column types declared, loaded by COPY (dlt's csv files) instead of INSERT.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import dlt
import pandera.pandas as pa

from benchmarks.beginner import form, read_sheets
from benchmarks.task import Answer, Task, Work
from catalogue import Field, Sheet

_TYPES = {"number": "double", "money_yuan": "double", "count": "double", "rate": "double"}
_TYPES |= {"date": "timestamp", "flag": "bool"}
_BATCH = 50  # files whose rows dlt is given at once


def _schema(sheet: Sheet) -> pa.DataFrameSchema:
    columns = {field.code: pa.Column(None, _checks(field), nullable=not field.required) for field in sheet.fields}
    return pa.DataFrameSchema(columns, unique=list(sheet.key) or None)


def _checks(field: Field) -> list[pa.Check]:
    if field.type in ("count", "number", "money_yuan"):
        return [pa.Check.ge(0)]
    if field.type == "rate":
        return [pa.Check.in_range(0, 1)]
    return [pa.Check.isin(list(field.choices))] if field.choices else []


class Reading:
    """The files, read and checked sheet by sheet; what fails is counted."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._schemas = {sheet.code: _schema(sheet) for sheet in form().sheets}
        self.refused = self.rows = self.failures = 0

    def tables(self) -> Iterator[Any]:
        """Records marked with their table, many files at a time."""
        for first in range(0, len(self._task.files), _BATCH):
            records: dict[str, list[dict[Hashable, Any]]] = defaultdict(list)
            for name in self._task.files[first : first + _BATCH]:
                self._read(name, records)
            for code, found in records.items():
                self.rows += len(found)
                yield dlt.mark.with_hints(found, dlt.mark.make_hints(table_name=code, columns=_columns(code)))

    def _read(self, name: str, records: dict[str, list[dict[Hashable, Any]]]) -> None:
        try:
            sheets = read_sheets(Path(self._task.inbox, name), "calamine")
        except Exception:  # noqa: BLE001 (as in the other usual way)
            self.refused += 1
            return
        for code, frame in sheets.items():
            try:
                self._schemas[code].validate(frame, lazy=True)
            except pa.errors.SchemaErrors as found:
                self.failures += len(found.failure_cases)
            plain = frame.astype("object").where(frame.notna(), None).assign(file=name)
            records[code] += plain.to_dict("records")


def _columns(code: str) -> dict[str, Any]:
    fields = {field.code: _TYPES.get(field.type, "text") for field in form().sheet(code).fields}
    return {name: {"data_type": kind, "nullable": True} for name, kind in (fields | {"file": "text"}).items()}


def run(task: Task) -> Answer:
    """Every file it can read is checked and in the database, one table a sheet."""
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "CRITICAL"}
    pipeline = dlt.pipeline(
        "workbooks",
        pipelines_dir=str(Path(task.folder, "dlt")),
        destination=dlt.destinations.postgres(task.url),
        dataset_name="workbooks",
    )
    reading = Reading(task)
    with Work() as work:
        pipeline.run(dlt.resource(reading.tables(), name="workbooks"), loader_file_format="csv").raise_on_failed_jobs()
    return work.answer(len(task.files), reading.refused, reading.rows)


if __name__ == "__main__":
    run(Task.read(sys.argv[1])).tell()
