"""Airflow on this machine: its settings, its four processes, its health and the few REST calls we make."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from catalogue.errors import Refusal
from taizhang.local.people import USER, passwords_file, people, write_passwords, written
from taizhang.local.postgres import query
from taizhang.local.processes import Service, choose_port
from taizhang.settings import Settings, child_environment

POOL = "warehouse"
COMPONENTS = {
    "api-server": (),
    "scheduler": ("--skip-serve-logs",),  # the api-server reads the log files itself; no port is opened for them
    "dag-processor": (),
    "triggerer": ("--skip-serve-logs",),
}
_PRELOAD = (
    "airflow.sdk.execution_time.task_runner",
    "airflow.executors.local_executor",
    "pandas",
    "great_expectations",
    "great_expectations.expectations",
    "ingest.chunk",
    "ingest.collect",
    "publish.outbox",
)
_DIRECT = build_opener(ProxyHandler({}))


class AirflowService:
    """The Airflow of one home folder, with its metadata in the embedded PostgreSQL."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.home = settings.home / "airflow"
        self.password_file = passwords_file(settings)
        self._file = settings.home / "airflow.json"
        self._mark = self.home / "migrated.json"
        self.logs = logs = settings.home / "logs"
        folder = settings.home / "run"
        self.services = {name: Service(name, folder, logs / f"{name}.log") for name in COMPONENTS}

    # --- what is remembered ----------------------------------------------------------------------------------------

    def known(self) -> dict[str, Any]:
        """Port and secrets of this home; empty before the first start."""
        try:
            return dict(json.loads(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    @property
    def url(self) -> str | None:
        """Where the pages are; None before the first start."""
        return f"http://127.0.0.1:{port}" if (port := self.known().get("port")) else None

    def prepare(self) -> str | None:
        """Secrets and port stand in files only the owner reads; returns the password when it was made just now."""
        self.home.mkdir(parents=True, exist_ok=True)
        known, fresh = self.known(), None
        if "password" not in known:
            fresh = self.settings.airflow_password or secrets.token_urlsafe(12)
            key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
            known = {
                "password": fresh,
                "jwt_secret": secrets.token_hex(64),
                "secret_key": secrets.token_hex(32),
                "key": key,
            }
        wanted = self.settings.airflow_port
        if self.services["api-server"].pid() is None or wanted not in (0, known["port"]):
            known["port"] = choose_port(wanted, known.get("port"), "the Airflow page")
        draft = self._file.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(known), encoding="utf-8")
        draft.replace(self._file)
        write_passwords(self.password_file, list(people(self.settings)), **{USER: known["password"]})
        return fresh

    def environment(self) -> dict[str, str]:
        """What we set in the environment of every Airflow process."""
        known, settings = self.known(), self.settings
        metadata = settings.embedded_url("airflow").replace("postgresql://", "postgresql+psycopg://", 1)
        sections: dict[str, dict[str, object]] = {
            "CORE": {
                "DAGS_FOLDER": settings.dags,
                "LOAD_EXAMPLES": False,
                "DAGS_ARE_PAUSED_AT_CREATION": False,
                "DEFAULT_TIMEZONE": settings.timezone,
                "EXECUTOR": "LocalExecutor",
                "PARALLELISM": max(4, settings.workers),
                "MAX_ACTIVE_TASKS_PER_DAG": max(8, settings.workers),
                "MAX_MAP_LENGTH": 4096,
                "FERNET_KEY": known["key"],
                "EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
                "SIMPLE_AUTH_MANAGER_USERS": written(people(settings)),
                "SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": self.password_file,
                "MP_FORKSERVER_PRELOAD": ",".join(_PRELOAD),
            },
            "DATABASE": {"SQL_ALCHEMY_CONN": metadata},
            "API": {"HOST": "127.0.0.1", "PORT": known["port"], "BASE_URL": self.url, "WORKERS": 1},
            "API_AUTH": {"JWT_SECRET": known["jwt_secret"]},
            "SCHEDULER": {
                "MP_START_METHOD": "forkserver",  # tasks start with their imports done
                "TASK_INSTANCE_HEARTBEAT_TIMEOUT": 60,  # a killed task is retried after a minute
                "CATCHUP_BY_DEFAULT": False,
            },
            "WORKERS": {"MIN_HEARTBEAT_INTERVAL": 1},  # a finished task gives its slot back within a second
            "DAG_PROCESSOR": {"REFRESH_INTERVAL": 30},
            "LOGGING": {"BASE_LOG_FOLDER": self.logs / "airflow"},
            "USAGE_DATA_COLLECTION": {"ENABLED": False},
        }
        sections["API"]["SECRET_KEY"] = known["secret_key"]
        ours = {f"AIRFLOW__{part}__{name}": str(v) for part, values in sections.items() for name, v in values.items()}
        return ours | {"AIRFLOW_HOME": str(self.home), "GX_ANALYTICS_ENABLED": "false"}

    # --- processes -------------------------------------------------------------------------------------------------

    def migration(self) -> subprocess.Popen[bytes] | None:
        """The running migration of the metadata; None when this version of Airflow has already made it here."""
        mark = self._migrated()
        if mark["revision"] and self._mark.exists() and json.loads(self._mark.read_text(encoding="utf-8")) == mark:
            return None
        log = self.logs / "airflow-migrate.log"
        with log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "airflow", "db", "migrate"],
                env=child_environment(self.settings, self.environment()),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def note_migration(self) -> None:
        """The next start knows that the metadata need no migration."""
        self._mark.write_text(json.dumps(self._migrated()), encoding="utf-8")

    def _migrated(self) -> dict[str, str | None]:
        revision = query(self.settings.embedded_url("airflow"), "SELECT version_num FROM alembic_version")
        return {"airflow": version("apache-airflow-core"), "revision": revision}

    def start(self, name: str) -> None:
        """The component runs."""
        command, ours = [sys.executable, "-m", "airflow", name, *COMPONENTS[name]], self.environment()
        self.services[name].start(command, child_environment(self.settings, ours), ours, self.home)

    def missing(self) -> list[str]:
        """The components that do not run, or run with other settings than today's."""
        ours = self.environment()
        return [name for name, service in self.services.items() if not service.runs_with(ours)]

    def health(self, since: dict[str, datetime] | None = None) -> dict[str, str]:
        """Component -> healthy, starting, unhealthy or stopped; a heartbeat older than `since` counts as starting."""
        try:
            answer = self._call("GET", "/api/v2/monitor/health", timeout=5) if self.url else {}
        except (URLError, OSError, ValueError):
            answer = {}
        found = {}
        for name, service in self.services.items():
            key = name.replace("-", "_")
            if service.pid() is None:
                found[name] = "stopped"
            elif not answer:
                found[name] = "starting"
            elif name == "api-server":
                found[name] = "healthy"
            else:
                part = answer.get(key) or {}
                beat = part.get(f"latest_{key}_heartbeat")
                late = bool(since and name in since and (beat is None or datetime.fromisoformat(beat) < since[name]))
                found[name] = "starting" if late or beat is None else str(part.get("status") or "unhealthy")
        return found

    # --- REST ------------------------------------------------------------------------------------------------------

    def login(self, user: str = USER) -> str:
        """A bearer token of the user, the administrator unless another is named."""
        password = json.loads(self.password_file.read_text(encoding="utf-8"))[user]
        answer = self._call("POST", "/auth/token", {"username": user, "password": password})
        return str(answer["access_token"])

    def call(self, token: str, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer of the stable REST API (path below /api/v2). Raises HTTPError."""
        return self._call(method, f"/api/v2{path}", body, token=token)

    def ensure_pool(self) -> None:
        """The pool that bounds how many tasks work on the warehouse at once exists, as large as there are workers."""
        token = self.login()
        pool: dict[str, Any] = {"slots": self.settings.workers, "include_deferred": False}
        pool["description"] = "Tasks that read files or load the warehouse"
        try:
            self.call(token, "POST", "/pools", pool | {"name": POOL})
        except HTTPError as error:
            if error.code != 409:
                raise
            self.call(token, "PATCH", f"/pools/{POOL}", pool | {"pool": POOL})

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, token: str = "", timeout: float = 30
    ) -> dict[str, Any]:
        if self.url is None:
            raise Refusal("Airflow has never been started here: run “taizhang up”.")
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data=data, headers=headers, method=method)  # noqa: S310 - our own loopback
        with _DIRECT.open(request, timeout=timeout) as answer:
            text = answer.read()
        return dict(json.loads(text)) if text else {}


def now() -> datetime:
    """The present moment, to compare heartbeats with."""
    return datetime.now(UTC)
