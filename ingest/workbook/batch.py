"""Many files read into one batch of frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogue.models import Field, Form, Sheet, Synonyms
from catalogue.periods import Period
from catalogue.returns import (
    CELL_COLUMNS,
    PLACE_COLUMNS,
    ROW_COUNT_COLUMNS,
    STRUCTURE_COLUMNS,
    ReturnBatch,
)
from ingest.workbook.cells import CellGrammar
from ingest.workbook.columns import RULES, TypedColumn, type_column
from ingest.workbook.dates import place_in_year
from ingest.workbook.files import read_files
from ingest.workbook.reading import as_month
from ingest.workbook.received import FileReading, ReceivedFile, SheetReading

_PLANNED = {("hazard", "rectify_by"): "found_date"}  # a planned day -> the day it cannot come before (rule R02)
_PREPARED = ("cover", "prepared_on")
_NUMBERS = ("return_no", "excel_row", "excel_col", "rows_read", "rows_ignored")

Integers = npt.NDArray[np.int64]


def read_batch(files: Sequence[ReceivedFile], form: Form, synonyms: Synonyms, *, workers: int = 1) -> ReturnBatch:
    """All files as one batch; `return_no` is the file's place in `files`. Never raises for what is in a file."""
    around = max((file.received_at.date() for file in files), default=date.today())
    readings = read_files([file.path for file in files], form, synonyms, around, workers)
    return _Assembly(files, readings, form, CellGrammar.of(synonyms, around)).batch()


@dataclass
class _Rows:
    """The rows of one sheet of the form in all files, before they are typed."""

    sheet: Sheet
    parts: list[tuple[int, SheetReading]]
    return_no: Integers
    excel_row: Integers

    @classmethod
    def of(cls, sheet: Sheet, readings: Sequence[FileReading]) -> _Rows:
        """The sheet's rows, file by file."""
        parts = [(number, file.sheets[sheet.code]) for number, file in enumerate(readings) if sheet.code in file.sheets]
        counts = [len(part.excel_rows) for _, part in parts]
        numbers = np.repeat(np.array([number for number, _ in parts], dtype=np.int64), counts)
        rows = np.array([row for _, part in parts for row in part.excel_rows], dtype=np.int64)
        return cls(sheet, parts, numbers, rows)

    def cells(self, code: str) -> list[object]:
        """The cells of a field; empty where its column is absent."""
        found: list[object] = []
        for _, part in self.parts:
            found += part.columns.get(code) or [""] * len(part.excel_rows)
        return found

    def extra(self) -> list[dict[str, str] | None]:
        """The unknown columns of every row."""
        found: list[dict[str, str] | None] = []
        for _, part in self.parts:
            found += part.extra or [None] * len(part.excel_rows)
        return found


