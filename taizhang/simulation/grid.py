"""A sheet as a clerk leaves it: cells in rows, merged ranges, hidden rows. Writers turn grids into files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

PLAIN, HEADER, DAY, PERCENT, TITLE, CHINESE_DAY = range(6)  # cell styles


class Formula(NamedTuple):
    """A formula; `cached` is its stored value (None: never calculated), `error` an error text like #REF!."""

    text: str
    cached: float | None = None
    error: str | None = None


class Styled(NamedTuple):
    """A value with a style other than the one its type brings."""

    value: str | float | date | None
    style: int


Cell = str | int | float | date | Formula | Styled | None


@dataclass
class Grid:
    """One sheet: `rows[i][j]` is the cell of row i + 1, column j + 1; merges are (top, left, bottom, right) from 1."""

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)


def column_letters(number: int) -> str:
    """A for 1, Z for 26, AA for 27."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
