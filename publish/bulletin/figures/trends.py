"""The score of every township over the periods, a small picture each, with the group's median behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from publish.bulletin.figures.drawing import ACCENT, GRID, MUTED, WARM, Drawing, shorten

_ACROSS, _WIDTH, _PANEL, _GAP, _TOP = 4, 720.0, 92.0, 14.0, 22.0
ROWS = 8  # rows of panels in one picture


@dataclass(frozen=True)
class Trend:
    """A township's scores by period, None where it was not assessed."""

    name: str
    scores: Sequence[float | None]


def draw_trends(name: str, trends: Sequence[Trend], median: Sequence[float | None], *, title: str) -> str:
    """Panels of equal scale; the grey line is the median of the townships assessed."""
    low, high = _scale([score for trend in trends for score in trend.scores if score is not None])
    rows = -(-len(trends) // _ACROSS)
    description = "；".join(f"{trend.name}{_words(trend)}" for trend in trends)
    drawing = Drawing(name, _WIDTH, rows * (_PANEL + _GAP) + 18, title, description)
    wide = (_WIDTH - _GAP * (_ACROSS - 1)) / _ACROSS
    for number, trend in enumerate(trends):
        left, top = number % _ACROSS * (wide + _GAP), number // _ACROSS * (_PANEL + _GAP)
        room = _PANEL - _TOP

        def place(
            index: int, score: float, left: float = left, top: float = top, room: float = room
        ) -> tuple[float, float]:
            step = (wide - 16) / max(1, len(trend.scores) - 1)  # noqa: B023  (used within this turn only)
            return left + 8 + index * step, top + _TOP + room * (high - max(low, score)) / (high - low)

        drawing.rect(left, top + _TOP, wide, room, "#f6f8fa")
        drawing.line(left, top + _TOP + room, left + wide, top + _TOP + room, GRID)
        drawing.text(left + 2, top + 15, shorten(trend.name, 12, wide - 44), size=12)
        for line, colour in ((median, "#9aa4ae"), (trend.scores, WARM)):
            for run in _runs(line):
                drawing.polyline([place(index, score) for index, score in run], colour, 2 if colour == WARM else 1.2)
        for index, score in enumerate(trend.scores):
            if score is not None:
                is_last = index == len(trend.scores) - 1
                drawing.circle(*place(index, score), 3.2 if is_last else 2, ACCENT if is_last else WARM)
        if (last := trend.scores[-1]) is not None:
            drawing.text(left + wide - 2, top + 15, f"{last:.1f}", size=12, anchor="end", colour=ACCENT)
    foot = rows * (_PANEL + _GAP) + 12
    drawing.text(
        0,
        foot,
        f"蓝线：本乡镇得分；灰线：全体中位数；红点：本期。纵轴 {low:.0f} 至 {high:.0f} 分，更低的画在底线上。",
        size=11,
        colour=MUTED,
    )
    return drawing.markup()


def _scale(known: Sequence[float]) -> tuple[float, float]:
    """From the lowest score to the highest with some air; a few that lie far below the rest stand on the lower edge."""
    if not known:
        return 0.0, 100.0
    ordered = sorted(known)
    quarter = ordered[len(ordered) // 4]
    low = max(ordered[0], quarter - 3 * (ordered[-1] - quarter) - 1)
    air = 0.05 * (ordered[-1] - low) + 0.5
    return max(0.0, low - air), ordered[-1] + air


def _runs(scores: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Stretches without a gap."""
    runs: list[list[tuple[int, float]]] = [[]]
    for index, score in enumerate(scores):
        if score is None:
            runs.append([])
        else:
            runs[-1].append((index, score))
    return [run for run in runs if run]


def _words(trend: Trend) -> str:
    return "、".join("无" if score is None else f"{score:.1f}" for score in trend.scores)
