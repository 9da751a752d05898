"""Formulas without a stored value and cells that hold an error (rule C08); calamine shows both as empty cells.

xlsx: ECMA-376 part 1, 18.3.1.4 (c) and 18.3.1.40 (f). ods: OpenDocument 1.3 part 3, 9.1.4 (table-cell).
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator
from typing import Any, cast

from lxml import etree

from ingest.workbook.container import Container
from ingest.workbook.legacy import xls_errors
from ingest.workbook.received import FormulaError, Unreadable
from ingest.workbook.zips import stream

FormulaMarks = dict[tuple[int, int], FormulaError]  # by row and column, 0-based
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
_UNNAMED_CELL = re.compile(rb'<c(?! r="[A-Z]{1,3}\d{1,7}"|[A-Za-z])')
_LONGEST_CELL = 4 << 20
_FORMULA_START = re.compile(rb"<f[ />]")
_ERROR_TYPE = re.compile(rb""" t=["']e["']""")
_TYPE = re.compile(rb"""\st=["'](\w+)["']""")
_LETTERS = re.compile(rb"(\w+)")
_VALUE = re.compile(rb"<v(?: [^>]*)?(?:/>|>([^<]*))")
_FORMULA = re.compile(rb"<f(?: [^>]*)?(?:/>|>([^<]*))")
_MOST_MARKS = 100_000
_NO_VALUE = "公式没有保存计算结果"


def mark_formulas(container: Container) -> dict[str, FormulaMarks]:
    """The formulas gone wrong of every sheet that has any, by the sheet's name."""
    if container.kind == "xlsx":
        return _mark_xlsx(container)
    if container.kind == "ods":
        return {name: marks for name, marks, _ in _scan_ods(container) if marks}
    if container.kind == "xls":
        return {
            name: {place: _error(word) for place, word in found.items()}
            for name, found in xls_errors(container.data).items()
        }
    return {}


def ods_merges(container: Container) -> dict[str, list[tuple[int, int, int, int]]]:
    """The merged ranges of every sheet of an ods file (calamine shows none): first row, column, last row, column."""
    return {name: merges for name, _, merges in _scan_ods(container)}


def _error(word: str) -> FormulaError:
    return FormulaError(word, f"公式结果为错误值 {word}")


def _mark_xlsx(container: Container) -> dict[str, FormulaMarks]:
    found: dict[str, FormulaMarks] = {}
    for name in container.parts:
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            text = container.text.get(name)
            marks = _scan_stream(container, name) if text is None else _scan_plain(text)
            if marks:
                found[name] = marks
    if not found:
        return {}
    sheets = _sheet_parts(container)
    return {name: found[part] for name, part in sheets.items() if part in found}


def _scan_stream(container: Container, name: str) -> FormulaMarks:
    """The marks of any worksheet part, without holding all of it."""
    marks: FormulaMarks = {}
    rest = b""
    for piece in stream(container.data, container.parts[name]):
        text = rest + piece
        last = max(0, text.rfind(b"<c "))  # the last cell may be cut in two
        if b":c " in text or _UNNAMED_CELL.search(text, 0, last) or len(text) - last > _LONGEST_CELL:
            return _scan_tree(container, name)
        marks |= _scan_plain(text[:last])
        rest = text[last:]
    return marks | _scan_plain(rest)


def _scan_plain(text: bytes) -> FormulaMarks:
    """The marks of (a piece of) a sheet in which every cell begins with its reference."""
    marks: FormulaMarks = {}
    suspects = [_FORMULA_START] if b"</f>" in text else []
    if b'="e"' in text or (b"'" in text and b"='e'" in text):
        suspects.append(_ERROR_TYPE)
    for suspect in suspects:
        for found in suspect.finditer(text):
            start = text.rfind(b"<c ", max(0, found.start() - 300), found.start())
            end = text.find(b"</c>", found.start())
            if end < 0:
                break
            place = _PLAIN_CELL.match(text, start, end) if start >= 0 else None
            mark = _judge_plain(text[start:end]) if place else None
            if place and mark and len(marks) < _MOST_MARKS:
                marks[int(place[2]) - 1, _column(place[1].decode())] = mark
    return marks


def _judge_plain(cell: bytes) -> FormulaError | None:
    value, formula = _VALUE.search(cell), _FORMULA.search(cell)
    return _judge(
        _TYPE.search(cell[: cell.find(b">")]),
        None if value is None else _unescape(value[1] or b""),
        None if formula is None else _unescape(formula[1] or b""),
    )


def _unescape(text: bytes) -> str:
    return html.unescape(text.decode("utf-8", "replace"))


def _judge(kind: re.Match[bytes] | None, value: str | None, formula: str | None) -> FormulaError | None:
    """What is wrong with a cell of the type, stored value (None: none at all) and formula (None: none)."""
    letter = kind[1] if kind else b""
    if letter == b"e":
        return _error(value or "#N/A")
    if formula is None or value or (letter == b"str" and value is not None):
        return None
    return FormulaError("=" + (formula or "…"), _NO_VALUE)


def _sheet_parts(container: Container) -> dict[str, str]:
    """The part of every sheet, by the sheet's name."""
    workbook = container.workbook_part
    relations = posixpath.dirname(workbook) + "/_rels/" + posixpath.basename(workbook) + ".rels"
    if relations not in container.parts:
        return {}
    targets = {}
    for element in _parse(container.inflate(relations)).iter("{*}Relationship"):
        target = (element.get("Target") or "").lower()
        joined = target.lstrip("/") if target.startswith("/") else posixpath.join(posixpath.dirname(workbook), target)
        targets[element.get("Id")] = posixpath.normpath(joined)
    return {
        sheet.get("name") or "": targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION), "")
        for sheet in _parse(container.inflate(workbook)).iter("{*}sheet")
    }


