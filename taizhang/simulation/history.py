"""What the county holds of one township when a file arrives: listed keys and loaded rows, month by month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue import Form
from catalogue.periods import Period
from taizhang.simulation.sent import Row, SentReturn, Value

Key = tuple[Value, ...]
FOLLOWED = ("hazard", "suggestion")  # sheets whose newest loaded rows later months are held against


@dataclass
class Arrived:
    """A version that has been judged; `loaded` are its rows that reached the warehouse, by sheet."""

    sent: SentReturn
    status: str
    loaded: dict[str, list[Row]]


class History:
    """Returns of one township in the order of arrival; every version of a month comes before the next month's first."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._arrived: dict[Period, list[Arrived]] = {}
        self._folded: set[Period] = set()
        self._listed: dict[tuple[str, bool], set[Key]] = {}
        self._newest: dict[str, dict[Key, Row]] = {sheet: {} for sheet in FOLLOWED}

    def add(self, arrived: Arrived) -> None:
        """Takes a judged version in."""
        self._arrived.setdefault(arrived.sent.period, []).append(arrived)

    def begin(self, period: Period) -> None:
        """From now on returns of the period are judged: everything earlier counts as earlier months."""
        for month in sorted(self._arrived):
            if month < period and month not in self._folded:
                self._folded.add(month)
                self._fold(month)

    def current(self, period: Period) -> Arrived | None:
        """The newest version of the month that was not rejected."""
        versions = [item for item in self._arrived.get(period, ()) if item.status != "rejected"]
        return versions[-1] if versions else None

    def versions(self, period: Period) -> list[Arrived]:
        """All versions of the month, oldest first."""
        return self._arrived.get(period, [])

    def loaded_before(self, period: Period) -> Iterator[Arrived]:
        """The current returns of earlier months, newest month first."""
        for month in sorted(self._arrived, reverse=True):
            current = self.current(month)
            if month < period and current:
                yield current

    def all_current(self) -> list[Arrived]:
        """The current return of every month, oldest first."""
        return [current for month in sorted(self._arrived) if (current := self.current(month))]

    def key_of(self, sheet: str, row: Row) -> Key:
        """The row's key; None stands for what cannot be read."""
        return tuple([row.get(code) for code in self._form.sheet(sheet).key])

    def listed(self, sheet: str, *, rejected: bool = False) -> set[Key]:
        """Keys on the sheet of any version of an earlier month; with `rejected`, of rejected versions only."""
        return self._listed.get((sheet, rejected), set())

    def newest_loaded(self, sheet: str) -> dict[Key, Row]:
        """Each key's loaded row of the newest earlier month."""
        return self._newest[sheet]

    def _fold(self, month: Period) -> None:
        for arrived in self._arrived[month]:
            for sheet in self._form.tables:
                if not sheet.personal and arrived.sent.has(sheet.code):
                    keys = self._listed.setdefault((sheet.code, arrived.status == "rejected"), set())
                    keys.update(self.key_of(sheet.code, row) for row in arrived.sent.sheets[sheet.code])
        current = self.current(month)
        for sheet_code, newest in self._newest.items():
            for row in current.loaded.get(sheet_code, ()) if current else ():
                newest[self.key_of(sheet_code, row)] = row
