"""Which quarters a run of the quarterly rollup has to compute, and which periods an assessment has to judge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from catalogue.periods import Period


def quarters_to_close(
    *, asked: str | None, touched: Sequence[str] | None, starts_on: date | None, today: date
) -> list[str]:
    """The quarters, oldest first: the one asked for; else those of the touched periods that are over; else the one due.

    `touched` is None for a run that no correction caused. `starts_on` is the first day of the quarter due; a run that
    stands for no date has none, and the newest quarter that is over is due.
    Raises Refusal when what was asked for is not a period.
    """
    if asked is not None:
        return [_quarter(Period.parse(asked)).text]
    if touched is not None:
        quarters = {_quarter(period) for text in touched if (period := Period.parse(text)).kind != "year"}
        return [quarter.text for quarter in sorted(quarters) if quarter.last_day < today]
    due = _quarter(Period.month_of(starts_on)) if starts_on else _quarter(Period.month_of(today)).shifted(-1)
    return [due.text]


def periods_to_assess(*, asked: str | None, closed: str | None, today: date) -> list[str]:
    """The periods to judge: the one asked for; else the quarter closed, or the newest over, and its year if over.

    What is not over yet is not judged unless asked for. Raises Refusal when what was asked for is no period.
    """
    if asked is not None:
        return [Period.parse(asked).text]
    quarter = _quarter(Period.parse(closed)) if closed else _quarter(Period.month_of(today)).shifted(-1)
    year = Period.holding("year", next(quarter.months()))
    return [period.text for period in (quarter, year) if period.last_day < today]


def periods_of(quarter: str) -> list[str]:
    """The quarter's months, the quarter itself and the year that holds it, in the order in which they are computed."""
    period = Period.parse(quarter)
    return [part.text for part in (*period.months(), period, Period.holding("year", next(period.months())))]


def _quarter(period: Period) -> Period:
    return Period.holding("quarter", next(period.months()))
