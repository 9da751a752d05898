"""Writes .ods files directly as XML (OpenDocument 1.3), with the same cells as the .xlsx writer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from taizhang.simulation.grid import PERCENT, Cell, Formula, Grid, Styled
from taizhang.simulation.xlsx import pack

TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_URN = "urn:oasis:names:tc:opendocument:xmlns"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OPEN = (
    f'{_HEAD}<office:document-content xmlns:office="{_URN}:office:1.0" xmlns:table="{_URN}:table:1.0" '
    f'xmlns:text="{_URN}:text:1.0" xmlns:of="{_URN}:of:1.2" office:version="1.3"><office:body><office:spreadsheet>'
)
_CLOSE = "</office:spreadsheet></office:body></office:document-content>"
_MANIFEST = (
    f'{_HEAD}<manifest:manifest xmlns:manifest="{_URN}:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def write_ods(grids: Sequence[Grid], *, level: int = 2) -> bytes:
    """The workbook as bytes. Raises ValueError on a formula without a stored value, which OpenDocument cannot hold."""
    content = _OPEN + "".join(_table(grid) for grid in grids) + _CLOSE
    parts = {"mimetype": TYPE, "content.xml": content, "META-INF/manifest.xml": _MANIFEST}
    return pack(parts, level, stored=frozenset({"mimetype"}))


def _table(grid: Grid) -> str:
    covered, spans = _merged(grid)
    width = max((len(row) for row in grid.rows), default=1) or 1
    lines = []
    for number, row in enumerate(grid.rows, start=1):
        cells = [
            "<table:covered-table-cell/>" if (number, place) in covered else _cell(cell, spans.get((number, place), ""))
            for place, cell in enumerate([*row, *[None] * (width - len(row))], start=1)
        ]
        hidden = ' table:visibility="collapse"' if number in grid.hidden else ""
        lines.append(f"<table:table-row{hidden}>{''.join(cells)}</table:table-row>")
    body = "".join(lines) or "<table:table-row><table:table-cell/></table:table-row>"
    return f"<table:table table:name={quoteattr(grid.name)}>{body}</table:table>"


def _merged(grid: Grid) -> tuple[set[tuple[int, int]], dict[tuple[int, int], str]]:
    """Covered places, and the span attributes of the cells that cover them."""
    covered, spans = set(), {}
    for top, left, bottom, right in grid.merges:
        covered |= {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        covered.discard((top, left))
        spans[top, left] = (
            f' table:number-columns-spanned="{right - left + 1}" table:number-rows-spanned="{bottom - top + 1}"'
        )
    return covered, spans


def _cell(cell: Cell, span: str) -> str:
    kind = "float"
    if isinstance(cell, Styled):
        kind = "percentage" if cell.style == PERCENT else kind
        cell = cell.value
    if cell is None:
        return f"<table:table-cell{span}/>"
    if isinstance(cell, str):
        paragraphs = "".join(f"<text:p>{_text(part)}</text:p>" for part in cell.split("\n"))
        return f'<table:table-cell{span} office:value-type="string">{paragraphs}</table:table-cell>'
    if isinstance(cell, date):
        value = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
        return f"<table:table-cell{span} {value}><text:p>{cell.isoformat()}</text:p></table:table-cell>"
    formula = ""
    if isinstance(cell, Formula):
        if cell.cached is None:
            raise ValueError(f"the formula {cell.text} has no stored value")
        formula, cell = f" table:formula={quoteattr('of:=' + _references(cell.text))}", cell.cached
    value = f'office:value-type="{kind}" office:value="{cell!r}"'
    return f"<table:table-cell{span}{formula} {value}><text:p>{cell!r}</text:p></table:table-cell>"


def _references(text: str) -> str:
    """SUM(C2:C4) as OpenFormula writes it: SUM([.C2:.C4])."""
    if ":" not in text:
        return text
    head, _, rest = text.partition("(")
    first, _, last = rest.rstrip(")").partition(":")
    return f"{head}([.{first}:.{last}])"


def _text(text: str) -> str:
    """Blanks at the ends and in rows survive only as elements."""
    return escape(text).replace(" ", "<text:s/>")
