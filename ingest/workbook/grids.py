"""A workbook's sheets as rows of Python values, with merged ranges and the formulas that went wrong."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import python_calamine
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum

from ingest.workbook.container import Container
from ingest.workbook.formulas import FormulaMarks, mark_formulas, ods_merges
from ingest.workbook.legacy import uses_1904
from ingest.workbook.received import Unreadable
from ingest.workbook.zips import peek

Merge = tuple[int, int, int, int]  # first row, first column, last row, last column, within the grid
Row = list[object]
_TALL = 5_000
_MOST_ROWS = 50_000
_FURTHEST_MARK = 200  # a formula without value further outside the used area belongs to no table
_DATE_1904 = re.compile(rb"""date1904\s*=\s*["'](?:1|true)["']""")
_NULL_DATE_1904 = re.compile(rb"""<table:null-date[^>]*date-value=["']1904""")
_SETTINGS = 4 << 20  # bytes; the settings of an ods file stand before its tables
_DAMAGED = "文件已损坏，工作簿无法解析"


@dataclass
class Grid:
    """A sheet's used area. `rows[0][0]` is the cell in row `top`, column `left` (0-based) of the sheet.

    Cells are "" where empty, else str, float, bool, date, datetime, time, timedelta or FormulaError.
    """

    name: str
    rows: list[Row]
    top: int
    left: int
    merges: list[Merge]

    @property
    def is_empty(self) -> bool:
        """True where no cell holds anything but blanks."""
        return not any(
            value != "" and not (isinstance(value, str) and not value.strip()) for row in self.rows for value in row
        )


@dataclass
class Workbook:
    """An opened workbook; `grid` reads one sheet."""

    names: list[str]
    epoch_1904: bool
    grid: Callable[[str], Grid]

    def grids(self) -> Iterator[Grid]:
        """Every worksheet, in the workbook's order."""
        return (self.grid(name) for name in self.names)


def open_workbook(container: Container, *, marked: bool = True) -> Workbook:
    """The workbook in the container, with its formulas gone wrong unless `marked` is False.

    Raises Unreadable with a Chinese reason where it cannot be parsed.
    """
    book = _open_book(container.source)
    names = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    marks = mark_formulas(container) if marked else {}
    merges = ods_merges(container) if container.kind == "ods" else {}

    def grid(name: str) -> Grid:
        marked_cells, merged = marks.get(name, {}), merges.get(name)
        try:
            found = _read_grid(book, name, marked_cells, merged)
        except _Unspeakable:
            if not container.plain:
                raise
            found = _read_grid(_open_book(container.unstyled), name, marked_cells, merged)
        if container.kind != "xlsx":
            found.rows = [[float(value) if type(value) is int else value for value in row] for row in found.rows]
        return found

    return Workbook(names, _epoch_1904(container), grid)


def _open_book(source: bytes) -> CalamineWorkbook:
    try:
        with _no_panic(_DAMAGED):
            return CalamineWorkbook.from_filelike(io.BytesIO(source))
    except python_calamine.PasswordError:
        raise Unreadable("文件已加密，需要密码才能打开") from None
    except (python_calamine.CalamineError, OSError, ValueError):
        raise Unreadable(_DAMAGED) from None


def _read_grid(book: CalamineWorkbook, name: str, marks: FormulaMarks, merged: list[Merge] | None) -> Grid:
    try:
        with _no_panic(f"工作表“{name.strip()}”中有程序无法表示的内容，如过大的日期或时间"):
            return _make_grid(book.get_sheet_by_name(name), marks, merged)
    except (python_calamine.CalamineError, OSError, ValueError):
        raise Unreadable(_DAMAGED) from None


def _epoch_1904(container: Container) -> bool:
    if container.kind == "xlsx":
        return bool(_DATE_1904.search(container.inflate(container.workbook_part)))
    if container.kind == "ods":
        return bool(_NULL_DATE_1904.search(peek(container.data, container.parts["content.xml"], _SETTINGS)))
    return container.kind == "xls" and uses_1904(container.data)


def _make_grid(sheet: CalamineSheet, marks: FormulaMarks, merged: list[Merge] | None) -> Grid:
    start = sheet.start
    top, left = start if start is not None else (0, 0)
    if start is None:
        rows: list[Row] = []
    elif sheet.height > _TALL:
        rows = _read_tall(sheet)
    else:
        rows = sheet.to_python()  # type: ignore[assignment]
    if marks:
        top, left = _place_marks(rows, top, left, marks)
    if merged is None:
        merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
    merges = [(r1 - top, c1 - left, r2 - top, c2 - left) for r1, c1, r2, c2 in merged]
    return Grid(sheet.name, rows, top, left, merges)


class _Unspeakable(Unreadable):
    """A number no date or duration can hold stands in a cell formatted as one."""


@contextmanager
def _no_panic(reason: str) -> Iterator[None]:
    """Turns an overflow and the parser's panic, which is no Exception, into Unreadable; everything else passes."""
    try:
        yield
    except BaseException as error:
        if not isinstance(error, OverflowError) and type(error).__name__ != "PanicException":
            raise
        raise _Unspeakable(reason) from None


def _read_tall(sheet: CalamineSheet) -> list[Row]:
    """The rows of a tall sheet; all its blank rows are one object, so that they cost nothing.

    Raises Unreadable where more rows than any township fills hold something.
    """
    blank: Row = [""] * sheet.width
    rows: list[Row] = []
    used = 0
    for row in sheet.iter_rows():
        if any(row) or 0.0 in row:
            used += 1
            if used > _MOST_ROWS:
                raise Unreadable(f"工作表“{sheet.name.strip()}”的数据超过 {_MOST_ROWS} 行")
            rows.append(row)  # type: ignore[arg-type]
        else:
            rows.append(blank)
    return rows


def _place_marks(rows: list[Row], top: int, left: int, marks: FormulaMarks) -> tuple[int, int]:
    """Puts every formula gone wrong where it stands; the used area grows to hold those near to it."""
    if not rows:
        top, left = min(row for row, _ in marks), min(column for _, column in marks)
    width = len(rows[0]) if rows else 0
    near = [
        (row, column)
        for row, column in marks
        if row - top < len(rows) + _FURTHEST_MARK and column - left < width + _FURTHEST_MARK
    ]
    if not near:
        return top, left
    above, before = max(0, top - min(row for row, _ in near)), max(0, left - min(column for _, column in near))
    top, left = top - above, left - before
    height = max(len(rows) + above, 1 + max(row for row, _ in near) - top)
    width = max(width + before, 1 + max(column for _, column in near) - left)
    grown: list[Row] = [[""] * width for _ in range(above)]
    grown += [[""] * before + row + [""] * (width - before - len(row)) for row in rows]
    grown += [[""] * width for _ in range(height - len(grown))]
    for row, column in near:
        grown[row - top][column - left] = marks[row, column]
    rows[:] = grown
    return top, left
