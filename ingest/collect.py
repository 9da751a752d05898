"""Collecting: archive everything new in the inbox, read, check and load it. The DAG and the command line call these."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from catalogue import load as load_catalogue
from ingest.county_rules import judge_county
from ingest.inbox import InboxFile, list_inbox, read_received, received_at
from ingest.inspection import Inspection, inspect
from ingest.loading import Loaded, load_inspection
from ingest.place import Place
from ingest.workbook import ReceivedFile, read_batch, read_identity
from warehouse.archive import archived_path, store
from warehouse.checks import LoadedHistory, received_before
from warehouse.connection import Warehouse
from warehouse.generation import SQL
from warehouse.inbox import collected_files, newest_submission, record_collected
from warehouse.layout import record_layout
from warehouse.load import lock_loads
from warehouse.registry import read_register
from warehouse.rollup import refresh_touched

Progress = Callable[[int, int], None]
Chunk = dict[str, Any]
SMALL_CHUNK = 120
MANY = 4


def plan(settings: Place, received: Path | None = None, progress: Progress | None = None) -> list[Chunk]:
    """Everything new in the inbox stands in the archive; the chunks to collect, named by their townships.

    All files of a township are in one chunk, so that chunks can be collected in any order and at the same time.
    `received` gives file,received_at; without it the file beside the inbox, else the files' modification times.
    """
    known = collected_files(Warehouse(settings.warehouse_url))
    list_file = received or (settings.received_file if settings.received_file.exists() else None)
    times = read_received(list_file) if list_file else {}
    zone = ZoneInfo(settings.timezone)
    new = [file for file in list_inbox(settings.inbox) if known.get(file.file_name) != (file.size, file.modified_ns)]
    entries = []
    for number, file in enumerate(new, start=1):
        entries.append(_archive(file, settings.archive, received_at(file, times, zone)))
        if progress:
            progress(number, len(new))
    return _chunks(entries, settings)


def _archive(file: InboxFile, archive: Path, moment: datetime) -> dict[str, Any]:
    sha256 = store(file.path, archive)
    catalogue = load_catalogue()
    identity = read_identity(archived_path(archive, sha256), catalogue.current_form, catalogue.synonyms)
    return {
        "file_name": file.file_name,
        "size": file.size,
        "modified_ns": file.modified_ns,
        "sha256": sha256,
        "received_at": moment.isoformat(),
        "township": identity.township_code or "",
    }


def _chunks(entries: list[dict[str, Any]], settings: Place) -> list[Chunk]:
    """Townships dealt into chunks: a county is a handful of tasks, a province stays below Airflow's mapping limit."""
    size = min(settings.chunk_size, max(SMALL_CHUNK, math.ceil(len(entries) / MANY)))
    townships: dict[str, list[dict[str, Any]]] = {}
    for entry in sorted(entries, key=lambda item: (item["received_at"], item["file_name"])):
        townships.setdefault(entry["township"], []).append(entry)
    groups: list[list[dict[str, Any]]] = []
    for files in townships.values():
        if not groups or len(groups[-1]) + len(files) > size:
            groups.append([])
        groups[-1].extend(files)
    names = _names(settings)
    folder = settings.home / "plans"
    folder.mkdir(parents=True, exist_ok=True)
    chunks = []
    for number, files in enumerate(groups, start=1):
        stamp = f"{datetime.now(ZoneInfo(settings.timezone)):%Y%m%dT%H%M%S%f}"
        path = folder / f"{stamp}-{number:04d}.json"
        path.write_text(json.dumps(files, ensure_ascii=False), encoding="utf-8")
        chunks.append({"name": _name(files, names), "files": len(files), "plan": str(path)})
    return chunks


def _names(settings: Place) -> dict[str, str]:
    register = read_register(Warehouse(settings.warehouse_url))
    return {township.code: township.name for township in register.townships}


def _name(files: Sequence[dict[str, Any]], names: dict[str, str]) -> str:
    codes = list(dict.fromkeys(names.get(entry["township"], "未识别") for entry in files))
    shown = "、".join(codes[:3]) + (f"等{len(codes)}个乡镇" if len(codes) > 3 else "")
    return f"{shown} {len(files)}份"


def collect_chunk(settings: Place, chunk: Chunk, workers: int = 1) -> dict[str, Any]:
    """The chunk's files are read, checked and in the warehouse, all in one transaction; what was done, for the summary.

    Safe to run again: bytes already registered add nothing but their arrival.
    """
    files = json.loads(Path(chunk["plan"]).read_text(encoding="utf-8"))
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
        new = stored.loc[stored["is_touched"], "submission_id"]
        refresh_touched(connection, [int(number) for number in new])
        record_collected(connection, pd.DataFrame(files))
    return _summary(chunk["name"], loaded)


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
    with ProcessPoolExecutor(settings.workers, mp_context=get_context("forkserver")) as pool:
        tasks = {pool.submit(collect_chunk, settings, chunk): chunk for chunk in chunks}
        for task in as_completed(tasks):
            yield tasks[task], task.result()


def settle(settings: Place, summaries: list[dict[str, Any]]) -> dict[str, Any]:
    """What can only be said when all chunks are in (county rules), and the summary of the whole collection.

    `periods` are the months the new returns report: what quarterly figures have to be looked at again.
    """
    whole = total(summaries)
    asked = {"submissions": whole["submission_ids"]}
    months = Warehouse(settings.warehouse_url).query(SQL / "summary" / "months.sql", asked)["period"]
    whole["periods"] = [str(month) for month in months]
    whole["county_findings"] = judge_county(settings, whole["periods"])
    return whole
