"""Ranks with their intervals: one row a township, the dot is the rank, the bar is where the rank may lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from publish.bulletin.figures.drawing import ACCENT, GRID, INK, MUTED, WARM, Drawing, shorten

_ROW, _TOP, _LEFT, _WIDTH, _RIGHT = 22.0, 46.0, 150.0, 720.0, 64.0
ROWS = 45  # rows of one picture: as many as a page of paper takes


@dataclass(frozen=True)
class RankRow:
    """A township's rank in its group; low and high are None where no interval was computed."""

    name: str
    rank: int
    low: int | None
    high: int | None
    score: str
    is_recommended: bool


def draw_ranks(
    name: str,
    rows: Sequence[RankRow],
    *,
    of: int,
    quota: int | None,
    title: str,
    coverage: str,
    listed: str,
) -> str:
    """The rows as a picture.

    `of` = how many are ranked, `quota` = places on the list (None: no line), `listed` = the list's name.
    """
    height = _TOP + _ROW * len(rows) + 40
    description = "；".join(f"{row.name}第{row.rank}名{_interval(row)}" for row in rows)
    drawing = Drawing(name, _WIDTH, height, f"{title}名次和名次区间", description)
    room = _WIDTH - _LEFT - _RIGHT
    drawing.text(0, 16, title, size=13, bold=True)

    def place(rank: float) -> float:
        return _LEFT + room * (rank - 0.5) / of

    bottom = _TOP + _ROW * len(rows)
    for rank in _ticks(of):
        drawing.line(place(rank), _TOP - 6, place(rank), bottom, GRID)
        drawing.text(place(rank), _TOP - 12, str(rank), size=11, anchor="middle", colour=MUTED)
    drawing.text(_LEFT - 10, _TOP - 12, "名次", size=11, anchor="end", colour=MUTED)
    drawing.text(_WIDTH - 4, _TOP - 12, "得分", size=11, anchor="end", colour=MUTED)
    for number, row in enumerate(rows):
        middle = _TOP + _ROW * (number + 0.5)
        if number % 2:
            drawing.rect(0, middle - _ROW / 2, _WIDTH, _ROW, "#f6f8fa")
        _draw_row(drawing, row, middle, place)
    if quota is not None and 0 < quota < of:
        drawing.line(place(quota + 0.5), _TOP - 6, place(quota + 0.5), bottom, ACCENT, 1.5, "5 4")
        drawing.text(place(quota + 0.5), 16, f"名额线（{quota} 名）", size=11, anchor="middle", colour=ACCENT)
    _draw_key(drawing, bottom + 26, coverage, listed)
    return drawing.markup()


def _draw_row(drawing: Drawing, row: RankRow, middle: float, place: object) -> None:
    assert callable(place)
    drawing.text(_LEFT - 10, middle + 4, shorten(row.name, 13, _LEFT - 14), size=13, anchor="end")
    if row.low is not None and row.high is not None:
        start, stop = place(row.low) - 3, place(row.high) + 3
        drawing.rect(start, middle - 4, stop - start, 8, "#9fb8d0", round_by=4, hint=f"{row.name}{_interval(row)}")
    fill = ACCENT if row.is_recommended else WARM
    drawing.circle(place(row.rank), middle, 5, fill, hint=f"{row.name} 第{row.rank}名，{row.score}分")
    drawing.text(_WIDTH - 4, middle + 4, row.score, size=12, anchor="end", colour=INK)


def _draw_key(drawing: Drawing, y: float, coverage: str, listed: str) -> None:
    drawing.circle(_LEFT + 6, y - 4, 5, ACCENT)
    drawing.text(_LEFT + 18, y, f"名次（列入{listed}）", size=11, colour=MUTED)
    drawing.circle(_LEFT + 156, y - 4, 5, WARM)
    drawing.text(_LEFT + 168, y, "名次（其他）", size=11, colour=MUTED)
    drawing.rect(_LEFT + 256, y - 8, 40, 8, "#9fb8d0", round_by=4)
    drawing.text(_LEFT + 304, y, f"名次区间（把握 {coverage}）", size=11, colour=MUTED)


def _interval(row: RankRow) -> str:
    if row.low is None or row.high is None:
        return ""
    return f"（区间第{row.low}至{row.high}名）"


def _ticks(of: int) -> list[int]:
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, of) if of / step <= 16)
    return sorted({1, *range(step, of + 1, step)})
