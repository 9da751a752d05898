"""Collecting: read, check and load what was planned. The DAG and the command line call these."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import as_completed
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from catalogue import load as load_catalogue
from catalogue.errors import Unavailable
from catalogue.explanations import Said
from catalogue.workers import worker_pool
from ingest.county_rules import judge_county
from ingest.inspection import Inspection, inspect
from ingest.loading import Loaded, load_inspection
from ingest.place import Place
from ingest.planning import Chunk, Progress, plan
from ingest.reports.collecting import collect_reports
from ingest.reports.judging import judge_reports
from ingest.workbook import ReceivedFile, read_batch
from warehouse.archive import archived_path
from warehouse.checks import LoadedHistory, received_before
from warehouse.connection import Connection, Warehouse
from warehouse.duty.explanations import record
from warehouse.duty.obligations import granted_days, note_empty
from warehouse.followup import awaiting, leave
from warehouse.inbox import newest_submission, record_collected
from warehouse.layout import record_layout
from warehouse.load import lock_loads
from warehouse.registry import read_register
from warehouse.reports import awaiting as awaiting_documents
from warehouse.rollup import refresh_touched


def collect_chunk(settings: Place, chunk: Chunk, workers: int = 1) -> dict[str, Any]:
    """The chunk's files are read, checked and in the warehouse, all in one transaction; what was done, for the summary.

    Safe to run again: bytes already registered add nothing but their arrival.
    """
    files = json.loads(Path(chunk["plan"]).read_text(encoding="utf-8"))
    if not files:
        return total([]) | {"name": chunk["name"]}
    if files[0].get("kind") == "report":
        return total([]) | {"name": chunk["name"]} | collect_reports(settings, files, workers)
    catalogue = load_catalogue()
    warehouse = Warehouse(settings.warehouse_url)
    received = [
        ReceivedFile(
            archived_path(settings.archive, entry["sha256"]),
            entry["file_name"],
            entry["sha256"],
            datetime.fromisoformat(entry["received_at"]),
        )
        for entry in files
    ]
    if lost := [file for file in received if not file.path.is_file()]:  # not the township's fault: no finding
        raise Unavailable(
            f"档案 {settings.archive} 中没有 {lost[0].file_name} 的存件：请确认档案所在的磁盘可用后重新收集。"
        )
    batch = read_batch(received, catalogue.current_form, catalogue.synonyms, workers=workers)
    register = read_register(warehouse)
    jurisdiction = catalogue.jurisdiction(settings.jurisdiction)

    def look(connection: Any) -> Inspection:
        return inspect(
            batch,
            catalogue,
            register,
            jurisdiction,
            LoadedHistory(connection),
            lambda returns: received_before(connection, returns),
            granted_days(connection),
        )

    codes = sorted({entry["township"] for entry in files})
    with warehouse.transaction() as connection:
        mark = newest_submission(connection, codes)
        inspection = look(connection)
        lock_loads(connection)
        if newest_submission(connection, codes) != mark:  # another collection loaded returns of these townships
            inspection = look(connection)
        loaded = load_inspection(connection, inspection, catalogue)
        stored = loaded.submissions
        record_layout(connection, stored[stored["is_new"]], batch.places)
        touched = stored.loc[stored["is_touched"], "submission_id"].tolist()
        _note_content(connection, stored[stored["is_new"]], batch.said)
        refresh_touched(connection, touched)
        leave(connection, "county_rules", touched)
        leave(connection, "return", stored.loc[stored["is_new"], "submission_id"].tolist())
        record_collected(connection, pd.DataFrame(files))
    return _summary(chunk["name"], loaded)


def _note_content(connection: Connection, new: pd.DataFrame, said: Mapping[int, list[Said]]) -> None:
    """New returns that hold nothing are known as such, and what came back on their 问题清单 is kept."""
    numbers = dict(zip(new["return_no"], new["submission_id"], strict=True))
    note_empty(connection, numbers.values())
    record(connection, {numbers[number]: lines for number, lines in said.items() if number in numbers})


def _summary(name: str, loaded: Loaded) -> dict[str, Any]:
    new = loaded.submissions[loaded.submissions["is_new"]]
    return {
        "name": name,
        "received": len(loaded.submissions),
        "new": len(new),
        "status": {str(key): int(count) for key, count in new["status"].value_counts().items()},
        "rows_loaded": loaded.rows_loaded,
        "rows_held_back": loaded.rows_held_back,
        "findings": {str(key): int(count) for key, count in loaded.findings["rule"].value_counts().items()},
        "severities": {str(key): int(count) for key, count in loaded.findings["severity"].value_counts().items()},
        "submission_ids": [int(number) for number in new["submission_id"]],
    }


def total(summaries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The chunks' summaries as one."""
    whole: dict[str, Any] = {"received": 0, "new": 0, "rows_loaded": 0, "rows_held_back": 0}
    whole |= {"status": {}, "findings": {}, "severities": {}, "submission_ids": []}
    whole |= {"reports": {}, "document_ids": []}
    for summary in summaries:
        for key, value in summary.items():
            if isinstance(value, dict):
                for name, count in value.items():
                    whole[key][name] = whole[key].get(name, 0) + count
            elif key != "name":
                whole[key] += value
    for key in ("status", "findings", "severities"):
        whole[key] = dict(sorted(whole[key].items()))
    return whole


def collect_inbox(settings: Place, received: Path | None = None, progress: Progress | None = None) -> dict[str, Any]:
    """Everything new in the inbox is collected by `settings.workers` processes; the summary of it."""
    chunks = plan(settings, received)
    done = 0
    files = sum(chunk["files"] for chunk in chunks)
    summaries = []
    for chunk, summary in _collected(settings, chunks):
        done += chunk["files"]
        summaries.append(summary)
        if progress:
            progress(done, files)
    return settle(settings, summaries)


def _collected(settings: Place, chunks: list[Chunk]) -> Iterable[tuple[Chunk, dict[str, Any]]]:
    if settings.workers == 1 or len(chunks) == 1:
        for chunk in chunks:
            yield chunk, collect_chunk(settings, chunk, workers=settings.workers)
        return
    with worker_pool(settings.workers, preload=__name__) as pool:
        tasks = {pool.submit(collect_chunk, settings, chunk): chunk for chunk in chunks}
        for task in as_completed(tasks):
            yield tasks[task], task.result()


def settle(settings: Place, summaries: list[dict[str, Any]]) -> dict[str, Any]:
    """What can only be said when all chunks are in (county rules, reports), and the summary of the whole collection.

    `periods` are the months the new returns report: what quarterly figures have to be looked at again. `to_return` are
    the submissions whose annotated workbooks are due, `documents_to_return` the narrative reports whose pages are. All
    include what an interrupted collection left undone.
    """
    whole = total(summaries)
    whole["report_findings"] = judge_reports(settings).findings
    whole["periods"], whole["county_findings"] = judge_county(settings)
    with Warehouse(settings.warehouse_url).transaction() as connection:
        whole["to_return"] = awaiting(connection, "return")
        whole["documents_to_return"] = awaiting_documents(connection, "return")
    return whole
