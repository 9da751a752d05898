"""What of the score rests on what is missing: points of the rubric whose inputs come from sheets held back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import Connection

from catalogue import load as load_catalogue
from catalogue.rubric import Rubric
from warehouse.connection import query
from warehouse.duty.alerts import Severity
from warehouse.duty.obligations import DUTY
from warehouse.rollup import MARTS

SERIOUS, NOTABLE = 20.0, 5.0  # points of a hundred
_WHOLE = "submission"  # stands for the return itself: what is counted by its arrival


@lru_cache(maxsize=1)
def sheets_of_indicators() -> dict[str, frozenset[str]]:
    """Indicator -> sheets its SQL reads; `submission` where it counts returns."""
    codes, sheets = load_catalogue().indicators, {sheet.code for sheet in load_catalogue().current_form.sheets}
    found: dict[str, set[str]] = {}
    for mart in MARTS.glob("*.sql"):
        sql = mart.read_text(encoding="utf-8")
        read = {name for name in re.findall(r"(?:event|restricted)\.(?:newest_|current_)?(\w+)", sql) if name in sheets}
        read |= {"profile"} if "last_profile" in sql else set()
        read |= {"deputy_record"} if "register_month" in sql else set()
        for code in codes:
            if f"'{code}'" in sql:
                found.setdefault(code, set()).update(read or {_WHOLE})
    return {code: frozenset(names) for code, names in found.items()}


def points_at_stake(rubric: Rubric | None, shares: Mapping[str, float]) -> float:
    """Points of the rubric's items that rest on what is held back: per item its points times the largest share held
    back (0..1) among the sheets it rests on. Without a rubric every sheet counts alike, a hundred points in all.
    """
    if rubric is None:
        sheets = load_catalogue().current_form.stored
        return 100.0 * sum(shares.get(sheet.code, 0.0) for sheet in sheets) / len(sheets)
    known, total = sheets_of_indicators(), 0.0
    for item in rubric.items:
        if item.kind != "veto":
            sheets_read = {sheet for code in item.inputs for sheet in known.get(code, ())}
            total += item.points * max((shares.get(sheet, 0.0) for sheet in sheets_read), default=0.0)
    return total


def everything() -> dict[str, float]:
    """The shares where nothing came at all."""
    return {sheet.code: 1.0 for sheet in load_catalogue().current_form.sheets} | {_WHOLE: 1.0}


def severity_of(points: float) -> Severity:
    """How grave an alert is, by the points at stake."""
    return "serious" if points >= SERIOUS else "notable" if points >= NOTABLE else "minor"


def shares_held_back(connection: Connection, submission_ids: list[int]) -> dict[int, dict[str, float]]:
    """Submission -> sheet -> share of its rows that is held back, where any is."""
    rows = query(connection, DUTY / "held_shares.sql", {"submissions": submission_ids})
    found: dict[int, dict[str, float]] = {}
    for number, sheet, share in zip(rows["submission_id"], rows["sheet"], rows["share"], strict=True):
        found.setdefault(int(number), {})[sheet] = float(share)
    return found
