"""Called by Airflow's Deadline Alerts, in its executor. Imported when DAG files are read, so it imports nothing."""

from __future__ import annotations

from typing import Any


def note_late_run(hours: float, context: dict[str, Any] | None = None, **_: Any) -> None:
    """The run has passed its deadline: an alert is opened and the operator told."""
    from taizhang.platform_watch import note_late  # noqa: PLC0415  (see above)
    from taizhang.settings import Settings  # noqa: PLC0415

    run = dict((context or {}).get("dag_run") or {})
    dag_id, run_id = str(run.get("dag_id")), str(run.get("dag_run_id"))
    note_late(Settings.load(), dag_id, run_id, hours)
