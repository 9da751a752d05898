"""Loading: what stands afterwards, the same bytes twice, conservation, personal fields apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from indicator_oracle import Row, Sent
from worlds import batch_of

from catalogue import load as load_catalogue
from catalogue.findings import shape_findings
from warehouse.connection import Warehouse
from warehouse.copying import copy_frame
from warehouse.load import ConservationError, LoadBatch, known_digests, load

CODE = "900000101"


def sent(number: int = 1, received: str = "2030-04-05 10:00", status: str = "accepted", *rows: Row) -> Sent:
    return Sent(number, CODE, "2030-03", datetime.fromisoformat(received), date(2030, 4, 8), status, 0, rows)


def suggestion(**values: Any) -> Row:
    codes = [field.code for field in load_catalogue().current_form.sheet("suggestion").fields]
    given = {"suggestion_no": "1号", "raised_date": date(2030, 3, 1), "lead_deputy": "张三", "title": "修路"} | values
    return Row("suggestion", "1号", {code: given.get(code) for code in codes})


def store(warehouse: Warehouse, batch: LoadBatch) -> pd.DataFrame:
    with warehouse.transaction() as connection:
        return load(connection, batch)


def one(warehouse: Warehouse, sql: str) -> Any:
    with warehouse.transaction() as connection:
        return connection.exec_driver_sql(sql).scalar_one()


def test_the_same_bytes_twice_are_one_submission_and_two_arrivals(warehouse: Warehouse) -> None:
    first = store(warehouse, batch_of([sent(1, "2030-04-05 10:00", "accepted", suggestion())]))
    again = store(warehouse, batch_of([sent(1, "2030-04-06 10:00", "accepted", suggestion())]))
    assert first["is_new"].tolist() == [True]
    assert again["is_new"].tolist() == [False]
    assert again["is_touched"].tolist() == [False]
    assert again["submission_id"].tolist() == first["submission_id"].tolist()
    assert one(warehouse, "select count(*) from intake.arrival") == 2
    assert one(warehouse, "select count(*) from event.suggestion") == 1


def test_an_earlier_arrival_of_known_bytes_moves_the_time_received(warehouse: Warehouse) -> None:
    store(warehouse, batch_of([sent(1, "2030-04-10 10:00")]))
    assert one(warehouse, "select days_late from intake.version") == 2
    again = store(warehouse, batch_of([sent(1, "2030-04-05 10:00")]))
    assert again[["is_new", "is_touched"]].values.tolist() == [[False, True]]
    assert one(warehouse, "select days_late from intake.version") == 0


def test_the_same_bytes_twice_in_one_batch_load_once_with_the_earlier_time(warehouse: Warehouse) -> None:
    batch = batch_of([sent(1, "2030-04-06 10:00", "accepted", suggestion()), sent(2, "2030-04-05 10:00")])
    doubled = batch.submissions.assign(sha256="same")
    loaded = store(warehouse, replace(batch, submissions=doubled, rows={}, row_counts=batch.row_counts.iloc[:0]))
    assert loaded["is_new"].tolist() == [False, True]
    assert loaded["submission_id"].nunique() == 1
    assert one(warehouse, "select received_at from intake.submission") == datetime(2030, 4, 5, 10)


def test_an_older_file_arriving_later_does_not_supersede(warehouse: Warehouse) -> None:
    store(warehouse, batch_of([sent(1, "2030-04-06 10:00", "accepted", suggestion(title="新"))]))
    store(warehouse, batch_of([sent(2, "2030-04-05 10:00", "accepted", suggestion(title="旧"))]))
    assert one(warehouse, "select title from event.newest_suggestion") == "新"
    versions = warehouse.query("select submission_id, version, is_current from intake.version order by version")
    assert versions["submission_id"].tolist() == [2, 1]
    assert versions["is_current"].tolist() == [False, True]


def test_a_return_of_no_known_township_has_neither_version_nor_days_late(warehouse: Warehouse) -> None:
    batch = batch_of([sent(status="rejected")])
    store(warehouse, replace(batch, submissions=batch.submissions.assign(township_code=None, period=None)))
    row = warehouse.query("select version, days_late, is_current, is_identified from intake.version").iloc[0]
    assert pd.isna(row["version"])
    assert pd.isna(row["days_late"])
    assert not row["is_current"]
    assert not row["is_identified"]


def test_personal_fields_stand_in_restricted_only(warehouse: Warehouse) -> None:
    store(warehouse, batch_of([sent(1, "2030-04-05 10:00", "accepted", suggestion())]))
    assert one(warehouse, "select lead_deputy from restricted.suggestion") == "张三"
    assert "张三" not in one(warehouse, "select e::text from event.suggestion as e")


def test_held_back_rows_keep_personal_text_apart(warehouse: Warehouse) -> None:
    raw = {"title": "修路", "lead_deputy": "张三", "answered_date": None, "extra": {"备注": "电话 139"}}
    held = pd.DataFrame({"return_no": [0], "sheet": ["suggestion"], "excel_row": [3], "row_key": [None], "raw": [raw]})
    counts = pd.DataFrame(
        [(0, "suggestion", 2, 0, 1, 1)],
        columns=["return_no", "sheet", "rows_read", "loaded", "held_back", "ignored"],
    )
    store(warehouse, replace(batch_of([sent()]), held_back=held, row_counts=counts))
    assert one(warehouse, "select raw from intake.held_back") == {"title": "修路"}
    assert one(warehouse, "select raw ->> 'lead_deputy' from restricted.held_back") == "张三"
    assert one(warehouse, "select raw -> 'extra' ->> '备注' from restricted.held_back") == "电话 139"


@pytest.mark.parametrize(
    "counts", [(2, 2, 0, 0), (2, 1, 0, 0), (1, 0, 1, 0)], ids=["more stated", "does not add up", "stated as held back"]
)
def test_counts_that_differ_from_the_rows_are_refused_and_nothing_stays(
    warehouse: Warehouse, counts: tuple[int, ...]
) -> None:
    batch = batch_of([sent(1, "2030-04-05 10:00", "accepted", suggestion())])
    columns = ["return_no", "sheet", "rows_read", "loaded", "held_back", "ignored"]
    wrong = replace(batch, row_counts=pd.DataFrame([(0, "suggestion", *counts)], columns=columns))
    with pytest.raises(ConservationError, match="suggestion"):
        store(warehouse, wrong)
    assert one(warehouse, "select count(*) from intake.submission") == 0


def test_rows_without_a_count_are_refused(warehouse: Warehouse) -> None:
    batch = batch_of([sent(1, "2030-04-05 10:00", "accepted", suggestion())])
    with pytest.raises(ConservationError, match="suggestion"):
        store(warehouse, replace(batch, row_counts=batch.row_counts.iloc[:0]))


def test_findings_are_counted_and_marked_personal(warehouse: Warehouse) -> None:
    findings = pd.DataFrame(
        [
            (0, "C01", "hard", "suggestion", 3, "lead_deputy"),
            (0, "C06", "warn", "deputy_record", 4, "trainings_attended"),
            (0, "C07", "info", "suggestion", 3, "cosigners"),
            (0, "F06", "warn", None, None, None),
        ],
        columns=["return_no", "rule", "severity", "sheet", "excel_row", "field"],
    ).assign(message="说明")
    store(warehouse, replace(batch_of([sent()]), findings=shape_findings(findings)))
    row = warehouse.query("select hard_findings, warnings, infos from intake.submission").iloc[0]
    assert row.tolist() == [1, 2, 1]
    marks = warehouse.query("select finding_no, is_personal from intake.finding order by finding_no")
    assert marks["is_personal"].tolist() == [True, True, False, False]


def test_known_digests(warehouse: Warehouse) -> None:
    store(warehouse, batch_of([sent(1)]))
    with warehouse.transaction() as connection:
        assert known_digests(connection, ["digest 1", "digest 2"]) == {"digest 1"}


def test_copy_keeps_every_kind_of_value(warehouse: Warehouse) -> None:
    frame = pd.DataFrame(
        {
            "a": pd.Series(["tab\there", "back\\slash\nline", None, "\\N"], dtype=object),
            "b": [1.0, 2.5, float("nan"), 1e300],
            "c": pd.array([True, False, None, True], dtype="boolean"),
            "d": pd.to_datetime(["2030-02-28", None, "1899-12-31", "2030-01-01"]),
            "e": pd.Series([["x", 'q"\\'], [], None, ["a,b"]], dtype=object),
            "f": pd.array([1, None, -3, 2**53 + 1], dtype="Int64"),
            "g": pd.to_datetime(
                ["2030-02-28 23:59:59.123456", None, "1970-01-01", "2030-01-01 00:00:01"], format="ISO8601"
            ),
        }
    )
    columns = "a text, b double precision, c boolean, d date, e text[], f bigint, g timestamp"
    with warehouse.transaction() as connection:
        connection.exec_driver_sql(f"create temporary table t ({columns}) on commit drop")
        copy_frame(connection, "t", frame)
        rows = [tuple(row) for row in connection.exec_driver_sql("select * from t")]
    assert rows == [
        ("tab\there", 1.0, True, date(2030, 2, 28), ["x", 'q"\\'], 1, datetime(2030, 2, 28, 23, 59, 59, 123456)),
        ("back\\slash\nline", 2.5, False, None, [], None, None),
        (None, None, None, date(1899, 12, 31), None, -3, datetime(1970, 1, 1)),
        ("\\N", 1e300, True, date(2030, 1, 1), ["a,b"], 2**53 + 1, datetime(2030, 1, 1, 0, 0, 1)),
    ]
