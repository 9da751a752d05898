"""### 请人决定一件事

延期或免报的申请、乡镇对“请核实”问题的说明，每件一次运行，由 `watch_due` 开启（资产 `open_matters` 的分区就是哪一件；
也可手动，在参数里写）。
在页面右上角“需要操作”里作答；谁、何时、为什么记入审计链。在别处（命令行）已经决定的，跳过。
"""

# ruff: noqa: PLC0415 - tasks import what they need when they run, so that reading this file costs nothing
from __future__ import annotations

import logging
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param, PartitionedAssetTimetable, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException
from asking import ASK_AGAIN
from conventions import DEFAULTS, OPEN_MATTERS

log = logging.getLogger(__name__)


class DecisionRequest(HITLOperator):
    """Waits for a person's decision on the matter of the run; skipped when it has been decided already."""

    def execute(self, context: Any) -> Any:
        from publish.decisions import describe
        from taizhang.settings import Settings

        settings = Settings.load()
        page = describe(settings, matter_of(context), settings.now())
        if page is None:
            raise AirflowSkipException("已经决定")
        self.subject, self.body = page["subject"], page["body"]
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        from publish.decisions import check_answer
        from taizhang.settings import Settings

        given = super().execute_complete(context, event)
        check_answer(Settings.load(), matter_of(context), given)
        return given


def matter_of(context: Any) -> str:
    """The matter of the run: its partition, or the parameter where it was started by hand."""
    return str(context["dag_run"].partition_key or context["params"]["matter"])


@task(task_display_name="记录决定")
def record(given: dict[str, Any]) -> str:
    from publish.decisions import answer
    from taizhang.settings import Settings

    settings = Settings.load()
    done = answer(settings, matter_of(get_current_context()), given, settings.now())
    log.info(done)
    return done


@dag(
    dag_id="decide",
    dag_display_name="请人决定 decide",
    schedule=PartitionedAssetTimetable(assets=OPEN_MATTERS),
    catchup=False,
    max_active_runs=64,
    default_args=DEFAULTS,
    params={
        "matter": Param(
            type="string",
            default="",
            title="哪一件",
            description="concession:编号，或 explanations:行政区划代码:说明编号",
        )
    },
    tags=["月报", "审批"],
    doc_md=__doc__,
)
def decide() -> None:
    asked = DecisionRequest(
        task_id="ask",
        task_display_name="请决定",
        subject="请决定",
        options=["同意", "不同意"],
        params={
            "reason": Param("", type=["null", "string"], format="multiline", title="理由（不同意必填）"),
            "except": Param("", type=["null", "string"], title="不认可的序号", description="如 2,5；没有就不填"),
        },
        **ASK_AGAIN,
    )
    record(asked.output)


decide()
