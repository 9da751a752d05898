"""### 催报：看谁还没报、谁要改，该告诉谁

每天早上看一次：登记到期的报送期，更新预警，把要告诉乡镇和县里的话放进发件台账，然后发出；
有待决定的申请和说明，各开一次 `decide` 运行（资产 `open_matters` 的分区），请人在页面上作答。

| 步骤 | 做什么 |
|---|---|
| `watch_due` | 退回待改的先说，其次请核实、逾期未报、即将到期；县里每个工作日至多一份情况 |
| `deliver` | 发邮件和通知；发不出的以后再发，同一事项只发一次 |
| `hand_matters` | 待决定的申请和说明，每项一次 `decide` 运行 |
"""

# ruff: noqa: PLC0415 - tasks import what they need when they run, so that reading this file costs nothing
from __future__ import annotations

import logging
from typing import Any

from airflow.sdk import dag, get_current_context, task
from conventions import DEFAULTS, DUE_LIMIT, OPEN_MATTERS

log = logging.getLogger(__name__)


@task(task_display_name="查到期、未报、退回")
def watch_due() -> dict[str, Any]:
    from publish.notices import watch
    from taizhang.settings import Settings

    settings = Settings.load()
    run = get_current_context()["dag_run"]
    moment = (run.logical_date or run.run_after).astimezone(settings.zone).replace(tzinfo=None)
    told = watch(settings, moment)
    log.info("%s\n%s", told["subject"], told["text"])
    return told


@task(task_display_name="发出")
def deliver() -> dict[str, int]:
    from taizhang.delivery import deliver
    from taizhang.settings import Settings

    return dict(deliver(Settings.load()))


@task(task_display_name="请人决定", outlets=[OPEN_MATTERS])
def hand_matters(outlet_events: Any = None) -> list[str]:
    from publish.decisions import waiting
    from taizhang.settings import Settings

    matters = waiting(Settings.load())
    if matters:
        outlet_events[OPEN_MATTERS].add_partitions(matters)
    return matters


@dag(
    dag_id="watch_due",
    dag_display_name="催报 watch_due",
    schedule="30 7 * * *",
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    deadline=DUE_LIMIT,
    tags=["月报", "催报"],
    doc_md=__doc__,
)
def watch() -> None:
    watch_due() >> [deliver(), hand_matters()]


watch()
