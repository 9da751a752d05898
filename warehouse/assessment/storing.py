"""Runs in the database: stored once with everything they say, read back to the byte."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from catalogue.errors import Refusal
from catalogue.periods import Period
from catalogue.rubric import Rubric
from catalogue.rubric_loading import parse_rubric
from catalogue.runs import RunDocument, RunUnit
from transforms.assessment.ranges import rows_of
from warehouse.connection import Warehouse, query
from warehouse.copying import copy_frame

RANKINGS = {"township": "run.ranking", "group": "run.unit_ranking", "village": "run.unit_ranking"}
RANKINGS |= {"deputy": "restricted.deputy_ranking"}
ITEM_SCORES = {"township": "run.item_score", "group": "run.unit_item_score", "village": "run.unit_item_score"}
ITEM_SCORES |= {"deputy": "restricted.deputy_item_score"}
_COMMON = ("peer_group", "score", "rank", "rank_low", "rank_high", "band", "decision", "reason")
_MORE = ("rank_overall", "base", "bonus", "deduction", "is_tied", "inside_quota", "prize", "vetoes", "is_submitted")


def next_run_id(connection: Connection) -> int:
    """A run number nobody else gets."""
    return int(connection.scalar(text("select nextval(pg_get_serial_sequence('run.run', 'run_id'))")) or 0)


def store_run(connection: Connection, document: RunDocument) -> None:
    """The run stands as a draft with its document, scores, ranks, inputs, sources and rules once the caller commits."""
    content = document.to_bytes()
    snapshot = document.snapshot
    row = {
        "run_id": document.run_id,
        "period": document.period,
        "rubric": document.rubric_code,
        "status": "draft",
        "level": document.level,
        "rubric_version": document.rubric_version,
        "rubric_digest": document.rubric_digest,
        "catalogue_digest": document.catalogue_digest,
        "newest_submission": snapshot.newest_submission,
        "newest_panel_entry": snapshot.newest_panel_entry,
        "inputs_digest": snapshot.inputs_digest,
        "seed": document.seed,
        "document_sha256": document.digest,
    }
    columns = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"insert into run.run ({columns}) overriding system value values ({values})"), row)
    connection.execute(
        text("insert into run.document (run_id, content) values (:run_id, :content)"),
        {"run_id": document.run_id, "content": content},
    )
    _store_rules(connection, document)
    _store_scores(connection, document)
    if document.level == "township":
        _store_evidence(connection, document)


def read_run(warehouse: Warehouse, run_id: int) -> RunDocument:
    """The run as it was stored. Raises Refusal when there is none of that number."""
    with warehouse.transaction() as connection:
        return RunDocument.from_bytes(read_bytes(connection, run_id))


def read_bytes(connection: Connection, run_id: int) -> bytes:
    """The run's document. Raises Refusal when there is none of that number."""
    found = connection.scalar(text("select content from run.document where run_id = :run_id"), {"run_id": run_id})
    if found is None:
        raise Refusal(f"没有第 {run_id} 次测算：用 taizhang runs list 查看有哪些。")
    return bytes(found)


def recorded_digest(connection: Connection, run_id: int) -> str:
    """The sha256 of the run's document as noted beside it."""
    return str(
        connection.scalar(text("select document_sha256 from run.run where run_id = :run_id"), {"run_id": run_id})
    )


def effective_rubric(document: RunDocument) -> Rubric:
    """The rubric of the run with every figure a number, as it was scored."""
    rubric = parse_rubric(document.rubric, document.rubric_code)
    return rubric.effective(Period.parse(document.period), document.parameters)


def list_runs(connection: Connection, level: str) -> pd.DataFrame:
    """All runs of the level, newest first: what identifies them, their digests, seed and stage."""
    return query(
        connection,
        "select run_id, period, rubric, rubric_version, rubric_digest, catalogue_digest, inputs_digest, seed, stage "
        "from run.run where level = :level order by run_id desc",
        {"level": level},
    )


def _store_rules(connection: Connection, document: RunDocument) -> None:
    rubric = effective_rubric(document)
    shown = ("block", "label", "label_en", "kind", "points", "applies_to")
    items = [
        {"run_id": document.run_id, "item": item.code, "place": place} | {name: getattr(item, name) for name in shown}
        for place, item in enumerate(rubric.items, start=1)
    ]
    copy_frame(connection, "run.rubric_item", pd.DataFrame(items))
    same = ["type", "points", "target", "floor", "per_missing", "per_excess", "base", "extra", "each", "beyond"]
    same += ["below", "above", "shrink", "empty"]
    parts = [
        {
            "run_id": document.run_id,
            "item": item.code,
            "part": number,
            "inputs": list(part.inputs),
            "weights": [float(weight) for weight in part.weights],
            "gate_input": part.gate and part.gate.input,
            "gate_at_least": part.gate and part.gate.at_least,
            "gate_otherwise": part.gate and part.gate.otherwise,
        }
        | {name: getattr(part, name) for name in same}
        for item in rubric.items
        for number, part in enumerate(item.parts, start=1)
    ]
    copy_frame(connection, "run.rubric_part", pd.DataFrame(parts, dtype=object))


def _store_scores(connection: Connection, document: RunDocument) -> None:
    rankings = [_ranking(document, unit) for unit in document.units]
    copy_frame(connection, RANKINGS[document.level], pd.DataFrame(rankings, dtype=object))
    names = ("item", "value", "numerator", "denominator", "points", "max_points", "state", "note")
    scores = [
        {"run_id": document.run_id, **_place(document, unit)} | {name: getattr(item, name) for name in names}
        for unit in document.units
        for item in unit.items
    ]
    copy_frame(connection, ITEM_SCORES[document.level], pd.DataFrame(scores, dtype=object))


def _ranking(document: RunDocument, unit: RunUnit) -> dict[str, Any]:
    row: dict[str, Any] = {"run_id": document.run_id, **_place(document, unit)}
    row |= {name: getattr(unit, name) for name in _COMMON}
    row["recommended"] = unit.decision == "recommended"
    if document.level == "township":
        row |= {name: getattr(unit, name) for name in _MORE} | {"size": unit.size, "vetoes": list(unit.vetoes)}
    return row


def _place(document: RunDocument, unit: RunUnit) -> dict[str, str]:
    """The unit's own key: groups, deputies and villages are named within their township."""
    if document.level == "township":
        return {"township_code": unit.township_code}
    return {"township_code": unit.township_code, "unit": unit.code.partition("/")[2]}


def _store_evidence(connection: Connection, document: RunDocument) -> None:
    inputs = [
        (document.run_id, unit.code, given.code, given.value, given.numerator, given.denominator, given.is_approximate)
        for unit in document.units
        for given in unit.inputs
    ]
    columns = ["run_id", "township_code", "input", "value", "numerator", "denominator", "is_approximate"]
    copy_frame(connection, "run.input_value", pd.DataFrame(inputs, columns=columns))
    counter: dict[tuple[str, str], int] = {}
    rows = []
    for source in document.sources:
        number = counter[source.unit, source.input] = counter.get((source.unit, source.input), 0) + 1
        file = None if source.file is None else document.files[source.file].submission_id
        rows.append(
            {
                "run_id": document.run_id,
                "township_code": source.unit,
                "input": source.input,
                "source_no": number,
                "submission_id": file,
                "sheet": source.sheet,
                "sheet_name": source.sheet_name,
                "excel_rows": rows_of(source.rows),
                "columns": [letter for letter in source.columns.split(",") if letter],
            }
        )
    copy_frame(connection, "run.input_source", pd.DataFrame(rows, dtype=object))
