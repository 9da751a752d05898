"""What has been given out: editions of a run with the digests of their files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd
from sqlalchemy import Connection, text

from catalogue.approval import Approval
from warehouse.connection import execute, query


def note_publication(
    connection: Connection,
    run_id: int,
    person: str,
    kind: Literal["draft", "final"],
    approval: Approval | None,
    files: Sequence[tuple[str, str]],
) -> tuple[int, bool]:
    """The edition's number and whether it is new; its files (name, sha256) stand.

    An edition of the same files is not made twice.
    """
    known = list_files(connection, run_id)
    for number in sorted(set(known.loc[known["kind"] == kind, "edition"].astype(int))):
        same = known[known["edition"] == number]
        if set(zip(same["file_name"], same["sha256"], strict=True)) == set(files):
            return number, False
    edition = int(known["edition"].max()) + 1 if len(known) else 1
    given = {"run": run_id, "edition": edition, "kind": kind, "person": person}
    execute(
        connection,
        "insert into run.publication (run_id, edition, kind, published_by, approval) "
        "values (:run, :edition, :kind, :person, :approval)",
        given | {"approval": approval.to_bytes().decode() if approval else None},
    )
    statement = text(
        "insert into run.published_file (run_id, edition, file_name, sha256) values (:run, :edition, :name, :sha256)"
    )
    for name, sha256 in files:
        connection.execute(statement, {"run": run_id, "edition": edition, "name": name, "sha256": sha256})
    return edition, True


def list_files(connection: Connection, run_id: int | None = None) -> pd.DataFrame:
    """The files given out, of the run or of all: run_id, edition, kind, published_at, file_name, sha256."""
    return query(
        connection,
        "select p.run_id, p.edition, p.kind, p.published_at, f.file_name, f.sha256 from run.publication as p "
        "inner join run.published_file as f on p.run_id = f.run_id and p.edition = f.edition "
        "where p.run_id = coalesce(:run, p.run_id) order by p.run_id, p.edition, f.file_name",
        {"run": run_id},
    )


def newest_files(connection: Connection, run_id: int, kind: Literal["draft", "final"]) -> list[str]:
    """The files of the run's newest edition of that kind; [] when there is none."""
    known = list_files(connection, run_id)
    known = known[known["kind"] == kind]
    return [] if known.empty else known.loc[known["edition"] == known["edition"].max(), "file_name"].tolist()


def digests(folder: Path, files: Sequence[Path]) -> list[tuple[str, str]]:
    """(path inside the folder, sha256) of each file."""
    return [(str(f.relative_to(folder)), hashlib.sha256(f.read_bytes()).hexdigest()) for f in sorted(files)]
