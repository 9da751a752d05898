"""Charts as Word draws them itself: data and text, no picture, so no font is needed where they are made."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from docx.enum.text import WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Length
from xlsxwriter.utility import xl_col_to_name

from publish.packing import repack

_SHEET = "Sheet1"
_DOT = '<c:symbol val="circle"/><c:size val="5"/>'
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart"
_SPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


@dataclass(frozen=True)
class Series:
    """Values of a chart with their colour (None: not drawn); x only in a scatter; `dash` a line, `marker` dots."""

    name: str
    values: Sequence[float | None]
    colour: str | None
    x: Sequence[float] = ()
    line: str | None = None  # solid or a preset dash; None: dots only


class Chart:
    """A chart's markup and, column by column, the sheet its data stand in; Word opens it on “edit data”."""

    def __init__(self) -> None:
        self._columns: list[tuple[str, Sequence[str | float | None]]] = []
        self.markup = ""

    def bars(self, categories: Sequence[str], series: Sequence[Series], *, low: float, high: float) -> Chart:
        """Horizontal stacked bars, the first category on top."""
        words = self._words("单位", categories)
        body = "".join(
            f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/>{self._numbers(one.name, one.values)[0]}'
            f'<c:spPr>{_fill(one.colour)}<a:ln><a:noFill/></a:ln></c:spPr><c:invertIfNegative val="0"/>'
            f"<c:cat>{words}</c:cat><c:val>{self._last}</c:val></c:ser>"
            for number, one in enumerate(series)
        )
        plot = (
            '<c:barChart><c:barDir val="bar"/><c:grouping val="stacked"/><c:varyColors val="0"/>'
            f'{body}<c:gapWidth val="60"/><c:overlap val="100"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
            f"{_category_axis('l', 'maxMin')}{_value_axis(2, 1, 't', low, high, '0')}"
        )
        return self._finish(plot, "")

    def scatter(self, series: Sequence[Series], *, low: float, high: float, widest: float) -> Chart:
        """Dots and lines over a number axis; the vertical axis in percent."""
        body = ""
        for number, one in enumerate(series):
            dash = f'<a:prstDash val="{one.line}"/>' if one.line else ""
            look = f'<a:ln w="12700">{_fill(one.colour if one.line else None)}{dash}</a:ln>'
            dots = (
                '<c:marker><c:symbol val="none"/></c:marker>'
                if one.line
                else f"<c:marker>{_DOT}<c:spPr>{_fill(one.colour)}</c:spPr></c:marker>"
            )
            _, across = self._numbers(f"{one.name} 分母", one.x)
            name, up = self._numbers(one.name, one.values)
            body += (
                f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/>{name}<c:spPr>{look}</c:spPr>{dots}'
                f'<c:xVal>{across}</c:xVal><c:yVal>{up}</c:yVal><c:smooth val="0"/></c:ser>'
            )
        plot = (
            f'<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>{body}'
            '<c:axId val="1"/><c:axId val="2"/></c:scatterChart>'
            f"{_value_axis(1, 2, 'b', 0, widest, '0', grid=False)}{_value_axis(2, 1, 'l', low, high, '0%')}"
        )
        return self._finish(plot, "")

    def lines(self, categories: Sequence[str], series: Sequence[Series], *, low: float, high: float) -> Chart:
        """Lines over the categories."""
        words = self._words("时期", categories)
        body = "".join(
            f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/>{self._numbers(one.name, one.values)[0]}'
            f'<c:spPr><a:ln w="22225">{_fill(one.colour)}<a:prstDash val="{one.line or "solid"}"/></a:ln></c:spPr>'
            f"<c:marker>{_DOT}<c:spPr>{_fill(one.colour)}</c:spPr></c:marker>"
            f'<c:cat>{words}</c:cat><c:val>{self._last}</c:val><c:smooth val="0"/></c:ser>'
            for number, one in enumerate(series)
        )
        plot = (
            f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{body}'
            '<c:marker val="1"/><c:axId val="1"/><c:axId val="2"/></c:lineChart>'
            f"{_category_axis('b', 'minMax')}{_value_axis(2, 1, 'l', low, high, '0')}"
        )
        return self._finish(plot, f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{_letters(900)}</c:legend>')

    def sheet(self) -> bytes:
        """The data as a workbook."""
        made = io.BytesIO()
        with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
            book.set_properties({"created": datetime(1980, 1, 1)})
            sheet = book.add_worksheet(_SHEET)
            for column, (name, values) in enumerate(self._columns):
                sheet.write_string(0, column, name)
                for row, value in enumerate(values, start=1):
                    if isinstance(value, str):
                        sheet.write_string(row, column, value)
                    elif value is not None:
                        sheet.write_number(row, column, value)
        return repack(made.getvalue())

    def _words(self, name: str, words: Sequence[str]) -> str:
        points = "".join(f'<c:pt idx="{number}"><c:v>{escape(word)}</c:v></c:pt>' for number, word in enumerate(words))
        _, where = self._place(name, words)
        count = f'<c:ptCount val="{len(words)}"/>'
        return f"<c:strRef><c:f>{where}</c:f><c:strCache>{count}{points}</c:strCache></c:strRef>"

    def _numbers(self, name: str, values: Sequence[float | None]) -> tuple[str, str]:
        """The markup of the column's name and of its numbers."""
        points = "".join(
            f'<c:pt idx="{number}"><c:v>{float(value)!r}</c:v></c:pt>'
            for number, value in enumerate(values)
            if value is not None
        )
        head, where = self._place(name, values)
        count = f'<c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>'
        self._last = f"<c:numRef><c:f>{where}</c:f><c:numCache>{count}{points}</c:numCache></c:numRef>"
        title = (
            f'<c:tx><c:strRef><c:f>{head}</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(name)}</c:v>'
            "</c:pt></c:strCache></c:strRef></c:tx>"
        )
        return title, self._last

    def _place(self, name: str, values: Sequence[str | float | None]) -> tuple[str, str]:
        """Where the next column's head and values stand in the sheet."""
        column = xl_col_to_name(len(self._columns))
        self._columns.append((name, values))
        return f"{_SHEET}!${column}$1", f"{_SHEET}!${column}$2:${column}${len(values) + 1}"

    def _finish(self, plot: str, legend: str) -> Chart:
        self.markup = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            f'<c:chartSpace {_SPACES}><c:roundedCorners val="0"/>'
            f'<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>{plot}</c:plotArea>{legend}'
            '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
            "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
            '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
        )
        return self