@dataclass
class _Assembly:
    """A batch in the making."""

    files: Sequence[ReceivedFile]
    readings: Sequence[FileReading]
    form: Form
    grammar: CellGrammar
    sheets: dict[str, pd.DataFrame] = field(default_factory=dict)
    raw: dict[str, pd.DataFrame] = field(default_factory=dict)
    cells: list[pd.DataFrame] = field(default_factory=list)
    periods: list[Period | None] = field(default_factory=list)

    def batch(self) -> ReturnBatch:
        """The whole batch. The cover comes first: days without a year need its period."""
        self.periods = [None] * len(self.files)
        for sheet in sorted(self.form.sheets, key=lambda sheet: sheet.code != _PREPARED[0]):
            self._add(_Rows.of(sheet, self.readings))
        order = [sheet.code for sheet in self.form.sheets]
        return ReturnBatch(
            returns=self._returns(),
            sheets={code: self.sheets[code] for code in order},
            raw={code: self.raw[code] for code in order},
            cells=pd.concat([*self.cells, self._notes()], ignore_index=True),
            places=self._places(),
            structure=self._structure(),
            row_counts=self._row_counts(),
        )

    def _add(self, rows: _Rows) -> None:
        """Types the sheet; adds its frames and its remarkable cells."""
        since_1904 = np.array([reading.epoch_1904 for reading in self.readings], dtype=bool)[rows.return_no]
        late = since_1904 if since_1904.any() else None
        typed: dict[str, TypedColumn] = {}
        for item in rows.sheet.fields:
            typed[item.code] = type_column(rows.cells(item.code), rows.sheet.code, item, self.grammar, late)
            if item.code == "period" and rows.sheet.code == _PREPARED[0]:
                self._set_periods(rows.return_no, typed[item.code])
        for code, column in typed.items():
            self._place_days(rows, code, column, typed)
            self._remark(rows, code, column)
        keys: dict[str, Any] = {"return_no": rows.return_no, "excel_row": rows.excel_row}
        values = {item.code: _series(typed[item.code].values, item) for item in rows.sheet.fields}
        texts = {code: pd.Series(column.texts, dtype=object, copy=False) for code, column in typed.items()}
        self.sheets[rows.sheet.code] = pd.DataFrame(keys | values, copy=False)
        extra = pd.Series(rows.extra(), dtype=object)
        self.raw[rows.sheet.code] = pd.DataFrame({**texts, "extra": extra}, copy=False)

    def _set_periods(self, return_no: Integers, column: TypedColumn) -> None:
        for number, value in zip(return_no.tolist(), column.values.tolist(), strict=True):
            month = as_month(value)
            self.periods[number] = Period.parse(month) if month else None

    def _place_days(self, rows: _Rows, code: str, column: TypedColumn, typed: dict[str, TypedColumn]) -> None:
        """Gives days without a year the year they must mean; one that exists in no such year is C04."""
        for at, monthday in column.monthdays.items():
            number = int(rows.return_no[at])
            period = self.periods[number]
            end = period.last_day if period else self.files[number].received_at.date()
            not_before: date | None = None
            if (rows.sheet.code, code) == _PREPARED:
                not_before = period.first_day if period else None
            elif (rows.sheet.code, code) in _PLANNED:
                found = typed[_PLANNED[rows.sheet.code, code]].values[at]
                not_before = None if np.isnat(found) else found.astype("datetime64[D]").item()
            day = place_in_year(monthday, not_before, end)
            if day is None:
                column.rules[at], column.details[at] = RULES.index("C04"), "真实存在的日期，年、月、日齐全"
            else:
                column.values[at] = np.datetime64(day, "s")
                column.details[at] = day.isoformat()

    def _remark(self, rows: _Rows, code: str, column: TypedColumn) -> None:
        """Adds the field's remarkable cells."""
        at = np.flatnonzero(column.rules >= 0)
        if not len(at):
            return
        numbers = rows.return_no[at]
        places = {number: part.places[code] for number, part in rows.parts if code in part.places}
        found = [places[number] for number in numbers.tolist()]
        on_profile = rows.sheet.layout == "key_value"
        self.cells.append(
            _frame(
                CELL_COLUMNS,
                [
                    numbers,
                    [rows.sheet.code] * len(at),
                    [row for _, row in found] if on_profile else rows.excel_row[at],
                    [excel_col for excel_col, _ in found],
                    [code] * len(at),
                    np.array(RULES, dtype=object)[column.rules[at]],
                    column.texts[at],
                    column.details[at],
                ],
            )
        )

    def _notes(self) -> pd.DataFrame:
        return _table(
            CELL_COLUMNS,
            (
                (number, code, note.excel_row, note.excel_col, None, "C07", note.observed, note.detail)
                for number, reading in enumerate(self.readings)
                for code, sheet in reading.sheets.items()
                for note in sheet.notes
            ),
        )

    def _places(self) -> pd.DataFrame:
        return _table(
            PLACE_COLUMNS,
            (
                (number, code, sheet.sheet_name, field_code, excel_col, excel_row)
                for number, reading in enumerate(self.readings)
                for code, sheet in reading.sheets.items()
                for field_code, (excel_col, excel_row) in sheet.places.items()
            ),
        )

    def _structure(self) -> pd.DataFrame:
        return _table(
            STRUCTURE_COLUMNS,
            (
                (number, problem.rule, problem.sheet, problem.observed, problem.detail)
                for number, reading in enumerate(self.readings)
                for problem in reading.problems
            ),
        )

    def _row_counts(self) -> pd.DataFrame:
        return _table(
            ROW_COUNT_COLUMNS,
            (
                (number, code, len(sheet.excel_rows) + sheet.rows_ignored, sheet.rows_ignored)
                for number, reading in enumerate(self.readings)
                for code, sheet in reading.sheets.items()
            ),
        )

    def _returns(self) -> pd.DataFrame:
        """One row per file; what its cover does not say is missing."""
        numbers = np.arange(len(self.files), dtype=np.int64)
        cover = self.sheets[_PREPARED[0]].set_index("return_no").reindex(numbers)
        raw = self.raw[_PREPARED[0]].set_axis(self.sheets[_PREPARED[0]]["return_no"]).reindex(numbers)
        received = np.array([file.received_at for file in self.files], dtype="datetime64[us]")
        return pd.DataFrame(
            {
                "return_no": numbers,
                "file_name": _texts([file.file_name for file in self.files]),
                "sha256": _texts([file.sha256 for file in self.files]),
                "received_at": received,
                "township_code": _texts(cover["township_code"]),
                "period": _texts([period.text if period else None for period in self.periods]),
                "period_raw": _texts(raw["period"]),
                "form_version": cover["form_version"].to_numpy(),
                "prepared_on": cover["prepared_on"].to_numpy(),
                "readable": np.array([reading.readable for reading in self.readings], dtype=bool),
            }
        )


def _series(values: npt.NDArray[Any], item: Field) -> pd.Series[Any]:
    if item.type == "flag":
        empty = pd.isna(values)
        return pd.Series(pd.arrays.BooleanArray(np.where(empty, False, values).astype(bool), empty))
    return pd.Series(values, dtype=values.dtype, copy=False)


def _texts(values: Sequence[object] | pd.Series[Any]) -> pd.Series[Any]:
    """Text or None."""
    return pd.Series([None if value is None or value != value else value for value in values], dtype=object)


def _frame(columns: tuple[str, ...], values: Sequence[Any]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: np.asarray(column, dtype=np.int64) if name in _NUMBERS else pd.Series(column, dtype=object)
            for name, column in zip(columns, values, strict=True)
        }
    )


def _table(columns: tuple[str, ...], rows: Any) -> pd.DataFrame:
    found = list(rows)
    return _frame(columns, list(zip(*found, strict=True)) if found else [[] for _ in columns])
