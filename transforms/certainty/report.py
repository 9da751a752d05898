"""A certainty as plain JSON for the run document, rounded so that the last bits of a machine do not matter."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from transforms.certainty.certainty import Certainty
from transforms.certainty.placement import Line

DIGITS = 6


def as_json(certainty: Certainty, units: Sequence[str], inputs: Sequence[str]) -> dict[str, Any]:
    """{"seed", "resamples", "coverage", "method", "units": {code: ...}, "groups": [[[code]]], "lines": [...],
    "shares": [...]}; per unit intervals as [low, high] or None, rates of what chance touches by input code."""
    return {
        "seed": certainty.seed,
        "resamples": certainty.resamples,
        "coverage": certainty.coverage,
        "method": certainty.method,
        "units": {unit: _unit(certainty, place, inputs) for place, unit in enumerate(units)},
        "groups": [[[units[place] for place in group] for group in groups] for groups in certainty.groups],
        "lines": [None if line is None else _line(line, units) for line in certainty.lines],
        "shares": [
            {"choice": share.choice, "first": _round(share.first), "total": _round(share.total)}
            for share in certainty.shares
        ],
    }


def _unit(certainty: Certainty, place: int, inputs: Sequence[str]) -> dict[str, Any]:
    rates = zip(inputs, certainty.rates[place].tolist(), strict=True)
    return {
        "rank": _interval(certainty.rank_low[place], certainty.rank_high[place]),
        "sure": _interval(certainty.sure_low[place], certainty.sure_high[place]),
        "all": _interval(certainty.all_low[place], certainty.all_high[place]),
        **{name: _interval(each.low[place], each.high[place]) for name, each in certainty.sources.items()},
        "spread": {name: _round(float(each.spread[place])) for name, each in certainty.sources.items()},
        "error": _round(float(certainty.errors[place])),
        "inside_quota": _round(float(certainty.inside_quota[place])),
        "rates": {code: _round(rate) for code, rate in rates if not math.isnan(rate)},
    }


def _line(line: Line, units: Sequence[str]) -> dict[str, Any]:
    def codes(places: Iterable[int]) -> list[str]:
        return [units[place] for place in places]

    return {
        "quota": line.quota,
        "inside": units[line.inside],
        "outside": units[line.outside],
        "gap": _round(line.gap),
        "error": _round(line.error),
        "chance": _round(line.chance),
        "is_tied": line.is_tied,
        "is_firm": line.is_firm,
        "contenders": codes(line.contenders),
        "candidates": codes(line.candidates),
    }


def _interval(low: int, high: int) -> list[int] | None:
    return [int(low), int(high)] if low else None


def _round(number: float) -> float | None:
    return round(number, DIGITS) if math.isfinite(number) else None
