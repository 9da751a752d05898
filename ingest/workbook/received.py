"""What goes into the reader and what one file looks like when it has been read: plain values, no frames."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from catalogue.explanations import Said


class Unreadable(Exception):
    """The file is no workbook that can be read (rule F01); the text is the Chinese reason for the clerk."""


@dataclass(frozen=True)
class ReceivedFile:
    """A file as it was received: `path` is the archived copy, `file_name` its posix path inside the inbox."""

    path: Path
    file_name: str
    sha256: str
    received_at: datetime


@dataclass(frozen=True)
class Identity:
    """Whose return a file is and of which month, by its cover; None where the cover does not say."""

    township_code: str | None = None
    period: str | None = None
    readable: bool = True


@dataclass(frozen=True)
class FormulaError:
    """A cell whose formula has no stored value, or whose value is an error (rule C08)."""

    text: str
    detail: str


@dataclass(frozen=True)
class Problem:
    """A problem of file or sheet: F01, F04, F07, F08 or F09."""

    rule: str
    sheet: str | None
    observed: str | None
    detail: str


@dataclass(frozen=True)
class Note:
    """A cell that is shown to the clerk though its row was not read as data (rule C07)."""

    excel_row: int
    excel_col: int
    observed: str
    detail: str


@dataclass
class SheetReading:
    """A sheet of the form as found: values column by column, untyped.

    columns     field code -> one value per row; a field whose column is absent has none
    places      field code -> (excel column, excel row) of its header (table) or of its value (key-value), 1-based
    excel_rows  one per row, 1-based; on a key-value sheet one row numbered 0
    extra       per row the unknown columns with content, label -> text, or None; empty when no row has any
    """

    sheet_name: str
    excel_rows: list[int] = field(default_factory=list)
    columns: dict[str, list[object]] = field(default_factory=dict)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    extra: list[dict[str, str] | None] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    rows_ignored: int = 0


@dataclass
class FileReading:
    """One file, read. Where `problems` holds an F01 there are no sheets. `epoch_1904`: serials count from 1904.

    said: lines of the sheet 问题清单 (if the file is an annotated one sent back) that bear an explanation
    """

    sheets: dict[str, SheetReading] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    epoch_1904: bool = False
    said: list[Said] = field(default_factory=list)

    @classmethod
    def unreadable(cls, reason: str) -> FileReading:
        """The reading of a file that is no readable workbook."""
        return cls(problems=[Problem("F01", None, reason, reason)])

    @property
    def readable(self) -> bool:
        """False where the file could not be read at all."""
        return not any(problem.rule == "F01" for problem in self.problems)
