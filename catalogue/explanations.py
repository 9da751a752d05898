"""How a finding is known again in another return, and how the sheet 问题清单 is read back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

LIST_NAME = "问题清单"  # the sheet of the annotated workbook
RULE, SHEET, MESSAGE = "规则", "工作表", "问题"  # its columns that tell which finding a line speaks of
EXPLANATION, STANDING, KEY = "说明", "说明状态", "核对码"  # its columns for what was said and what became of it
LONGEST = 1000  # characters of an explanation that are kept
_PLACES = {"S02", "F07"}  # rules whose expectation names a row or column: a place is no value


@dataclass(frozen=True)
class Said:
    """A line of a 问题清单 with an explanation, as the clerk sent it back."""

    key: str
    rule: str
    message: str
    text: str


@dataclass(frozen=True)
class Standing:
    """What is known of a warning's explanation; state as in duty.explanation, or `changed`."""

    text: str
    state: str
    decision: str = ""


def finding_key(
    rule: str,
    sheet: str | None,
    row_key: str | None,
    field: str | None,
    observed: str | None,
    expected: str | None,
    message: str | None,
) -> str:
    """Rule, row and values of a finding as twelve characters; the same as duty.finding_key() in SQL.

    Where a finding speaks of no row and no field its sentence tells it from others of its rule.
    """
    parts = (rule, sheet, row_key, field, observed, None if rule in _PLACES else expected)
    whole = message if row_key is None and field is None else None
    text = "\x1f".join(part or "" for part in (*parts, whole))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
