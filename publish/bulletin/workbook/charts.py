"""Native charts: ranks with intervals, scores, funnels; their data stand on a sheet of their own."""

from __future__ import annotations

from typing import Any

from publish.bulletin.figures import funnel
from publish.bulletin.pictures import rates
from publish.bulletin.workbook.looks import prepare_print
from publish.edition import Edition
from transforms.certainty.funnel import LEVELS

DATA = "图表数据"
_FIRST_UNIT = 3  # row of the first unit on the sheet of ranks
_BLUE, _LIGHT, _RED, _GREY = "#1F4E79", "#9FB8D0", "#A40000", "#8C959F"
_WIDE, _PAGE = 900, 62  # pixels; rows of a printed page at that width


def write_charts(book: Any, sheet: Any, edition: Edition, *, ranks: str, mark: str) -> None:
    """The charts stand below each other on the sheet."""
    prepare_print(sheet, "图表", mark, landscape=False, head_rows=0)
    data = book.add_worksheet(DATA)
    data.set_column(0, 40, 11)
    stack, column, first = _Stack(sheet), 0, 0
    for group in edition.groups:
        count = len(group.units)
        where = (first + _FIRST_UNIT, first + _FIRST_UNIT + count - 1)
        first += count
        stack.add(_scores(book, ranks, group.name, where), 40 + 16 * max(8, count))
        if any(unit.rank_low is not None for unit in group.units):
            chart, column = _intervals(book, data, column, group.name, group.units, ranks, where)
            stack.add(chart, 40 + 16 * max(8, count))
    for rate in rates(edition):
        chart, column = _funnel(book, data, column, rate)
        stack.add(chart, 320)


class _Stack:
    """Charts below each other, none cut by the end of a printed page."""

    def __init__(self, sheet: Any) -> None:
        self._sheet, self._row, self._page = sheet, 0, 0
        self._breaks: list[int] = []

    def add(self, chart: Any, height: int) -> None:
        """The chart stands below the last one, on a new page where this one is full."""
        rows = height // 20 + 2
        if self._row - self._page + rows > _PAGE and self._row > self._page:
            self._page = self._row
            self._breaks.append(self._row)
            self._sheet.set_h_pagebreaks(self._breaks)
        chart.set_size({"width": _WIDE, "height": height})
        self._sheet.insert_chart(self._row, 0, chart, {"object_position": 1})
        self._row += rows


def _scores(book: Any, ranks: str, name: str, where: tuple[int, int]) -> Any:
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": "得分",
            "categories": [ranks, where[0], 2, where[1], 2],
            "values": [ranks, where[0], 4, where[1], 4],
            "fill": {"color": _BLUE},
            "data_labels": {"value": True, "num_format": "0.0"},
            "gap": 40,
        }
    )
    chart.set_title({"name": f"{name}得分", "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}, "interval_unit": 1})
    chart.set_x_axis({"min": 0, "major_gridlines": {"visible": True, "line": {"color": "#E3E3E3"}}})
    return chart


def _intervals(
    book: Any, data: Any, column: int, name: str, units: Any, ranks: str, where: tuple[int, int]
) -> tuple[Any, int]:
    heads = (f"{name} 区间之前", "区间上端至名次", "名次至区间下端")
    for step, words in enumerate(heads):
        data.write_string(0, column + step, words)
    for row, unit in enumerate(units, start=1):
        if None not in (unit.rank, unit.rank_low, unit.rank_high):
            data.write_number(row, column, unit.rank_low - 1)
            data.write_number(row, column + 1, unit.rank - unit.rank_low + 0.5)
            data.write_number(row, column + 2, unit.rank_high - unit.rank + 0.5)
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    for step, colour in enumerate((None, _BLUE, _LIGHT)):
        chart.add_series(
            {
                "name": [DATA, 0, column + step],
                "categories": [ranks, where[0], 2, where[1], 2],
                "values": [DATA, 1, column + step, len(units), column + step],
                "fill": {"color": colour} if colour else {"none": True},
                "gap": 60,
            }
        )
    chart.set_title({"name": f"{name}名次区间", "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom", "delete_series": [0]})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}, "interval_unit": 1})
    chart.set_x_axis({"min": 0, "max": len(units), "major_gridlines": {"visible": True, "line": {"color": "#E3E3E3"}}})
    return chart, column + 4


def _funnel(book: Any, data: Any, column: int, rate: funnel.Rate) -> tuple[Any, int]:
    for step, words in enumerate(
        (rate.label, "分母", "比率", "分母（线）", "95%下", "95%上", "99.8%下", "99.8%上", "全县")
    ):
        data.write_string(0, column + step, words)
    for row, point in enumerate(rate.points, start=1):
        data.write_string(row, column, point.name)
        data.write_number(row, column + 1, point.denominator)
        data.write_number(row, column + 2, point.rate)
    found, counts = rate.funnel, rate.funnel.denominators.tolist()
    for row, count in enumerate(counts, start=1):
        lines = [float(side[level][row - 1]) for level in range(len(LEVELS)) for side in (found.low, found.high)]
        for step, value in enumerate((count, *lines, found.rate), start=3):
            data.write_number(row, column + step, value)
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    for step, (words, dash) in enumerate(
        (
            ("95%下限", "round_dot"),
            ("95%上限", "round_dot"),
            ("99.8%下限", "dash"),
            ("99.8%上限", "dash"),
            ("全县", "solid"),
        )
    ):
        chart.add_series(
            {
                "name": words,
                "categories": [DATA, 1, column + 3, len(counts), column + 3],
                "values": [DATA, 1, column + 4 + step, len(counts), column + 4 + step],
                "line": {"color": _GREY, "width": 1, "dash_type": dash},
                "marker": {"type": "none"},
            }
        )
    chart.add_series(
        {
            "name": "单位",
            "categories": [DATA, 1, column + 1, len(rate.points), column + 1],
            "values": [DATA, 1, column + 2, len(rate.points), column + 2],
            "line": {"none": True},
            "marker": {"type": "circle", "size": 6, "fill": {"color": _BLUE}, "border": {"color": "#FFFFFF"}},
        }
    )
    low, high = funnel.scale_of(rate)
    chart.set_title({"name": f"{rate.label}（全县{rate.funnel.rate:.1%}）", "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_x_axis({"name": "分母", "min": 0, "max": rate.most, "num_format": "0"})
    chart.set_y_axis(
        {
            "min": low,
            "max": high,
            "num_format": "0%",
            "major_gridlines": {"visible": True, "line": {"color": "#E3E3E3"}},
        }
    )
    return chart, column + 10
