"""Both runs over the cases: all returns in one batch, and the last of every case after the others."""

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
) -> Iterator[dict[str, dict[str, Outcome]]]:
    """Way of collecting -> file name -> what became of it. `together`: one batch; `apart`: two, one after the other."""
    from warehouse.connection import Warehouse  # noqa: PLC0415  heavy; only when a rule test runs

    cases = list(enumerate(all_cases(), start=1))
    folder: Path = tmp_path_factory.mktemp("rules")
    written: dict[str, Path] = {}
    found = {}
    for way in ("together", "apart"):
        chosen = [
            (number, case)
            for number, case in cases
            if (case.collected != "apart" if way == "together" else len(case.returns) > 1)
        ]
        name = f"rules_{way}"
        database_server.psql(f"create database {name} template {template_database};")
        run = Run(Warehouse(database_server.get_uri(name)), folder, chosen, written)
        run.collect_together() if way == "together" else run.collect_apart()
        found[way] = run.outcomes()
    yield found
    for way in found:
        database_server.psql(f"drop database if exists rules_{way} with (force);")
