"""### 收集月报

每十分钟看一次收件箱（也可随时手动触发）：新收到的工作簿分批存档、读取、检查、入库，
再做跨期和跨乡镇检查、更新指标值，把批注好的工作簿放进发件箱，最后汇总数据质量。

| 步骤 | 做什么 |
|---|---|
| `plan` | 列出收件箱里的新文件，分成批次；没有新文件时后面全部跳过 |
| `collect_chunk` | 一批一个任务，界面上显示批次名；一批出错不影响其他批次 |
| `settle` | 跨期、跨乡镇检查，更新涉及期间的指标值 |
| `return_workbooks` | 生成批注工作簿 |
| `quality_summary` → `mail_summary` | 按规则和乡镇统计问题，写日志和数据库；设置了 SMTP 时发邮件 |
| `some_part_failed` | 任何一步最终失败时把整次运行标为失败，以免被忽略 |

重复运行是安全的：同样的文件只登记一次。同一时间只有一次运行。
"""

# ruff: noqa: PLC0415 - tasks import what they need when they run, so that reading this file costs nothing
from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from airflow.sdk import TriggerRule, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from conventions import DEFAULTS, INDICATOR_VALUES, WAREHOUSE_POOL

log = logging.getLogger(__name__)


@task(task_display_name="看收件箱")
def plan() -> list[dict[str, Any]]:
    from ingest.planning import plan
    from taizhang.settings import Settings

    return plan(Settings.load())


@task(task_display_name="读取、检查、入库", map_index_template="{{ chunk_name }}", pool=WAREHOUSE_POOL)
def collect_chunk(chunk: dict[str, Any]) -> dict[str, Any]:
    get_current_context()["chunk_name"] = chunk["name"]
    from ingest.collect import collect_chunk
    from taizhang.settings import Settings

    return collect_chunk(Settings.load(), chunk) | {"name": chunk["name"]}


@task(
    task_display_name="跨期检查、更新指标",
    pool=WAREHOUSE_POOL,
    outlets=[INDICATOR_VALUES],
    trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,
)
def settle(collected: Iterable[dict[str, Any]], outlet_events: Any = None) -> dict[str, Any]:
    from ingest.collect import settle
    from taizhang.settings import Settings

    summaries = list(collected)
    settled = settle(Settings.load(), summaries)
    outlet_events[INDICATOR_VALUES].extra = {"periods": settled["periods"]}
    chunks = [{"name": part["name"], "submission_ids": part["submission_ids"]} for part in summaries]
    told = set(settled["submission_ids"])
    chunks.append({"name": "此前中断未退回的", "submission_ids": [n for n in settled["to_return"] if n not in told]})
    return settled | {"chunks": chunks}


@task(task_display_name="列出要退回的批次")
def list_chunks(settled: dict[str, Any]) -> list[dict[str, Any]]:
    return [chunk for chunk in settled["chunks"] if chunk["submission_ids"]]


@task(task_display_name="批注工作簿", map_index_template="{{ chunk_name }}", pool=WAREHOUSE_POOL)
def return_workbooks(chunk: dict[str, Any]) -> int:
    get_current_context()["chunk_name"] = chunk["name"]
    from publish.outbox import return_workbooks
    from taizhang.settings import Settings

    return len(return_workbooks(Settings.load(), chunk["submission_ids"]))


@task(task_display_name="汇总数据质量")
def quality_summary(settled: dict[str, Any]) -> dict[str, Any]:
    from ingest.summary import quality_summary
    from taizhang.settings import Settings

    told = quality_summary(Settings.load(), settled)
    log.info("%s\n%s", told["subject"], told["text"])
    return told


@task(task_display_name="发邮件")
def mail_summary(told: dict[str, Any]) -> None:
    from taizhang.mail import send
    from taizhang.settings import Settings

    if not send(Settings.load(), told["subject"], told["text"]):
        raise AirflowSkipException("未设置 SMTP，不发邮件")


@task(task_display_name="有步骤失败", trigger_rule=TriggerRule.ONE_FAILED, retries=0)
def some_part_failed() -> None:
    raise AirflowFailException("有步骤最终失败：其他批次已照常处理，请看标红的任务的日志")


@dag(
    dag_id="collect",
    dag_display_name="收集月报 collect",
    schedule="*/10 * * * *",
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["月报", "收集"],
    doc_md=__doc__,
)
def collect() -> None:
    planned = plan()
    collected = collect_chunk.expand(chunk=planned)
    settled = settle(collected)
    returned = return_workbooks.expand(chunk=list_chunks(settled))
    mailed = mail_summary(quality_summary(settled))
    [planned, collected, settled, returned, mailed] >> some_part_failed()


collect()
