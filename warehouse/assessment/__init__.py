"""Assessment runs in the warehouse: what they rest on, and the runs themselves."""

from warehouse.assessment.reading import Seen, keep_inputs, list_units, newest, read_material
from warehouse.assessment.storing import (
    effective_rubric,
    list_runs,
    next_run_id,
    read_bytes,
    read_run,
    recorded_digest,
    store_run,
)

__all__ = [
    "Seen",
    "effective_rubric",
    "keep_inputs",
    "list_runs",
    "list_units",
    "newest",
    "next_run_id",
    "read_bytes",
    "read_material",
    "read_run",
    "recorded_digest",
    "store_run",
]
