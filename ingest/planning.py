"""Planning a collection: everything new in the inbox is archived and dealt into chunks. No checks are imported."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import repeat
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from catalogue import load as load_catalogue
from ingest.inbox import InboxFile, list_inbox, read_received, received_at
from ingest.place import Place
from ingest.reports.kinds import deal_reports, is_report
from ingest.workbook import read_identity
from warehouse.archive import archived_path, store, sweep
from warehouse.connection import Warehouse
from warehouse.followup import has_unfinished
from warehouse.inbox import collected_files
from warehouse.registry import read_register

Progress = Callable[[int, int], None]
Chunk = dict[str, Any]
SMALL_CHUNK = 250  # below it the fixed cost of the suites outweighs a second process
KEPT_DAYS = 30
_AT_ONCE = 4  # files archived at once: a disk takes longer to flush one than a processor to look at it


def waiting_files(settings: Place) -> list[InboxFile]:
    """The files of the inbox that have not been collected as they stand now."""
    known = collected_files(Warehouse(settings.warehouse_url))
    return [file for file in list_inbox(settings.inbox) if known.get(file.file_name) != (file.size, file.modified_ns)]


def plan(
    settings: Place,
    received: Path | None = None,
    files: Sequence[InboxFile] | None = None,
    progress: Progress | None = None,
) -> list[Chunk]:
    """Everything new in the inbox stands in the archive; the chunks to collect, named by their townships.

    All files of a township are in one chunk, so that chunks can be collected in any order and at the same time.
    `received` gives file,received_at; without it the file beside the inbox, else the files' modification times.
    `files` are those of `waiting_files` where they are known already. With nothing new there is one empty chunk when an
    interrupted collection left later steps to do, else none.
    """
    sweep(settings.archive)
    list_file = received or (settings.received_file if settings.received_file.exists() else None)
    times = read_received(list_file) if list_file else {}
    zone = ZoneInfo(settings.timezone)
    new = waiting_files(settings) if files is None else files
    entries = []
    for entry in _archived(new, settings.archive, [received_at(file, times, zone) for file in new]):
        entries.append(entry)
        if progress:
            progress(len(entries), len(new))
    reports = [entry for entry in entries if entry["kind"] == "report"]
    returns = [entry for entry in entries if entry["kind"] == "return"]
    groups = _deal(returns, settings.chunk_size, settings.workers) + deal_reports(reports)
    groups = groups or ([[]] if has_unfinished(Warehouse(settings.warehouse_url)) else [])
    return _chunks(groups, settings)


def _archived(files: Sequence[InboxFile], archive: Path, moments: Sequence[datetime]) -> Iterator[dict[str, Any]]:
    """The files' entries in order; while one is flushed to disk others are copied and looked at."""
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        yield from pool.map(_archive, files, repeat(archive), moments)
    finally:
        pool.shutdown(cancel_futures=True)


def _archive(file: InboxFile, archive: Path, moment: datetime) -> dict[str, Any]:
    sha256 = store(file.path, archive)
    archived, catalogue = archived_path(archive, sha256), load_catalogue()
    kind, township = "report", ""
    if not is_report(archived, file.file_name):
        kind = "return"
        township = read_identity(archived, catalogue.current_form, catalogue.synonyms).township_code or ""
    return {
        "file_name": file.file_name,
        "size": file.size,
        "modified_ns": file.modified_ns,
        "sha256": sha256,
        "received_at": moment.isoformat(),
        "kind": kind,
        "township": township,
    }


def _deal(entries: list[dict[str, Any]], most: int, workers: int) -> list[list[dict[str, Any]]]:
    """Townships dealt into chunks of about equal size: the same number for every worker, of about `most` files, but
    not so many that each is small.
    """
    townships: dict[str, list[dict[str, Any]]] = {}
    for place, entry in enumerate(sorted(entries, key=lambda item: (item["received_at"], item["file_name"]))):
        unknown = f"?{place // SMALL_CHUNK}"  # files of no township need not stay together
        townships.setdefault(entry["township"] or unknown, []).append(entry)
    wanted = workers * max(1, round(len(entries) / workers / most))
    count = min(wanted, max(1, len(entries) // min(most, SMALL_CHUNK)))
    groups: list[list[dict[str, Any]]] = [[] for _ in range(count)]
    dealt = 0
    for files in townships.values():
        groups[dealt * count // len(entries)].extend(files)
        dealt += len(files)
    return [group for group in groups if group]


def _chunks(groups: list[list[dict[str, Any]]], settings: Place) -> list[Chunk]:
    """The chunks' files stand in plans in the home folder."""
    names = _names(settings)
    folder = settings.home / "plans"
    folder.mkdir(parents=True, exist_ok=True)
    _forget_old(folder)
    chunks = []
    for number, files in enumerate(groups, start=1):
        stamp = f"{datetime.now(ZoneInfo(settings.timezone)):%Y%m%dT%H%M%S%f}"
        path = folder / f"{stamp}-{os.getpid()}-{number:04d}.json"
        path.write_text(json.dumps(files, ensure_ascii=False), encoding="utf-8")
        chunks.append({"name": _name(files, names), "files": len(files), "plan": str(path)})
    return chunks


def _names(settings: Place) -> dict[str, str]:
    register = read_register(Warehouse(settings.warehouse_url))
    return {township.code: township.name for township in register.townships}


def _name(files: Sequence[dict[str, Any]], names: dict[str, str]) -> str:
    if not files:
        return "补做此前中断的步骤"
    if files[0]["kind"] == "report":
        return f"文字报告 {len(files)}份（{files[0]['file_name']}等）"
    known = list(dict.fromkeys(names[entry["township"]] for entry in files if entry["township"] in names))
    shown = ["、".join(known[:3]) + (f"等{len(known)}个乡镇" if len(known) > 3 else "")] if known else []
    if any(entry["township"] not in names for entry in files):
        shown.append("未识别")
    return f"{'及'.join(shown)} {len(files)}份"


def _forget_old(folder: Path) -> None:
    """Plans of former collections are kept for a while, so that a chunk can be run again, then removed."""
    for path in folder.glob("*.json"):
        if time.time() - path.stat().st_mtime > KEPT_DAYS * 86400:
            path.unlink(missing_ok=True)
