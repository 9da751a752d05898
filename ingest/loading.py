"""Puts an inspected batch into the warehouse: series rules, what is held back, status, rows, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from catalogue import Catalogue, Sheet
from catalogue.returns import ReturnBatch
from expectations.wording import word_findings
from ingest.identity import open_file_rules
from ingest.inspection import Inspection, sort_findings, statuses
from transforms.context import Prepared
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
    parts = [_load_wave(connection, wave, catalogue) for wave in _waves(inspection, catalogue)]
    return Loaded(
        pd.concat([part.submissions for part in parts], ignore_index=True),
        pd.concat([part.findings for part in parts], ignore_index=True),
        sum(part.rows_loaded for part in parts),
        sum(part.rows_held_back for part in parts),
    )


def _waves(inspection: Inspection, catalogue: Catalogue) -> list[Inspection]:
    """The first, second, ... return of every township; what is of no township goes with the first.

    The prepared sheets have the column `approximate` beside (list of field codes, None where there are none).
    """
    batch, sheets = inspection.batch, _with_approximate(inspection, catalogue)
    returns = batch.returns.sort_values(["received_at", "return_no"], kind="stable")
    place = returns.groupby("township_code").cumcount().where(returns["township_code"].notna(), 0)
    wave = np.zeros(int(returns["return_no"].max()) + 1, dtype="int64")
    wave[returns["return_no"].to_numpy(dtype="int64")] = place.to_numpy(dtype="int64")
    count = int(wave.max()) + 1
    dealt_sheets = {code: _deal(frame, wave, count) for code, frame in sheets.items()}
    dealt_raw = {code: _deal(frame, wave, count, sheets[code]["return_no"]) for code, frame in batch.raw.items()}
    dealt = [
        _deal(frame, wave, count)
        for frame in (
            *(batch.returns, batch.cells, batch.places, batch.structure, batch.row_counts),
            *(inspection.identity, inspection.findings, inspection.not_evaluable),
        )
    ]
    waves = []
    for number, (own, cells, places, structure, counts, identity, findings, unknown) in enumerate(
        zip(*dealt, strict=True)
    ):
        rows = {code: parts[number] for code, parts in dealt_sheets.items()}
        raw = {code: parts[number] for code, parts in dealt_raw.items()}
        part = ReturnBatch(own, rows, raw, cells, places, structure, counts)
        prepared = Prepared(rows, inspection.prepared.keys, inspection.prepared.listing)
        waves.append(Inspection(part, prepared, identity, findings, unknown))
    return waves


def _deal(frame: pd.DataFrame, wave: np.ndarray, count: int, numbers: pd.Series | None = None) -> list[pd.DataFrame]:
    """The frame's rows wave by wave, in their order; `numbers` are their return_no where the frame has none."""
    if count == 1:
        return [frame]
    place = wave[(frame["return_no"] if numbers is None else numbers).to_numpy(dtype="int64")]
    order = np.argsort(place, kind="stable")
    bounds = np.searchsorted(place[order], np.arange(count + 1))
    ordered = frame.take(order)
    return [ordered.iloc[start:end] for start, end in pairwise(bounds)]


def _with_approximate(inspection: Inspection, catalogue: Catalogue) -> dict[str, pd.DataFrame]:
    batch, sheets = inspection.batch, {}
    marks = batch.cells[batch.cells["rule"] == "C06"]
    for sheet in catalogue.current_form.sheets:
        frame, mine = inspection.prepared.sheets[sheet.code], marks[marks["sheet"] == sheet.code]
        on = ["return_no"] if sheet.layout == "key_value" else ["return_no", "excel_row"]
        lists = mine.groupby(on)[["field"]].agg(list).rename(columns={"field": "approximate"})
        beside = frame[on].merge(lists, on=on, how="left")["approximate"]
        sheets[sheet.code] = frame.assign(approximate=beside.to_numpy(dtype="object"))
    return sheets


