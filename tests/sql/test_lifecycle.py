"""From draft to published in PostgreSQL: order of stages, frozen runs, two people, the audit chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from catalogue.approval import Change
from catalogue.errors import Refusal
from tests.unit.publish.fictional_run import make_run
from warehouse.connection import Warehouse
from warehouse.lifecycle import approvals, audit, objections, publications, stages
from warehouse.lifecycle.approvals import Decision

TODAY = date.today()
LATER = TODAY + timedelta(days=7)
DOCUMENT = make_run(4, earlier=0)
TOWNSHIP = DOCUMENT.units[0].township_code


def make_draft(connection: Connection, person: str = "zhang") -> int:
    """A run with a document and a row of its ranking, as the engine stores them; drafted by the person."""
    row = {
        "period": DOCUMENT.period,
        "rubric": DOCUMENT.rubric_code,
        "status": "draft",
        "level": DOCUMENT.level,
        "rubric_version": DOCUMENT.rubric_version,
        "rubric_digest": DOCUMENT.rubric_digest,
        "catalogue_digest": DOCUMENT.catalogue_digest,
        "newest_submission": 1,
        "newest_panel_entry": 0,
        "inputs_digest": DOCUMENT.snapshot.inputs_digest,
        "seed": 1,
        "document_sha256": DOCUMENT.digest,
    }
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    made = connection.execute(text(f"insert into run.run ({columns}) values ({values}) returning run_id"), row)
    run_id = int(made.scalar_one())
    connection.execute(
        text("insert into run.document (run_id, content) values (:run, :content)"),
        {"run": run_id, "content": replace(DOCUMENT, run_id=run_id).to_bytes()},
    )
    connection.execute(
        text(
            "insert into run.item_score (run_id, township_code, item, points, max_points, state) "
            "values (:run, :township, 'B1', 8, 8, 'scored')"
        ),
        {"run": run_id, "township": TOWNSHIP},
    )
    stages.draft(connection, run_id, person)
    return run_id


def make_public(connection: Connection, until: date = LATER) -> int:
    run_id = make_draft(connection)
    stages.begin_self_check(connection, run_id, "zhang", LATER)
    stages.open_to_objections(connection, run_id, "zhang", until)
    return run_id


def decision(run_id: int, **given: Any) -> Decision:
    plain = Decision(run_id, "approved", "director", datetime.now(UTC), TODAY, "同意")
    return replace(plain, **given)


def stage(connection: Connection, run_id: int) -> str:
    return stages.read_state(connection, run_id).stage


@pytest.fixture
def connection(warehouse: Warehouse) -> Any:
    with warehouse.transaction() as connection:
        yield connection
        connection.rollback()


def refused(connection: Connection, statement: str, **given: Any) -> str:
    """What PostgreSQL says when it refuses the statement; fails when it does not."""
    with pytest.raises(SQLAlchemyError) as error, connection.begin_nested():
        connection.execute(text(statement), given)
    return str(error.value)


# --- stages ----------------------------------------------------------------------------------------------------------


def test_a_run_goes_from_draft_to_published_and_gives_way_to_its_correction(connection: Connection) -> None:
    first = make_public(connection)
    approvals.decide(connection, decision(first), {})
    stages.publish_stage(connection, first, "li", {})
    seen = connection.execute(text("select status, stage from research.run where run_id = :r"), {"r": first}).one()
    assert tuple(seen) == ("published", "published")
    second = make_public(connection)
    assert stage(connection, first) == "published", "a correction replaces nothing before it is published"
    approvals.decide(connection, decision(second), {})
    stages.publish_stage(connection, second, "li", {})
    state = stages.read_state(connection, first)
    assert (state.stage, state.superseded_by) == ("superseded", second)


def test_an_older_undecided_run_gives_way_when_the_newer_one_is_handed_out(connection: Connection) -> None:
    older, newer = make_public(connection), make_draft(connection)
    stages.begin_self_check(connection, newer, "zhang", LATER)
    assert (stage(connection, older), stage(connection, newer)) == ("superseded", "self_check")


@pytest.mark.parametrize("wanted", ["public", "approved", "published"])
def test_no_stage_is_skipped(connection: Connection, wanted: str) -> None:
    run_id = make_draft(connection)
    assert "cannot go from draft" in refused(
        connection, "update run.run set stage = :wanted where run_id = :run", wanted=wanted, run=run_id
    )


def test_a_run_begins_as_a_draft_whatever_status_is_said(connection: Connection) -> None:
    run_id = make_draft(connection)
    assert "begins as draft" in refused(
        connection,
        "insert into run.run overriding system value select (jsonb_populate_record(null::run.run, to_jsonb(r) || "
        "jsonb_build_object('run_id', r.run_id + 1, 'stage', 'published'))).* from run.run as r where r.run_id = :run",
        run=run_id,
    )
    connection.execute(text("update run.run set status = 'published' where run_id = :run"), {"run": run_id})
    status = connection.scalar(text("select status from run.run where run_id = :run"), {"run": run_id})
    assert status == "draft"


def test_a_step_taken_again_changes_nothing(connection: Connection) -> None:
    run_id = make_public(connection)
    before = connection.scalar(text("select count(*) from run.audit"))
    assert stages.open_to_objections(connection, run_id, "zhang", LATER + timedelta(days=9)).objections_until == LATER
    given = decision(run_id)
    approvals.decide(connection, given, {})
    approvals.decide(connection, given, {})
    assert connection.scalar(text("select count(*) from run.audit")) == before + 1


def test_an_unknown_run_is_refused_by_number(connection: Connection) -> None:
    with pytest.raises(Refusal, match="999"):
        stages.read_state(connection, 999)


# --- frozen ----------------------------------------------------------------------------------------------------------

CHANGES = {
    "score": "update run.item_score set points = 1 where run_id = :run",
    "added row": "insert into run.item_score (run_id, township_code, item, max_points, state) "
    "values (:run, '1', 'X', 1, 'scored')",
    "deleted row": "delete from run.item_score where run_id = :run",
    "document": "update run.document set content = '' where run_id = :run",
    "run": "update run.run set seed = 2 where run_id = :run",
    "deleted run": "delete from run.run where run_id = :run",
    "smuggled row": "update run.item_score set run_id = :run where run_id = :draft",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_townships_have_seen_never_changes(connection: Connection, change: str) -> None:
    run_id = make_draft(connection)
    stages.begin_self_check(connection, run_id, "zhang", LATER)
    draft = make_draft(connection)
    if change == "smuggled row":
        connection.execute(text("update run.item_score set item = 'X' where run_id = :run"), {"run": draft})
    told = refused(connection, CHANGES[change], run=run_id, draft=draft)
    assert f"run {run_id} is frozen" in told


def test_a_draft_may_still_be_thrown_away(connection: Connection) -> None:
    run_id = make_draft(connection)
    for table in ("item_score", "document", "run"):
        connection.execute(text(f"delete from run.{table} where run_id = :run"), {"run": run_id})


def test_every_table_that_holds_runs_is_guarded(connection: Connection) -> None:
    """Also tables that later migrations add."""
    ours = {"run", "objection", "approval", "change", "publication", "published_file", "audit"}
    statement = (
        "select c.relname, count(t.oid) filter (where t.tgname like 'guard%') from pg_class as c "
        "inner join pg_attribute as a on c.oid = a.attrelid and a.attname = 'run_id' "
        "left join pg_trigger as t on c.oid = t.tgrelid "
        "where c.relkind = 'r' and c.relnamespace::regnamespace::text in ('run', 'restricted') group by 1"
    )
    found = {row[0]: row[1] for row in connection.execute(text(statement))}
    assert ours <= set(found)
    assert {name for name, count in found.items() if count < (1 if name in ours else 5)} == set()


@pytest.mark.parametrize("table", ["audit", "objection", "approval", "change", "publication", "item_score", "document"])
def test_nothing_is_emptied(connection: Connection, table: str) -> None:
    assert "refused" in refused(connection, f"truncate run.{table} cascade")


# --- objections ------------------------------------------------------------------------------------------------------


def lodge(connection: Connection, run_id: int, **given: Any) -> int:
    plain: dict[str, Any] = {"township": TOWNSHIP, "item": None, "lodged_by": "荷沟镇人大", "told": "少算一次会议"}
    return objections.lodge(connection, run_id, person="zhang", today=TODAY, **(plain | given))


def test_an_objection_is_bound_to_its_run_and_answered_once(connection: Connection) -> None:
    run_id = make_public(connection)
    number = lodge(connection, run_id, item=DOCUMENT.units[0].items[0].item)
    assert objections.answer(connection, number, outcome="dismissed", told="会议在上季度", person="zhang") == run_id
    with pytest.raises(Refusal, match="已经答复"):
        objections.answer(connection, number, outcome="upheld", told="改判", person="zhang")
    for change in ("told = 'x'", "outcome = 'upheld'", "run_id = run_id + 1"):
        assert "stands as it was" in refused(connection, f"update run.objection set {change}")
    listed = objections.list_objections(connection, run_id)
    assert listed["outcome"].tolist() == ["dismissed"]


def test_objections_come_in_time_and_speak_of_something(connection: Connection) -> None:
    draft = make_draft(connection)
    with pytest.raises(Refusal, match="不受理"):
        lodge(connection, draft)
    closed = make_public(connection, until=TODAY - timedelta(days=1))
    with pytest.raises(Refusal, match="已经过了"):
        lodge(connection, closed)
    run_id = make_public(connection)
    with pytest.raises(Refusal, match="没有乡镇"):
        lodge(connection, run_id, township="000000000")
    with pytest.raises(Refusal, match="没有考评项目"):
        lodge(connection, run_id, item="没有")
    with pytest.raises(Refusal, match="写明"):
        lodge(connection, run_id, told="  ")


@pytest.mark.parametrize(("outcome", "said"), [(None, "还没有答复"), ("upheld", "已采纳")])
def test_objections_open_or_upheld_stand_against_an_approval(connection: Connection, outcome: Any, said: str) -> None:
    run_id = make_public(connection)
    number = lodge(connection, run_id)
    if outcome:
        objections.answer(connection, number, outcome=outcome, told="核实无误", person="zhang")
    with pytest.raises(Refusal, match=said):
        approvals.decide(connection, decision(run_id), {})
    assert "open or upheld" in refused(
        connection,
        "insert into run.approval (run_id, decision, prepared_by, decided_by, decided_at, decided_on, reason) "
        "values (:run, 'approved', '{}', 'director', now(), current_date, '')",
        run=run_id,
    )
    approvals.decide(connection, decision(run_id, decision="refused", reason="更正后再报"), {})
    assert stage(connection, run_id) == "refused"


# --- approval --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["zhang", "Zhang"])
def test_nobody_approves_what_he_prepared(connection: Connection, person: str) -> None:
    run_id = make_public(connection)
    with pytest.raises(Refusal, match="不能审批"):
        approvals.decide(connection, decision(run_id, decided_by=person), {})
    assert "not_by_who_prepared" in refused(
        connection,
        "insert into run.approval (run_id, decision, prepared_by, decided_by, decided_at, decided_on, reason) "
        "values (:run, 'approved', '{}', :person, now(), current_date, '')",
        run=run_id,
        person=person,
    )


def test_who_answered_an_objection_does_not_approve(connection: Connection) -> None:
    run_id = make_public(connection)
    objections.answer(connection, lodge(connection, run_id), outcome="dismissed", told="无误", person="wang")
    with pytest.raises(Refusal, match="wang 经办过"):
        approvals.decide(connection, decision(run_id, decided_by="wang"), {})


def test_a_stage_that_needs_a_decision_needs_one(connection: Connection) -> None:
    run_id = make_public(connection)
    for wanted in ("approved", "refused"):
        assert "no such decision" in refused(
            connection, "update run.run set stage = :wanted where run_id = :run", wanted=wanted, run=run_id
        )


def test_a_refusal_says_why_and_ends_the_run(connection: Connection) -> None:
    run_id = make_public(connection)
    with pytest.raises(Refusal, match="理由"):
        approvals.decide(connection, decision(run_id, decision="refused", reason=""), {})
    approvals.decide(connection, decision(run_id, decision="refused", reason="数据不全"), {})
    with pytest.raises(Refusal, match="未批准"):
        stages.publish_stage(connection, run_id, "li", {})
    assert approvals.read_approval(connection, run_id) is None


def test_a_changed_recommendation_shows_in_the_ranking_and_the_run_keeps_its_own(connection: Connection) -> None:
    run_id = make_draft(connection)
    connection.execute(
        text(
            "insert into run.ranking (run_id, township_code, peer_group, recommended, bonus, deduction, is_tied, "
            "decision, reason, vetoes, is_submitted) "
            "values (:run, :township, '乡镇', true, 0, 0, false, 'recommended', '', '{}', true)"
        ),
        {"run": run_id, "township": TOWNSHIP},
    )
    stages.begin_self_check(connection, run_id, "zhang", LATER)
    stages.open_to_objections(connection, run_id, "zhang", LATER)
    change = Change(TOWNSHIP, False, "主任会议研究")
    approvals.decide(connection, decision(run_id, changes=((change, TOWNSHIP),)), {})
    shown = text("select recommended from research.ranking where run_id = :run")
    own = text("select recommended from run.ranking where run_id = :run")
    assert (connection.scalar(shown, {"run": run_id}), connection.scalar(own, {"run": run_id})) == (False, True)
    approval = approvals.read_approval(connection, run_id)
    assert approval is not None
    assert approval.changes == (change,)
    assert type(approval).from_bytes(approval.to_bytes()) == approval
    assert approval.document_sha256 == replace(DOCUMENT, run_id=run_id).digest


def test_numbers_are_entered_once_and_after_the_approval(connection: Connection) -> None:
    run_id = make_public(connection)
    with pytest.raises(Refusal, match="批准以后"):
        approvals.enter_paper(connection, run_id, "li", approval_number="省表彰〔1〕1号")
    approvals.decide(connection, decision(run_id), {})
    approvals.enter_paper(connection, run_id, "li", approval_number="省表彰〔1〕1号")
    approvals.enter_paper(connection, run_id, "li", document_number="县常发〔1〕2号")
    with pytest.raises(Refusal, match="不能改"):
        approvals.enter_paper(connection, run_id, "li", approval_number="省表彰〔1〕9号")
    assert "stands" in refused(connection, "update run.approval set approval_number = 'x'")
    assert "stands" in refused(connection, "update run.approval set reason = 'x'")
    approval = approvals.read_approval(connection, run_id)
    assert approval is not None
    assert (approval.approval_number, approval.document_number) == ("省表彰〔1〕1号", "县常发〔1〕2号")


def test_the_same_files_are_one_edition_and_others_the_next(connection: Connection) -> None:
    run_id = make_public(connection)
    one, two = [("a.html", "0" * 64)], [("a.html", "1" * 64)]
    given = [publications.note_publication(connection, run_id, "li", "draft", None, files) for files in (one, one, two)]
    assert given == [(1, True), (1, False), (2, True)]
    assert "refused" in refused(connection, "update run.published_file set sha256 = repeat('2', 64)")


# --- the audit chain -------------------------------------------------------------------------------------------------


def tamper(warehouse: Warehouse, statement: str) -> None:
    """As a superuser could, with triggers and constraints out of the way."""
    with warehouse.transaction() as connection:
        connection.execute(text("alter table run.audit drop constraint if exists digest_of_entry"))
        connection.execute(text("alter table run.audit drop constraint if exists says_who_and_what"))
        connection.execute(text("set local session_replication_role = replica"))
        for part in statement.split("; "):
            connection.execute(text(part))


@pytest.fixture
def trail(warehouse: Warehouse) -> Warehouse:
    with warehouse.transaction() as connection:
        approvals.decide(connection, decision(make_public(connection)), {"via": "test"})
    return warehouse


def test_an_untouched_chain_holds_and_says_who_when_what(trail: Warehouse) -> None:
    found = audit.verify(trail)
    assert (found.broken, found.entries) == (None, 4)
    entries = trail.query("select action, person from run.audit order by entry_no")
    assert list(entries["action"]) == ["draft", "self_check", "public", "approve"]
    assert entries["person"].iloc[-1] == "director"
    assert audit.verify(trail, noted=found.newest).broken is None


EDIT = "update run.audit set entry = replace(entry, 'zhang', 'wang') where entry_no = 2"
FORGERIES = {
    "edited": (EDIT, 2),
    "edited and digested anew": (
        EDIT + "; update run.audit set digest = encode(sha256(convert_to(previous || entry, 'UTF8')), 'hex') "
        "where entry_no = 2",
        3,
    ),
    "dropped": ("delete from run.audit where entry_no = 2", 2),
    "swapped": (
        "update run.audit set entry_no = case entry_no when 2 then 102 else 103 end where entry_no in (2, 3); "
        "update run.audit set entry_no = case entry_no when 102 then 3 else 2 end where entry_no > 100",
        2,
    ),
    "document replaced": ("update run.document set content = content || ' '", 1),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_the_first_broken_link_is_named(trail: Warehouse, forgery: str) -> None:
    statement, link = FORGERIES[forgery]
    assert audit.verify(trail).broken is None
    tamper(trail, statement)
    found = audit.verify(trail)
    assert found.broken == link
    assert found.reason


def test_a_cut_end_shows_against_a_digest_noted_elsewhere(trail: Warehouse) -> None:
    noted = audit.verify(trail).newest
    tamper(trail, "delete from run.audit where entry_no = 4")
    assert audit.verify(trail).broken is None, "a chain cannot know that it once was longer"
    assert audit.verify(trail, noted).broken == 4


def test_entries_are_only_ever_added_and_follow_each_other(connection: Connection) -> None:
    make_draft(connection)
    assert "refused" in refused(connection, "update run.audit set previous = repeat('1', 64)")
    assert "refused" in refused(connection, "delete from run.audit")
    assert "does not follow" in refused(
        connection,
        "insert into run.audit (entry_no, entry, previous, digest) "
        "select entry_no + 2, entry, digest, 'x' from run.audit",
    )


def test_an_entry_falls_with_its_transaction(warehouse: Warehouse) -> None:
    with pytest.raises(ZeroDivisionError), warehouse.transaction() as connection:
        make_draft(connection)
        raise ZeroDivisionError
    assert audit.verify(warehouse).entries == 0


def test_nobody_acts_without_a_name(connection: Connection) -> None:
    with pytest.raises(Refusal, match="写明是谁"):
        audit.append(connection, " ", "note", None, {})
