"""What becomes of all cases: one county for the session, collected in two batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rule_cases import all_cases
from rule_run import Outcome, Run


@pytest.fixture(scope="session")
def outcomes(
    database_server: Any, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Outcome]]:
    """File name (rule_run.file_name) -> what became of it."""
    from warehouse.connection import Warehouse  # noqa: PLC0415  heavy; only when a rule test runs

    folder: Path = tmp_path_factory.mktemp("rules")
    database_server.psql(f"create database rules template {template_database};")
    run = Run(Warehouse(database_server.get_uri("rules")), folder, list(enumerate(all_cases(), start=1)))
    run.collect()
    yield run.outcomes()
    database_server.psql("drop database if exists rules with (force);")
