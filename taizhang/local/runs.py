"""Asking the running Airflow for a DAG run, waiting for its end, answering what it asks a person."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError

from catalogue.errors import Refusal
from taizhang.local.airflow import AirflowService

_PATIENCE = 1200  # seconds a run may take on a slow machine
_SETTLED = 4  # seconds after which the scheduler has certainly taken note that a task waits for its answer
Echo = Callable[[str], object]


def run_dag(airflow: AirflowService, dag: str, conf: dict[str, Any], echo: Echo) -> None:
    """The DAG was run, asked for by REST, and no run of it is left; progress is told whenever a task ends.

    Raises Refusal when one of its runs failed or none ends.
    """
    start_dag(airflow, dag, conf)
    follow_dag(airflow, dag, echo)


def start_dag(airflow: AirflowService, dag: str, conf: dict[str, Any], user: str | None = None) -> str:
    """The DAG is asked to run, by the administrator or the user named; the id of the DAG run."""
    token = airflow.login(user) if user else airflow.login()
    _wait_until_known(airflow, token, dag)
    answer = airflow.call(token, "POST", f"/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf})
    return str(answer["dag_run_id"])


def follow_dag(airflow: AirflowService, dag: str, echo: Echo) -> None:
    """At least one run of the DAG has been started, by whatever, and none is left; progress is told.

    All its runs are waited for, not just one: the schedule may have started one a moment before, and the first to look
    takes what is in the inbox. Raises Refusal when one of them failed or none ends.
    """
    token = airflow.login()
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
        if (states and not states & {"queued", "running"}) or time.monotonic() > deadline:
            failed = sorted({task["task_id"] for task in tasks if task["state"] == "failed"})
            raise Refusal(f"Airflow's {dag} did not end well ({', '.join(failed) or states}): see {airflow.logs}.")
        time.sleep(0.5)


def wait_for_question(airflow: AirflowService, dag: str, run: str) -> dict[str, Any]:
    """What the DAG run asks a person: subject, body, options, task_id; it can be answered at once.

    Raises Refusal when the run ends without asking.
    """
    token = airflow.login()
    deadline = time.monotonic() + _PATIENCE
    since: dict[tuple[str, int], float] = {}
    path = f"/dags/{dag}/dagRuns/{run}"
    while True:
        for asked in airflow.call(token, "GET", f"{path}/hitlDetails?state=awaiting_input")["hitl_details"]:
            task = asked["task_instance"]
            key = (task["id"], task["try_number"])
            if time.monotonic() - since.setdefault(key, time.monotonic()) > _SETTLED:
                return {**asked, "task_id": task["task_id"]}
        if airflow.call(token, "GET", path)["state"] not in ("queued", "running") or time.monotonic() > deadline:
            raise Refusal(f"Airflow's {dag} ended without asking for an answer: see {airflow.logs}.")
        time.sleep(0.3)


def answer(airflow: AirflowService, user: str, dag: str, run: str, chosen: str, **params: str) -> None:
    """The user has answered what the DAG run asks. Raises Refusal when he may not."""
    asked = wait_for_question(airflow, dag, run)
    given = {name: params.get(name, "") for name in asked["params"]}
    path = f"/dags/{dag}/dagRuns/{run}/taskInstances/{asked['task_id']}/-1/hitlDetails"
    try:
        airflow.call(airflow.login(user), "PATCH", path, {"chosen_options": [chosen], "params_input": given})
    except HTTPError as error:
        raise Refusal(f"Airflow does not take the answer of {user} ({error.code}): see {airflow.logs}.") from None


def _wait_until_known(airflow: AirflowService, token: str, dag: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while dag not in {known["dag_id"] for known in airflow.call(token, "GET", "/dags")["dags"]}:
        if time.monotonic() > deadline:
            raise Refusal(f"Airflow does not find the DAG {dag}: see {airflow.logs}.")
        time.sleep(0.5)
