"""How sure a reading is: the share of readings of its kind that were right on texts not seen before."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

# Raw score -> share right. Measured on the first run over passages and pages not seen before
# (benchmarks/narrative_first_sight.csv: 1,720 facts read), smoothed to rise with the score.
_CURVE = (
    (0.0, 0.0),
    (0.62, 0.3),
    (0.75, 0.4),
    (0.8, 0.5),
    (0.82, 0.76),
    (0.9, 0.85),
    (0.94, 0.89),
    (0.955, 0.95),
    (0.97, 0.97),
    (1.0, 0.98),
)


@lru_cache(maxsize=4_096)
def calibrated(raw: float) -> float:
    """The raw score of a reading (grade of its frame times what the way to it costs) as a probability."""
    for (low, share), (high, more) in pairwise(_CURVE):
        if raw <= high:
            return round(share + (more - share) * (raw - low) / (high - low), 2)
    return _CURVE[-1][1]
