"""One edition of a run's results: the run document and, once there is one, the approval; nothing else, no clock.

Everything printed is asked for here, so that page, letter and workbook cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from statistics import median

from catalogue.approval import Approval
from catalogue.periods import Period
from catalogue.rubric import Rubric, RubricItem
from catalogue.runs import EarlierUnit, RunDocument, RunItem, RunSource, RunUnit

STATES = {"scored": "", "not_applicable": "不适用", "missing": "数据缺", "not_submitted": "未报送"}
MARKS = {"scored": "", "not_applicable": "—", "missing": "缺", "not_submitted": "未"}
SUBJECTS = {"township": "乡镇人大工作", "group": "代表小组工作", "deputy": "代表履职", "village": "村（社区）代表工作"}
UNITS = {"township": "乡镇（街道）", "group": "代表小组", "deputy": "代表", "village": "村（社区）"}
COUNTERS = {"township": "个", "group": "个", "deputy": "名", "village": "个"}
DRAFT = "征求意见稿"


@dataclass(frozen=True)
class Group:
    """A peer group with its ranked units, best first, then those without a rank."""

    name: str
    quota: int
    units: tuple[RunUnit, ...]
    medians: Mapping[str, float | None]
    is_line_firm: bool | None
    inseparable: tuple[tuple[str, ...], ...]

    @property
    def ranked(self) -> int:
        """How many have a rank."""
        return sum(unit.rank is not None for unit in self.units)


@dataclass(frozen=True)
class Edition:
    """A run as it is printed. Without an approval it is a draft for objections."""

    document: RunDocument
    approval: Approval | None
    rubric: Rubric

    @property
    def is_draft(self) -> bool:
        """True until somebody with the right to has said yes."""
        return self.approval is None

    @property
    def is_commendation(self) -> bool:
        """True once an approval number is entered: only then may anything be called 表彰."""
        return bool(self.approval and self.approval.approval_number)

    @cached_property
    def period(self) -> Period:
        """The period assessed."""
        return Period.parse(self.document.period)

    @property
    def period_words(self) -> str:
        """The period in a title: 2025年度, 2025年第一季度."""
        return self.period.chinese + ("度" if self.period.kind == "year" else "")

    @property
    def title(self) -> str:
        """The title of the document."""
        return f"关于{self.period_words}{SUBJECTS[self.document.level]}考核情况的通报"

    @property
    def issuer(self) -> str:
        """Whose document it is."""
        return self.document.issuer

    @property
    def number(self) -> str:
        """发文字号, blank brackets until there is one."""
        return (self.approval and self.approval.document_number) or "〔　　　〕　号"

    @property
    def day(self) -> str:
        """成文日期; blanks until there is one."""
        day = self.approval and (self.approval.issued_on or self.approval.approved_on)
        return in_chinese(day) if day else "　　年　月　日"

    @property
    def honour(self) -> str:
        """The word for being praised."""
        return "表彰" if self.is_commendation else "通报表扬"

    @property
    def list_name(self) -> str:
        """The word for the list of those praised."""
        return "表彰名单" if self.is_commendation else "推荐名单"

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The peer groups in the run's order, with their units by rank."""
        found = []
        for peer in self.document.peer_groups:
            units = [unit for unit in self.document.units if unit.peer_group == peer.name]
            units.sort(key=lambda unit: (unit.rank is None, unit.rank or 0, unit.code))
            found.append(Group(peer.name, peer.quota, tuple(units), peer.medians, peer.is_line_firm, peer.groups))
        return tuple(found)

    @cached_property
    def units(self) -> tuple[RunUnit, ...]:
        """All units as they are listed: by group, then by rank."""
        return tuple(unit for group in self.groups for unit in group.units)

    @cached_property
    def items(self) -> tuple[RubricItem, ...]:
        """The items that give points in this period."""
        return tuple(item for item in self.rubric.of_kind("points") if item.parts)

    @cached_property
    def extras(self) -> tuple[RubricItem, ...]:
        """Bonuses and deductions."""
        return tuple(
            item
            for kind in ("bonus", "deduction")
            for item in self.rubric.of_kind(kind)
            if item.parts  # type: ignore[arg-type]
        )

    @cached_property
    def results(self) -> Mapping[tuple[str, str], RunItem]:
        """Each unit's items by (unit, item)."""
        return {(unit.code, item.item): item for unit in self.document.units for item in unit.items}

    @cached_property
    def sources(self) -> Mapping[str, tuple[RunSource, ...]]:
        """Each unit's sources by its code."""
        found: dict[str, list[RunSource]] = {}
        for source in self.document.sources:
            found.setdefault(source.unit, []).append(source)
        return {unit: tuple(sources) for unit, sources in found.items()}

    @cached_property
    def before(self) -> Mapping[str, EarlierUnit]:
        """What each unit had in the last period assessed, by its code."""
        earlier = self.document.earlier
        return {unit.code: unit for unit in earlier[-1].units} if earlier else {}

    @cached_property
    def _decided(self) -> Mapping[str, bool]:
        return {change.unit: change.recommended for change in self.approval.changes} if self.approval else {}

    def is_recommended(self, unit: RunUnit) -> bool:
        """On the list: the approver's word where he changed it, else the run's."""
        return self._decided.get(unit.code, unit.decision == "recommended")

    def band(self, unit: RunUnit) -> str:
        """The grade: the run's, and once approved what the approver's list makes of it."""
        best, middle, low = self.rubric.bands.labels
        if self.is_draft or unit.score is None:
            return unit.band
        if self.is_recommended(unit):
            return best
        if unit.decision == "none":
            return unit.band
        return middle if unit.score >= self.rubric.bands.qualified else low

    def prize(self, unit: RunUnit) -> float | None:
        """The prize in yuan of a unit on the list; those of one rank share the prizes of their places."""
        if not self.is_recommended(unit) or unit.rank is None:
            return None
        if unit.decision == "recommended":
            return unit.prize
        listed = [one for one in self.units if one.peer_group == unit.peer_group and self.is_recommended(one)]
        tied = sum(one.rank == unit.rank for one in listed)
        shared = self.rubric.prizes[unit.rank - 1 : unit.rank - 1 + tied]
        return sum(shared) / tied if shared else None

    def changes(self) -> list[tuple[RunUnit, bool, str]]:
        """The recommendations changed in approving: unit, on the list or not, why."""
        known = {unit.code: unit for unit in self.document.units}
        decided = self.approval.changes if self.approval else ()
        return [(known[one.unit], one.recommended, one.reason) for one in decided if one.unit in known]

    def label(self, code: str) -> str:
        """An input's Chinese name."""
        return self.document.input_labels.get(code, code)

    @cached_property
    def _rates(self) -> frozenset[str]:
        return frozenset(
            given.code for unit in self.document.units for given in unit.inputs if given.denominator is not None
        )

    def is_rate(self, code: str) -> bool:
        """True when the input is a numerator over a denominator."""
        return code in self._rates

    def is_share(self, code: str) -> bool:
        """True when it is a part of a whole and read in percent (出席率), not an amount per head (人均件数)."""
        return code in self._rates and self.label(code).endswith(("率", "度", "比例"))

    def veto_labels(self, unit: RunUnit) -> str:
        """Why a unit cannot be put on the list."""
        known = {item.code: item.label for item in self.rubric.items}
        return "、".join(known.get(code, code) for code in unit.vetoes)

    @cached_property
    def value_medians(self) -> Mapping[tuple[str, str], float]:
        """The median value by (peer group, item), over the units judged."""
        values: dict[tuple[str, str], list[float]] = {}
        for unit in self.document.units:
            for item in unit.items:
                if item.state == "scored" and item.value is not None:
                    values.setdefault((unit.peer_group, item.item), []).append(item.value)
        return {key: float(median(found)) for key, found in values.items()}

    def tiebreak(self, unit: RunUnit, code: str) -> float:
        """What equal scores are compared by: points over points to be had of an item or block; -1 where not judged."""
        codes = [item.code for item in self.items if code in (item.code, item.block)]
        judged = [one for name in codes if (one := self.results[unit.code, name]).points is not None]
        had = sum(one.max_points for one in judged)
        return sum(one.points or 0.0 for one in judged) / had if had else -1.0

    def attained(self, item: str) -> float | None:
        """The share of an item's attainable points reached by all units together; None when nobody was judged."""
        judged = [one for (_, code), one in self.results.items() if code == item and one.points is not None]
        most = sum(one.max_points for one in judged)
        return sum(one.points or 0.0 for one in judged) / most if most else None


def share(result: RunItem) -> float | None:
    """Points as a share of what could be had; None where nothing was judged."""
    if result.points is None or not result.max_points:
        return None
    return result.points / result.max_points


def in_chinese(day: date) -> str:
    """The day as official documents write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def score_text(score: float | None, places: int = 2) -> str:
    """A score as printed."""
    return "—" if score is None else f"{score:.{places}f}"


def amount(value: float | None, *, is_share: bool) -> str:
    """A value as printed: a share in percent, a count as it is."""
    if value is None:
        return "—"
    if is_share:
        return f"{value:.1%}"
    return f"{value:.0f}" if value == round(value) else f"{value:.2f}"


def interval_text(unit: RunUnit) -> str:
    """第3–7名, or a dash."""
    if unit.rank_low is None or unit.rank_high is None:
        return "—"
    return f"{unit.rank_low}—{unit.rank_high}"
