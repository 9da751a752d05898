"""Writes .xlsx files directly as XML (ECMA-376): fast, and the same grids give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape

from taizhang.simulation.grid import CHINESE_DAY, DAY, PLAIN, Cell, Formula, Grid, Styled, column_letters

EPOCH_1900, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
MOMENT = (1980, 1, 1, 0, 0, 0)  # the oldest time a ZIP entry can carry
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_BORDER = (
    '<border><left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/><diagonal/></border>'
)
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/>'
    '<numFmt numFmtId="165" formatCode="0.0%"/>'
    '<numFmt numFmtId="166" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/><name val="宋体"/></font>'
    '<font><b/><sz val="16"/><name val="黑体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    f'</fills><borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>{_BORDER}</borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="1" xfId="0" applyAlignment="1">'
    '<alignment horizontal="center" vertical="center" wrapText="1"/></xf>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
    '<alignment horizontal="center"/></xf>'
    '<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_ROOT_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_LETTERS = tuple(column_letters(number) for number in range(1, 64))


class _Strings(dict[str, int]):
    """The shared string table: text to index, first come first."""

    def __missing__(self, text: str) -> int:
        self[text] = index = len(self)
        return index


def write_xlsx(grids: Sequence[Grid], *, date_1904: bool = False, level: int = 2) -> bytes:
    """The workbook as bytes; dates are stored in the 1900 system, or the 1904 one when asked."""
    strings = _Strings()
    epoch = EPOCH_1904 if date_1904 else EPOCH_1900
    sheets = [_sheet(grid, strings, epoch) for grid in grids]
    numbers = range(1, len(grids) + 1)
    parts = {
        "[Content_Types].xml": _content_types(numbers),
        "_rels/.rels": _ROOT_RELATIONS,
        "xl/workbook.xml": _workbook(grids, date_1904),
        "xl/_rels/workbook.xml.rels": _relations(numbers),
        "xl/styles.xml": _STYLES,
        "xl/sharedStrings.xml": _shared(strings),
    } | {f"xl/worksheets/sheet{number}.xml": text for number, text in zip(numbers, sheets, strict=True)}
    return pack(parts, level)


def pack(parts: dict[str, str], level: int, stored: frozenset[str] = frozenset()) -> bytes:
    """The parts as a ZIP file without any moment of writing; `stored` ones are not compressed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.create_system = 3
            kind = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode(), kind, level)
    return target.getvalue()


def _sheet(grid: Grid, strings: _Strings, epoch: date) -> str:
    out = [
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetFormatPr defaultColWidth="13.5" defaultRowHeight="15"/><sheetData>'
    ]
    for number, row in enumerate(grid.rows, start=1):
        cells = [
            _cell(cell, f"{_LETTERS[place]}{number}", strings, epoch)
            for place, cell in enumerate(row)
            if cell is not None
        ]
        if cells or number in grid.hidden:
            hidden = ' hidden="1"' if number in grid.hidden else ""
            out.append(f'<row r="{number}"{hidden}>{"".join(cells)}</row>')
    out.append("</sheetData>")
    if grid.merges:
        ranges = "".join(
            f'<mergeCell ref="{_LETTERS[left - 1]}{top}:{_LETTERS[right - 1]}{bottom}"/>'
            for top, left, bottom, right in grid.merges
        )
        out.append(f'<mergeCells count="{len(grid.merges)}">{ranges}</mergeCells>')
    out.append("</worksheet>")
    return "".join(out)


def _cell(cell: Cell, place: str, strings: _Strings, epoch: date) -> str:
    kind = type(cell)
    if kind is str:
        return f'<c r="{place}" t="s"><v>{strings[cell]}</v></c>'  # type: ignore[index]
    if kind is int or kind is float:
        return f'<c r="{place}"><v>{cell!r}</v></c>'
    return _special(cell, place, strings, epoch)


def _special(cell: Cell, place: str, strings: _Strings, epoch: date) -> str:
    style = PLAIN
    if isinstance(cell, Styled):
        style = cell.style
        cell = cell.value
    if isinstance(cell, str):
        return f'<c r="{place}"{_style(style)} t="s"><v>{strings[cell]}</v></c>'
    if isinstance(cell, Formula):
        return _formula(cell, place)
    if isinstance(cell, date):
        style = CHINESE_DAY if style == CHINESE_DAY else DAY
        return f'<c r="{place}"{_style(style)}><v>{(cell - epoch).days}</v></c>'
    if cell is None:
        return f'<c r="{place}"{_style(style)}/>'
    return f'<c r="{place}"{_style(style)}><v>{cell!r}</v></c>'


def _style(style: int) -> str:
    return f' s="{style}"' if style else ""


def _formula(cell: Formula, place: str) -> str:
    text = escape(cell.text)
    if cell.error:
        return f'<c r="{place}" t="e"><f>{text}</f><v>{cell.error}</v></c>'
    stored = "" if cell.cached is None else f"<v>{cell.cached!r}</v>"
    return f'<c r="{place}"><f>{text}</f>{stored}</c>'


def _shared(strings: _Strings) -> str:
    items = []
    for text in strings:
        keep = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
        items.append(f"<si><t{keep}>{escape(text)}</t></si>")
    return f'{_HEAD}<sst xmlns="{_MAIN}" uniqueCount="{len(strings)}">{"".join(items)}</sst>'


def _workbook(grids: Sequence[Grid], date_1904: bool) -> str:
    base = '<workbookPr date1904="1"/>' if date_1904 else ""
    sheets = "".join(
        f'<sheet name="{escape(grid.name, {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, grid in enumerate(grids, start=1)
    )
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{base}<sheets>{sheets}</sheets></workbook>'


def _relations(numbers: Sequence[int]) -> str:
    sheets = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    last = len(numbers)
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{sheets}'
        f'<Relationship Id="rId{last + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId{last + 2}" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )


def _content_types(numbers: Sequence[int]) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/>{sheets}</Types>'
    )
