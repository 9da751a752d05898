"""The one PostgreSQL all contenders load into, a fresh database each, and the processor time it spends."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import psutil

from taizhang.local.postgres import Cluster, query
from taizhang.settings import Settings

_PATIENCE = 60


class Server:
    """An embedded PostgreSQL in `folder`, running within a `with`."""

    def __init__(self, folder: Path) -> None:
        self._settings = Settings.alone(folder)
        self._cluster = Cluster(self._settings)

    def __enter__(self) -> Server:
        self._cluster.keep()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cluster.stop()

    def create(self, name: str, template: str = "template1") -> str:
        """A fresh database, a copy of `template`, with everything written to disk; its URL."""
        self.drop(name)
        self.ask("postgres", f"create database {name} template {template}")
        self.ask("postgres", "checkpoint")
        return self._settings.embedded_url(name)

    def drop(self, name: str) -> None:
        """No such database."""
        self.ask("postgres", f"drop database if exists {name} (force)")

    def ask(self, database: str, sql: str) -> str:
        """The answer to one statement. Raises RuntimeError when it fails."""
        answer = query(self._settings.embedded_url(database), sql)
        if answer is None:
            raise RuntimeError(f"PostgreSQL refuses “{sql}”")
        return answer

    def processor_seconds(self) -> float:
        """User and system time of all server processes so far, once no client is connected any more."""
        deadline = time.monotonic() + _PATIENCE
        clients = "select count(*) from pg_stat_activity where backend_type = 'client backend'"
        while self.ask("postgres", clients) != "1" and time.monotonic() < deadline:
            time.sleep(0.1)
        pid = self._cluster.pid()
        if pid is None:
            raise RuntimeError("PostgreSQL has stopped")
        main = psutil.Process(pid)
        total = sum(main.cpu_times()[:4])  # its own, and that of its children that have ended
        for child in main.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                total += sum(child.cpu_times()[:2])
        return total

    def version(self) -> str:
        """The server's version."""
        return self.ask("postgres", "show server_version")
