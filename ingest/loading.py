"""Puts an inspected batch into the warehouse: series rules, what is held back, status, rows, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from catalogue import Catalogue, Sheet
from catalogue.returns import ReturnBatch
from expectations.wording import word_findings
from ingest.identity import open_file_rules
from ingest.inspection import Inspection, sort_findings, statuses
from warehouse.checks import STAGED_SHEETS, judge_series
from warehouse.connection import Connection
from warehouse.load import LoadBatch, load

_HELD_COLUMNS = ["return_no", "sheet", "excel_row", "row_key", "raw"]


@dataclass
class Loaded:
    """What became of the batch: `submissions` (return_no, submission_id, is_new, is_touched, status), `findings`."""

    submissions: pd.DataFrame
    findings: pd.DataFrame
    rows_loaded: int
    rows_held_back: int


def load_inspection(connection: Connection, inspection: Inspection, catalogue: Catalogue) -> Loaded:
    """The batch stands in the warehouse once the caller commits; returns known by their bytes add an arrival only.

    Within the batch the returns of one township follow one another in the order of arrival, so that each is held
    against what was loaded before it, as it would have been had they come one by one.
    """
    parts = [_load_wave(connection, inspection, catalogue, wave) for wave in _waves(inspection)]
    return Loaded(
        pd.concat([part.submissions for part in parts], ignore_index=True),
        pd.concat([part.findings for part in parts], ignore_index=True),
        sum(part.rows_loaded for part in parts),
        sum(part.rows_held_back for part in parts),
    )


def _waves(inspection: Inspection) -> list[pd.Series]:
    """return_no of the first, second, ... return of every township; what is of no township goes with the first."""
    returns = inspection.batch.returns.sort_values(["received_at", "return_no"], kind="stable")
    place = returns.groupby("township_code").cumcount().where(returns["township_code"].notna(), 0)
    return [numbers for _, numbers in returns["return_no"].groupby(place)]


def _load_wave(connection: Connection, inspection: Inspection, catalogue: Catalogue, numbers: pd.Series) -> Loaded:
    chosen = set(numbers)
    identity = inspection.identity[inspection.identity["return_no"].isin(chosen)]
    findings = inspection.findings[inspection.findings["return_no"].isin(chosen)]
    status = statuses(identity, findings)
    taken = set(status.index[status != "rejected"])
    series = _series(connection, inspection, taken)
    failed = series[series["outcome"] == "failed"]
    if len(failed):
        worded = word_findings(failed, catalogue.current_form)
        findings = sort_findings(pd.concat([findings, worded], ignore_index=True), catalogue)
        status = statuses(identity, findings)
    rows, held, counts = _split(inspection, catalogue, chosen, findings, status)
    batch = LoadBatch(
        submissions=_submissions(inspection.batch, identity, status),
        findings=findings,
        rows=rows,
        held_back=held,
        row_counts=counts,
        not_evaluable=_not_evaluable(inspection, series, chosen),
    )
    stored = load(connection, batch)
    stored["status"] = stored["return_no"].map(status)
    new = set(stored.loc[stored["is_new"], "return_no"])
    counted = counts[counts["return_no"].isin(new) & (counts["sheet"] != "cover")]
    return Loaded(
        stored, findings[findings["return_no"].isin(new)], int(counted["loaded"].sum()), int(counted["held_back"].sum())
    )


def _series(connection: Connection, inspection: Inspection, taken: set[int]) -> pd.DataFrame:
    """P01 to P06 for the returns that are not rejected."""
    returns = inspection.batch.returns
    sheets = {}
    for code in STAGED_SHEETS:
        frame = inspection.prepared.sheets[code]
        mine = frame[frame["return_no"].isin(taken) & frame["_whole"]]
        sheets[code] = mine.assign(
            row_key=mine["_row_key"], unread=pd.Series(_unread(mine), index=mine.index, dtype="object")
        )
    broken = inspection.batch.structure.query("rule == 'F09'")[["return_no", "sheet"]].drop_duplicates()
    return judge_series(connection, returns[returns["return_no"].isin(taken)], sheets, broken)


def _unread(frame: pd.DataFrame) -> list[list[str]]:
    marks = [name for name in frame.columns if name.endswith("~unread")]
    flags = frame[marks].to_numpy(dtype=bool)
    names = np.array([name.removesuffix("~unread") for name in marks], dtype="object")
    return [list(names[row]) for row in flags]


def _submissions(batch: ReturnBatch, identity: pd.DataFrame, status: pd.Series) -> pd.DataFrame:
    own = ["return_no", "sha256", "file_name", "received_at", "form_version", "prepared_on"]
    frame = batch.returns[own].merge(identity[["return_no", "township_code", "period", "due_on"]], on="return_no")
    frame["status"] = frame["return_no"].map(status)
    version = frame["form_version"]
    frame["form_version"] = version.where((version == np.floor(version)) & (version.abs() < 2**31))
    return frame


def _not_evaluable(inspection: Inspection, series: pd.DataFrame, chosen: set[int]) -> pd.DataFrame:
    open_series = series[series["outcome"] == "open"].groupby(["return_no", "rule"]).size()
    open_files = open_file_rules(inspection.batch, inspection.identity, inspection.findings)
    parts = [open_files, inspection.not_evaluable, open_series.rename("rows").reset_index()]
    counted = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    mine = counted[counted["return_no"].isin(chosen)].rename(columns={"rows": "cases"})
    return mine.groupby(["return_no", "rule"], as_index=False)[["cases"]].sum()


def _split(
    inspection: Inspection, catalogue: Catalogue, chosen: set[int], findings: pd.DataFrame, status: pd.Series
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, pd.DataFrame]:
    """(loaded rows by sheet, rows held back, row counts): a hard finding holds its row, a missing column its sheet."""
    hard = findings[(findings["severity"] == "hard") & findings["sheet"].notna()]
    refused = set(status.index[status == "rejected"])
    loaded, held, counts = {}, [], []
    for sheet in catalogue.current_form.sheets:
        frame = inspection.prepared.sheets[sheet.code]
        frame = frame[frame["return_no"].isin(chosen)]
        keep = frame["_whole"] & ~frame["return_no"].isin(refused)
        if sheet.code != "cover":
            mine = hard[hard["sheet"] == sheet.code]
            rows_named = mine["excel_row"].fillna(0).astype("int64")
            if sheet.layout == "key_value":  # one row, whichever of its cells a finding names
                rows_named = rows_named * 0
            lines = set(zip(mine["return_no"], rows_named, strict=True))
            pairs = zip(frame["return_no"], frame["excel_row"], strict=True)
            keep &= np.array([pair not in lines for pair in pairs], dtype=bool)
        loaded[sheet.code] = _loaded(inspection.batch, sheet, frame[keep])
        held.append(_held(inspection.batch, sheet, frame[~keep]))
        counts.append(_counts(inspection.batch, sheet, chosen, frame["return_no"], keep))
    return loaded, pd.concat(held, ignore_index=True), pd.concat(counts, ignore_index=True)


def _loaded(batch: ReturnBatch, sheet: Sheet, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with `row_key` and the list of approximate fields."""
    marks = batch.cells[(batch.cells["sheet"] == sheet.code) & (batch.cells["rule"] == "C06")]
    on = ["return_no"] if sheet.layout == "key_value" else ["return_no", "excel_row"]
    lists = marks.groupby(on)["field"].agg(list).rename("approximate").reset_index()
    codes = [field.code for field in sheet.fields]
    rows = frame[["return_no", "excel_row", *codes]].assign(row_key=frame["_row_key"].fillna("").astype("object"))
    return rows.merge(lists, on=on, how="left")


