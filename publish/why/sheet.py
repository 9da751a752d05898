"""自查核对表: a township's own sheet, to check its points against its papers and to object, item by item."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from catalogue.runs import RunUnit
from publish.bulletin.content import record
from publish.bulletin.page import banner
from publish.bulletin.workbook.looks import FONT, Looks, prepare_print, row_height
from publish.edition import Edition, in_chinese, interval_text, score_text
from publish.packing import repack
from publish.rules import total_rule
from publish.why.account import file_lines, item_lines, source_lines
from publish.why.improvement import improvements

CHECK, SOURCES, ADVICE = "自查核对", "数据出处", "怎样提高"
_ANSWERS = ("无异议", "有异议")
_COLUMNS = (
    ("代码", 7), ("项目", 22), ("依据（值、分子/分母）", 46), ("得分", 8), ("可得", 8), ("同组中位数", 10), ("上期", 8),
    ("说明", 9), ("核对意见", 11), ("理由和依据（文件、单元格）", 34),
)  # fmt: skip


def write_self_check(edition: Edition, unit: RunUnit, until: date | None = None) -> bytes:
    """The workbook of the unit; `until` is the last day objections are received. Equal arguments, equal bytes."""
    made = io.BytesIO()
    options = {"in_memory": True, "default_format_properties": {"font_name": FONT, "font_size": 10}}
    with xlsxwriter.Workbook(made, options) as book:
        created = datetime.combine(edition.period.last_day, time())
        book.set_properties({"title": f"{unit.name}自查核对表", "author": edition.issuer, "created": created})
        looks, mark = Looks(book), banner(edition)
        _write_check(book.add_worksheet(CHECK), looks, edition, unit, until, mark)
        _write_sources(book.add_worksheet(SOURCES), looks, edition, unit, mark)
        _write_advice(book.add_worksheet(ADVICE), looks, edition, unit, mark)
    return repack(made.getvalue())


def _write_check(sheet: Any, looks: Looks, edition: Edition, unit: RunUnit, until: date | None, mark: str) -> None:
    prepare_print(sheet, f"{unit.name}自查核对表", mark, head_rows=0)
    sheet.merge_range(0, 0, 0, len(_COLUMNS) - 1, f"{unit.name}{edition.period_words}考核自查核对表", looks["title"])
    sheet.set_row(0, 30)
    rank = f"{unit.peer_group}第{unit.rank}名（区间{interval_text(unit)}）" if unit.rank else "未排名"
    lines = [f"得分{score_text(unit.score)}，{rank}。{mark}"]
    limit = f"请于{in_chinese(until)}前" if until else "请在公示期内"
    lines.append(
        f"{limit}逐项核对，有异议的在“核对意见”中选“有异议”，写明理由和依据，加盖公章后报县人大。逾期未报的视为无异议。"
    )
    for row, words in enumerate(lines, start=1):
        sheet.merge_range(row, 0, row, len(_COLUMNS) - 1, words, looks["note"])
    sheet.set_row(2, 28)
    for column, (words, width) in enumerate(_COLUMNS):
        sheet.write_string(3, column, words, looks["head"])
        sheet.set_column(column, column, width)
    items = item_lines(edition, unit)
    for row, line in enumerate(items, start=4):
        cells = (
            line.code,
            line.label,
            line.basis,
            line.points,
            line.most,
            line.median,
            line.before,
            line.state,
        )
        for column, word in enumerate(cells):
            sheet.write_string(row, column, word, looks["centre" if column in (0, 3, 4, 5, 6) else "wrapped"])
        sheet.write_string(row, 8, "", looks["given"])
        sheet.write_string(row, 9, "", looks["given"])
        sheet.set_row(row, row_height((cells[1], _COLUMNS[1][1]), (cells[2], _COLUMNS[2][1])))
    last = 3 + len(items)
    sheet.data_validation(4, 8, max(4, last), 8, {"validate": "list", "source": list(_ANSWERS)})
    for step, words in enumerate(("填表人：", "人大主席（签字）：", "单位（盖章）：", "日期：　　　年　　月　　日")):
        sheet.write_string(last + 2, (0, 2, 5, 8)[step], words)
    sheet.write_string(last + 4, 0, record(edition))
    sheet.freeze_panes(4, 2)


def _write_sources(sheet: Any, looks: Looks, edition: Edition, unit: RunUnit, mark: str) -> None:
    prepare_print(sheet, f"{unit.name}数据出处", mark)
    for column, (words, width) in enumerate((("指标", 26), ("工作表", 16), ("报送期和行列", 80))):
        sheet.write_string(0, column, words, looks["head"])
        sheet.set_column(column, column, width)
    row = 0
    for row, line in enumerate(source_lines(edition, unit), start=1):
        for column, word in enumerate((line.label, line.sheet, "；".join(line.places))):
            sheet.write_string(row, column, word, looks["wrapped"])
        sheet.set_row(row, row_height((line.label, 26), ("；".join(line.places), 80)))
    listed = (("报送期", "文件", "文件摘要（SHA-256）"), *file_lines(edition, unit))
    for below, cells in enumerate(listed, start=row + 2):
        for column, word in enumerate(cells):
            sheet.write_string(below, column, word, looks["wrapped"])
    sheet.freeze_panes(1, 1)


def _write_advice(sheet: Any, looks: Looks, edition: Edition, unit: RunUnit, mark: str) -> None:
    prepare_print(sheet, f"{unit.name}怎样提高", mark)
    for column, (words, width) in enumerate(
        (("项目", 30), ("得满可增加（分）", 16), ("怎样得满", 60), ("怎样计分", 60))
    ):
        sheet.write_string(0, column, words, looks["head"])
        sheet.set_column(column, column, width)
    rules = {line.code: line.rule for line in item_lines(edition, unit)}
    row = 0
    for row, one in enumerate(improvements(edition, unit), start=1):
        sheet.write_string(row, 0, f"{one.item.code} {one.item.label}", looks["wrapped"])
        if one.gain is None:
            sheet.write_string(row, 1, "—", looks["centre"])
        else:
            sheet.write_number(row, 1, one.gain, looks["points"])
        sheet.write_string(row, 2, one.words, looks["wrapped"])
        sheet.write_string(row, 3, rules[one.item.code], looks["wrapped"])
        sheet.set_row(row, row_height((one.words, 60), (rules[one.item.code], 60)))
    sheet.merge_range(row + 2, 0, row + 2, 3, total_rule(edition.rubric), looks["note"])
    sheet.set_row(row + 2, 60)
