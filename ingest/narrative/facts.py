"""A fact found in a narrative report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of the narrative scheme with the words it comes from.

    `quote` is the document's text at [start, end) in code points; `confidence` is the share of facts read this way that
    were right; `scope` is part where the document also states the total this number belongs to.
    """

    indicator: str
    value: float
    unit: str
    approx: bool
    period_text: str | None
    scope: Literal["total", "part"]
    confidence: float
    quote: str
    start: int
    end: int
