"""The pictures of the status pages: stacked columns by month, and a small line beside a row of figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from publish.bulletin.figures.drawing import ACCENT, GRID, INK, MUTED, WARM, Drawing, text_width

GOOD, LATE, BAD = "#1f4e79", "#e0a030", "#b3261e"
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 720.0, 230.0, 44.0, 34.0, 26.0
_SPARK_WIDTH, _SPARK_HEIGHT = 96.0, 22.0


@dataclass(frozen=True)
class Series:
    """A part of every column; None where the month is not known."""

    label: str
    colour: str
    values: Sequence[int | None]


def draw_columns(name: str, heads: Sequence[str], series: Sequence[Series], *, title: str) -> str:
    """One column a month, the series on top of one another from the bottom, the sum above."""
    sums = [sum(one.values[index] or 0 for one in series) for index in range(len(heads))]
    step = _step(max(sums, default=0))
    top = step * max(1, -(-max(sums, default=0) // step))
    words = "；".join(
        f"{head}：" + "，".join(f"{one.label}{one.values[index]}" for one in series if one.values[index] is not None)
        for index, head in enumerate(heads)
    )
    drawing = Drawing(name, _WIDTH, _HEIGHT, title, words)
    room, tall = _WIDTH - _LEFT, _HEIGHT - _TOP - _BOTTOM
    for value in range(0, top + 1, step):
        y = _TOP + tall * (1 - value / top)
        drawing.line(_LEFT, y, _WIDTH, y, GRID)
        drawing.text(_LEFT - 6, y + 4, str(value), size=11, anchor="end", colour=MUTED)
    slot = room / max(1, len(heads))
    wide = min(44.0, slot * 0.62)
    for index, head in enumerate(heads):
        middle, base = _LEFT + slot * (index + 0.5), _TOP + tall
        for one in series:
            if value := one.values[index] or 0:
                high = tall * value / top
                base -= high
                hint = f"{head} {one.label} {value}"
                drawing.rect(middle - wide / 2, base, wide, high, one.colour, hint=hint)
        is_known = any(one.values[index] is not None for one in series)
        drawing.text(middle, base - 4, str(sums[index]) if is_known else "—", size=11, anchor="middle", colour=INK)
        drawing.text(middle, _HEIGHT - 8, head, size=11 if len(heads) <= 12 else 9, anchor="middle", colour=MUTED)
    x = _LEFT
    for one in series:
        drawing.rect(x, 4, 14, 12, one.colour)
        drawing.text(x + 19, 15, one.label, size=12)
        x += 19 + text_width(one.label, 12) + 22
    return drawing.markup()


def _step(most: int) -> int:
    """A round step that gives at most six lines."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if most <= 6 * step:
                return step
        size *= 10


def draw_line(name: str, values: Sequence[float | None], *, title: str, description: str) -> str:
    """The values from left to right at equal steps, gaps left open, the last one marked."""
    drawing = Drawing(name, _SPARK_WIDTH, _SPARK_HEIGHT, title, description)
    known = [value for value in values if value is not None]
    if not known:
        return drawing.markup()
    low, high = min(known), max(known)
    across = (_SPARK_WIDTH - 8) / max(1, len(values) - 1)

    def place(index: int, value: float) -> tuple[float, float]:
        level = 0.5 if high == low else (value - low) / (high - low)
        return 4 + across * index, 4 + (_SPARK_HEIGHT - 8) * (1 - level)

    run: list[tuple[float, float]] = []
    for index, value in enumerate((*values, None)):
        if value is not None:
            run.append(place(index, value))
            continue
        if len(run) > 1:
            drawing.polyline(run, WARM)
        elif run:
            drawing.circle(*run[0], 1.6, WARM)
        run = []
    if (last := values[-1]) is not None:
        drawing.circle(*place(len(values) - 1, last), 2.6, ACCENT)
    return drawing.markup()
