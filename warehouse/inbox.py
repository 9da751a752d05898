"""The ledger of what has been collected from the inbox."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection, text

from warehouse.connection import Warehouse
from warehouse.copying import stage

_TYPES = {"file_name": "text", "size": "bigint", "modified_ns": "bigint", "sha256": "text"}


def collected_files(warehouse: Warehouse) -> dict[str, tuple[int, int]]:
    """file name -> (size, modification time in ns) of every file collected so far."""
    rows = warehouse.query("select file_name, size, modified_ns from intake.inbox_file")
    pairs = zip(rows["size"], rows["modified_ns"], strict=True)
    return dict(zip(rows["file_name"], pairs, strict=True))


def record_collected(connection: Connection, files: pd.DataFrame) -> None:
    """The files (file_name, size, modified_ns, sha256) count as collected once the caller commits."""
    stage(connection, "staged_inbox_file", files, _TYPES)
    connection.execute(text(_RECORD))


_RECORD = """
insert into intake.inbox_file as f (file_name, size, modified_ns, sha256)
select distinct on (file_name) file_name, size, modified_ns, sha256 from pg_temp.staged_inbox_file
on conflict (file_name) do update
set size = excluded.size, modified_ns = excluded.modified_ns, sha256 = excluded.sha256
"""


def newest_submission(connection: Connection, township_codes: list[str]) -> int:
    """The newest submission of these townships; 0 when they have none."""
    statement = text("select coalesce(max(submission_id), 0) from intake.submission where township_code = any(:codes)")
    return int(connection.execute(statement, {"codes": township_codes}).scalar_one())
