"""The sheets that compute: figures, the rubric's parameters, points, points to be had, scores and ranks."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from catalogue.rubric import Part, RubricItem
from catalogue.runs import RunItem, RunUnit
from publish.bulletin.workbook.looks import Looks, prepare_print, row_height
from publish.edition import MARKS, Edition
from publish.formulas import FigureCells, ParameterCells, part_formula, rank_formula
from publish.rules import describe_item

FIGURES, RULES, POINTS, LIMITS = "指标", "计分办法", "分项得分", "可得分"
_FIRST = 2  # the row of the first unit on every sheet, below two rows of heads
_PARAMETERS = ("points", "target", "floor", "per_missing", "per_excess", "base", "extra", "each", "shrink", "gate")
_PARAMETER_WORDS = ("满分", "目标", "起点", "每少一扣", "每多一扣", "首次", "此后每次", "每次扣", "收缩例数", "门槛")
_WEIGHTS = 6  # columns for the weights of a bonus


class Computation:
    """Writes the computing sheets of a workbook; knows where every figure stands."""

    def __init__(self, book: Any, looks: Looks, edition: Edition, mark: str) -> None:
        self._book, self._looks, self._edition, self._mark = book, looks, edition, mark
        self.units = edition.units
        self._items = (*edition.items, *edition.extras)
        self._codes = list(dict.fromkeys(code for item in self._items for code in item.inputs))
        self._figures: dict[str, tuple[int, bool]] = {}
        self._parameters: dict[tuple[str, int], int] = {}
        self._last = _FIRST + len(self.units) - 1

    @property
    def score_column(self) -> int:
        """The column of the score on the sheet of points."""
        return 2 + len(self._items) + 3

    @property
    def rank_column(self) -> int:
        """The column of the rank on the sheet of points."""
        return self.score_column + 1

    def row_of(self, place: int) -> int:
        """The row of the unit at that place of the list, counted from 0."""
        return _FIRST + place

    def write_points(self) -> None:
        """分项得分: points by item with their formulas, the totals, the score, the rank and what ties are broken by."""
        sheet = self._book.get_worksheet_by_name(POINTS)
        self._write_head(sheet, POINTS)
        for column, words in enumerate(("基础分", "加分", "扣分", "得分", "名次"), start=2 + len(self._items)):
            sheet.merge_range(0, column, 1, column, words, self._looks["head"])
        for place, unit in enumerate(self.units):
            self._write_unit(sheet, place, unit)
            for column, item in enumerate(self._items, start=2):
                self._write_item(sheet, place, column, unit, item)
        self._shade(sheet)
        self._write_order(sheet)

    def write_limits(self) -> None:
        """可得分: the points a unit could have of the parts judged; empty where the item is not judged."""
        sheet = self._book.get_worksheet_by_name(LIMITS)
        self._write_head(sheet, LIMITS)
        for place, unit in enumerate(self.units):
            self._write_unit(sheet, place, unit)
            for column, item in enumerate(self._items, start=2):
                result = self._edition.results[unit.code, item.code]
                row = self.row_of(place)
                if result.state == "scored" and result.points is not None:
                    parts = self._parts(item, place)
                    formula = "+".join(f"IF({part.is_judged},{cells.points},0)" for part, cells in parts)
                    sheet.write_formula(row, column, f"={formula}", self._looks["points"], result.max_points)
                elif result.points is not None:
                    sheet.write_number(row, column, result.max_points, self._looks["points"])
                else:
                    sheet.write_blank(row, column, None, self._looks["points"])

    def write_figures(self) -> None:
        """指标: what was measured; rates as numerator, denominator and their quotient."""
        sheet = self._book.get_worksheet_by_name(FIGURES)
        width = sum(3 if self._edition.is_rate(code) else 1 for code in self._codes)
        prepare_print(sheet, FIGURES, self._mark, head_rows=2, pages_wide=1 + width // 24)
        self._write_left(sheet)
        column = 2
        for code in self._codes:
            is_rate, label = self._edition.is_rate(code), self._edition.label(code)
            self._figures[code] = (column, is_rate)
            if is_rate:
                sheet.merge_range(0, column, 0, column + 2, label, self._looks["head"])
                for step, words in enumerate(("分子", "分母", "值")):
                    sheet.write_string(1, column + step, words, self._looks["head"])
            else:
                sheet.write_string(0, column, label, self._looks["head"])
                sheet.write_string(1, column, "值", self._looks["head"])
            sheet.set_column(column, column + (2 if is_rate else 0), 9)
            column += 3 if is_rate else 1
        for place, unit in enumerate(self.units):
            self._write_unit(sheet, place, unit)
            given = {one.code: one for one in unit.inputs}
            for code, (left, is_rate) in self._figures.items():
                row, one = self.row_of(place), given.get(code)
                numbers = (one.numerator, one.denominator) if one and is_rate else (one.value if one else None,)
                for step, number in enumerate(numbers):
                    _write_number(sheet, row, left + step, number, self._looks["count"])
                if is_rate:
                    top, bottom = xl_rowcol_to_cell(row, left), xl_rowcol_to_cell(row, left + 1)
                    look = self._looks["share" if self._edition.is_share(code) else "count"]
                    formula = f'=IF(AND(ISNUMBER({top}),N({bottom})>0),{top}/{bottom},"")'
                    value = one.value if one and one.value is not None else ""
                    sheet.write_formula(row, left + 2, formula, look, value)

    def write_rules(self) -> None:
        """计分办法: the figures of every part, which the points are computed from, with the item's rule in words."""
        sheet = self._book.get_worksheet_by_name(RULES)
        prepare_print(sheet, RULES, self._mark, head_rows=1)
        heads = ("代码", "项目", "方式", *_PARAMETER_WORDS, *(f"权重{n + 1}" for n in range(_WEIGHTS)), "怎样计分")
        for column, words in enumerate(heads):
            sheet.write_string(0, column, words, self._looks["head"])
        row = 0
        for item in self._items:
            rule = describe_item(item, self._edition.document.input_labels, is_share=self._edition.is_share)
            for number, part in enumerate(item.parts):
                row += 1
                self._parameters[item.code, number] = row
                for column, words in enumerate((item.code, item.label, part.type)):
                    sheet.write_string(row, column, words, self._looks["text"])
                for column, value in enumerate(_values(part), start=3):
                    _write_number(sheet, row, column, value, self._looks["count"])
                for column in range(_WEIGHTS):
                    weight = part.weights[column] if column < len(part.weights) else None
                    _write_number(sheet, row, 3 + len(_PARAMETERS) + column, weight, self._looks["count"])
                told = rule if number == 0 else ""
                sheet.write_string(row, len(heads) - 1, told, self._looks["wrapped"])
                sheet.set_row(row, row_height((told, 70)))
        self._totals = row + 2
        rubric = self._edition.rubric
        totals = (("总分", rubric.total), ("加分上限", rubric.bonus_limit), ("扣分上限", rubric.deduction_limit))
        for step, (words, value) in enumerate(totals):
            sheet.write_string(self._totals + step, 1, words, self._looks["text"])
            sheet.write_number(self._totals + step, 3, value, self._looks["count"])
        sheet.set_column(0, 0, 7)
        sheet.set_column(1, 1, 26)
        sheet.set_column(2, 2, 15)
        sheet.set_column(3, len(heads) - 2, 8)
        sheet.set_column(len(heads) - 1, len(heads) - 1, 70)
        sheet.freeze_panes(1, 2)

    def _write_head(self, sheet: Any, title: str) -> None:
        prepare_print(sheet, title, self._mark, head_rows=2)
        self._write_left(sheet)
        for column, item in enumerate(self._items, start=2):
            sheet.write_string(0, column, item.code, self._looks["head"])
            sheet.write_string(1, column, item.label, self._looks["head"])
        sheet.set_column(2, 1 + len(self._items), 9)
        sheet.set_row(1, 44)

    def _write_left(self, sheet: Any) -> None:
        for column, words in enumerate(("组别", "单位")):
            sheet.merge_range(0, column, 1, column, words, self._looks["head"])
        sheet.set_column(0, 0, 10)
        sheet.set_column(1, 1, 16)
        sheet.freeze_panes(_FIRST, 2)

    def _write_unit(self, sheet: Any, place: int, unit: RunUnit) -> None:
        sheet.write_string(self.row_of(place), 0, unit.peer_group, self._looks["text"])
        sheet.write_string(self.row_of(place), 1, unit.name, self._looks["text"])

    def _write_item(self, sheet: Any, place: int, column: int, unit: RunUnit, item: RubricItem) -> None:
        result: RunItem = self._edition.results[unit.code, item.code]
        row, look = self.row_of(place), self._looks["points"]
        if result.points is None:
            sheet.write_string(row, column, MARKS[result.state] or "—", look)
        elif result.state != "scored":
            sheet.write_number(row, column, result.points, look)
        else:
            parts = self._parts(item, place)
            formula = "+".join(f"IF({part.is_judged},{part.points},0)" for part, _ in parts)
            sheet.write_formula(row, column, f"={formula}", look, result.points)

    def _parts(self, item: RubricItem, place: int) -> list[tuple[Any, ParameterCells]]:
        row = self.row_of(place)
        groups = f"{FIGURES}!$A${_FIRST + 1}:$A${self._last + 1}"
        found = []
        for number, part in enumerate(item.parts):
            cells = self._cells(item, number)
            figures = [self._figure(code, row) for code in part.inputs]
            gate = self._figure(part.gate.input, row) if part.gate else None
            made = part_formula(part, cells, figures, gate, group=f"{FIGURES}!$A{row + 1}", groups=groups)
            found.append((made, cells))
        return found

    def _figure(self, code: str, row: int) -> FigureCells:
        column, is_rate = self._figures[code]

        def cell(at: int) -> str:
            return f"{FIGURES}!${xl_col_to_name(at)}{row + 1}"

        def whole(at: int) -> str:
            name = xl_col_to_name(at)
            return f"{FIGURES}!${name}${_FIRST + 1}:${name}${self._last + 1}"

        if not is_rate:
            return FigureCells(cell(column))
        return FigureCells(cell(column + 2), cell(column), cell(column + 1), whole(column), whole(column + 1))

    def _cells(self, item: RubricItem, number: int) -> ParameterCells:
        row = self._parameters[item.code, number]

        def cell(column: int) -> str:
            return f"{RULES}!{xl_rowcol_to_cell(row, column, True, True)}"

        figures = {name: cell(3 + place) for place, name in enumerate(_PARAMETERS)}
        weights = tuple(cell(3 + len(_PARAMETERS) + place) for place in range(len(item.parts[number].weights)))
        return ParameterCells(**figures, weights=weights)

    def _total(self, step: int) -> str:
        return f"{RULES}!{xl_rowcol_to_cell(self._totals + step, 3, True, True)}"

    def _shade(self, sheet: Any) -> None:
        for column, item in enumerate(self._edition.items, start=2):
            scale: dict[str, str | float] = {
                "type": "3_color_scale",
                "min_type": "num",
                "mid_type": "num",
                "max_type": "num",
            }
            scale |= {"min_value": 0, "mid_value": item.points / 2, "max_value": item.points}
            scale |= {"min_color": "#F4A259", "mid_color": "#FFFFFF", "max_color": "#7FB2D9"}
            sheet.conditional_format(_FIRST, column, self._last, column, scale)

    def _write_order(self, sheet: Any) -> None:
        """Base, bonus, deduction, score and rank; to the right the numbers ranks compare."""
        count, left = len(self._edition.items), 2 + len(self._items)
        kinds = [item.kind for item in self._items]
        key = self.rank_column + 2
        heads = ("排序分", *(f"并列时比较{n + 1}" for n in range(len(self._edition.rubric.tiebreaks))))
        for step, words in enumerate(heads):
            sheet.write_string(1, key + step, words, self._looks["head"])
        sheet.set_column(key, key + len(heads) - 1, 10, None, {"level": 1, "hidden": True})
        columns = [xl_col_to_name(key + step) for step in range(len(heads))]
        groups = f"$A${_FIRST + 1}:$A${self._last + 1}"
        for place, unit in enumerate(self.units):
            row = self.row_of(place)
            points = f"{xl_rowcol_to_cell(row, 2)}:{xl_rowcol_to_cell(row, 1 + count)}"
            limits = f"{LIMITS}!{points}"
            base = f'=IF(SUM({limits})>0,{self._total(0)}*SUM({points})/SUM({limits}),"")'
            sheet.write_formula(row, left, base, self._looks["points"], _or_blank(unit.base))
            sums = [
                "+".join(f"N({xl_rowcol_to_cell(row, 2 + n)})" for n, kind in enumerate(kinds) if kind == wanted) or "0"
                for wanted in ("bonus", "deduction")
            ]
            sheet.write_formula(row, left + 1, f"=MIN({self._total(1)},{sums[0]})", self._looks["points"], unit.bonus)
            sheet.write_formula(
                row, left + 2, f"=MAX(-{self._total(2)},{sums[1]})", self._looks["points"], unit.deduction
            )
            cells = [xl_rowcol_to_cell(row, left + step) for step in range(4)]
            total = f'=IF(ISNUMBER({cells[0]}),{cells[0]}+{cells[1]}+{cells[2]},"")'
            sheet.write_formula(row, left + 3, total, self._looks["score"], _or_blank(unit.score))
            order = -1e9 if unit.score is None else unit.score
            sheet.write_formula(row, key, f"=IF(ISNUMBER({cells[3]}),{cells[3]},-1E+9)", self._looks["count"], order)
            for step, code in enumerate(self._edition.rubric.tiebreaks, start=1):
                value = self._edition.tiebreak(unit, code)
                sheet.write_formula(row, key + step, self._tiebreak(code, row), self._looks["count"], value)
            keys = [(f"${name}{row + 1}", f"${name}${_FIRST + 1}:${name}${self._last + 1}") for name in columns]
            rank = f'=IF(ISNUMBER({cells[3]}),{rank_formula(f"$A{row + 1}", groups, keys)},"")'
            sheet.write_formula(row, self.rank_column, rank, self._looks["whole"], _or_blank(unit.rank))

    def _tiebreak(self, code: str, row: int) -> str:
        places = [n for n, item in enumerate(self._edition.items, start=2) if code in (item.code, item.block)]
        had = "+".join(f"N({LIMITS}!{xl_rowcol_to_cell(row, n)})" for n in places) or "0"
        got = "+".join(f"N({xl_rowcol_to_cell(row, n)})" for n in places) or "0"
        return f"=IF(({had})>0,({got})/({had}),-1)"


def _values(part: Part) -> tuple[float | None, ...]:
    """The part's figures in the order of _PARAMETERS."""
    target = None if part.target is None else float(part.target)
    missing = part.per_missing
    if missing is None:
        missing = part.points / target if part.type == "count_target" and target else 0.0
    gate = part.gate.at_least if part.gate else None
    return (
        part.points, target, float(part.floor), missing, part.per_excess, part.base, part.extra, part.each,
        part.shrink, gate,
    )  # fmt: skip


def _write_number(sheet: Any, row: int, column: int, value: float | None, look: Any) -> None:
    if value is None:
        sheet.write_blank(row, column, None, look)
    else:
        sheet.write_number(row, column, value, look)


def _or_blank(value: float | None) -> float | str:
    return "" if value is None else value
