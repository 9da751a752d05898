"""The bulletin's tables as rows of words: standings and points by item, for page and letter alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.rubric import RubricItem
from catalogue.runs import RunItem, RunUnit
from publish.bulletin.figures.heat import ink, shade
from publish.edition import MARKS, Edition, Group, interval_text, score_text, share
from publish.rules import describe_item


@dataclass(frozen=True)
class Standing:
    """A township's line in the table of ranks."""

    rank: str
    name: str
    score: str
    interval: str
    band: str
    listed: str
    before: str
    remark: str
    is_listed: bool


@dataclass(frozen=True)
class Cell:
    """A cell of the table of points."""

    word: str
    share: float | None
    shade: str
    ink: str


@dataclass(frozen=True)
class ItemRow:
    """A township's points by item."""

    name: str
    cells: tuple[Cell, ...]
    extra: str
    score: str


@dataclass(frozen=True)
class ItemTable:
    """Points by item of a peer group; blocks are (label, how many columns)."""

    caption: str
    blocks: tuple[tuple[str, int], ...]
    columns: tuple[tuple[str, str], ...]
    rows: tuple[ItemRow, ...]
    medians: tuple[str, ...]


@dataclass(frozen=True)
class RuleRow:
    """A line of the summary of the rubric: a block or an item."""

    is_block: bool
    code: str
    label: str
    points: str
    rule: str = ""
    attained: str = ""


def standings(edition: Edition, group: Group) -> list[Standing]:
    """The group's units, best first."""
    before = previous_ranks(edition)
    return [
        Standing(
            rank=f"{unit.rank}{'（并列）' if unit.is_tied else ''}" if unit.rank else "—",
            name=unit.name,
            score=score_text(unit.score),
            interval=interval_text(unit),
            band=edition.band(unit),
            listed="列入" if edition.is_recommended(unit) else "待会议研究" if _is_open(edition, unit) else "",
            before=before.get(unit.code, "—"),
            remark=remark(edition, unit),
            is_listed=edition.is_recommended(unit),
        )
        for unit in group.units
    ]


def _is_open(edition: Edition, unit: RunUnit) -> bool:
    """Left to the committee, which has not decided."""
    return unit.decision == "committee" and edition.is_draft


def previous_ranks(edition: Edition) -> dict[str, str]:
    """Ranks of the newest earlier run by unit code, as printed."""
    return {code: str(unit.rank) for code, unit in edition.before.items() if unit.rank is not None}


def remark(edition: Edition, unit: RunUnit) -> str:
    """What must be said beside a rank."""
    found = [f"否决情形：{edition.veto_labels(unit)}"] if unit.vetoes else []
    found += [] if unit.is_submitted else ["没有报送数据"]
    absent = sum(item.state == "not_applicable" for item in unit.items if item.item in _codes(edition))
    missing = sum(item.state == "missing" for item in unit.items if item.item in _codes(edition))
    found += [f"{absent}项不适用"] if absent else []
    found += [f"{missing}项数据缺"] if missing else []
    return "；".join(found)


def _codes(edition: Edition) -> set[str]:
    return {item.code for item in edition.items}


def item_table(edition: Edition, group: Group) -> ItemTable:
    """Points by item of the group's units."""
    known = {block.code: block.label for block in edition.rubric.blocks}
    blocks: list[tuple[str, int]] = []
    for item in edition.items:
        label = known.get(item.block, item.block)
        if blocks and blocks[-1][0] == label:
            blocks[-1] = (label, blocks[-1][1] + 1)
        else:
            blocks.append((label, 1))
    rows = [
        ItemRow(
            unit.name,
            tuple(item_cell(edition.results.get((unit.code, item.code))) for item in edition.items),
            f"{unit.bonus + unit.deduction:+.2f}" if unit.bonus or unit.deduction else "",
            score_text(unit.score),
        )
        for unit in group.units
    ]
    medians = [group.medians.get(item.code) for item in edition.items]
    return ItemTable(
        f"{group.name}分项得分",
        tuple(blocks),
        tuple((item.code, f"{item.label}（{item.points:g}分）") for item in edition.items),
        tuple(rows),
        tuple("—" if value is None else points_text(value) for value in medians),
    )


def item_cell(result: RunItem | None) -> Cell:
    """The cell of a result: its points, or why there are none."""
    reached = share(result) if result else None
    word = "—"
    if result is not None:
        word = MARKS[result.state] or ("—" if result.points is None else points_text(result.points))
    return Cell(word, reached, shade(reached), ink(reached))


def points_text(points: float) -> str:
    """Points in a narrow table: at most two decimals, none where there are none."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def rule_rows(edition: Edition) -> list[RuleRow]:
    """The rubric in words: blocks with their items, then bonuses, deductions and vetoes."""
    rows: list[RuleRow] = []
    for block in edition.rubric.blocks:
        rows.append(RuleRow(True, block.code, block.label, f"{block.points:g}"))
        rows += [_rule(edition, item) for item in edition.rubric.of_kind("points") if item.block == block.code]
    others = [item for item in edition.rubric.items if item.kind != "points"]
    if others:
        rows.append(RuleRow(True, "", "加分、扣分和否决", ""))
        rows += [_rule(edition, item) for item in others]
    return rows


def _rule(edition: Edition, item: RubricItem) -> RuleRow:
    attained = edition.attained(item.code) if item.kind == "points" else None
    sign = {"points": "", "bonus": "+", "deduction": "−", "veto": ""}[item.kind]
    points = f"{sign}{item.points:g}" if item.kind != "veto" else "否决"
    words = describe_item(item, edition.document.input_labels, is_share=edition.is_share)
    return RuleRow(False, item.code, item.label, points, words, "" if attained is None else f"{attained:.1%}")


def columns_of(rows: Sequence[Standing]) -> list[tuple[str, ...]]:
    """The standings as plain tuples in the order of the table's head."""
    return [(row.rank, row.name, row.score, row.interval, row.band, row.listed, row.before, row.remark) for row in rows]
