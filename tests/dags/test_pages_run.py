"""The DAG that builds the status pages: when it runs, and that it does."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalogue import load
from catalogue.periods import Period
from catalogue.register import Register
from taizhang.simulation import simulate
from tests.truth.pages import faults
from warehouse.connection import Warehouse
from warehouse.registry import load_parameters, load_register

pytestmark = pytest.mark.e2e


def test_pages_are_built_after_every_collection_and_every_day(dagbag: Any) -> None:
    timetable = dagbag.dags["pages"].timetable
    [told] = [task for task in dagbag.dags["collect"].tasks if any(o.name == "collections" for o in task.outlets)]
    assert [asset.name for asset in timetable.asset_condition.objects] == ["collections"]
    assert timetable.timetable.expression == "0 8 * * *"
    assert "return_workbooks" in told.upstream_task_ids, "the annotated workbooks are there before they are linked"


def test_the_pages_of_a_county_without_returns_are_built(
    dagbag: Any, home: Path, database_url: str, tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("county") / "county"
    month = Period.month_of(date.today()).shifted(-2).text
    simulate(folder, 2, f"{month}..{month}", 1)
    monkeypatch.setenv("DATABASE_URL", database_url)
    warehouse = Warehouse(database_url)
    load_parameters(warehouse, load().jurisdictions["national"])
    load_register(warehouse, Register.read(folder / "townships.csv"))
    dag = dagbag.dags["pages"]
    monkeypatch.setattr(dag, "deadline", None)  # dag.test() cannot store one
    run = dag.test()
    assert run.state == "success"
    page = (home / "pages" / "index.html").read_bytes()
    assert "还没有登记报送期" in page.decode()
    assert faults("index.html", {"index.html": page}) == []
