"""The request for approval as the approver reads it in Airflow: Markdown made of the run document and the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalogue.periods import Period
from catalogue.runs import PeerGroup, RunDocument, RunUnit
from publish.approval.correction import listed_files, tell_correction

LONGEST = 60  # rows of a group shown in the page; all of them stand in the draft's files
BEYOND = 10  # rows shown below the line of a longer group
_SUBJECTS = {"township": "乡镇人大工作", "group": "代表小组工作", "deputy": "代表履职", "village": "村（社区）代表工作"}
_DECISIONS = {"recommended": "推荐", "committee": "**待定**", "none": ""}


@dataclass(frozen=True)
class Objection:
    """An objection as the approver sees it; `outcome` and `answer` empty while open."""

    number: int
    township: str
    item: str
    told: str
    outcome: str
    answer: str


@dataclass(frozen=True)
class Case:
    """All the page speaks of. `earlier` is the newest approved or published run of the same period and rubric."""

    document: RunDocument
    makers: Sequence[str]
    until: date | None
    objections: Sequence[Objection]
    files: Sequence[str]
    earlier: RunDocument | None = None
    given_out: Sequence[str] = ()


def describe_case(case: Case) -> dict[str, str]:
    """Subject and body (Markdown tables) of the request."""
    document = case.document
    what = f"{Period.parse(document.period).chinese}{_SUBJECTS[document.level]}考核结果（第 {document.run_id} 次测算）"
    parts = [
        _opening(case),
        *(_group(group, number, document) for number, group in enumerate(document.peer_groups)),
        _undecided(document),
        _objections(case.objections),
        _correction(case),
        _how(case),
    ]
    return {"subject": f"请审批：{what}", "body": "\n\n".join(part for part in parts if part)}


def _opening(case: Case) -> str:
    document = case.document
    lines = [
        f"考核办法 {document.rubric_code} {document.rubric_version} 版；数据截至第 "
        f"{document.snapshot.newest_submission} 号报送；参加排名 "
        f"{sum(unit.rank is not None for unit in document.units)} 个，共 {len(document.units)} 个。",
        f"名次区间为 {document.coverage:.0%} 把握，区间重叠的单位不宜认为有高下之分。"
        if _has_intervals(document)
        else "",
        f"公示到 {case.until:%Y-%m-%d} 为止。" if case.until else "没有设公示期。",
        f"经办人：{'、'.join(case.makers)}（经办人不能审批）。",
        f"公示稿：{listed_files(case.files)}" if case.files else "",
    ]
    return "\n\n".join(line for line in lines if line)


def _group(group: PeerGroup, number: int, document: RunDocument) -> str:
    units = [unit for unit in document.units if unit.peer_group == group.name]
    ranked = sorted((unit for unit in units if unit.rank is not None), key=lambda unit: (unit.rank or 0, unit.code))
    if not ranked:
        return f"### {group.name}\n\n没有可以排名的单位。"
    shown = ranked if len(ranked) <= LONGEST else ranked[: group.quota + BEYOND]
    rows = ["| 名次 | 名次区间 | 单位 | 得分 | 等次 | 推荐 | 说明 |", "|--:|:-:|:--|--:|:--|:--|:--|"]
    for place, unit in enumerate(shown):
        if place == group.quota and group.quota:
            rows.append(f"| | | — 名额线（{group.quota} 个） — | | | | |")
        rows.append(_row(unit))
    told = [f"### {group.name}（{len(ranked)} 个，名额 {group.quota} 个）", "\n".join(rows)]
    if len(shown) < len(ranked):
        told.append(f"其余 {len(ranked) - len(shown)} 个见公示稿。")
    if line := _line(number, document):
        told.append(line)
    if group.is_line_firm is False:
        told.append("**名额线两侧的差别小于偶然波动，请会议决定，不能只看名次。**")
    if silent := [unit.name for unit in units if unit.rank is None]:
        told.append(f"没有名次：{'、'.join(silent)}。")
    return "\n\n".join(told)


def _line(number: int, document: RunDocument) -> str:
    """How far apart the two sides of the quota line are, where the run says so (certainty, lines)."""
    lines = document.certainty.get("lines") or []
    line = lines[number] if number < len(lines) else None
    if not line or line["gap"] is None or line["chance"] is None:
        return ""
    inside, outside = (document.unit(line[side]).name for side in ("inside", "outside"))
    return f"名额线两侧：{inside}与{outside}相差 {line['gap']:.2f} 分，次序相反的可能为 {line['chance']:.0%}。"


def _row(unit: RunUnit) -> str:
    interval = "—" if unit.rank_low is None else f"{unit.rank_low}–{unit.rank_high}"
    tie = "并列" if unit.is_tied else ""
    note = "；".join(part for part in (tie, "一票否决" if unit.vetoes else "", unit.reason) if part)
    cells = (
        str(unit.rank),
        interval,
        unit.name,
        "—" if unit.score is None else f"{unit.score:.2f}",
        unit.band,
        _DECISIONS[unit.decision],
        note,
    )
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _undecided(document: RunDocument) -> str:
    units = [unit.name for unit in document.units if unit.decision == "committee"]
    if not units:
        return ""
    return (
        f"### 由会议决定\n\n{'、'.join(units)}：与名额线另一侧的差别不足以由计算决定。"
        "要推荐的请在“推荐调整”中写明，没有写明的按不推荐处理。"
    )


def _objections(objections: Sequence[Objection]) -> str:
    if not objections:
        return "### 异议\n\n没有异议。"
    rows = ["| 编号 | 乡镇 | 项目 | 内容 | 处理 | 答复 |", "|--:|:--|:--|:--|:--|:--|"]
    for one in objections:
        cells = (str(one.number), one.township, one.item or "整体", one.told, one.outcome or "未答复", one.answer)
        rows.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "### 异议\n\n" + "\n".join(rows)


def _correction(case: Case) -> str:
    if case.earlier is None:
        return ""
    lines = tell_correction(case.earlier, case.document, case.given_out)
    return f"### 与第 {case.earlier.run_id} 次测算相比（批准并发布后取代它）\n\n" + "\n".join(
        f"- {line}" for line in lines
    )


def _how(case: Case) -> str:
    example = min(case.document.units, key=lambda unit: (unit.rank is None, unit.rank or 0, unit.code)).name
    return (
        "### 怎样答复\n\n"
        "选“批准”或“不批准”。不批准要写理由。要改变推荐的，在“推荐调整”中一行写一个：单位、推荐或不推荐、理由，"
        f"例如“{example} 不推荐 主任会议研究认为……”。批准文号有了再填；没有批准文号时，通报只用“考核等次”“推荐名单”。"
        "不合要求的答复不算数，会再次询问，原因见任务日志。"
    )


def _has_intervals(document: RunDocument) -> bool:
    return any(unit.rank_low is not None for unit in document.units)


def _cell(text: Any) -> str:
    """Text that cannot break its table."""
    return str(text).replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
