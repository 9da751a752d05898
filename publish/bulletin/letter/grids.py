"""Tables of the document: ruled, their head repeated on every page, cells shaded where a colour says something.

Written as markup at once: cell by cell through python-docx a county's table takes seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.shared import Pt

from publish.bulletin.letter.paper import FANGSONG, HEI

CENTRE, LEFT = "center", "left"
_SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TWIPS = 56.69  # a millimetre
_EDGES = ("top", "left", "bottom", "right", "insideH", "insideV")


@dataclass(frozen=True)
class Column:
    """A column: its head, width in millimetres, how its words stand."""

    head: str
    width: float
    align: str = CENTRE

    @property
    def twips(self) -> int:
        """The width as Word counts it."""
        return round(self.width * _TWIPS)


@dataclass(frozen=True)
class Shaded:
    """A cell's words on a ground: colours as #rrggbb."""

    words: str
    ground: str
    ink: str = "#000000"
    bold: bool = False


def add_grid(
    document: Any, columns: Sequence[Column], rows: Sequence[Sequence[str | Shaded]], size: float = 10.5
) -> None:
    """A table of these rows; the head row is repeated, no row breaks across pages."""
    style = _style(document, size)
    edges = "".join(f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="7F7F7F"/>' for edge in _EDGES)
    room = round((0.6 if size < 9 else 1.2) * _TWIPS)
    head = _row(columns, [Shaded(column.head, "#F2F2F2") for column in columns], style, is_head=True)
    body = "".join(_row(columns, row, style) for row in rows)
    table = (
        f'<w:tbl xmlns:w="{_SPACE}"><w:tblPr><w:tblW w:w="{sum(column.twips for column in columns)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:left w:w="{room}" w:type="dxa"/><w:right w:w="{room}" w:type="dxa"/></w:tblCellMar>'
        '<w:tblLook w:val="04A0" w:firstRow="1" w:firstColumn="1" w:noVBand="1"/></w:tblPr><w:tblGrid>'
        + "".join(f'<w:gridCol w:w="{column.twips}"/>' for column in columns)
        + f"</w:tblGrid>{head}{body}</w:tbl>"
    )
    document.element.body.insert_element_before(parse_xml(table), "w:sectPr")


def _row(columns: Sequence[Column], words: Sequence[str | Shaded], style: str, *, is_head: bool = False) -> str:
    mark = "<w:tblHeader/>" if is_head else ""
    cells = "".join(_cell(column, word, style, is_head) for column, word in zip(columns, words, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/>{mark}</w:trPr>{cells}</w:tr>"


def _cell(column: Column, word: str | Shaded, style: str, is_head: bool) -> str:
    given = word if isinstance(word, Shaded) else Shaded(word, "")
    ground = f'<w:shd w:val="clear" w:color="auto" w:fill="{given.ground[1:].upper()}"/>' if given.ground else ""
    colour = f'<w:color w:val="{given.ink[1:].upper()}"/>' if given.ink != "#000000" else ""
    font = f'<w:rFonts w:eastAsia="{HEI if is_head else FANGSONG}"/>'
    run = (
        f"<w:r><w:rPr>{font}{'<w:b/>' if given.bold else ''}{colour}</w:rPr>"
        f'<w:t xml:space="preserve">{escape(given.words)}</w:t></w:r>'
    )
    align = CENTRE if is_head else column.align
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{column.twips}" w:type="dxa"/>{ground}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/><w:jc w:val="{align}"/></w:pPr>{run}</w:p></w:tc>'
    )


def _style(document: Any, size: float) -> str:
    """The paragraph style of cells in letters of that size, made when first asked for; its id."""
    name = f"Grid {size:g}"
    if name not in [style.name for style in document.styles]:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.font.size = document.styles["Normal"], Pt(size)
        form = style.paragraph_format
        form.line_spacing_rule, form.space_before, form.space_after = WD_LINE_SPACING.SINGLE, Pt(1), Pt(1)
    return str(document.styles[name].style_id)
