"""Pages: HTML that stands alone, is read offline, by ear and on paper; the same words give the same bytes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_FOLDER = Path(__file__).parent


@lru_cache(maxsize=1)
def _environment() -> Environment:
    loader = FileSystemLoader(_FOLDER)
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    pages.globals["style"] = Markup((_FOLDER / "style.css").read_text(encoding="utf-8"))  # noqa: S704  (ours)
    return pages


def render_page(template: str, **values: object) -> bytes:
    """The template of this folder filled in; every value is escaped unless it is Markup."""
    return (_environment().get_template(template).render(**values) + "\n").encode()
