"""From ranks to grades and recommendations. What figures cannot decide goes to the committee."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from catalogue.rubric import Rubric
from catalogue.runs import Decision


@dataclass(frozen=True)
class Verdict:
    """What a unit is told: grade, decision, why in words, prize in yuan (None for none)."""

    band: str
    decision: Decision
    reason: str
    prize: float | None


@dataclass(frozen=True)
class Standing:
    """Where a unit stands: `tied` units share its rank (itself included), `inside` is P(inside the quota) or None."""

    score: float | None
    rank: int | None
    tied: int
    vetoes: tuple[str, ...]
    inside: float | None


def seats(rubric: Rubric, ranked: int) -> int:
    """How many of that many ranked units can be recommended: ceil(share x n), at most the limit; no float slips."""
    places = math.ceil(Fraction(str(rubric.quota.share)) * ranked)
    return places if rubric.quota.limit is None else min(places, int(rubric.quota.limit))


def decide(rubric: Rubric, standing: Standing, places: int) -> Verdict:
    """Grade and decision of one unit of a peer group with that many places.

    Recommended: score and rank suffice and no veto. To the committee: a tie across the quota line, or a place so near
    it that chance could have decided (probability of being inside between 1 - firm and firm).
    """
    score, rank = standing.score, standing.rank
    if score is None or rank is None:
        return Verdict("", "none", "没有可计分的项目", None)
    best, middle, low = rubric.bands.labels
    by_score = middle if score >= rubric.bands.qualified else low
    if standing.vetoes:
        return Verdict(by_score, "none", "有否决项：" + "、".join(standing.vetoes), None)
    if score < rubric.bands.candidate:
        return Verdict(by_score, "none", f"总分未达{rubric.bands.candidate:g}分", None)
    if doubt := _doubt(rubric, standing, places):
        return Verdict(f"{best}（待定）", "committee", doubt, None)
    if rank > places:
        return Verdict(by_score, "none", f"名次在{places}个名额之外", None)
    reason = f"总分达{rubric.bands.candidate:g}分且在{places}个名额之内"
    return Verdict(best, "recommended", reason, _prize(rubric, standing))


def _doubt(rubric: Rubric, standing: Standing, places: int) -> str:
    """Why figures cannot decide about the unit; empty where they can."""
    assert standing.rank is not None
    if standing.rank <= places < standing.rank + standing.tied - 1:
        return f"并列第{standing.rank}名跨越{places}个名额的界线，由委员会决定"
    if standing.inside is not None and 1 - rubric.quota.firm < standing.inside < rubric.quota.firm:
        return f"与名额界线的差距小于随机波动（入围概率{standing.inside:.0%}），由委员会决定"
    return ""


def _prize(rubric: Rubric, standing: Standing) -> float | None:
    """The prize of the place; who shares a rank shares the prizes of its places equally."""
    assert standing.rank is not None
    first = standing.rank - 1
    shared: Sequence[float] = rubric.prizes[first : first + standing.tied]
    return sum(shared) / standing.tied if shared else None
