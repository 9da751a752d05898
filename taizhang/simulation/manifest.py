"""What was generated: counts, what was planted where, the townships' hidden quality."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Manifest:
    """The truth about a generated county in one document."""

    seed: int
    options: dict[str, Any]
    contract: str
    townships: int = 0
    months: list[str] = field(default_factory=list)
    workbooks: int = 0
    bytes: int = 0
    status: dict[str, int] = field(default_factory=dict)
    second_versions: int = 0
    late: int = 0
    messy: int = 0
    rows: int = 0
    missing: list[tuple[str, str]] = field(default_factory=list)
    duplicates: list[tuple[str, str]] = field(default_factory=list)
    planted_per_rule: dict[str, int] = field(default_factory=dict)
    findings_scored: dict[str, int] = field(default_factory=dict)
    findings_unscored: dict[str, int] = field(default_factory=dict)
    indicator_values: int = 0
    quality: dict[str, float] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> str:
        """The manifest as JSON text, the same for the same county."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"
