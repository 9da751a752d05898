"""Reporting periods: a month (2025-03), a quarter (2025Q1) or a year (2025)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from catalogue.errors import Refusal

Kind = Literal["month", "quarter", "year"]
_FORMS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("month", re.compile(r"(\d{4})-(0[1-9]|1[0-2])")),
    ("quarter", re.compile(r"(\d{4})-?[Qq]([1-4])")),
    ("year", re.compile(r"(\d{4})")),
)


@dataclass(frozen=True, order=True)
class Period:
    """A calendar month, quarter or year; `number` is the month 1..12, the quarter 1..4, or 1 for a year."""

    year: int
    kind: Kind
    number: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period written 2025-03, 2025Q1 (or 2025-Q1) or 2025. Raises Refusal for anything else."""
        for kind, pattern in _FORMS:
            if found := pattern.fullmatch(text.strip()):
                year = int(found[1])
                if year >= 1:
                    return cls(year, kind, int(found[2]) if kind != "year" else 1)
        raise Refusal(f"“{text}”不是报送期：月写作 2025-03，季度写作 2025Q1，年写作 2025。")

    @classmethod
    def month_of(cls, day: date) -> Period:
        """The month that holds the day."""
        return cls(day.year, "month", day.month)

    @classmethod
    def holding(cls, kind: Kind, month: Period) -> Period:
        """The period of the given kind that holds the month."""
        number = {"month": month.number, "quarter": (month.number + 2) // 3, "year": 1}[kind]
        return cls(month.year, kind, number)

    @property
    def text(self) -> str:
        """The period as users write it."""
        year = f"{self.year:04d}"
        return {"month": f"{year}-{self.number:02d}", "quarter": f"{year}Q{self.number}", "year": year}[self.kind]

    @property
    def chinese(self) -> str:
        """The period as Chinese readers expect it: 2025年3月, 2025年第一季度, 2025年."""
        if self.kind == "month":
            return f"{self.year}年{self.number}月"
        return f"{self.year}年" + (f"第{'一二三四'[self.number - 1]}季度" if self.kind == "quarter" else "")

    def months(self) -> Iterator[Period]:
        """The months of the period, first to last."""
        first, count = {"month": (self.number, 1), "quarter": (self.number * 3 - 2, 3), "year": (1, 12)}[self.kind]
        return (Period(self.year, "month", first + i) for i in range(count))

    @property
    def first_day(self) -> date:
        """The first calendar day."""
        return date(self.year, next(self.months()).number, 1)

    @property
    def last_day(self) -> date:
        """The last calendar day."""
        month = list(self.months())[-1].number
        return date(self.year, month, monthrange(self.year, month)[1])

    def shifted(self, by: int) -> Period:
        """The period of the same kind `by` steps later (earlier when negative)."""
        steps = {"month": 12, "quarter": 4, "year": 1}[self.kind]
        index = self.year * steps + self.number - 1 + by
        return Period(index // steps, self.kind, index % steps + 1)
