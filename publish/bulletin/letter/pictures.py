"""The letter's pictures: rank intervals, scores over the periods and funnels as Word's own charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.shared import Mm

from publish.bulletin import pictures as shown
from publish.bulletin.figures import funnel
from publish.bulletin.letter.charts import Chart, Series, place_chart
from publish.bulletin.letter.paragraphs import add_caption, add_note
from publish.edition import Edition, Group
from transforms.certainty.funnel import LEVELS

_ROWS = 40  # townships in one chart
_FUNNELS = 4  # in the letter; the page shows more
_BLUE, _LIGHT, _RED, _GREY = "1F4E79", "9FB8D0", "A40000", "8C959F"


def add_pictures(document: Any, edition: Edition) -> None:
    """The charts there is something to show for, each with its caption and a note."""
    number = 0
    for group in edition.groups:
        rows = [unit for unit in group.units if unit.rank_low is not None and unit.rank is not None]
        for start in range(0, len(rows), _ROWS):
            number += 1
            add_caption(document, f"图{number}　{group.name}名次区间")
            _add_intervals(document, edition, group, start)
            add_note(document, f"深色段从区间上端到名次，浅色段从名次到区间下端，把握{edition.document.coverage:.0%}。")
    periods, series = shown.score_series(edition)
    if len(periods) > 1:
        number += 1
        add_caption(document, f"图{number}　各期得分")
        _add_scores(document, periods, series)
    for rate in shown.rates(edition)[:_FUNNELS]:
        number += 1
        add_caption(document, f"图{number}　{rate.label}（全县{rate.funnel.rate:.1%}）")
        _add_funnel(document, rate)
        add_note(document, f"横轴为分母；点线、虚线为偶然波动的95%和99.8%范围。{rate.told}")


def _add_intervals(document: Any, edition: Edition, group: Group, start: int) -> None:
    rows = [unit for unit in group.units if unit.rank_low is not None and unit.rank is not None][start : start + _ROWS]
    low = [float(unit.rank_low or 0) - 1 for unit in rows]
    middle = [float(unit.rank or 0) - float(unit.rank_low or 0) + 0.5 for unit in rows]
    high = [float(unit.rank_high or 0) - float(unit.rank or 0) + 0.5 for unit in rows]
    series = (
        Series("区间之前", low, None),
        Series("区间上端至名次", middle, _BLUE),
        Series("名次至区间下端", high, _LIGHT),
    )
    names = [f"{unit.rank} {unit.name}{'★' if edition.is_recommended(unit) else ''}" for unit in rows]
    chart = Chart().bars(names, series, low=0, high=group.ranked)
    told = "；".join(f"{unit.name}第{unit.rank}名，区间{unit.rank_low}至{unit.rank_high}" for unit in rows)
    place_chart(document, chart, Mm(156), Mm(24 + 4.7 * len(rows)), told)
    if any(edition.is_recommended(unit) for unit in rows):
        add_note(document, f"★ 列入{edition.list_name}。")


def _add_scores(document: Any, periods: Sequence[str], series: dict[str, list[float | None]]) -> None:
    columns = [
        sorted(score for scores in series.values() if (score := scores[place]) is not None)
        for place in range(len(periods))
    ]
    quarters = [[column[len(column) * part // 4] if column else None for column in columns] for part in (1, 3)]
    middle = shown.medians_of(series, len(periods))
    known = [score for line in (*quarters, middle) for score in line if score is not None]
    chart = Chart().lines(
        periods,
        (
            Series("上四分位", quarters[1], _LIGHT),
            Series("中位数", middle, _BLUE),
            Series("下四分位", quarters[0], _GREY, line="dash"),
        ),
        low=max(0.0, float(int(min(known, default=0.0) // 10) * 10 - 10)),
        high=max(100.0, float(int(max(known, default=0.0)) + 1)),
    )
    told = "；".join(f"{period}中位数{middle[n]:.1f}" for n, period in enumerate(periods) if middle[n] is not None)
    place_chart(document, chart, Mm(150), Mm(60), told)
    add_note(document, "一半的单位在上、下四分位之间；逐期得分见随附网页和工作簿。")


def _add_funnel(document: Any, rate: funnel.Rate) -> None:
    counts = rate.funnel.denominators.tolist()
    series = [
        Series(f"{level:.1%}{side}", limits[place].tolist(), _GREY, counts, line=dash)
        for place, (level, dash) in enumerate(zip(LEVELS, ("sysDot", "dash"), strict=True))
        for side, limits in (("下限", rate.funnel.low), ("上限", rate.funnel.high))
    ]
    series.append(Series("全县", [rate.funnel.rate, rate.funnel.rate], _GREY, [0.0, rate.most], line="solid"))
    for name, colour, points in (
        ("范围内", _BLUE, [point for point in rate.points if point.name not in rate.outside]),
        ("范围外", _RED, [point for point in rate.points if point.name in rate.outside]),
    ):
        if points:
            at = [float(point.denominator) for point in points]
            series.append(Series(name, [point.rate for point in points], colour, at))
    low, high = funnel.scale_of(rate)
    told = "；".join(f"{point.name}{point.rate:.1%}" for point in rate.points)
    chart = Chart().scatter(series, low=low, high=high, widest=rate.most)
    place_chart(document, chart, Mm(150), Mm(56), told)
