"""R03 attendance, R04 reported rate, R05 quorum, R07 replies and bills, R12 length, R13 notice and material."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from catalogue.text import fold
from expectations.check import Check, day, named, number

HALF = 0.5
TOLERANCE = 1e-9


def meeting_checks() -> list[Check]:
    """All checks of R03, R04, R05, R07, R12 and R13."""
    return [
        _not_more("R03", "congress_session", "present", "expected", "应到代表"),
        _not_more("R03", "congress_session", "expected", "_deputy_in_office", "实有代表数"),
        _not_more("R03", "presidium_meeting", "present", "expected", "应到"),
        _not_more("R03", "deputy_activity", "attended", "invited", "应参加代表"),
        _not_more("R07", "supervision_activity", "opinions_replied", "opinions_issued", "提出意见建议数"),
        _not_more("R07", "congress_session", "bills_adopted", "bills_received", "收到议案数"),
        RATE,
        SESSION_QUORUM,
        PRESIDIUM_QUORUM,
        LENGTH,
        _in_time("notice_date", "_notice_days"),
        _in_time("material_date", "_material_days"),
    ]


def _not_more(rule: str, sheet: str, part: str, whole: str, label: str) -> Check:
    return Check(
        rule=rule,
        name=f"{rule}_{sheet}_{part}_{whole.strip('_')}",
        sheet=sheet,
        field=part,
        needs=(part, whole),
        fails=lambda rows: rows[part] > rows[whole],
        observed=number(part),
        expected=named(label, number(whole)),
    )


def half_digit(text: str) -> float:
    """Half a unit of the last stated digit of a rate as a fraction: 98.9% -> 0.0005, 0.96 -> 0.005, 96 -> 0.005.

    A rate is stated in percent at least to the whole percent: a number cell does not keep closing zeros (0.9 is 90 %).
    """
    text = fold(text).replace("。", ".")
    digits = re.search(r"\d+(?:\.(\d+))?", text)
    stated = digits or re.search(r"点([〇零一二三四五六七八九]+)", text)
    decimals = len(stated[1] or "") if stated else 0
    in_percent = "%" in text or "百分之" in text or (digits is not None and float(digits[0]) > 1)
    return HALF * 10.0 ** -(decimals + 2 if in_percent else max(decimals, 2))


def _rate_differs(rows: pd.DataFrame) -> pd.Series:
    true = rows["present"] / rows["expected"]
    allowed = rows["_rate_text"].map(half_digit)
    return (rows["attendance_rate_reported"] - true).abs() > allowed + TOLERANCE


RATE = Check(
    rule="R04",
    name="R04_attendance_rate",
    sheet="congress_session",
    field="attendance_rate_reported",
    needs=("attendance_rate_reported", "present", "expected", "_rate_text"),
    possible=lambda rows: rows["expected"] > 0,
    fails=_rate_differs,
    observed=lambda rows: rows["_rate_text"],
    expected=lambda rows: (rows["present"] / rows["expected"]).map("{:.2%}".format),
)

SESSION_QUORUM = Check(
    rule="R05",  # 地方组织法 §14: two thirds of all deputies
    name="R05_session",
    sheet="congress_session",
    field="present",
    needs=("present", "_deputy_in_office"),
    fails=lambda rows: rows["present"] * 3 < rows["_deputy_in_office"] * 2,
    observed=number("present"),
    expected=lambda rows: np.ceil(rows["_deputy_in_office"] * 2 / 3).map("全体代表的三分之二，即 {:.0f} 人".format),
)

PRESIDIUM_QUORUM = Check(
    rule="R05",  # more than half of the presidium's members
    name="R05_presidium",
    sheet="presidium_meeting",
    field="present",
    needs=("present", "_presidium_member_count"),
    fails=lambda rows: rows["present"] * 2 <= rows["_presidium_member_count"],
    observed=number("present"),
    expected=lambda rows: np.floor(rows["_presidium_member_count"] / 2 + 1).map(
        "主席团成员过半数，即 {:.0f} 人".format
    ),
)

LENGTH = Check(
    rule="R12",
    name="R12_days",
    sheet="congress_session",
    field="days",
    needs=("days", "_session_min_days"),
    fails=lambda rows: rows["days"] < rows["_session_min_days"],
    observed=number("days"),
    expected=number("_session_min_days"),
)


def _in_time(column: str, days: str) -> Check:
    def latest(rows: pd.DataFrame) -> pd.Series:
        return rows["start_date"] - pd.to_timedelta(rows[days], unit="D")

    return Check(
        rule="R13",
        name=f"R13_{column}",
        sheet="congress_session",
        field=column,
        needs=(column, "start_date", days),
        fails=lambda rows: rows[column] > latest(rows),
        observed=day(column),
        expected=named("不晚于", lambda rows: latest(rows).dt.strftime("%Y-%m-%d")),
    )
