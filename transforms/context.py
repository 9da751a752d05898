"""Rows with everything the rules need beside them: the return's month, deputies, keys, listings.

Context columns start with `_`, so that they never meet a field of the form; `FIELD~unread` is True where the cell holds
something that could not be read (then the value is empty, but the cell is not).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from catalogue.findings import UNREADABLE
from catalogue.models import Form, Jurisdiction, Sheet
from catalogue.periods import Period
from catalogue.returns import ReturnBatch
from catalogue.text import fold
from transforms.keys import row_keys
from transforms.listing import History, list_keys, listed_in_batch

CARRIED_FORWARD = ("hazard", "suggestion", "petition")
# reported total -> sheet, date that must lie in the month, distinct field, field that must differ from a choice
TOTALS: Mapping[str, tuple[str, str, str | None, tuple[str, str] | None]] = {
    "人代会次数": ("congress_session", "start_date", None, None),
    "主席团会议次数": ("presidium_meeting", "meeting_date", None, None),
    "监督活动次数": ("supervision_activity", "start_date", None, None),
    "发现隐患数": ("hazard", "found_date", None, None),
    "已整改隐患数": ("hazard", "rectified_date", None, None),
    "整改通知书份数": ("hazard", "notice_date", "notice_no", None),
    "提出建议件数": ("suggestion", "raised_date", None, None),
    "办结建议件数": ("suggestion", "closed_date", None, None),
    "代表活动次数": ("deputy_activity", "activity_date", None, None),
    "采用稿件篇数": ("article", "submitted_date", None, ("adopted_level", "未采用")),
}


@dataclass
class Prepared:
    """The sheets' rows with context, ready for the suites; `keys` and `listing` serve the loader too."""

    sheets: dict[str, pd.DataFrame]
    keys: dict[str, pd.Series]
    listing: pd.DataFrame


def prepare(
    batch: ReturnBatch,
    form: Form,
    kinds: pd.Series,
    jurisdiction: Jurisdiction,
    history: History,
    *,
    offline: bool = False,
) -> Prepared:
    """The batch's sheets with context columns. `kinds`: return_no -> kind of township (None where unknown).

    `offline` says that nothing is known of earlier loads: what depends on them is then left open, not guessed.
    """
    context = _return_context(batch, kinds, jurisdiction)
    absent = batch.structure.loc[batch.structure["rule"] == "F09", ["return_no", "sheet"]]
    keys = {sheet.code: row_keys(sheet, batch.sheets[sheet.code]) for sheet in form.tables}
    listing = list_keys(batch.returns, keys, batch.sheets)
    sheets = {}
    for sheet in form.sheets:
        rows = batch.sheets[sheet.code]
        frame = pd.concat(
            [rows, context.reindex(rows["return_no"]).set_axis(rows.index), _unread(batch, sheet, rows)], axis=1
        )
        frame["_row_key"] = keys.get(sheet.code)
        frame["_whole"] = ~_in_returns(frame, absent.loc[absent["sheet"] == sheet.code, "return_no"])
        sheets[sheet.code] = frame
    prepared = Prepared(sheets, keys, listing)
    for sheet in form.tables:
        if sheet.event_date:
            sheets[sheet.code]["_first_report"] = _first_report(sheet, prepared, history, offline=offline)
    sheets["hazard"]["_activity_listed"] = _activity_listed(sheets["hazard"], prepared, history, offline=offline)
    _count_hazards(sheets)
    _count_totals(sheets, batch)
    _count_register(sheets, batch)
    return prepared


def _in_returns(frame: pd.DataFrame, numbers: pd.Series) -> pd.Series:
    return frame["return_no"].isin(set(numbers))


def _unread(batch: ReturnBatch, sheet: Sheet, rows: pd.DataFrame) -> pd.DataFrame:
    names = [f"{field.code}~unread" for field in sheet.fields]
    flags = pd.DataFrame(np.zeros((len(rows), len(names)), dtype=bool), index=rows.index, columns=names)
    cells = batch.cells[(batch.cells["sheet"] == sheet.code) & batch.cells["rule"].isin(UNREADABLE)]
    if len(cells):
        positions = locate_rows(sheet, rows, cells)
        for field, group in positions.groupby(cells["field"].to_numpy()):
            flags.loc[group.dropna().astype("int64"), f"{field}~unread"] = True
    return flags


