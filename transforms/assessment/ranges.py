"""Row numbers as people write them: 3-7,9."""

from __future__ import annotations

from collections.abc import Sequence


def spans(rows: Sequence[int]) -> str:
    """Rising row numbers as spans: [3, 4, 5, 9] is 3-5,9."""
    found: list[list[int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1][1] = int(row)
        else:
            found.append([int(row), int(row)])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in found)


def rows_of(text: str) -> list[int]:
    """The row numbers of such a text."""
    rows: list[int] = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        rows.extend(range(int(first), int(last or first) + 1))
    return rows
