"""The generator's own judgement at the boundaries of the rules, and what it calls certain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from catalogue import load
from catalogue.periods import Period
from taizhang.simulation.business import Business
from taizhang.simulation.desk import Desk
from taizhang.simulation.history import History
from taizhang.simulation.judgement import Verdict, judge, settle
from taizhang.simulation.life import Hazard
from taizhang.simulation.reading import Finding, agree
from taizhang.simulation.sent import Row, SentReturn, Spoilt
from taizhang.simulation.sheets import alikeness
from taizhang.simulation.township import found_township

CATALOGUE = load()
FORM = CATALOGUE.current_form
HARD = frozenset(rule.id for rule in CATALOGUE.rules.values() if rule.severity == "hard")
MARCH, APRIL = Period(2025, "month", 3), Period(2025, "month", 4)
LAW = CATALOGUE.jurisdiction("national").on(MARCH.first_day)


class World:
    """One township's desk and the county's memory of it."""

    def __init__(self) -> None:
        township = found_township(1, "云溪", 3, LAW, (60, 60), (9, 20))
        self.business, self.desk, self.history = Business(township, 3, LAW), Desk(township, FORM), History(FORM)

    def compose(self, period: Period) -> SentReturn:
        sent = self.desk.compose(self.business.live(period), period.last_day)
        sent.sheets["hazard"] = [Row(dict(hazard_of(period)))]
        sent.sheets["suggestion"] = []
        for row in sent.sheets["reported_total"]:
            row.values["year_to_date"] = 100 * period.number
        return sent

    def judge(self, sent: SentReturn) -> Verdict:
        for sheet in FORM.tables:
            for number, row in enumerate(sent.sheets[sheet.code], start=2):
                row.excel_row = number
        self.history.begin(sent.period)
        verdict = judge(sent, 0, self.history, LAW, HARD)
        settle(sent, verdict, self.history)
        return verdict


def hazard_of(period: Period) -> dict[str, object]:
    hazard = Hazard("YH2025-001", {}, period.first_day, None, "已整改")
    fixed: dict[str, object] = {code.code: None for code in FORM.sheet("hazard").fields}
    fixed |= {
        "hazard_no": "YH2025-001",
        "found_date": date(2025, 3, 3),
        "category": "消防",
        "severity": "一般",
        "place": "小学",
    }
    return replace(hazard, fixed=fixed).as_of(period.last_day) | {"rectify_by": date(2025, 6, 1)}


@pytest.fixture
def world() -> World:
    return World()


def rules(verdict: Verdict, sheet: str | None = None, scored: bool = True) -> set[str]:
    return {item.rule for item in verdict.findings if item.scored is scored and sheet in (None, item.sheet)}


def session(present: int, expected: int, rate: float, **more: object) -> Row:
    start = date(2025, 3, 10)
    values: dict[str, object] = {item.code: None for item in FORM.sheet("congress_session").fields}
    values |= {
        "title": "会议",
        "start_date": start,
        "end_date": start,
        "days": 1,
        "expected": expected,
        "present": present,
    }
    return Row(values | {"attendance_rate_reported": rate, "bills_received": 1, "bills_adopted": 1} | more)


@pytest.mark.parametrize(
    ("row", "rule", "broken"),
    [
        (session(40, 60, 0.667), "R05", False),  # two thirds exactly is a quorum
        (session(39, 60, 0.65), "R05", True),
        (session(55, 60, 0.917), "R04", False),
        (session(55, 60, 0.92), "R04", True),
        (session(60, 60, 1.0, days=1), "R12", False),
        (session(60, 60, 1.0, days=0.5), "R12", True),
        (session(60, 60, 1.0, notice_date=date(2025, 3, 3)), "R13", False),
        (session(60, 60, 1.0, notice_date=date(2025, 3, 4)), "R13", True),
        (session(60, 60, 1.0, bills_adopted=2), "R07", True),
        (session(60, 61, 0.984), "R03", True),
        (session(60, 60, 1.0, start_date=date(2025, 2, 28)), "R01", True),
        (session(60, 60, 1.0, end_date=date(2025, 4, 1)), "R02", True),
    ],
)
def test_sessions_at_the_boundary(row: Row, rule: str, broken: bool, world: World) -> None:
    sent = world.compose(MARCH)
    sent.profile.values["deputy_in_office"] = 60
    sent.sheets["congress_session"] = [row]
    assert (rule in rules(world.judge(sent), "congress_session")) is broken


@pytest.mark.parametrize(
    ("change", "rule", "broken"),
    [
        ({"rectify_by": date(2025, 3, 31)}, "R15", False),  # the deadline is the last day: not over yet
        ({"rectify_by": date(2025, 3, 30)}, "R15", True),
        ({"severity": "较大"}, "R09", True),
        ({"severity": "较大", "notice_no": "1号", "notice_date": date(2025, 3, 4)}, "R09", False),
        ({"notice_no": "1号"}, "R10", True),
        ({"notice_no": "1号", "notice_date": date(2025, 3, 4)}, "R10", False),
        ({"status": "已整改"}, "R08", True),
        ({"status": "已整改", "rectified_date": date(2025, 3, 3)}, "R08", False),
        ({"status": "已整改", "rectified_date": date(2025, 3, 2)}, "R06", True),
        ({"activity_no": "JD2025-999"}, "S03", True),
    ],
)
def test_hazards_at_the_boundary(change: dict[str, object], rule: str, broken: bool, world: World) -> None:
    sent = world.compose(MARCH)
    sent.sheets["hazard"][0].values |= change
    assert (rule in rules(world.judge(sent), "hazard")) is broken


def test_rectified_after_the_month_may_pass_for_open_on_its_last_day(world: World) -> None:
    sent = world.compose(MARCH)
    late = {"rectify_by": date(2025, 3, 20), "status": "已整改", "rectified_date": date(2025, 4, 2)}
    sent.sheets["hazard"][0].values |= late
    verdict = world.judge(sent)
    assert "R15" in rules(verdict, "hazard", scored=False)
    assert rules(verdict, "hazard") == {"R02"}


@pytest.mark.parametrize(("groups", "broken"), [(20, False), (22, False), (23, True), (18, False), (17, True)])
def test_a_tenth_is_no_jump(groups: int, broken: bool, world: World) -> None:
    march = world.compose(MARCH)
    march.profile.values["deputy_group_count"] = 20
    world.judge(march)
    april = world.compose(APRIL)
    april.profile.values["deputy_group_count"] = groups
    assert ("P04" in rules(world.judge(april))) is broken


def drop_hazard(sent: SentReturn) -> None:
    sent.sheets["hazard"] = []


def empty_deadline(sent: SentReturn) -> None:
    sent.sheets["hazard"][0].values["rectify_by"] = None


def lower_total(sent: SentReturn) -> None:
    sent.sheets["reported_total"][0].values["year_to_date"] = 299


@pytest.mark.parametrize(
    ("change", "rule"),
    [(drop_hazard, "P06"), (empty_deadline, "P03"), (lower_total, "P01"), (lambda _sent: None, None)],
)
def test_months_are_held_against_each_other(
    change: Callable[[SentReturn], None], rule: str | None, world: World
) -> None:
    world.judge(world.compose(MARCH))
    april = world.compose(APRIL)
    change(april)
    assert rules(world.judge(april)) & {"P01", "P03", "P06"} == ({rule} if rule else set())


def test_a_carried_matter_is_no_first_report(world: World) -> None:
    world.judge(world.compose(MARCH))
    assert "R01" not in rules(world.judge(world.compose(APRIL)), "hazard")
    assert "R01" in rules(World().judge(World().compose(APRIL)), "hazard")


def test_a_matter_only_a_rejected_return_listed_is_open_to_argument(world: World) -> None:
    march = world.compose(MARCH)
    march.structure.missing_sheets.append("profile")
    assert world.judge(march).status == "rejected"
    verdict = world.judge(world.compose(APRIL))
    assert "R01" in rules(verdict, "hazard", scored=False)
    assert "R01" not in rules(verdict, "hazard")


def test_an_untypable_cell_makes_what_hangs_on_it_uncertain(world: World) -> None:
    sent = world.compose(MARCH)
    sent.sheets["hazard"][0].values |= {"status": "已整改", "rectified_date": date(2025, 3, 20)}
    sent.sheets["hazard"][0].spoilt["rectified_date"] = Spoilt("XX月XX日", "C04")
    verdict = world.judge(sent)
    assert rules(verdict, "hazard") == {"C04"}
    assert "R08" in rules(verdict, "hazard", scored=False)
    assert verdict.status == "returned"
    assert (len(verdict.loaded["hazard"]), verdict.held["hazard"]) == (0, 1)


def test_a_sheet_without_a_required_column_is_held_back_whole(world: World) -> None:
    sent = world.compose(MARCH)
    sent.structure.missing_columns.append(("deputy_record", "deputy_name"))
    verdict = world.judge(sent)
    assert rules(verdict, "deputy_record") == {"F09"}
    assert verdict.status == "returned"
    assert verdict.loaded["deputy_record"] == []
    assert verdict.held["deputy_record"] == len(sent.sheets["deputy_record"])


@pytest.mark.parametrize(
    ("code", "value", "rule", "told"),
    [("township_code", None, "F02", False), ("period", "2025-13", "F03", False), ("form_version", 9, "F05", True)],
)
def test_a_wrong_cover_rejects_the_return(code: str, value: object, rule: str, told: bool, world: World) -> None:
    sent = world.compose(MARCH)
    sent.cover.values[code] = value
    verdict = world.judge(sent)
    assert rules(verdict) == {rule}
    assert (verdict.status, verdict.loaded) == ("rejected", {})
    assert bool(world.history.versions(MARCH)) is told


def test_a_copied_month_is_noticed(world: World) -> None:
    march = world.compose(MARCH)
    rows = march.sheets["other_meeting"] = [
        Row(
            {
                "meeting_date": MARCH.first_day + timedelta(days=7 * step),
                "kind": "其他",
                "title": title,
                "participants": 9,
            }
        )
        for step, title in enumerate(("甲方碰头会", "档案整理日", "换届准备谈话"))
    ]
    world.judge(march)
    april = world.compose(APRIL)
    april.sheets["other_meeting"] = [
        Row(row.values | {"meeting_date": row.values["meeting_date"] + timedelta(30)}) for row in rows
    ]
    assert "P05" in rules(world.judge(april))


def test_agreement_of_readings() -> None:
    one, two = Finding("R08", "hazard", Row({}), None), Finding("R15", "hazard", Row({}), None)
    agreed = {item.rule: item.scored for item in agree([[one, two], [two], [two]])}
    assert agreed == {"R08": False, "R15": True}


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [("甲乙丙丁", "甲乙丙丁", 1.0), ("甲乙丙丁戊", "甲乙丙丁", 0.8), ("甲乙丙丁", "丁丙乙甲", 0.0)],
)
def test_alikeness(one: str, other: str, share: float) -> None:
    assert alikeness(one, other) == pytest.approx(share)
