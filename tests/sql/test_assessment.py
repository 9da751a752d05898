"""Runs on the sample county: SQL retraces every item, sources lead to rows, runs are rebuilt after corrections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from psycopg.errors import InsufficientPrivilege
from sample_county import read_batch
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from catalogue import load as load_catalogue
from catalogue.errors import Refusal
from catalogue.periods import Period
from catalogue.register import Register
from publish.assess import assess, assess_period
from publish.backtest import backtest
from publish.replay import replay
from warehouse.assessment import read_run
from warehouse.assessment.panel import ENTRY_COLUMNS, add_entries
from warehouse.connection import Warehouse
from warehouse.load import LoadBatch, load
from warehouse.registry import load_parameters, load_register
from warehouse.rollup import refresh_touched, rollup

RETRACE = Path(__file__).parent / "retrace_items.sql"


class Settings:
    """What the use cases need to know."""

    def __init__(self, url: str, archive: Path) -> None:
        self.warehouse_url, self.archive, self.issuer = url, archive, "县人大常委会"


@pytest.fixture(scope="module")
def county(new_database: Callable[[], str], county_small: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The sample county, loaded and rolled up, with its settings, year and first quarter."""
    settings = Settings(new_database(), tmp_path_factory.mktemp("archive"))
    warehouse = Warehouse(settings.warehouse_url)
    load_register(warehouse, Register.read(county_small / "townships.csv"))
    load_parameters(warehouse, load_catalogue().jurisdiction("national"))
    with warehouse.transaction() as connection:
        loaded = load(connection, read_batch(county_small))
        refresh_touched(connection, loaded["submission_id"])
        first = connection.scalar(text("select min(period) from intake.submission"))
    month = Period.parse(first)
    return warehouse, settings, Period.holding("year", month), Period.holding("quarter", month)


def run_of(county: Any, period: Period, **given: Any) -> Any:
    return assess(county[1], period.text, person="甲", **given)


@pytest.mark.parametrize("which", [2, 3], ids=["year", "quarter"])
@pytest.mark.parametrize("rubric", ["township_default", "township_ten_items"])
def test_sql_gives_every_item_score_again(county: Any, which: int, rubric: str) -> None:
    """From research.indicator_value, research.input_value, the panel's entries and the rubric tables alone."""
    period = county[which]
    if rubric == "township_ten_items" and period.kind != "year":
        pytest.skip("the ten items are judged over a year")
    assessed = run_of(county, period, rubric=rubric)
    found = county[0].query(RETRACE, {"run_id": assessed.run_id})
    stored = county[0].query(
        "select township_code, item, points, max_points from research.item_score where run_id = :run",
        {"run": assessed.run_id},
    )
    both = stored.merge(found, on=["township_code", "item"], suffixes=("", "_sql"), how="outer")
    assert len(both) == len(stored) > 0
    for name in ("points", "max_points"):
        ours, theirs = (both[column].astype("float64").to_numpy() for column in (name, f"{name}_sql"))
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9, err_msg=name)
    assert both["points"].notna().sum() > 20


def test_the_score_follows_from_the_items(county: Any) -> None:
    assessed = run_of(county, county[2])
    found = county[0].query(
        "with s as (select s.township_code, i.kind, s.points, s.max_points from research.item_score as s "
        "join research.rubric_item as i using (run_id, item) where s.run_id = :run) "
        "select r.township_code, r.score, "
        "100 * sum(s.points) filter (where s.kind = 'points') "
        "/ sum(s.max_points) filter (where s.kind = 'points' and s.points is not null) "
        "+ least(sum(s.points) filter (where s.kind = 'bonus'), 5) "
        "+ greatest(sum(s.points) filter (where s.kind = 'deduction'), -5) as again "
        "from research.ranking as r join s on r.township_code = s.township_code where r.run_id = :run "
        "group by r.township_code, r.score",
        {"run": assessed.run_id},
    )
    np.testing.assert_allclose(found["score"].astype(float), found["again"].astype(float), rtol=0, atol=1e-9)


