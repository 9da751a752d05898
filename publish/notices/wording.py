"""The texts of messages: Chinese templates of the repository, the first line of each being the subject."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEXTS = Path(__file__).parent / "texts"
LONGEST_SUBJECT = 200


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(  # noqa: S701  (plain text, nothing is rendered as HTML)
        loader=FileSystemLoader(_TEXTS), undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=False
    )


def word(template: str, **content: Any) -> tuple[str, str]:
    """Subject and body of the message; the subject has no line break and is at most 200 characters."""
    subject, _, body = _environment().get_template(f"{template}.txt.j2").render(**content).partition("\n")
    return " ".join(subject.split())[:LONGEST_SUBJECT], body.strip() + "\n"


def chinese_day(day: date) -> str:
    """The day as Chinese readers expect it: 3月7日."""
    return f"{day.month}月{day.day}日"


def chinese_moment(moment: datetime) -> str:
    """3月7日 08:05."""
    return f"{chinese_day(moment)} {moment:%H:%M}"
