"""Every row, sheet and workbook rule of the catalogue as checks; where to look for a rule: docs/rules.md."""

from __future__ import annotations

from catalogue.models import Form
from expectations.check import Check
from expectations.checks.dates import date_checks
from expectations.checks.duplicates import similar_checks
from expectations.checks.matters import matter_checks
from expectations.checks.meetings import meeting_checks
from expectations.checks.workbook import workbook_checks


def all_checks(form: Form) -> list[Check]:
    """The checks of R01 to R16 and S02 to S07, in the catalogue's order."""
    found = [
        *date_checks(form),
        *meeting_checks(),
        *matter_checks(),
        *similar_checks(form),
        *workbook_checks(),
    ]
    return sorted(found, key=lambda check: (check.rule, check.name))
