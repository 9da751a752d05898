"""The data-quality summary after each collection: counts by rule and township, kept in the database and told."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from catalogue import load as load_catalogue
from ingest.place import Place
from ingest.reports.telling import reports_told
from warehouse.connection import Warehouse, execute, query
from warehouse.generation import SQL

SUMMARY = SQL / "summary"
_SEVERITY = {"hard": "必须改正", "warn": "请核实", "info": "提示"}
_MOST = 15


def quality_summary(settings: Place, summary: dict[str, Any]) -> dict[str, Any]:
    """The summary of the collection stands in intake.quality_summary; `subject` and `text` tell it to the county."""
    asked = {"submissions": summary["submission_ids"]}
    with Warehouse(settings.warehouse_url).transaction() as connection:
        rules = query(connection, SUMMARY / "findings_by_rule.sql", asked)
        townships = query(connection, SUMMARY / "findings_by_township.sql", asked)
        unclear = query(connection, SUMMARY / "not_evaluable.sql", asked)
        reports = reports_told(connection, summary)
        told = {
            "subject": f"月报收集：新收 {summary['new']} 份，入库 {summary['rows_loaded']} 行{reports.subject}",
            "text": _tell(summary, rules, townships, unclear) + reports.text,
        }
        content = {"summary": {key: value for key, value in summary.items() if key != "chunks"}} | {
            "rules": _records(rules),
            "townships": _records(townships),
            "not_evaluable": _records(unclear),
            "reports": {name: _records(frame) for name, frame in reports.tables.items()},
        }
        execute(
            connection,
            SUMMARY / "record.sql",
            told | {"content": json.dumps(content, ensure_ascii=False, default=str)},
        )
    return told


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(key): None if pd.isna(value) else value for key, value in row.items()} for row in frame.to_dict("records")
    ]


def _tell(summary: dict[str, Any], rules: pd.DataFrame, townships: pd.DataFrame, unclear: pd.DataFrame) -> str:
    titles = {code: rule.title for code, rule in load_catalogue().rules.items()}
    status = summary["status"]
    lines = [
        f"新收 {summary['new']} 份：受理 {status.get('accepted', 0)}，退回 {status.get('returned', 0)}，"
        f"拒收 {status.get('rejected', 0)}；入库 {summary['rows_loaded']} 行，暂存 {summary['rows_held_back']} 行。",
        "",
        "问题（按规则）：",
    ]
    for row in rules.head(_MOST).itertuples(index=False):
        lines.append(
            f"  {row.rule} {titles[str(row.rule)]}（{_SEVERITY[str(row.severity)]}）{row.findings} 处，{row.returns} 份"
        )
    if len(rules) > _MOST:
        lines.append(f"  另有 {len(rules) - _MOST} 条规则，详见数据库 intake.quality_summary。")
    lines += ["", "问题（按乡镇）："]
    for row in townships.itertuples(index=False):
        lines.append(
            f"  {row.township}：{row.returns} 份，受理 {row.accepted}，退回 {row.returned}，拒收 {row.rejected}；"
            f"必须改正 {row.hard} 处，请核实 {row.warnings} 处"
        )
    if len(unclear):
        cases = "、".join(f"{row.rule} {row.cases} 次" for row in unclear.head(_MOST).itertuples(index=False))
        lines += ["", f"因缺少数据未能判断：{cases}。"]
    return "\n".join(lines)
