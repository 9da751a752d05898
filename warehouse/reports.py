"""Narrative reports in the warehouse: documents by digest, their reports, facts, sketches and findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from sqlalchemy import Connection, text

from warehouse.connection import Warehouse, query
from warehouse.copying import analyze_grown, copy_frame, stage

Step = Literal["judge", "return"]
DOCUMENT = {
    "sha256": "text",
    "file_name": "text",
    "received_at": "timestamp",
    "source": "text",
    "kind": "text",
    "problem": "text",
    "text_sha256": "text",
    "characters": "integer",
}
REPORT = {
    "sha256": "text",
    "report_no": "integer",
    "start_offset": "integer",
    "end_offset": "integer",
    "title": "text",
    "title_key": "text",
    "place": "text",
    "township_code": "text",
    "period": "text",
    "first_month": "text",
    "last_month": "text",
    "years": "integer",
    "kind": "text",
    "status": "text",
    "notes": "text[]",
}
_FACT = [
    "township_code", "document", "indicator", "value", "unit", "is_approximate", "period_text", "quote", "start_offset",
    "end_offset", "scope", "confidence", "is_sure", "is_near", "report_id",
]  # fmt: skip
_FINDING = [
    "document_id", "finding_no", "report_id", "township_code", "period", "rule", "severity", "observed", "expected",
    "message", "quote", "start_offset", "end_offset",
]  # fmt: skip


@dataclass(frozen=True)
class DocumentBatch:
    """Documents read, ready to be stored; frames name the document by sha256, its reports by report_no.

    documents  DOCUMENT, one row per arrival (the same bytes may come twice)
    reports    REPORT
    facts      sha256, report_no and the columns of narrative.fact but report_id
    sketches   sha256, report_no, value
    findings   sha256, report_no (NA: of the whole file), rule, severity, observed, expected, message, quote, offsets
    """

    documents: pd.DataFrame
    reports: pd.DataFrame
    facts: pd.DataFrame
    sketches: pd.DataFrame
    findings: pd.DataFrame


def store_documents(connection: Connection, batch: DocumentBatch, *, anew: bool = False) -> pd.DataFrame:
    """The batch stands in the warehouse once the caller commits: sha256, document_id, is_new, is_moved per document.

    Bytes known before add only their arrival, which may move the time received to an earlier one (is_moved); with
    `anew` what was read in them is replaced by the batch's reading. What is new or moved awaits its judgement.
    """
    stage(connection, "staged_document", batch.documents, DOCUMENT)
    connection.execute(text(_ARRIVALS))
    stored = query(connection, _DOCUMENTS)
    taken = stored if anew else stored[stored["is_new"]]
    if anew:
        connection.execute(text(_FORGET), {"documents": taken["document_id"].tolist()})
        connection.execute(text(_READ_ANEW))
    _store_reports(connection, batch, taken)
    touched = stored.loc[stored["is_new"] | stored["is_moved"] | anew, "document_id"].tolist()
    leave(connection, "judge", touched)
    leave(connection, "return", touched)
    return stored


def _store_reports(connection: Connection, batch: DocumentBatch, taken: pd.DataFrame) -> None:
    ids = taken[["sha256", "document_id"]]
    stage(connection, "staged_report", batch.reports.merge(ids, on="sha256"), REPORT | {"document_id": "bigint"})
    known = query(connection, _REPORTS).merge(ids, on="document_id")
    if len(batch.facts):
        facts = batch.facts.merge(known, on=["sha256", "report_no"])
        copy_frame(connection, "narrative.fact", facts[_FACT])
    if len(batch.sketches):
        sketches = batch.sketches.merge(known, on=["sha256", "report_no"])
        copy_frame(connection, "narrative.sketch", sketches[["report_id", "value"]])
    analyze_grown(connection, {"narrative.report": len(known), "narrative.sketch": len(batch.sketches)})
    if len(batch.findings):
        numbers = known.set_index(["sha256", "report_no"])["report_id"].to_dict()
        findings = batch.findings.merge(ids, on="sha256")
        pairs = zip(findings["sha256"], findings["report_no"], strict=True)
        findings["report_id"] = pd.array([numbers.get(pair) for pair in pairs], dtype="Int64")
        findings["finding_no"] = findings.groupby("document_id").cumcount() + 1
        copy_frame(connection, "narrative.finding", findings[_FINDING])


_ARRIVALS = """
insert into intake.arrival (sha256, file_name, received_at)
select sha256, file_name, received_at from pg_temp.staged_document
on conflict do nothing
"""

_DOCUMENTS = """
with chosen as (
    select distinct on (sha256) * from pg_temp.staged_document order by sha256, received_at, file_name
),
added as (
    insert into narrative.document (
        sha256, file_name, received_at, source, kind, problem, text_sha256, characters
    )
    select sha256, file_name, received_at, source, kind, problem, text_sha256, characters
    from chosen order by received_at, file_name
    on conflict (sha256) do nothing
    returning document_id, sha256
),
moved as (
    update narrative.document as d set received_at = c.received_at, file_name = c.file_name
    from chosen as c where d.sha256 = c.sha256 and c.received_at < d.received_at
    returning d.document_id
)
select
    c.sha256,
    coalesce(a.document_id, d.document_id) as document_id,
    a.document_id is not null as is_new,
    m.document_id is not null as is_moved
from chosen as c
left join added as a on c.sha256 = a.sha256
left join narrative.document as d on c.sha256 = d.sha256
left join moved as m on d.document_id = m.document_id
order by 2
"""

_FORGET = """
with reports as (delete from narrative.report where document_id = any(:documents)),
open as (delete from narrative.not_evaluable where document_id = any(:documents))
delete from narrative.finding where document_id = any(:documents)
"""

_READ_ANEW = """
update narrative.document as d
set kind = s.kind, problem = s.problem, text_sha256 = s.text_sha256, characters = s.characters
from pg_temp.staged_document as s
where d.sha256 = s.sha256
"""

_REPORTS = f"""
insert into narrative.report (document_id, {", ".join(name for name in REPORT if name != "sha256")})
select document_id, {", ".join(name for name in REPORT if name != "sha256")}
from pg_temp.staged_report order by document_id, report_no
returning document_id, report_no, report_id
"""


def archived_texts(warehouse: Warehouse) -> pd.DataFrame:
    """sha256, file_name, received_at, source of every document, in the order of arrival."""
    return warehouse.query(
        "select sha256, file_name, received_at, source from narrative.document order by received_at, document_id"
    )


def leave(connection: Connection, step: Step, documents: Iterable[int]) -> None:
    """The documents await the step once the caller commits."""
    connection.execute(
        text(
            "insert into narrative.awaiting (document_id, step) "
            "select unnest(cast(:documents as bigint[])), :step on conflict do nothing"
        ),
        {"documents": [int(number) for number in documents], "step": step},
    )


def awaiting(connection: Connection, step: Step) -> list[int]:
    """The documents that await the step, in order."""
    statement = text("select document_id from narrative.awaiting where step = :step order by document_id")
    return list(connection.execute(statement, {"step": step}).scalars())


def finish(connection: Connection, step: Step, documents: Iterable[int]) -> None:
    """The documents no longer await the step once the caller commits."""
    connection.execute(
        text("delete from narrative.awaiting where step = :step and document_id = any(cast(:documents as bigint[]))"),
        {"documents": [int(number) for number in documents], "step": step},
    )
