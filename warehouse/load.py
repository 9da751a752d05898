"""Loads a batch of checked returns in the caller's one transaction: all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from psycopg import errors
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from catalogue import Catalogue, Sheet
from catalogue import load as load_catalogue
from catalogue.findings import empty_findings
from warehouse.connection import query
from warehouse.copying import analyze_grown, copy_frame, stage
from warehouse.generation import apart_fields, stored_fields, table_of

LOCK = 7_310_002  # advisory lock: loads follow one another, so what one checked is what it loads beside
SUBMISSION_TYPES = {
    "return_no": "bigint",
    "sha256": "text",
    "file_name": "text",
    "township_code": "text",
    "period": "text",
    "form_version": "integer",
    "received_at": "timestamp",
    "due_on": "date",
    "status": "text",
    "prepared_on": "date",
    "hard_findings": "integer",
    "warnings": "integer",
    "infos": "integer",
}
_COUNTS = {"hard": "hard_findings", "warn": "warnings", "info": "infos"}
_OWN = ("submission_id", "township_code", "period", "excel_row", "row_key", "approximate")


@dataclass(frozen=True)
class LoadBatch:
    """Checked returns, ready to be stored; every frame names the return by `return_no`.

    submissions    return_no, sha256, file_name, township_code (None unless the register knows it in the period),
                   period (None when invalid), form_version, received_at, due_on, status, prepared_on
    findings       FINDING_COLUMNS, in the order they are to be shown; the counts per severity follow from them
    rows           sheet code -> loaded rows: return_no, excel_row, row_key, approximate (list of field codes), fields;
                   none for a rejected return
    held_back      return_no, sheet, excel_row, row_key, raw (dict of field code -> text, may hold `extra`)
    row_counts     return_no, sheet, rows_read, loaded, held_back, ignored
    not_evaluable  return_no, rule, cases
    """

    submissions: pd.DataFrame
    findings: pd.DataFrame = field(default_factory=empty_findings)
    rows: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    held_back: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["return_no", "sheet", "excel_row", "row_key", "raw"])
    )
    row_counts: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            columns=["return_no", "sheet", "rows_read", "loaded", "held_back", "ignored"]
        )
    )
    not_evaluable: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["return_no", "rule", "cases"]))


class ConservationError(Exception):
    """Rows read, loaded, held back and ignored do not add up; the text names submission and sheet."""


def lock_loads(connection: Connection) -> None:
    """No other load runs until this transaction ends; take it before checks that look at what is already loaded."""
    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def known_digests(connection: Connection, digests: list[str]) -> set[str]:
    """Those of the digests that are registered as submissions already."""
    statement = text("select sha256 from intake.submission where sha256 = any(:digests)")
    return set(connection.execute(statement, {"digests": digests}).scalars())


def load(connection: Connection, batch: LoadBatch) -> pd.DataFrame:
    """The batch stands in the warehouse once the caller commits.

    Returns one row per return: return_no, submission_id, is_new (false when the same bytes were there already: then
    only the arrival is recorded), is_touched (new, or its time received moved to an earlier arrival of the same bytes).
    Raises ConservationError when the counts stated differ from the rows, and rolls nothing back itself.
    """
    lock_loads(connection)
    catalogue = load_catalogue()
    register = _register(connection, batch)
    new = register.loc[register["is_new"], ["return_no", "submission_id"]].merge(
        batch.submissions[["return_no", "township_code", "period"]], on="return_no"
    )
    analyze_grown(connection, {"intake.submission": len(new)})
    grown = {}
    for sheet in catalogue.current_form.sheets:
        if sheet.code in batch.rows:
            rows = _of(new, batch.rows[sheet.code])
            _copy_rows(connection, sheet, rows)
            grown[table_of(sheet)] = len(rows)
    analyze_grown(connection, grown)
    _copy_findings(connection, catalogue, new, batch.findings)
    _copy_held_back(connection, catalogue, _of(new, batch.held_back))
    copy_frame(connection, "intake.not_evaluable", _pick(new, batch.not_evaluable, ["rule", "cases"]))
    _copy_counts(connection, new, batch.row_counts)
    return register


def _register(connection: Connection, batch: LoadBatch) -> pd.DataFrame:
    severities = pd.crosstab(batch.findings["return_no"], batch.findings["severity"]).rename(columns=_COUNTS)
    counts = severities.reindex(index=batch.submissions["return_no"], columns=list(_COUNTS.values()), fill_value=0)
    staged = batch.submissions.reset_index(drop=True).join(counts.reset_index(drop=True))
    stage(connection, "staged_submission", staged, SUBMISSION_TYPES)
    connection.execute(text(_ARRIVALS))
    return query(connection, _SUBMISSIONS)


_ARRIVALS = """
insert into intake.arrival (sha256, file_name, received_at)
select sha256, file_name, received_at from pg_temp.staged_submission
on conflict do nothing
"""

# One submission per digest, the earliest arrival of the batch first; an earlier arrival of known bytes moves the time.
_SUBMISSIONS = """
with chosen as (
    select distinct on (sha256) * from pg_temp.staged_submission order by sha256, received_at, return_no
),
added as (
    insert into intake.submission (
        sha256, file_name, township_code, period, form_version, received_at, due_on, status,
        hard_findings, warnings, infos, prepared_on
    )
    select
        sha256, file_name, township_code, period, form_version, received_at, due_on, status,
        hard_findings, warnings, infos, prepared_on
    from chosen order by received_at, return_no
    on conflict (sha256) do nothing
    returning submission_id, sha256
),
moved as (
    update intake.submission as s set received_at = c.received_at, file_name = c.file_name
    from chosen as c where s.sha256 = c.sha256 and c.received_at < s.received_at
    returning s.submission_id
)
select
    s.return_no,
    coalesce(a.submission_id, known.submission_id) as submission_id,
    a.submission_id is not null and c.return_no is not null as is_new,
    a.submission_id is not null or m.submission_id is not null as is_touched
