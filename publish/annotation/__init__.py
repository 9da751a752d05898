"""The township's own workbook back, with every finding marked in its cell and listed on the sheet 问题清单."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from catalogue import Form, Rule
from catalogue.explanations import Standing
from catalogue.workers import worker_pool
from publish.annotation.entries import Entry, make_entries, read_places
from publish.annotation.package import Limits
from publish.annotation.patching import write_annotated
from publish.annotation.wording import describe_status

__all__ = ["Job", "Limits", "annotate", "annotate_many", "describe_status"]

_FINDING = ("rule", "severity", "sheet", "excel_row", "field", "observed", "expected", "message", "row_key")
_PLACE = ("sheet", "sheet_name", "field", "excel_col", "excel_row")
Rows = list[dict[Hashable, Any]]


@dataclass(frozen=True)
class Job:
    """One return to annotate; `note`: heading and lines on top of the list (see `describe_status`).

    `standings`: finding key -> what is known of the warning's explanation.
    """

    return_no: int
    source: Path
    target: Path
    note: str
    standings: Mapping[str, Standing] = field(default_factory=dict)


def annotate(
    source: Path,
    target: Path,
    findings: pd.DataFrame,
    places: pd.DataFrame,
    *,
    form: Form,
    rules: Mapping[str, Rule],
    note: str,
    limits: Limits | None = None,
    standings: Mapping[str, Standing] | None = None,
) -> Path:
    """The annotated copy of one return is written; returns its path, `target` with the suffix of what was written.

    `findings` (FINDING_COLUMNS) and `places` (PLACE_COLUMNS) hold the rows of this return only. Whatever the source
    is, a workbook comes out: the file itself marked, a copy of its values marked, or the list alone. Raises OSError
    when the target cannot be written.
    """
    placed = read_places(_rows(places, _PLACE))
    entries = make_entries(_rows(findings, _FINDING), placed, form, rules, standings or {})
    return write_annotated(source, target, entries, note, limits or Limits())


def annotate_many(
    jobs: Sequence[Job],
    findings: pd.DataFrame,
    places: pd.DataFrame,
    *,
    form: Form,
    rules: Mapping[str, Rule],
    workers: int = 1,
    limits: Limits | None = None,
) -> list[Path]:
    """As `annotate` for every job of a batch, in their order; the frames hold all returns, told apart by return_no."""
    wanted = [job.return_no for job in jobs]
    found = _by_return(findings, _FINDING, wanted)
    placed = _by_return(places, _PLACE, wanted)

    def entries(job: Job) -> list[Entry]:
        places = read_places(placed.get(job.return_no, []))
        return make_entries(found.get(job.return_no, []), places, form, rules, job.standings)

    made: Iterator[tuple[Job, list[Entry]]] = ((job, entries(job)) for job in jobs)
    write: Callable[[tuple[Job, list[Entry]]], Path] = partial(_write, limits=limits or Limits())
    if workers <= 1 or len(jobs) < 2:
        return [write(item) for item in made]
    with worker_pool(workers, preload=__name__) as pool:
        return list(pool.map(write, made, chunksize=max(1, len(jobs) // (workers * 4))))


def _write(item: tuple[Job, list[Entry]], *, limits: Limits) -> Path:
    job, entries = item
    return write_annotated(job.source, job.target, entries, job.note, limits)


def _rows(frame: pd.DataFrame, columns: Iterable[str]) -> Rows:
    return frame.reindex(columns=list(columns)).to_dict("records")


def _by_return(frame: pd.DataFrame, columns: tuple[str, ...], wanted: Iterable[int]) -> dict[int, Rows]:
    chosen = frame[frame["return_no"].isin(set(wanted))]
    found: dict[int, Rows] = {}
    for number, row in zip(chosen["return_no"].tolist(), _rows(chosen, columns), strict=True):
        found.setdefault(number, []).append(row)
    return found
