"""What judging narrative reports (P08, P09) asks of the warehouse and leaves in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from catalogue import load as load_catalogue
from catalogue.narrative import Comparable
from transforms.likeness import ASKED
from transforms.reconciliation import Returned, Span, Value
from warehouse.connection import query
from warehouse.copying import copy_frame
from warehouse.generation import SQL

REPORTS = SQL / "reports"
MOST_ROWS = 12
_PASSAGE = [
    "report_id", "passage_no", "other_report_id", "template", "start_offset", "end_offset", "other_start", "other_end",
    "characters", "share",
]  # fmt: skip
COMPARISON = [
    "fact_id", "indicator", "outcome", "first_month", "last_month", "returned", "low", "high", "reason",
    "returned_rows",
]  # fmt: skip
_FINDING = [
    "document_id", "finding_no", "report_id", "township_code", "period", "rule", "severity", "observed", "expected",
    "message", "quote", "start_offset", "end_offset", "fact_id",
]  # fmt: skip


def partners(connection: Connection, reports: Sequence[int], least: int, most: int) -> pd.DataFrame:
    """report_id, other_report_id: for each report the `most` likeliest to share a passage with it, likeliest first.

    Their sketches meet at least `least` times.
    """
    params = {"reports": list(reports), "least": least, "most": most, "asked": ASKED}
    return query(connection, REPORTS / "partners.sql", params)


def described(connection: Connection, reports: Collection[int]) -> pd.DataFrame:
    """The reports with what their texts are found by, indexed by report_id."""
    return query(connection, REPORTS / "reports.sql", {"reports": list(reports)}).set_index("report_id", drop=False)


def to_judge(connection: Connection, documents: Sequence[int], townships: Sequence[str]) -> pd.DataFrame:
    """report_id, document_id, is_new of the current reports of these documents or townships."""
    asked = {"documents": list(documents), "townships": list(townships)}
    return query(connection, REPORTS / "to_judge.sql", asked)


def facts(connection: Connection, reports: Sequence[int], indicators: Iterable[str]) -> pd.DataFrame:
    """Facts of the reports to be held against the returns."""
    return query(connection, REPORTS / "facts.sql", {"reports": list(reports), "indicators": list(indicators)})


def returned(
    connection: Connection, townships: Sequence[str], indicators: Iterable[str], years: Iterable[str]
) -> dict[str, Returned]:
    """What the returns of each township say of the indicators in the years."""
    asked = {"townships": list(townships), "indicators": list(indicators), "years": list(years)}
    values: dict[str, dict[tuple[str, str], Value]] = {code: {} for code in townships}
    rows: list[Any] = list(query(connection, REPORTS / "returned_values.sql", asked).itertuples(index=False))
    for row in rows:
        numerator, denominator = (None if pd.isna(item) else int(item) for item in (row.numerator, row.denominator))
        value = None if pd.isna(row.value) else float(row.value)
        values[row.township_code][row.period, row.indicator] = Value(value, numerator, denominator, row.is_approximate)
    months: dict[str, set[str]] = {code: set() for code in townships}
    held: dict[str, dict[tuple[str, str], int]] = {code: {} for code in townships}
    rows = list(
        query(connection, REPORTS / "returned_months.sql", {"townships": list(townships)}).itertuples(index=False)
    )
    for row in rows:
        months[row.township_code].add(row.period)
        if row.sheet is not None:
            held[row.township_code][row.period, row.sheet] = int(row.held_back)
    return {code: Returned(values[code], frozenset(months[code]), held[code]) for code in townships}


def returned_rows(connection: Connection, township: str, entry: Comparable, span: Span) -> list[str]:
    """Where the returned value stands: file, sheet and row, in the order of months."""
    sheet = load_catalogue().current_form.sheet(entry.sheet)
    asked: dict[str, Any] = {"township": township, "first": span.first.text, "last": span.last.text}
    days: dict[str, date] = {"from": span.first.first_day, "to": span.last.last_day}
    conditions = "e.period between :first and :last"
    if entry.date:
        conditions, asked = f"e.{entry.date} between :from and :to", {"township": township} | days
    for number, (name, wanted) in enumerate((entry.where or {}).items()):
        conditions += f" and e.{name} = :where{number}"
        asked[f"where{number}"] = wanted
    view = f"event.newest_{sheet.code}" if sheet.key else f"event.current_{sheet.code}"
    found = query(
        connection,
        f"select s.file_name, e.period, e.excel_row from {view} as e "
        "inner join intake.submission as s on e.submission_id = s.submission_id "
        f"where e.township_code = :township and {conditions} order by e.period, e.excel_row",
        asked,
    )
    rows = [
        f"{name} {sheet.label}" + (f" 第{number}行" if number else "")
        for name, number in zip(found["file_name"], found["excel_row"], strict=True)
    ]
    return rows if len(rows) <= MOST_ROWS else [*rows[:MOST_ROWS], f"……共 {len(rows)} 行"]


def replace_passages(connection: Connection, reports: Sequence[int], passages: pd.DataFrame) -> list[int]:
    """Of the reports exactly these passages are kept, on either side; which other reports lost or gained some."""
    gone = connection.execute(
        text(
            "delete from narrative.passage where report_id = any(:reports) or other_report_id = any(:reports) "
            "returning report_id"
        ),
        {"reports": list(reports)},
    ).scalars()
    touched = set(gone) | set(passages["report_id"])
    last = query(
        connection,
        "select report_id, max(passage_no) as last_no from narrative.passage "
        "where report_id = any(:reports) group by report_id",
        {"reports": [int(number) for number in touched]},
    ).set_index("report_id")["last_no"]
    numbers = passages.groupby("report_id").cumcount() + 1
    placed = passages.assign(passage_no=numbers + passages["report_id"].map(last).fillna(0).astype("int64"))
    copy_frame(connection, "narrative.passage", placed[_PASSAGE])
    return sorted(int(number) for number in touched)


def passages(connection: Connection, reports: Collection[int]) -> pd.DataFrame:
    """The shared passages of the reports as the later ones."""
    return query(
        connection,
        "select * from narrative.passage where report_id = any(:reports) order by report_id, start_offset",
        {"reports": list(reports)},
    )


def replace_comparisons(connection: Connection, reports: Sequence[int], comparisons: pd.DataFrame) -> None:
    """Of the reports' facts exactly these comparisons are kept."""
    connection.execute(
        text(
            "delete from narrative.comparison using narrative.fact as f "
            "where comparison.fact_id = f.fact_id and f.report_id = any(:reports)"
        ),
        {"reports": list(reports)},
    )
    copy_frame(connection, "narrative.comparison", comparisons[COMPARISON])


