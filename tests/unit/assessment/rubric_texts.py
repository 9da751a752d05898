"""A small rubric as text, with places to break."""

from __future__ import annotations

from typing import Any

import yaml

from catalogue.rubric import Rubric
from catalogue.rubric_loading import parse_rubric


def small(**changes: Any) -> dict[str, Any]:
    """A sound township rubric of two items as parsed YAML, with some of its entries replaced."""
    return {
        "code": "small",
        "version": "1",
        "label": "小办法",
        "label_en": "Small",
        "level": "township",
        "periods": ["quarter", "year"],
        "valid_from": "2000-01-01",
        "total": 10,
        "bands": {"candidate": 9, "qualified": 6, "labels": ["好", "中", "差"]},
        "quota": {"share": 0.28},
        "tiebreaks": ["A1"],
        "blocks": [
            {
                "code": "A",
                "label": "甲",
                "label_en": "A",
                "points": 10,
                "items": [item("A1", 6, type="count_target", inputs=["session_count"], target=2), rate("A2", 4)],
            }
        ],
    } | changes


def item(code: str, points: float, **rest: Any) -> dict[str, Any]:
    """An item of one part."""
    return {"code": code, "label": code, "label_en": code, "points": points} | rest


def rate(code: str, points: float, **rest: Any) -> dict[str, Any]:
    """An item of a linear rate."""
    given = {"type": "rate_linear", "inputs": ["opinion_reply_rate"], "target": 1}
    return item(code, points, **(given | rest))


def with_item(entry: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The small rubric with the entry as its only item."""
    block = {"code": "A", "label": "甲", "label_en": "A", "points": 10, "items": [entry]}
    return small(blocks=[block], tiebreaks=[], **changes)


def read(parsed: dict[str, Any]) -> Rubric:
    """The rubric, written as a file would be."""
    text = yaml.safe_dump(parsed, allow_unicode=True, sort_keys=False)
    for day in ("valid_from", "valid_to"):
        text = text.replace(f"{day}: '{parsed.get(day)}'", f"{day}: {parsed.get(day)}")
    return parse_rubric(text, "small.yaml")
