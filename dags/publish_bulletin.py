"""### 发布通报

测算批准之后（资产 `approved_runs`，分区是第几次测算）生成正式通报：HTML、DOCX、XLSX 和审批记录，
放进发布文件夹；同一期间以前发布的测算随之被取代。

补填批准文号或发文字号之后（`taizhang runs number`），手动触发一次，参数写第几次测算，就生成新的一版。
"""

# ruff: noqa: PLC0415 - tasks import what they need when they run, so that reading this file costs nothing
from __future__ import annotations

from typing import Any

from airflow.sdk import Param, PartitionedAssetTimetable, dag, get_current_context, task
from conventions import APPROVED_RUNS, DEFAULTS, PUBLISHED_RUNS, WAREHOUSE_POOL, person_of


@task(task_display_name="生成通报", pool=WAREHOUSE_POOL, outlets=[PUBLISHED_RUNS])
def write_bulletin(params: dict[str, Any], partition_key: str | None = None, outlet_events: Any = None) -> list[str]:
    from publish.release import newest_run, publish_run
    from taizhang.settings import Settings

    settings = Settings.load()
    run = int(partition_key or params["run"] or newest_run(settings, "approved"))
    files = publish_run(settings, run, person_of(get_current_context()))
    outlet_events[PUBLISHED_RUNS].extra = {"run": run, "files": files}
    return files


@dag(
    dag_id="publish",
    dag_display_name="发布通报 publish",
    schedule=PartitionedAssetTimetable(assets=APPROVED_RUNS),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    params={
        "run": Param(
            None, type=["null", "integer"], minimum=1, title="第几次测算", description="不写：最近批准而未发布的"
        )
    },
    tags=["考核", "发布"],
    doc_md=__doc__,
)
def publish() -> None:
    write_bulletin()


publish()
