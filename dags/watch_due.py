"""### 催报：看谁还没报、谁报晚了

每天早上按乡镇的工作日历查应报未报和迟报的月报，写日志；设置了 SMTP 时发邮件。
"""

# ruff: noqa: PLC0415 - tasks import what they need when they run, so that reading this file costs nothing
from __future__ import annotations

import logging
from typing import Any

from airflow.sdk import dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException
from conventions import DEFAULTS

log = logging.getLogger(__name__)


@task(task_display_name="查未报和迟报")
def watch_due() -> dict[str, Any]:
    from ingest.due import watch_due
    from taizhang.settings import Settings

    settings = Settings.load()
    run = get_current_context()["dag_run"]
    today = (run.logical_date or run.run_after).astimezone(settings.zone).date()
    told = watch_due(settings, today.isoformat())
    log.info("%s\n%s", told["subject"], told["text"])
    return told


@task(task_display_name="发邮件")
def mail_reminder(told: dict[str, Any]) -> None:
    from taizhang.mail import send
    from taizhang.settings import Settings

    if not send(Settings.load(), told["subject"], told["text"]):
        raise AirflowSkipException("未设置 SMTP，不发邮件")


@dag(
    dag_id="watch_due",
    dag_display_name="催报 watch_due",
    schedule="30 7 * * *",
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["月报", "催报"],
    doc_md=__doc__,
)
def watch() -> None:
    mail_reminder(watch_due())


watch()
