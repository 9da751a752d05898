"""One file read: its sheets by the form's labels, its problems. No frames here: this runs inside the sandbox too."""

from __future__ import annotations

import re
from datetime import date

from catalogue.models import Form, Sheet, Synonyms
from catalogue.text import fold
from ingest.workbook.cells import CellGrammar, Parse
from ingest.workbook.container import Container, refuse_bombs
from ingest.workbook.grids import Grid, open_workbook
from ingest.workbook.labels import FormLabels
from ingest.workbook.listing import read_said
from ingest.workbook.profiles import read_profile
from ingest.workbook.received import FileReading, Identity, Problem, Unreadable
from ingest.workbook.tables import read_table

_MONTH = re.compile(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])")
_COVER = "cover"
_DATA_PROBLEMS = frozenset({"C02", "C03", "C04", "C05", "C08"})


class FileReader:
    """Reads files by one form and its synonyms. `around`: a day near the returns' months."""

    def __init__(self, form: Form, synonyms: Synonyms, around: date) -> None:
        self.labels = FormLabels(form, synonyms)
        self.grammar = CellGrammar.of(synonyms, around)
        self._parsers: dict[tuple[str, str], Parse] = {}

    def read(self, container: Container) -> FileReading:
        """The file's sheets and problems; a file that cannot be read has the one problem F01."""
        try:
            return self._read(container)
        except Unreadable as reason:
            return FileReading.unreadable(str(reason))

    def identify(self, container: Container) -> Identity:
        """Township and period by the cover alone."""
        try:
            if not container.plain:
                refuse_bombs(container)
            workbook = open_workbook(container, marked=False)
            names = (name for name in workbook.names if self.labels.sheets.get(fold(name)) is self._cover)
            grid = next((grid for grid in map(workbook.grid, names) if not grid.is_empty), None)
            if grid is None:
                return Identity()
            columns = read_profile(grid, self._cover, self.labels)[0].columns
        except Unreadable:
            return Identity(readable=False)
        typed = {
            code: self.parser(_COVER, code, epoch_1904=workbook.epoch_1904)(columns.get(code, [""])[0]).value
            for code in ("township_code", "period")
        }
        return Identity(_known(typed["township_code"]), as_month(typed["period"]))

    def parser(self, sheet_code: str, field_code: str, *, epoch_1904: bool = False) -> Parse:
        """The function that types the field's cells."""
        field = self.labels.form.sheet(sheet_code).field(field_code)
        return self.grammar.parser(sheet_code, field, epoch_1904=epoch_1904)

    @property
    def _cover(self) -> Sheet:
        return self.labels.form.sheet(_COVER)

    def _read(self, container: Container) -> FileReading:
        if not container.plain:
            refuse_bombs(container)
        workbook = open_workbook(container)
        reading = FileReading(epoch_1904=workbook.epoch_1904)
        empty: dict[str, Grid] = {}
        for grid in workbook.grids():
            folded = fold(grid.name)
            sheet = self.labels.sheets.get(folded)
            if sheet is not None and sheet.code not in reading.sheets:
                if not grid.rows and sheet.code not in empty:
                    empty[sheet.code] = grid
                elif grid.rows:
                    self._add(reading, grid, sheet.code)
            elif self.labels.is_own(grid):
                reading.said += read_said(grid)
            elif not grid.is_empty:
                reading.problems.append(Problem("F07", None, grid.name, "工作表不在表单内"))
        for code, grid in empty.items():
            if code not in reading.sheets:
                self._add(reading, grid, code)
        for sheet in self.labels.form.sheets:
            if sheet.required and sheet.code not in reading.sheets:
                reading.problems.append(Problem("F04", sheet.code, sheet.label, f"缺少必需的工作表“{sheet.label}”"))
        return reading

    def _add(self, reading: FileReading, grid: Grid, code: str) -> None:
        sheet = self.labels.form.sheet(code)
        if sheet.layout == "key_value":
            reading.sheets[code], problems = read_profile(grid, sheet, self.labels)
        else:
            reading.sheets[code], problems = read_table(grid, sheet, self.labels, self._is_valid)
        reading.problems += problems

    def _is_valid(self, sheet_code: str, field_code: str, value: object) -> bool:
        key = (sheet_code, field_code)
        if key not in self._parsers:
            self._parsers[key] = self.parser(sheet_code, field_code)
        typed = self._parsers[key](value)
        return typed.value is not None and typed.rule not in _DATA_PROBLEMS


def as_month(value: object) -> str | None:
    """The value where it is a month YYYY-MM, else None (rule F03 then speaks of it)."""
    return value if isinstance(value, str) and _MONTH.fullmatch(value) else None


def _known(value: object) -> str | None:
    return value if isinstance(value, str) else None