def test_every_counted_number_leads_to_rows(county: Any) -> None:
    """A count of events has as many source rows as it counts."""
    assessed = run_of(county, county[2])
    counts = ("session_count", "presidium_meeting_count", "party_study_count", "inspection_count", "articles_county")
    found = county[0].query(
        "select v.township_code, v.input, v.value, count(s.excel_row) as rows "
        "from research.run_input as v left join research.item_source as s "
        "on v.run_id = s.run_id and v.township_code = s.township_code and v.input = s.input "
        "and s.item = (select min(i.item) from research.item_source as i "
        "where i.run_id = v.run_id and i.input = v.input) "
        "where v.run_id = :run and v.input = any(:counts) group by 1, 2, 3",
        {"run": assessed.run_id, "counts": list(counts)},
    )
    known = found.dropna(subset=["value"])
    assert known["value"].sum() > 5
    assert known["value"].astype(int).tolist() == known["rows"].tolist()


def test_the_run_is_stored_as_its_document_says(county: Any) -> None:
    assessed = run_of(county, county[2])
    document = read_run(county[0], assessed.run_id)
    assert document == assessed.document
    ranking = county[0].query("select * from research.ranking where run_id = :run", {"run": assessed.run_id})
    assert dict(zip(ranking["township_code"], ranking["rank"], strict=True)) == {
        unit.code: unit.rank for unit in document.units
    }
    assert set(ranking["status"]) == {"draft"}


def test_the_same_again_is_not_stored_again(county: Any) -> None:
    first, second = (assess_period(county[1], county[3].text, person="甲") for _ in range(2))
    assert first == second
    assert not run_of(county, county[3]).is_new


def test_groups_and_deputies_are_ranked_and_deputies_stay_restricted(county: Any) -> None:
    warehouse = county[0]
    group, deputy = (run_of(county, county[2], level=level) for level in ("group", "deputy"))
    assert len(group.document.units) > 5
    assert len(deputy.document.units) > 50
    shown = warehouse.query(
        "select count(*) as n from research.group_ranking where run_id = :run", {"run": group.run_id}
    )
    assert shown["n"][0] == len(group.document.units)
    names = {unit.name for unit in deputy.document.units}
    with warehouse.transaction() as connection:
        connection.execute(text("set local role researcher"))
        views = connection.execute(
            text("select table_name from information_schema.tables where table_schema = 'research'")
        ).scalars()
        for view in list(views):
            rows = connection.execute(text(f"select t::text from research.{view} as t limit 20000")).scalars()
            assert not any(name in row for row in rows for name in names), view
    for table in ("run.document", "restricted.deputy_ranking", "restricted.panel_entry"):
        with warehouse.transaction() as connection, pytest.raises(DBAPIError) as refused:
            connection.execute(text("set local role researcher"))
            connection.execute(text(f"select * from {table}"))
        assert isinstance(refused.value.orig, InsufficientPrivilege)


def test_what_the_panel_enters_counts_and_the_newest_entry_holds(county: Any) -> None:
    warehouse, year = county[0], county[2].text
    code = run_of(county, county[2]).document.units[0].code
    entry = ("township", code, code, year, "confirmed_misreports")

    def enter(value: float | None) -> int:
        frame = pd.DataFrame([(*entry, value, "核查记录")], columns=list(ENTRY_COLUMNS))
        with warehouse.transaction() as connection:
            return add_entries(connection, frame, "乙")

    assert [enter(1.0), enter(1.0)] == [1, 0]
    once = run_of(county, county[2])
    assert once.document.unit(code).item("X1").points == -1
    source = [s for s in once.document.sources if s.unit == code and s.input == "confirmed_misreports"]
    assert [s.sheet for s in source] == ["panel"]
    assert enter(None) == 1
    assert run_of(county, county[2]).document.unit(code).item("X1").points == 0
    assert [d for d in replay(county[1], once.run_id) if "档案" not in d] == []


