"""The rules on narrative reports, held by cases as those on returns are (tests/rules/report_cases).

A case plays in two townships of its own. `returns` are the activities the first one returns (rule_workbooks.py), by
month of YEAR; `reports` are texts in which {frame} is an honest beginning that names township and period, and other
names in braces are `texts` of the file. `expect` says how many findings of the rule the report has, `open` how often it
could not be judged, `batch: 2` that it comes with the second collection, `minutes` when in the day it was received.
Texts of one case are made unlike those of all others by moving every character, but where `plain` is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from rule_cases import Return, day_after
from rule_workbooks import write_return

from catalogue import load
from catalogue.narrative import load_narrative
from catalogue.register import Register, Township

CASES = Path(__file__).parent / "report_cases"
KINDS = ("passing", "failing", "boundary", "not_evaluable")
RULES = ("P08", "P09")
YEAR = 2031
_DIGITS = "甲乙丙丁戊己庚辛壬癸"
_FRAME = "{name}人大{period}工作报告\n今年以来，{name}人大主席团依法履职，发挥代表作用，工作情况如下。\n"


@dataclass
class Case:
    """A case with its number, which names its townships."""

    number: int
    rule: str
    kind: str
    given: dict[str, Any]
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.rule}-{self.kind}-{self.given['name']}"

    def code(self, place: str) -> str:
        return f"43{1 + ('one', 'two').index(place)}{self.number:03d}101"

    def name(self, place: str) -> str:
        return {"one": "东", "two": "西"}[place] + "".join(_DIGITS[int(d)] for d in f"{self.number:03d}") + "镇"

    def file(self, position: int) -> str:
        return f"report-{self.number:03d}-{position}.txt"

    def words(self, report: dict[str, Any]) -> str:
        """The report's text; what is not the frame is moved so that cases have nothing in common."""
        texts = {key: text if report.get("plain") else _moved(text, self.number) for key, text in self.texts.items()}
        texts |= {
            "template": next(iter(load_narrative().templates.values())),
            "boilerplate": "\n".join(load_narrative().boilerplate),
        }
        texts["frame"] = _FRAME.format(
            name=self.name(report["of"]), period=f"{YEAR + report.get('year', 0)}年{report.get('period', '')}"
        )
        body = report["text"].format(**texts)
        for one, other in report.get("swap", {}).items():
            body = body.replace(_moved(one, self.number), _moved(other, self.number))
        return body


def _moved(text: str, by: int) -> str:
    return "".join(chr(0x4E00 + (ord(c) - 0x4E00 + 37 * by) % 0x5000) if "\u4e00" <= c <= "\u9fff" else c for c in text)


def _all_cases() -> list[Case]:
    found = []
    for rule in RULES:
        document = yaml.safe_load((CASES / f"{rule}.yaml").read_text(encoding="utf-8"))
        for kind in KINDS:
            for given in document[kind] if isinstance(document[kind], list) else []:
                found.append(Case(len(found) + 1, rule, kind, given, document.get("texts", {})))
    return found


BOOK = _all_cases()


@pytest.fixture(scope="module")
def said(database_server: Any, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """(findings, open cases) by rule and file name after two collections of all cases."""
    from ingest.collect import collect_inbox  # noqa: PLC0415  heavy; only when these tests run
    from taizhang.settings import Settings  # noqa: PLC0415
    from warehouse.connection import Warehouse  # noqa: PLC0415
    from warehouse.registry import load_parameters, load_register  # noqa: PLC0415

    home = tmp_path_factory.mktemp("reports")
    database_server.psql(f"create database report_rules template {template_database};")
    settings = Settings(home=home, database_url=database_server.get_uri("report_rules"), workers=1)
    warehouse = Warehouse(settings.warehouse_url)
    since = date(YEAR - 9, 1, 1)
    load_register(
        warehouse,
        Register(
            Township(case.code(place), case.name(place), "镇", (), 13500, since, None, None)
            for case in BOOK
            for place in ("one", "two")
        ),
    )
    load_parameters(warehouse, load().jurisdiction("national"))
    settings.inbox.mkdir()
    received = settings.inbox.parent / "received.csv"
    lines = ["file,received_at"]
    for batch in (1, 2):
        for case in BOOK:
            lines += [f"{name},{moment}" for name, moment in _deliver(case, settings.inbox, batch)]
        received.write_text("\n".join(lines), encoding="utf-8")
        collect_inbox(settings, received)
    findings = warehouse.query("select rule, file_name, severity from research.finding where submission_id is null")
    left_open = warehouse.query(
        "select n.rule, d.file_name, n.cases from narrative.not_evaluable as n "
        "inner join narrative.document as d on n.document_id = d.document_id"
    )
    yield findings, left_open
    database_server.psql("drop database if exists report_rules with (force);")


def _deliver(case: Case, inbox: Path, batch: int) -> Iterator[tuple[str, datetime]]:
    for position, given in enumerate(case.given.get("returns", ())):
        if given.get("batch", 1) == batch:
            period = f"{YEAR}-{given['month']:02d}"
            moment = datetime.combine(day_after(period), datetime.min.time()) + timedelta(days=1, hours=9 + batch)
            rows = enumerate(given["supervision_activity"])
            content = {"supervision_activity": [{"activity_no": f"{given['month']}-{n}"} | row for n, row in rows]}
            name = f"return-{case.number:03d}-{position}.xlsx"
            write_return(inbox / name, Return(period, moment, content), case.code("one"), case.name("one"))
            yield name, moment
    for position, given in enumerate(case.given["reports"]):
        if given.get("batch", 1) == batch:
            (inbox / case.file(position)).write_text(case.words(given), encoding="utf-8")
            minutes = given.get("minutes", 10 * (position + 1))
            yield case.file(position), datetime(YEAR + 1, 1, 20, 9, 0) + timedelta(minutes=minutes)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_all_four_kinds_of_cases(rule: str) -> None:
    document = yaml.safe_load((CASES / f"{rule}.yaml").read_text(encoding="utf-8"))
    assert document["rule"] == rule
    assert all(document.get(kind) for kind in KINDS)


@pytest.mark.parametrize("case", BOOK, ids=lambda case: case.id)
def test_case(case: Case, said: Any) -> None:
    findings, left_open = said
    severity = load().rules[case.rule].severity
    for position, report in enumerate(case.given["reports"]):
        mine = findings[(findings["file_name"] == case.file(position)) & (findings["rule"] == case.rule)]
        cases = left_open[(left_open["file_name"] == case.file(position)) & (left_open["rule"] == case.rule)]["cases"]
        assert len(mine) == report.get("expect", 0), case.words(report)
        assert set(mine["severity"]) <= {severity}
        if "open" in report:
            assert cases.tolist() == [report["open"]]


def test_no_report_of_the_cases_is_refused(said: Any) -> None:
    findings, _ = said
    assert set(findings["rule"]) <= set(RULES)
