"""The bulletin as one HTML file: nothing loaded from elsewhere, pictures as SVG whose text is text."""

from __future__ import annotations

from markupsafe import Markup

from publish.bulletin import content
from publish.bulletin.pictures import figures
from publish.bulletin.tables import item_table, rule_rows, standings
from publish.doubts import SOURCES, doubts
from publish.edition import DRAFT, Edition
from publish.pages import render_page
from publish.rules import total_rule


def write_page(edition: Edition) -> bytes:
    """The page. The same edition gives the same bytes."""
    shown = [
        {
            "caption": figure.caption,
            "note": figure.note,
            "is_pair": figure.is_pair,
            "pictures": [Markup(picture) for picture in figure.pictures],  # noqa: S704  (escaped when drawn)
        }
        for figure in figures(edition)
    ]
    return render_page(
        "bulletin.html",
        edition=edition,
        draft=DRAFT,
        mark=DRAFT if edition.is_draft else "内部资料",
        banner=banner(edition),
        sections=content.sections(edition),
        attachments=content.attachments(edition),
        addressees=content.addressees(edition),
        opening=content.opening(edition),
        numerals=content.NUMERALS,
        standings=[standings(edition, group) for group in edition.groups],
        item_tables=[item_table(edition, group) for group in edition.groups],
        figures=shown,
        doubts=doubts(edition),
        doubt_sources=tuple(SOURCES.values()),
        rules=rule_rows(edition),
        total_rule=total_rule(edition.rubric),
        coverage=f"{edition.document.coverage:.0%}",
        record=content.record(edition),
    )


def banner(edition: Edition) -> str:
    """What stands on every page of a draft, or of a run about persons; empty else."""
    if edition.is_draft:
        return f"{DRAFT}（未经审定，不作为最终结果）"
    return "内部资料，不得公开（涉及个人履职信息）" if edition.document.level == "deputy" else ""
