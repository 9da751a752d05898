"""A table sheet cut into columns: which rows are data, and the values of every field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from catalogue.models import Sheet
from catalogue.text import fold
from ingest.workbook.cells import as_text
from ingest.workbook.footers import begins_footer, may_follow
from ingest.workbook.grids import Grid, Row
from ingest.workbook.headers import Header, find_header
from ingest.workbook.labels import FormLabels
from ingest.workbook.merges import banners, fill_merges
from ingest.workbook.received import Note, Problem, SheetReading

Validity = Callable[[str, str, object], bool]  # sheet code, field code, cell: True where it holds a readable value
_LONGEST_LABEL = 24
_MOST_UNKNOWN = 50  # findings of one sheet; the content of every column is kept
_FEW = 2
_NO_DATA, _FOOTER = "不是数据行，未读入", "表下的说明或签名，未作为数据读入"


def read_table(grid: Grid, sheet: Sheet, labels: FormLabels, is_valid: Validity) -> tuple[SheetReading, list[Problem]]:
    """The sheet's rows by column, and what is wrong with its columns (F07, F08, F09)."""
    reading = SheetReading(grid.name)
    filled = fill_merges(grid)
    header = find_header(grid, filled, labels.fields[sheet.code], labels.ignored_columns)
    if header is None:
        return reading, absent_fields(sheet, set()) if sheet.required or not grid.is_empty else []
    cut = _Cut(grid, filled, header, sheet, labels, is_valid)
    kept = cut.rows(reading)
    reading.excel_rows = [grid.top + index + 1 for index in kept]
    columns = list(zip(*(filled[index] for index in kept), strict=True)) if kept else []
    for field, column in header.columns.items():
        reading.places[field] = (grid.left + column + 1, grid.top + header.row + 1)
        if columns:
            reading.columns[field] = list(columns[column])
    others = cut.others(kept) if header.others else {}
    if others:
        reading.extra = [cut.beside(index, others) for index in kept]
    return reading, _unknown(grid, others, sheet.code) + absent_fields(sheet, set(header.columns))


def _unknown(grid: Grid, others: dict[int, str], code: str) -> list[Problem]:
    problems = [
        Problem("F07", code, label, f"“{grid.name}”表第 {column_letters(grid.left + column)} 列不在表单内")
        for column, label in others.items()
    ]
    return problems[:_MOST_UNKNOWN]


def absent_fields(sheet: Sheet, present: set[str]) -> list[Problem]:
    """F09 for every required field that is not present, F08 for every other one."""
    if len(present) == len(sheet.fields):
        return []
    return [
        Problem("F09" if field.required else "F08", sheet.code, field.label, f"“{sheet.label}”表缺少“{field.label}”")
        for field in sheet.fields
        if field.code not in present
    ]


def column_letters(column: int) -> str:
    """The column as Excel names it; 0 is A."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass
class _Cut:
    """The rows below a header, told apart: data, totals, repeated headers, notes; blank rows are none of them."""

    grid: Grid
    filled: list[Row]
    header: Header
    sheet: Sheet
    labels: FormLabels
    is_valid: Validity

    def rows(self, reading: SheetReading) -> list[int]:
        """The indexes of the data rows; totals, repeated headers and notes are counted in `reading`."""
        kept: list[int] = []
        mapped = frozenset(self.header.columns.values())
        aside = banners(self.grid, mapped) if self.grid.merges else {}
        for index, column, value in self._with_content():
            if value.__class__ is str and len(value) <= _LONGEST_LABEL and self._is_total_or_header(index, fold(value)):  # type: ignore[arg-type]
                reading.rows_ignored += 1
            elif column in mapped and index not in aside:
                kept.append(index)
            elif self._is_banner(index, aside) or not any(column in mapped for column in self._own(index)):
                self._ignore(index, reading, _NO_DATA)
            else:
                kept.append(index)
        footers = self._count_footers(kept)
        for index in kept[len(kept) - footers :]:
            self._ignore(index, reading, _FOOTER)
        return kept[: len(kept) - footers]

    def _is_banner(self, index: int, aside: dict[int, set[int]]) -> bool:
        return index in aside and self._own(index).keys() <= aside[index]

    def others(self, kept: list[int]) -> dict[int, str]:
        """The columns outside the form with their labels; those without a label only where a row has content there."""
        found: dict[int, str] = {}
        taken: set[str] = set()
        for column, label in self.header.others.items():
            where = f"{column_letters(self.grid.left + column)} 列"
            if label:
                found[column] = f"{label}（{where}）" if label in taken else label
                taken.add(label)
            elif not all(self.labels.is_blank(self.grid.rows[index][column]) for index in kept):
                found[column] = f"无列名（{where}）"
        return found

    def beside(self, index: int, others: dict[int, str]) -> dict[str, str] | None:
        """The row's content in the columns outside the form."""
        row = self.filled[index]
        texts = {
            label: as_text(row[column]) for column, label in others.items() if not self.labels.is_blank(row[column])
        }
        return texts or None

    def _with_content(self) -> Iterator[tuple[int, int, object]]:
        """Row, column and value of the first cell in every row with content of its own, not only merged from above."""
        ignored, is_blank, totals = self.header.ignored, self.labels.is_blank, self.labels.totals
        for index in range(self.header.body, len(self.grid.rows)):
            row = self.grid.rows[index]
            if not any(row) and 0.0 not in row:
                continue
            for column, value in enumerate(row):
                if value == "" or (value.__class__ is str and is_blank(value)):
                    continue
                if column in ignored and not (isinstance(value, str) and fold(value) in totals):
                    continue
                yield index, column, value
                break

    def _is_total_or_header(self, index: int, first: str) -> bool:
        if first in self.labels.totals:
            return True
        fields = self.labels.fields[self.sheet.code]
        if first not in fields and first not in map(fold, self.header.others.values()):
            return False
        row = self.filled[index]
        same = sum(
            isinstance(value := row[column], str) and fields.get(fold(value)) == field
            for field, column in self.header.columns.items()
        )
        return same >= min(2, len(self.header.columns))

    def _own(self, index: int) -> dict[int, object]:
        """The row's own cells with content, by column."""
        row = enumerate(self.grid.rows[index])
        return {c: value for c, value in row if c not in self.header.ignored and not self.labels.is_blank(value)}

    def _count_footers(self, kept: list[int]) -> int:
        """How many of the last rows are notes and signatures, from the first such line down to the end."""
        footers = 0
        for count, index in enumerate(reversed(kept), start=1):
            whole = [value for value in self.grid.rows[index] if value != ""]
            if len(whole) > _FEW and not isinstance(whole[0], str):
                break
            cells = list(self._own(index).values())
            if begins_footer(cells) or begins_footer(whole):  # a note may begin in the column of running numbers
                if self._is_complete(index):
                    break
                footers = count
            elif not may_follow(cells):
                break
        return footers

    def _is_complete(self, index: int) -> bool:
        """True where every required cell is there and can be read: then the row is data, whatever it begins with."""
        columns, row = self.header.columns, self.filled[index]
        return all(
            field.code in columns and self.is_valid(self.sheet.code, field.code, row[columns[field.code]])
            for field in self.sheet.fields
            if field.required
        )

    def _ignore(self, index: int, reading: SheetReading, detail: str) -> None:
        own = self._own(index)
        column = min(own)
        text = " ".join(as_text(value) for value in own.values())
        reading.notes.append(Note(self.grid.top + index + 1, self.grid.left + column + 1, text, detail))
        reading.rows_ignored += 1
