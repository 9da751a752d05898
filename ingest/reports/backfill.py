"""Old reports from a folder, a labelled series for years without returns; and reading all reports anew."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ingest.inbox import list_inbox, read_received, received_at
from ingest.place import Place
from ingest.planning import Progress
from ingest.reports.collecting import collect_reports, read_anew
from ingest.reports.judging import judge_reports
from ingest.reports.kinds import deal_reports, is_report
from warehouse.archive import archived_path, store
from warehouse.connection import Warehouse
from warehouse.inbox import collected_files
from warehouse.reports import archived_texts

PREFIX = "回填"


def backfill_reports(
    settings: Place, folder: Path, received: Path | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """The folder's reports are in the warehouse with source `backfill`; workbooks in it are left alone and counted.

    Files taken before and unchanged are passed over. Raises Refusal when there is no such folder.
    """
    known = collected_files(Warehouse(settings.warehouse_url))
    times = read_received(received) if received else {}
    zone, entries, passed = ZoneInfo(settings.timezone), [], 0
    files = list(list_inbox(folder))
    for number, file in enumerate(files, start=1):
        name = f"{PREFIX}/{folder.name}/{file.file_name}"
        if known.get(name) == (file.size, file.modified_ns):
            continue
        sha256 = store(file.path, settings.archive)
        if not is_report(archived_path(settings.archive, sha256), file.file_name):
            passed += 1
            continue
        moment: datetime = received_at(file, times, zone)
        entries.append(
            {
                "file_name": name,
                "size": file.size,
                "modified_ns": file.modified_ns,
                "sha256": sha256,
                "received_at": moment.isoformat(),
                "source": "backfill",
            }
        )
        if progress:
            progress(number, len(files))
    counts: dict[str, int] = {}
    for part in deal_reports(entries):
        for key, count in collect_reports(settings, part, settings.workers)["reports"].items():
            counts[key] = counts.get(key, 0) + count
    judged = judge_reports(settings)
    return {"files": len(files), "workbooks_left": passed, "reports": counts, "findings": judged.findings}


def reread_reports(settings: Place, progress: Progress | None = None) -> dict[str, Any]:
    """Every report is read again from the archive as it is read today, and judged; decisions of people hold."""
    known = archived_texts(Warehouse(settings.warehouse_url))
    entries = [
        {
            "sha256": row["sha256"],
            "file_name": row["file_name"],
            "received_at": row["received_at"].isoformat(),
            "source": row["source"],
        }
        for row in known.to_dict("records")
    ]
    done = 0
    for part in deal_reports(entries):
        done += read_anew(settings, part, settings.workers)
        if progress:
            progress(done, len(entries))
    judged = judge_reports(settings)
    return {"documents": done, "findings": judged.findings}