from pg_temp.staged_submission as s
left join chosen as c on s.return_no = c.return_no
left join added as a on s.sha256 = a.sha256
left join intake.submission as known on s.sha256 = known.sha256
left join moved as m on known.submission_id = m.submission_id
order by s.return_no
"""


def _of(new: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame's rows of new submissions, with submission_id, township_code and period."""
    place = pd.Index(new["return_no"]).get_indexer(frame["return_no"])
    kept = place >= 0
    found, place = (frame, place) if kept.all() else (frame[kept], place[kept])
    own = {name: new[name].array.take(place) for name in ("submission_id", "township_code", "period")}
    return found.reset_index(drop=True).assign(**own)


def _pick(new: pd.DataFrame, frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return _of(new, frame)[["submission_id", *columns]]


def _copy_rows(connection: Connection, sheet: Sheet, rows: pd.DataFrame) -> None:
    codes = [item.code for item in stored_fields(sheet)]
    rows = rows.assign(approximate=pd.Series(_or_empty(rows.get("approximate"), len(rows)), dtype=object))
    copy_frame(connection, table_of(sheet), rows[[*_OWN, *codes]])
    if apart := [item.code for item in apart_fields(sheet)]:
        copy_frame(connection, f"restricted.{sheet.code}", rows[["submission_id", "excel_row", *apart]])


def _or_empty(column: pd.Series | None, length: int) -> list[object]:
    if column is None:
        return ["{}"] * length
    return [value if isinstance(value, list) and value else "{}" for value in column]


def _copy_findings(connection: Connection, catalogue: Catalogue, new: pd.DataFrame, findings: pd.DataFrame) -> None:
    frame = _of(new, findings)
    personal = _personal_fields(catalogue)
    whole = {sheet.code for sheet in catalogue.current_form.sheets if sheet.personal}
    pairs = zip(frame["sheet"], frame["field"], strict=True)
    frame["is_personal"] = np.array([sheet in whole or (sheet, code) in personal for sheet, code in pairs], dtype=bool)
    frame["finding_no"] = frame.groupby("submission_id").cumcount() + 1
    columns = ["submission_id", "finding_no", "rule", "severity", "sheet", "excel_row", "field"]
    columns += ["observed", "expected", "message", "row_key", "is_personal"]
    copy_frame(connection, "intake.finding", frame[columns])


def _personal_fields(catalogue: Catalogue) -> set[tuple[str, str]]:
    return {
        (sheet.code, item.code)
        for sheet in catalogue.current_form.sheets
        for item in sheet.fields
        if sheet.personal or item.personal
    }


def _copy_held_back(connection: Connection, catalogue: Catalogue, held: pd.DataFrame) -> None:
    if held.empty:
        return
    public = {
        sheet.code: {item.code for item in sheet.fields if not (sheet.personal or item.personal)}
        for sheet in catalogue.current_form.sheets
    }
    pairs = list(zip(held["sheet"], held["raw"], strict=True))
    open_raw = [{code: text_ for code, text_ in raw.items() if code in public[sheet]} for sheet, raw in pairs]
    full = held.assign(raw=[_json(raw) for _, raw in pairs])
    shown = held.assign(raw=[_json(raw) for raw in open_raw])
    columns = ["submission_id", "township_code", "period", "sheet", "excel_row", "row_key", "raw"]
    copy_frame(connection, "intake.held_back", shown[columns])
    copy_frame(connection, "restricted.held_back", full[["submission_id", "sheet", "excel_row", "raw"]])


def _json(raw: Mapping[str, object]) -> str:
    kept = {code: value for code, value in raw.items() if value is not None}
    return json.dumps(kept, ensure_ascii=False).replace("\\u0000", "")


def _copy_counts(connection: Connection, new: pd.DataFrame, counts: pd.DataFrame) -> None:
    columns = ["sheet", "rows_read", "loaded", "held_back", "ignored"]
    try:
        copy_frame(connection, "intake.row_count", _pick(new, counts, columns))
        statement = text("select intake.check_conservation(:submissions)")
        connection.execute(statement, {"submissions": new["submission_id"].tolist()})
    except (errors.CheckViolation, IntegrityError) as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()
        raise ConservationError(" ".join(reason[:2])) from None
