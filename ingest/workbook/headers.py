"""Where a table's header stands and which field every column holds."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.text import fold
from ingest.workbook.grids import Grid, Row

_DEEPEST = 500


@dataclass(frozen=True)
class Header:
    """A table's header: `columns` field code -> column, `others` column -> label outside the form, `ignored` columns.

    Rows and columns count within the grid; the data begin in row `body`.
    """

    row: int
    body: int
    columns: dict[str, int]
    others: dict[int, str]
    ignored: frozenset[int]


def find_header(grid: Grid, filled: list[Row], fields: dict[str, str], ignored: frozenset[str]) -> Header | None:
    """The header of the sheet's table, wherever it stands; None where no row holds a label of the form.

    The first row with half of the labels is it, else the row with most; a label may be split over two rows.
    """
    depth = min(len(filled), _DEEPEST)
    best, row = 0, -1
    for index in range(depth):
        hits = len(_match(filled[index], fields))
        if hits > best:
            best, row = hits, index
            if hits * 2 >= len(fields):
                break
    if best < 2:
        for index in range(depth - 1):
            joined: Row = [_join(upper, lower) for upper, lower in zip(filled[index], filled[index + 1], strict=True)]
            if (hits := len(_match(joined, fields))) > best:
                best, row = hits, index
    return _assemble(grid, filled, row, fields, ignored) if best else None


def _match(row: Row, fields: dict[str, str]) -> dict[str, int]:
    """The fields whose label stands in the row, with the first column of each."""
    found: dict[str, int] = {}
    for column, value in enumerate(row):
        if value.__class__ is str and value:
            field = fields.get(fold(value))  # type: ignore[arg-type]
            if field is not None and field not in found:
                found[field] = column
    return found


def _join(upper: object, lower: object) -> str:
    return "".join(value for value in (upper, lower) if isinstance(value, str))


def _assemble(grid: Grid, filled: list[Row], row: int, fields: dict[str, str], ignored: frozenset[str]) -> Header:
    labels = filled[row]
    columns = _match(labels, fields)
    body = row + 1
    if len(columns) < len(fields):
        body = _supplement(filled, row, fields, columns)
    taken = set(columns.values())
    others: dict[int, str] = {}
    skipped = set()
    for column, value in enumerate(labels):
        if column in taken:
            continue
        label = value if isinstance(value, str) else ""
        if fold(label) in ignored:
            skipped.add(column)
            continue
        if body == row + 2 and isinstance(filled[row + 1][column], str) and str(filled[row + 1][column]).strip():
            label = str(filled[row + 1][column])
        elif fold(label) in fields and grid.rows[row][column] == "":
            label = ""  # covered by the merged label of the column beside it
        others[column] = label.strip()
    return Header(row, body, columns, others, frozenset(skipped))


def _supplement(filled: list[Row], row: int, fields: dict[str, str], columns: dict[str, int]) -> int:
    """Adds to `columns` the labels in the row below or above, or split over two; the first row of the body."""
    body, taken = row + 1, set(columns.values())
    blank: Row = [""] * len(filled[row])
    above = filled[row - 1] if row else blank
    below = filled[row + 1] if row + 1 < len(filled) else blank
    for column, label in enumerate(filled[row]):
        if column in taken:
            continue
        candidates = (
            (_join("", below[column]), row + 2),
            (_join(label, below[column]), row + 2),
            (_join(above[column], ""), row + 1),
            (_join(above[column], label), row + 1),
        )
        for candidate, start in candidates:
            field = fields.get(fold(candidate)) if candidate else None
            if field is not None and field not in columns:
                columns[field] = column
                body = max(body, start)
                break
    return body
