"""What every DAG of the county shares: owner, retries, pool, and the asset that connects collecting and the quarter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import (
    Asset,
    DeadlineAlert,
    DeadlineReference,
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
    SyncCallback,
)
from telling import TroubleNotifier

# Tasks that read files or load the warehouse; its size is the number of workers.
WAREHOUSE_POOL = "warehouse"

# A database or network hiccup is tried again, later each time; a refusal (a user has to act) is not.
DEFAULTS: dict[str, Any] = {
    "owner": "taizhang",
    "retries": 3,
    "retry_delay": timedelta(seconds=15),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=10),
    "on_failure_callback": [TroubleNotifier()],
    "retry_policy": ExceptionRetryPolicy(
        rules=[RetryRule(exception="catalogue.errors.Refusal", action=RetryAction.FAIL, reason="a user has to act")]
    ),
}


def limit(hours: float) -> list[DeadlineAlert]:
    """A run that has not ended so long after it was queued is an alert (which closes when it has)."""
    callback = SyncCallback("taizhang.deadlines.note_late_run", kwargs={"hours": hours})
    reference = DeadlineReference.DAGRUN_QUEUED_AT
    return [DeadlineAlert(reference=reference, interval=timedelta(hours=hours), callback=callback, name="运行超时")]


DUE_LIMIT, COLLECT_LIMIT = limit(1), limit(3)

# Emitted when collecting has refreshed indicator values; its events name the periods in extra["periods"].
# Plain, not partitioned, events: a partition that has fired does not fire again on a correction, one collection
# touches several months at once, and "all townships of a quarter" cannot be said as a window of partitions.
INDICATOR_VALUES = Asset("indicator_values")

# Emitted when a collection has ended and its townships were told: the pages are built anew.
COLLECTIONS = Asset("collections")

# Partitioned, because each event speaks of one thing and every event starts a run: a quarter that is over and has been
# computed (anew), a run that was approved. The partition's key is the quarter, or the number of the run.
CLOSED_QUARTERS = Asset("closed_quarters")
APPROVED_RUNS = Asset("approved_runs")
PUBLISHED_RUNS = Asset("published_runs")
OPEN_MATTERS = Asset("open_matters")  # what a person has to decide: see publish.decisions


def person_of(context: Any) -> str:
    """Who started the DAG run: the user's name, or the platform's where it started by itself."""
    return context["dag_run"].triggering_user_name or DEFAULTS["owner"]
