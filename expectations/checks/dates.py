"""R01 dates within the reported month, R02 not after the day of preparation, R06 in order."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from catalogue.models import Form, Sheet
from expectations.check import Check, day, named

PLANNED = ("rectify_by",)
# R06: dates that follow one another; a gap in the chain is bridged, so that each finding speaks of one pair
ORDERS = (
    ("congress_session", ("start_date", "end_date")),
    ("supervision_activity", ("start_date", "end_date")),
    ("suggestion", ("raised_date", "assigned_date", "answered_date", "closed_date")),
    ("hazard", ("found_date", "notice_date")),
    ("hazard", ("found_date", "rectified_date")),
)


def date_checks(form: Form) -> list[Check]:
    """All checks of R01, R02 and R06."""
    checks = [_in_month(sheet.code, sheet.event_date) for sheet in form.tables if sheet.event_date]
    for sheet in form.tables:
        checks += [_not_later(sheet, field.code) for field in sheet.fields if field.type == "date"]
    for code, chain in ORDERS:
        for first, last in combinations(range(len(chain)), 2):
            checks.append(_in_order(form.sheet(code), chain[first], chain[last], chain[first + 1 : last]))
    return [check for check in checks if check.field not in PLANNED]


def _in_month(sheet: str, column: str) -> Check:
    def outside(rows: pd.DataFrame) -> pd.Series:
        return ((rows[column] < rows["_first_day"]) | (rows[column] > rows["_last_day"])) & (rows["_first_report"] == 1)

    return Check(
        rule="R01",
        name=f"R01_{sheet}_{column}",
        sheet=sheet,
        field=column,
        needs=(column, "_first_day", "_last_day", "_first_report"),
        fails=outside,
        observed=day(column),
        expected=lambda rows: rows["_first_day"].dt.strftime("%Y-%m"),
    )


def _not_later(sheet: Sheet, column: str) -> Check:
    return Check(
        rule="R02",
        name=f"R02_{sheet.code}_{column}",
        sheet=sheet.code,
        field=column,
        needs=("_prepared_on",),
        reads=(column,),
        applies=lambda rows: rows[column].notna() | rows[f"{column}~unread"],
        fails=lambda rows: rows[column] > rows["_prepared_on"],
        observed=day(column),
        expected=named("不晚于填报日期", day("_prepared_on")),
    )


def _in_order(sheet: Sheet, earlier: str, later: str, between: tuple[str, ...]) -> Check:
    """`between`: dates of the chain that must be empty, else the pairs next to them speak."""

    def applies(rows: pd.DataFrame) -> pd.Series:
        return rows[list(between)].isna().all(axis=1) if between else pd.Series(True, index=rows.index)

    return Check(
        rule="R06",
        name=f"R06_{sheet.code}_{earlier}_{later}",
        sheet=sheet.code,
        field=later,
        reads=(earlier, later, *between),
        applies=applies,
        fails=lambda rows: rows[later] < rows[earlier],
        observed=day(later),
        expected=named(sheet.field(earlier).label, day(earlier)),
    )
