"""Each kind of trouble of the platform itself, caused: an alert opens, the operator is told once, and it closes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from indicator_oracle import Row, Sent
from receivers import Postbox
from sqlalchemy import text
from worlds import REGISTER, batch_of

from catalogue import load as load_catalogue
from catalogue.errors import Unavailable
from taizhang.delivery import deliver
from taizhang.platform_watch import GRACE, note_failure, note_late, watch_platform
from taizhang.settings import Settings
from warehouse.connection import Warehouse
from warehouse.duty.alerts import list_alerts
from warehouse.load import load
from warehouse.registry import load_parameters, load_register
from warehouse.rollup import refresh_touched

NOW = datetime.combine(date.today(), datetime.min.time())


class Airflow:
    """What Airflow's REST API would say; all is well at first."""

    def __init__(self) -> None:
        self.components = {"scheduler": "healthy", "dag_processor": "healthy"}
        self.errors: list[dict[str, Any]] = []
        self.known = [
            {
                "dag_id": "collect",
                "is_paused": False,
                "timetable_summary": "*/10 * * * *",
                "next_dagrun_run_after": None,
            }
        ]
        self.newest: dict[str, str] = {}
        self.active: list[dict[str, Any]] = []
        self.is_down = False

    def health(self) -> dict[str, str]:
        if self.is_down:
            raise Unavailable("Airflow http://127.0.0.1:1 没有应答。")
        return self.components

    def import_errors(self) -> list[dict[str, Any]]:
        return self.errors

    def dags(self) -> list[dict[str, Any]]:
        return self.known

    def newest_run(self, dag_id: str) -> dict[str, Any] | None:
        return {"dag_run_id": "r", "state": self.newest[dag_id]} if dag_id in self.newest else None

    def active_runs(self) -> list[dict[str, Any]]:
        return self.active


@pytest.fixture
def airflow() -> Airflow:
    return Airflow()


@pytest.fixture
def county(county: Settings) -> Settings:
    warehouse = Warehouse(county.warehouse_url)
    load_parameters(warehouse, load_catalogue().jurisdiction("national"))
    load_register(warehouse, REGISTER)
    codes = [field.code for field in load_catalogue().current_form.sheet("hazard").fields]
    row = Row("hazard", "a", {code: {"hazard_no": "a", "status": "待整改"}.get(code) for code in codes})
    with warehouse.transaction() as connection:
        sent = Sent(1, "900000101", "2030-11", datetime(2030, 12, 5), date(2030, 12, 9), "accepted", 0, (row,))
        refresh_touched(connection, load(connection, batch_of([sent]))["submission_id"])
    return county


def kinds(settings: Settings) -> list[str]:
    with Warehouse(settings.warehouse_url).transaction() as connection:
        return sorted(list_alerts(connection)["kind"])


def utc(moment: datetime, settings: Settings) -> str:
    return moment.replace(tzinfo=settings.zone).astimezone(UTC).isoformat()


def look(settings: Settings, airflow: Airflow, minutes: int = 0) -> list[str]:
    watch_platform(settings, airflow, NOW + timedelta(minutes=minutes))
    return kinds(settings)


def test_all_is_well(county: Settings, airflow: Airflow) -> None:
    assert look(county, airflow) == []


def break_import(airflow: Airflow, _: Settings) -> None:
    airflow.errors = [{"filename": "/dags/collect.py", "stack_trace": "Traceback\n  ...\nModuleNotFoundError: x"}]


def miss_a_run(airflow: Airflow, settings: Settings) -> None:
    airflow.known[0]["next_dagrun_run_after"] = utc(NOW - GRACE - timedelta(minutes=1), settings)


def pause(airflow: Airflow, _: Settings) -> None:
    airflow.known[0]["is_paused"] = True


def fail(airflow: Airflow, _: Settings) -> None:
    airflow.newest["collect"] = "failed"


