"""Collecting reports: archived files read in sandboxes, placed by the register and stored, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal

import pandas as pd

from catalogue.errors import Unavailable
from catalogue.register import Register
from ingest.place import Place
from ingest.reports.placing import Placed, Problem, place_report, word_disagreement, word_problem
from ingest.reports.reading import Reading, ReadReport
from ingest.reports.sandbox import read_files
from transforms.arithmetic import Slip
from warehouse.archive import archived_path, store_text
from warehouse.connection import Warehouse
from warehouse.inbox import record_collected
from warehouse.load import lock_loads
from warehouse.registry import read_register
from warehouse.reports import DOCUMENT, REPORT, DocumentBatch, store_documents

Source = Literal["inbox", "backfill"]
Entry = dict[str, Any]
_FACT_COLUMNS = (
    "sha256", "report_no", "township_code", "document", "indicator", "value", "unit", "is_approximate", "period_text",
    "quote", "start_offset", "end_offset", "scope", "confidence", "is_sure", "is_near",
)  # fmt: skip
_FINDING_COLUMNS = (
    "sha256", "report_no", "township_code", "period", "rule", "severity", "observed", "expected", "message", "quote",
    "start_offset", "end_offset",
)  # fmt: skip


def collect_reports(settings: Place, entries: Sequence[Entry], workers: int = 1) -> dict[str, Any]:
    """The files are read and in the warehouse, in one transaction; what was done, for the summary.

    Safe to run again: bytes already registered add nothing but their arrival. Raises Unavailable when the archive has
    lost a file.
    """
    warehouse = Warehouse(settings.warehouse_url)
    register = read_register(warehouse)
    batch = read_documents(settings, entries, register, workers)
    with warehouse.transaction() as connection:
        lock_loads(connection)
        stored = store_documents(connection, batch)
        record_collected(connection, pd.DataFrame(entries))
    return _summary(batch, stored, len(entries))


def read_anew(settings: Place, entries: Sequence[Entry], workers: int = 1) -> int:
    """Documents stored before are read again from the archive and replaced; decisions of people stay. How many."""
    warehouse = Warehouse(settings.warehouse_url)
    batch = read_documents(settings, entries, read_register(warehouse), workers)
    with warehouse.transaction() as connection:
        lock_loads(connection)
        stored = store_documents(connection, batch, anew=True)
    return len(stored)


def read_documents(settings: Place, entries: Sequence[Entry], register: Register, workers: int) -> DocumentBatch:
    """The archived files as a batch; the text of each stands in the archive beside it."""
    digests = list(dict.fromkeys(entry["sha256"] for entry in entries))
    paths = [archived_path(settings.archive, digest) for digest in digests]
    if lost := [path for path in paths if not path.is_file()]:
        raise Unavailable(f"档案 {settings.archive} 中没有 {lost[0].name}：请确认档案所在的磁盘可用后重新收集。")
    readings = dict(zip(digests, read_files(paths, register, workers), strict=True))
    texts = {
        digest: store_text(settings.archive, digest, reading.text) if reading.text else None
        for digest, reading in readings.items()
    }
    first = {entry["sha256"]: entry for entry in sorted(entries, key=lambda item: item["received_at"], reverse=True)}
    documents = pd.DataFrame(
        [_document(entry, readings[entry["sha256"]], texts[entry["sha256"]]) for entry in entries],
        columns=list(DOCUMENT),
    )
    parts = [_rows(first[digest], reading, register) for digest, reading in readings.items()]
    reports, facts, sketches, findings = ([row for part in parts for row in part[place]] for place in range(4))
    return DocumentBatch(
        documents,
        pd.DataFrame(reports, columns=list(REPORT)),
        pd.DataFrame(facts, columns=list(_FACT_COLUMNS)),
        pd.DataFrame(sketches, columns=["sha256", "report_no", "value"]),
        pd.DataFrame(findings, columns=list(_FINDING_COLUMNS)).astype({"start_offset": "Int64", "end_offset": "Int64"}),
    )


def _document(entry: Entry, reading: Reading, text_sha256: str | None) -> tuple[Any, ...]:
    received = pd.Timestamp(datetime.fromisoformat(entry["received_at"]))
    name, source = entry["file_name"], entry.get("source", "inbox")
    return (
        entry["sha256"], name, received, source, reading.kind, reading.problem, text_sha256, len(reading.text),
    )  # fmt: skip


def _rows(entry: Entry, reading: Reading, register: Register) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Rows of reports, facts, sketches and findings of one document."""
    sha256, received = entry["sha256"], datetime.fromisoformat(entry["received_at"]).date()
    reports: list[Any] = []
    facts: list[Any] = []
    sketches: list[Any] = []
    findings: list[Any] = []
    if reading.problem:
        findings.append(_told(sha256, None, None, Problem("F01", reading.problem)))
    for number, report in enumerate(reading.reports, start=1):
        placed = place_report(report.identity, register, received)
        reports.append(_report(sha256, number, report, placed))
        facts += _facts(entry, number, report, placed)
        sketches += [(sha256, number, int(value)) for value in report.sketch] if placed.status != "not_counted" else []
        findings += [_told(sha256, number, placed, problem) for problem in placed.problems]
        if placed.status != "not_counted":
            findings += [_slip(sha256, number, placed, slip, reading.text) for slip in report.slips]
    return reports, facts, sketches, findings


