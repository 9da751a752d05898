"""What chunks say they did, as one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def total(summaries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The chunks' summaries as one."""
    whole: dict[str, Any] = {"received": 0, "new": 0, "rows_loaded": 0, "rows_held_back": 0}
    whole |= {"status": {}, "findings": {}, "severities": {}, "submission_ids": []}
    whole |= {"reports": {}, "document_ids": []}
    for summary in summaries:
        for key, value in summary.items():
            if isinstance(value, dict):
                for name, count in value.items():
                    whole[key][name] = whole[key].get(name, 0) + count
            elif key != "name":
                whole[key] += value
    for key in ("status", "findings", "severities"):
        whole[key] = dict(sorted(whole[key].items()))
    return whole
