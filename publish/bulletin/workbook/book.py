"""The workbook from first to last sheet."""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from publish import doubts
from publish.bulletin import content
from publish.bulletin.page import banner
from publish.bulletin.pictures import score_series
from publish.bulletin.tables import standings
from publish.bulletin.workbook.charts import write_charts
from publish.bulletin.workbook.looks import FONT, Looks, prepare_print
from publish.bulletin.workbook.sheets import FIGURES, LIMITS, POINTS, RULES, Computation
from publish.edition import Edition
from publish.packing import repack
from publish.rules import total_rule

RANKS, DOUBTS, PAST, CHARTS, SOURCES, NOTES = "名次", "名次把握", "各期得分", "图表", "来源", "说明"
_HEADS = (
    "组别",
    "名次",
    "单位",
    "代码",
    "得分",
    "名次区间上端",
    "名次区间下端",
    "考核等次",
    "",  # the list's name
    "上期名次",
    "说明",
)
_WIDTHS = (10, 8, 18, 12, 10, 10, 10, 12, 14, 10, 40)


def write_book(edition: Edition) -> bytes:
    """The workbook. The same edition gives the same bytes; every formula also carries the run's value."""
    made = io.BytesIO()
    options = {"in_memory": True, "default_format_properties": {"font_name": FONT, "font_size": 10}}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties(
            {
                "title": edition.title,
                "author": edition.issuer,
                "created": datetime.combine(edition.period.last_day, time()),
            }
        )
        book.set_calc_mode("auto")
        looks, mark = Looks(book), banner(edition)
        for name in (RANKS, POINTS, LIMITS, FIGURES, RULES, DOUBTS, PAST, CHARTS, SOURCES, NOTES):
            book.add_worksheet(name)
        computation = Computation(book, looks, edition, mark)
        computation.write_figures()
        computation.write_rules()
        computation.write_limits()
        computation.write_points()
        _write_ranks(book, looks, edition, computation, mark)
        _write_doubts(book, looks, edition, mark)
        _write_past(book, looks, edition, mark)
        write_charts(book, book.get_worksheet_by_name(CHARTS), edition, ranks=RANKS, mark=mark)
        _write_sources(book, looks, edition, mark)
        _write_notes(book, looks, edition, mark)
    return repack(made.getvalue())


def _write_ranks(book: Any, looks: Looks, edition: Edition, computation: Computation, mark: str) -> None:
    sheet = book.get_worksheet_by_name(RANKS)
    prepare_print(sheet, edition.title, mark, head_rows=0)
    sheet.merge_range(0, 0, 0, len(_HEADS) - 1, edition.title, looks["title"])
    sheet.write_string(
        1, 0, mark or f"{edition.number}　{edition.issuer}　{edition.day}", looks["draft" if mark else "note"]
    )
    sheet.set_row(0, 30)
    for column, (words, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True)):
        sheet.write_string(2, column, words or edition.list_name, looks["head"])
        sheet.set_column(column, column, width)
    sheet.set_row(2, 30)
    rows = [row for group in edition.groups for row in standings(edition, group)]
    for place, (unit, row) in enumerate(zip(edition.units, rows, strict=True)):
        at, source = place + 3, computation.row_of(place)
        rank = xl_rowcol_to_cell(source, computation.rank_column)
        score = xl_rowcol_to_cell(source, computation.score_column)
        sheet.write_string(at, 0, unit.peer_group, looks["text"])
        sheet.write_formula(at, 1, f"={POINTS}!{rank}", looks["whole"], unit.rank if unit.rank is not None else "")
        sheet.write_string(at, 2, unit.name, looks["text"])
        sheet.write_string(at, 3, unit.code, looks["text"])
        sheet.write_formula(at, 4, f"={POINTS}!{score}", looks["score"], unit.score if unit.score is not None else "")
        for column, number in ((5, unit.rank_low), (6, unit.rank_high)):
            if number is None:
                sheet.write_blank(at, column, None, looks["whole"])
            else:
                sheet.write_number(at, column, number, looks["whole"])
        for column, words in ((7, row.band), (8, row.listed), (9, row.before), (10, row.remark)):
            look = "wrapped" if column == 10 else "listed" if row.is_listed else "centre"
            sheet.write_string(at, column, words, looks[look])
    sheet.freeze_panes(3, 3)
    sheet.autofilter(2, 0, max(3, 2 + len(rows)), len(_HEADS) - 1)
    sheet.activate()


