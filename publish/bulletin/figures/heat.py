"""Items by townships as a heat map: how much of its points each township reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from publish.bulletin.figures.drawing import MUTED, Drawing, shorten

_ROW, _LEFT, _WIDTH, _TOP = 20.0, 132.0, 720.0, 30.0
SHADES = ("#b35806", "#e08214", "#fdb863", "#fee0b6", "#d8e6f0", "#92c5de", "#4393c3", "#2166ac")
ROWS = 50


@dataclass(frozen=True)
class HeatCell:
    """What stands in a cell: the share of the points reached (None where nothing was scored), a word, a hint."""

    share: float | None
    word: str
    hint: str


def shade(share: float | None) -> str:
    """The colour of a share from 0 (orange) to 1 (blue); readable by the colour-blind and in grey."""
    if share is None:
        return "#eceff2"
    return SHADES[min(len(SHADES) - 1, max(0, int(share * len(SHADES))))]


def ink(share: float | None) -> str:
    """The colour of words on that shade."""
    if share is None:
        return MUTED
    return "#ffffff" if shade(share) in (SHADES[0], SHADES[-1], SHADES[-2]) else "#1f2328"


def draw_heat(
    name: str, rows: Sequence[tuple[str, Sequence[HeatCell]]], columns: Sequence[tuple[str, str]], *, title: str
) -> str:
    """Rows are (township, a cell a column), columns are (code, block); blocks stand apart by a gap."""
    gaps = sum(1 for left, right in pairwise(columns) if left[1] != right[1])
    width = (_WIDTH - _LEFT - 4 * gaps) / max(1, len(columns))
    bottom = _TOP + _ROW * len(rows)
    drawing = Drawing(name, _WIDTH, bottom + 40, title, "每格颜色表示该项得分占满分的比例，具体数值见分项得分表。")
    lefts, x = [], _LEFT
    for number, (code, block) in enumerate(columns):
        x += 4 if number and columns[number - 1][1] != block else 0
        lefts.append(x)
        drawing.text(x + width / 2, _TOP - 8, code, size=min(11, width * 0.5), anchor="middle", colour=MUTED)
        x += width
    for number, (township, cells) in enumerate(rows):
        y = _TOP + _ROW * number
        drawing.text(_LEFT - 8, y + 14, shorten(township, 12, _LEFT - 12), size=12, anchor="end")
        for left, cell in zip(lefts, cells, strict=True):
            drawing.rect(left + 0.5, y + 0.5, width - 1, _ROW - 1, shade(cell.share), hint=f"{township} {cell.hint}")
            size = min(9.5, width * 0.42)
            drawing.text(left + width / 2, y + 13, cell.word, size=size, anchor="middle", colour=ink(cell.share))
    _draw_key(drawing, bottom + 14)
    return drawing.markup()


def _draw_key(drawing: Drawing, y: float) -> None:
    drawing.text(_LEFT, y + 11, "得分占满分：0", size=11, colour=MUTED)
    for number, colour in enumerate(SHADES):
        drawing.rect(_LEFT + 84 + 22 * number, y, 22, 14, colour)
    drawing.text(_LEFT + 84 + 22 * len(SHADES) + 6, y + 11, "满分", size=11, colour=MUTED)
    drawing.rect(_LEFT + 320, y, 22, 14, shade(None))
    drawing.text(_LEFT + 348, y + 11, "—不适用 缺 数据缺 未 未报送", size=11, colour=MUTED)
