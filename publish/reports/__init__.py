"""What goes back on narrative reports: a page per document with its sentences marked, and a Word copy with comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from publish.reports.commented import write_commented
from publish.reports.page import PageSource, write_page
from warehouse.archive import archived_path, read_text
from warehouse.connection import Warehouse, query
from warehouse.generation import SQL
from warehouse.reports import finish

REPORTS = SQL / "reports"
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_LONGEST = 60
_BATCH = 200

__all__ = ["forgo_reports", "return_reports"]


class Place(Protocol):
    """What returning reports needs to know of the settings."""

    @property
    def warehouse_url(self) -> str: ...
    @property
    def archive(self) -> Path: ...
    @property
    def outbox(self) -> Path: ...


def return_reports(settings: Place, documents: list[int]) -> list[str]:
    """Every document has its page in the outbox, beside it a commented Word copy where it is .docx; the paths written.

    OUTBOX/period/township/name（报告核对）.html; written again it replaces the former one. Afterwards none of the
    documents awaits its return any more.
    """
    written: list[str] = []
    for start in range(0, len(documents), _BATCH):
        part = documents[start : start + _BATCH]
        for source, target in _sources(settings, part):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(write_page(source))
            written.append(str(target))
            copy = target.with_suffix(".docx")
            if source.has_remarks and write_commented(archived_path(settings.archive, source.sha256), copy, source):
                written.append(str(copy))
        forgo_reports(settings, part)
    return written


def forgo_reports(settings: Place, documents: list[int]) -> None:
    """None of the documents awaits its return any more."""
    with Warehouse(settings.warehouse_url).transaction() as connection:
        finish(connection, "return", documents)


def _sources(settings: Place, documents: list[int]) -> Iterator[tuple[PageSource, Path]]:
    asked = {"documents": documents}
    with Warehouse(settings.warehouse_url).transaction() as connection:
        frames = [
            query(connection, REPORTS / f"page_{name}.sql", asked)
            for name in ("documents", "facts", "findings", "passages")
        ]
    heads, *parts = [_by_document(frame) for frame in frames]
    for number, reports in heads.items():
        facts, findings, passages = (part.get(number, []) for part in parts)
        head = reports[0]
        text = read_text(settings.archive, head["sha256"], head["text_sha256"]) if head["text_sha256"] else ""
        for passage in passages:
            passage["other"] = _other(settings, passage)
        source = PageSource(
            head["sha256"], head["file_name"], head["received_at"], text, reports, facts, findings, passages
        )
        yield source, _target(settings.outbox, number, reports)


def _by_document(frame: pd.DataFrame) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for record in frame.to_dict("records"):
        row: dict[str, Any] = {str(key): None if _missing(value) else value for key, value in record.items()}
        found.setdefault(int(row["document_id"]), []).append(row)
    return found


def _missing(value: Any) -> bool:
    return not isinstance(value, list) and bool(pd.isna(value))


def _other(settings: Place, passage: dict[str, Any]) -> str:
    """The words of the other text."""
    if passage["template"]:
        from catalogue.narrative import load_narrative  # noqa: PLC0415

        text = load_narrative().templates.get(passage["template"], "")
    else:
        text = read_text(settings.archive, passage["other_sha256"], passage["other_text_sha256"])
    return text[int(passage["other_start"]) : int(passage["other_end"])]


def _target(outbox: Path, number: int, reports: list[dict[str, Any]]) -> Path:
    """Reports of one township and time stand together; those of no or of several townships carry their number."""
    stem = _FORBIDDEN.sub("_", Path(reports[0]["file_name"]).stem)[:_LONGEST]
    places = {(row["period"], row["township"]) for row in reports if row["township"] and row["period"]}
    if len(places) != 1:
        return outbox / "未识别" / f"{stem}（{number}号报告核对）.html"
    period, township = places.pop()
    return outbox / str(period) / str(township) / f"{stem}（{number}号报告核对）.html"
