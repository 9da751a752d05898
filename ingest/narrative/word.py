"""Text of a .docx: paragraphs, tables, headers, footnotes and text boxes, tracked changes taken as accepted."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from lxml import etree

from ingest.narrative.problems import Unreadable

LARGEST_TEXT = 24 << 20  # bytes of XML, all parts together
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_GONE = {_W + name for name in ("del", "moveFrom", "instrText", "delText", "pict_alt")}
_BREAKS = {_W + "br": "\n", _W + "cr": "\n", _W + "tab": " ", _W + "noBreakHyphen": "-", _W + "ptab": " "}
_PARTS = re.compile(r"word/(header\d*|document|footnotes|endnotes)\.xml")
_ORDER = {"header": 0, "document": 1, "footnotes": 2, "endnotes": 3}
_DAMAGED = "文件已损坏,打不开;请用 Word 或 WPS 另存一份再交。"


def read_docx(source: Path | bytes) -> str:
    """One line a paragraph, cells of a table row parted by tabs. Raises Unreadable."""
    try:
        with zipfile.ZipFile(BytesIO(source) if isinstance(source, bytes) else source) as package:
            parts = sorted(
                (_ORDER[re.sub(r"\d", "", found[1])], found[1], info)
                for info in package.infolist()
                if (found := _PARTS.fullmatch(info.filename))
            )
            lines: list[str] = []
            left = LARGEST_TEXT
            for _, name, info in parts:
                data = _inflate(package, info, left)
                left -= len(data)
                lines += _lines(data, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, OSError):
        raise Unreadable(_DAMAGED) from None
    return "\n".join(lines)


def _inflate(package: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    with package.open(info) as part:
        data = part.read(most + 1)
    if len(data) > most:
        raise Unreadable("文件解压后过大,不像一份报告,请检查后重新提交。")
    return data


def _lines(data: bytes, name: str) -> list[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data.replace(_STRICT[1:-1].encode(), _W[1:-1].encode()), parser)
    except etree.XMLSyntaxError:
        raise Unreadable(_DAMAGED) from None
    if root is None:
        raise Unreadable(_DAMAGED)
    body = root.find(_W + "body")
    lines = list(_blocks(root if body is None else body))
    return lines if name == "document" else [line for line in lines if line.strip()]


def _blocks(parent: etree._Element) -> Iterator[str]:
    """The lines of paragraphs and tables under an element, in reading order."""
    carried = ""
    for child in parent:
        if child.tag == _W + "p":
            text, boxes = _paragraph(child)
            if _is_joined(child):
                carried += text
                continue
            yield from (carried + text).split("\n")
            carried = ""
            for box in boxes:
                yield from _blocks(box)
        elif child.tag == _W + "tbl":
            yield from _table(child)
        elif child.tag in _GONE or child.tag == _FALLBACK:
            continue
        elif isinstance(child.tag, str) and len(child):
            yield from _blocks(child)
    if carried:
        yield carried


def _table(table: etree._Element) -> Iterator[str]:
    for row in table.iter(_W + "tr"):
        owner = next(row.iterancestors(_W + "tbl"))
        if owner is not table or row.find(f"{_W}trPr/{_W}del") is not None:
            continue
        cells = [cell for cell in row.iter(_W + "tc") if next(cell.iterancestors(_W + "tr")) is row]
        yield "\t".join(" ".join(line for line in _blocks(cell) if line.strip()).replace("\t", " ") for cell in cells)


def _is_joined(paragraph: etree._Element) -> bool:
    """True when the paragraph's mark was deleted under tracked changes: it runs on into the next."""
    return paragraph.find(f"{_W}pPr/{_W}rPr/{_W}del") is not None


def _paragraph(paragraph: etree._Element) -> tuple[str, list[etree._Element]]:
    """The paragraph's text and the text boxes anchored in it."""
    pieces: list[str] = []
    boxes: list[etree._Element] = []
    stack = [iter(paragraph)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag in _GONE or child.tag == _FALLBACK:
            continue
        elif child.tag == _W + "txbxContent":
            boxes.append(child)
        elif child.tag == _W + "t":
            pieces.append(child.text or "")
        elif child.tag in _BREAKS:
            pieces.append(_BREAKS[child.tag])
        elif child.tag == _W + "r" and child.find(f"{_W}rPr/{_W}vanish") is not None:
            continue
        elif len(child):
            stack.append(iter(child))
    return "".join(pieces), boxes
