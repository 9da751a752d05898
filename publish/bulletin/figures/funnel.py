"""Funnel plots: how far a rate may lie from the county's by chance, given its denominator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor

import numpy as np

from publish.bulletin.figures.drawing import ACCENT, GRID, INK, MUTED, WARM, Drawing, shorten, text_width
from transforms.certainty.funnel import LEVELS, Funnel
from transforms.certainty.funnel import draw_funnel as find_funnel

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM, _RIGHT = 352.0, 236.0, 40.0, 30.0, 34.0, 12.0
_GRID = 40  # denominators at which the limits are drawn


@dataclass(frozen=True)
class RatePoint:
    """One township's rate."""

    name: str
    numerator: float
    denominator: float

    @property
    def rate(self) -> float:
        """The rate, between 0 and 1."""
        return self.numerator / self.denominator


@dataclass(frozen=True)
class Rate:
    """A rate of the period with its points (denominators above 0, neither none nor all of the cases), one a unit."""

    code: str
    label: str
    points: tuple[RatePoint, ...]

    @cached_property
    def funnel(self) -> Funnel:
        """The rate of all together and the limits of chance, widened where the rates scatter more than chance does."""
        numerators = np.array([point.numerator for point in self.points])
        denominators = np.array([point.denominator for point in self.points])
        found = find_funnel(numerators, denominators, points=_GRID)
        assert found is not None  # rates without any or with all of their cases are not shown
        return found

    @property
    def most(self) -> float:
        """The end of the axis of denominators."""
        return float(ceil(max([2.0, *(point.denominator * 1.05 for point in self.points)])))

    @cached_property
    def outside(self) -> dict[str, int]:
        """Units beyond the outer limits: above +1, below -1."""
        pairs = zip(self.points, self.funnel.places.tolist(), strict=True)
        return {point.name: 1 if place > 0 else -1 for point, place in pairs if abs(place) >= len(LEVELS)}

    @property
    def told(self) -> str:
        """Who is beyond the outer limits, in words."""
        named = "、".join(f"{name}偏{'高' if side > 0 else '低'}" for name, side in self.outside.items())
        return f"超出偶然波动范围的：{named}。" if named else "各单位都在偶然波动范围内。"


def draw_rate(name: str, rate: Rate) -> str:
    """The rate's points with the county's rate and its limits; named where beyond the outer ones."""
    points, label, funnel, most = rate.points, rate.label, rate.funnel, rate.most
    common, strange = funnel.rate, rate.outside
    low, high = scale_of(rate)
    drawing = Drawing(name, _WIDTH, _HEIGHT, label, f"全县 {common:.1%}。{rate.told}")
    room, tall = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def place(denominator: float, rate: float) -> tuple[float, float]:
        return _LEFT + room * denominator / most, _TOP + tall * (high - min(high, max(low, rate))) / (high - low)

    drawing.text(0, 16, f"{label}（全县 {common:.1%}）", size=13, bold=True)
    for step in range(5):
        height = low + (high - low) * step / 4
        drawing.line(_LEFT, place(0, height)[1], _WIDTH - _RIGHT, place(0, height)[1], GRID)
        drawing.text(_LEFT - 5, place(0, height)[1] + 4, f"{height:.0%}", size=10, anchor="end", colour=MUTED)
    for step in range(5):
        count = round(most * step / 4)
        drawing.text(place(count, low)[0], _HEIGHT - _BOTTOM + 14, str(count), size=10, anchor="middle", colour=MUTED)
    drawing.text(_LEFT + room / 2, _HEIGHT - 5, "分母", size=10, anchor="middle", colour=MUTED)
    for level, dash in enumerate(("2 3", "6 3")):
        for limits in (funnel.low[level], funnel.high[level]):
            pairs = zip(funnel.denominators.tolist(), limits.tolist(), strict=True)
            drawing.polyline([place(count, limit) for count, limit in pairs], "#8c959f", 1, dash)
    drawing.line(*place(0, common), *place(most, common), MUTED, 1.2)
    for point in points:
        colour = ACCENT if point.name in strange else WARM
        hint = f"{point.name} {point.numerator:g}/{point.denominator:g} = {point.rate:.1%}"
        drawing.circle(*place(point.denominator, point.rate), 3.6, colour, hint=hint)
    _name(drawing, [point for point in points if point.name in strange], place)
    return drawing.markup()


def _name(drawing: Drawing, points: Sequence[RatePoint], place: object) -> None:
    """Names beside the points, none over another."""
    assert callable(place)
    taken: list[tuple[float, float, float]] = []
    for point in sorted(points, key=lambda one: (one.rate, one.name)):
        x, y = place(point.denominator, point.rate)
        words = shorten(point.name, 10, 80)
        wide = text_width(words, 10)
        left = x + 6 if x + 6 + wide < _WIDTH else x - 6 - wide
        y += 4
        while any(abs(y - other) < 11 and left < stop and start < left + wide for start, stop, other in taken):
            y -= 11
        taken.append((left, left + wide, y))
        drawing.text(left, y, words, size=10, colour=INK)


def scale_of(rate: Rate) -> tuple[float, float]:
    """A range of whole tenths that holds every unit's rate."""
    rates = [point.rate for point in rate.points] + [rate.funnel.rate]
    low = max(0.0, floor(min(rates) * 10 - 0.5) / 10)
    high = max(low + 0.2, ceil(max(rates) * 10) / 10)
    return low, high
