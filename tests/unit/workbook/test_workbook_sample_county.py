"""The reader against the sample county's known rows: every loaded row of every current return, value by value."""

import csv
import gzip
import json
from datetime import datetime
from pathlib import Path

import pandas as pd

from catalogue import load
from ingest.workbook import ReceivedFile, read_batch


def test_every_loaded_row_is_read_as_its_truth(county_small: Path) -> None:
    with (county_small / "received.csv").open(encoding="utf-8-sig") as source:
        received = list(csv.DictReader(source))
    files = [
        ReceivedFile(county_small / "inbox" / row["file"], row["file"], "", datetime.fromisoformat(row["received_at"]))
        for row in received
    ]
    batch = read_batch(files, load().current_form, load().synonyms)
    number = {file.file_name: place for place, file in enumerate(files)}
    rows = {code: frame.set_index(["return_no", "excel_row"]) for code, frame in batch.sheets.items()}
    approximate = batch.cells[batch.cells["rule"] == "C06"]
    found = set(
        zip(approximate["return_no"], approximate["sheet"], approximate["excel_row"], approximate["field"], strict=True)
    )
    expected = set()
    compared = 0
    with gzip.open(county_small / "truth" / "rows.jsonl.gz", "rt", encoding="utf-8") as source:
        for line in source:
            truth = json.loads(line)
            key = (number[truth["file"]], truth["row"] or 0)
            row = rows[truth["sheet"]].loc[key]
            expected |= {(key[0], truth["sheet"], key[1], field) for field in truth["approx"]}
            for field, value in truth["values"].items():
                typed = row[field]
                typed = (
                    None if pd.isna(typed) else typed.date().isoformat() if isinstance(typed, pd.Timestamp) else typed
                )
                assert typed == value, (truth["file"], truth["sheet"], truth["row"], field)
                compared += 1
    assert compared > 10_000
    assert expected <= found
