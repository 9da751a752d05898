"""The Chinese words around the findings: summary, comments, what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Literal

import pandas as pd

from catalogue.periods import Period
from publish.annotation.entries import SEVERITIES, Entry
from publish.annotation.grid import Cell

COPY_REMARK = (
    "原文件不能直接批注（不是 .xlsx 格式，或结构特殊），这是按原文件内容另存的一份，格式可能与原来不同。"
    "请在这份文件中修改后报送。"
)
LIST_REMARK = "这里只列问题，不含原文件的内容。请按“怎么改”一栏处理原文件，再报送原文件；不要报送这份清单。"
SPEAK_LONGEST = 160  # characters of a found value quoted in a comment

_STATUS = {
    "accepted": "已接收",
    "returned": "退回修改",
    "rejected": "整份退回，未入库",
}


def describe_status(
    status: Literal["accepted", "returned", "rejected"] | None,
    *,
    township: str = "",
    period: Period | None = None,
    due_on: date | None = None,
    days_late: float | None = None,
) -> str:
    """The note on top of the list: first line the heading, then when it was or is due. None = a dry run.

    Missing values as pandas has them (NaT, NaN) are taken as None.
    """
    whose = " ".join(part for part in (township, period.chinese if period else "") if part)
    heading = f"{whose} 乡镇人大工作月报" if whose else "乡镇人大工作月报"
    lines = [f"{heading}：{_STATUS[status] if status else '自查结果（尚未报送）'}"]
    if due_on is not None and not pd.isna(due_on):
        due = f"报送截止日：{due_on.year}年{due_on.month}月{due_on.day}日"
        is_late = days_late is not None and days_late > 0
        late = f"，本期首次报送逾期 {days_late:.0f} 天。更正不另计逾期" if is_late else ""
        lines.append(f"{due}{late}。")
    return "\n".join(lines)


def next_steps(entries: Sequence[Entry], *, is_whole: bool) -> list[str]:
    """How many findings of each severity, and what the clerk does now; `is_whole`: the return itself is in the file."""
    counts = Counter(entry.severity for entry in entries)
    if not entries:
        return ["没有发现问题，不用处理。"]
    said = "，".join(f"{word} {counts[severity]} 条" for severity, word in SEVERITIES.items() if counts[severity])
    lines = [f"共 {len(entries)} 条：{said}。"]
    if not is_whole:
        return [*lines, LIST_REMARK]
    lines[0] += "点“单元格”一栏可直接跳到那一格，鼠标停在有颜色的格子上可看说明。"
    if counts["hard"]:
        lines.append(
            "红色的必须改正：改好之前，所在的行（或整表、整份）不入库。改完保存，用本文件重新报送即可，本页不用删除。"
        )
    if counts["warn"]:
        lines.append("黄色的请核实：有误的改正；属实的不用改，请在“说明”一栏写明原因，随本文件报送。")
    if not counts["hard"] and not counts["warn"]:
        lines.append("以上只是提示，读得对就不用处理。")
    return lines


def comment_text(entries: Sequence[Entry], shown: Cell) -> str:
    """All findings of a cell as one comment; `shown` is the cell that bears it (it differs within a merge)."""
    paragraphs = []
    for entry in entries:
        where = f"（第 {entry.cell[0]} 行）" if entry.cell and entry.cell != shown else ""
        lines = [f"{SEVERITIES[entry.severity]} {entry.rule} {entry.title}{where}", shorten(entry.message)]
        if entry.expected and entry.expected not in entry.message and entry.expected not in entry.mend:
            lines.append(f"应为：{shorten(entry.expected)}")
        paragraphs.append("\n".join([*lines, f"怎么改：{entry.mend}"]))
    return "\n\n".join(paragraphs)


def shorten(text: str) -> str:
    """The text, cut where a value in it is too long to be read."""
    return text if len(text) <= SPEAK_LONGEST else f"{text[:SPEAK_LONGEST]}……"
