"""docs/rubrics.md: every rubric in Chinese and English with its rules, inputs and evidence, generated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from catalogue.inputs import load_inputs
from catalogue.rubric import Amount, Part, Rubric, RubricItem
from catalogue.rubric_loading import RUBRICS, load_rubrics

RUBRICS_PAGE = Path(__file__).resolve().parents[1] / "docs" / "rubrics.md"
_LEVELS = {"township": "乡镇 townships", "group": "代表小组 deputies' groups", "deputy": "代表 deputies"}
_LEVELS |= {"village": "村 villages"}
_PERIODS = {"month": "月 month", "quarter": "季度 quarter", "year": "年 year"}
_KINDS = {"points": "计分 points", "bonus": "加分 bonus", "deduction": "扣分 deduction", "veto": "否决 veto"}
_EVIDENCE = {"returns": "报表 returns", "panel": "评审 panel"}
_PARAMETERS = {
    "sessions_per_year": "法定每年会议次数 sessions_per_year",
    "presidium_meetings_per_year": "法定每年主席团会议次数 presidium_meetings_per_year",
    "group_activities_per_year": "每年小组活动次数 group_activities_per_year",
    "term_elapsed": "任期已过比例 term_elapsed",
}


def rubrics_page() -> str:
    """docs/rubrics.md as it must be."""
    lines = [(RUBRICS / "introduction.md").read_text(encoding="utf-8")]
    for rubric in sorted(load_rubrics(), key=lambda rubric: (list(_LEVELS).index(rubric.level), not rubric.is_default)):
        lines.extend(_rubric(rubric))
    lines.extend(_inputs())
    return "\n".join(lines) + "\n"


def _rubric(rubric: Rubric) -> Iterator[str]:
    yield f"## {rubric.label} {rubric.label_en}"
    yield ""
    default = " · 默认 default" if rubric.is_default else ""
    yield f"`{rubric.code}` 第 {rubric.version} 版 · {_LEVELS[rubric.level]}{default}"
    periods = "、".join(_PERIODS[kind] for kind in rubric.periods)
    until = f"至 {rubric.valid_to}" if rubric.valid_to else "起"
    yield f"· {periods} · 有效 valid {rubric.valid_from} {until} · {rubric.source}"
    yield ""
    best, middle, low = rubric.bands.labels
    yield f"- 满分 {_n(rubric.total)}，加分至多 {_n(rubric.bonus_limit)}，扣分至多 {_n(rubric.deduction_limit)}。"
    candidate, qualified = _n(rubric.bands.candidate), _n(rubric.bands.qualified)
    yield f"- {best}：{candidate} 分以上且在名额内、无否决；{middle}：{qualified} 分以上；{low}：其下。"
    limit = f"，至多 {rubric.quota.limit}" if rubric.quota.limit is not None else ""
    yield f"- 名额 quota：ceil({_n(rubric.quota.share)} × 参评数){limit}。"
    firm = rubric.quota.firm
    yield f"- 入围概率在 {1 - firm:.0%} 与 {firm:.0%} 之间的提请委员会决定 to the committee。"
    if rubric.prizes:
        yield f"- 奖金 prizes（元）：{'、'.join(_n(prize) for prize in rubric.prizes)}。"
    yield f"- 并列 tiebreaks：{' → '.join(rubric.tiebreaks) or '无'}。同类组 peers：{_peers(rubric)}。"
    yield ""
    yield "| 代码 | 项目 item | 分 | 规则 rule | 输入 inputs | 证据 | 依据、说明 |"
    yield "|---|---|--:|---|---|---|---|"
    for block in rubric.blocks:
        yield f"| **{block.code}** | **{block.label} {block.label_en}** | **{_n(block.points)}** | | | | |"
        for item in rubric.of_kind("points"):
            if item.block == block.code:
                yield _item(rubric, item)
    for kind in ("bonus", "deduction", "veto"):
        for item in rubric.items:
            if item.kind == kind:
                yield _item(rubric, item)
    yield ""


def _item(rubric: Rubric, item: RubricItem) -> str:
    rules = "<br>".join(_part(part) for part in item.parts)
    evidence = "、".join(_EVIDENCE[kind] for kind in rubric.evidence(item))
    said = [item.basis, item.note, "只用于召开人代会的 congress only" if item.applies_to == "congress" else ""]
    points = (
        _n(item.points) if item.kind == "points" else f"{_KINDS[item.kind]} {_n(item.points) if item.points else ''}"
    )
    inputs = "<br>".join(f"`{code}`" for code in item.inputs)
    cells = [item.code, f"{item.label}<br>{item.label_en}", points.strip(), rules, inputs, evidence]
    return "| " + " | ".join([*cells, "；".join(filter(None, said))]) + " |"


def _part(part: Part) -> str:
    said = [f"{part.type} {_n(part.points)}" if part.points else part.type]
    if part.target is not None:
        said.append(f"目标 target {_amount(part.target)}")
    if part.type == "rate_linear":
        said.append(f"起点 floor {_amount(part.floor)}")
    named = {
        "每缺扣 per missing": part.per_missing,
        "每超扣 per excess": part.per_excess or None,
        "首次 base": part.base or None,
        "续次 extra": part.extra or None,
        "每例 each": part.each or None,
        "起算 beyond": part.beyond or None,
        "低于 below": part.below,
        "高于 above": part.above,
        "靠拢件数 shrink": part.shrink or None,
    }
    said.extend(f"{name} {_n(value)}" for name, value in named.items() if value is not None)
    if part.weights:
        said.append("权重 weights " + "、".join(_n(weight) for weight in part.weights))
    if part.gate:
        said.append(f"前提 only if `{part.gate.input}` ≥ {_n(part.gate.at_least)}（{_empty(part.gate.otherwise)}）")
    if part.empty != "exclude":
        said.append(f"没有应计事项 when empty：{_empty(part.empty)}")
    if part.quarter != "same":
        said.append("按月数折算 scaled" if part.quarter == "scale" else "按年 yearly only")
    return "，".join(said)


def _empty(word: str) -> str:
    return {"exclude": "不计入 excluded", "zero": "计零分 zero", "zero_yearly": "年度计零分 zero over a year"}[word]


def _amount(amount: Amount) -> str:
    return _PARAMETERS.get(amount, amount) if isinstance(amount, str) else _n(amount)


def _peers(rubric: Rubric) -> str:
    said = ["镇、乡分开" if rubric.peers.separate_kinds else "镇、乡一起", "街道另排"]
    if rubric.peers.by_township:
        said = ["各乡镇之内 within the township"]
    if rubric.peers.size_bands:
        said.append("按人数分档 " + "、".join(_n(edge) for edge in rubric.peers.size_bands))
    return "，".join(said)


def _inputs() -> Iterator[str]:
    yield "## 指标以外的输入 Inputs besides the indicators"
    yield ""
    yield "`returns`：由报表推导（[sql/inputs](../sql/inputs)）；`panel`：用 `taizhang panel` 录入，写明依据和录入人。"
    yield ""
    yield "| 代码 code | 级 level | 名称 | English | 证据 | 定义 definition | 未填时 default |"
    yield "|---|---|---|---|---|---|---|"
    for code, entry in load_inputs().items():
        meaning = entry.value or f"{entry.num} / {entry.den}"
        default = "" if entry.default is None else _n(entry.default)
        cells = [f"`{code}`", entry.level, entry.label, entry.label_en, entry.evidence, meaning, default]
        yield "| " + " | ".join(cells) + " |"


def _n(value: float) -> str:
    return f"{round(value, 4):.10g}"
