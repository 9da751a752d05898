"""### 发送：把发件台账里待发的邮件和通知发出去

每五分钟一次。先处理被中断的发送，再按轻重发出（退回待改的在前）；对方不在线的，过一会儿再试，三天发不出的列为无法送达。
同一事项只发一次：发送在交给对方服务器的那一刻被中断的，记为“去向不明”，由人决定是否重发。
"""

# ruff: noqa: PLC0415 - tasks import what they need when they run, so that reading this file costs nothing
from __future__ import annotations

import logging

from airflow.sdk import dag, task
from conventions import DEFAULTS, DUE_LIMIT

log = logging.getLogger(__name__)


@task(task_display_name="发出")
def deliver() -> dict[str, int]:
    from taizhang.delivery import deliver
    from taizhang.settings import Settings
    from warehouse.duty.messages import STATES

    done = dict(deliver(Settings.load()))
    log.info("，".join(f"{STATES[state]} {number}" for state, number in done.items()) or "没有待发的")
    return done


@dag(
    dag_id="deliver",
    dag_display_name="发送 deliver",
    schedule="*/5 * * * *",
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    deadline=DUE_LIMIT,
    tags=["催报"],
    doc_md=__doc__,
)
def send() -> None:
    deliver()


send()
