"""An Airflow notifier that puts trouble into the platform's own outbox, from where it is sent once."""

# ruff: noqa: PLC0415 - the notifier imports what it needs when it runs, so that reading this file costs nothing
from __future__ import annotations

from typing import Any

from airflow.sdk import BaseNotifier


class TroubleNotifier(BaseNotifier):
    """A task has failed for good: an alert is opened and the operator told, once however many tasks fail."""

    def notify(self, context: Any) -> None:
        from taizhang.platform_watch import note_failure
        from taizhang.settings import Settings

        task = context["ti"]
        note_failure(Settings.load(), task.dag_id, task.run_id, task.task_id)
