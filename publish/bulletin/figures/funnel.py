"""Funnel plots of rates (Spiegelhalter 2005): how far a rate may lie from the county's by chance, by denominator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from scipy.stats import binom

from publish.bulletin.figures.drawing import ACCENT, GRID, INK, MUTED, WARM, Drawing, shorten, text_width

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM, _RIGHT = 352.0, 236.0, 40.0, 30.0, 34.0, 12.0
LIMITS = (0.95, 0.998)  # two-sided, as customary: two and three standard errors
_GRID = 24


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


def limits(rate: float, denominator: int, coverage: float) -> tuple[float, float]:
    """Lowest and highest rate that chance allows at the denominator with the given coverage (exact binomial)."""
    tail = (1 - coverage) / 2
    low, high = binom.ppf([tail, 1 - tail], denominator, rate)
    return float(low) / denominator, float(high) / denominator


def outside(points: Sequence[RatePoint], coverage: float = LIMITS[1]) -> list[tuple[RatePoint, int]]:
    """Points farther from the common rate than chance allows, with +1 above or -1 below."""
    common = sum(point.numerator for point in points) / sum(point.denominator for point in points)
    found = []
    for point in points:
        low, high = limits(common, max(1, round(point.denominator)), coverage)
        if point.rate < low or point.rate > high:
            found.append((point, 1 if point.rate > high else -1))
    return found


def draw_funnel(name: str, label: str, points: Sequence[RatePoint]) -> str:
    """The points (denominators above 0, at least one) with the county's rate and its limits; named where outside."""
    common = sum(point.numerator for point in points) / sum(point.denominator for point in points)
    most = max(2, ceil(max(point.denominator for point in points) * 1.06))
    low, high = scale_of(points, common)
    strange = {point.name: side for point, side in outside(points)}
    told = (
        "、".join(f"{who}偏{'高' if side > 0 else '低'}" for who, side in strange.items()) or "各乡镇都在偶然波动范围内"
    )
    drawing = Drawing(name, _WIDTH, _HEIGHT, label, f"全县 {common:.1%}。{told}。")
    room, tall = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def place(denominator: float, rate: float) -> tuple[float, float]:
        return _LEFT + room * denominator / most, _TOP + tall * (high - min(high, max(low, rate))) / (high - low)

    drawing.text(0, 16, f"{label}（全县 {common:.1%}）", size=13, bold=True)
    for step in range(5):
        rate = low + (high - low) * step / 4
        drawing.line(_LEFT, place(0, rate)[1], _WIDTH - _RIGHT, place(0, rate)[1], GRID)
        drawing.text(_LEFT - 5, place(0, rate)[1] + 4, f"{rate:.0%}", size=10, anchor="end", colour=MUTED)
    for step in range(5):
        count = round(most * step / 4)
        drawing.text(place(count, low)[0], _HEIGHT - _BOTTOM + 14, str(count), size=10, anchor="middle", colour=MUTED)
    drawing.text(_LEFT + room / 2, _HEIGHT - 5, "分母", size=10, anchor="middle", colour=MUTED)
    grid = sorted({max(1, round(most * (step + 1) / _GRID)) for step in range(_GRID)} | {1, 2, 3, 5})
    for coverage, dash in zip(LIMITS, ("2 3", "6 3"), strict=True):
        for side in (0, 1):
            line = [place(count, limits(common, count, coverage)[side]) for count in grid if count <= most]
            drawing.polyline(line, "#8c959f", 1, dash)
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


def scale_of(points: Sequence[RatePoint], common: float) -> tuple[float, float]:
    """A range of whole tenths that holds every rate."""
    rates = [point.rate for point in points] + [common]
    low = max(0.0, floor(min(rates) * 10 - 0.5) / 10)
    high = max(low + 0.2, ceil(max(rates) * 10) / 10)
    return low, high
