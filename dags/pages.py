"""### 情况网页

每次收集完（以及每天早上）重新生成情况网页：应报、已报、迟报、未报、退回、问题、预警，全县一页、每月一页、每个乡镇一页。
网页放在家目录的 `pages` 里（设置 `TAIZHANG_PAGES` 可改），用浏览器打开 `index.html`，
或由任何网页服务器提供；不需要联网。
生成失败不影响收集，原来的网页保持不变。
"""

# ruff: noqa: PLC0415 - tasks import what they need when they run, so that reading this file costs nothing
from __future__ import annotations

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, dag, task
from airflow.sdk.configuration import conf
from conventions import COLLECTIONS, DEFAULTS, DUE_LIMIT


@task(task_display_name="生成网页")
def build_pages() -> str:
    from publish.status import build_pages
    from taizhang.settings import Settings

    settings = Settings.load()
    return str(build_pages(settings, settings.now()).folder)


@dag(
    dag_id="pages",
    dag_display_name="情况网页 pages",
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("0 8 * * *", timezone=conf.get("core", "default_timezone")),
        assets=[COLLECTIONS],
    ),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    deadline=DUE_LIMIT,
    tags=["月报", "网页"],
    doc_md=__doc__,
)
def pages() -> None:
    build_pages()


pages()
