"""How sure a reading is, as the share of such readings that were right."""

from __future__ import annotations


def calibrated(raw: float) -> float:
    """The raw score of a reading as a probability."""
    return round(raw, 2)
