"""What the bulletin says in sentences, the same on the page and in the letter. Every figure comes from the run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from catalogue.runs import RunUnit
from publish.doubts import choice_words, line_words
from publish.edition import COUNTERS, UNITS, Edition, Group, in_chinese, score_text

NUMERALS = "一二三四五六七八九十"
_WORST = 5  # items named as weak
_INTERVAL = (
    "名次区间的含义：在同样的工作水平下，考虑数据的偶然波动、计分方法的合理选择和数据缺口，"
    "名次有{coverage}的把握落在区间之内。区间重叠的乡镇，名次先后不宜过分解读。"
)


@dataclass(frozen=True)
class Section:
    """A heading (without its number) and paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


def addressees(edition: Edition) -> str:
    """主送."""
    if edition.document.level != "township":
        return "各乡镇人大主席团，各街道人大工委："
    has_streets = any(unit.kind == "街道" for unit in edition.document.units)
    return "各乡镇人大主席团" + ("，各街道人大工委：" if has_streets else "：")


def opening(edition: Edition) -> str:
    """The first paragraph."""
    first = (
        f"根据《{edition.rubric.label}》（第{edition.rubric.version}版），对{edition.period_words}全县"
        f"{_count(edition, len(edition.document.units))}的工作进行了考核。"
        "计分以各乡镇报送并经核验的数据为依据，每一项得分都可以追溯到报表的单元格。"
    )
    last = "现将结果征求意见稿印发，请认真核对。" if edition.is_draft else "现将结果通报如下。"
    return first + last


def sections(edition: Edition) -> tuple[Section, ...]:
    """The body, in order."""
    found = (
        Section("总体情况", tuple(_overview(edition))),
        Section("考核等次", tuple(_bands(edition))),
        Section(edition.list_name, tuple(_recommended(edition))),
        Section("主要不足", tuple(_weaknesses(edition))),
        Section("名次的把握程度", tuple(_certainty(edition))),
        Section("异议和复核", tuple(_objections(edition))),
    )
    return tuple(section for section in found if section.paragraphs)


def attachments(edition: Edition) -> tuple[str, ...]:
    """Titles of the attachments."""
    subject = UNITS[edition.document.level]
    return (
        f"{edition.period_words}{subject}名次表",
        f"{edition.period_words}{subject}分项得分表",
        "名次区间、得分变化和主要比率图",
        "计分办法摘要",
    )


def _overview(edition: Edition) -> Iterable[str]:
    units = edition.document.units
    silent = [unit for unit in units if not unit.is_submitted]
    sent = "均报送了数据" if not silent else f"其中{names(silent)}没有报送数据，相关项目按零分计"
    yield f"参加考核的共{_count(edition, len(units))}，{sent}。" + (
        "按可比性分组，"
        + "、".join(f"{group.name}{len(group.units)}个" for group in edition.groups)
        + "，各组只在组内排名。"
        if len(edition.groups) > 1
        else ""
    )
    for group in edition.groups:
        scored = [unit for unit in group.units if unit.score is not None]
        if len(scored) > 2:
            middle = median(unit.score for unit in scored if unit.score is not None)
            first, last = scored[0], min(scored, key=lambda unit: (unit.score or 0.0, unit.code))
            whose = f"{group.name}" if len(edition.groups) > 1 else "全县"
            yield (
                f"{whose}得分中位数{score_text(middle)}分，最高{score_text(first.score)}分（{first.name}），"
                f"最低{score_text(last.score)}分（{last.name}）。"
            )
    shares = [(block.label, _block_share(edition, block.code)) for block in edition.rubric.blocks]
    known = sorted(((label, share) for label, share in shares if share is not None), key=lambda pair: -pair[1])
    if len(known) > 2:
        yield (
            f"分板块看，得分率最高的是{known[0][0]}（{known[0][1]:.1%}），"
            f"最低的是{known[-1][0]}（{known[-1][1]:.1%}）。"
        )


def _bands(edition: Edition) -> Iterable[str]:
    bands = edition.rubric.bands
    limits = (
        f"得分{bands.candidate:g}分以上、在推荐名额以内且无否决情形",
        f"其他得分{bands.qualified:g}分以上",
        f"得分不足{bands.qualified:g}分",
    )
    for label, words in zip(bands.labels, limits, strict=True):
        mine = [unit for unit in edition.units if edition.band(unit) == label]
        yield f"{label}（{words}）{_count(edition, len(mine))}" + (f"：{names(mine)}。" if mine else "。")
    undecided = [unit for unit in edition.units if edition.band(unit) and edition.band(unit) not in bands.labels]
    for label in dict.fromkeys(edition.band(unit) for unit in undecided):
        mine = [unit for unit in undecided if edition.band(unit) == label]
        yield f"{label}（达到分数，但与名额线的差距没有超过偶然波动）{_count(edition, len(mine))}：{names(mine)}。"
    unscored = [unit for unit in edition.units if unit.score is None]
    if unscored:
        yield f"没有可计分项目、不定等次：{names(unscored)}。"


