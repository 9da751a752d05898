"""What people decide in Airflow, and what Airflow tells of failures and deadlines, by `dag.test()` and direct calls."""

# ruff: noqa: PLC0415 - Airflow and what the tasks use are imported after the environment is set
from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from catalogue import load
from catalogue.duties import window
from catalogue.periods import Period
from catalogue.register import Register, Township
from publish.decisions import waiting
from taizhang.settings import Settings
from tests.dags.test_approval import Answering, answering, states  # noqa: F401  (a fixture)
from warehouse.connection import Warehouse
from warehouse.duty import concessions
from warehouse.duty.alerts import list_alerts
from warehouse.registry import load_parameters, load_register

pytestmark = pytest.mark.e2e
MONTH = Period.month_of(date.today()).shifted(-1)
CODE = "900000101"


@pytest.fixture
def county(home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATABASE_URL", database_url)
    warehouse = Warehouse(database_url)
    load_parameters(warehouse, load().jurisdictions["national"])
    load_register(warehouse, Register([Township(CODE, "甲镇", "镇", (), 9000, date(2000, 1, 1), None, None)]))
    return Settings.load()


@pytest.fixture
def run(airflow_database: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    import asking
    import conventions
    from airflow.dag_processing.dagbag import DagBag

    from tests.dags.conftest import DAGS

    monkeypatch.setitem(conventions.DEFAULTS, "retries", 0)
    monkeypatch.setitem(asking.ASK_AGAIN, "retry_delay", timedelta(0))
    dags = DagBag(dag_folder=str(DAGS)).dags
    for dag in dags.values():
        dag.deadline = None
    return lambda dag_id, **conf: dags[dag_id].test(run_conf=conf)


def ask(settings: Settings) -> int:
    until = window(MONTH, load().current_form).due_on + timedelta(days=9)
    request = concessions.Request("extension", CODE, MONTH, MONTH, until, "洪灾，办公楼停电")
    with Warehouse(settings.warehouse_url).transaction() as connection:
        return concessions.ask(connection, request, "甲镇 王主席", settings.now())


def test_an_extension_is_decided_on_the_page_and_recorded(
    run: Callable[..., Any],
    answering: Answering,  # noqa: F811
    county: Settings,
) -> None:
    number = ask(county)
    matter = f"concession:{number}"
    assert waiting(county) == [matter]
    unreasoned = {"by": "li", "chosen": "不同意", "reason": ""}
    with answering(unreasoned, {"by": "li", "chosen": "同意", "reason": "情况属实"}) as asked:
        done = run("decide", matter=matter)
    assert states(done) == {"ask": "success", "record": "success"}
    assert len(asked) == 2, "a refusal without a reason is not taken"
    assert "洪灾" in asked[0] and "甲镇" in asked[0]
    assert waiting(county) == []
    warehouse = Warehouse(county.warehouse_url)
    row = warehouse.query("select state, decided_by, decision from duty.concession").iloc[0]
    assert row.tolist() == ["granted", "li", "情况属实"]
    trail = warehouse.query("select action, person from run.audit order by entry_no").values.tolist()
    assert trail == [["extension_asked", "甲镇 王主席"], ["extension_granted", "li"]]
    assert states(run("decide", matter=matter)) == {"ask": "skipped", "record": "skipped"}, "decided already"


def test_a_failed_task_is_an_alert(run: Callable[..., Any], county: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    import taizhang.delivery

    def broken(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(taizhang.delivery, "deliver", broken)
    assert run("deliver").state == "failed"
    with Warehouse(county.warehouse_url).transaction() as connection:
        assert list_alerts(connection)[["kind", "alert_key"]].values.tolist() == [["dag_failed", "dag_failed:deliver"]]


def test_a_passed_deadline_is_an_alert(county: Settings) -> None:
    from taizhang.deadlines import note_late_run

    note_late_run(hours=3, context={"dag_run": {"dag_id": "collect", "dag_run_id": "scheduled__1"}})
    with Warehouse(county.warehouse_url).transaction() as connection:
        assert list_alerts(connection)["alert_key"].tolist() == ["dag_late:collect:scheduled__1"]
