"""The ground faults are planted in: one return, what the county holds already, and rows not yet touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from catalogue import Parameters, Synonyms
from taizhang.simulation.history import History
from taizhang.simulation.sent import Row, SentReturn
from taizhang.simulation.township import Township


@dataclass
class Planter:
    """Plants at most one fault in a row, so that each stays what it was meant to be."""

    sent: SentReturn
    history: History
    law: Parameters
    synonyms: Synonyms
    neighbour: str
    rng: Random
    touched: set[int] = field(default_factory=set)

    @property
    def township(self) -> Township:
        """Whose return it is."""
        return self.sent.township

    @property
    def last_day(self) -> date:
        """The month's last day."""
        return self.sent.period.last_day

    def pick(self, sheet: str, wanted: Callable[[Row], object] = lambda _row: True) -> Row | None:
        """A row of the sheet nobody touched that is wanted, or None; it counts as touched now."""
        if not self.sent.has(sheet):
            return None
        rows = [row for row in self.sent.sheets[sheet] if id(row) not in self.touched and wanted(row)]
        if not rows:
            return None
        row = self.rng.choice(rows)
        self.touched.add(id(row))
        return row

    def pick_any(
        self, sheets: tuple[str, ...], wanted: Callable[[Row], object] = lambda _row: True
    ) -> tuple[str, Row] | None:
        """A sheet of the given ones, in chance order, with a row as by `pick`."""
        for sheet in self.rng.sample(sheets, len(sheets)):
            row = self.pick(sheet, wanted)
            if row is not None:
                return sheet, row
        return None

    def is_first_listed(self, sheet: str, row: Row) -> bool:
        """True when no earlier month's return lists the row's key."""
        return self.history.key_of(sheet, row) not in self.history.listed(sheet)

    def first_listed(self, sheet: str) -> Callable[[Row], bool]:
        """Wants rows of the sheet no earlier month's return lists."""
        return lambda row: self.is_first_listed(sheet, row)

    def days_back(self, day: date, low: int, high: int) -> date:
        """A day that many days earlier."""
        return day - timedelta(days=self.rng.randint(low, high))


Planting = Callable[[Planter], bool]


def filled(*codes: str) -> Callable[[Row], bool]:
    """Wants rows with a value in every one of the fields."""
    return lambda row: all(row.values.get(code) is not None for code in codes)


def countable(code: str) -> Callable[[Row], bool]:
    """Wants rows whose count is exact and large enough to be rounded by somebody who did not count."""
    return lambda row: (row.values.get(code) or 0) >= 5 and code not in row.approximate and code not in row.spoilt
