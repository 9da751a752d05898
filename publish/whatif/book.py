"""The what-if workbook. With the weights as given it shows the run's scores and ranks exactly.

score = total x sum(weight x points reached / full) / sum(weight x points to be had / full) + bonus + deduction, the
sums over the items judged: transforms.scoring with an item's full points as its weight.
"""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from publish.bulletin.page import banner
from publish.bulletin.workbook.looks import FONT, Looks, prepare_print
from publish.edition import Edition
from publish.formulas import rank_formula
from publish.packing import repack

WEIGHTS, RESULT, SHARES, ORDER = "权重", "结果", "得分率", "新排序"
_TOP = 3  # first row of items on 权重
_FIRST = 2  # first row of units on 结果 and 得分率
_RESULT = ("组别", "单位", "新得分", "新名次", "原得分", "原名次", "名次变化", "原名次区间", "原考核等次")


class _WhatIf:
    """One workbook in the making."""

    def __init__(self, book: Any, edition: Edition) -> None:
        self.book, self.edition, self.looks = book, edition, Looks(book)
        self.units, self.items = edition.units, edition.items
        self.mark = banner(edition)
        self.last = _FIRST + len(self.units) - 1
        self.limits = _TOP + len(self.items) + 2

    def write_weights(self) -> None:
        """权重: the only cells to be changed are yellow."""
        sheet, looks = self.book.get_worksheet_by_name(WEIGHTS), self.looks
        prepare_print(sheet, WEIGHTS, self.mark, landscape=False, head_rows=0)
        sheet.write_string(0, 0, f"{self.edition.period_words}权重试算", looks["title"])
        sheet.write_string(1, 0, "只改黄色格：得分、名次在“结果”和“新排序”中立即变化。删去一项就填 0。", looks["note"])
        for column, (words, width) in enumerate(
            (("代码", 8), ("项目", 34), ("原分值", 10), ("试算分值", 10), ("占比", 10), ("原占比", 10))
        ):
            sheet.write_string(_TOP - 1, column, words, looks["head"])
            sheet.set_column(column, column, width)
        whole = sum(item.points for item in self.items)
        end = _TOP + len(self.items)
        for row, item in enumerate(self.items, start=_TOP):
            sheet.write_string(row, 0, item.code, looks["centre"])
            sheet.write_string(row, 1, item.label, looks["text"])
            sheet.write_number(row, 2, item.points, looks["count"])
            sheet.write_number(row, 3, item.points, looks["given"])
            for column, letter in ((4, "D"), (5, "C")):
                summed = f"SUM({letter}${_TOP + 1}:{letter}${end})"
                formula = f"=IF({summed}>0,{letter}{row + 1}/{summed},0)"
                sheet.write_formula(row, column, formula, looks["share"], item.points / whole if whole else 0)
        if self.items:
            numbers = {"validate": "decimal", "criteria": ">=", "value": 0}
            numbers |= {"error_title": "分值", "error_message": "分值填不小于 0 的数。"}
            sheet.data_validation(_TOP, 3, end - 1, 3, numbers)
        sheet.write_string(end, 1, "合计", looks["text"])
        for column, letter in ((2, "C"), (3, "D")):
            sheet.write_formula(end, column, f"=SUM({letter}{_TOP + 1}:{letter}{end})", looks["count"], whole)
        rubric = self.edition.rubric
        for step, (words, value) in enumerate(
            (("总分", rubric.total), ("加分上限", rubric.bonus_limit), ("扣分上限", rubric.deduction_limit))
        ):
            sheet.write_string(self.limits + step, 1, words, looks["text"])
            sheet.write_number(self.limits + step, 2, value, looks["count"])
            sheet.write_number(self.limits + step, 3, value, looks["given"])
        sheet.freeze_panes(_TOP, 0)
        sheet.protect("", {"format_columns": True, "select_locked_cells": True})
        sheet.activate()

    def write_shares(self) -> None:
        """得分率: for every item what was reached of the full points, and to the right what could have been."""
        sheet, looks = self.book.get_worksheet_by_name(SHARES), self.looks
        count = len(self.items)
        prepare_print(sheet, SHARES, self.mark, head_rows=2, pages_wide=1 + 2 * count // 30)
        for column, words in enumerate(("组别", "单位")):
            sheet.merge_range(0, column, 1, column, words, looks["head"])
        for block, words in enumerate(("得到的占满分", "可得的占满分（不适用、数据缺为 0）")):
            left = 2 + block * count
            _merge(sheet, left, left + count - 1, words, looks["head"])
            for column, item in enumerate(self.items, start=left):
                sheet.write_string(1, column, item.code, looks["head"])
        sheet.merge_range(0, 2 + 2 * count, 1, 2 + 2 * count, "加分（未封顶）", looks["head"])
        sheet.merge_range(0, 3 + 2 * count, 1, 3 + 2 * count, "扣分（未封顶）", looks["head"])
        sheet.set_column(0, 0, 10)
        sheet.set_column(1, 1, 16)
        sheet.set_column(2, 3 + 2 * count, 7)
        for row, unit in enumerate(self.units, start=_FIRST):
            sheet.write_string(row, 0, unit.peer_group, looks["text"])
            sheet.write_string(row, 1, unit.name, looks["text"])
            for column, item in enumerate(self.items, start=2):
                result = self.edition.results[unit.code, item.code]
                is_judged = result.points is not None
                sheet.write_number(row, column, (result.points or 0.0) / item.points, looks["share"])
                most = result.max_points / item.points if is_judged else 0.0
                sheet.write_number(row, column + count, most, looks["share"])
            for column, kind in ((2 + 2 * count, "bonus"), (3 + 2 * count, "deduction")):
                codes = [item.code for item in self.edition.extras if item.kind == kind]
                given = sum(self.edition.results[unit.code, code].points or 0.0 for code in codes)
                sheet.write_number(row, column, given, looks["count"])
        sheet.freeze_panes(_FIRST, 2)
        sheet.protect("")

    def write_result(self) -> None:
        """结果: new beside old; to the right the numbers ranks compare."""
        sheet, looks = self.book.get_worksheet_by_name(RESULT), self.looks
        prepare_print(sheet, RESULT, self.mark, head_rows=2)
        sheet.write_string(0, 0, "试算结果（不改动已审定的结果）", looks["title"])
        sheet.set_row(0, 28)
        ties = self.edition.rubric.tiebreaks
        heads = (*_RESULT, "", "排序分", *(f"并列时比较{number + 1}" for number in range(len(ties))))
        for column, words in enumerate(heads):
            if words:
                sheet.write_string(1, column, words, looks["head"])
        sheet.set_column(0, 0, 10)
        sheet.set_column(1, 1, 16)
        sheet.set_column(2, len(_RESULT) - 1, 11)
        sheet.set_column(len(_RESULT), len(heads) + 1, 11, None, {"level": 1, "hidden": True})
        key = len(_RESULT) + 1
        names = [xl_col_to_name(key + step) for step in range(1 + len(ties))]
        groups = f"$A${_FIRST + 1}:$A${self.last + 1}"
        for row, unit in enumerate(self.units, start=_FIRST):
            blank = "" if unit.score is None else unit.score
            sheet.write_string(row, 0, unit.peer_group, looks["text"])
            sheet.write_string(row, 1, unit.name, looks["text"])
            sheet.write_formula(row, 2, self._score(row), looks["score"], blank)
            keys = [(f"${name}{row + 1}", f"${name}${_FIRST + 1}:${name}${self.last + 1}") for name in names]
            rank = f'=IF(ISNUMBER(C{row + 1}),{rank_formula(f"$A{row + 1}", groups, keys)},"")'
            sheet.write_formula(row, 3, rank, looks["whole"], "" if unit.rank is None else unit.rank)
            for column, value, look in ((4, unit.score, "points"), (5, unit.rank, "whole")):
                if value is None:
                    sheet.write_blank(row, column, None, looks[look])
                else:
                    sheet.write_number(row, column, value, looks[look])
            moved = f'=IF(AND(ISNUMBER(D{row + 1}),ISNUMBER(F{row + 1})),F{row + 1}-D{row + 1},"")'
            sheet.write_formula(row, 6, moved, looks["moved"], "" if unit.rank is None else 0)
            known = unit.rank_low is not None
            sheet.write_string(row, 7, f"{unit.rank_low}—{unit.rank_high}" if known else "—", looks["centre"])
            sheet.write_string(row, 8, self.edition.band(unit), looks["centre"])
            order = f"=IF(ISNUMBER(C{row + 1}),C{row + 1},-1E+9)"
            sheet.write_formula(row, key, order, looks["count"], -1e9 if unit.score is None else unit.score)
            for step, code in enumerate(ties, start=1):
                value = self.edition.tiebreak(unit, code)
                sheet.write_formula(row, key + step, self._tiebreak(code, row), looks["count"], value)
        for colour, criteria in (("#D9EAD3", ">"), ("#FCE4D6", "<")):
            form = self.book.add_format({"bg_color": colour})
            rule = {"type": "cell", "criteria": criteria, "value": 0, "format": form}
            sheet.conditional_format(_FIRST, 6, self.last, 6, rule)
        sheet.freeze_panes(_FIRST, 2)
        sheet.protect("", {"select_locked_cells": True})

    def write_order(self) -> None:
        """新排序: the units in their new order, group by group; equal ranks in the old order."""
        sheet, looks = self.book.get_worksheet_by_name(ORDER), self.looks
        prepare_print(sheet, ORDER, self.mark, landscape=False, head_rows=1)
        for column, (words, width) in enumerate(
            (("组别", 12), ("新名次", 9), ("单位", 18), ("新得分", 11), ("原名次", 9), ("名次变化", 10))
        ):
            sheet.write_string(0, column, words, looks["head"])
            sheet.set_column(column, column, width)
        place = xl_col_to_name(len(_RESULT) + 3 + len(self.edition.rubric.tiebreaks))
        helper, order = len(_RESULT) + 3 + len(self.edition.rubric.tiebreaks), 0
        result = self.book.get_worksheet_by_name(RESULT)
        result.write_string(1, helper, "组内次序", looks["head"])
        for group in self.edition.groups:
            first, last = _FIRST + order, _FIRST + order + len(group.units) - 1
            ranks = f"$D${first + 1}:$D${last + 1}"
            for step, unit in enumerate(group.units):
                row, at = first + step, 1 + order + step
                before = f"COUNTIF($D${first + 1}:$D{row + 1},D{row + 1})-1"
                blank = f"COUNT({ranks})+COUNTBLANK($D${first + 1}:$D{row + 1})"
                formula = f"=IF(ISNUMBER(D{row + 1}),D{row + 1}+{before},{blank})"
                result.write_formula(row, helper, formula, looks["count"], step + 1)
                found = f"MATCH({step + 1},{RESULT}!${place}${first + 1}:${place}${last + 1},0)"
                sheet.write_string(at, 0, group.name, looks["text"])
                values = (unit.rank, unit.name, unit.score, unit.rank, 0 if unit.rank is not None else None)
                for column, letter, look in (
                    (1, "D", "whole"),
                    (2, "B", "text"),
                    (3, "C", "score"),
                    (4, "F", "whole"),
                    (5, "G", "moved"),
                ):
                    one = f"INDEX({RESULT}!${letter}${first + 1}:${letter}${last + 1},{found})"
                    known = values[column - 1]
                    sheet.write_formula(
                        at, column, f'=IF({one}="","",{one})', looks[look], "" if known is None else known
                    )
            order += len(group.units)
        sheet.freeze_panes(1, 0)
        sheet.protect("", {"select_locked_cells": True})

    def _score(self, row: int) -> str:
        count = len(self.items)
        got = self._products(row, 2)
        had = self._products(row, 2 + count)
        total, bonus, deduction = (f"{WEIGHTS}!$D${self.limits + step + 1}" for step in range(3))
        extra = f"{SHARES}!{xl_rowcol_to_cell(row, 2 + 2 * count)}"
        less = f"{SHARES}!{xl_rowcol_to_cell(row, 3 + 2 * count)}"
        return f'=IF({had}>0,{total}*{got}/{had}+MIN({bonus},{extra})+MAX(-{deduction},{less}),"")'

    def _products(self, row: int, left: int) -> str:
        """The weights times a stretch of the row, summed."""
        last = left + max(1, len(self.items)) - 1
        stretch = f"{SHARES}!{xl_rowcol_to_cell(row, left)}:{xl_rowcol_to_cell(row, last)}"
        return f"SUMPRODUCT({self._across()},{stretch})"

    def _across(self) -> str:
        """The weights as a row, on the sheet of shares below the units."""
        row = self.last + 2
        last = xl_rowcol_to_cell(row, 1 + max(1, len(self.items)), True, True)
        return f"{SHARES}!{xl_rowcol_to_cell(row, 2, True, True)}:{last}"

    def write_across(self) -> None:
        """The weights once more as a row, since a sum of products wants both the same way round."""
        sheet, row = self.book.get_worksheet_by_name(SHARES), self.last + 2
        sheet.write_string(row, 1, "试算分值", self.looks["text"])
        for column, item in enumerate(self.items):
            formula = f"=N({WEIGHTS}!$D${_TOP + column + 1})"
            sheet.write_formula(row, 2 + column, formula, self.looks["count"], item.points)

    def _tiebreak(self, code: str, row: int) -> str:
        count = len(self.items)
        places = [n for n, item in enumerate(self.items) if code in (item.code, item.block)]
        weights = [f"{SHARES}!{xl_rowcol_to_cell(self.last + 2, 2 + n, True)}" for n in places]
        got = "+".join(f"{w}*{SHARES}!{xl_rowcol_to_cell(row, 2 + n)}" for w, n in zip(weights, places, strict=True))
        had = "+".join(
            f"{w}*{SHARES}!{xl_rowcol_to_cell(row, 2 + count + n)}" for w, n in zip(weights, places, strict=True)
        )
        return f"=IF(({had or 0})>0,({got or 0})/({had or 1}),-1)"


def write_what_if(edition: Edition) -> bytes:
    """The workbook. The same edition gives the same bytes."""
    made = io.BytesIO()
    options = {"in_memory": True, "default_format_properties": {"font_name": FONT, "font_size": 10}}
    with xlsxwriter.Workbook(made, options) as book:
        created = datetime.combine(edition.period.last_day, time())
        book.set_properties({"title": f"{edition.period_words}权重试算", "author": edition.issuer, "created": created})
        for name in (WEIGHTS, RESULT, ORDER, SHARES):
            book.add_worksheet(name)
        what_if = _WhatIf(book, edition)
        what_if.write_weights()
        what_if.write_shares()
        what_if.write_across()
        what_if.write_result()
        what_if.write_order()
    return repack(made.getvalue())


def _merge(sheet: Any, left: int, right: int, words: str, look: Any) -> None:
    if right > left:
        sheet.merge_range(0, left, 0, right, words, look)
    else:
        sheet.write_string(0, left, words, look)