def locate_rows(sheet: Sheet, rows: pd.DataFrame, cells: pd.DataFrame) -> pd.Series:
    """The index label in `rows` of every cell's row (NA where the row is not data); key-value sheets have one row."""
    on = ["return_no"] if sheet.layout == "key_value" else ["return_no", "excel_row"]
    table = rows.reset_index(names="_index").drop_duplicates(on)[[*on, "_index"]]
    return cells[on].merge(table, on=on, how="left")["_index"]


def _return_context(batch: ReturnBatch, kinds: pd.Series, jurisdiction: Jurisdiction) -> pd.DataFrame:
    returns = batch.returns.set_index("return_no")
    months = {text: Period.parse(text) for text in returns["period"].dropna().unique()}
    context = pd.DataFrame(index=returns.index)
    context["_township_code"] = returns["township_code"]
    context["_period"] = returns["period"]
    context["_kind"] = kinds.reindex(returns.index)
    context["_received_at"] = returns["received_at"]
    context["_prepared_on"] = returns["prepared_on"]
    for name, day in (("_first_day", "first_day"), ("_last_day", "last_day")):
        days = {text: getattr(month, day) for text, month in months.items()}
        context[name] = pd.to_datetime(returns["period"].map(days)).astype("datetime64[s]")
    for parameter in ("session_min_days", "notice_days", "material_days", "reply_months", "reply_months_extended"):
        context[f"_{parameter}"] = _parameter(returns["period"], months, jurisdiction, parameter)
    for parameter in ("quota_base", "quota_people_per_deputy", "quota_max", "bill_signatures"):
        context[f"_{parameter}"] = _parameter(returns["period"], months, jurisdiction, parameter)
    profile = batch.sheets["profile"].drop_duplicates("return_no").set_index("return_no")
    for code in ("deputy_in_office", "presidium_member_count"):
        context[f"_{code}"] = profile[code].reindex(returns.index)
    return context


def _parameter(
    periods: pd.Series, months: Mapping[str, Period], jurisdiction: Jurisdiction, parameter: str
) -> pd.Series:
    default = getattr(jurisdiction.on(date.max), parameter)
    values = {text: getattr(jurisdiction.on(month.last_day), parameter) for text, month in months.items()}
    return periods.map(values).astype("float64").fillna(float(default))


def _ask(frame: pd.DataFrame, sheet: str, key: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "township_code": frame["_township_code"],
            "sheet": sheet,
            "row_key": key,
            "period": frame["_period"],
            "received_at": frame["_received_at"],
            "return_no": frame["return_no"],
        }
    )


def _first_report(sheet: Sheet, prepared: Prepared, history: History, *, offline: bool) -> pd.Series:
    """1.0 first report, 0.0 reported before, NaN not known. Only rows dated outside their month are looked up."""
    code, column, frame = sheet.code, str(sheet.event_date), prepared.sheets[sheet.code]
    outside = (frame[column] < frame["_first_day"]) | (frame[column] > frame["_last_day"])
    answer = pd.Series(1.0, index=frame.index)
    asked = _ask(frame[outside], code, frame.loc[outside, "_row_key"])
    asked = asked[asked["row_key"].notna() & asked["period"].notna() & asked["township_code"].notna()]
    before = listed_in_batch(asked, prepared.listing, same_month=False, in_order=not offline)
    before |= history.listed(asked, same_month=False)
    answer.loc[asked.index[before]] = 0.0
    if offline and code in CARRIED_FORWARD:
        carried = asked.index[~before]
        answer.loc[carried[frame.loc[carried, column] < frame.loc[carried, "_first_day"]]] = np.nan
    return answer


def _activity_listed(frame: pd.DataFrame, prepared: Prepared, history: History, *, offline: bool) -> pd.Series:
    """1.0 where the activity a hazard names is listed up to its month, 0.0 where not, NaN where not known."""
    answer = pd.Series(np.nan, index=frame.index)
    named = frame["activity_no"].map(fold, na_action="ignore")
    asked = _ask(frame, "supervision_activity", named)
    asked = asked[asked["row_key"].notna() & asked["period"].notna() & asked["township_code"].notna()]
    found = listed_in_batch(asked, prepared.listing, same_month=True, in_order=not offline)
    rest = asked[~found]
    found[~found] = history.listed(rest, same_month=True)
    answer.loc[asked.index] = found.astype("float64")
    activities = prepared.sheets["supervision_activity"]
    unreadable = activities.loc[~activities["_whole"] & activities["_row_key"].isna(), "return_no"]
    answer[(answer == 0.0) & _in_returns(frame, unreadable)] = np.nan  # the column of numbers is absent
    if offline:
        old = frame["found_date"].notna() & (frame["found_date"] < frame["_first_day"])
        answer[old & (answer == 0.0)] = np.nan
    return answer


