"""A key-value sheet (封面, 基本情况): every value stands in the cell right of its label."""

from __future__ import annotations

from catalogue.models import Sheet
from catalogue.text import fold
from ingest.workbook.cells import as_text
from ingest.workbook.grids import Grid
from ingest.workbook.labels import FormLabels
from ingest.workbook.merges import fill_merges, right_edges
from ingest.workbook.received import Problem, SheetReading
from ingest.workbook.tables import absent_fields, column_letters

IDENTITY = frozenset({"form_version", "township_code", "period"})  # of the cover: F05, F02, F03 speak of their absence
_LONGEST_LABEL = 40


def read_profile(grid: Grid, sheet: Sheet, labels: FormLabels) -> tuple[SheetReading, list[Problem]]:
    """The sheet as one row numbered 0, and what is wrong with its labels (F07, F08, F09)."""
    reading = SheetReading(grid.name, excel_rows=[0])
    filled, edges = fill_merges(grid), right_edges(grid)
    fields = labels.fields[sheet.code]
    problems: list[Problem] = []
    unknown: list[tuple[int, int, str, object]] = []
    label_columns, value_cells = set(), set()
    for index, row in enumerate(grid.rows):
        for column, value in enumerate(row):
            if not isinstance(value, str) or len(value) > _LONGEST_LABEL or labels.is_blank(value):
                continue
            right = edges.get((index, column), column) + 1
            found = filled[index][right] if right < len(row) else ""
            field = fields.get(fold(value).rstrip(":"))
            if field is None or field in reading.columns:
                if not labels.is_blank(found):
                    unknown.append((index, column, value, found))
                continue
            label_columns.add(column)
            value_cells.add((index, right))
            reading.columns[field] = [found]
            reading.places[field] = (grid.left + right + 1, grid.top + index + 1)
    extra = {}
    for index, column, value, found in unknown:
        if column in label_columns and (index, column) not in value_cells:
            label = value.strip().rstrip(":：")
            extra[label] = as_text(found)
            where = f"{column_letters(grid.left + column)}{grid.top + index + 1}"
            problems.append(Problem("F07", sheet.code, label, f"“{grid.name}”表 {where} 的项目不在表单内"))
    reading.extra = [extra or None] if extra else []
    present = set(reading.columns) | (IDENTITY if sheet.code == "cover" else set())
    return reading, problems + absent_fields(sheet, present)
