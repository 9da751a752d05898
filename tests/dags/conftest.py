"""Airflow for DAG tests: SQLite metadata in a temporary folder, set before Airflow is imported for the first time."""

# ruff: noqa: PLC0415 - Airflow is imported after its environment is set
from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

DAGS = Path(__file__).resolve().parents[2] / "dags"
_home = Path(tempfile.mkdtemp(prefix="taizhang-dags-"))
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ |= {
    "AIRFLOW_HOME": str(_home),
    "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Shanghai",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_home}/airflow.db",
    "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(_home / "logs"),
}
sys.path.insert(0, str(DAGS))


@pytest.fixture(scope="session")
def airflow_database() -> None:
    """Airflow's metadata exist and hold the pool the DAGs use."""
    from airflow.models.pool import Pool
    from airflow.utils import db

    db.initdb()
    Pool.create_or_update_pool("warehouse", 2, "", False)


@pytest.fixture(scope="session")
def dagbag(airflow_database: None) -> Any:
    """Every DAG of the repository, read as the dag-processor reads them."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(dag_folder=str(DAGS))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A county's home folder of its own that the DAGs' tasks find."""
    monkeypatch.setenv("TAIZHANG_HOME", str(tmp_path))
    monkeypatch.delenv("TAIZHANG_SMTP_HOST", raising=False)
    yield tmp_path
