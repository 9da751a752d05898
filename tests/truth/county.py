"""A county collected through the command line, and what the research views then say of it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from catalogue import load
from tests.truth.comparison import Differences, compare_findings, compare_statuses, compare_values
from warehouse.connection import Warehouse

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT.parent / "shared" / "samples" / "county_small"
COMMAND = ROOT / ".venv" / "bin" / "taizhang"


def run_command(home: Path, *arguments: str, url: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """`taizhang ARGUMENTS` in a home and database of its own."""
    environment = os.environ | {"TAIZHANG_HOME": str(home), "DATABASE_URL": url}
    return subprocess.run(
        [str(COMMAND), *arguments], env=environment, capture_output=True, text=True, check=check, timeout=600
    )


def collect_county(county: Path, home: Path, url: str) -> dict[str, Any]:
    """The county's register and inbox stand in the warehouse; the answer of `collect --json`."""
    run_command(home, "init", "--register", str(county / "townships.csv"), url=url)
    done = run_command(
        home, "collect", str(county / "inbox"), "--received", str(county / "received.csv"), "--json", url=url
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def differences(county: Path, warehouse: Warehouse) -> dict[str, Differences]:
    """findings, statuses and values held against the county's truth."""
    truth = county / "truth"
    return {
        "findings": compare_findings(truth, said_findings(warehouse)),
        "statuses": compare_statuses(truth, said_statuses(warehouse)),
        "values": compare_values(truth, said_values(warehouse)),
    }


def said_findings(warehouse: Warehouse) -> list[dict[str, object]]:
    """Every finding of research.finding with the sheet's label."""
    labels = {sheet.code: sheet.label for sheet in load().current_form.sheets}
    rows = warehouse.query("select file_name, rule, severity, sheet, excel_row from research.finding")
    return [
        {
            "file": file,
            "rule": rule,
            "severity": severity,
            "sheet": labels.get(sheet),
            "row": int(line) if line == line and line else None,
        }
        for file, rule, severity, sheet, line in rows.itertuples(index=False)
    ]


def said_statuses(warehouse: Warehouse) -> dict[str, dict[str, object]]:
    """file -> what research.submission and the row counts say."""
    rows = warehouse.query(
        "select submission_id, file_name, status, is_current, version, due_on, days_late from research.submission"
    )
    counts = warehouse.query("select submission_id, sheet, loaded, held_back from intake.row_count")
    said: dict[int, dict[str, object]] = {}
    for row in rows.to_dict("records"):
        said[row["submission_id"]] = {str(key): None if value != value else value for key, value in row.items()}
    for row in counts.to_dict("records"):
        said[row["submission_id"]][f"loaded_{row['sheet']}"] = int(row["loaded"])
        said[row["submission_id"]][f"held_{row['sheet']}"] = int(row["held_back"])
    for entry in said.values():
        for name in ("version", "days_late"):
            entry[name] = None if entry[name] is None else int(str(entry[name]).removesuffix(".0"))
    return {str(entry["file_name"]): entry for entry in said.values()}


def said_values(warehouse: Warehouse) -> dict[tuple[str, str, str], dict[str, object]]:
    """Every value of research.indicator_value."""
    rows = warehouse.query("select * from research.indicator_value")
    return {
        (row["township_code"], row["period"], row["indicator"]): {str(key): value for key, value in row.items()}
        for row in rows.to_dict("records")
    }
