"""Hazards (R08, R09, R10, R15) and suggestions (R11, R14, R16): states, notices, reply limits, signatures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from expectations.check import Check, day, fixed, word

OPEN = ("待整改", "整改中")
DONE = ("已整改", "已销号")
GRAVE = ("较大", "重大")


def matter_checks() -> list[Check]:
    """All checks of R08 to R11 and R14 to R16."""
    return [STATE, NOTICE_MISSING, *NOTICE_PARTS, HAZARD_OVERDUE, *ANSWER_MISSING, REPLY_OVERDUE, SIGNATURES]


def add_months(days: pd.Series, months: pd.Series) -> pd.Series:
    """The same day so many calendar months later, the month's last day where it has no such day."""
    known = days.notna() & months.notna()
    start = days[known].to_numpy().astype("datetime64[D]")
    month = start.astype("datetime64[M]")
    target = month + months[known].to_numpy().astype("int64").astype("timedelta64[M]")
    last = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    found = np.minimum(target.astype("datetime64[D]") + (start - month.astype("datetime64[D]")), last)
    result = pd.Series(pd.NaT, index=days.index, dtype="datetime64[s]")
    result[known] = found.astype("datetime64[s]")
    return result


def _date_expected(rows: pd.DataFrame) -> pd.Series:
    """What the date should be beside the state: 填写整改完成日期, or 不填整改完成日期（现为 2025-03-20）."""
    found = day("rectified_date")(rows)
    wanted: pd.Series = found.map("不填整改完成日期（现为 {}）".format, na_action="ignore").fillna("填写整改完成日期")
    return wanted


STATE = Check(
    rule="R08",
    name="R08_state",
    sheet="hazard",
    field="rectified_date",
    needs=("status",),
    reads=("rectified_date",),
    fails=lambda rows: rows["status"].isin(DONE) == rows["rectified_date"].isna(),
    observed=word("status"),
    expected=_date_expected,
)

NOTICE_MISSING = Check(
    rule="R09",
    name="R09_notice",
    sheet="hazard",
    field="notice_no",
    needs=("severity",),
    reads=("notice_no",),
    fails=lambda rows: rows["severity"].isin(GRAVE) & rows["notice_no"].isna(),
    observed=word("severity"),
    expected=fixed("整改通知书"),
)


def _part_missing(missing: str, given: str, label: str) -> Check:
    return Check(
        rule="R10",
        name=f"R10_{given}_without_{missing}",
        sheet="hazard",
        field=missing,
        reads=(missing, given),
        fails=lambda rows: rows[given].notna() & rows[missing].isna(),
        observed=lambda rows: rows[given].astype("object").map(lambda value: str(value).split(" ")[0]),
        expected=fixed(label),
    )


NOTICE_PARTS = (
    _part_missing("notice_date", "notice_no", "通知书日期"),
    _part_missing("rectify_by", "notice_no", "整改期限"),
    _part_missing("notice_no", "notice_date", "整改通知书文号"),
)


def _open_at_end(rows: pd.DataFrame) -> pd.Series:
    return rows["status"].isin(OPEN) | (rows["rectified_date"] > rows["_last_day"])


HAZARD_OVERDUE = Check(
    rule="R15",
    name="R15_overdue",
    sheet="hazard",
    field="rectify_by",
    needs=("status", "rectify_by", "_last_day"),
    reads=("rectified_date",),
    applies=lambda rows: rows["status"].isna() | rows["rectified_date~unread"] | _open_at_end(rows),
    fails=lambda rows: rows["rectify_by"] < rows["_last_day"],
    observed=day("rectify_by"),
    expected=fixed("在期限内整改完成"),
)


def _answer_missing(given: str, missing: str, observed: str, label: str) -> Check:
    return Check(
        rule="R11",
        name=f"R11_{given}_without_{missing}",
        sheet="suggestion",
        field=missing,
        reads=(given, missing),
        fails=lambda rows: rows[given].notna() & rows[missing].isna(),
        observed=fixed(observed),
        expected=fixed(label),
    )


ANSWER_MISSING = (
    _answer_missing("result", "answered_date", "已填办理结果", "答复日期"),
    _answer_missing("satisfaction", "answered_date", "已填满意度", "答复日期"),
    _answer_missing("closed_date", "result", "已填办结日期", "办理结果"),
)


def reply_limit(rows: pd.DataFrame) -> pd.Series:
    """The last day for the answer (代表法 2025 §51; stricter provincial limits through the profile)."""
    extended = rows["extended_flag"].fillna(False).astype(bool)
    months = rows["_reply_months"].where(~extended, rows["_reply_months_extended"])
    return add_months(rows["assigned_date"], months)


def _reply_overdue(rows: pd.DataFrame) -> pd.Series:
    limit = reply_limit(rows)
    return (rows["answered_date"] > limit) | (rows["answered_date"].isna() & (limit < rows["_last_day"]))


REPLY_OVERDUE = Check(
    rule="R14",
    name="R14_reply",
    sheet="suggestion",
    field="answered_date",
    needs=("assigned_date", "_last_day", "_reply_months", "_reply_months_extended"),
    reads=("answered_date", "extended_flag"),
    fails=_reply_overdue,
    observed=lambda rows: ("于 " + rows["answered_date"].dt.strftime("%Y-%m-%d") + " 答复").fillna("至月底未答复"),
    expected=lambda rows: reply_limit(rows).dt.strftime("%Y-%m-%d"),
)

SIGNATURES = Check(
    rule="R16",  # 地方组织法 §22
    name="R16_signatures",
    sheet="suggestion",
    field="cosigners",
    needs=("kind", "cosigners", "_bill_signatures"),
    applies=lambda rows: rows["kind"].isna() | (rows["kind"] == "议案"),
    fails=lambda rows: rows["cosigners"] + 1 < rows["_bill_signatures"],
    observed=lambda rows: (rows["cosigners"] + 1).map("{:g}".format),
    expected=lambda rows: rows["_bill_signatures"].map("{:g}".format),
)