def _recommended(edition: Edition) -> Iterable[str]:
    places = "、".join(f"{group.name}{group.quota}个" for group in edition.groups)
    yield f"按计分办法，推荐名额为{places}。"
    listed = [unit for unit in edition.units if edition.is_recommended(unit)]
    approval = edition.approval
    if approval is None:
        yield f"拟列入推荐名单{_count(edition, len(listed))}" + (f"：{names(listed)}。" if listed else "。")
        yield "推荐名单经审定后生效，本稿不作为评先评优和兑现奖励的依据。"
    else:
        base = f"经批准（{approval.approval_number}）" if edition.is_commendation else "经审定"
        done = f"，对下列{_count(edition, len(listed))}予以{edition.honour}：{names(listed)}。"
        yield base + (done if listed else "，本期不列推荐名单。")
    open_cases = [unit for unit in edition.units if unit.decision == "committee"]
    if open_cases:
        decided = "由会议研究确定" if approval else "提请会议研究确定"
        yield f"{names(open_cases)}处在名额线附近，相互差异没有超过偶然波动，不由计算决定取舍，{decided}。"
    for unit, is_listed, reason in edition.changes():
        yield f"审定时{'增列' if is_listed else '不列'}{unit.name}，理由：{reason.rstrip('。')}。"
    prized = [(unit, prize) for unit in edition.units if (prize := edition.prize(unit))]
    if prized:
        told = "、".join(f"{unit.name}{prize:g}元" for unit, prize in prized)
        yield f"按计分办法{'拟' if edition.is_draft else ''}奖励：{told}。"
    vetoed = [unit for unit in edition.units if unit.vetoes]
    if vetoed:
        told = "；".join(f"{unit.name}（{edition.veto_labels(unit)}）" for unit in vetoed)
        yield f"存在否决情形、不列入推荐名单：{told}。"


def _weaknesses(edition: Edition) -> Iterable[str]:
    shares = [(item, edition.attained(item.code)) for item in edition.items]
    known = sorted(((item, share) for item, share in shares if share is not None and share < 1), key=lambda one: one[1])
    if known:
        told = "、".join(f"{item.label}（{share:.1%}）" for item, share in known[:_WORST])
        yield f"失分比较集中的项目（括号内为全县得分率）：{told}。"
    gaps = [
        f"{item.label}（{count}个）"
        for item in edition.items
        if (count := sum(edition.results[unit.code, item.code].state == "missing" for unit in edition.units))
    ]
    if gaps:
        yield f"数据不全、暂未计分的项目和单位数：{'、'.join(gaps)}。"


def _certainty(edition: Edition) -> Iterable[str]:
    if not any(unit.rank_low is not None for unit in edition.units):
        yield "本期没有计算名次区间，相邻名次之间的差异请谨慎看待。"
        return
    yield _INTERVAL.format(coverage=f"{edition.document.coverage:.0%}")
    yield from line_words(edition)
    if words := choice_words(edition):
        yield words
    for group in edition.groups:
        if together := together_words(group):
            yield f"{group.name}中得分差异不足以区分先后的：{together}。"


def together_words(group: Group) -> str:
    """The units of the group that cannot be told apart: 甲、乙；丙、丁; empty when there are none."""
    known = {unit.code: unit for unit in group.units}
    told = [[known[code] for code in codes if code in known] for codes in group.inseparable]
    return "；".join(names(units) for units in told if len(units) > 1)


def _objections(edition: Edition) -> Iterable[str]:
    approval = edition.approval
    if approval is None:
        yield "对得分有异议的，请对照各自的自查核对表，在公示期内书面提出，写明项目和依据。逾期未提出的，视为无异议。"
    elif approval.objections:
        yield f"公示期内收到异议{approval.objections}件，经复核采纳{approval.upheld}件。"
    else:
        yield "公示期内没有收到异议。"


def names(units: Sequence[RunUnit]) -> str:
    """甲、乙、丙."""
    return "、".join(unit.name for unit in units)


def _count(edition: Edition, number: int) -> str:
    return f"{number}{COUNTERS[edition.document.level]}{UNITS[edition.document.level]}"


def _block_share(edition: Edition, block: str) -> float | None:
    codes = {item.code for item in edition.items if item.block == block}
    judged = [one for (_, code), one in edition.results.items() if code in codes and one.points is not None]
    most = sum(one.max_points for one in judged)
    return sum(one.points or 0.0 for one in judged) / most if most else None


def signature(edition: Edition) -> tuple[str, str]:
    """落款: who and when."""
    return edition.issuer, edition.day


def record(edition: Edition) -> str:
    """What the edition rests on, in one line for whoever rebuilds it."""
    document = edition.document
    approved = f"，{in_chinese(edition.approval.approved_on)}审定" if edition.approval else ""
    return (
        f"第 {document.run_id} 次测算，计分办法 {document.rubric_code} 第 {document.rubric_version} 版，"
        f"测算文件 {document.digest[:16]}{approved}"
    )
