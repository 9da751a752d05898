"""S02: two rows of a sheet that look like the same matter under different keys."""

from __future__ import annotations

from collections.abc import Iterator

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
    if sheet.has("kind"):
        known = known[known["kind"].notna()]
    pairs: list[tuple[int, int]] = []
    for group in _neighbours(known, date, ["return_no", "kind"] if sheet.has("kind") else ["return_no"]):
        pairs.extend(_alike(group, title, date))
    return pd.DataFrame(pairs, columns=["upper", "lower"])


def _neighbours(rows: pd.DataFrame, date: str, by: list[str]) -> Iterator[pd.DataFrame]:
    """Runs of two or more rows in which each date lies within a day of the one before."""
    ordered = rows.sort_values([*by, date, "excel_row"], kind="stable")
    apart = (ordered[by] != ordered[by].shift()).any(axis=1)
    apart |= ordered[date].diff() > pd.Timedelta(days=1)
    runs = apart.cumsum()
    sizes = runs.map(runs.value_counts())
    for _, run in ordered[sizes > 1].groupby(runs[sizes > 1], sort=False):
        for start in range(0, len(run), MOST_AT_ONCE):
            yield run.iloc[start : start + MOST_AT_ONCE]


def _alike(run: pd.DataFrame, title: str, date: str) -> Iterator[tuple[int, int]]:
    titles = [fold(text) for text in run[title]]
    scores = process.cdist(titles, titles, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.float64)
    days = run[date].to_numpy().astype("datetime64[D]").astype("int64")
    keys, lines, labels = run["_row_key"].to_numpy(), run["excel_row"].to_numpy(), run.index.to_numpy()
    for left, right in zip(*np.nonzero(np.triu(scores, k=1)), strict=True):
        different = keys[left] is None or keys[left] != keys[right]
        if different and abs(days[left] - days[right]) <= 1:
            upper, lower = (left, right) if lines[left] <= lines[right] else (right, left)
            yield int(labels[upper]), int(labels[lower])


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
            expected=word("_similar"),
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
