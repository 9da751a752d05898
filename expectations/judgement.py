"""Runs the suites over prepared sheets and turns every failure into findings; Great Expectations stays in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from catalogue.findings import empty_findings
from catalogue.models import Form, Sheet
from catalogue.returns import ReturnBatch
from expectations.checks.duplicates import mark_similar, title_fields
from expectations.suites import CELL, COVER_IDENTITY, FOUND, Validator, checks_of_sheets
from expectations.wording import word_findings

UNREADABLE = ("C02", "C03", "C04", "C05", "C08")
NOT_EVALUABLE_COLUMNS = ("return_no", "rule", "rows")


@dataclass
class Judgement:
    """`findings` (FINDING_COLUMNS) of every return, and `not_evaluable`: how often a rule could not be applied."""

    findings: pd.DataFrame
    not_evaluable: pd.DataFrame


@lru_cache(maxsize=1)
def _validator() -> Validator:
    return Validator()


def judge(batch: ReturnBatch, sheets: Mapping[str, pd.DataFrame], form: Form) -> Judgement:
    """All findings of cell, row, sheet and workbook rules on the prepared sheets (transforms.context.prepare).

    On a sheet that lacks a required column (F09) only the reader's finding speaks.
    """
    findings, open_rules = [], []
    titles = title_fields(form)
    for sheet in form.sheets:
        rows = sheets[sheet.code]
        if rows.empty:
            continue
        frame = _with_cells(batch, sheet, rows)
        frame = frame[frame["_whole"]]
        if sheet.code in titles:
            frame["_similar"] = mark_similar(sheet, *titles[sheet.code], frame)
        for meta, failing in _validator().validate(sheet.code, frame):
            findings.append(_findings(batch, sheet, frame, meta, failing))
        open_rules.append(_not_evaluable(sheet, frame))
    found = [part for part in findings if len(part)]
    counted = [part for part in open_rules if len(part)]
    return Judgement(
        word_findings(pd.concat(found, ignore_index=True), form) if found else empty_findings(),
        pd.concat(counted, ignore_index=True) if counted else pd.DataFrame(columns=list(NOT_EVALUABLE_COLUMNS)),
    )


def _with_cells(batch: ReturnBatch, sheet: Sheet, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with, per field, the text found (a mark where the column is absent) and the remarkable cell's rule."""
    raw = batch.raw[sheet.code].loc[rows.index]
    places = batch.places[batch.places["sheet"] == sheet.code]
    cells = batch.cells[batch.cells["sheet"] == sheet.code]
    numbers = rows["return_no"].to_numpy()
    columns: dict[str, object] = {"_row": rows.index.to_numpy()}
    order = {rule: rank for rank, rule in enumerate(("C08", "C02", "C03", "C04", "C05", "C06", "C07"))}
    ranked = cells.assign(rank=cells["rule"].map(order)).sort_values("rank", kind="stable")
    on = ["return_no"] if sheet.layout == "key_value" else ["return_no", "excel_row"]
    for field in sheet.fields:
        mine = ranked[ranked["field"] == field.code].drop_duplicates(on)
        joined = rows[on].merge(mine[[*on, "rule"]], on=on, how="left")["rule"].to_numpy(dtype="object").copy()
        joined[pd.isna(joined)] = None
        remarkable = ~pd.isna(joined)
        found = raw[field.code].to_numpy(dtype="object").copy()
        placed = np.isin(numbers, places.loc[places["field"] == field.code, "return_no"].to_numpy())
        found[pd.isna(found) & (~placed | remarkable)] = "·"
        columns[FOUND.format(field.code)] = pd.Series(found, index=rows.index, dtype="object")
        columns[CELL.format(field.code)] = pd.Series(joined, index=rows.index, dtype="object")
    if sheet.code == "congress_session":
        columns["_rate_text"] = raw["attendance_rate_reported"]
    return pd.concat([rows, pd.DataFrame(columns, index=rows.index)], axis=1)


def _findings(
    batch: ReturnBatch, sheet: Sheet, frame: pd.DataFrame, meta: Mapping[str, str], failing: list[int]
) -> pd.DataFrame:
    rows = frame.loc[failing]
    if meta["rule"] == "cell":
        return _cell_findings(batch, sheet, rows, meta["field"])
    found = pd.DataFrame(
        {
            "return_no": rows["return_no"],
            "rule": meta["rule"],
            "sheet": sheet.code,
            "excel_row": rows["excel_row"].where(rows["excel_row"] > 0),
            "field": meta["field"],
            "row_key": rows["_row_key"],
        }
    )
    if sheet.has("indicator"):
        found["label"] = rows["indicator"]
    if "check" in meta:
        check = next(check for check in checks_of_sheets()[sheet.code] if check.name == meta["check"])
        found["observed"], found["expected"] = check.observed(rows), check.expected(rows)
    elif meta["rule"] == "S01":
        found["observed"] = rows["_row_key"].str.replace("|", " ", regex=False)
    return found


def _cell_findings(batch: ReturnBatch, sheet: Sheet, rows: pd.DataFrame, field: str) -> pd.DataFrame:
    """Every remark on the failing cells, so that an approximate and normalised cell keeps both."""
    cells = batch.cells[(batch.cells["sheet"] == sheet.code) & (batch.cells["field"] == field)]
    if sheet.code == "cover" and field in COVER_IDENTITY:
        cells = cells[~cells["rule"].isin(UNREADABLE)]  # F02, F03, F05 speak of them
    on = ["return_no"] if sheet.layout == "key_value" else ["return_no", "excel_row"]
    found = rows[["return_no", "excel_row", "_row_key"]].merge(
        cells[[*on, "rule", "observed", "detail"]], on=on, how="inner", suffixes=("", "_cell")
    )
    return pd.DataFrame(
        {
            "return_no": found["return_no"],
            "rule": found["rule"],
            "sheet": sheet.code,
            "excel_row": found["excel_row"].where(found["excel_row"] > 0),
            "field": field,
            "observed": found["observed"],
            "expected": found["detail"],
            "row_key": found["_row_key"],
        }
    )


def _not_evaluable(sheet: Sheet, frame: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for check in checks_of_sheets().get(sheet.code, []):
        unknown = check.outcome(frame).isna()
        if unknown.any():
            counts = frame.loc[unknown, "return_no"].value_counts()
            parts.append(pd.DataFrame({"return_no": counts.index, "rule": check.rule, "rows": counts.to_numpy()}))
    if not parts:
        return pd.DataFrame(columns=list(NOT_EVALUABLE_COLUMNS))
    return pd.concat(parts).groupby(["return_no", "rule"])["rows"].sum().reset_index()