def _count_hazards(sheets: dict[str, pd.DataFrame]) -> None:
    """`_hazards_listed` beside every activity: the rows of the same return's hazard sheet that name it.

    Of an activity reported in an earlier month, hazards closed since need not be listed any more: fewer say nothing.
    """
    hazards, activities = sheets["hazard"], sheets["supervision_activity"]
    named = hazards.assign(_named=hazards["activity_no"].map(fold, na_action="ignore"))
    counts = named.groupby(["return_no", "_named"]).size()
    on = pd.MultiIndex.from_arrays([activities["return_no"], activities["_row_key"]])
    listed = pd.Series(counts.reindex(on).to_numpy(), index=activities.index).fillna(0.0)
    whole = activities["return_no"].isin(set(hazards.loc[~hazards["_whole"], "return_no"]))
    gone = (activities["_first_report"] == 0.0) & (listed < activities["problems_found"])
    activities["_hazards_listed"] = listed.where(activities["_row_key"].notna() & ~whole & ~gone)


def _count_totals(sheets: dict[str, pd.DataFrame], batch: ReturnBatch) -> None:
    """`_listed` beside every reported total: rows dated in the month; `_listed_unread`: rows whose date is not read."""
    totals = sheets["reported_total"]
    listed = pd.Series(np.nan, index=totals.index)
    unread = pd.Series(0.0, index=totals.index)
    broken = batch.structure.loc[batch.structure["rule"] == "F09", ["return_no", "sheet"]]
    for label, (sheet, column, distinct, other_than) in TOTALS.items():
        frame = sheets[sheet]
        inside = (frame[column] >= frame["_first_day"]) & (frame[column] <= frame["_last_day"])
        unclear = frame[f"{column}~unread"]
        if other_than is not None:
            field, excluded = other_than
            inside &= frame[field].notna() & (frame[field] != excluded)
            unclear = unclear | frame[f"{field}~unread"]
        grouped = frame[inside].groupby("return_no")
        counts = grouped.size() if distinct is None else grouped[distinct].nunique()
        here = totals["indicator"] == label
        numbers = totals.loc[here, "return_no"]
        listed[here] = numbers.map(counts).fillna(0).astype("float64")
        unread[here] = numbers.map(unclear.groupby(frame["return_no"]).sum()).fillna(0).astype("float64")
        listed[here & totals["return_no"].isin(set(broken.loc[broken["sheet"] == sheet, "return_no"]))] = np.nan
    totals["_listed"] = listed.where(totals["_first_day"].notna())  # no month, nothing to compare with
    totals["_listed_unread"] = unread


def _count_register(sheets: dict[str, pd.DataFrame], batch: ReturnBatch) -> None:
    """The register's size beside the profile; whether a named group stands in it beside the rows naming it."""
    deputies, profile = sheets["deputy_record"], sheets["profile"]
    profile["_deputies_listed"] = profile["return_no"].map(deputies.groupby("return_no").size())
    groups = deputies["deputy_group"].map(fold, na_action="ignore")
    known = set(zip(deputies["return_no"], groups, strict=True))
    broken = set(
        batch.structure.loc[
            (batch.structure["rule"] == "F09") & (batch.structure["sheet"] == "deputy_record"), "return_no"
        ]
    )
    registered = set(deputies.loc[groups.notna(), "return_no"]) - broken
    for code in ("suggestion", "deputy_activity"):
        frame = sheets[code]
        named = frame["deputy_group"].map(fold, na_action="ignore")
        pairs = zip(frame["return_no"], named, strict=True)
        stands = pd.Series([pair in known for pair in pairs], index=frame.index, dtype="float64")
        frame["_group_known"] = stands.where(named.notna() & frame["return_no"].isin(registered))
