"""A county server's first step: migrations of the warehouse and of Airflow, the administrator's password, the pool.

The services' addresses come from the environment (docker-compose.yml); safe to run again at every start.
"""

from __future__ import annotations

import subprocess
import sys

from catalogue.errors import Refusal, Unavailable
from taizhang.local.airflow import POOL
from taizhang.local.people import USER, passwords_file, people, write_passwords
from taizhang.settings import Settings, child_environment, is_set
from warehouse.connection import Warehouse
from warehouse.migration import migrate

SECRETS = (
    "TAIZHANG_AIRFLOW_PASSWORD",
    "AIRFLOW__CORE__FERNET_KEY",
    "AIRFLOW__API__SECRET_KEY",
    "AIRFLOW__API_AUTH__JWT_SECRET",
)


def prepare(settings: Settings) -> None:
    """Both databases have their newest form, the password file and the pool exist.

    Raises Refusal when no database is named, a secret is missing, or Airflow refuses a step.
    """
    if settings.embedded:
        raise Refusal("A server needs its own PostgreSQL: set DATABASE_URL (a machine alone uses “taizhang up”).")
    if blank := [name for name in SECRETS if not is_set(name)]:
        raise Refusal(f"These have no value: {', '.join(blank)}; fill in the secrets in .env (see .env.example).")
    for folder in (settings.inbox, settings.archive, settings.outbox, settings.published, settings.home / "airflow"):
        folder.mkdir(parents=True, exist_ok=True)
    write_passwords(passwords_file(settings), list(people(settings)), **{USER: str(settings.airflow_password)})
    migrate(Warehouse(settings.warehouse_url))
    _airflow(settings, "db", "migrate")
    _airflow(settings, "pools", "set", POOL, str(settings.workers), "Tasks that read files or load the warehouse")


def _airflow(settings: Settings, *arguments: str) -> None:
    command = [sys.executable, "-m", "airflow", *arguments]
    if subprocess.run(command, env=child_environment(settings, {}), check=False).returncode != 0:
        raise Refusal(f"“airflow {' '.join(arguments[:2])}” failed; its own message stands above.")


if __name__ == "__main__":
    try:
        prepare(Settings.load())
    except (Refusal, Unavailable) as refusal:
        sys.exit(str(refusal))
