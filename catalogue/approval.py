"""What people decided on a run: the second document of a publication, beside the run's own.

A publication is made from the run document and this alone, so both rebuild it to the byte.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, order=True)
class Change:
    """A recommendation changed by whoever approved, and why; the run itself keeps what it computed."""

    unit: str
    recommended: bool
    reason: str


@dataclass(frozen=True)
class Approval:
    """The yes to a run. Before `approval_number` (批准文号) is known nothing may be called a commendation (表彰)."""

    run_id: int
    document_sha256: str
    approved_by: str
    approved_on: date
    reason: str
    approval_number: str | None = None
    document_number: str | None = None
    issued_on: date | None = None
    changes: tuple[Change, ...] = ()
    objections: int = 0
    upheld: int = 0

    def to_bytes(self) -> bytes:
        """Canonical JSON: the same approval is always the same bytes."""
        plain = asdict(self) | {"approved_on": _iso(self.approved_on), "issued_on": _iso(self.issued_on)}
        return canonical(plain)

    @classmethod
    def from_bytes(cls, given: bytes) -> Approval:
        """The approval that `to_bytes` wrote."""
        plain = json.loads(given)
        plain["approved_on"] = date.fromisoformat(plain["approved_on"])
        plain["issued_on"] = date.fromisoformat(plain["issued_on"]) if plain["issued_on"] else None
        plain["changes"] = tuple(Change(**change) for change in plain["changes"])
        return cls(**plain)


def canonical(plain: Any) -> bytes:
    """JSON in UTF-8 with sorted keys and no blanks; floats as their shortest exact text, no NaN."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
