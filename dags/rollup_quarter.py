"""### 季度汇总

重算一个季度的指标值（季内各月、该季度、所在年度）。三种起因：

* **到期**：每季度结束后运行一次，逻辑日期就是该季度的第一天；可以补跑（backfill）任何过去的季度。
* **更正**：收集到属于已结束季度的月报时（资产 `indicator_values` 的事件里写明期间）重算那些季度。
* **手动**：在参数里写季度，例如 `2025Q1`；不写则重算最近结束的季度。

重复运行结果相同。算完之后由 `assess` 接着生成考核草案（资产 `closed_quarters`，分区就是季度）。
"""

# ruff: noqa: PLC0415 - tasks import what they need when they run, so that reading this file costs nothing
from __future__ import annotations

from typing import Any

from airflow.sdk import AssetOrTimeSchedule, CronDataIntervalTimetable, Param, dag, get_current_context, task
from airflow.sdk.configuration import conf
from conventions import CLOSED_QUARTERS, DEFAULTS, INDICATOR_VALUES, WAREHOUSE_POOL


@task(task_display_name="要重算的季度")
def list_quarters(params: dict[str, Any], triggering_asset_events: Any = None) -> list[str]:
    from taizhang.schedule import quarters_to_close
    from taizhang.settings import Settings

    run = get_current_context()["dag_run"]
    zone = Settings.load().zone
    events = [event for events in triggering_asset_events.values() for event in events]
    return quarters_to_close(
        asked=params["quarter"],
        touched=[period for event in events for period in event.extra["periods"]] if events else None,
        starts_on=run.data_interval_start.astimezone(zone).date() if run.data_interval_start else None,
        today=run.run_after.astimezone(zone).date(),
    )


@task(
    task_display_name="重算指标",
    map_index_template="{{ quarter_name }}",
    pool=WAREHOUSE_POOL,
    outlets=[CLOSED_QUARTERS],
)
def rollup(quarter: str, outlet_events: Any = None) -> list[dict[str, Any]]:
    get_current_context()["quarter_name"] = quarter
    outlet_events[CLOSED_QUARTERS].add_partitions([quarter])
    from ingest.rollup import rollup_period
    from taizhang.schedule import periods_of
    from taizhang.settings import Settings

    settings = Settings.load()
    return [rollup_period(settings, period) for period in periods_of(quarter)]


@dag(
    dag_id="rollup_quarter",
    dag_display_name="季度汇总 rollup_quarter",
    schedule=AssetOrTimeSchedule(
        timetable=CronDataIntervalTimetable("0 0 1 1,4,7,10 *", timezone=conf.get("core", "default_timezone")),
        assets=[INDICATOR_VALUES],
    ),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    params={"quarter": Param(None, type=["null", "string"], pattern=r"^\d{4}-?[Qq][1-4]$", title="季度，例如 2025Q1")},
    tags=["指标", "季度"],
    doc_md=__doc__,
)
def rollup_quarter() -> None:
    rollup.expand(quarter=list_quarters())


rollup_quarter()
