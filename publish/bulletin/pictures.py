"""Which pictures the bulletin shows, from the edition: ranks with intervals, items as a heat map, trends, funnels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

from catalogue.periods import Period
from catalogue.runs import RunUnit
from publish.bulletin.figures import funnel, heat, ranks, trends
from publish.bulletin.tables import item_cell, points_text
from publish.edition import STATES, Edition, Group, score_text

_Row = TypeVar("_Row")
_FEWEST = 5  # units with a rate, below which a funnel says nothing
FUNNELS = 8  # rates shown at most: those that differ most from chance first


@dataclass(frozen=True)
class Figure:
    """Pictures under one caption."""

    caption: str
    note: str
    pictures: tuple[str, ...]
    is_pair: bool = False


def figures(edition: Edition) -> list[Figure]:
    """The figures there is something to show for."""
    found = [_ranks(edition)] if any(group.ranked > 1 for group in edition.groups) else []
    found += [_heat(edition)]
    found += [shown for shown in (_trends(edition), _funnels(edition)) if shown is not None]
    return found


def _ranks(edition: Edition) -> Figure:
    pictures = tuple(
        picture
        for number, group in enumerate(edition.groups)
        if group.ranked > 1
        for picture in _of(edition, number, group)
    )
    has_intervals = any(unit.rank_low is not None for unit in edition.units)
    note = "区间重叠表示先后未必可靠；竖虚线为推荐名额。" if has_intervals else "本期没有计算名次区间。"
    return Figure("名次和名次区间", note, pictures)


def _of(edition: Edition, number: int, group: Group) -> Iterator[str]:
    rows = [
        ranks.RankRow(
            unit.name, unit.rank, unit.rank_low, unit.rank_high, score_text(unit.score), edition.is_recommended(unit)
        )
        for unit in group.units
        if unit.rank is not None
    ]
    for part, chunk in enumerate(_chunks(rows, ranks.ROWS)):
        yield ranks.draw_ranks(
            f"rank{number}-{part}",
            chunk,
            of=group.ranked,
            quota=group.quota,
            title=group.name,
            coverage=f"{edition.document.coverage:.0%}",
            listed=edition.list_name,
        )


def _heat(edition: Edition) -> Figure:
    columns = [(item.code, item.block) for item in edition.items]
    rows = [(unit.name, [_heat_cell(edition, unit, item.code) for item in edition.items]) for unit in edition.units]
    pictures = tuple(
        heat.draw_heat(f"heat{part}", chunk, columns, title="各项目得分率")
        for part, chunk in enumerate(_chunks(rows, heat.ROWS))
    )
    names = "，".join(f"{item.code} {item.label}" for item in edition.items)
    return Figure("各项目得分率（越蓝越高，越橙越低）", f"项目：{names}。", pictures)


def _heat_cell(edition: Edition, unit: RunUnit, code: str) -> heat.HeatCell:
    result = edition.results.get((unit.code, code))
    cell = item_cell(result)
    if result is None or result.points is None:
        said = STATES[result.state] if result else "不计"
    else:
        said = f"{points_text(result.points)}/{points_text(result.max_points)}分"
    return heat.HeatCell(cell.share, cell.word, f"{code} {edition.rubric.item(code).label}：{said}")


def score_series(edition: Edition) -> tuple[list[str], dict[str, list[float | None]]]:
    """The periods, oldest first, this one last; and each unit's scores over them."""
    earlier = edition.document.earlier
    periods = [Period.parse(run.period).chinese for run in earlier] + [edition.period.chinese]
    past = [{unit.code: unit.score for unit in run.units} for run in earlier]
    return periods, {unit.code: [run.get(unit.code) for run in past] + [unit.score] for unit in edition.units}


def medians_of(series: dict[str, list[float | None]], periods: int) -> list[float | None]:
    """The median score of every period over the units that have one."""
    found: list[float | None] = []
    for place in range(periods):
        known = [score for scores in series.values() if (score := scores[place]) is not None]
        found.append(float(median(known)) if known else None)
    return found


def _trends(edition: Edition) -> Figure | None:
    periods, series = score_series(edition)
    if len(periods) < 2:
        return None
    rows = [trends.Trend(unit.name, series[unit.code]) for unit in edition.units]
    middle = medians_of(series, len(periods))
    pictures = tuple(
        trends.draw_trends(f"trend{part}", chunk, middle, title=f"各乡镇得分变化（{periods[0]}至{periods[-1]}）")
        for part, chunk in enumerate(_chunks(rows, 4 * trends.ROWS))
    )
    changed = len({(run.rubric_code, run.rubric_version) for run in edition.document.earlier}) > 1
    note = f"各期：{'、'.join(periods)}。" + ("各期计分办法版本不同，变化仅供参考。" if changed else "")
    return Figure("各乡镇得分变化", note, pictures)


def rates(edition: Edition) -> list[funnel.Rate]:
    """The rates items rest on, those with most units beyond chance first; only such with enough units."""
    found = []
    for code in dict.fromkeys(code for item in edition.items for code in item.inputs):
        if not edition.label(code).endswith("率") or not edition.is_share(code):
            continue
        points = tuple(
            funnel.RatePoint(unit.name, given.numerator or 0.0, given.denominator or 1.0)
            for unit in edition.units
            for given in unit.inputs
            if given.code == code and _is_share(given.numerator, given.denominator)
        )
        cases, whole = sum(point.numerator for point in points), sum(point.denominator for point in points)
        if len(points) >= _FEWEST and 0 < cases < whole:
            found.append(funnel.Rate(code, edition.label(code), points))
    found.sort(key=lambda rate: -len(rate.outside))
    return found[:FUNNELS]


def _is_share(numerator: float | None, denominator: float | None) -> bool:
    """A part of a whole count: what the binomial distribution speaks of."""
    if numerator is None or not denominator:
        return False
    return 0 <= numerator <= denominator and float(denominator).is_integer()


def _funnels(edition: Edition) -> Figure | None:
    pictures = tuple(funnel.draw_rate(f"funnel{number}", rate) for number, rate in enumerate(rates(edition)))
    note = (
        "横轴为分母（件、人次等），纵轴为比率；点线、虚线是全县比率下偶然波动的95%和99.8%范围（普遍参差的已放宽）。"
        "分母小的乡镇比率本来就容易忽高忽低，红点才是超出偶然范围的。"
    )
    return Figure("主要比率漏斗图", note, pictures, is_pair=True) if pictures else None


def _chunks(rows: Sequence[_Row], size: int) -> Iterator[Sequence[_Row]]:
    """The rows in stretches of nearly equal length, none longer than size; one empty stretch for none."""
    count = max(1, -(-len(rows) // size))
    length = -(-len(rows) // count)
    return (rows[number * length : (number + 1) * length] for number in range(count))
