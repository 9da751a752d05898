"""One planned chunk: its files are read, checked and loaded. The DAG and the command line call this."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from catalogue import load as load_catalogue
from catalogue.errors import Unavailable
from catalogue.explanations import Said
from ingest.inspection import Inspection, inspect
from ingest.loading import Loaded, load_inspection
from ingest.place import Place
from ingest.planning import Chunk
from ingest.reports.collecting import collect_reports
from ingest.tally import total
from ingest.workbook import ReceivedFile, read_batch
from warehouse.archive import archived_path
from warehouse.checks import LoadedHistory, received_before
from warehouse.connection import Connection, Warehouse
from warehouse.duty.explanations import record
from warehouse.duty.obligations import granted_days, note_empty
from warehouse.followup import leave
from warehouse.inbox import newest_submission, record_collected
from warehouse.layout import record_layout
from warehouse.load import lock_loads
from warehouse.registry import read_register
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