def test_a_period_without_values_is_refused_in_a_sentence(county: Any) -> None:
    with pytest.raises(Refusal, match="taizhang rollup"):
        run_of(county, county[2].shifted(-3))


def test_a_quarter_nobody_reported_gives_no_run(county: Any) -> None:
    before = county[3].shifted(-3)
    rollup(county[0], before)
    with pytest.raises(Refusal, match="还没有收到"):
        run_of(county, before)
    assert assess_period(county[1], before.text, person="甲") == []


def test_a_back_test_shows_who_moves_and_stores_nothing(county: Any, tmp_path: Path) -> None:
    from catalogue.rubric_loading import RUBRICS  # noqa: PLC0415

    before = county[0].query("select count(*) as n from run.run")["n"][0]
    text_of = (RUBRICS / "township_default.yaml").read_text(encoding="utf-8")
    same = tmp_path / "same.yaml"
    same.write_text(text_of, encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text(text_of.replace(", target: 0.5,", ", target: 9,"), encoding="utf-8")
    quarter = county[3]
    unmoved = backtest(county[1], quarter.shifted(-1).text, quarter.text, str(same))
    assert {move.moved for move in unmoved.moves} == {False}
    assert [period for period, _ in unmoved.left_out] == [quarter.shifted(-1).text]
    changed = backtest(county[1], quarter.text, quarter.text, str(other))
    assert any(move.old_score != move.new_score for move in changed.moves)
    assert county[0].query("select count(*) as n from run.run")["n"][0] == before
    with pytest.raises(Refusal, match="--since"):
        backtest(county[1], county[2].text, quarter.text, str(same))


def test_a_run_is_rebuilt_after_later_corrections(
    new_database: Callable[[], str], county_small: Path, tmp_path: Path
) -> None:
    """A run made before the corrections arrived is rebuilt to the byte; what was tampered with is named."""
    settings = Settings(new_database(), tmp_path)
    warehouse = Warehouse(settings.warehouse_url)
    load_register(warehouse, Register.read(county_small / "townships.csv"))
    load_parameters(warehouse, load_catalogue().jurisdiction("national"))
    batch = read_batch(county_small)
    later = set(batch.submissions["return_no"][len(batch.submissions) // 2 :])
    _load(warehouse, batch, lambda number: number not in later)
    year = Period.holding("year", Period.parse(str(batch.submissions["period"].dropna().iloc[0])))
    rollup(warehouse, year)
    early = assess(settings, year.text, person="甲")
    _load(warehouse, batch, lambda number: number in later)
    late = assess(settings, year.text, person="甲")
    assert late.is_new
    assert late.document.snapshot != early.document.snapshot
    for made in (early, late):
        assert [said for said in replay(settings, made.run_id) if "档案中没有" not in said] == []
    assert any("档案中没有" in said for said in replay(settings, early.run_id))  # this county has no archive
    with warehouse.transaction() as connection:
        connection.execute(text("update event.congress_session set present = present - 1"))
    assert any("session_attendance_rate" in said for said in replay(settings, late.run_id))


def _load(warehouse: Warehouse, batch: LoadBatch, keep: Callable[[int], bool]) -> None:
    def part(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[[keep(number) for number in frame["return_no"]]]

    rows = {code: part(frame) for code, frame in batch.rows.items()}
    rows = {code: frame for code, frame in rows.items() if len(frame)}
    chosen = replace(
        batch,
        submissions=part(batch.submissions),
        findings=part(batch.findings),
        rows=rows,
        row_counts=part(batch.row_counts),
    )
    with warehouse.transaction() as connection:
        loaded = load(connection, chosen)
        refresh_touched(connection, loaded["submission_id"])
