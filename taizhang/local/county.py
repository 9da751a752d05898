"""The local county: embedded PostgreSQL, warehouse and Airflow, started and stopped together."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from filelock import FileLock, Timeout

from catalogue.errors import Refusal
from catalogue.interrupts import interrupts_ignored
from taizhang.local.airflow import AirflowService, now
from taizhang.local.people import USER
from taizhang.local.postgres import PROGRAMS, Cluster
from taizhang.settings import Settings
from warehouse.connection import Warehouse
from warehouse.migration import migrate

Echo = Callable[[str], object]
_BOOT = 240  # seconds Airflow may take until every part is healthy
_FAREWELL = 15  # seconds all parts together may take to end by themselves


@dataclass(frozen=True)
class ServiceStatus:
    """One process: pid None when it does not run; health is healthy, starting, unhealthy or stopped."""

    name: str
    pid: int | None
    health: str


@dataclass(frozen=True)
class Status:
    """Where everything is and whether it runs. URLs are None before the first start."""

    home: str
    inbox: str
    archive: str
    outbox: str
    logs: str
    database_url: str | None
    database_programs: str
    airflow_url: str | None
    airflow_user: str
    airflow_password_file: str
    services: tuple[ServiceStatus, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @property
    def running(self) -> bool:
        """Whether every part is healthy."""
        return all(service.health == "healthy" for service in self.services)


def up(settings: Settings, *, airflow: bool = True, echo: Echo = print) -> Status:
    """Everything runs and is healthy; what ran already was left alone, what was missing was started.

    Interrupted or failed, it stops what it started. Raises Refusal naming the log to read when a part does not come up.
    """
    cluster, service = Cluster(settings), AirflowService(settings)
    with _one_at_a_time(settings), _undone_on_failure(cluster, service, echo):
        for folder in (settings.inbox, settings.archive, settings.outbox, settings.home / "logs"):
            folder.mkdir(parents=True, exist_ok=True)
        needs_cluster = airflow or settings.embedded
        database_fell = needs_cluster and cluster.pid() is None
        if needs_cluster:
            echo("PostgreSQL ...")
            cluster.keep()
        database_back = now() if database_fell else None
        echo("Migrations ...")
        password = _migrate(settings, service if airflow else None)
        if password:
            echo(f"Airflow's administrator is “{USER}”, password {password} (kept in {service.password_file})")
        if airflow:
            _start_airflow(service, echo, database_back)
    return status(settings)


def down(settings: Settings, *, echo: Echo = print) -> None:
    """Nothing that `up` or a command started here runs any more."""
    with _one_at_a_time(settings):
        _stop_airflow(AirflowService(settings), echo)
        cluster = Cluster(settings)
        if cluster.pid() is not None:
            echo("PostgreSQL stops ...")
        cluster.stop()


def status(settings: Settings) -> Status:
    """How it stands now."""
    cluster, service = Cluster(settings), AirflowService(settings)
    pid = cluster.pid()
    health = "stopped" if pid is None else "healthy" if cluster.ready() else "unhealthy"
    parts = [ServiceStatus("postgresql", pid, health)]
    parts += [ServiceStatus(name, service.services[name].pid(), text) for name, text in service.health().items()]
    url = None
    with suppress(Refusal):
        url = settings.warehouse_url
    return Status(
        home=str(settings.home),
        inbox=str(settings.inbox),
        archive=str(settings.archive),
        outbox=str(settings.outbox),
        logs=str(settings.home / "logs"),
        database_url=url,
        database_programs=str(PROGRAMS),
        airflow_url=service.url,
        airflow_user=USER,
        airflow_password_file=str(service.password_file),
        services=tuple(parts),
    )


def ensure_database(settings: Settings) -> str:
    """The warehouse's URL; the embedded server runs at least until this process ends.

    A server that `up` started stays; one that only commands use stops with the last of them. Another PostgreSQL,
    named by DATABASE_URL, is left to its owner.
    """
    return settings.warehouse_url if not settings.embedded else Cluster(settings).borrow()


def _migrate(settings: Settings, service: AirflowService | None) -> str | None:
    """Warehouse and Airflow's metadata are migrated, side by side; returns Airflow's password when it is new."""
    password = service.prepare() if service else None
    running = service.migration() if service else None
    try:
        migrate(Warehouse(settings.warehouse_url))
        if running and running.wait() != 0:
            raise Refusal(
                f"Airflow's metadata cannot be migrated; see {settings.home / 'logs' / 'airflow-migrate.log'}."
            )
    finally:
        if running and running.poll() is None:
            running.kill()
            running.wait()
    if service and running:
        service.note_migration()
    return password


def _start_airflow(service: AirflowService, echo: Echo, database_back: datetime | None) -> None:
    missing = service.missing()
    begun = {name: now() for name in missing}
    for name in missing:
        service.start(name)
    echo(f"Airflow at {service.url} ...")
    _wait_healthy(service, begun, database_back)
    service.ensure_pool()


def _wait_healthy(service: AirflowService, begun: dict[str, datetime], database_back: datetime | None) -> None:
    """Every part is healthy: those `begun` by their first heartbeat, those that lived through a fall of the database by
    one since it is back, for they may still be dying of it.
    """
    survivors = dict.fromkeys(service.services, database_back) if database_back else {}
    deadline = time.monotonic() + _BOOT
    while True:
        health = service.health({**survivors, **begun})
        for name in (name for name, text in health.items() if text == "stopped"):
            if name in begun:
                raise Refusal(f"Airflow's {name} ended at once; the end of {service.services[name].log} says why.")
            begun[name] = now()  # it ran before and fell when the database or another part was killed
            service.start(name)
        if set(health.values()) == {"healthy"}:
            return
        if time.monotonic() > deadline:
            waiting = ", ".join(name for name, text in health.items() if text != "healthy")
            raise Refusal(
                f"Airflow's {waiting} did not become healthy; see {service.services['scheduler'].log.parent}."
            )
        time.sleep(0.25)


def _stop_airflow(service: AirflowService, echo: Echo, names: set[str] | None = None) -> None:
    parts = [part for name, part in service.services.items() if names is None or name in names]
    if any(part.pid() for part in parts):
        echo("Airflow stops ...")
    parts.sort(key=lambda part: part.name == "api-server")  # the last: a task that ends reports to it
    for part in parts:
        if part.name != "api-server":
            part.ask_to_stop()
    deadline = time.monotonic() + _FAREWELL
    for part in parts:
        part.stop(patience=max(2.0, deadline - time.monotonic()))


@contextmanager
def _undone_on_failure(cluster: Cluster, service: AirflowService, echo: Echo) -> Iterator[None]:
    """When the block fails or is interrupted, what it started is stopped before the error goes on."""
    before = {name for name, part in service.services.items() if part.pid() is not None}
    had_database = cluster.pid() is not None
    try:
        yield
    except BaseException:
        with interrupts_ignored():  # a second Ctrl-C does not stop the tidying up
            _stop_airflow(service, echo, set(service.services) - before)
            if not had_database:
                with suppress(subprocess.SubprocessError):
                    cluster.stop()
        raise


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    folder = settings.home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / "county.lock", timeout=_BOOT + 60):
            yield
    except Timeout as error:
        raise Refusal(
            "Another “taizhang up” or “down” has been at work here for minutes: wait for it or end it."
        ) from error
