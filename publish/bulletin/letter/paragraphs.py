"""The parts of an official document (GB/T 9704-2012, 7): head with red rule, title, body, signature, imprint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from publish.bulletin.letter.paper import FANGSONG, FIFTH, FOURTH, HEI, KAI, RED, SECOND, THIRD, TITLE, dress

_MARK = Pt(40)  # 发文机关标志: as large as fits the line
_LINE = 156 / 25.4 * 72  # points between the margins


def add_head(document: Any, issuer: str, number: str) -> None:
    """发文机关标志 in red, 发文字号 centred below, and the red rule (7.2.4, 7.2.5, 7.2.7)."""
    words = f"{issuer}文件"
    paragraph = document.paragraphs[0] if len(document.paragraphs) == 1 else document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(24), Pt(20)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    size = min(_MARK, Pt(int(_LINE / len(words))))
    dress(paragraph.add_run(words), TITLE, size, bold=True, colour=RED)
    ruled = add_line(document, number, align=WD_ALIGN_PARAGRAPH.CENTER)
    ruled.paragraph_format.space_after = Pt(28)
    _border(ruled, "bottom", "E00000", 18, 6)


def add_title(document: Any, words: str, note: str = "") -> None:
    """标题 in 二号 小标宋, centred; a note below it in 楷体."""
    paragraph = document.add_paragraph(style="Title")
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    dress(paragraph.add_run(words), TITLE, SECOND)
    paragraph.paragraph_format.space_after = Pt(0 if note else 20)
    if note:
        add_line(document, note, font=KAI, align=WD_ALIGN_PARAGRAPH.CENTER).paragraph_format.space_after = Pt(20)


def add_line(document: Any, words: str, *, font: str = FANGSONG, size: Any = THIRD, align: Any = None) -> Any:
    """A paragraph without indent."""
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    dress(paragraph.add_run(words), font, size)
    return paragraph


def add_heading(document: Any, words: str) -> None:
    """一级标题 in 黑体, indented by two characters."""
    paragraph = document.add_paragraph(style="Heading 1")
    dress(paragraph.add_run(words), HEI, THIRD)
    _indent(paragraph)
    paragraph.paragraph_format.keep_with_next = True


def add_body(document: Any, words: str) -> Any:
    """A paragraph of the body: 三号 仿宋, the first line indented by two characters."""
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    dress(paragraph.add_run(words), FANGSONG, THIRD)
    _indent(paragraph)
    return paragraph


def add_attachment_list(document: Any, titles: Sequence[str]) -> None:
    """附件说明: one blank line below the body, two characters in (7.3.4)."""
    add_line(document, "")
    for number, title in enumerate(titles, start=1):
        lead = "附件：" if number == 1 else ""
        paragraph = add_line(document, f"{lead}{number}．{title}")
        indent = paragraph.paragraph_format
        indent.left_indent = THIRD * 6
        indent.first_line_indent = -THIRD * 4 if number == 1 else -THIRD


def add_signature(document: Any, issuer: str, day: str) -> None:
    """发文机关署名 and 成文日期: the day four characters from the right, the name centred over it (7.3.5.1)."""
    for _ in range(2):
        add_line(document, "").paragraph_format.keep_with_next = True
    name_width, day_width = len(issuer), len(day) * 0.72
    for words, width in ((issuer, name_width), (day, day_width)):
        paragraph = add_line(document, words, align=WD_ALIGN_PARAGRAPH.RIGHT)
        room = 4 if words == day else max(1.0, 4 + (day_width - width) / 2)
        paragraph.paragraph_format.right_indent = Pt(16 * room)
        paragraph.paragraph_format.keep_with_next = words == issuer


def add_imprint(document: Any, issuer: str, day: str) -> None:
    """版记: 印发机关 left, 印发日期 right, between rules, 四号 仿宋 (7.4)."""
    paragraph = add_line(document, f"{issuer}办公室", size=FOURTH)
    paragraph.paragraph_format.space_before = Pt(40)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Pt(_LINE - 14), 2)
    paragraph.paragraph_format.left_indent = FOURTH
    dress(paragraph.add_run(f"\t{day}印发"), FANGSONG, FOURTH)
    _border(paragraph, "top", "000000", 8, 4)
    _border(paragraph, "bottom", "000000", 8, 4)


def add_attachment_head(document: Any, number: int, title: str, *, on_new_page: bool = False) -> None:
    """附件1 in 黑体 flush left, the title centred on the third line (7.3.7)."""
    paragraph = document.add_paragraph(style="Heading 1")
    paragraph.paragraph_format.page_break_before = on_new_page
    dress(paragraph.add_run(f"附件{number}"), HEI, THIRD)
    centred = add_line(document, title, font=TITLE, size=Pt(18), align=WD_ALIGN_PARAGRAPH.CENTER)
    centred.paragraph_format.space_before = centred.paragraph_format.space_after = Pt(10)


def add_note(document: Any, words: str, *, size: Any = FIFTH, align: Any = None) -> Any:
    """Small print below a table or picture."""
    paragraph = add_line(document, words, size=size, align=align)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph.paragraph_format.space_before = Pt(4)
    return paragraph


def add_caption(document: Any, words: str) -> Any:
    """The words above a table or picture, kept with it."""
    paragraph = add_line(document, words, font=HEI, size=Pt(12), align=WD_ALIGN_PARAGRAPH.CENTER)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(6)
    return paragraph


def _indent(paragraph: Any) -> None:
    paragraph.paragraph_format.first_line_indent = THIRD * 2
    indent = paragraph._element.get_or_add_pPr().find(qn("w:ind"))
    indent.set(qn("w:firstLineChars"), "200")


def _border(paragraph: Any, side: str, colour: str, eighths: int, space: int) -> None:
    properties = paragraph._element.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
        )
    edge = OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", str(eighths)), ("space", str(space)), ("color", colour)):
        edge.set(qn(f"w:{key}"), value)
    borders.append(edge)
