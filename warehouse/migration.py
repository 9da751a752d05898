"""Brings a database to the newest form: numbered migrations once each, research views whenever they changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from psycopg import Error as DatabaseError
from sqlalchemy import Connection, text

from catalogue.errors import Refusal
from warehouse.connection import Warehouse, run_script
from warehouse.generation import SQL

LOCK = 7_310_001  # advisory lock: one migration at a time
RESEARCH = "research"


def migrate(warehouse: Warehouse, sql: Path = SQL) -> list[str]:
    """The database has every migration and the current research views; the names of what was applied.

    Everything happens in one transaction under an advisory lock, so a second migration waits and finds nothing to do.
    Raises Refusal naming a migration that was changed after it was applied, or that the database refused.
    """
    with warehouse.transaction() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        applied = _applied(connection)
        done = []
        for path in sorted((sql / "migrations").glob("*.sql")):
            if _apply_once(connection, path, applied):
                done.append(path.name)
        if _apply_research(connection, sorted((sql / RESEARCH).glob("*.sql")), applied):
            done.append(RESEARCH)
        return done


def _applied(connection: Connection) -> dict[str, str]:
    if connection.scalar(text("select to_regclass('registry.schema_migration')")) is None:
        return {}
    rows = connection.execute(text("select file_name, digest from registry.schema_migration"))
    return {row.file_name: row.digest for row in rows}


def _apply_once(connection: Connection, path: Path, applied: dict[str, str]) -> bool:
    script = path.read_text(encoding="utf-8")
    digest = _digest(script)
    known = applied.get(path.name)
    if known == digest:
        return False
    if known is not None:
        raise Refusal(f"迁移文件 {path.name} 在应用到此数据库之后被改动过：请恢复原文件，把改动写成新的迁移。")
    _run(connection, path.name, script)
    _record(connection, path.name, digest)
    return True


def _apply_research(connection: Connection, paths: list[Path], applied: dict[str, str]) -> bool:
    script = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    digest = _digest(script)
    if applied.get(RESEARCH) == digest:
        return False
    _run(connection, RESEARCH, script)
    _record(connection, RESEARCH, digest)
    return True


def _run(connection: Connection, name: str, script: str) -> None:
    try:
        run_script(connection, script)
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        raise Refusal(f"数据库拒绝执行 {name}（{reason}）：请按此改正后重新运行。") from None


def _record(connection: Connection, name: str, digest: str) -> None:
    connection.execute(
        text(
            "insert into registry.schema_migration (file_name, digest) values (:name, :digest) "
            "on conflict (file_name) do update set digest = excluded.digest, applied_at = now()"
        ),
        {"name": name, "digest": digest},
    )


def _digest(script: str) -> str:
    return hashlib.sha256(script.encode()).hexdigest()
