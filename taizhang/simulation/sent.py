"""A return as it is sent: typed rows by sheet, what was spoiled in them, and what is wrong with its structure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from catalogue import Form
from catalogue.periods import Period
from taizhang.simulation.township import Township

Value = Any  # str | int | float | bool | date | None: a typed value


@dataclass(frozen=True)
class Spoilt:
    """A cell no reader can type: what stands there, and the rule it breaks."""

    written: Any
    rule: str


@dataclass(slots=True)
class Row:
    """A row (key-value sheets have one). A spoilt field has no value; an approximate one keeps its number."""

    values: dict[str, Value]
    spoilt: dict[str, Spoilt] = field(default_factory=dict)
    approximate: dict[str, str] = field(default_factory=dict)
    excel_row: int = 0
    field_rows: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Row:
        """An independent copy."""
        return Row(dict(self.values), dict(self.spoilt), dict(self.approximate))

    def get(self, code: str) -> Value:
        """The value a reader sees: None where the cell is empty or spoilt."""
        return None if code in self.spoilt else self.values.get(code)

    def at(self, code: str) -> int:
        """The Excel row of the field's cell."""
        return self.field_rows.get(code, self.excel_row)


@dataclass
class Structure:
    """What is wrong with the workbook's build."""

    missing_sheets: list[str] = field(default_factory=list)
    missing_columns: list[tuple[str, str]] = field(default_factory=list)
    extra_columns: dict[str, str] = field(default_factory=dict)  # sheet code: label
    extra_sheets: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)  # empty event sheets, allowed


@dataclass
class SentReturn:
    """One version of a township's monthly return."""

    form: Form
    township: Township
    period: Period
    version: int
    prepared_on: date
    sheets: dict[str, list[Row]]
    structure: Structure = field(default_factory=Structure)
    planted: list[str] = field(default_factory=list)

    def copy(self, version: int, prepared_on: date) -> SentReturn:
        """The same content as a further version, prepared on another day."""
        sheets = {code: [row.copy() for row in rows] for code, rows in self.sheets.items()}
        sheets["cover"][0].values["prepared_on"] = prepared_on
        return SentReturn(self.form, self.township, self.period, version, prepared_on, sheets)

    @property
    def cover(self) -> Row:
        """The cover's only row."""
        return self.sheets["cover"][0]

    @property
    def profile(self) -> Row:
        """The profile's only row."""
        return self.sheets["profile"][0]

    def has(self, sheet: str) -> bool:
        """True when the workbook contains the sheet."""
        return sheet not in self.structure.missing_sheets and sheet not in self.structure.left_out

    def broken(self, sheet: str) -> bool:
        """True when a required column of the sheet is missing (rule F09)."""
        return any(
            code == sheet and self.form.sheet(sheet).field(column).required
            for code, column in self.structure.missing_columns
        )
