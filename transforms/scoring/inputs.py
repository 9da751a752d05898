"""What is scored: units by inputs, with leading axes for resamples."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Inputs:
    """Figures of U units and I inputs; `value`, `numerator`, `denominator` have shape [..., U, I] and broadcast.

    NaN is “no figure”: numerator and denominator of counts, and the value where nothing is known or the denominator is
    empty (0). Rates carry all three, value = numerator / denominator. The masks have shape [U, I] or [U]:

    approximate  a cell behind it was approximate
    absent       nothing was submitted that could say it: scores zero
    congress     the unit holds a congress (street offices do not)
    peer         number of its peer group, 0..G-1: shrinkage and ranks are within it
    """

    units: tuple[str, ...]
    codes: tuple[str, ...]
    value: Floats
    numerator: Floats
    denominator: Floats
    approximate: Bools
    absent: Bools
    congress: Bools
    peer: Ints

    def column(self, code: str) -> int:
        """The place of the input; ValueError when there is none of that code."""
        return self.codes.index(code)

    @property
    def is_rate(self) -> Bools:
        """[I]: True where any unit has a denominator."""
        known = ~np.isnan(self.denominator)
        return np.asarray(known.any(axis=tuple(range(known.ndim - 1))))

    @property
    def missing(self) -> Bools:
        """[..., U, I]: not known although it could be: not empty, not absent."""
        return np.asarray(np.isnan(self.value) & ~(self.denominator == 0) & ~self.absent)

    def with_figures(self, value: Floats, numerator: Floats, denominator: Floats) -> Inputs:
        """The same units and masks with other figures, for example resamples in leading axes."""
        return replace(self, value=value, numerator=numerator, denominator=denominator)
