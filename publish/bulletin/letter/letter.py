"""The letter from first to last page."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from xml.sax.saxutils import quoteattr

from docx.shared import Pt

from publish.bulletin import content
from publish.bulletin.letter import grids, paper, paragraphs, pictures
from publish.bulletin.page import banner
from publish.bulletin.tables import columns_of, item_table, rule_rows, standings
from publish.edition import DRAFT, Edition
from publish.packing import repack
from publish.rules import total_rule

_STANDING = (
    grids.Column("名次", 13),
    grids.Column("单位", 26, grids.LEFT),
    grids.Column("得分", 16),
    grids.Column("名次区间", 18),
    grids.Column("考核等次", 20),
    grids.Column("", 16),
    grids.Column("上期名次", 14),
    grids.Column("说明", 33, grids.LEFT),
)
_RULES = (
    grids.Column("代码", 12),
    grids.Column("项目", 38, grids.LEFT),
    grids.Column("分值", 13),
    grids.Column("怎样计分", 77, grids.LEFT),
    grids.Column("全县得分率", 16),
)
_WIDE = 261.0  # millimetres of a line on a landscape page


def write_letter(edition: Edition) -> bytes:
    """The document. The same edition gives the same bytes."""
    document = paper.new_paper(edition.title, edition.issuer, datetime.combine(edition.period.last_day, time()))
    if words := banner(edition):
        paper.mark_draft(document, words, DRAFT if edition.is_draft else "内部资料")
    _write_text(document, edition)
    titles = content.attachments(edition)
    paper.new_section(document, landscape=False)
    _write_standings(document, edition, titles[0])
    paper.new_section(document, landscape=True)
    _write_items(document, edition, titles[1])
    paper.new_section(document, landscape=False)
    paragraphs.add_attachment_head(document, 3, titles[2])
    pictures.add_pictures(document, edition)
    _write_rules(document, edition, titles[3])
    raw = io.BytesIO()
    document.save(raw)
    return repack(raw.getvalue(), {"word/fontTable.xml": _font_table()})


def _write_text(document: Any, edition: Edition) -> None:
    paragraphs.add_head(document, edition.issuer, edition.number)
    paragraphs.add_title(document, edition.title, f"（{DRAFT}）" if edition.is_draft else "")
    paragraphs.add_line(document, content.addressees(edition))
    paragraphs.add_body(document, content.opening(edition))
    for number, section in enumerate(content.sections(edition)):
        paragraphs.add_heading(document, f"{content.NUMERALS[number]}、{section.heading}")
        for words in section.paragraphs:
            paragraphs.add_body(document, words)
    paragraphs.add_attachment_list(document, content.attachments(edition))
    paragraphs.add_signature(document, *content.signature(edition))
    paragraphs.add_imprint(document, edition.issuer, edition.day)


def _write_standings(document: Any, edition: Edition, title: str) -> None:
    paragraphs.add_attachment_head(document, 1, title)
    for group in edition.groups:
        paragraphs.add_caption(document, f"{group.name}（{len(group.units)}个，推荐名额{group.quota}个）")
        shown = standings(edition, group)
        rows = [
            [grids.Shaded(word, "#FDF1F0") for word in words] if row.is_listed else list(words)
            for row, words in zip(shown, columns_of(shown), strict=True)
        ]
        columns = [replace(column, head=column.head or edition.list_name) for column in _STANDING]
        grids.add_grid(document, columns, rows)
    paragraphs.add_note(
        document, f"注：排名时得分不作四舍五入；并列者名次相同；名次区间的把握为{edition.document.coverage:.0%}。"
    )


def _write_items(document: Any, edition: Edition, title: str) -> None:
    paragraphs.add_attachment_head(document, 2, title)
    for group in edition.groups:
        table = item_table(edition, group)
        paragraphs.add_caption(document, table.caption)
        width = (_WIDE - 24 - 12 - 14) / max(1, len(table.columns))
        columns = [
            grids.Column("单位", 24, grids.LEFT),
            *(grids.Column(code, width) for code, _ in table.columns),
            grids.Column("加减分", 12),
            grids.Column("得分", 14),
        ]
        rows: list[list[str | grids.Shaded]] = [
            [row.name, *(grids.Shaded(cell.word, cell.shade, cell.ink) for cell in row.cells), row.extra, row.score]
            for row in table.rows
        ]
        rows.append([grids.Shaded(word, "#F2F2F2") for word in ("中位数", *table.medians, "", "")])
        grids.add_grid(document, columns, rows, size=7)
    names = "；".join(f"{item.code} {item.label}（{item.points:g}分）" for item in edition.items)
    paragraphs.add_note(
        document,
        "底色由橙到蓝表示得分占满分由低到高。—：不适用，按其余项目折算；缺：数据缺，不计分也不扣分；未：未报送，计零分。",
        size=Pt(9),
    )
    paragraphs.add_note(document, f"项目：{names}。", size=Pt(9))


def _write_rules(document: Any, edition: Edition, title: str) -> None:
    paragraphs.add_attachment_head(document, 4, title, on_new_page=True)
    paragraphs.add_note(document, total_rule(edition.rubric), size=Pt(12))
    rows: list[list[str | grids.Shaded]] = []
    for row in rule_rows(edition):
        words = (row.code, row.label, row.points, row.rule, row.attained)
        rows.append([grids.Shaded(word, "#F2F2F2", bold=True) for word in words] if row.is_block else list(words))
    grids.add_grid(document, _RULES, rows)
    paragraphs.add_note(document, content.record(edition), size=Pt(9))


def _font_table() -> bytes:
    """The fonts named in the document, each with what stands in for it."""
    fonts = "".join(
        f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(','.join((other, third)))}/>"
        f'<w:charset w:val="86"/><w:family w:val="{family}"/><w:pitch w:val="auto"/></w:font>'
        for name, (other, family, third) in paper.ALTERNATIVES.items()
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}<w:fonts xmlns:w="{space}">{fonts}</w:fonts>'.encode()
