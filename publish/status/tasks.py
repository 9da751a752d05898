"""What a township has to do, in the order in which it should."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from publish.status.reading import Row


@dataclass(frozen=True)
class Task:
    """Something to do; the link leads to where on the page it is shown."""

    name: str
    link: str
    say: str


def list_tasks(months: Sequence[dict[str, Any]], open_items: Iterable[Row], day: date) -> list[Task]:
    """What is overdue or went back first, then what has to be explained, then what falls due.

    `months`: the township's months as the page shows them, newest first; warnings of older ones are one task.
    """
    urgent = [_urgent(month) for month in months if month["state"].tone == "bad"]
    asked = [_asked(month) for month in months[:1] if month["unexplained"]]
    if earlier := sum(month["unexplained"] for month in months[1:]):
        asked.append(Task("以前各月", "#returns", f"另有 {earlier} 处请核实的没有说明。"))
    if overdue := sum(is_overdue(row, day) for row in open_items):
        asked.append(Task("未办结事项", "#open", f"{overdue} 件已过期限，请督促办理，在下月报表中更新状态。"))
    coming = [
        Task(_name(month), f"#{month['id']}", f"请于{month['due']}（含当日）前报送。")
        for month in months
        if month["state"].tone == "wait"
    ]
    return [*urgent, *asked, *coming]


def is_overdue(row: Row, day: date) -> bool:
    """Whether an open item's day has passed."""
    return row["due_on"] is not None and bool(row["due_on"] < day)


def _name(month: dict[str, Any]) -> str:
    return f"{month['name']}月报"


def _urgent(month: dict[str, Any]) -> Task:
    word = month["state"].word
    if word == "逾期未报":
        say = f"应于{month['due']}前报送，至今没有收到，已逾期 {month['late']} 天。请尽快报送；有困难的请申请延期。"
    else:
        what = "整份没有入库" if word == "拒收" else f"有 {month['hard']} 处必须改正"
        say = f"{word}，{what}。请按“怎么改”改正后重新报送。"
    return Task(_name(month), f"#{month['id']}", say)


def _asked(month: dict[str, Any]) -> Task:
    say = f"有 {month['unexplained']} 处请核实：有误的改正；属实的在批注工作簿“问题清单”的“说明”栏写明原因。"
    return Task(_name(month), f"#{month['id']}", say)
