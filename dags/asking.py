"""Asking a person in Airflow: the page is made when the task runs; an answer that cannot be taken is asked again."""

# ruff: noqa: PLC0415 - tasks import what they need when they run, so that reading this file costs nothing
from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator

# Of an answer that cannot be taken the task fails this try and asks anew; nobody answers wrongly a hundred times.
ASK_AGAIN: dict[str, Any] = {
    "retries": 100,
    "retry_delay": timedelta(seconds=5),
    "max_retry_delay": timedelta(seconds=30),
    "retry_policy": None,
}


class ApprovalRequest(HITLOperator):
    """Waits for the decision on the run that the upstream task `run_task` names.

    The answer becomes the task's result only when the platform can take it (publish.release.check_answer): from
    somebody who has not prepared the run, with a reason where one is needed, every change understood.
    """

    def __init__(self, *, run_task: str, **more: Any) -> None:
        self.run_task = run_task
        super().__init__(**(ASK_AGAIN | more))

    def execute(self, context: Any) -> Any:
        from publish.release import ask_for_approval
        from taizhang.settings import Settings

        page = ask_for_approval(Settings.load(), self._run(context))
        self.subject, self.body = page["subject"], page["body"]
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        from publish.release import check_answer
        from taizhang.settings import Settings

        answer = super().execute_complete(context, event)
        check_answer(Settings.load(), self._run(context), answer)
        return answer

    def _run(self, context: Any) -> int:
        return int(context["ti"].xcom_pull(task_ids=self.run_task))