def _load_wave(connection: Connection, wave: Inspection, catalogue: Catalogue) -> Loaded:
    findings, status = wave.findings, statuses(wave.identity, wave.findings)
    taken = set(status.index[status != "rejected"])
    series = _series(connection, wave, taken)
    failed = series[series["outcome"] == "failed"]
    if len(failed):
        worded = word_findings(failed, catalogue.current_form)
        findings = sort_findings(pd.concat([findings, worded], ignore_index=True), catalogue)
        status = statuses(wave.identity, findings)
    rows, held, counts = _split(wave, catalogue, findings, status)
    batch = LoadBatch(
        submissions=_submissions(wave.batch, wave.identity, status),
        findings=findings,
        rows=rows,
        held_back=held,
        row_counts=counts,
        not_evaluable=_not_evaluable(wave, series),
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


def _not_evaluable(wave: Inspection, series: pd.DataFrame) -> pd.DataFrame:
    open_series = series[series["outcome"] == "open"].groupby(["return_no", "rule"]).size()
    open_files = open_file_rules(wave.batch, wave.identity, wave.findings)
    parts = [open_files, wave.not_evaluable, open_series.rename("rows").reset_index()]
    counted = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return counted.rename(columns={"rows": "cases"}).groupby(["return_no", "rule"], as_index=False)[["cases"]].sum()


def _split(
    wave: Inspection, catalogue: Catalogue, findings: pd.DataFrame, status: pd.Series
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, pd.DataFrame]:
    """(loaded rows by sheet, rows held back, row counts): a hard finding holds its row, a missing column its sheet."""
    hard = findings[(findings["severity"] == "hard") & findings["sheet"].notna()]
    refused = set(status.index[status == "rejected"])
    loaded, held, kept = {}, [], {}
    for sheet in catalogue.current_form.sheets:
        frame = wave.prepared.sheets[sheet.code]
        keep = (frame["_whole"] & ~frame["return_no"].isin(refused)).to_numpy(dtype=bool, copy=True)
        mine = hard[hard["sheet"] == sheet.code]
        if sheet.code != "cover" and len(mine):
            rows_named = mine["excel_row"].fillna(0).astype("int64")
            if sheet.layout == "key_value":  # one row, whichever of its cells a finding names
                rows_named = rows_named * 0
            lines = set(zip(mine["return_no"], rows_named, strict=True))
            pairs = zip(frame["return_no"], frame["excel_row"], strict=True)
            keep = keep & np.array([pair not in lines for pair in pairs], dtype=bool)
        loaded[sheet.code] = _loaded(sheet, frame, keep)
        if not keep.all():
            held.append(_held(sheet, frame[~keep], wave.batch.raw[sheet.code][~keep]))
        kept[sheet.code] = keep
    none = pd.DataFrame(columns=_HELD_COLUMNS)
    return loaded, pd.concat(held, ignore_index=True) if held else none, _counts(wave, catalogue, kept)


def _loaded(sheet: Sheet, frame: pd.DataFrame, keep: np.ndarray) -> pd.DataFrame:
    """The rows with `row_key` and the list of approximate fields."""
    codes = [field.code for field in sheet.fields]
    rows = frame[["return_no", "excel_row", *codes, "approximate", "_row_key"]]
    rows = rows if keep.all() else rows[keep]
    return rows.rename(columns={"_row_key": "row_key"}).fillna({"row_key": ""})


def _held(sheet: Sheet, frame: pd.DataFrame, raw: pd.DataFrame) -> pd.DataFrame:
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


def _counts(wave: Inspection, catalogue: Catalogue, kept: dict[str, np.ndarray]) -> pd.DataFrame:
    """Per return: what the reader says it read and ignored beside what is loaded and held back."""
    sheets = wave.prepared.sheets
    rows = pd.DataFrame(
        {
            "return_no": np.concatenate([sheets[code]["return_no"].to_numpy() for code in kept]),
            "sheet": np.repeat(np.array(list(kept), dtype="object"), [len(keep) for keep in kept.values()]),
            "loaded": np.concatenate(list(kept.values())).astype("int64"),
        }
    )
    rows["held_back"] = 1 - rows["loaded"]
    found = rows.groupby(["return_no", "sheet"], as_index=False).sum()
    tables = [sheet.code for sheet in catalogue.current_form.tables]
    is_table = found["sheet"].isin(tables)
    profiles = found[~is_table].assign(rows_read=1, ignored=0)
    read = wave.batch.row_counts[wave.batch.row_counts["sheet"].isin(tables)]
    merged = read.merge(found[is_table], on=["return_no", "sheet"], how="left")
    merged = merged.fillna({"loaded": 0, "held_back": 0}).astype({"loaded": "int64", "held_back": "int64"})
    whole = pd.concat([merged.rename(columns={"rows_ignored": "ignored"}), profiles], ignore_index=True)
    return whole[["return_no", "sheet", "rows_read", "loaded", "held_back", "ignored"]]