def stop_scheduler(airflow: Airflow, _: Settings) -> None:
    airflow.components["scheduler"] = "unhealthy"


def go_away(airflow: Airflow, _: Settings) -> None:
    airflow.is_down = True


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (break_import, "dag_import_error"),
        (miss_a_run, "dag_missed"),
        (pause, "dag_paused"),
        (fail, "dag_failed"),
        (stop_scheduler, "airflow_down"),
        (go_away, "airflow_down"),
    ],
)
def test_trouble_in_airflow_opens_an_alert_and_closes_it(
    county: Settings, airflow: Airflow, postbox: Postbox, cause: Any, kind: str
) -> None:
    cause(airflow, county)
    assert look(county, airflow) == [kind]
    assert look(county, airflow, 15) == [kind]
    deliver(county, lambda: NOW + timedelta(minutes=16))
    assert [mail.to for mail in postbox.mails] == ["county@example.org"], "told once"
    assert look(county, Airflow(), 30) == []
    with Warehouse(county.warehouse_url).transaction() as connection:
        closed = list_alerts(connection, only_open=False).iloc[0]
    assert (closed["first_seen"], closed["times_seen"]) == (NOW, 2)


def test_a_run_in_time_is_no_alert(county: Settings, airflow: Airflow) -> None:
    airflow.known[0]["next_dagrun_run_after"] = utc(NOW - GRACE + timedelta(minutes=1), county)
    airflow.newest["collect"] = "success"
    assert look(county, airflow) == []


def test_while_airflow_is_away_its_other_alerts_stay(county: Settings, airflow: Airflow) -> None:
    fail(airflow, county)
    look(county, airflow)
    go_away(airflow, county)
    assert look(county, airflow, 15) == ["airflow_down", "dag_failed"]


def test_a_late_run_is_an_alert_until_it_has_ended(county: Settings, airflow: Airflow, postbox: Postbox) -> None:
    note_late(county, "collect", "run one", 3)
    note_late(county, "collect", "run one", 3)
    deliver(county)
    assert len(postbox.mails) == 1
    assert "运行超时" in postbox.mails[0].subject
    airflow.active = [{"dag_id": "collect", "dag_run_id": "run one"}]
    later = int((county.now() - NOW).total_seconds() // 60) + 5
    assert look(county, airflow, later) == ["dag_late"]
    airflow.active = []
    assert look(county, airflow, later + 15) == []


def test_a_task_that_failed_for_good_is_told_at_once_and_once(county: Settings, postbox: Postbox) -> None:
    for task in ("collect_chunk", "some_part_failed"):
        note_failure(county, "collect", "run one", task)
    deliver(county)
    assert (kinds(county), len(postbox.mails)) == (["dag_failed"], 1)


def test_a_disk_that_is_nearly_full(county: Settings, airflow: Airflow) -> None:
    full = county.model_copy(update={"disk_free_percent": 100})
    assert look(full, airflow) == ["disk_full"]
    assert look(county.model_copy(update={"disk_free_percent": 0}), airflow, 15) == []


def test_a_township_that_vanished_from_a_report(county: Settings, airflow: Airflow) -> None:
    lost = "delete from mart.indicator_value where township_code = '900000202' and period = '2030-11'"
    with Warehouse(county.warehouse_url).transaction() as connection:
        connection.execute(text(lost))
    assert look(county, airflow) == ["township_absent"]
    with Warehouse(county.warehouse_url).transaction() as connection:
        alert = list_alerts(connection).iloc[0]
        refresh_touched(connection, [1])
    assert (alert["township_code"], alert["period"], alert["owner"]) == ("900000202", "2030-11", "operator")


def test_rows_that_went_missing(county: Settings, airflow: Airflow) -> None:
    with Warehouse(county.warehouse_url).transaction() as connection:
        connection.execute(text("delete from event.hazard"))
    assert look(county, airflow) == ["conservation"]
