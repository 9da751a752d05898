"""Readings of a return: where a cell cannot be typed several are defensible; a finding in all of them is certain."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from taizhang.simulation.sent import Row, SentReturn, Value


class Reading(Enum):
    """What a cell that cannot be typed counts as: unknown (its rules are not evaluable), empty, or the bare number."""

    UNKNOWN = "unknown"
    EMPTY = "empty"
    NUMBER = "number"


class NotEvaluable(Exception):
    """An input of the rule is unknown."""


@dataclass(frozen=True)
class Finding:
    """A finding the generator expects; `row` None where the rule speaks of more than a row."""

    rule: str
    sheet: str | None
    row: Row | None
    field: str | None
    note: str = ""
    scored: bool = True
    twins: tuple[Row, ...] = ()

    def identity(self) -> tuple[str, str | None, int, str]:
        """What makes two findings one: rule, sheet, row; the note where there is no row."""
        return self.rule, self.sheet, id(self.row) if self.row else 0, "" if self.row else f"{self.field}{self.note}"


@dataclass(frozen=True)
class Eyes:
    """A return seen in one reading."""

    sent: SentReturn
    reading: Reading
    duplicates_count: bool = True

    def rows(self, sheet: str) -> list[Row]:
        """The sheet's rows; none when the workbook lacks it."""
        return self.sent.sheets[sheet] if self.sent.has(sheet) else []

    def see(self, sheet: str, row: Row, code: str) -> Value:
        """The field's value, None when empty. Raises NotEvaluable when it is unknown in this reading."""
        if code in row.spoilt:
            if self.reading is Reading.UNKNOWN:
                raise NotEvaluable
            written = row.spoilt[code].written
            return written if self.reading is Reading.NUMBER and isinstance(written, int | float) else None
        if (sheet, code) in self.sent.structure.missing_columns:
            if self.reading is Reading.UNKNOWN:
                raise NotEvaluable
            return None
        return row.values.get(code)


def agree(readings: list[list[Finding]]) -> list[Finding]:
    """All findings of all readings, once each; scored only where every reading has them."""
    found: dict[tuple[str, str | None, int, str], list[Finding]] = {}
    for findings in readings:
        for finding in {item.identity(): item for item in findings}.values():
            found.setdefault(finding.identity(), []).append(finding)
    return [
        Finding(one.rule, one.sheet, one.row, one.field, one.note,
                len(same) == len(readings) and all(item.scored for item in same), one.twins)
        for same in found.values()
        for one in same[:1]
    ]  # fmt: skip
