"""What one would write first: openpyxl by `pandas.read_excel`, a Great Expectations run per file, `DataFrame.to_sql`.

Written kindly: one ephemeral context and one suite per sheet for all files, no progress bars, no Data Docs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig
from sqlalchemy import Engine, create_engine

from benchmarks.beginner import form, read_sheets
from benchmarks.task import Answer, Task, Work
from catalogue import Sheet


class Suites:
    """A suite per sheet: what must be filled in, ranges, choices, the key."""

    def __init__(self) -> None:
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        source = self._context.data_sources.add_pandas("workbooks")
        self._batches = {
            sheet.code: source.add_dataframe_asset(sheet.code).add_batch_definition_whole_dataframe("all")
            for sheet in form().sheets
        }
        self._suites = {sheet.code: _suite(sheet) for sheet in form().sheets}

    def failures(self, code: str, frame: pd.DataFrame) -> int:
        """How many expectations the sheet fails."""
        batch = self._batches[code].get_batch({"dataframe": frame})
        result = batch.validate(self._suites[code], result_format="SUMMARY")
        return sum(not item.success for item in result.results)


def _suite(sheet: Sheet) -> gx.ExpectationSuite:
    suite = gx.ExpectationSuite(name=sheet.code)
    for field in sheet.fields:
        if field.required:
            suite.add_expectation(gxe.ExpectColumnValuesToNotBeNull(column=field.code))
        if field.type in ("count", "number", "money_yuan"):
            suite.add_expectation(gxe.ExpectColumnValuesToBeBetween(column=field.code, min_value=0))
        elif field.type == "rate":
            suite.add_expectation(gxe.ExpectColumnValuesToBeBetween(column=field.code, min_value=0, max_value=1))
        elif field.choices:
            suite.add_expectation(gxe.ExpectColumnValuesToBeInSet(column=field.code, value_set=list(field.choices)))
    if len(sheet.key) == 1:
        suite.add_expectation(gxe.ExpectColumnValuesToBeUnique(column=sheet.key[0]))
    elif sheet.key:
        suite.add_expectation(gxe.ExpectCompoundColumnsToBeUnique(column_list=list(sheet.key)))
    return suite


def run(task: Task) -> Answer:
    """Every file it can read is checked and in the database, one table a sheet."""
    engine = create_engine(task.url.replace("postgresql:", "postgresql+psycopg:", 1))
    suites = Suites()
    refused = rows = failures = 0
    with Work() as work:
        for name in task.files:
            try:
                sheets = read_sheets(Path(task.inbox, name), "openpyxl")
            except Exception:  # noqa: BLE001 (what one would write first)
                refused += 1
                continue
            failures += sum(suites.failures(code, frame) for code, frame in sheets.items())
            rows += sum(_store(engine, name, code, frame) for code, frame in sheets.items())
    return work.answer(len(task.files), refused, rows)


def _store(engine: Engine, name: str, code: str, frame: pd.DataFrame) -> int:
    frame.assign(file=name).to_sql(code, engine, if_exists="append", index=False)
    return len(frame)


if __name__ == "__main__":
    run(Task.read(sys.argv[1])).tell()
