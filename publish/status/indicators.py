"""Indicator values of the townships by month, beside the county's median."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

from markupsafe import Markup

from catalogue import Indicator
from catalogue import load as load_catalogue
from publish.status.figures import draw_line
from publish.status.reading import Status
from publish.status.wording import amount, month_name

Values = Mapping[tuple[str, str], tuple[float | None, bool]]  # (indicator, period) -> value, whether it is approximate


def read_values(status: Status) -> dict[str, Values]:
    """Township code -> its values by month and for the year of the newest month."""
    found: dict[str, dict[tuple[str, str], tuple[float | None, bool]]] = {}
    for code, period, indicator, value, rough in status.values.itertuples(index=False):
        number = None if value is None or value != value else float(value)  # noqa: PLR0124  (NaN differs from itself)
        found.setdefault(code, {})[indicator, period] = (number, bool(rough))
    return dict(found)


def medians_of(values: Mapping[str, Values], year: str) -> dict[str, float]:
    """Indicator -> median of the townships that have a value for the year."""
    known: dict[str, list[float]] = {}
    for mine in values.values():
        for (indicator, period), (value, _) in mine.items():
            if period == year and value is not None:
                known.setdefault(indicator, []).append(value)
    return {indicator: median(numbers) for indicator, numbers in known.items()}


def indicator_rows(mine: Values, medians: Mapping[str, float], months: tuple[str, ...]) -> list[dict[str, Any]]:
    """A row per indicator that has any value: by month, for the year of the last, and the county's median of it."""
    rows = []
    for indicator in load_catalogue().indicators.values():
        cells = [_cell(mine.get((indicator.code, month)), indicator) for month in months]
        year = _cell(mine.get((indicator.code, months[-1][:4])), indicator)
        if all(cell["value"] is None for cell in (*cells, year)):
            continue
        said = "，".join(f"{month_name(month)} {cell['word']}" for month, cell in zip(months, cells, strict=True))
        values = [cell["value"] for cell in cells]
        line = draw_line(f"i-{indicator.code}", values, title=f"{indicator.label}走势", description=said)
        rows.append(
            {
                "code": indicator.code,
                "label": indicator.label,
                "line": Markup(line),  # noqa: S704  (drawn by us)
                "cells": cells,
                "year": year,
                "median": amount(medians.get(indicator.code), indicator),
            }
        )
    return rows


def _cell(known: tuple[float | None, bool] | None, indicator: Indicator) -> dict[str, Any]:
    value, rough = known or (None, False)
    return {"value": value, "word": ("约" if rough and value is not None else "") + amount(value, indicator)}
