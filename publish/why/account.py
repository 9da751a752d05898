"""A unit's account: every item with its figures, the rows behind them, the group's median and the last period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.rubric import RubricItem
from catalogue.runs import RunSource, RunUnit
from publish.bulletin.tables import points_text
from publish.edition import STATES, Edition, amount
from publish.rules import describe_item


@dataclass(frozen=True)
class ItemLine:
    """An item of the unit as printed; `share` of the points to be had, for a bar."""

    code: str
    label: str
    block: str
    points: str
    most: str
    share: float | None
    basis: str
    median: str
    before: str
    rule: str
    state: str


@dataclass(frozen=True)
class SourceLine:
    """Where a figure was read: the sheet and, file by file, rows and columns."""

    label: str
    sheet: str
    places: tuple[str, ...]


def item_lines(edition: Edition, unit: RunUnit) -> list[ItemLine]:
    """The unit's items, bonuses and deductions in the rubric's order."""
    blocks = {block.code: block.label for block in edition.rubric.blocks}
    return [
        _line(edition, unit, item, blocks.get(item.block, "加分和扣分")) for item in (*edition.items, *edition.extras)
    ]


def _line(edition: Edition, unit: RunUnit, item: RubricItem, block: str) -> ItemLine:
    result = edition.results[unit.code, item.code]
    group = next(group for group in edition.groups if group.name == unit.peer_group)
    median = group.medians.get(item.code)
    known = edition.before.get(unit.code)
    before = known.points.get(item.code) if known else None
    reached = None if result.points is None or not result.max_points else result.points / result.max_points
    return ItemLine(
        code=item.code,
        label=item.label,
        block=block,
        points="—" if result.points is None else points_text(result.points),
        most=points_text(result.max_points),
        share=None if reached is None else max(0.0, min(1.0, reached)),
        basis=result.note or "；".join(figure_words(edition, unit, code) for code in item.inputs),
        median="—" if median is None else points_text(median),
        before="—" if before is None else points_text(before),
        rule=describe_item(item, edition.document.input_labels, is_share=edition.is_share),
        state=STATES[result.state],
    )


def figure_words(edition: Edition, unit: RunUnit, code: str) -> str:
    """An input in words: 出席率 92.3%（48/52）."""
    given = {one.code: one for one in unit.inputs}.get(code)
    label = edition.label(code)
    if given is None or (given.value is None and given.denominator is None):
        return f"{label} 无数据"
    about = "（约数）" if given.is_approximate else ""
    if given.denominator is None:
        return f"{label} {amount(given.value, is_share=False)}{about}"
    fraction = (
        f"{given.numerator:g}/{given.denominator:g}" if given.numerator is not None else f"分母{given.denominator:g}"
    )
    return f"{label} {amount(given.value, is_share=edition.is_share(code))}（{fraction}）{about}"


def before_words(edition: Edition, unit: RunUnit) -> str:
    """Score and rank of the last period in words; empty when there are none."""
    before = edition.before.get(unit.code)
    if before is None or before.score is None:
        return ""
    return f"{before.score:.2f}分" + (f"，第{before.rank}名" if before.rank is not None else "")


def source_lines(edition: Edition, unit: RunUnit) -> list[SourceLine]:
    """Where the unit's figures stand, by input and sheet, files in order of period."""
    grouped: dict[tuple[str, str], list[RunSource]] = {}
    for source in edition.sources.get(unit.code, ()):
        grouped.setdefault((source.input, source.sheet_name), []).append(source)
    return [SourceLine(edition.label(code), sheet, _places(edition, found)) for (code, sheet), found in grouped.items()]


def _places(edition: Edition, sources: Sequence[RunSource]) -> tuple[str, ...]:
    files = edition.document.files
    told = []
    for source in sources:
        where = f"第{source.rows}行" if source.rows else ""
        cells = f"{source.columns}{'列' if source.rows else ''}" if source.columns else ""
        if source.file is None:
            told.append(f"考核组录入（{source.rows}）")
        else:
            told.append(
                f"{files[source.file].period}：{' '.join(part for part in (where, cells) if part) or '整份报表'}"
            )
    return tuple(told)


def file_lines(edition: Edition, unit: RunUnit) -> list[tuple[str, str, str]]:
    """The returns the unit's figures were read from: period, file, digest."""
    document = edition.document
    used = sorted({source.file for source in edition.sources.get(unit.code, ()) if source.file is not None})
    return [(document.files[n].period, document.files[n].file_name, document.files[n].sha256) for n in used]
