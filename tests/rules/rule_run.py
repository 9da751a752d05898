"""All cases through the real code: written, read, inspected and loaded, in as few batches as tell the ways apart."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rule_cases import Case, Return
from rule_workbooks import write_return

from catalogue import load
from catalogue.register import Register, Township
from ingest.inspection import inspect
from ingest.loading import load_inspection
from ingest.workbook import ReceivedFile, read_batch
from warehouse.checks import LoadedHistory, received_before
from warehouse.connection import Connection, Warehouse
from warehouse.registry import load_register

Played = tuple[int, Case, str, int]  # the case, its number, the way it is collected, which of its returns
Finding = tuple[str, str, int | None, str | None]  # severity, sheet (or "file"), row, field


@dataclass
class Outcome:
    """What became of one return."""

    status: str = ""
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    held: Counter[tuple[str, int]] = field(default_factory=Counter)
    loaded: int = 0
    open: dict[str, int] = field(default_factory=dict)


WAYS = ("together", "apart")


def goes(case: Case, way: str) -> bool:
    """True where the case is collected that way: `together` in one batch, `apart` in two."""
    return case.collected != "apart" if way == "together" else len(case.returns) > 1


def code_of(number: int, way: str) -> str:
    """The code of the township in which the case of that number is played that way."""
    return f"4399{WAYS.index(way)}{number:04d}"


def name_of(case: Case, number: int) -> str:
    """The township's name."""
    return str(case.township.get("name", f"{_name(number)}{case.township.get('kind', '镇')}"))


def _name(number: int) -> str:
    return "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(number))


def _townships(case: Case, number: int, way: str) -> list[Township]:
    given = case.township
    return [
        Township(
            code=code_of(number, way),
            name=entry.get("name", name_of(case, number)),
            kind=entry.get("kind", given.get("kind", "镇")),
            aliases=tuple(entry.get("aliases", ())),
            population=entry.get("population"),
            valid_from=entry.get("valid_from", date(2016, 1, 1)),
            valid_to=entry.get("valid_to"),
            successor_code=None,
        )
        for entry in given.get("intervals", [given])
    ]


class Run:
    """One county in which every case has a township of its own, or two: one for each way of collecting it."""

    def __init__(self, warehouse: Warehouse, folder: Path, cases: Sequence[tuple[int, Case]]) -> None:
        self.warehouse, self.folder = warehouse, folder
        self.played = [(number, case, way) for way in WAYS for number, case in cases if goes(case, way)]
        self.catalogue = load()
        self.register = Register(
            township for number, case, way in self.played for township in _townships(case, number, way)
        )
        load_register(warehouse, self.register)

    def collect(self) -> None:
        """Two batches: everything but what is last in its case and collected apart, then that.

        Where a case is `apart`, its first return goes before all its others.
        """
        first: list[Played] = []
        second: list[Played] = []
        for number, case, way in self.played:
            cut = len(case.returns)
            if way == "apart":
                cut = 1 if case.collected == "apart" else cut - 1
            for place in range(len(case.returns)):
                (first if place < cut else second).append((number, case, way, place))
        for chosen in (first, second):
            for jurisdiction in sorted({case.jurisdiction for _, case, *_ in chosen}):
                self._collect(jurisdiction, [item for item in chosen if item[1].jurisdiction == jurisdiction])

    def _collect(self, jurisdiction: str, chosen: list[Played]) -> None:
        files = [self._file(*item) for item in chosen]
        batch = read_batch(files, self.catalogue.current_form, self.catalogue.synonyms)
        with self.warehouse.transaction() as connection:
            inspection = inspect(
                batch,
                self.catalogue,
                self.register,
                self.catalogue.jurisdiction(jurisdiction),
                LoadedHistory(connection),
                lambda returns: received_before(connection, returns),
            )
            load_inspection(connection, inspection, self.catalogue)

    def _file(self, number: int, case: Case, way: str, place: int) -> ReceivedFile:
        given: Return = case.returns[place]
        name = file_name(number, way, place)
        path = write_return(self.folder / name, given, code_of(number, way), name_of(case, number))
        return ReceivedFile(path, name, hashlib.sha256(path.read_bytes()).hexdigest(), given.received)

    def outcomes(self) -> dict[str, Outcome]:
        """file name -> what the warehouse says of it."""
        found: dict[str, Outcome] = {}
        with self.warehouse.transaction() as connection:
            names = dict(_rows(connection, "select submission_id, file_name from intake.submission"))
            for number, status in _rows(connection, "select submission_id, status from intake.submission"):
                found[names[number]] = Outcome(status)
            for number, rule, *rest in _rows(
                connection, "select submission_id, rule, severity, sheet, excel_row, field from intake.finding"
            ):
                found[names[number]].findings.setdefault(rule, []).append(_finding(*rest))
            for number, sheet, row in _rows(connection, "select submission_id, sheet, excel_row from intake.held_back"):
                found[names[number]].held[sheet, row] += 1
            for number, rows in _rows(
                connection, "select submission_id, sum(loaded) from intake.row_count where sheet <> 'cover' group by 1"
            ):
                found[names[number]].loaded = int(rows)
            for number, rule, cases in _rows(connection, "select submission_id, rule, cases from intake.not_evaluable"):
                found[names[number]].open[rule] = cases
        return found


def file_name(number: int, way: str, place: int) -> str:
    """The name of a case's file: it means nothing to the reader."""
    return f"{way}-{number:04d}-{place}.xlsx"


def _finding(severity: str, sheet: str | None, row: int | None, code: str | None) -> Finding:
    key_value = sheet in ("cover", "profile")
    return severity, sheet or "file", None if key_value or row is None else int(row), code


def _rows(connection: Connection, sql: str) -> list[Any]:
    return list(connection.exec_driver_sql(sql).all())
