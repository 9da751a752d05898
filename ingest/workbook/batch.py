"""Many files read into one batch of frames."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogue.explanations import Said
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
    assembly = _Assembly(files, form, CellGrammar.of(synonyms, around))
    with _no_garbage():
        for number, reading in enumerate(read_files([file.path for file in files], form, synonyms, around, workers)):
            assembly.add(number, reading)
        return assembly.batch()


@contextmanager
def _no_garbage() -> Iterator[None]:
    """The collector of cycles rests meanwhile: cells are millions of objects without any."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass
class _Rows:
    """The rows of one sheet of the form in all files so far, column by column, not yet typed."""

    sheet: Sheet
    return_no: list[int] = field(default_factory=list)
    excel_row: list[int] = field(default_factory=list)
    cells: dict[str, list[object]] = field(default_factory=dict)
    extra: list[dict[str, str] | None] = field(default_factory=list)
    places: dict[int, dict[str, tuple[int, int]]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def add(self, number: int, reading: SheetReading) -> None:
        """Adds a file's rows; the cells of a column it lacks are empty."""
        count = len(reading.excel_rows)
        self.places[number], self.names[number] = reading.places, reading.sheet_name
        if not count:
            return
        self.return_no += [number] * count
        self.excel_row += reading.excel_rows
        self.extra += reading.extra or [None] * count
        for item in self.sheet.fields:
            self.cells.setdefault(item.code, []).extend(reading.columns.get(item.code) or [""] * count)


@dataclass
class _Assembly:
    """A batch in the making: files are added in order, then the batch is made."""

    files: Sequence[ReceivedFile]
    form: Form
    grammar: CellGrammar
    rows: dict[str, _Rows] = field(default_factory=dict)
    sheets: dict[str, pd.DataFrame] = field(default_factory=dict)
    raw: dict[str, pd.DataFrame] = field(default_factory=dict)
    cells: list[pd.DataFrame] = field(default_factory=list)
    notes: list[tuple[object, ...]] = field(default_factory=list)
    problems: list[tuple[object, ...]] = field(default_factory=list)
    counts: list[tuple[object, ...]] = field(default_factory=list)
    periods: list[Period | None] = field(default_factory=list)
    since_1904: list[bool] = field(default_factory=list)
    readable: list[bool] = field(default_factory=list)
    said: dict[int, list[Said]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Every sheet of the form has its rows, if only none."""
        self.rows = {sheet.code: _Rows(sheet) for sheet in self.form.sheets}

    def add(self, number: int, reading: FileReading) -> None:
        """Adds a file."""
        self.since_1904.append(reading.epoch_1904)
        self.readable.append(reading.readable)
        if reading.said:
            self.said[number] = reading.said
        self.problems += [(number, item.rule, item.sheet, item.observed, item.detail) for item in reading.problems]
        for code, sheet in reading.sheets.items():
            self.rows[code].add(number, sheet)
            self.counts.append((number, code, len(sheet.excel_rows) + sheet.rows_ignored, sheet.rows_ignored))
            self.notes += [
                (number, code, note.excel_row, note.excel_col, None, "C07", note.observed, note.detail)
                for note in sheet.notes
            ]

    def batch(self) -> ReturnBatch:
        """The whole batch. The cover comes first: days without a year need its period."""
        self.periods = [None] * len(self.files)
        for sheet in sorted(self.form.sheets, key=lambda sheet: sheet.code != _PREPARED[0]):
            self._type(self.rows[sheet.code])
        order = [sheet.code for sheet in self.form.sheets]
        return ReturnBatch(
            returns=self._returns(),
            sheets={code: self.sheets[code] for code in order},
            raw={code: self.raw[code] for code in order},
            cells=pd.concat([*self.cells, _table(CELL_COLUMNS, self.notes)], ignore_index=True),
            places=self._places(),
            structure=_table(STRUCTURE_COLUMNS, self.problems),
            row_counts=_table(ROW_COUNT_COLUMNS, self.counts),
            said=self.said,
        )

    def _type(self, rows: _Rows) -> None:
        """Types the sheet; adds its frames and its remarkable cells."""
        return_no = np.array(rows.return_no, dtype=np.int64)
        since_1904 = np.array(self.since_1904, dtype=bool)[return_no]
        late = since_1904 if since_1904.any() else None
        typed: dict[str, TypedColumn] = {}
        for item in rows.sheet.fields:
            cells = rows.cells.pop(item.code, [])
            typed[item.code] = type_column(cells, rows.sheet.code, item, self.grammar, late)
            if item.code == "period" and rows.sheet.code == _PREPARED[0]:
                self._set_periods(return_no, typed[item.code])
        for code, column in typed.items():
            self._place_days(rows, code, column, typed)
            self._remark(rows, return_no, code, column)
        keys: dict[str, Any] = {"return_no": return_no, "excel_row": np.array(rows.excel_row, dtype=np.int64)}
        values = {item.code: _series(typed[item.code].values, item) for item in rows.sheet.fields}
        texts = {code: pd.Series(column.texts, dtype=object, copy=False) for code, column in typed.items()}
        self.sheets[rows.sheet.code] = pd.DataFrame(keys | values, copy=False)
        extra = pd.Series(rows.extra, dtype=object)
        self.raw[rows.sheet.code] = pd.DataFrame({**texts, "extra": extra}, copy=False)

    def _set_periods(self, return_no: Integers, column: TypedColumn) -> None:
        for number, value in zip(return_no.tolist(), column.values.tolist(), strict=True):
            month = as_month(value)
            self.periods[number] = Period.parse(month) if month else None

    def _place_days(self, rows: _Rows, code: str, column: TypedColumn, typed: dict[str, TypedColumn]) -> None:
        """Gives days without a year the year they must mean; one that exists in no such year is C04."""
        for at, monthday in column.monthdays.items():
            number = rows.return_no[at]
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

    def _remark(self, rows: _Rows, return_no: Integers, code: str, column: TypedColumn) -> None:
        """Adds the field's remarkable cells."""
        at = np.flatnonzero(column.rules >= 0)
        if not len(at):
            return
        numbers = return_no[at]
        places = [rows.places[number][code] for number in numbers.tolist()]
        on_profile = rows.sheet.layout == "key_value"
        self.cells.append(
            _frame(
                CELL_COLUMNS,
                [
                    numbers,
                    [rows.sheet.code] * len(at),
                    [row for _, row in places] if on_profile else [rows.excel_row[place] for place in at.tolist()],
                    [excel_col for excel_col, _ in places],
                    [code] * len(at),
                    np.array(RULES, dtype=object)[column.rules[at]],
                    column.texts[at],
                    column.details[at],
                ],
            )
        )

    def _places(self) -> pd.DataFrame:
        """Where every field stands, sheet by sheet."""
        columns: list[list[object]] = [[] for _ in PLACE_COLUMNS]
        for code, rows in self.rows.items():
            for number, places in rows.places.items():
                count = len(places)
                spots = list(places.values())
                found: list[Sequence[object]] = [
                    [number] * count,
                    [code] * count,
                    [rows.names[number]] * count,
                    list(places),
                    [excel_col for excel_col, _ in spots],
                    [excel_row for _, excel_row in spots],
                ]
                for column, values in zip(columns, found, strict=True):
                    column.extend(values)
        return _frame(PLACE_COLUMNS, columns)

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
                "readable": np.array(self.readable, dtype=bool),
            }
        )


def _series(values: npt.NDArray[Any], item: Field) -> pd.Series[Any]:
    if item.type == "flag":
        empty = pd.isna(values)
        return pd.Series(pd.arrays.BooleanArray(np.where(empty, False, values).astype(bool), empty))
    return pd.Series(values, dtype=values.dtype, copy=False)


def _texts(values: Sequence[object] | pd.Series[Any]) -> pd.Series[Any]:
    """Text or None."""
    return pd.Series([value if isinstance(value, str) else None for value in values], dtype=object)


def _frame(columns: tuple[str, ...], values: Sequence[Any]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: np.asarray(column, dtype=np.int64) if name in _NUMBERS else pd.Series(column, dtype=object)
            for name, column in zip(columns, values, strict=True)
        }
    )


def _table(columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    return _frame(columns, list(zip(*rows, strict=True)) if rows else [[] for _ in columns])