def _report(sha256: str, number: int, report: ReadReport, placed: Placed) -> tuple[Any, ...]:
    span, identity = placed.span, report.identity
    return (
        sha256, number, report.start, report.end, identity.title, placed.title_key, identity.place,
        placed.township_code, placed.period, span.first.text if span else None, span.last.text if span else None,
        identity.years, identity.kind, placed.status, list(placed.notes) or "{}",
    )  # fmt: skip


def _facts(entry: Entry, number: int, report: ReadReport, placed: Placed) -> Iterator[tuple[Any, ...]]:
    for read in report.facts:
        fact = read.fact
        yield (
            entry["sha256"], number, placed.township_code, entry["file_name"], fact.indicator, float(fact.value),
            fact.unit, fact.approx, fact.period_text, fact.quote, fact.start, fact.end, fact.scope, fact.confidence,
            read.is_sure, read.is_near,
        )  # fmt: skip


def _told(sha256: str, number: int | None, placed: Placed | None, problem: Problem) -> tuple[Any, ...]:
    severity, message = word_problem(problem)
    code, period = (placed.township_code, placed.period) if placed else (None, None)
    return sha256, number, code, period, problem.rule, severity, problem.observed, None, message, None, None, None


def _slip(sha256: str, number: int, placed: Placed, slip: Slip, text: str) -> tuple[Any, ...]:
    severity, message = word_disagreement(slip.label, slip.observed, slip.expected)
    return (
        sha256, number, placed.township_code, placed.period, "P09", severity, slip.observed, slip.expected, message,
        text[slip.start : slip.end], slip.start, slip.end,
    )  # fmt: skip


def _summary(batch: DocumentBatch, stored: pd.DataFrame, arrived: int) -> dict[str, Any]:
    """The keys of a chunk of returns, all empty, and what became of the reports."""
    new = set(stored.loc[stored["is_new"], "sha256"])
    reports = batch.reports[batch.reports["sha256"].isin(new)]
    facts = batch.facts[batch.facts["sha256"].isin(new)]
    return {
        "reports": {
            "received": arrived,
            "new": len(new),
            "unreadable": int(
                batch.documents.drop_duplicates("sha256").query("sha256 in @new")["problem"].notna().sum()
            ),
            **{status: int((reports["status"] == status).sum()) for status in ("counted", "plan", "not_counted")},
            "facts": len(facts),
            "doubtful": int((~facts["is_sure"].astype(bool)).sum()),
        },
        "document_ids": [int(number) for number in stored.loc[stored["is_new"], "document_id"]],
    }
