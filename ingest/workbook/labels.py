"""The form's labels as they are compared: folded, and never by likeness."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from catalogue.models import Form, Sheet, Synonyms
from catalogue.text import fold

OWN_SHEETS = frozenset(
    {"填表说明", "问题清单"}
)  # written by the platform itself into templates and annotated workbooks


@dataclass(frozen=True)
class FormLabels:
    """What is needed of form and synonyms to find sheets, columns and rows."""

    form: Form
    synonyms: Synonyms

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
