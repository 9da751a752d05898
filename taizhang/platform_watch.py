"""The platform watches itself: Airflow, disks, and whether the warehouse holds together. What is wrong is an alert."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from catalogue.errors import Unavailable
from publish.notices import tell_trouble
from taizhang.airflow_api import AirflowApi
from taizhang.settings import Settings
from warehouse.connection import Connection, Warehouse
from warehouse.duty import alerts, messages, soundness
from warehouse.duty.alerts import OPERATOR, Found, Settled

AIRFLOW_KINDS = ("airflow_down", "dag_import_error", "dag_missed", "dag_paused", "dag_failed", "dag_late")
GRACE = timedelta(minutes=30)  # a run that has not begun so long after its time was missed
GIGABYTE = 1 << 30


class Api(Protocol):
    """What is asked of Airflow; `taizhang.airflow_api.AirflowApi` fits."""

    def health(self) -> dict[str, str]: ...
    def import_errors(self) -> list[dict[str, Any]]: ...
    def dags(self) -> list[dict[str, Any]]: ...
    def newest_run(self, dag_id: str) -> dict[str, Any] | None: ...
    def active_runs(self) -> list[dict[str, Any]]: ...


def watch_platform(settings: Settings, api: Api | None = None, now: datetime | None = None) -> Settled:
    """Alerts about the platform are exactly what is wrong with it now, and the operator is told of new ones, once."""
    moment = now or settings.now()
    found, kinds = [*_disks(settings)], {"disk_full"}
    found += _airflow(api or AirflowApi(settings), _late_keys(settings), settings, moment, kinds)
    with Warehouse(settings.warehouse_url).transaction() as connection:
        found += soundness.unsound(connection)
        return _settle(connection, settings, kinds | set(soundness.KINDS), found, moment)


def note_failure(settings: Settings, dag_id: str, run_id: str, task_id: str) -> None:
    """A task has failed for good: an alert, and the operator is told. Closed when a later run of the DAG succeeds."""
    _note(settings, _failed(dag_id, f"运行 {run_id} 的任务 {task_id} 最终失败"))


def note_late(settings: Settings, dag_id: str, run_id: str, hours: float) -> None:
    """A run has passed its deadline: an alert, and the operator is told. Closed when the run has ended."""
    _note(settings, _late(dag_id, run_id, f"开始已超过 {hours:g} 小时仍未结束"))


def _note(settings: Settings, one: Found) -> None:
    now = settings.now()
    with Warehouse(settings.warehouse_url).transaction() as connection:
        messages.lock_composing(connection)
        if (number := alerts.note(connection, one, now)) is not None:
            tell_trouble(connection, settings, [number], now)


def _settle(connection: Connection, settings: Settings, kinds: set[str], found: list[Found], now: datetime) -> Settled:
    messages.lock_composing(connection)
    settled = alerts.settle(connection, kinds, found, now)
    tell_trouble(connection, settings, settled.opened, now)
    return settled


def _late_keys(settings: Settings) -> set[str]:
    """Runs that were found late and not yet found ended."""
    with Warehouse(settings.warehouse_url).transaction() as connection:
        listed = alerts.list_alerts(connection)
    return {str(key).removeprefix("dag_late:") for key in listed.loc[listed["kind"] == "dag_late", "alert_key"]}


def _airflow(api: Api, late: set[str], settings: Settings, now: datetime, kinds: set[str]) -> list[Found]:
    """What is wrong with Airflow. Kinds that could not be looked for are left out: their alerts stay as they are."""
    kinds.add("airflow_down")
    try:
        found = [*_components(api)]
        looked = [*_import_errors(api), *_schedules(api, settings, now), *_late_runs(api, late)]
    except Unavailable as error:
        return [_down("api", str(error))]
    kinds.update(AIRFLOW_KINDS)
    return found + looked


def _components(api: Api) -> Iterator[Found]:
    for name, status in sorted(api.health().items()):
        if status == "unhealthy":
            yield _down(name, f"Airflow 的 {name} 没有心跳")


def _down(name: str, why: str) -> Found:
    return Found("airflow_down", name, OPERATOR, "serious", f"Airflow 不正常：{name}", f"{why}请运行 `make up`。")


def _import_errors(api: Api) -> Iterator[Found]:
    for error in api.import_errors():
        name = str(error["filename"]).rsplit("/", 1)[-1]
        lines = [line for line in str(error["stack_trace"]).splitlines() if line.strip()]
        why = lines[-1][:300] if lines else "没有说明"
        title = f"DAG 文件 {name} 读不进来，其中的任务都不会运行"
        yield Found("dag_import_error", name, OPERATOR, "serious", title, f"{why}。请改正该文件。")


def _schedules(api: Api, settings: Settings, now: datetime) -> Iterator[Found]:
    utc = now.replace(tzinfo=settings.zone).astimezone(UTC)
    for dag in api.dags():
        name, due = dag["dag_id"], dag.get("next_dagrun_run_after")
        if dag.get("timetable_summary") is not None and dag["is_paused"]:
            yield Found("dag_paused", name, OPERATOR, "notable", f"{name} 已暂停，不会按时运行", "请在页面上重新打开。")
        elif due is not None and utc - datetime.fromisoformat(due) > GRACE:
            local = datetime.fromisoformat(due).astimezone(settings.zone)
            title = f"{name} 该在 {local:%m-%d %H:%M} 运行而没有运行"
            yield Found(
                "dag_missed", name, OPERATOR, "serious", title, "请看 Airflow 的 scheduler 是否正常，或手动运行一次。"
            )
        newest = api.newest_run(name)
        if newest is not None and newest["state"] == "failed":
            yield _failed(name, f"最近一次运行 {newest['dag_run_id']} 失败")


def _failed(dag_id: str, why: str) -> Found:
    return Found("dag_failed", dag_id, OPERATOR, "serious", f"{dag_id} 运行失败", f"{why}。请看标红的任务的日志。")


def _late_runs(api: Api, late: set[str]) -> Iterator[Found]:
    """The runs whose deadline was found passed and that go on."""
    for run in api.active_runs():
        if f"{run['dag_id']}:{run['dag_run_id']}" in late:
            yield _late(run["dag_id"], run["dag_run_id"], "仍未结束")


def _late(dag_id: str, run_id: str, why: str) -> Found:
    return Found(
        "dag_late",
        f"{dag_id}:{run_id}",
        OPERATOR,
        "serious",
        f"{dag_id} 运行超时",
        f"{run_id} {why}。请看卡在哪个任务。",
    )


def _disks(settings: Settings) -> Iterator[Found]:
    """Disks with less free space than set; each named once by the folders on it."""
    disks: dict[int, list[str]] = {}
    for folder in (settings.home, settings.inbox, settings.archive, settings.outbox):
        if folder.exists():
            disks.setdefault(folder.stat().st_dev, []).append(str(folder))
    for folders in disks.values():
        usage = shutil.disk_usage(folders[0])
        percent = 100 * usage.free / usage.total
        if percent < settings.disk_free_percent:
            yield Found(
                "disk_full",
                folders[0],
                OPERATOR,
                "serious",
                f"磁盘快满了：只剩 {percent:.0f}%（{usage.free / GIGABYTE:.1f} GB）",
                f"涉及 {'、'.join(folders)}。满了以后新报表存不进档案。请腾出空间（旧的 logs、outbox）。",
            )
