"""C01 to C08: what the reader remarked on cells, one check for typing and one for required cells per sheet."""

from __future__ import annotations

from catalogue.models import Form, Sheet
from expectations.check import Check, fixed

COVER_IDENTITY = ("form_version", "township_code", "period")  # F02, F03, F05 speak of them
FOUND, CELL = "{}~found", "{}~cell"


def required_fields(sheet: Sheet) -> list[str]:
    """The fields whose empty cell is rule C01."""
    return [
        field.code
        for field in sheet.fields
        if field.required and not (sheet.code == "cover" and field.code in COVER_IDENTITY)
    ]


def cell_checks(form: Form) -> list[Check]:
    """Per sheet: every cell typed as the form says (C02 to C08), every required cell filled (C01)."""
    checks = []
    for sheet in form.sheets:
        checks.append(_remarked(sheet))
        if required_fields(sheet):
            checks.append(_filled(sheet))
    return checks


def _remarked(sheet: Sheet) -> Check:
    columns = [CELL.format(field.code) for field in sheet.fields]

    return Check(
        rule="C02",
        name=f"C02_C08_{sheet.code}",
        sheet=sheet.code,
        field="",
        extra=tuple(columns),
        fails=lambda rows: rows[columns].notna().any(axis=1),
        observed=fixed(""),
        expected=fixed(""),
    )


def _filled(sheet: Sheet) -> Check:
    columns = [FOUND.format(code) for code in required_fields(sheet)]
    return Check(
        rule="C01",
        name=f"C01_{sheet.code}",
        sheet=sheet.code,
        field="",
        extra=tuple(columns),
        fails=lambda rows: rows[columns].isna().any(axis=1),
        observed=fixed(""),
        expected=fixed(""),
    )
