"""Open alerts as lines of a page; whose a line names an office, never a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from publish.status.reading import Row, Status
from publish.status.wording import chinese_date
from warehouse.duty.alerts import COUNTY, OPERATOR, SEVERITIES

_SAID = ("missing", "returned", "unreachable")  # others may quote what a person said
_TONES = {"serious": "bad", "notable": "warn", "minor": "none"}
_OWNERS = {COUNTY: "县人大", OPERATOR: "运维"}


def alert_lines(status: Status, alerts: Iterable[Row], root: str) -> list[dict[str, Any]]:
    """One line per alert in the order given."""
    return [
        {
            "number": row["alert_id"],
            "grade": SEVERITIES[row["severity"]],
            "tone": _TONES[row["severity"]],
            "title": row["title"],
            "detail": row["detail"] if row["kind"] in _SAID else "",
            "owner": _OWNERS.get(row["owner"]) or status.names.get(row["owner"], row["owner"]),
            "link": f"{root}township/{row['township_code']}.html" if row["township_code"] in status.shown else "",
            "points": None if row["points"] is None else f"{row['points']:.1f}",
            "since": chinese_date(row["first_seen"]),
            "is_taken": row["taken_by"] is not None,
        }
        for row in alerts
    ]
