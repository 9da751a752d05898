"""Collecting the inbox: planned, chunk by chunk by as many processes as there are workers, then settled."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import as_completed
from pathlib import Path
from typing import Any

from catalogue.workers import prepare_workers, worker_pool
from ingest.county_rules import judge_county
from ingest.place import Place
from ingest.planning import SMALL_CHUNK, Chunk, Progress, plan, waiting_files
from ingest.reports.judging import judge_reports
from ingest.tally import total
from warehouse.connection import Warehouse
from warehouse.followup import awaiting
from warehouse.reports import awaiting as awaiting_documents

_CHUNK = "ingest.chunk"


def collect_inbox(settings: Place, received: Path | None = None, progress: Progress | None = None) -> dict[str, Any]:
    """Everything new in the inbox is collected by `settings.workers` processes; the summary of it."""
    files = waiting_files(settings)
    if settings.workers > 1 and len(files) >= 2 * SMALL_CHUNK:  # fewer make one chunk, collected in this process
        prepare_workers(_CHUNK)

    def say(done: int, _: int = 0) -> None:
        if progress:
            progress(done, 2 * len(files))  # each is archived, then collected

    chunks = plan(settings, received, files, say)
    done = len(files)
    summaries = []
    for chunk, summary in _collected(settings, chunks):
        done += chunk["files"]
        summaries.append(summary)
        say(done)
    return settle(settings, summaries)


def _collected(settings: Place, chunks: list[Chunk]) -> Iterable[tuple[Chunk, dict[str, Any]]]:
    if settings.workers == 1 or len(chunks) == 1:
        for chunk in chunks:
            yield chunk, _collect(settings, chunk, settings.workers)
        return
    with worker_pool(settings.workers, preload=_CHUNK) as pool:
        tasks = {pool.submit(_collect, settings, chunk): chunk for chunk in chunks}
        for task in as_completed(tasks):
            yield tasks[task], task.result()


def _collect(settings: Place, chunk: Chunk, workers: int = 1) -> dict[str, Any]:
    """The chunk is collected, here or in a worker: the suites are imported only where they run."""
    from ingest.chunk import collect_chunk  # noqa: PLC0415

    return collect_chunk(settings, chunk, workers)


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
