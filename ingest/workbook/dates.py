"""Dates as clerks write them: ISO and Chinese styles, compact digits, Excel serials, days without a year."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from catalogue.periods import Period
from ingest.workbook.numbers import chinese_number

EPOCH_1900, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)  # ECMA-376 part 1, 18.17.4.1; 1900 right from 1900-03-01
LATE_DAYS = 62  # a day without a year further behind its period's end was in the year before
_OLDEST_YEARS, _NEWEST_YEARS = 30, 10  # serials outside are numbers that strayed into a date column
_LEAP_YEAR = 4
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | {"。": ".", "○": "〇", "O": "〇", "o": "〇", "零": "〇"})
_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_CN = "[一二三四五六七八九十廿卅]"
_TIME = r"\d{1,2}[:时点]\d{1,2}(?:(?::|分)\d{1,2}(?:\.\d+)?秒?|分)?"
_PART = "(?:凌晨|早上|上午|中午|下午|晚上)"
_TAIL = (
    r"(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?"
    rf"(?:(?:T|\s+|(?<=[日号])){_TIME}Z?|\s*{_PART}\s*(?:{_TIME})?)?"
)
_SEPARATED = re.compile(rf"(\d{{4}})\s*([-/.])\s*(\d{{1,2}})\s*\2\s*(\d{{1,2}})\s*[日号]?{_TAIL}", re.ASCII)
_CHINESE = re.compile(
    rf"(?:([0-9〇一二三四五六七八九]{{4}}|\d{{2}})\s*年\s*)?(\d{{1,2}}|元|{_CN}{{1,3}})\s*月\s*"
    rf"(\d{{1,2}}|{_CN}{{1,4}})\s*[日号]?{_TAIL}",
    re.ASCII,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_PERIOD_SEPARATED = re.compile(r"(\d{4})\s*[-/.]?\s*(0[1-9]|1[0-2])|(\d{4})\s*[-/.]\s*([1-9])", re.ASCII)
_PERIOD_CHINESE = re.compile(
    rf"([0-9〇一二三四五六七八九]{{4}})\s*年\s*(\d{{1,2}}|元|{_CN}{{1,3}})\s*月\s*份?", re.ASCII
)


@dataclass(frozen=True)
class MonthDay:
    """A day without a year: 1月3日."""

    month: int
    day: int


def read_date(text: str, around: date) -> date | MonthDay | None:
    """The day a cell's text states, or None where it states none that exists. `around`: a day near the return's."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip().translate(_DASHES)
    if len(text) > 60:
        return None
    if found := _SEPARATED.fullmatch(text):
        return _day(int(found[1]), int(found[3]), int(found[4]))
    if found := _COMPACT.fullmatch(text):
        return _day(*map(int, found.groups()))
    return _read_chinese(text, around)


def _read_chinese(text: str, around: date) -> date | MonthDay | None:
    found = _CHINESE.fullmatch(text)
    month, day = (_small(found[2]), _small(found[3])) if found else (None, None)
    if found is None or month is None or day is None:
        return None
    if found[1] is not None:
        return _day(_year(found[1], around), month, day)
    return MonthDay(month, day) if _day(_LEAP_YEAR, month, day) else None


def read_serial(value: float, epoch: date, around: date) -> date | None:
    """The day of an Excel serial number or of eight digits (20250103), or None where it is neither."""
    if value >= 10_000_000 and value == int(value):
        found = _COMPACT.fullmatch(str(int(value)))
        return _day(*map(int, found.groups())) if found else None
    if not 0 < value < 100_000:
        return None
    day = epoch + timedelta(days=int(value))
    return day if around.year - _OLDEST_YEARS <= day.year <= around.year + _NEWEST_YEARS else None


def as_serial(text: str) -> float | None:
    """The number of a serial written as text, or None."""
    text = unicodedata.normalize("NFKC", text).strip()
    return float(text) if _SERIAL.fullmatch(text) else None


def read_period(text: str) -> str | None:
    """The month (YYYY-MM) a cover's text states, or None."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip().translate(_DASHES)
    if found := _PERIOD_SEPARATED.fullmatch(text):
        year, month = found[1] or found[3], int(found[2] or found[4])
        return f"{year}-{month:02d}" if 1 <= month <= 12 and int(year) > 0 else None
    if found := _PERIOD_CHINESE.fullmatch(text):
        number = _small(found[2])
        return f"{found[1].translate(_DIGITS)}-{number:02d}" if number and number <= 12 else None
    day = read_date(text, date.max)
    return Period.month_of(day).text if isinstance(day, date) else None


def place_in_year(monthday: MonthDay, not_before: date | None, period_end: date) -> date | None:
    """The date of a day without a year; None where it exists in no year near.

    With `not_before`: the first such day on or after it. Else the year of `period_end`, or the year before when that
    would lie more than 62 days behind the period's end.
    """
    if not_before is not None:
        years = range(not_before.year, not_before.year + 5)
        days = (_day(year, monthday.month, monthday.day) for year in years)
        return next((day for day in days if day is not None and day >= not_before), None)
    day = _day(period_end.year, monthday.month, monthday.day)
    if day is not None and day - period_end <= timedelta(days=LATE_DAYS):
        return day
    return _day(period_end.year - 1, monthday.month, monthday.day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(text: str, around: date) -> int:
    """Four digits as they are; two digits the year nearest to `around`."""
    number = int(text.translate(_DIGITS))
    if len(text) == 4:
        return number
    century = around.year - around.year % 100
    return min((century - 100 + number, century + number, century + 100 + number), key=lambda y: abs(y - around.year))


def _small(text: str) -> int | None:
    if text.isdecimal():
        return int(text)
    if text == "元":
        return 1
    number = chinese_number(text)
    return None if number is None else int(number)
