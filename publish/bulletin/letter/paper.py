"""The sheet of an official document after GB/T 9704-2012 党政机关公文格式: margins, fonts and sizes, page numbers."""

from __future__ import annotations

from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

# GB/T 9704 5.1, 5.2: A4, 天头 37 mm, 订口 28 mm, 版心 156 x 225 mm; 22 lines of 28 characters.
_MARGINS = {"top_margin": 37, "left_margin": 28, "right_margin": 26, "bottom_margin": 35}
LINE = Pt(29)  # 225 mm / 22 lines
SONG, FANGSONG, HEI, KAI, TITLE = "宋体", "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"
RED = RGBColor(0xE0, 0x00, 0x00)
# What a program takes when it does not have the font: names in the font table, read by Word and LibreOffice.
ALTERNATIVES = {
    FANGSONG: ("仿宋", "modern", "Noto Serif CJK SC"),
    KAI: ("楷体", "modern", "Noto Serif CJK SC"),
    HEI: ("SimHei", "swiss", "Noto Sans CJK SC"),
    SONG: ("SimSun", "roman", "Noto Serif CJK SC"),
    TITLE: ("华文中宋", "roman", "Noto Serif CJK SC"),
}
# 字号: 二号 22, 三号 16, 四号 14, 小四 12, 五号 10.5 points
SECOND, THIRD, FOURTH, SMALL_FOURTH, FIFTH = Pt(22), Pt(16), Pt(14), Pt(12), Pt(10.5)


def new_paper(title: str, author: str, moment: Any) -> Any:
    """An empty document of that layout, whose properties say title, author and the given moment."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = title, author, author
    properties.created = properties.modified = moment
    properties.language, properties.comments, properties.keywords = "zh-CN", "", ""
    properties.revision = 1
    for name, font, size in (
        ("Normal", FANGSONG, THIRD),
        ("Title", TITLE, SECOND),
        ("Heading 1", HEI, THIRD),
        ("Heading 2", KAI, THIRD),
    ):
        _set_style(document.styles[name], font, size)
    _speak_chinese(document)
    body = document.styles["Normal"].paragraph_format
    body.line_spacing_rule, body.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    body.space_before = body.space_after = Pt(0)
    body.widow_control = False
    _shape(document.sections[0], landscape=False)
    _number_pages(document)
    return document


def _speak_chinese(document: Any) -> None:
    """The document's language, by which programs choose glyphs and break lines."""
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    language = defaults.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        defaults.append(language)
    for attribute, value in (("w:val", "en-US"), ("w:eastAsia", "zh-CN")):
        language.set(qn(attribute), value)


def _set_style(style: Any, font: str, size: Any) -> None:
    style.font.name, style.font.size = "Times New Roman", size
    style.font.bold, style.font.italic, style.font.color.rgb = False, False, RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in [name for name in fonts.attrib if "Theme" in name]:
        del fonts.attrib[name]
    for attribute, value in (("w:ascii", "Times New Roman"), ("w:hAnsi", "Times New Roman"), ("w:eastAsia", font)):
        fonts.set(qn(attribute), value)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = LINE if size != SECOND else Pt(36)
    for border in style.element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)


def _shape(section: Any, *, landscape: bool) -> None:
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    margins = {"top_margin": 26, "left_margin": 18, "right_margin": 18, "bottom_margin": 22} if landscape else _MARGINS
    for name, size in margins.items():
        setattr(section, name, Mm(size))
    section.header_distance, section.footer_distance = Mm(15), Mm(28 if not landscape else 12)


def new_section(document: Any, *, landscape: bool) -> None:
    """What follows starts on a new page of the given orientation; headers, footers and page numbers go on."""
    _shape(document.add_section(WD_SECTION.NEW_PAGE), landscape=landscape)


def dress(run: Any, font: str, size: Any | None = None, *, bold: bool = False, colour: Any = None) -> Any:
    """The run in the Chinese font, Latin letters and figures in Times New Roman."""
    run.font.name = "Times New Roman"
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    if size is not None:
        run.font.size = size
    run.font.bold = bold
    if colour is not None:
        run.font.color.rgb = colour
    return run


def _number_pages(document: Any) -> None:
    """— 1 — in 四号 宋体, on odd pages right, on even pages left, one character from the edge (GB/T 9704 7.5)."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        edge = paragraph.paragraph_format
        edge.left_indent = edge.right_indent = FOURTH
        dress(paragraph.add_run("— "), SONG, FOURTH)
        _field(paragraph, "PAGE")
        dress(paragraph.add_run(" —"), SONG, FOURTH)


def _field(paragraph: Any, instruction: str) -> None:
    run = dress(paragraph.add_run(), SONG, FOURTH)
    for kind, text in (("begin", None), (None, instruction), ("separate", None), ("shown", "1"), ("end", None)):
        if kind is None:
            element = OxmlElement("w:instrText")
            element.text = text
        elif kind == "shown":
            element = OxmlElement("w:t")
            element.text = text
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._element.append(element)


def mark_draft(document: Any, words: str, mark: str) -> None:
    """The words stand in the head of every page; the mark, large and grey, behind its text."""
    section = document.sections[0]
    for number, header in enumerate((section.header, section.even_page_header), start=1):
        header.is_linked_to_previous = False
        paragraph = header.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        dress(paragraph.add_run(words), HEI, FOURTH, colour=RED)
        paragraph.add_run()._element.append(_watermark(mark, number))


def _watermark(words: str, number: int) -> Any:
    from docx.oxml import parse_xml  # noqa: PLC0415

    return parse_xml(
        '<w:pict xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        ' xmlns:v="urn:schemas-microsoft-com:vml"'
        ' xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w10="urn:schemas-microsoft-com:office:word">'
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"'
        ' path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
        '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>'
        '<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
        '<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
        f'<v:shape id="PowerPlusWaterMarkObject{number}" o:spid="_x0000_s{2048 + number}" type="#_x0000_t136"'
        ' style="position:absolute;width:420pt;height:84pt;rotation:315;z-index:-251658752;'
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        'mso-position-vertical:center;mso-position-vertical-relative:margin" fillcolor="#d8d8d8" stroked="f">'
        '<v:fill opacity=".4"/>'
        f'<v:textpath on="t" fitshape="t" style="font-family:&quot;{HEI}&quot;;font-size:1pt" string="{words}"/>'
        "</v:shape></w:pict>"
    )
