"""### 测算考核结果

季度指标重算之后（资产 `closed_quarters`，分区就是季度）生成考核草案：得分、名次、名次区间和推荐。
季度结束以后生成季度草案，全年结束以后同时生成全年草案。数据没有变化时不重复生成。

也可以手动触发：在参数里写期间，例如 `2025Q1` 或 `2025`；不写则测算最近结束的季度。

草案不会自己发布：由经办人触发 `approve`，经乡镇自查、公示、审批之后由 `publish` 发布。
"""

# ruff: noqa: PLC0415 - tasks import what they need when they run, so that reading this file costs nothing
from __future__ import annotations

from typing import Any

from airflow.sdk import Param, PartitionedAssetTimetable, dag, get_current_context, task
from conventions import CLOSED_QUARTERS, DEFAULTS, WAREHOUSE_POOL, person_of


@task(task_display_name="要测算的期间")
def list_periods(params: dict[str, Any], partition_key: str | None = None) -> list[str]:
    from taizhang.schedule import periods_to_assess
    from taizhang.settings import Settings

    run = get_current_context()["dag_run"]
    today = run.run_after.astimezone(Settings.load().zone).date()
    return periods_to_assess(asked=params["period"], closed=partition_key, today=today)


@task(task_display_name="测算", map_index_template="{{ period_name }}", pool=WAREHOUSE_POOL)
def assess(period: str) -> list[int]:
    context = get_current_context()
    context["period_name"] = period
    from publish.assess import assess_period
    from taizhang.settings import Settings

    return assess_period(Settings.load(), period, person=person_of(context))


@dag(
    dag_id="assess",
    dag_display_name="测算考核结果 assess",
    schedule=PartitionedAssetTimetable(assets=CLOSED_QUARTERS),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    params={
        "period": Param(
            None, type=["null", "string"], pattern=r"^\d{4}(-?[Qq][1-4])?$", title="期间，例如 2025Q1 或 2025"
        )
    },
    tags=["考核", "季度", "年度"],
    doc_md=__doc__,
)
def assess_closed() -> None:
    assess.expand(period=list_periods())


assess_closed()
