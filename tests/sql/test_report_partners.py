"""Which reports are asked whether they share a passage (rule P08): the likeliest, however much else is alike."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from warehouse.report_checks import partners
from warehouse.reports import DOCUMENT, REPORT, DocumentBatch, store_documents

ONE, TWO = "900000101", "900000102"
LEAST, MOST = 3, 12


class Reports:
    """Reports put into the warehouse one by one, each with the values its sketch has."""

    def __init__(self, warehouse: Any) -> None:
        self.warehouse, self.put = warehouse, 0

    def add(self, code: str, period: str, last_month: str, values: list[int]) -> int:
        """The report's number."""
        self.put += 1
        sha256 = f"{self.put:064x}"
        received = pd.Timestamp(last_month) + pd.Timedelta(minutes=self.put)
        document = (sha256, f"{self.put}.txt", received, "inbox", "text", None, sha256, 9)
        report = (
            sha256, 1, 0, 9, "", str(self.put), None, code, period, last_month, last_month, 1,
            "township", "counted", "{}",
        )  # fmt: skip
        nothing = pd.DataFrame()
        batch = DocumentBatch(
            pd.DataFrame([document], columns=list(DOCUMENT)),
            pd.DataFrame([report], columns=list(REPORT)),
            nothing,
            pd.DataFrame({"sha256": sha256, "report_no": 1, "value": values}),
            nothing,
        )
        with self.warehouse.transaction() as connection:
            stored = store_documents(connection, batch)
        number = self.warehouse.query(
            "select report_id from narrative.report where document_id = :document",
            {"document": int(stored["document_id"][0])},
        )
        return int(number["report_id"][0])

    def of(self, *asked: int) -> list[int]:
        """Partners in the order they are given."""
        with self.warehouse.transaction() as connection:
            return [int(other) for other in partners(connection, asked, LEAST, MOST)["other_report_id"]]


@pytest.fixture
def reports(warehouse: Any) -> Reports:
    return Reports(warehouse)


def quarter(number: int) -> tuple[str, str]:
    """Period and last month of a quarter, counted from a first one."""
    year, place = 2031 + number // 4, number % 4 + 1
    return f"{year}Q{place}", f"{year}-{3 * place:02d}"


def test_a_rare_meeting_tells_more_than_a_circular_all_have(reports: Reports) -> None:
    circular = list(range(8))
    for number in range(15):
        reports.add(f"9000002{number:02d}", *quarter(0), circular)
    source = reports.add(ONE, *quarter(0), [100, 101, 102, 103])
    copy = reports.add(TWO, *quarter(1), [*circular, 101, 102, 103])
    found = reports.of(copy)
    assert found[0] == source
    assert len(found) == MOST


def test_of_a_text_that_many_have_copied_the_source_is_found(reports: Reports) -> None:
    source = reports.add(ONE, *quarter(0), [1, 2, 3, 4])
    copies = [reports.add(f"9000002{number:02d}", *quarter(1), [1, 2, 3, 4]) for number in range(40)]
    assert all(source in reports.of(copy) for copy in copies)


def test_too_few_meetings_are_chance(reports: Reports) -> None:
    reports.add(ONE, *quarter(0), [1, 2, 8])
    assert reports.of(reports.add(TWO, *quarter(0), [1, 2, 9])) == []


def test_one_townships_reports_of_one_time_are_no_partners(reports: Reports) -> None:
    values = [1, 2, 3]
    last_year = reports.add(ONE, *quarter(0), values)
    before = reports.add(ONE, *quarter(4), values)
    half = reports.add(ONE, quarter(5)[0][:4] + "H1", quarter(5)[1], values)
    again = reports.add(ONE, *quarter(5), values)
    now = reports.add(ONE, *quarter(5), values)
    neighbour = reports.add(TWO, *quarter(5), values)
    assert sorted(reports.of(now)) == [last_year, before, neighbour]
    assert sorted(reports.of(half)) == [last_year, neighbour]
    assert again not in reports.of(now)


def test_everybody_gets_partners_of_their_own(reports: Reports) -> None:
    pairs = [(reports.add(ONE, *quarter(0), values), reports.add(TWO, *quarter(0), values))
             for values in ([1, 2, 3], [5, 6, 7])]  # fmt: skip
    (one, two), (three, four) = pairs
    assert reports.of(two, four) == [one, three]
    assert reports.of() == []


def test_the_database_knows_how_many_sketches_there_are_before_it_looks_among_them(reports: Reports) -> None:
    reports.add(ONE, *quarter(0), list(range(1_000)))
    known = "select reltuples from pg_class where oid = 'narrative.sketch'::regclass"
    assert reports.warehouse.query(known)["reltuples"][0] == 1_000
