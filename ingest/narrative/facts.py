"""A fact found in a narrative report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from ingest.narrative.quantities import Quantity


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


class Found(NamedTuple):
    """A fact in offsets of the clean text, before its confidence is calibrated and its quote is cut."""

    indicator: str
    quantity: Quantity
    start: int
    end: int
    confidence: float
    is_part: bool
    is_total: bool
    clause: int
