"""How sure the ranks are, in words and rows: the sources of doubt apart and together, and the line of the quota.

Read from RunDocument.certainty as transforms.certainty.as_json writes it; where it is empty there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from catalogue.runs import RunUnit
from publish.edition import Edition, interval_text

SOURCES = {"counts": "偶然波动", "choices": "计分方法的选择", "gaps": "数据缺口"}
_CHOICES = {"left_out": "去掉个别项目", "stretched": "换一种标准化方式", "multiplied": "换一种合成方式"}
_NAMED = 3  # choices named as mattering most


@dataclass(frozen=True)
class Doubt:
    """A unit's rank by source of doubt: intervals as words, the probability of being inside the quota."""

    unit: RunUnit
    together: str
    apart: tuple[str, ...]
    inside: float | None


def doubts(edition: Edition) -> list[Doubt]:
    """A row a ranked unit in the order of the list; empty when nothing was computed."""
    return [found for unit in edition.units if (found := _doubt(edition, unit)) is not None]


def _doubt(edition: Edition, unit: RunUnit) -> Doubt | None:
    known = edition.document.certainty.get("units", {}).get(unit.code)
    if unit.rank is None or known is None:
        return None
    apart = tuple(_interval(known.get(source)) for source in SOURCES)
    return Doubt(unit, interval_text(unit), apart, unit.inside_quota)


def doubt_words(edition: Edition, unit: RunUnit) -> str:
    """The unit's intervals by source in a sentence; empty when nothing was computed."""
    found = _doubt(edition, unit)
    if found is None:
        return ""
    told = "，".join(f"只看{name}第{words}名" for name, words in zip(SOURCES.values(), found.apart, strict=True))
    return f"名次区间：{told}，合起来第{found.together}名。"


def line_words(edition: Edition) -> Iterable[str]:
    """For every group whose quota line is not firm: who stands on either side, and how likely chance ordered them."""
    names = {unit.code: unit for unit in edition.document.units}
    for line in edition.document.certainty.get("lines", ()):
        if line is None or line["is_firm"] or line["gap"] is None:
            continue
        inside, outside = names[line["inside"]], names[line["outside"]]
        chance = f"，先后颠倒的可能约为{line['chance']:.0%}" if line["chance"] is not None else ""
        yield (
            f"{inside.peer_group}第{inside.rank}名{inside.name}与第{outside.rank}名{outside.name}"
            f"相差{line['gap']:.2f}分{chance}，取舍由会议研究确定，不宜只看分数。"
        )


def choice_words(edition: Edition) -> str:
    """Which choices of the method move the ranks most (Sobol total shares); empty when not computed."""
    shares: list[dict[str, Any]] = [one for one in edition.document.certainty.get("shares", ()) if one["total"]]
    shares.sort(key=lambda one: (-one["total"], one["choice"]))
    blocks = {block.code: f"“{block.label}”的权重" for block in edition.rubric.blocks}
    told = [f"{(blocks | _CHOICES).get(one['choice'], one['choice'])}（{one['total']:.0%}）" for one in shares[:_NAMED]]
    return f"计分方法的各种选择中，对名次影响较大的是{'、'.join(told)}。" if told else ""


def _interval(given: list[int] | None) -> str:
    return f"{given[0]}—{given[1]}" if given else "—"
