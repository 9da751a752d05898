"""The sample county's truth files as one LoadBatch, as a perfect reader and checker would hand them over."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from catalogue import load
from catalogue.findings import shape_findings
from catalogue.text import fold
from warehouse.load import LoadBatch


def read_rows(folder: Path) -> list[dict[str, Any]]:
    """Every loaded row of the current returns, as written in truth/rows.jsonl.gz."""
    with gzip.open(folder / "truth" / "rows.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_batch(folder: Path) -> LoadBatch:
    """All returns of the sample with their truth: statuses, hard and warn findings, loaded rows and counts."""
    with (folder / "truth" / "expected_status.csv").open(encoding="utf-8") as lines:
        statuses = list(csv.DictReader(lines))
    with (folder / "truth" / "expected_findings.csv").open(encoding="utf-8") as lines:
        findings = list(csv.DictReader(lines))
    number = {entry["file"]: i for i, entry in enumerate(statuses)}
    return LoadBatch(
        submissions=pd.DataFrame([_submission(i, entry) for i, entry in enumerate(statuses)]),
        findings=shape_findings(pd.DataFrame([_finding(number[entry["file"]], entry) for entry in findings])),
        rows=_rows(number, read_rows(folder)),
        row_counts=_counts(number, read_rows(folder)),
    )


def _submission(number: int, entry: dict[str, str]) -> dict[str, Any]:
    identified = entry["version"] != ""
    return {
        "return_no": number,
        "sha256": hashlib.sha256(entry["file"].encode()).hexdigest(),
        "file_name": entry["file"],
        "township_code": entry["township_code"] if identified else None,
        "period": entry["period"] if identified else None,
        "form_version": 1,
        "received_at": pd.Timestamp(entry["received_at"]),
        "due_on": pd.Timestamp(entry["due_on"]),
        "status": entry["status"],
        "prepared_on": pd.NaT,
    }


def _finding(number: int, entry: dict[str, str]) -> dict[str, Any]:
    labels = {sheet.label: sheet.code for sheet in load().current_form.sheets}
    return {
        "return_no": number,
        "rule": entry["rule"],
        "severity": entry["severity"],
        "sheet": labels.get(entry["sheet"]),
        "excel_row": int(entry["row"]) if entry["row"] else None,
        "field": entry["field"] or None,
        "observed": entry["note"],
        "message": entry["rule"],
    }


def _rows(number: dict[str, int], rows: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    frames = {}
    for sheet in load().current_form.stored:
        found = [
            {
                "return_no": number[row["file"]],
                "excel_row": row["row"] or 0,
                "row_key": "|".join(fold(str(row["values"][code])) for code in sheet.key),
                "approximate": row["approx"],
                **{item.code: _typed(item.type, row["values"].get(item.code)) for item in sheet.fields},
            }
            for row in rows
            if row["sheet"] == sheet.code
        ]
        if found:
            frames[sheet.code] = pd.DataFrame(found)
    return frames


def _typed(kind: str, value: Any) -> Any:
    return date.fromisoformat(value) if kind == "date" and value else value


def _counts(number: dict[str, int], rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame([{"return_no": number[row["file"]], "sheet": row["sheet"]} for row in rows])
    counted = frame.value_counts().rename("loaded").reset_index()
    return counted.assign(rows_read=counted["loaded"], held_back=0, ignored=0)
