"""Runs the suites over prepared sheets and turns every failure into findings; Great Expectations stays in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from catalogue.findings import UNREADABLE, empty_findings
from catalogue.models import Form, Sheet
from catalogue.returns import ReturnBatch
from expectations.checks.cells import CELL, COVER_IDENTITY, FOUND, required_fields
from expectations.checks.duplicates import mark_similar, title_fields
from expectations.suites import Validator, checks_of_sheets
from expectations.wording import word_findings

_GRAVITY = {rule: rank for rank, rule in enumerate((*UNREADABLE, "C06", "C07"))}
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
    codes = [field.code for field in sheet.fields]
    rules = _rules_of_cells(batch, sheet, rows).reindex(columns=codes).astype("object")
    rules = rules.where(rules.notna(), None)
    placed = _placed(batch, sheet, codes)[rows["return_no"].to_numpy(dtype="int64")]
    found = raw[codes].astype("object")
    found = found.mask(found.isna() & (rules.notna().to_numpy() | ~placed), "·")
    extra = {}
    if sheet.code == "congress_session":
        extra["_rate_text"] = raw["attendance_rate_reported"].to_numpy()
    return pd.concat(
        [
            rows,
            found.rename(columns=FOUND.format),
            rules.rename(columns=CELL.format).set_axis(rows.index),
            pd.DataFrame(extra, index=rows.index),
        ],
        axis=1,
    )


def _placed(batch: ReturnBatch, sheet: Sheet, codes: list[str]) -> np.ndarray:
    """By return_no and field: whether the return's sheet has the field at all."""
    places = batch.places[batch.places["sheet"] == sheet.code]
    columns = places["field"].map({code: number for number, code in enumerate(codes)})
    here = columns.notna()
    placed = np.zeros((int(batch.returns["return_no"].max()) + 1, len(codes)), dtype=bool)
    placed[places.loc[here, "return_no"].to_numpy(dtype="int64"), columns[here].to_numpy(dtype="int64")] = True
    return placed


def _rules_of_cells(batch: ReturnBatch, sheet: Sheet, rows: pd.DataFrame) -> pd.DataFrame:
    """Beside every row, per field, the gravest rule among the remarks on its cell."""
    cells = batch.cells[batch.cells["sheet"] == sheet.code]
    on = _row_of(sheet)
    ranked = cells.assign(rank=cells["rule"].map(_GRAVITY)).sort_values("rank", kind="stable")
    wide = ranked.drop_duplicates([*on, "field"]).pivot(index=on, columns="field", values="rule")
    return wide.reindex(pd.MultiIndex.from_frame(rows[on]) if len(on) > 1 else rows[on[0]])


def _row_of(sheet: Sheet) -> list[str]:
    return ["return_no"] if sheet.layout == "key_value" else ["return_no", "excel_row"]


def _findings(
    batch: ReturnBatch, sheet: Sheet, frame: pd.DataFrame, meta: Mapping[str, str], failing: list[int]
) -> pd.DataFrame:
    rows = frame.loc[failing]
    if meta["rule"] == "C02":
        return _cell_findings(batch, sheet, rows)
    if meta["rule"] == "C01":
        return _empty_cells(batch, sheet, rows)
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


def _cell_findings(batch: ReturnBatch, sheet: Sheet, rows: pd.DataFrame) -> pd.DataFrame:
    """Every remark on the rows' cells, so that an approximate and normalised cell keeps both."""
    cells = batch.cells[batch.cells["sheet"] == sheet.code]
    if sheet.code == "cover":
        cells = cells[~(cells["field"].isin(COVER_IDENTITY) & cells["rule"].isin(UNREADABLE))]
    on = _row_of(sheet)
    known = rows[[*on, "_row_key"]]
    remarks = cells[["return_no", "excel_row", "field", "rule", "observed", "detail"]]
    found = known.merge(remarks, on=on, how="inner")
    return found.rename(columns={"_row_key": "row_key", "detail": "expected"}).assign(sheet=sheet.code)


def _empty_cells(batch: ReturnBatch, sheet: Sheet, rows: pd.DataFrame) -> pd.DataFrame:
    codes = required_fields(sheet)
    empty = rows[[FOUND.format(code) for code in codes]].isna().set_axis(codes, axis=1)
    lines, columns = np.nonzero(empty.to_numpy())
    found = rows[["return_no", "excel_row", "_row_key"]].iloc[lines].rename(columns={"_row_key": "row_key"})
    found = found.assign(rule="C01", sheet=sheet.code, field=np.array(codes, dtype="object")[columns])
    if sheet.layout == "key_value":
        places = batch.places[batch.places["sheet"] == sheet.code][["return_no", "field", "excel_row"]]
        found = found.drop(columns="excel_row").merge(places, on=["return_no", "field"], how="left")
    return found


def _not_evaluable(sheet: Sheet, frame: pd.DataFrame) -> pd.DataFrame:
    unknown = [(check.rule, check.spoken_of(frame)[1]) for check in checks_of_sheets().get(sheet.code, [])]
    if sheet.key:
        unknown.append(("S01", frame["_row_key"].isna()))
    parts = []
    for rule, rows in unknown:
        if rows.any():
            counts = frame.loc[rows, "return_no"].value_counts()
            parts.append(pd.DataFrame({"return_no": counts.index, "rule": rule, "rows": counts.to_numpy()}))
    if not parts:
        return pd.DataFrame(columns=list(NOT_EVALUABLE_COLUMNS))
    return pd.concat(parts).groupby(["return_no", "rule"])["rows"].sum().reset_index()
