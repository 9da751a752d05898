"""S02: two rows of a sheet that look like the same matter under different keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from catalogue.models import Form, Sheet
from catalogue.text import fold
from expectations.check import Check, word

ALIKE = 90.0  # percent; contract: titles alike 0.9 or more
TITLE_LABELS = ("名称", "主题", "标题")
MOST_AT_ONCE = 2000


def title_fields(form: Form) -> dict[str, tuple[str, str]]:
    """Sheet code -> (title field, date field) of every table sheet with a 名称, 主题 or 标题."""
    found = {}
    for sheet in form.tables:
        titles = [field.code for field in sheet.fields if any(word in field.label for word in TITLE_LABELS)]
        if titles and sheet.event_date:
            found[sheet.code] = (titles[0], sheet.event_date)
    return found


def similar_pairs(sheet: Sheet, title: str, date: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Pairs (upper, lower) of index labels: same return and kind, dates within a day, titles alike, different key."""
    known = rows[rows[title].notna() & rows[date].notna()]
    by = ["return_no"]
    if sheet.has("kind"):
        by, known = ["return_no", "kind"], known[known["kind"].notna()]
    ordered = known.sort_values([*by, date, "excel_row"], kind="stable")
    candidates = _Candidates(
        ordered[title].to_numpy(dtype="object"),
        ordered[date].to_numpy().astype("datetime64[D]").astype("int64"),
        ordered["_row_key"].to_numpy(dtype="object"),
        ordered["excel_row"].to_numpy(),
        ordered.index.to_numpy(),
    )
    pairs = [pair for start, end in _neighbours(ordered, date, by) for pair in candidates.alike(start, end)]
    return pd.DataFrame(pairs, columns=["upper", "lower"])


def _neighbours(ordered: pd.DataFrame, date: str, by: list[str]) -> Iterator[tuple[int, int]]:
    """Where runs of two or more rows begin and end in which each date lies within a day of the one before."""
    apart = (ordered[by] != ordered[by].shift()).any(axis=1)
    apart |= ordered[date].diff() > pd.Timedelta(days=1)
    bounds = [*np.flatnonzero(apart).tolist(), len(ordered)]
    for first, end in pairwise(bounds):
        for start in range(first, end - 1, MOST_AT_ONCE):
            yield start, min(end, start + MOST_AT_ONCE)


@dataclass(frozen=True)
class _Candidates:
    """The sorted rows, column by column."""

    titles: np.ndarray
    days: np.ndarray
    keys: np.ndarray
    lines: np.ndarray
    labels: np.ndarray

    def alike(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The pairs among the rows from `start` to before `end`."""
        titles = [fold(text) for text in self.titles[start:end]]
        scores = process.cdist(titles, titles, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.float64)
        for one, other in zip(*np.nonzero(np.triu(scores, k=1)), strict=True):
            left, right = start + one, start + other
            different = self.keys[left] is None or self.keys[left] != self.keys[right]
            if different and abs(self.days[left] - self.days[right]) <= 1:
                upper, lower = (left, right) if self.lines[left] <= self.lines[right] else (right, left)
                yield int(self.labels[upper]), int(self.labels[lower])


def similar_checks(form: Form) -> list[Check]:
    """S02 for every sheet with titles; `_similar` names the upper rows alike, see `mark_similar`."""
    return [
        Check(
            rule="S02",
            name=f"S02_{code}",
            sheet=code,
            field=title,
            needs=(title, date, *(("kind",) if form.sheet(code).has("kind") else ())),
            reads=("_similar",),
            fails=lambda rows: rows["_similar"].notna(),
            observed=word(title),
            expected=lambda rows: rows["_similar"].map("不与第 {} 行重复".format, na_action="ignore"),
        )
        for code, (title, date) in title_fields(form).items()
    ]


def mark_similar(sheet: Sheet, title: str, date: str, rows: pd.DataFrame) -> pd.Series:
    """Beside each lower row the Excel rows of the upper ones it resembles, as text; None elsewhere."""
    pairs = similar_pairs(sheet, title, date, rows)
    marks = pd.Series(None, index=rows.index, dtype="object")
    lines = pairs["upper"].map(rows["excel_row"])
    texts = lines.sort_values().astype("str").groupby(pairs["lower"]).agg("、".join)
    marks[texts.index] = texts
    return marks
