"""What an analyst said of doubtful facts, taken from the workbook; every decision is kept, with who and when."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from catalogue.errors import Refusal
from catalogue.lexicon import load_lexicon
from catalogue.narrative import DECISION_COLUMNS, DECISION_WORDS
from ingest.place import Place
from ingest.workbook.container import open_container
from ingest.workbook.received import Unreadable
from warehouse.connection import Warehouse, query
from warehouse.copying import stage
from warehouse.generation import SQL
from warehouse.load import lock_loads
from warehouse.reports import leave

_TYPES = {
    "sha256": "text",
    "indicator": "text",
    "value": "double precision",
    "quote": "text",
    "verdict": "text",
    "note": "text",
}


def take_decisions(settings: Place, workbook: Path, decided_by: str) -> dict[str, int]:
    """The workbook's answers are kept and hold from now on, also when a report is read anew: how many of each.

    Answers given before are not kept twice. The reports concerned await their judgement. Raises Refusal naming the row
    that cannot be understood; then nothing is kept.
    """
    if not decided_by.strip():
        raise Refusal("请用 --by 写明是谁确认的。")
    rows = _rows(workbook)
    with Warehouse(settings.warehouse_url).transaction() as connection:
        lock_loads(connection)
        stage(connection, "given_decision", pd.DataFrame(rows, columns=list(_TYPES)), _TYPES)
        kept = query(connection, SQL / "reports" / "decide.sql", {"decided_by": decided_by.strip()})
        documents = kept["document_id"].unique().tolist()
        leave(connection, "judge", documents)
        leave(connection, "return", documents)
    counts = Counter(kept["verdict"])
    return {verdict: counts.get(verdict, 0) for verdict in DECISION_WORDS.values()} | {"answered": len(rows)}


def _rows(workbook: Path) -> list[tuple[Any, ...]]:
    try:
        lines = _read(workbook)
    except (OSError, Unreadable, CalamineError, ValueError) as error:
        raise Refusal(f"{workbook} 读不出来（{error}）：请用 taizhang report doubtful 导出的工作簿填写。") from None
    head = [str(cell).strip() for cell in lines[0]] if lines else []
    if missing := [name for name in DECISION_COLUMNS if name not in head]:
        raise Refusal(f"{workbook} 缺少“{missing[0]}”列：请用 taizhang report doubtful 导出的工作簿填写，不要删列。")
    place = {name: head.index(name) for name in DECISION_COLUMNS}
    return [
        row
        for number, line in enumerate(lines[1:], start=2)
        if (row := _row(line, place, number, workbook)) is not None
    ]


def _read(workbook: Path) -> list[list[Any]]:
    open_container(workbook)  # refuses what is no workbook
    lines: list[list[Any]] = CalamineWorkbook.from_path(str(workbook)).get_sheet_by_index(0).to_python()
    return lines


def _row(line: list[Any], place: dict[str, int], number: int, workbook: Path) -> tuple[Any, ...] | None:
    cell = {name: line[column] if column < len(line) else "" for name, column in place.items()}
    answer = str(cell["结论"]).strip()
    if not answer:
        return None
    if answer not in DECISION_WORDS:
        raise Refusal(f"{workbook.name} 第 {number} 行“结论”填的是“{answer}”：请填“对”或“错”，还没看的留空。")
    indicator, sha256 = str(cell["指标代码"]).strip(), str(cell["文件摘要"]).strip()
    try:
        value = float(cell["数值"])
    except (TypeError, ValueError):
        value = None
    if indicator not in load_lexicon().indicators or len(sha256) != 64 or value is None:
        raise Refusal(f"{workbook.name} 第 {number} 行的数值、指标代码或文件摘要被改动：请重新导出后填写。")
    return sha256, indicator, value, str(cell["原句"]), DECISION_WORDS[answer], str(cell["备注"]).strip() or None
