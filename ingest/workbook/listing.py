"""The sheet 问题清单 of an annotated workbook, come back: what the clerk wrote beside the findings.

Lines may have been sorted, moved, filtered or deleted: each is read by the key it carries, wherever it stands.
"""

from __future__ import annotations

from catalogue.explanations import EXPLANATION, KEY, LONGEST, MESSAGE, RULE, Said
from catalogue.text import fold
from ingest.workbook.grids import Grid, Row

_DEPTH = 30  # the header stands below a few lines of introduction
_MOST = 20_000  # lines that are read


def read_said(grid: Grid) -> list[Said]:
    """The lines with an explanation; none on a sheet that has no such columns."""
    for number, row in enumerate(grid.rows[:_DEPTH]):
        columns = {fold(cell): place for place, cell in enumerate(row) if isinstance(cell, str)}
        if {RULE, MESSAGE, EXPLANATION} <= columns.keys():
            lines = (_said(line, columns) for line in grid.rows[number + 1 : number + 1 + _MOST])
            return [line for line in lines if line is not None]
    return []


def _said(row: Row, columns: dict[str, int]) -> Said | None:
    cells = {name: _text(row[columns[name]]) if name in columns else "" for name in (KEY, RULE, MESSAGE, EXPLANATION)}
    rule = cells[RULE].split(" ", 1)[0]
    if not cells[EXPLANATION] or not (cells[KEY] or rule):
        return None
    return Said(cells[KEY], rule, cells[MESSAGE], cells[EXPLANATION][:LONGEST])


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
