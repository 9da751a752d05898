"""An SVG picture built shape by shape: text stays text, coordinates are rounded, nothing depends on chance or clock."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from lxml import etree

_SVG = "http://www.w3.org/2000/svg"
INK, MUTED, GRID, ACCENT, WARM = "#1f2328", "#57606a", "#d0d7de", "#a40000", "#1f4e79"


def text_width(text: str, size: float) -> float:
    """About how wide the text is at the font size: a Chinese character is one em, a Latin one a bit more than half."""
    return sum(size if unicodedata.east_asian_width(mark) in "WF" else size * 0.56 for mark in text)


def shorten(text: str, size: float, room: float) -> str:
    """The text, cut with an ellipsis where it is wider than the room."""
    if text_width(text, size) <= room:
        return text
    while text and text_width(text, size) + size > room:
        text = text[:-1]
    return text + "…"


class Drawing:
    """A picture of the given size; `name` makes its ids unique on the page, title and description are read aloud."""

    def __init__(self, name: str, width: float, height: float, title: str, description: str) -> None:
        self._root = etree.fromstring(f'<svg xmlns="{_SVG}"/>')
        self._root.set("viewBox", f"0 0 {_number(width)} {_number(height)}")
        self._root.set("width", _number(width))
        self._root.set("role", "img")
        self._root.set("aria-labelledby", f"{name}-t {name}-d")
        for tag, mark, words in (("title", "t", title), ("desc", "d", description)):
            child = etree.SubElement(self._root, f"{{{_SVG}}}{tag}", id=f"{name}-{mark}")
            child.text = words

    def _add(self, tag: str, attributes: dict[str, str], hint: str = "") -> etree._Element:
        element = etree.SubElement(self._root, f"{{{_SVG}}}{tag}", attributes)
        if hint:
            etree.SubElement(element, f"{{{_SVG}}}title").text = hint
        return element

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = GRID, width: float = 1, dash: str = ""
    ) -> None:
        """A straight line."""
        ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "stroke-width": width}
        attributes = {key: _number(value) for key, value in ends.items()} | {"stroke": colour}
        self._add("line", attributes | ({"stroke-dasharray": dash} if dash else {}))

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, *, round_by: float = 0, hint: str = ""
    ) -> None:
        """A filled rectangle; the hint shows when the pointer rests on it."""
        sizes = {"x": x, "y": y, "width": width, "height": height}
        attributes = {key: _number(value) for key, value in sizes.items()} | {"fill": fill}
        self._add("rect", attributes | ({"rx": _number(round_by)} if round_by else {}), hint)

    def circle(self, x: float, y: float, radius: float, fill: str, *, stroke: str = "#ffffff", hint: str = "") -> None:
        """A filled circle with a thin edge."""
        attributes = {"cx": _number(x), "cy": _number(y), "r": _number(radius), "fill": fill, "stroke": stroke}
        self._add("circle", attributes, hint)

    def polyline(self, points: Sequence[tuple[float, float]], colour: str, width: float = 1.5, dash: str = "") -> None:
        """Straight lines from point to point."""
        path = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
        attributes = {"points": path, "fill": "none", "stroke": colour, "stroke-width": _number(width)}
        self._add("polyline", attributes | ({"stroke-dasharray": dash} if dash else {}))

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 12,
        anchor: str = "start",
        colour: str = INK,
        bold: bool = False,
        turned: bool = False,
    ) -> None:
        """Words with their baseline at y; `turned` writes upwards."""
        attributes = {"x": _number(x), "y": _number(y), "font-size": _number(size), "fill": colour}
        attributes |= {"text-anchor": anchor} if anchor != "start" else {}
        attributes |= {"font-weight": "bold"} if bold else {}
        attributes |= {"transform": f"rotate(-90 {_number(x)} {_number(y)})"} if turned else {}
        self._add("text", attributes).text = words

    def markup(self) -> str:
        """The picture as text to stand in a page."""
        return etree.tostring(self._root, encoding="unicode")


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
