"""The way to the database: one engine, transactions, and queries that come back as frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from psycopg import InterfaceError as DriverMisuse
from psycopg import OperationalError as DriverError
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.pool import NullPool

from catalogue.errors import Refusal, Unavailable

Sql = str | Path
# what the server going away looks like: from SQLAlchemy, or from the driver where it is used directly (COPY)
_LOST = (OperationalError, InterfaceError, DriverError, DriverMisuse)

__all__ = ["Connection", "Sql", "Warehouse", "execute", "query", "run_script"]


class Warehouse:
    """A PostgreSQL database that holds (or will hold) the warehouse; nothing is opened before it is needed."""

    def __init__(self, url: str) -> None:
        self.url = _read_url(url)
        self._engine = create_engine(self.url, poolclass=NullPool, connect_args={"connect_timeout": 10})

    @contextmanager
    def transaction(self, as_of: str | None = None) -> Iterator[Connection]:
        """A connection in one transaction: committed when the block ends, rolled back when it raises.

        With `as_of` (an ISO time) every view of current rows speaks as of that moment within the block.
        Raises Unavailable when the database cannot be reached, or stops or fails before the commit is confirmed.
        """
        place = self.url.render_as_string(hide_password=True)
        try:
            connection = self._engine.connect()
        except OperationalError as error:
            raise Unavailable(
                f"连不上数据库 {place}（{_reason(error)}）：请用 taizhang up 启动，或改正 DATABASE_URL。"
            ) from None
        try:
            with connection, connection.begin():
                if as_of is not None:
                    connection.execute(text("select set_config('taizhang.as_of', :moment, true)"), {"moment": as_of})
                yield connection
        except _LOST as error:
            raise Unavailable(
                f"数据库 {place} 中途停止或出错（{_reason(error)}）：没有写入半截数据，数据库恢复后请重新执行同一命令。"
            ) from None

    def query(self, sql: Sql, params: Mapping[str, Any] | None = None, as_of: str | None = None) -> pd.DataFrame:
        """The rows of one query (text, or the path of an .sql file) with `:name` parameters, in its own transaction."""
        with self.transaction(as_of) as connection:
            return query(connection, sql, params)


def query(connection: Connection, sql: Sql, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """The rows of one query within a transaction; columns keep the database's Python values (None for NULL)."""
    result = execute(connection, sql, params)
    return pd.DataFrame(result.fetchall(), columns=list(result.keys()))


def execute(connection: Connection, sql: Sql, params: Mapping[str, Any] | None = None) -> Any:
    """Run one statement (text, or the path of an .sql file) with `:name` parameters within a transaction."""
    statement = sql.read_text(encoding="utf-8") if isinstance(sql, Path) else sql
    return connection.execute(text(statement), dict(params or {}))


def run_script(connection: Connection, script: str) -> None:
    """Run a text of many statements without parameters, as psql would."""
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor:
        cursor.execute(script)


def _read_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise Refusal("DATABASE_URL 无法识别：请写成 postgresql://用户:密码@主机:5432/库名。") from None
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise Refusal(f"DATABASE_URL 指向 {parsed.get_backend_name()}：数据仓库需要 PostgreSQL 18。")
    return parsed.set(drivername="postgresql+psycopg")


def _reason(error: Exception) -> str:
    """The server's or the driver's own last line."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[-1].strip() if lines else type(error).__name__
