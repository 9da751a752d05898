"""The form's labels as they are compared: folded, and never by likeness."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from catalogue.models import Form, Sheet, Synonyms
from catalogue.text import fold
from ingest.workbook.grids import Grid

# Sheets the platform itself writes into templates and annotated workbooks: name -> how one of their rows begins.
_OWN_SHEETS = {"填表说明": ("《{form}》填表说明",), "问题清单": ("序号", "级别", "规则")}
_OWN_DEPTH = 30


@dataclass(frozen=True)
class FormLabels:
    """What is needed of form and synonyms to find sheets, columns and rows."""

    form: Form
    synonyms: Synonyms

    def is_own(self, grid: Grid) -> bool:
        """True for a sheet the platform wrote: known by its name and by what stands on it."""
        begins = [word.format(form=self.form.name) for word in _OWN_SHEETS.get(fold(grid.name), ())]
        return bool(begins) and any(
            all(isinstance(cell, str) and cell.startswith(word) for cell, word in zip(row, begins, strict=False))
            for row in grid.rows[:_OWN_DEPTH]
        )

    @cached_property
    def sheets(self) -> dict[str, Sheet]:
        """The sheets by label."""
        return {fold(sheet.label): sheet for sheet in self.form.sheets}

    @cached_property
    def fields(self) -> dict[str, dict[str, str]]:
        """Sheet code -> label -> field code."""
        return {sheet.code: {fold(field.label): field.code for field in sheet.fields} for sheet in self.form.sheets}

    @cached_property
    def ignored_columns(self) -> frozenset[str]:
        """Labels of columns that are no data and no finding."""
        return frozenset(map(fold, self.synonyms.ignored_columns))

    @cached_property
    def totals(self) -> frozenset[str]:
        """First cells of rows that are no data."""
        return frozenset(map(fold, self.synonyms.total_row_labels))

    @cached_property
    def blanks(self) -> frozenset[str]:
        """Texts that mean an empty cell."""
        return frozenset({""} | {fold(mark) for mark in self.synonyms.blank_marks})

    def is_blank(self, value: object) -> bool:
        """True for an empty cell, for blanks, and for a published blank mark."""
        if not isinstance(value, str):
            return False
        return not value or value.isspace() or (len(value) < 20 and fold(value) in self.blanks)
