"""### 收集月报

每十分钟看一次收件箱（也可随时手动触发）：新收到的工作簿和文字报告分批存档、读取、检查、入库，
再做跨期和跨乡镇检查、更新指标值、核对报告与报表，把批注好的工作簿和报告页放进发件箱，最后汇总数据质量。

| 步骤 | 做什么 |
|---|---|
| `plan` | 列出收件箱里的新文件，分成批次；没有新文件时后面全部跳过 |
| `collect_chunk` | 一批一个任务，界面上显示批次名；一批出错不影响其他批次 |
| `settle` | 跨期、跨乡镇检查，更新涉及期间的指标值，报告与报表、报告与报告相互核对 |
| `return_workbooks` | 生成批注工作簿和文字报告的核对页 |
| `tell_returns` | 告诉乡镇哪些退回待改、哪些请核实（一乡镇一封，放进发件台账，由 `deliver` 发出） |
| `quality_summary` | 按规则和乡镇统计问题，写日志和数据库；县里每天从 `watch_due` 得到一份情况 |
| `some_part_failed` | 任何一步最终失败时把整次运行标为失败，以免被忽略 |

重复运行是安全的：同样的文件只登记一次。同一时间只有一次运行。
"""

# ruff: noqa: PLC0415 - tasks import what they need when they run, so that reading this file costs nothing
from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from airflow.sdk import TriggerRule, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException
from conventions import COLLECT_LIMIT, COLLECTIONS, DEFAULTS, INDICATOR_VALUES, WAREHOUSE_POOL

log = logging.getLogger(__name__)


@task(task_display_name="看收件箱")
def plan() -> list[dict[str, Any]]:
    from ingest.planning import plan
    from taizhang.settings import Settings

    return plan(Settings.load())


@task(task_display_name="读取、检查、入库", map_index_template="{{ chunk_name }}", pool=WAREHOUSE_POOL)
def collect_chunk(chunk: dict[str, Any]) -> dict[str, Any]:
    get_current_context()["chunk_name"] = chunk["name"]
    from ingest.chunk import collect_chunk
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
    chunks.append({"name": "文字报告", "submission_ids": [], "document_ids": settled["documents_to_return"]})
    return settled | {"chunks": chunks}


@task(task_display_name="列出要退回的批次")
def list_chunks(settled: dict[str, Any]) -> list[dict[str, Any]]:
    return [chunk for chunk in settled["chunks"] if chunk["submission_ids"] or chunk.get("document_ids")]


@task(task_display_name="批注工作簿", map_index_template="{{ chunk_name }}", pool=WAREHOUSE_POOL)
def return_workbooks(chunk: dict[str, Any]) -> int:
    get_current_context()["chunk_name"] = chunk["name"]
    from publish.outbox import return_workbooks
    from publish.reports import return_reports
    from taizhang.settings import Settings

    returned = return_workbooks(Settings.load(), chunk["submission_ids"])
    return len(returned + return_reports(Settings.load(), chunk.get("document_ids", [])))


@task(task_display_name="汇总数据质量")
def quality_summary(settled: dict[str, Any]) -> dict[str, Any]:
    from ingest.summary import quality_summary
    from taizhang.settings import Settings

    told = quality_summary(Settings.load(), settled)
    log.info("%s\n%s", told["subject"], told["text"])
    return told


@task(task_display_name="告诉乡镇", outlets=[COLLECTIONS], trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS)
def tell_returns() -> int:
    from publish.notices import tell_returns
    from taizhang.settings import Settings

    settings = Settings.load()
    return tell_returns(settings, settings.now())


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
    deadline=COLLECT_LIMIT,
    tags=["月报", "收集"],
    doc_md=__doc__,
)
def collect() -> None:
    planned = plan()
    collected = collect_chunk.expand(chunk=planned)
    settled = settle(collected)
    listed = list_chunks(settled)
    returned = return_workbooks.expand(chunk=listed)
    told = tell_returns()
    [listed, returned] >> told  # also where nothing had to be given back
    [planned, collected, settled, returned, told, quality_summary(settled)] >> some_part_failed()


collect()
