"""Merged cells: their value holds for every cell they cover (contract: forms.yaml)."""

from __future__ import annotations

from ingest.workbook.grids import Grid, Row
from ingest.workbook.received import Unreadable

_MOST_FILLED = 2_000_000


def fill_merges(grid: Grid) -> list[Row]:
    """The grid's rows with every merged value in all the cells it covers; the grid's own rows stay as they are.

    Raises Unreadable where the merges cover absurdly many cells.
    """
    if not grid.merges or not grid.rows:
        return grid.rows
    filled = list(grid.rows)
    height, width, budget = len(filled), len(filled[0]), _MOST_FILLED
    for top, left, lowest, rightmost in grid.merges:
        if not (0 <= top < height and 0 <= left < width):
            continue
        value = grid.rows[top][left]
        if value == "":
            continue
        bottom, right = min(lowest, height - 1), min(rightmost, width - 1)
        budget -= (bottom - top + 1) * (right - left + 1)
        if budget < 0:
            raise Unreadable("合并单元格过多，无法读取")
        for row in range(top, bottom + 1):
            if filled[row] is grid.rows[row]:
                filled[row] = list(filled[row])
            filled[row][left : right + 1] = [value] * (right + 1 - left)
    return filled


def right_edges(grid: Grid) -> dict[tuple[int, int], int]:
    """For the first cell of every merged range the last column it covers."""
    return {(top, left): right for top, left, _, right in grid.merges}


def banners(grid: Grid, columns: frozenset[int]) -> dict[int, set[int]]:
    """The rows in which every one of the columns is covered by a merged cell that covers two or more of them.

    They hold titles, bands and notes, not data. For each the columns that merged cells begin in.
    """
    covered: dict[int, set[int]] = {}
    anchors: dict[int, set[int]] = {}
    for top, left, bottom, right in grid.merges:
        reach = {column for column in columns if left <= column <= right}
        if len(reach) > 1:
            for row in range(max(top, 0), min(bottom, len(grid.rows) - 1) + 1):
                covered.setdefault(row, set()).update(reach)
                anchors.setdefault(row, set()).add(left)
    return {row: anchors[row] for row, reach in covered.items() if reach == columns}
