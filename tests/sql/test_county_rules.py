"""Rule P07 in the warehouse: findings, warnings and what could not be judged, after every collection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from indicator_oracle import Row, Sent
from worlds import batch_of

from catalogue import load as load_catalogue
from catalogue.periods import Period
from catalogue.register import Register, Township
from warehouse.county_checks import judge_months
from warehouse.load import load
from warehouse.registry import load_parameters, load_register
from warehouse.rollup import refresh_touched

START = Period.parse("2031-03")
MONTHS = [START.shifted(step).text for step in range(5)]
CODES = [f"900000{number}" for number in range(101, 113)]
OFFICE = "900000001"
STARED = CODES[3]
USUAL = (2, 3, 1, 4, 2, 3, 5, 2)


@dataclass
class County:
    """A county whose returns are put in one by one."""

    warehouse: Any
    sent: int = 0

    def receive(
        self, returns: Sequence[tuple[str, str, tuple[Row, ...]]], held: Sequence[tuple[int, str]] = ()
    ) -> None:
        """Returns (township, month, rows) arrive together; `held`: a row of the sheet of that return is held back."""
        batch = batch_of([self._sent(*one) for one in returns])
        if held:
            rows = pd.DataFrame(held, columns=["return_no", "sheet"])
            raw = pd.Series([{} for _ in held], dtype=object)
            counts = batch.row_counts.merge(rows.assign(held_back=1), on=["return_no", "sheet"], suffixes=("_old", ""))
            counts = counts.assign(rows_read=counts["loaded"] + 1)[batch.row_counts.columns]
            others = batch.row_counts[~batch.row_counts["sheet"].isin(rows["sheet"])]
            batch = replace(
                batch,
                held_back=rows.assign(excel_row=900, row_key="x", raw=raw),
                row_counts=pd.concat([others, counts], ignore_index=True),
            )
        with self.warehouse.transaction() as connection:
            stored = load(connection, batch)
            refresh_touched(connection, stored["submission_id"])

    def _sent(self, code: str, month: str, rows: tuple[Row, ...]) -> Sent:
        self.sent += 1
        due = Period.parse(month).last_day + timedelta(days=7)
        arrived = datetime.combine(due, datetime.min.time()) + timedelta(minutes=self.sent)
        return Sent(self.sent, code, month, arrived, due, "accepted", 0, rows)

    def judge(self, *months: str) -> int:
        with self.warehouse.transaction() as connection:
            return judge_months(connection, months)

    def findings(self) -> pd.DataFrame:
        return self.warehouse.query(
            "select s.township_code, s.period, s.warnings, f.* from intake.finding as f "
            "join intake.submission as s using (submission_id) where f.rule = 'P07' order by 1, 2, f.finding_no"
        )

    def open(self) -> dict[tuple[str, str], int]:
        rows = self.warehouse.query(
            "select s.township_code, s.period, n.cases from intake.not_evaluable as n "
            "join intake.submission as s using (submission_id) where n.rule = 'P07'"
        )
        return {(row.township_code, row.period): row.cases for row in rows.itertuples()}


def profile(deputies: int = 60) -> Row:
    return Row("profile", "", {"deputy_in_office": deputies, "deputy_quota": deputies, "deputy_group_count": 4})


def hazards(month: str, count: int) -> tuple[Row, ...]:
    day = Period.parse(month).first_day
    shared = {"found_date": day, "severity": "一般", "status": "待整改", "rectify_by": day + timedelta(days=400)}
    return tuple(Row("hazard", f"{month}/{n}", {**shared, "hazard_no": f"{month}/{n}"}) for n in range(count))


def usual(place: int, month: str) -> tuple[Row, ...]:
    count = USUAL[(place * 3 + MONTHS.index(month) * 5) % len(USUAL)]
    return (profile(), *hazards(month, count))


@pytest.fixture
def county(warehouse: Any) -> County:
    """Twelve townships and a street office; every month but the newest of the one stared at has come."""
    since = date(2025, 1, 1)
    places = [Township(code, f"{code[-1]}号镇{code[-3:]}", "镇", (), 20000, since, None, None) for code in CODES]
    office = Township(OFFICE, "丙街道", "街道", (), 30000, since, None, None)
    load_register(warehouse, Register([*places, office]))
    load_parameters(warehouse, load_catalogue().jurisdiction("national"))
    made = County(warehouse)
    every = [(code, month, usual(place, month)) for place, code in enumerate(CODES) for month in MONTHS]
    made.receive([one for one in every if one[:2] != (STARED, MONTHS[-1])])
    made.receive([(OFFICE, MONTHS[-1], (profile(10),))])
    return made


def test_an_outlying_count_is_a_warning_of_the_return(county: County) -> None:
    county.receive([(STARED, MONTHS[-1], (profile(), *hazards(MONTHS[-1], 30)))])
    assert county.judge(MONTHS[-1]) == 1
    row = county.findings().iloc[0]
    assert (row.township_code, row.period, row.severity, row.observed) == (STARED, MONTHS[-1], "warn", "30")
    assert (row.sheet, row.excel_row, row.field, row.row_key) == (None, None, None, None)
    low, high = (int(part) for part in row.expected.split("～"))
    assert (low, 5 < high < 20) == (0, True)
    assert row.message == load_catalogue().rules["P07"].message.format(
        label="发现隐患数", observed="30", expected=row.expected
    )
    assert row.warnings == 1


def test_usual_counts_are_none(county: County) -> None:
    county.receive([(STARED, MONTHS[-1], usual(3, MONTHS[-1]))])
    assert county.judge(*MONTHS) == 0
    assert county.findings().empty


def test_judging_again_changes_nothing(county: County) -> None:
    county.receive([(STARED, MONTHS[-1], (profile(), *hazards(MONTHS[-1], 30)))])
    county.judge(*MONTHS)
    before = county.findings(), county.open()
    assert county.judge(*MONTHS) == 1
    pd.testing.assert_frame_equal(county.findings(), before[0])
    assert county.open() == before[1]


def test_other_findings_stay(county: County) -> None:
    county.receive([(STARED, MONTHS[-1], (profile(), *hazards(MONTHS[-1], 30)))])
    with county.warehouse.transaction() as connection:
        connection.exec_driver_sql(
            "insert into intake.finding select submission_id, 7, 'S05', 'warn', null, null, null, null, null, '…', "
            f"null, false from intake.current_submission where township_code = '{STARED}'"
        )
        connection.exec_driver_sql(f"update intake.submission set warnings = 1 where township_code = '{STARED}'")
    county.judge(*MONTHS)
    county.judge(*MONTHS)
    row = county.findings().iloc[0]
    assert (row.finding_no, row.warnings) == (8, 2)
    others = county.warehouse.query("select count(*) as n from intake.finding where rule = 'S05'")
    assert others["n"].iloc[0] == len(MONTHS)


def test_a_corrected_return_is_clean_and_so_is_the_one_it_replaces(county: County) -> None:
    county.receive([(STARED, MONTHS[-1], (profile(), *hazards(MONTHS[-1], 30)))])
    county.judge(MONTHS[-1])
    county.receive([(STARED, MONTHS[-1], (profile(), *hazards(MONTHS[-1], 3)))])
    assert county.judge(MONTHS[-1]) == 0
    assert county.findings().empty
    assert county.warehouse.query("select sum(warnings) as n from intake.submission")["n"].iloc[0] == 0


def test_months_not_asked_for_keep_their_findings(county: County) -> None:
    county.receive([(STARED, MONTHS[-1], (profile(), *hazards(MONTHS[-1], 30)))])
    county.judge(MONTHS[-1])
    assert county.judge(MONTHS[0]) == 0
    assert county.judge() == 0
    assert len(county.findings()) == 1


def test_what_cannot_be_judged_is_counted(county: County) -> None:
    county.judge(*MONTHS)
    cases = county.open()
    indicators = 8
    assert cases[CODES[0], MONTHS[0]] == indicators  # no history
    assert cases[CODES[0], MONTHS[2]] == indicators  # 12 townships with two months are less than 30
    assert (CODES[0], MONTHS[3]) not in cases
    assert cases[OFFICE, MONTHS[-1]] == indicators  # no peers


def test_no_profile_no_judgement(county: County) -> None:
    county.receive([(STARED, MONTHS[-1], hazards(MONTHS[-1], 30)), (OFFICE, MONTHS[0], ())])
    assert county.judge(MONTHS[-1]) == 1  # the profile of an earlier month stands in
    county.judge(MONTHS[0])
    assert county.open()[OFFICE, MONTHS[0]] == 8


def test_suggestions_of_a_session_are_not_compared(county: County) -> None:
    month = MONTHS[-1]
    day = Period.parse(month).first_day
    raised = tuple(Row("suggestion", f"{n}", {"raised_date": day, "suggestion_no": f"{n}"}) for n in range(25))
    session = Row("congress_session", "s", {"start_date": day, "expected": 60, "present": 58})
    county.receive([(STARED, month, (profile(), *raised, session))])
    assert county.judge(month) == 0
    assert county.open()[STARED, month] == 1
    county.receive([(STARED, month, (profile(), *raised))])
    assert county.judge(month) == 1


def test_counts_with_rows_held_back_are_not_called_too_low(county: County) -> None:
    for month in MONTHS[:-1]:
        county.receive([(code, month, (profile(), *hazards(month, 60))) for code in CODES])
    rest = [code for code in CODES if code != STARED]
    county.receive([(code, MONTHS[-1], (profile(), *hazards(MONTHS[-1], 60))) for code in rest])
    low = (STARED, MONTHS[-1], (profile(), *hazards(MONTHS[-1], 5)))
    county.receive([low])
    assert county.judge(MONTHS[-1]) == 1
    county.receive([low], held=[(0, "hazard")])
    assert county.judge(MONTHS[-1]) == 0


def test_it_is_undone_with_the_transaction(county: County) -> None:
    county.receive([(STARED, MONTHS[-1], (profile(), *hazards(MONTHS[-1], 30)))])
    with pytest.raises(RuntimeError), county.warehouse.transaction() as connection:
        assert judge_months(connection, [MONTHS[-1]]) == 1
        raise RuntimeError
    assert county.findings().empty
