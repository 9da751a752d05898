"""Formats of the workbooks, each made once, and how sheets print."""

from __future__ import annotations

from functools import cache
from typing import Any

FONT = "微软雅黑"
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "valign": "vcenter"},
    "note": {"text_wrap": True, "valign": "top", "font_color": "#57606A"},
    "head": {
        "bold": True,
        "bg_color": "#44546A",
        "font_color": "#FFFFFF",
        "border": 1,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
    },
    "text": {"border": 1, "valign": "vcenter"},
    "wrapped": {"border": 1, "valign": "vcenter", "text_wrap": True},
    "centre": {"border": 1, "align": "center", "valign": "vcenter"},
    "whole": {"border": 1, "num_format": "0", "align": "center"},
    "count": {"border": 1, "num_format": "General"},
    "share": {"border": 1, "num_format": "0.0%"},
    "points": {"border": 1, "num_format": "0.00", "align": "center"},
    "score": {"border": 1, "num_format": "0.00", "bold": True, "align": "center"},
    "listed": {"border": 1, "align": "center", "bg_color": "#FDF1F0"},
    "given": {"border": 1, "bg_color": "#FFF2CC", "num_format": "General", "locked": False},
    "moved": {"border": 1, "num_format": '"↑"0;"↓"0;"—"', "align": "center"},
    "draft": {"bold": True, "font_color": "#B00000", "valign": "vcenter"},
}


class Looks:
    """The formats of one workbook by name."""

    def __init__(self, book: Any) -> None:
        @cache
        def make(name: str) -> Any:
            return book.add_format({"font_name": FONT, "font_size": 10, **_LOOKS[name]})

        self._make = make

    def __getitem__(self, name: str) -> Any:
        return self._make(name)


def row_height(*cells: tuple[str, float]) -> float:
    """Points a row needs so that every wrapped cell (words, width of its column) can be read."""
    lines = [-(-sum(2 if mark > "\u2e80" else 1 for mark in words) // max(1, int(width - 2))) for words, width in cells]
    return 15.0 * max(1, *lines)


def prepare_print(
    sheet: Any, title: str, mark: str, *, landscape: bool = True, head_rows: int = 1, pages_wide: int = 1
) -> None:
    """A4, so many pages wide, heads repeated, the mark (empty: none) in the page's head."""
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(pages_wide, 0)
    if pages_wide > 1:
        sheet.repeat_columns(0, 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.6)
    middle = f'&C&"{FONT},Bold"&KB00000{mark}' if mark else ""
    sheet.set_header(f"&L{title.replace('&', '&&')}{middle}")
    sheet.set_footer("&C第 &P 页，共 &N 页")
    if head_rows:
        sheet.repeat_rows(0, head_rows - 1)
    sheet.hide_gridlines(2)
