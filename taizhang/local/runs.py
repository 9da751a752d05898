"""Asking the running Airflow for a DAG run and waiting for its end."""

from __future__ import annotations

import time
from collections.abc import Callable

from catalogue.errors import Refusal
from taizhang.local.airflow import AirflowService

_PATIENCE = 1200  # seconds a run may take on a slow machine


def run_dag(airflow: AirflowService, dag: str, conf: dict[str, str], echo: Callable[[str], object]) -> None:
    """The DAG was run, asked for by REST, and no run of it is left; progress is told whenever a task ends.

    All its runs are waited for, not just the one asked for: the schedule may have started one a moment before, and the
    first to look takes what is in the inbox. Raises Refusal when one of them failed or none ends.
    """
    token = airflow.login()
    _wait_until_known(airflow, token, dag)
    airflow.call(token, "POST", f"/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf})
    deadline, told = time.monotonic() + _PATIENCE, 0
    while True:
        states = {run["state"] for run in airflow.call(token, "GET", f"/dags/{dag}/dagRuns?limit=100")["dag_runs"]}
        tasks = airflow.call(token, "GET", f"/dags/{dag}/dagRuns/~/taskInstances?limit=100")["task_instances"]
        done = sorted((task for task in tasks if task["state"] == "success"), key=lambda task: task["end_date"])
        for task in done[told:]:
            echo(f"    {task['task_display_name']} {task['rendered_map_index'] or ''} {task['duration']:.1f} 秒")
        told = len(done)
        if states == {"success"}:
            return
        if not states & {"queued", "running"} or time.monotonic() > deadline:
            failed = sorted({task["task_id"] for task in tasks if task["state"] == "failed"})
            raise Refusal(f"Airflow's {dag} did not end well ({', '.join(failed) or states}): see {airflow.logs}.")
        time.sleep(0.5)


def _wait_until_known(airflow: AirflowService, token: str, dag: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while dag not in {known["dag_id"] for known in airflow.call(token, "GET", "/dags")["dags"]}:
        if time.monotonic() > deadline:
            raise Refusal(f"Airflow does not find the DAG {dag}: see {airflow.logs}.")
        time.sleep(0.5)
