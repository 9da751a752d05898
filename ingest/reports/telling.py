"""What the summary of a collection says of narrative reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from catalogue import load as load_catalogue
from warehouse.connection import Connection, query
from warehouse.generation import SQL

SUMMARY = SQL / "summary"
_SEVERITY = {"hard": "必须改正", "warn": "请核实", "info": "提示"}


@dataclass(frozen=True)
class Told:
    """Words to add to subject and text of the summary, empty where no report came or changed, and the counts."""

    subject: str = ""
    text: str = ""
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)


def reports_told(connection: Connection, summary: dict[str, Any]) -> Told:
    """What to tell of the reports that came with the collection or whose findings changed by it."""
    documents = sorted({*summary.get("document_ids", ()), *summary.get("documents_to_return", ())})
    if not documents:
        return Told()
    asked = {"documents": documents}
    rules = query(connection, SUMMARY / "report_findings_by_rule.sql", asked)
    townships = query(connection, SUMMARY / "reports_by_township.sql", asked)
    unclear = query(connection, SUMMARY / "reports_not_evaluable.sql", asked)
    counts = summary.get("reports") or {}
    lines = [
        "",
        "",
        f"文字报告：新收 {counts.get('new', 0)} 份文件，计入 {counts.get('counted', 0)} 篇，"
        f"工作计划 {counts.get('plan', 0)} 篇，不计 {counts.get('not_counted', 0)} 篇，"
        f"读不出 {counts.get('unreadable', 0)} 份；"
        f"读出数据 {counts.get('facts', 0)} 条，其中 {counts.get('doubtful', 0)} 条等人确认。",
        *_rules(rules),
        *_townships(townships),
    ]
    if len(unclear):
        cases = "、".join(f"{row.rule} {row.cases} 条" for row in unclear.itertuples(index=False))
        lines.append(f"  报告中的数没有可比的报表而未能判断：{cases}。")
    tables = {"rules": rules, "townships": townships, "not_evaluable": unclear}
    return Told(f"，文字报告 {counts.get('new', 0)} 份", "\n".join(lines), tables)


def _rules(rules: pd.DataFrame) -> list[str]:
    titles = {code: rule.title for code, rule in load_catalogue().rules.items()}
    return [
        f"  {row.rule} {titles[str(row.rule)]}（{_SEVERITY[str(row.severity)]}）{row.findings} 处，{row.documents} 份"
        for row in rules.itertuples(index=False)
    ]


def _townships(townships: pd.DataFrame) -> list[str]:
    return [
        f"  {row.township}：{row.reports} 篇，计入 {row.counted}；雷同 {row.copied} 处，"
        f"数字不符 {row.disagreements} 处，待确认 {row.doubtful} 条"
        for row in townships.itertuples(index=False)
    ]