def place_chart(document: Any, chart: Chart, width: Length, height: Length, described: str) -> Any:
    """A paragraph of its own holds the chart; `described` is read aloud in its place."""
    package = document.part.package
    number = 1 + sum(part.content_type == _TYPE for part in package.iter_parts())
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _TYPE, chart.markup.encode(), package)
    data = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _WORKBOOK, chart.sheet(), package)
    if part.relate_to(data, RELATIONSHIP_TYPE.PACKAGE) != "rId1":
        raise AssertionError("the chart's first relation is its data")
    relation = document.part.relate_to(part, _RELATION)
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    run = paragraph.add_run()
    quoted = escape(described, {'"': "&quot;"})
    run._element.append(
        parse_xml(
            '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
            ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
            ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><wp:inline distT="0" distB="0" distL="0"'
            f' distR="0"><wp:extent cx="{int(width)}" cy="{int(height)}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
            f'<wp:docPr id="{100 + number}" name="chart {number}" descr="{quoted}"/><wp:cNvGraphicFramePr/>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
            '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
            ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
            f' r:id="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
        )
    )
    return paragraph


def _category_axis(side: str, order: str) -> str:
    return (
        f'<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="{order}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{side}"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f'{_line("BFBFBF")}{_letters(900)}<c:crossAx val="2"/><c:tickLblSkip val="1"/></c:catAx>'
    )


def _value_axis(me: int, other: int, side: str, low: float, high: float, shown: str, *, grid: bool = True) -> str:
    return (
        f'<c:valAx><c:axId val="{me}"/><c:scaling><c:orientation val="minMax"/><c:max val="{high:g}"/>'
        f'<c:min val="{low:g}"/></c:scaling><c:delete val="0"/><c:axPos val="{side}"/>'
        + (f"<c:majorGridlines>{_line('E3E3E3')}</c:majorGridlines>" if grid else "")
        + f'<c:numFmt formatCode="{shown}" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="nextTo"/>{_line("BFBFBF")}{_letters(900)}<c:crossAx val="{other}"/>'
        '<c:crosses val="min"/></c:valAx>'
    )


def _letters(size: int) -> str:
    return f'<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="{size}"/></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'


def _line(colour: str) -> str:
    return f'<c:spPr><a:ln w="6350">{_fill(colour)}</a:ln></c:spPr>'


def _fill(colour: str | None) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>' if colour else "<a:noFill/>"
