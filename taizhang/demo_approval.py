"""The demo's second half: from the draft to the published bulletin, with two people, in the real Airflow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from catalogue.errors import Refusal
from catalogue.periods import Period
from publish.approval.answer import APPROVE
from taizhang.local.airflow import AirflowService
from taizhang.local.people import USER
from taizhang.local.runs import answer, follow_dag, start_dag, wait_for_question
from taizhang.settings import Settings
from warehouse.connection import Warehouse

Echo = Callable[[str], object]
DIRECTOR = "zhuren"  # 主任: approves what the administrator has prepared


def with_director(county: Settings) -> Settings:
    """The same county with a second person who may log in to Airflow."""
    return county.model_copy(update={"airflow_users": f"{DIRECTOR}:user"})


def approve_and_publish(county: Settings, airflow: AirflowService, period: Period, echo: Echo) -> list[Path]:
    """The period's newest draft is approved by the second person and its bulletin written; the files.

    The administrator hands it out and opens it to objections, without waiting days; the director answers Airflow's
    request over its REST interface, as he would on its page. Raises Refusal when a DAG run fails.
    """
    run = _draft(Warehouse(county.warehouse_url), period)
    given = {"run": run, "self_check_days": 0, "objection_days": 0}
    started = start_dag(airflow, "approve", given)
    asked = wait_for_question(airflow, "approve", started)
    echo(f"    Airflow 等待审批：{asked['subject']}（经办人 {USER}）")
    echo(f"    演示程序以第二个人 {DIRECTOR} 的身份经 REST 接口答复“{APPROVE}”；真实使用时由人在 Airflow 页面上答复")
    answer(airflow, DIRECTOR, "approve", started, APPROVE, reason="演示")
    follow_dag(airflow, "approve", echo)
    follow_dag(airflow, "publish", echo)
    return sorted(path for path in county.published.rglob("*") if path.is_file())


def _draft(warehouse: Warehouse, period: Period) -> int:
    found = warehouse.query(
        "select max(run_id) as run from research.run where period = :period and level = 'township'",
        {"period": period.text},
    )["run"].iloc[0]
    if found is None:
        raise Refusal(f"{period.chinese}没有考核草案：请看 Airflow 的 assess 的日志。")
    return int(found)
