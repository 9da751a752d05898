"""The reporting calendar: Chinese statutory holidays and make-up working days, from the `holidays` library.

Years whose State Council notice is not yet in the library fall back on its computed festivals (no make-up days).
"""

from datetime import date, timedelta
from functools import lru_cache

import holidays

from catalogue.periods import Period


@lru_cache(maxsize=1)
def _china() -> holidays.HolidayBase:
    return holidays.country_holidays("CN")


def is_working_day(day: date) -> bool:
    """True on a weekday that is no statutory holiday, and on a weekend day declared a make-up working day."""
    return bool(_china().is_working_day(day))


def add_working_days(day: date, count: int) -> date:
    """The count-th working day after the day (the day itself is not counted)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def subtract_working_days(day: date, count: int) -> date:
    """The count-th working day before the day (the day itself is not counted)."""
    while count > 0:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def shift_working_days(day: date, by: int) -> date:
    """The day that many working days later, or earlier when negative."""
    return add_working_days(day, by) if by >= 0 else subtract_working_days(day, -by)


@lru_cache(maxsize=4096)
def due_on(period: Period, working_days: int) -> date:
    """The due day of a return: the n-th working day after the period's end (contract: forms.yaml, due)."""
    return add_working_days(period.last_day, working_days)
