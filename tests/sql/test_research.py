"""The research views: exactly the contract's columns, current rows only, past states, and who may see what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from indicator_oracle import Row, Sent
from psycopg.errors import InsufficientPrivilege, RaiseException
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from worlds import CODES, REGISTER, batch_of

from catalogue import load as load_catalogue
from catalogue.findings import shape_findings
from catalogue.periods import Period
from warehouse.connection import Warehouse
from warehouse.load import LoadBatch, load
from warehouse.registry import load_parameters, load_register, register_periods
from warehouse.rollup import refresh_touched, values_as_of

FIRST, SECOND = CODES[0], "900000202"
EVENTS = (
    "congress_session",
    "presidium_meeting",
    "other_meeting",
    "supervision_activity",
    "hazard",
    "suggestion",
    "deputy_activity",
    "petition",
    "article",
)
LIFECYCLE = ("run", "objection")
NARRATIVE = ("report", "reported_series", "shared_passage")
EVIDENCE = (
    "rubric_item",
    "rubric_part",
    "run_input",
    "input_value",
    "item_source",
    "group_ranking",
    "group_item_score",
    "why",
)
CONTRACT = {
    "township": "township_code name kind valid_from valid_to successor_code",
    "submission": "submission_id township_code form period version status is_current received_at due_on days_late "
    "file_name file_sha256 hard_findings warnings",
    "finding": "submission_id township_code period rule severity sheet excel_row field observed expected message "
    "file_name",
    "held_back": "submission_id township_code period sheet excel_row raw",
    "indicator_value": "township_code period_type period indicator value numerator denominator is_approximate",
    "reporting_rate": "form period expected received on_time accepted returned missing",
    "item_score": "run_id township_code item value points max_points note",
    "ranking": "run_id period rubric township_code peer_group score rank rank_low rank_high band recommended status",
    "narrative_fact": "township_code document indicator value unit is_approximate period_text quote start_offset",
}


def hazard(key: str, **values: Any) -> Row:
    codes = [field.code for field in load_catalogue().current_form.sheet("hazard").fields]
    return Row("hazard", key, {code: ({"hazard_no": key} | values).get(code) for code in codes})


def sent(number: int, code: str, month: str, received: str, status: str = "accepted", *rows: Row) -> Sent:
    return Sent(number, code, month, datetime.fromisoformat(received), date(2030, 12, 9), status, 0, rows)


@pytest.fixture(scope="module")
def county(new_database: Callable[[], str]) -> Warehouse:
    """Two townships of a county whose first corrects its November and goes on in December; nothing changes it."""
    warehouse = Warehouse(new_database())
    load_register(warehouse, REGISTER)
    load_parameters(warehouse, load_catalogue().jurisdiction("national"))
    returns = [
        sent(1, FIRST, "2030-11", "2030-12-05", "returned", hazard("a", status="待整改"), hazard("b", status="待整改")),
        sent(2, FIRST, "2030-11", "2030-12-10", "accepted", hazard("a", status="待整改")),
        sent(3, FIRST, "2030-12", "2031-01-05", "accepted", hazard("a", status="已整改")),
        sent(4, SECOND, "2030-11", "2030-12-10", "rejected"),
        sent(5, SECOND, "2030-11", "2030-12-11", "accepted", hazard("a", status="整改中")),
    ]
    with warehouse.transaction() as connection:
        register_periods(connection, {Period.parse("2030-10"): date(2030, 11, 7)})
        loaded = load(connection, _with_findings(batch_of(returns)))
        refresh_touched(connection, loaded["submission_id"])
    return warehouse


def _with_findings(batch: LoadBatch) -> LoadBatch:
    findings = [
        {"return_no": 0, "rule": "R09", "severity": "warn", "sheet": "hazard", "excel_row": 3, "observed": "较大"},
        {
            "return_no": 0,
            "rule": "C07",
            "severity": "info",
            "sheet": "suggestion",
            "field": "lead_deputy",
            "observed": "张　三",
            "expected": "张三",
        },
    ]
    held = pd.DataFrame(
        [(0, "deputy_record", 4, "1", {"deputy_name": "张三"}), (4, "suggestion", 5, "2", {"title": "修路"})],
        columns=["return_no", "sheet", "excel_row", "row_key", "raw"],
    )
    extra = held.assign(rows_read=1, loaded=0, held_back=1, ignored=0)[list(batch.row_counts.columns)]
    frame = shape_findings(pd.DataFrame(findings).assign(message="张三在此"))
    counts = pd.concat([batch.row_counts, extra], ignore_index=True)
    return LoadBatch(batch.submissions, frame, batch.rows, held, counts)


@pytest.fixture(scope="module")
def as_role(county: Warehouse) -> Iterator[Any]:
    """A function that runs a query as a role and returns its rows."""
    with county.transaction() as connection:
        connection.execute(text(f"create role township_{FIRST} in role township"))

    def run(role: str, sql: str) -> list[tuple[Any, ...]]:
        with county.transaction() as connection:
            connection.execute(text(f"set local role {role}"))
            return [tuple(row) for row in connection.execute(text(sql))]

    yield run
    with county.transaction() as connection:
        connection.execute(text(f"drop role township_{FIRST}"))


def columns_of(warehouse: Warehouse, view: str) -> list[str]:
    return list(warehouse.query(f"select * from research.{view} limit 0").columns)


@pytest.mark.parametrize("view", CONTRACT)
def test_a_view_has_the_contracts_columns(county: Warehouse, view: str) -> None:
    wanted = CONTRACT[view].split()
    assert columns_of(county, view)[: len(wanted)] == wanted, "more may follow, none may be missing or moved"


@pytest.mark.parametrize("view", EVENTS)
def test_an_event_view_has_the_forms_open_fields(county: Warehouse, view: str) -> None:
    fields = [field.code for field in load_catalogue().current_form.sheet(view).fields if not field.personal]
    assert columns_of(county, view) == ["township_code", "period", *fields, "submission_id", "excel_row"]


def test_there_are_no_other_views(county: Warehouse) -> None:
    found = county.query("select table_name from information_schema.tables where table_schema = 'research'")
    assert set(found["table_name"]) == {*CONTRACT, *EVENTS, *EVIDENCE, *LIFECYCLE, *NARRATIVE}


def test_events_show_the_newest_row_of_current_versions(county: Warehouse) -> None:
    rows = county.query("select township_code, period, hazard_no, status from research.hazard order by 1, 3")
    assert rows.values.tolist() == [[FIRST, "2030-12", "a", "已整改"], [SECOND, "2030-11", "a", "整改中"]]


def test_submissions_show_version_and_days_late(county: Warehouse) -> None:
    rows = county.query(
        "select version, status, is_current, days_late from research.submission "
        "where period = '2030-11' order by township_code, version"
    )
    assert rows.values.tolist() == [
        [1, "returned", False, 0],
        [2, "accepted", True, 0],
        [1, "rejected", False, 1],
        [2, "accepted", True, 0],
    ]


def test_reporting_rate_counts_townships_of_every_month_due(county: Warehouse) -> None:
    rows = county.query("select * from research.reporting_rate order by period").drop(columns="form").values.tolist()
    assert rows == [
        ["2030-10", 2, 0, 0, 0, 0, 2],
        ["2030-11", 2, 2, 1, 2, 0, 0],
        ["2030-12", 3, 1, 0, 1, 0, 2],
    ]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2030-12-04", []),
        ("2030-12-05", [("2030-11", "a", "待整改"), ("2030-11", "b", "待整改")]),
        ("2030-12-10", [("2030-11", "a", "待整改")]),
        ("2031-01-05", [("2030-12", "a", "已整改")]),
    ],
)
def test_as_of_a_moment_events_are_what_had_been_received(
    county: Warehouse, moment: str, expected: list[tuple[str, ...]]
) -> None:
    with county.transaction() as connection:
        connection.execute(text("select research.as_of(:moment)"), {"moment": moment})
        query = f"select period, hazard_no, status from research.hazard where township_code = '{FIRST}' order by 2"
        assert [tuple(row) for row in connection.execute(text(query))] == expected
        connection.execute(text("select research.as_of(null)"))
        now = [tuple(row) for row in connection.execute(text(query))]
    assert now == [("2030-12", "a", "已整改")]


def test_stored_values_refuse_to_speak_of_another_moment(county: Warehouse) -> None:
    with county.transaction(as_of="2030-12-05") as connection, pytest.raises(DBAPIError) as refused:
        connection.execute(text("select * from research.indicator_value"))
    assert isinstance(refused.value.orig, RaiseException)


def test_values_as_of_a_moment_are_derived_for_it(county: Warehouse) -> None:
    def hazards_open(moment: str) -> Any:
        values = values_as_of(county, Period.parse("2030-11"), moment)
        mine = values[(values["township_code"] == FIRST) & (values["indicator"] == "hazards_open")]
        return mine["value"].tolist()

    assert hazards_open("2030-12-06") == [2.0]
    assert hazards_open("2030-12-10") == [1.0]
    stored = county.query("select * from research.indicator_value where indicator = 'hazards_open'")
    assert stored.loc[stored["township_code"] == FIRST, "value"].tolist() != []


def test_findings_and_held_back_rows_show_nothing_personal(as_role: Any) -> None:
    findings = as_role("researcher", "select rule, observed, expected, message from research.finding order by rule")
    assert findings[0] == ("C07", None, None, "个人信息栏目，内容不在此显示")
    assert findings[1][:2] == ("R09", "较大")
    held = dict(as_role("researcher", "select sheet, raw from research.held_back"))
    assert held == {"deputy_record": {}, "suggestion": {"title": "修路"}}


def test_a_researcher_reads_every_view(as_role: Any) -> None:
    for view in (*CONTRACT, *EVENTS, *EVIDENCE, *NARRATIVE):
        as_role("researcher", f"select * from research.{view}")
    assert len(as_role("researcher", "select * from research.hazard")) == 2


@pytest.mark.parametrize(
    "table", ["event.hazard", "intake.submission", "intake.held_back", "restricted.suggestion", "mart.indicator_value"]
)
@pytest.mark.parametrize("role", ["researcher", "township"])
def test_tables_are_closed_to_researchers_and_townships(as_role: Any, table: str, role: str) -> None:
    with pytest.raises(DBAPIError) as refused:
        as_role(role, f"select * from {table}")
    assert isinstance(refused.value.orig, InsufficientPrivilege)


@pytest.mark.parametrize("role", ["researcher", "county", "township"])
@pytest.mark.parametrize(
    "change",
    ["delete from research.township", "create table research.own (a int)", "create view research.v as select 1"],
)
def test_nobody_writes_through_the_views(as_role: Any, role: str, change: str) -> None:
    with pytest.raises(DBAPIError) as refused:
        as_role(role, change)
    assert isinstance(refused.value.orig, InsufficientPrivilege)


def test_the_county_reads_everything(as_role: Any, county: Warehouse) -> None:
    tables = county.query(
        "select table_schema || '.' || table_name as name from information_schema.tables where table_schema in "
        "('registry', 'intake', 'event', 'restricted', 'mart', 'run', 'narrative', 'research')"
    )
    for table in tables["name"]:
        as_role("county", f"select * from {table} limit 1")
    assert len(as_role("county", "select * from event.hazard")) == 5


def test_a_township_sees_its_own_rows_only(as_role: Any) -> None:
    role = f"township_{FIRST}"
    for view in ("submission", "finding", "held_back", "hazard", "indicator_value"):
        codes = {row[0] for row in as_role(role, f"select township_code from research.{view}")}
        assert codes == {FIRST}, view
    assert [row[1:4] for row in as_role(role, "select * from research.reporting_rate where period = '2030-12'")] == [
        ("2030-12", 1, 1)
    ]
    assert len(as_role(role, "select * from research.township")) == len(REGISTER.townships)


def test_a_township_cannot_become_another(as_role: Any) -> None:
    role = f"township_{FIRST}"
    assert as_role(role, "select set_config('taizhang.township', '900000202', true)") == [("900000202",)]
    assert {row[0] for row in as_role(role, "select township_code from research.hazard")} == {FIRST}


def test_a_township_role_without_a_code_sees_no_rows(as_role: Any) -> None:
    assert as_role("township", "select * from research.hazard") == []
    assert as_role("township", "select * from research.indicator_value") == []
