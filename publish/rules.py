"""A rubric's parts in Chinese: how points are given, in words a township reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from catalogue.rubric import Part, Rubric, RubricItem


def describe_item(item: RubricItem, labels: Mapping[str, str], *, is_share: Callable[[str], bool]) -> str:
    """How the item gives its points; parts apart by semicolons. The item's figures must be numbers (effective)."""
    told = "；".join(_describe(part, labels, is_share=is_share) for part in item.parts)
    only = "街道不适用。" if item.applies_to == "congress" else ""
    return f"{told}。{only}" if told else "本期不计。"


def _describe(part: Part, labels: Mapping[str, str], *, is_share: Callable[[str], bool]) -> str:
    named = [labels.get(code, code) for code in part.inputs]
    share = bool(part.inputs) and is_share(part.inputs[0])
    gate = ""
    if part.gate is not None:
        least = _figure(part.gate.at_least, is_share(part.gate.input))
        closed = "不计此项" if part.gate.otherwise == "exclude" else "计零分"
        gate = f"（{labels.get(part.gate.input, part.gate.input)}不足{least}的{closed}）"
    return _DESCRIBERS[part.type](part, named, share) + gate


def _count_target(part: Part, named: list[str], share: bool) -> str:
    target = float(part.target or 0)
    each = part.per_missing if part.per_missing is not None else (part.points / target if target else 0.0)
    excess = f"，每多{_unit(share)}扣{part.per_excess:.4g}分" if part.per_excess else ""
    if not target:
        return f"{'、'.join(named)}为零得{part.points:.4g}分{excess}"
    together = "合计" if len(named) > 1 else ""
    fewer = f"，每少{_unit(share)}扣{each:.4g}分" if target > 1 or each < part.points else ""
    return f"{'、'.join(named)}{together}达到{_figure(target, share)}得{part.points:.4g}分{fewer}{excess}"


def _rate_linear(part: Part, named: list[str], share: bool) -> str:
    shrunk = f"；分母小的向同组平均靠拢（加{part.shrink:.4g}例）" if part.shrink else ""
    target, floor = float(part.target or 0), float(part.floor)
    low = f"{_figure(floor, share)}及以下为零分，" if floor else ""
    return f"{'、'.join(named)}达到{_figure(target, share)}得{part.points:.4g}分，{low}其间按比例{shrunk}"


def _rate_target(part: Part, named: list[str], share: bool) -> str:
    return f"{'、'.join(named)}达到{_figure(float(part.target or 0), share)}得{part.points:.4g}分，否则零分"


def _flag(part: Part, named: list[str], share: bool) -> str:
    if len(named) > 1:
        return f"{'、'.join(named)}，做到一项得{part.points / len(named):.4g}分"
    return f"{named[0]}，{'按比例最高' if share else '做到'}得{part.points:.4g}分"


def _base_extra_cap(part: Part, named: list[str], share: bool) -> str:
    extra = f"，此后每{_unit(share)}加{part.extra:.4g}分" if part.extra else ""
    return f"{'、'.join(named)}，第一次{part.base:.4g}分{extra}，最高{part.points:.4g}分"


def _deduct(part: Part, named: list[str], share: bool) -> str:
    return f"{'、'.join(named)}，每{_unit(share)}扣{part.each:.4g}分，最多扣{part.points:.4g}分"


def _bonus_cap(part: Part, named: list[str], share: bool) -> str:
    weights = part.weights or tuple(1.0 for _ in named)
    told = "、".join(f"{name}每{_unit(share)}{weight:.4g}分" for name, weight in zip(named, weights, strict=True))
    return f"{told}，最高{part.points:.4g}分"


def _veto(part: Part, named: list[str], share: bool) -> str:
    limits = [f"低于{_figure(part.below, share)}"] if part.below is not None else []
    limits += [f"高于{_figure(part.above, share)}"] if part.above is not None else []
    return f"{'、'.join(named)}{'或'.join(limits)}的，不列入推荐名单"


_DESCRIBERS: Mapping[str, Callable[[Part, list[str], bool], str]] = {
    "count_target": _count_target,
    "rate_linear": _rate_linear,
    "rate_target": _rate_target,
    "flag": _flag,
    "base_extra_cap": _base_extra_cap,
    "deduct": _deduct,
    "bonus_cap": _bonus_cap,
    "veto": _veto,
}


def total_rule(rubric: Rubric) -> str:
    """How points become the score, ranks and the list."""
    bands, quota = rubric.bands, rubric.quota
    limit = f"，最多{quota.limit}个" if quota.limit is not None else ""
    ties = "、".join(_named(rubric, code) for code in rubric.tiebreaks)
    return (
        f"基础分为各适用项目得分之和占其满分之和的比例乘{rubric.total:g}；加分合计不超过{rubric.bonus_limit:g}分，"
        f"扣分合计不超过{rubric.deduction_limit:g}分；计算中不四舍五入。"
        + (f"得分相同的，依次比较{ties}；仍相同的名次并列。" if ties else "得分相同的名次并列。")
        + f"等次：{bands.labels[0]}（{bands.candidate:g}分以上且在名额内、无否决情形）、"
        f"{bands.labels[1]}（{bands.qualified:g}分以上）、{bands.labels[2]}。"
        f"推荐名额为每组的{quota.share * 100:.4g}%，进位取整{limit}。"
    )


def _named(rubric: Rubric, code: str) -> str:
    known = {block.code: block.label for block in rubric.blocks} | {item.code: item.label for item in rubric.items}
    return known.get(code, code)


def _figure(value: float | None, share: bool) -> str:
    if value is None:
        return "—"
    return f"{value * 100:.4g}%" if share else f"{value:.4g}"


def _unit(share: bool) -> str:
    return "个百分点" if share else "次"
