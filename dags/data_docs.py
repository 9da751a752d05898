"""### 检查规则说明（Data Docs）

把由目录派生的全部检查规则生成可浏览的网页，放在家目录的 `data_docs` 里。只在手动触发时运行，不影响收集。
"""

# ruff: noqa: PLC0415 - tasks import what they need when they run, so that reading this file costs nothing
from __future__ import annotations

from airflow.sdk import dag, task
from conventions import DEFAULTS


@task(task_display_name="生成网页")
def build_data_docs() -> str:
    from expectations.docs import build_data_docs
    from taizhang.settings import Settings

    return str(build_data_docs(Settings.load().docs))


@dag(
    dag_id="data_docs",
    dag_display_name="检查规则说明 data_docs",
    schedule=None,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["检查"],
    doc_md=__doc__,
)
def data_docs() -> None:
    build_data_docs()


data_docs()
