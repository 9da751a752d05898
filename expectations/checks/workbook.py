"""What ties rows and sheets of one workbook together: S03 to S07 (S01 and S02 are in `duplicates`)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from expectations.check import Check, number, word


def workbook_checks() -> list[Check]:
    """All checks of S03 to S07."""
    return [ACTIVITY, PROBLEMS, TOTALS, REGISTER, QUOTA, _group("suggestion"), _group("deputy_activity")]


ACTIVITY = Check(
    rule="S03",
    name="S03_activity",
    sheet="hazard",
    field="activity_no",
    needs=("activity_no", "_activity_listed"),
    reads=("activity_no",),
    applies=lambda rows: rows["activity_no"].notna() | rows["activity_no~unread"],
    fails=lambda rows: rows["_activity_listed"] == 0,
    observed=word("activity_no"),
    expected=lambda rows: pd.Series("监督活动中有此编号", index=rows.index, dtype="object"),
)

PROBLEMS = Check(
    rule="S04",
    name="S04_problems",
    sheet="supervision_activity",
    field="problems_found",
    needs=("problems_found", "_hazards_listed"),
    fails=lambda rows: rows["problems_found"] != rows["_hazards_listed"],
    observed=number("problems_found"),
    expected=number("_hazards_listed"),
)


def _total_differs(rows: pd.DataFrame) -> pd.Series:
    """Only where no reading of the rows with an unreadable date could make the total right."""
    most = rows["_listed"] + rows["_listed_unread"]
    return (rows["this_month"] < rows["_listed"]) | (rows["this_month"] > most)


TOTALS = Check(
    rule="S05",
    name="S05_totals",
    sheet="reported_total",
    field="this_month",
    needs=("indicator", "this_month", "_listed", "_listed_unread"),
    fails=_total_differs,
    observed=number("this_month"),
    expected=number("_listed"),
)

REGISTER = Check(
    rule="S06",
    name="S06_register",
    sheet="profile",
    field="deputy_in_office",
    needs=("deputy_in_office", "_deputies_listed"),
    fails=lambda rows: rows["_deputies_listed"] > rows["deputy_in_office"],
    observed=number("deputy_in_office"),
    expected=lambda rows: rows["_deputies_listed"].map("不少于代表名册的 {:g} 人".format),
)


def lawful_quota(rows: pd.DataFrame) -> pd.Series:
    """45 deputies and one per full 1,500 people, at most 160 (选举法 §12)."""
    extra = np.floor(rows["population_registered"] / rows["_quota_people_per_deputy"])
    return (rows["_quota_base"] + extra).clip(upper=rows["_quota_max"])


QUOTA = Check(
    rule="S06",
    name="S06_quota",
    sheet="profile",
    field="deputy_quota",
    needs=(
        "deputy_quota",
        "population_registered",
        "_kind",
        "_quota_base",
        "_quota_people_per_deputy",
        "_quota_max",
    ),
    applies=lambda rows: rows["_kind"] != "街道",
    fails=lambda rows: rows["deputy_quota"] != lawful_quota(rows),
    observed=number("deputy_quota"),
    expected=lambda rows: lawful_quota(rows).map("按户籍人口计算的 {:g} 人".format),
)


def _group(sheet: str) -> Check:
    return Check(
        rule="S07",
        name=f"S07_{sheet}",
        sheet=sheet,
        field="deputy_group",
        needs=("deputy_group", "_group_known"),
        reads=("deputy_group",),
        applies=lambda rows: rows["deputy_group"].notna() | rows["deputy_group~unread"],
        fails=lambda rows: rows["_group_known"] == 0,
        observed=word("deputy_group"),
        expected=lambda rows: pd.Series("代表履职表中的小组名称", index=rows.index, dtype="object"),
    )
