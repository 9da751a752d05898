"""Where every field stands in every workbook, kept with the submission."""

from __future__ import annotations

import json

import pandas as pd

from catalogue.returns import PLACE_COLUMNS
from warehouse.connection import Connection, query
from warehouse.copying import copy_frame


def record_layout(connection: Connection, submissions: pd.DataFrame, places: pd.DataFrame) -> None:
    """The places (PLACE_COLUMNS) of the new submissions (return_no, submission_id) stand once the caller commits."""
    numbers = dict(zip(submissions["return_no"], submissions["submission_id"], strict=True))
    layouts: dict[int, dict[str, dict[str, object]]] = {}
    mine = places[places["return_no"].isin(numbers)]
    for number, sheet, name, field, column, row in zip(*(mine[key] for key in PLACE_COLUMNS), strict=True):
        sheets = layouts.setdefault(numbers[number], {})
        fields = sheets.setdefault(sheet, {"name": name, "fields": {}})["fields"]
        fields[field] = (int(column), int(row))  # type: ignore[index]
    texts = [json.dumps(sheets, ensure_ascii=False, separators=(",", ":")) for sheets in layouts.values()]
    copy_frame(connection, "intake.layout", pd.DataFrame({"submission_id": list(layouts), "places": texts}))


def read_layout(connection: Connection, submission_ids: list[int]) -> pd.DataFrame:
    """The places of the submissions: PLACE_COLUMNS, with the submission's id as return_no."""
    stored = query(
        connection,
        "select submission_id, places from intake.layout where submission_id = any(:submissions)",
        {"submissions": submission_ids},
    )
    rows = [
        (number, sheet, content["name"], field, column, row)
        for number, sheets in zip(stored["submission_id"], stored["places"], strict=True)
        for sheet, content in sheets.items()
        for field, (column, row) in content["fields"].items()
    ]
    return pd.DataFrame(rows, columns=list(PLACE_COLUMNS))
