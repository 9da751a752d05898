"""A check: one declared way in which rows can break a rule of the catalogue, as pure vectorised predicates.

Three outcomes: passed, failed, not evaluable. A check is not evaluable for a row when something it `needs` is empty or
something it `reads` holds a cell that could not be read. Not evaluable is counted, never a pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

Rows = pd.DataFrame
Text = Callable[[Rows], pd.Series]


@dataclass(frozen=True)
class Check:
    """One way to break `rule` on the rows of `sheet`.

    field      where the finding is shown
    needs      columns that must hold a value
    reads      columns that may be empty, but must be readable
    extra      columns looked at as they are
    applies    rows the rule speaks of at all (others are neither passed nor open)
    possible   rows whose values allow an answer (the others are open)
    fails      True for rows that break the rule (asked of evaluable rows only)
    observed   what was found, as text, asked of failing rows only; expected likewise
    """

    rule: str
    name: str
    sheet: str
    field: str
    fails: Callable[[Rows], pd.Series]
    observed: Text
    expected: Text
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    applies: Callable[[Rows], pd.Series] | None = None
    possible: Callable[[Rows], pd.Series] | None = None

    @property
    def columns(self) -> list[str]:
        """Every column of the prepared frame the check looks at, fields of the form with their unread marks."""
        fields = [name for name in (*self.needs, *self.reads) if not name.startswith("_")]
        context = [name for name in (*self.needs, *self.reads) if name.startswith("_")]
        return list(dict.fromkeys([*fields, *(f"{name}~unread" for name in fields), *self.extra, *context]))

    def spoken_of(self, rows: Rows) -> tuple[pd.Series, pd.Series]:
        """(rows that can be judged, rows the rule speaks of but whose inputs are missing), as masks."""
        evaluable = pd.Series(True, index=rows.index)
        for name in self.needs:
            evaluable &= rows[name].notna()
        for name in self.reads:
            if not name.startswith("_"):
                evaluable &= ~rows[f"{name}~unread"]
        if self.possible is not None:
            evaluable &= self.possible(rows)
        if self.applies is None:
            return evaluable, ~evaluable
        meant = self.applies(rows)
        return evaluable & meant, ~evaluable & meant

    def failing(self, rows: Rows) -> pd.Series:
        """True for rows that break the rule; what passes, is not meant or cannot be judged is False."""
        judged, _ = self.spoken_of(rows)
        result = pd.Series(False, index=rows.index)
        result[judged] = self.fails(rows[judged]).astype(bool)
        return result


def day(column: str) -> Text:
    """The column's dates as ISO text."""
    return lambda rows: rows[column].dt.strftime("%Y-%m-%d")


def number(column: str) -> Text:
    """The column's numbers as text, whole ones without a point."""
    return lambda rows: rows[column].map("{:g}".format, na_action="ignore")


def word(column: str) -> Text:
    """The column's words."""
    return lambda rows: rows[column].astype("object")


def fixed(text: str) -> Text:
    """The same text for every row."""
    return lambda rows: pd.Series(text, index=rows.index, dtype="object")


def named(label: str, text: Text) -> Text:
    """The label before the text: 开始日期 2025-03-01."""
    return lambda rows: label + " " + text(rows).astype("object")
