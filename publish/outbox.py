"""What goes back to the townships: their own workbooks, annotated, one folder per month and township."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from catalogue import load as load_catalogue
from catalogue.periods import Period
from publish.annotation import Job, annotate_many, describe_status
from warehouse.archive import archived_path
from warehouse.connection import Warehouse, query
from warehouse.duty.explanations import standings
from warehouse.followup import finish
from warehouse.generation import SQL
from warehouse.layout import read_layout

SUMMARY = SQL / "summary"
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
LONGEST = 60


class Place(Protocol):
    """What returning workbooks needs to know of the settings."""

    @property
    def warehouse_url(self) -> str: ...
    @property
    def archive(self) -> Path: ...
    @property
    def outbox(self) -> Path: ...


def return_workbooks(settings: Place, submission_ids: list[int], workers: int = 1) -> list[str]:
    """Every submission with a hard finding or a warning has its annotated copy in the outbox; the paths written.

    The copy is OUTBOX/month/township/name（第n版问题）.xlsx; written again it replaces the former one. Afterwards none
    of the submissions awaits its return any more.
    """
    catalogue = load_catalogue()
    with Warehouse(settings.warehouse_url).transaction() as connection:
        returns = query(connection, SUMMARY / "to_return.sql", {"submissions": submission_ids})
        chosen = [int(number) for number in returns["submission_id"]]
        findings = query(connection, SUMMARY / "findings.sql", {"submissions": chosen})
        places = read_layout(connection, chosen)
        said = standings(connection, chosen)
    jobs = []
    for record in returns.to_dict("records"):
        row: dict[str, Any] = {str(key): None if pd.isna(value) else value for key, value in record.items()}
        target = _target(settings.outbox, row)
        target.parent.mkdir(parents=True, exist_ok=True)
        source = archived_path(settings.archive, row["sha256"])
        note = describe_status(
            row["status"],
            township=row["township"] or "",
            period=Period.parse(row["period"]) if row["period"] else None,
            due_on=row["due_on"],
            days_late=row["days_late"],
        )
        jobs.append(Job(row["submission_id"], source, target, note, said.get(int(row["submission_id"]), {})))
    written = annotate_many(
        jobs,
        findings.rename(columns={"submission_id": "return_no"}),
        places,
        form=catalogue.current_form,
        rules=catalogue.rules,
        workers=workers,
    )
    forgo_return(settings, submission_ids)
    return [str(path) for path in written]


def forgo_return(settings: Place, submission_ids: list[int]) -> None:
    """None of the submissions awaits its return any more."""
    with Warehouse(settings.warehouse_url).transaction() as connection:
        finish(connection, "return", submission_ids)


def _target(outbox: Path, row: dict[str, Any]) -> Path:
    """Township and version tell returns of the same name apart; those of no township carry their number."""
    stem = _FORBIDDEN.sub("_", Path(row["file_name"]).stem)[:LONGEST]
    if not row["township"] or not row["period"]:
        return outbox / "未识别" / f"{stem}（{row['submission_id']}号问题）.xlsx"
    return outbox / annotated_name(row["period"], row["township"], row["file_name"], row["version"])


def annotated_name(period: str, township: str, file_name: str, version: float) -> str:
    """Where below the outbox the annotated copy of a township's return stands; other suffixes than .xlsx are rare."""
    stem = _FORBIDDEN.sub("_", Path(file_name).stem)[:LONGEST]
    return f"{period}/{township}/{stem}（第{int(version)}版问题）.xlsx"
