"""A unit's account as a page of its own."""

from __future__ import annotations

from markupsafe import Markup

from catalogue.runs import RunUnit
from publish.bulletin.content import record
from publish.bulletin.figures.trends import Trend, draw_trends
from publish.bulletin.page import banner
from publish.bulletin.pictures import medians_of, score_series
from publish.doubts import doubt_words
from publish.edition import DRAFT, Edition, interval_text, score_text
from publish.pages import render_page
from publish.rules import total_rule
from publish.why.account import before_words, file_lines, item_lines, source_lines
from publish.why.improvement import improvements

_NAMED = 8  # items named as most worth improving


def write_why_page(edition: Edition, unit: RunUnit) -> bytes:
    """The page. The same edition gives the same bytes."""
    group = next(group for group in edition.groups if group.name == unit.peer_group)
    periods, series = score_series(edition)
    trend = None
    if len(periods) > 1:
        middle = medians_of(series, len(periods))
        trend = draw_trends("trend", [Trend(unit.name, series[unit.code])], middle, title="得分变化")
    return render_page(
        "why.html",
        edition=edition,
        unit=unit,
        banner=banner(edition),
        mark=DRAFT if edition.is_draft else "内部资料",
        score=score_text(unit.score),
        base=score_text(unit.base),
        bonus=f"{unit.bonus:.2f}",
        deduction=f"{unit.deduction:.2f}",
        ranked=group.ranked,
        interval=interval_text(unit),
        coverage=f"{edition.document.coverage:.0%}",
        before=before_words(edition, unit),
        vetoes=edition.veto_labels(unit),
        apart=apart_words(edition, unit),
        doubt=doubt_words(edition, unit),
        improvements=improvements(edition, unit)[:_NAMED],
        lines=item_lines(edition, unit),
        trend=Markup(trend) if trend else None,  # noqa: S704  (escaped when drawn)
        periods="、".join(periods),
        sources=source_lines(edition, unit),
        files=file_lines(edition, unit),
        total_rule=total_rule(edition.rubric),
        record=record(edition),
    )


def apart_words(edition: Edition, unit: RunUnit) -> str:
    """With whom the unit shares a place that chance alone may have ordered."""
    known = {one.code: one.name for one in edition.document.units}
    for group in edition.groups:
        for codes in group.inseparable:
            if unit.code in codes and len(codes) > 1:
                others = "、".join(known[code] for code in codes if code != unit.code and code in known)
                return f"与{others}的差异不足以区分先后。"
    return ""