def _write_doubts(book: Any, looks: Looks, edition: Edition, mark: str) -> None:
    """名次把握: the interval of every rank by source of doubt and together."""
    sheet = book.get_worksheet_by_name(DOUBTS)
    prepare_print(sheet, DOUBTS, mark)
    sources = tuple(f"只看{name}" for name in doubts.SOURCES.values())
    for column, words in enumerate(("组别", "单位", "名次", *sources, "合起来", "在名额内的可能")):
        sheet.write_string(0, column, words, looks["head"])
        sheet.set_column(column, column, 16)
    for row, one in enumerate(doubts.doubts(edition), start=1):
        for column, words in enumerate((one.unit.peer_group, one.unit.name)):
            sheet.write_string(row, column, words, looks["text"])
        sheet.write_number(row, 2, one.unit.rank, looks["whole"])
        for column, words in enumerate((*one.apart, one.together), start=3):
            sheet.write_string(row, column, words, looks["centre"])
        if one.inside is not None:
            sheet.write_number(row, 4 + len(sources), one.inside, looks["share"])
    sheet.freeze_panes(1, 2)


def _write_past(book: Any, looks: Looks, edition: Edition, mark: str) -> None:
    """各期得分: a row a unit, a column a period, with a line in the cell."""
    sheet = book.get_worksheet_by_name(PAST)
    prepare_print(sheet, PAST, mark)
    periods, series = score_series(edition)
    for column, words in enumerate(("组别", "单位", *periods, "走势")):
        sheet.write_string(0, column, words, looks["head"])
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 16)
    sheet.set_column(2, 1 + len(periods), 12)
    sheet.set_column(2 + len(periods), 2 + len(periods), 24)
    for row, unit in enumerate(edition.units, start=1):
        sheet.write_string(row, 0, unit.peer_group, looks["text"])
        sheet.write_string(row, 1, unit.name, looks["text"])
        for column, score in enumerate(series[unit.code], start=2):
            if score is None:
                sheet.write_blank(row, column, None, looks["points"])
            else:
                sheet.write_number(row, column, score, looks["points"])
        first, last = xl_rowcol_to_cell(row, 2), xl_rowcol_to_cell(row, 1 + len(periods))
        if len(periods) > 1:
            look = {"range": f"{PAST}!{first}:{last}", "markers": True, "series_color": "#1F4E79"}
            sheet.add_sparkline(row, 2 + len(periods), look)
    sheet.freeze_panes(1, 2)


def _write_sources(book: Any, looks: Looks, edition: Edition, mark: str) -> None:
    """来源: which file, sheet, rows and columns every figure was read from."""
    sheet = book.get_worksheet_by_name(SOURCES)
    prepare_print(sheet, SOURCES, mark)
    heads = ("单位", "指标", "报送期", "文件", "工作表", "行", "列（单元格）", "文件摘要 SHA-256")
    for column, (words, width) in enumerate(zip(heads, (16, 24, 10, 28, 14, 18, 14, 66), strict=True)):
        sheet.write_string(0, column, words, looks["head"])
        sheet.set_column(column, column, width)
    known = {unit.code: unit.name for unit in edition.units}
    document = edition.document
    for row, source in enumerate(document.sources, start=1):
        file = document.files[source.file] if source.file is not None else None
        cells = (
            known.get(source.unit, source.unit),
            edition.label(source.input),
            file.period if file else "",
            file.file_name if file else "考核组录入",
            source.sheet_name,
            source.rows,
            source.columns,
            file.sha256 if file else "",
        )
        for column, word in enumerate(cells):
            sheet.write_string(row, column, word, looks["text"])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, len(document.sources)), len(heads) - 1)


def _write_notes(book: Any, looks: Looks, edition: Edition, mark: str) -> None:
    sheet = book.get_worksheet_by_name(NOTES)
    prepare_print(sheet, NOTES, mark, landscape=False, head_rows=0)
    sheet.set_column(0, 0, 100)
    lines = (
        edition.title,
        *((mark,) if mark else ()),
        total_rule(edition.rubric),
        f"“{POINTS}”“{LIMITS}”“{RANKS}”中的得分和名次是公式：改动“{FIGURES}”或“{RULES}”中的数，得分和名次随之变化；"
        "考核等次、名次区间和名单是审定结果，不随公式变化。",
        "—：不适用，按其余项目折算；缺：数据缺，不计分也不扣分；未：未报送，计零分。",
        f"“{SOURCES}”列出每个数取自哪份报表的哪些单元格。",
        content.record(edition),
    )
    for row, words in enumerate(lines):
        sheet.write_string(row, 0, words, looks["title" if row == 0 else "note"])
        sheet.set_row(row, 30 if row == 0 else 15 * (1 + len(words) // 55))