def replace_findings(
    connection: Connection, reports: Sequence[int], findings: pd.DataFrame, open_cases: pd.DataFrame
) -> list[int]:
    """The reports have exactly these findings of P08 and of P09 against the returns; documents where that is a change.

    `open_cases` (document_id, cases) says how often P09 could not be judged.
    """
    asked = {"reports": list(reports)}
    before = query(connection, f"select document_id, rule, message from narrative.finding where {_JUDGED}", asked)
    connection.execute(text(f"delete from narrative.finding where {_JUDGED}"), asked)
    last = query(
        connection,
        "select document_id, max(finding_no) as last_no from narrative.finding "
        "where document_id = any(:documents) group by document_id",
        {"documents": findings["document_id"].unique().tolist()},
    ).set_index("document_id")["last_no"]
    numbers = findings.groupby("document_id").cumcount() + 1
    placed = findings.assign(finding_no=numbers + findings["document_id"].map(last).fillna(0).astype("int64"))
    copy_frame(connection, "narrative.finding", placed[_FINDING])
    connection.execute(
        text(
            "delete from narrative.not_evaluable where rule = 'P09' and document_id in "
            "(select r.document_id from narrative.report as r where r.report_id = any(:reports))"
        ),
        asked,
    )
    copy_frame(connection, "narrative.not_evaluable", open_cases.assign(rule="P09")[["document_id", "rule", "cases"]])
    columns = ["document_id", "rule", "message"]
    return _changed(before[columns], findings[columns])


_JUDGED = "report_id = any(:reports) and (rule = 'P08' or (rule = 'P09' and fact_id is not null))"


def _changed(before: pd.DataFrame, after: pd.DataFrame) -> list[int]:
    old, new = (set(frame.itertuples(index=False, name=None)) for frame in (before, after))
    return sorted({int(document) for document, *_ in old ^ new})
