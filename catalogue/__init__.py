"""Declared truth: forms, choices, synonyms, rules, indicators, jurisdictions, calendar, register."""

from catalogue.loading import load
from catalogue.models import (
    Catalogue,
    Field,
    Form,
    Indicator,
    Jurisdiction,
    Parameters,
    Rule,
    Sheet,
    Synonyms,
)

__all__ = [
    "Catalogue",
    "Field",
    "Form",
    "Indicator",
    "Jurisdiction",
    "Parameters",
    "Rule",
    "Sheet",
    "Synonyms",
    "load",
]
