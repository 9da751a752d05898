"""All cases through the real code: written, read, inspected and loaded in as few batches as their order allows."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
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
from warehouse.registry import load_parameters, load_register

Finding = tuple[str, str, int | None, str | None]  # severity, sheet (or "file"), row, field


@dataclass
class Outcome:
    """What became of one return."""

    status: str = ""
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    held: Counter[tuple[str, int]] = field(default_factory=Counter)
    loaded: int = 0
    open: dict[str, int] = field(default_factory=dict)


def code_of(number: int) -> str:
    """The township code of the case with that number."""
    return f"4399{number:05d}"


def name_of(case: Case, number: int) -> str:
    """The township's name."""
    return str(case.township.get("name", f"{_name(number)}{case.township.get('kind', '镇')}"))


def _name(number: int) -> str:
    return "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(number))


def register_of(cases: Iterable[tuple[int, Case]]) -> Register:
    """The register in which every case has its own township."""
    return Register(township for number, case in cases for township in _townships(case, number))


def _townships(case: Case, number: int) -> list[Township]:
    given = case.township
    return [
        Township(
            code=code_of(number),
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
    """One county on one warehouse: cases in, outcomes out. `written`: files that stand already, by name."""

    def __init__(
        self, warehouse: Warehouse, folder: Path, cases: list[tuple[int, Case]], written: dict[str, Path]
    ) -> None:
        self.warehouse, self.folder, self.cases, self.written = warehouse, folder, cases, written
        self.catalogue = load()
        self.register = register_of(cases)
        load_register(warehouse, self.register)
        load_parameters(warehouse, self.catalogue.jurisdiction("national"))

    def collect_together(self) -> None:
        """All returns of all cases at once."""
        self._collect([(number, case, place) for number, case in self.cases for place in range(len(case.returns))])

    def collect_apart(self) -> None:
        """The last return of every case after all others; where a case is `apart`, its first one before all others."""
        earlier, later = [], []
        for number, case in self.cases:
            cut = 1 if case.collected == "apart" else len(case.returns) - 1
            for place in range(len(case.returns)):
                (earlier if place < cut else later).append((number, case, place))
        self._collect(earlier)
        self._collect(later)

    def _collect(self, chosen: list[tuple[int, Case, int]]) -> None:
        for jurisdiction in sorted({case.jurisdiction for _, case, _ in chosen}):
            files = [
                self._file(number, case, place)
                for number, case, place in chosen
                if case.jurisdiction == jurisdiction
            ]
            batch = read_batch(files, self.catalogue.current_form, self.catalogue.synonyms)
            with self.warehouse.transaction() as connection:
                inspection = inspect(
                    batch,
                    self.catalogue,
                    self.register,
                    self.catalogue.jurisdiction(jurisdiction),
                    LoadedHistory(connection),
                    lambda returns, known=connection: received_before(known, returns),
                )
                load_inspection(connection, inspection, self.catalogue)

    def _file(self, number: int, case: Case, place: int) -> ReceivedFile:
        given: Return = case.returns[place]
        name = file_name(number, place)
        path = self.written.get(name)
        if path is None:
            path = write_return(self.folder / name, given, code_of(number), name_of(case, number))
            self.written[name] = path
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


def file_name(number: int, place: int) -> str:
    """The name of a case's file: it means nothing to the reader."""
    return f"{number:04d}-{place}.xlsx"


def _finding(severity: str, sheet: str | None, row: int | None, code: str | None) -> Finding:
    key_value = sheet in ("cover", "profile")
    return severity, sheet or "file", None if key_value or row is None else int(row), code


def _rows(connection: Connection, sql: str) -> list[Any]:
    return list(connection.exec_driver_sql(sql).all())
