"""What is owed: the reporting window of a month on the county's calendar, and the sheets a kind of township owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from catalogue.calendar import add_working_days, due_on, subtract_working_days
from catalogue.errors import CatalogueError
from catalogue.models import Form
from catalogue.periods import Period
from catalogue.register import KINDS
from catalogue.yaml_text import parse_yaml

FORM = "monthly"
_FILE = Path(__file__).parent / "declared" / "duties.yaml"


@dataclass(frozen=True)
class Window:
    """The days of one month's return: from when it may be sent, until when it is on time and may be corrected."""

    period: Period
    opens_on: date
    due_on: date
    closes_on: date


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    try:
        return dict(parse_yaml(_FILE.read_text(encoding="utf-8"))[FORM])
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise CatalogueError(f"{_FILE.name} does not declare the form “{FORM}” ({error}): restore the file.") from None


def window(period: Period, form: Form) -> Window:
    """The month's window; opening and closing are counted in working days from the due day."""
    declared, due = _declared(), due_on(period, form.due_working_days)
    return Window(
        period,
        subtract_working_days(due, declared["opens"]["working_days_before_due"]),
        due,
        add_working_days(due, declared["closes"]["working_days_after_due"]),
    )


def sheets_owed(form: Form, kind: str) -> tuple[str, ...]:
    """Labels of the sheets a township of the kind has to keep. Raises CatalogueError when the declaration is broken."""
    not_owed: dict[str, list[str]] = _declared().get("not_owed", {})
    for known, codes in not_owed.items():
        if known not in KINDS or any(code not in {sheet.code for sheet in form.sheets} for code in codes):
            raise CatalogueError(f"{_FILE.name}: not_owed names an unknown kind or sheet ({known}: {codes}).")
    return tuple(sheet.label for sheet in form.stored if sheet.code not in not_owed.get(kind, ()))
