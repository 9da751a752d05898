"""Cells of a table of units as numbers or texts; nothing is guessed."""

import math
from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catalogue.errors import Refusal

MISSING_MARKS = frozenset({"", "NA", "NaN"})
"""Texts that mean 'no value': an empty cell, and what R writes for one."""

NAMED = 6
"""How many names an error or a note lists before it says 'and so on'."""

Values = NDArray[np.float64]


def list_names(names: Iterable[Hashable]) -> str:
    """The first names joined with the Chinese list comma, and how many there are when some are left out."""
    listed = [str(name) for name in names]
    if len(listed) <= NAMED:
        return "、".join(listed)
    return "、".join(listed[:NAMED]) + f" 等 {len(listed)} 个"


def find_repeated(names: Iterable[Hashable]) -> list[Hashable]:
    """The names that occur more than once, each once, in order of appearance."""
    seen: dict[Hashable, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
    return [name for name, count in seen.items() if count > 1]


def parse_text(cell: object) -> str | None:
    """The stripped text of a cell; None when it is empty or a missing mark."""
    if cell is None or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell)):
        return None
    text = str(cell).strip()
    return None if text in MISSING_MARKS else text


def parse_number(cell: object) -> float | None:
    """The number in a cell, to the last bit; NaN when missing; None when it is neither a number nor missing."""
    if isinstance(cell, bool | np.bool_):
        return None
    if isinstance(cell, int | float | np.integer | np.floating):
        number = float(cell)
        return None if math.isinf(number) else number
    text = parse_text(cell)
    if text is None:
        return math.nan
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def parse_numbers(cells: pd.Series, rows: Sequence[Hashable], column: str, table: str) -> Values:
    """The cells as float64, NaN where missing.

    Raises Refusal naming table, column, row and content of the first cell that is not a number.
    """
    if pd.api.types.is_float_dtype(cells.dtype) or pd.api.types.is_integer_dtype(cells.dtype):
        numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan)
        if not np.isinf(numbers).any():
            return numbers
    parsed = [parse_number(cell) for cell in cells]
    for row, cell, number in zip(rows, cells, parsed, strict=True):
        if number is None:
            raise Refusal(f"{table} 中 {row} 的 {column} 是“{cell}”，不是有限的数字；请改成数字，没有数据则留空。")
    return np.array(parsed, dtype=np.float64)