def _parse(text: bytes) -> Any:
    try:
        return etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise Unreadable("文件已损坏，工作簿无法解析") from None


def _scan_tree(container: Container, name: str) -> FormulaMarks:
    """The marks of a worksheet part whose cells need not name their place, parsed as it is inflated."""
    marks: FormulaMarks = {}
    number = -1
    for _, row in _elements(container, name, ("{*}row",), ("end",)):
        number = _index(row.get("r"), number + 2) - 1
        if row.find("{*}c/{*}f") is not None or any(cell.get("t") == "e" for cell in row):
            column = -1
            for cell in row.iterchildren("{*}c"):
                place = _CELL.fullmatch(cell.get("r") or "")
                column = _column(place[1]) if place else column + 1
                value, formula = cell.find("{*}v"), cell.find("{*}f")
                mark = _judge(
                    _LETTERS.match((cell.get("t") or "").encode()),
                    None if value is None else value.text or "",
                    None if formula is None else formula.text or "",
                )
                if mark and len(marks) < _MOST_MARKS:
                    marks[int(place[2]) - 1 if place else number, column] = mark
        _forget(row)
    return marks


def _index(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _scan_ods(container: Container) -> Iterator[tuple[str, FormulaMarks, list[tuple[int, int, int, int]]]]:
    """Name, formulas gone wrong and merged ranges of every sheet."""
    tags = tuple(_TABLE + tag for tag in ("table", "table-row", "table-cell", "covered-table-cell"))
    marks: FormulaMarks = {}
    merges: list[tuple[int, int, int, int]] = []
    row = column = 0
    for event, element in _elements(container, "content.xml", tags):
        tag = etree.QName(element).localname
        if event == "start":
            if tag == "table":
                marks, merges, row = {}, [], 0
            elif tag == "table-row":
                column = 0
            continue
        if tag == "table":
            yield element.get(_TABLE + "name") or "", marks, merges
        elif tag == "table-row":
            row += _index(element.get(_TABLE + "number-rows-repeated"), 1)
        else:
            if len(marks) + len(merges) < _MOST_MARKS:
                if mark := _judge_ods(element):
                    marks[row, column] = mark
                down, right = (_index(element.get(f"{_TABLE}number-{what}-spanned"), 1) for what in ("rows", "columns"))
                if down > 1 or right > 1:
                    merges.append((row, column, row + down - 1, column + right - 1))
            column += _index(element.get(_TABLE + "number-columns-repeated"), 1)
        if tag != "table":
            _forget(element)


def _judge_ods(cell: Any) -> FormulaError | None:
    text = "".join(cell.itertext()).strip()
    if cell.get(_CALC + "value-type") == "error":
        return _error(text or "#N/A")
    formula = cell.get(_TABLE + "formula")
    if formula is None or cell.get(_OFFICE + "value-type") is not None or cell.find("{*}p") is not None:
        return None
    return FormulaError("=" + formula.partition("=")[2], _NO_VALUE)


def _elements(
    container: Container, name: str, tags: tuple[str, ...], events: tuple[str, ...] = ("start", "end")
) -> Iterator[tuple[str, Any]]:
    """The events of every element of the tags, in order, parsed as the part is inflated."""
    parser = etree.XMLPullParser(
        events,  # type: ignore[arg-type]
        tag=tags,
        resolve_entities=False,
        no_network=True,
        huge_tree=True,  # type: ignore[arg-type]
    )
    try:
        for piece in stream(container.data, container.parts[name]):
            parser.feed(piece)
            yield from cast(Iterator[tuple[str, Any]], parser.read_events())
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable("文件已损坏，工作簿无法解析") from None


def _forget(element: Any) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
