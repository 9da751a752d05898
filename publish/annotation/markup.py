"""Small facts of SpreadsheetML shared by the patching: element order, cell references, text that XML can carry."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
# order of children (ECMA-376 part 1: CT_Worksheet 18.3.1.99, CT_Workbook 18.2.27, CT_Stylesheet 18.8.39)
_WORKSHEET_ORDER = """
sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios
autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations
hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches
ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems
tableParts extLst
"""
_WORKBOOK_ORDER = """
fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences
definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing fileRecoveryPr
webPublishObjects extLst
"""
_STYLES_ORDER = """
numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst
"""
WORKSHEET_ORDER, WORKBOOK_ORDER, STYLES_ORDER = (
    tuple(names.split()) for names in (_WORKSHEET_ORDER, _WORKBOOK_ORDER, _STYLES_ORDER)
)

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+)")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def namespace(root: etree._Element) -> str:
    """The namespace of an element, '' when it has none."""
    return etree.QName(root).namespace or ""


def local(element: etree._Element) -> str:
    """The element's name without its namespace, '' for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def child(root: etree._Element, name: str) -> etree._Element | None:
    """The first child of that name in the root's own namespace."""
    return root.find(f"{{{namespace(root)}}}{name}")


def place_child(root: etree._Element, name: str, order: Sequence[str]) -> etree._Element:
    """The child of that name; made at its place in the order when missing."""
    found = child(root, name)
    if found is not None:
        return found
    later = set(order[order.index(name) + 1 :])
    position = next((number for number, element in enumerate(root) if local(element) in later), len(root))
    return insert_child(root, position, name)


def insert_child(root: etree._Element, position: int, name: str) -> etree._Element:
    """A new child in the root's own namespace and prefix, at the position."""
    made = etree.SubElement(root, f"{{{namespace(root)}}}{name}")
    root.insert(position, made)
    return made


def drop_attribute(element: etree._Element, name: str) -> None:
    """The element has no such attribute."""
    if name in element.attrib:
        del element.attrib[name]


def parse_reference(text: str) -> tuple[int, int]:
    """Row and column (1-based) of a cell reference such as B7 or $B$7. Raises ValueError for anything else."""
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise ValueError(f"no cell reference: {text}")
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def column_letters(column: int) -> str:
    """The letters of a 1-based column: 1 = A, 27 = AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def reference(row: int, column: int) -> str:
    """The reference of a cell: (7, 2) = B7."""
    return f"{column_letters(column)}{row}"


def location(sheet: str, row: int, column: int) -> str:
    """The place a link in the workbook leads to: 'sheet name'!B7."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{reference(row, column)}"


def sayable(text: str, longest: int = 2_000) -> str:
    """The text without characters XML cannot carry, cut to a readable length, safe from _xHHHH_ escapes."""
    clean = text
    if not text.isprintable():
        clean = _NOT_XML.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")
    if len(clean) > longest:
        clean = f"{clean[:longest]}……"
    return _ESCAPE.sub("_x005F_", clean) if "_x" in clean else clean


def width_units(text: str) -> int:
    """The width of a line in half-width characters: Chinese ones take two, as they do in GBK."""
    return len(text.encode("gbk", "replace"))


def line_count(text: str, units: int) -> int:
    """How many lines the text takes in a box of that many half-width characters."""
    return sum(max(1, -(-width_units(line) // units)) for line in text.split("\n"))
