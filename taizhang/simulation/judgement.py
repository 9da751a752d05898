"""What should be found in a file, from the generator's own knowledge; and what of it reaches the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from catalogue import Parameters
from catalogue.text import fold
from taizhang.simulation.history import Arrived, History
from taizhang.simulation.reading import Eyes, Finding, Reading, agree
from taizhang.simulation.rows import RowJudge
from taizhang.simulation.sent import Row, SentReturn
from taizhang.simulation.series import SeriesJudge
from taizhang.simulation.sheets import SheetJudge

REJECTING = ("F01", "F02", "F03", "F04", "F05")
UNTOLD = ("F01", "F02", "F03")  # such a file cannot be told to be of a township and month


@dataclass(frozen=True)
class Verdict:
    """The findings of a file, its status and its rows by fate."""

    findings: list[Finding]
    status: str
    loaded: dict[str, list[Row]]
    held: dict[str, int]


def judge(sent: SentReturn, late_days: int, history: History, law: Parameters, hard: frozenset[str]) -> Verdict:
    """Judges a laid-out return as of its arrival, in a history begun for its month. `hard`: ids of the hard rules."""
    findings = [*_file_findings(sent, late_days), *_cell_findings(sent)]
    spoilt = sent.structure.missing_columns or any(row.spoilt for rows in sent.sheets.values() for row in rows)
    readings = tuple(Reading) if spoilt else (Reading.UNKNOWN,)
    findings += agree([_content_findings(Eyes(sent, reading), history, law) for reading in readings])
    rejected = any(finding.rule in REJECTING for finding in findings)
    findings = [_score(finding, sent, rejected) for finding in findings]
    if rejected:
        return Verdict(findings, "rejected", {}, {})
    held = {id(finding.row) for finding in findings if finding.row and finding.rule in hard}
    loaded: dict[str, list[Row]] = {}
    for sheet in sent.form.stored:
        rows = sent.sheets[sheet.code] if sent.has(sheet.code) else []
        loaded[sheet.code] = [] if sent.broken(sheet.code) else [row for row in rows if id(row) not in held]
    kept = {code: (len(sent.sheets[code]) if sent.has(code) else 0) - len(rows) for code, rows in loaded.items()}
    returned = any(finding.rule in hard for finding in findings)
    return Verdict(findings, "returned" if returned else "accepted", loaded, kept)


def settle(sent: SentReturn, verdict: Verdict, history: History) -> None:
    """Takes a version that can be told to be of its township and month into the county's memory."""
    if not any(finding.rule in UNTOLD for finding in verdict.findings):
        history.add(Arrived(sent, verdict.status, verdict.loaded))


def _content_findings(eyes: Eyes, history: History, law: Parameters) -> list[Finding]:
    found: list[Finding] = []
    for judge_of in (RowJudge(eyes, history, law), SheetJudge(eyes, history, law), SeriesJudge(eyes, history)):
        found += judge_of.findings()
    return found


def _score(finding: Finding, sent: SentReturn, rejected: bool) -> Finding:
    """In a rejected file only F01 to F05 are certain, on a sheet that lacks a required column only F09."""
    doubtful = rejected and finding.rule not in REJECTING
    if finding.sheet and finding.rule != "F09" and sent.broken(finding.sheet):
        doubtful = True
    return replace(finding, scored=False) if doubtful else finding


def _file_findings(sent: SentReturn, late_days: int) -> Iterator[Finding]:
    cover, township, structure = sent.cover.values, sent.township, sent.structure
    if cover["township_code"] != township.code:
        yield Finding("F02", "cover", None, "township_code", str(cover["township_code"]))
    if cover["period"] != sent.period.text:
        yield Finding("F03", "cover", None, "period", str(cover["period"]))
    for sheet in structure.missing_sheets:
        yield Finding("F04", sheet, None, None)
    if cover["form_version"] != sent.form.version:
        yield Finding("F05", "cover", None, "form_version", str(cover["form_version"]))
    if fold(cover["township_name"]) not in {fold(name) for name in (township.name, *township.aliases)}:
        yield Finding("F06", "cover", None, "township_name", cover["township_name"])
    for sheet, label in structure.extra_columns.items():
        yield Finding("F07", sheet, None, None, label)
    for name in structure.extra_sheets:
        yield Finding("F07", None, None, None, name)
    for sheet, column in structure.missing_columns:
        yield Finding("F09" if sent.form.sheet(sheet).field(column).required else "F08", sheet, None, column)
    if late_days > 0 and sent.version == 1:
        yield Finding("F10", None, None, None, f"{late_days} days")


def _cell_findings(sent: SentReturn) -> Iterator[Finding]:
    for sheet, rows in sent.sheets.items():
        if not sent.has(sheet):
            continue
        for row in rows:
            for code, spoilt in row.spoilt.items():
                yield Finding(spoilt.rule, sheet, row, code, "" if spoilt.written is None else str(spoilt.written))
            for code, written in row.approximate.items():
                yield Finding("C06", sheet, row, code, written)