def _held(batch: ReturnBatch, sheet: Sheet, frame: pd.DataFrame) -> pd.DataFrame:
    raw = batch.raw[sheet.code].loc[frame.index]
    records = [{key: value for key, value in row.items() if _is_given(value)} for row in raw.to_dict("records")]
    return pd.DataFrame(
        {
            "return_no": frame["return_no"].to_numpy(),
            "sheet": sheet.code,
            "excel_row": frame["excel_row"].to_numpy(),
            "row_key": frame["_row_key"].to_numpy(dtype="object"),
            "raw": pd.Series(records, dtype="object"),
        },
        columns=_HELD_COLUMNS,
    )


def _is_given(value: object) -> bool:
    return value is not None and value == value and value != {}  # noqa: PLR0124  (NaN differs from itself)


def _counts(batch: ReturnBatch, sheet: Sheet, chosen: set[int], numbers: pd.Series, keep: pd.Series) -> pd.DataFrame:
    """Per return: what the reader says it read and ignored beside what is loaded and held back."""
    found = pd.DataFrame({"return_no": numbers, "loaded": keep.astype("int64"), "held_back": (~keep).astype("int64")})
    table = found.groupby("return_no", as_index=False).sum()
    if sheet.layout == "key_value":
        return table.assign(sheet=sheet.code, rows_read=1, ignored=0)
    read = batch.row_counts[(batch.row_counts["sheet"] == sheet.code) & batch.row_counts["return_no"].isin(chosen)]
    merged = read.merge(table, on="return_no", how="left").fillna({"loaded": 0, "held_back": 0})
    merged = merged.astype({"loaded": "int64", "held_back": "int64"})
    merged = merged.rename(columns={"rows_ignored": "ignored"})
    return merged[["return_no", "sheet", "rows_read", "loaded", "held_back", "ignored"]]
