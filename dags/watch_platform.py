"""### 平台自查

每十五分钟看一次平台自己：DAG 文件读不进来、该运行的没有运行、运行失败或超时、磁盘快满、
报表缺乡镇、行数不守恒。每项是一条预警，新出现的马上告诉运维人员，消除后自动关闭。
"""

# ruff: noqa: PLC0415 - tasks import what they need when they run, so that reading this file costs nothing
from __future__ import annotations

import logging

from airflow.sdk import dag, task
from conventions import DEFAULTS, DUE_LIMIT

log = logging.getLogger(__name__)


@task(task_display_name="自查")
def watch_platform() -> dict[str, list[int]]:
    from taizhang.platform_watch import watch_platform
    from taizhang.settings import Settings

    settled = watch_platform(Settings.load())
    log.info("新预警 %d 条，消除 %d 条", len(settled.opened), len(settled.closed))
    return {"opened": settled.opened, "closed": settled.closed}


@dag(
    dag_id="watch_platform",
    dag_display_name="平台自查 watch_platform",
    schedule="*/15 * * * *",
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    deadline=DUE_LIMIT,
    tags=["运维"],
    doc_md=__doc__,
)
def watch() -> None:
    watch_platform()


watch()
