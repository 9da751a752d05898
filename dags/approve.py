"""### 审批一次测算

经办人对一份草案手动触发（参数写第几次测算，不写则取最新的草案）：

| 步骤 | 做什么 |
|---|---|
| `take_up` | 确定是哪一次测算 |
| `hand_out` | 把核对表放进各乡镇的发件箱，开始自查；从此这次测算冻结 |
| `self_checked` | 等自查期满，异议都已答复 |
| `open_to_objections` | 公示稿放进发布文件夹，开始受理异议 |
| `no_objections` | 等公示期满，异议都已答复；有采纳的异议就到此为止，更正后重新测算 |
| `approval` | 在页面上（浏览 → 待操作的任务实例）请另一个人批准、不批准或调整推荐；经办人不能审批 |
| `decide` → `hand_over` | 记下谁、何时、为什么；批准的交给 `publish` 发布，不批准的到此为止 |

等待期间不占资源，重启或中断都不影响。自查和公示的工作日数在参数里写，不写用设置里的。
"""

# ruff: noqa: PLC0415 - tasks import what they need when they run, so that reading this file costs nothing
from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from airflow.sdk import Param, dag, get_current_context, task
from asking import ApprovalRequest
from conventions import APPROVED_RUNS, DEFAULTS, WAREHOUSE_POOL, person_of

log = logging.getLogger(__name__)
PATIENCE: dict[str, Any] = {
    "mode": "reschedule",
    "poke_interval": timedelta(minutes=10).total_seconds(),
    "timeout": timedelta(days=366).total_seconds(),
}
DAYS = {"type": ["null", "integer"], "minimum": 0}


@task(task_display_name="哪一次测算")
def take_up(params: dict[str, Any]) -> int:
    from publish.release import newest_run
    from taizhang.settings import Settings

    return int(params["run"] or newest_run(Settings.load(), "draft"))


@task(task_display_name="发乡镇自查", pool=WAREHOUSE_POOL)
def hand_out(run: int, params: dict[str, Any]) -> dict[str, Any]:
    from publish.release import hand_out
    from taizhang.settings import Settings

    return hand_out(Settings.load(), run, person_of(get_current_context()), params["self_check_days"])


@task.sensor(task_display_name="等自查期满", **PATIENCE)
def self_checked(run: int) -> bool:
    return _goes_on(run)


@task(task_display_name="公示", pool=WAREHOUSE_POOL)
def open_to_objections(run: int, params: dict[str, Any]) -> dict[str, Any]:
    from publish.release import open_to_objections
    from taizhang.settings import Settings

    return open_to_objections(Settings.load(), run, person_of(get_current_context()), params["objection_days"])


@task.sensor(task_display_name="等公示期满、异议答复", **PATIENCE)
def no_objections(run: int) -> bool:
    return _goes_on(run)


@task.short_circuit(task_display_name="记录审批")
def decide(run: int, answer: dict[str, Any]) -> bool:
    from publish.release import decide
    from taizhang.settings import Settings

    dag_run = get_current_context()["dag_run"]
    return decide(Settings.load(), run, answer, {"dag": dag_run.dag_id, "dag_run": dag_run.run_id})


@task(task_display_name="交付发布", outlets=[APPROVED_RUNS])
def hand_over(run: int, outlet_events: Any = None) -> None:
    outlet_events[APPROVED_RUNS].add_partitions([str(run)])


def _goes_on(run: int) -> bool:
    from publish.release import waits_for
    from taizhang.settings import Settings

    waiting = waits_for(Settings.load(), run)
    log.info(waiting or "可以继续")
    return not waiting


@dag(
    dag_id="approve",
    dag_display_name="审批 approve",
    schedule=None,
    max_active_runs=16,
    default_args=DEFAULTS,
    params={
        "run": Param(None, type=["null", "integer"], minimum=1, title="第几次测算", description="不写：最新的草案"),
        "self_check_days": Param(None, title="乡镇自查几个工作日", description="不写：用设置里的；0：不自查", **DAYS),
        "objection_days": Param(None, title="公示几个工作日", description="不写：用设置里的；0：不公示", **DAYS),
    },
    tags=["考核", "审批"],
    doc_md=__doc__,
)
def approve() -> None:
    run = take_up()
    asked = ApprovalRequest(
        task_id="approval",
        task_display_name="请审批",
        run_task="take_up",
        subject="请审批",
        options=["批准", "不批准"],
        params={
            "reason": Param("", type=["null", "string"], format="multiline", title="理由（不批准必填）"),
            "changes": Param(
                "",
                type=["null", "string"],
                format="multiline",
                title="推荐调整",
                description="一行一个：单位 推荐（或不推荐） 理由",
            ),
            "approval_number": Param("", type=["null", "string"], title="批准文号（没有就不填）"),
            "document_number": Param("", type=["null", "string"], title="发文字号（没有就不填）"),
        },
    )
    waited = no_objections(run)
    hand_out(run) >> self_checked(run) >> open_to_objections(run) >> waited >> asked
    decide(run, asked.output) >> hand_over(run)


approve()
