"""A clerk's dry run: the same reading and the same checks as in collecting, without a database."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from catalogue import Catalogue, Sheet, load
from catalogue.errors import Refusal
from catalogue.periods import Period
from catalogue.register import Register
from ingest.inspection import Inspection, inspect, statuses
from ingest.workbook import ReceivedFile, read_batch
from publish.annotation import Job, annotate_many, describe_status
from taizhang.settings import Settings

NEEDS_HISTORY = ("F10", "P01", "P02", "P03", "P04", "P05", "P06", "P07")


def run_check(
    settings: Settings, files: list[Path], register_file: Path | None, annotate: Path | None
) -> list[dict[str, Any]]:
    """One answer per file: file, status, findings (with cell and what to do), what was left open, the copy's path.

    Raises Refusal when a file does not exist or the register is broken; a broken workbook is a finding.
    """
    catalogue = load()
    register = Register.read(register_file) if register_file else None
    received = [_receive(path, ZoneInfo(settings.timezone)) for path in files]
    batch = read_batch(received, catalogue.current_form, catalogue.synonyms, workers=1)
    inspection = inspect(batch, catalogue, register, catalogue.jurisdiction(settings.jurisdiction))
    status = statuses(inspection.identity, inspection.findings)
    answers = [
        _answer(inspection, catalogue, number, str(path), str(status[number])) for number, path in enumerate(files)
    ]
    if annotate is not None:
        for answer, path in zip(answers, _annotate(inspection, catalogue, files, annotate, register), strict=True):
            answer["annotated"] = str(path)
    return answers


def _receive(path: Path, zone: ZoneInfo) -> ReceivedFile:
    if not path.is_file():
        raise Refusal(f"没有文件 {path}，请核对文件名。")
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise Refusal(f"{path} 无法读取（{error.strerror}），请检查权限。") from None
    return ReceivedFile(path, path.name, digest, datetime.now(zone).replace(tzinfo=None))


def _answer(inspection: Inspection, catalogue: Catalogue, number: int, file: str, status: str) -> dict[str, Any]:
    mine = inspection.findings[inspection.findings["return_no"] == number]
    places = inspection.batch.places[inspection.batch.places["return_no"] == number]
    form = catalogue.current_form
    spots = {(place["sheet"], place["field"]): place for place in places.to_dict("records")}
    findings = []
    for row in mine.to_dict("records"):
        sheet = form.sheet(row["sheet"]) if row["sheet"] else None
        line = None if pd.isna(row["excel_row"]) else int(row["excel_row"])
        words = {"label": "", "observed": row["observed"] or "", "expected": row["expected"] or ""}
        findings.append(
            {name: row[name] for name in ("rule", "severity", "sheet", "field", "observed", "expected", "message")}
            | {
                "sheet_name": sheet.label if sheet else None,
                "excel_row": line,
                "cell": _cell(spots.get((row["sheet"], row["field"])), sheet, line),
                "mend": catalogue.rules[row["rule"]].mend.format(**words),
            }
        )
    unclear = inspection.not_evaluable
    rules = set(unclear.loc[unclear["return_no"] == number, "rule"])
    return {
        "file": file,
        "status": status,
        "township_code": inspection.identity.loc[number, "township_code"],
        "period": inspection.identity.loc[number, "period"],
        "findings": findings,
        "not_evaluated": sorted(rules | set(NEEDS_HISTORY)),
    }


def _cell(spot: dict[Any, Any] | None, sheet: Sheet | None, line: int | None) -> str | None:
    """The cell as Excel names it, None where the finding speaks of no single cell."""
    if spot is None or sheet is None:
        return None
    row = int(spot["excel_row"]) if sheet.layout == "key_value" else line
    return f"{xl_col_to_name(int(spot['excel_col']) - 1)}{row}" if row else None


def _annotate(
    inspection: Inspection, catalogue: Catalogue, files: list[Path], target: Path, register: Register | None
) -> list[Path]:
    target.mkdir(parents=True, exist_ok=True)
    names = {township.code: township.name for township in register.townships} if register else {}
    jobs = []
    for number, path in enumerate(files):
        identity = inspection.identity.loc[number]
        period = Period.parse(str(identity["period"])) if identity["period"] else None
        note = describe_status(None, township=names.get(str(identity["township_code"]), ""), period=period)
        jobs.append(Job(number, path, target / f"{path.stem}（自查）{number + 1 if len(files) > 1 else ''}.xlsx", note))
    return annotate_many(
        jobs,
        inspection.findings,
        inspection.batch.places,
        form=catalogue.current_form,
        rules=catalogue.rules,
    )
