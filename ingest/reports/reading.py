"""One file read as reports: its text, whose and when, facts, slips, sketch. Runs in the sandboxed process."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from catalogue.narrative import load_narrative
from catalogue.register import Register
from ingest.narrative import ASK_BELOW, Fact, Identity, Report, read_document, read_reports
from transforms.arithmetic import Slip, find_slips
from transforms.likeness import Likeness

_BETWEEN = re.compile(r"[。；;！？\n]")


@dataclass(frozen=True)
class ReadFact:
    """A fact; `is_near`: its period stands in its own sentence; `is_sure`: no person needs to be asked."""

    fact: Fact
    is_near: bool
    is_sure: bool


@dataclass(frozen=True)
class ReadReport:
    """One report of a file at [start, end) of the file's text; offsets of facts and slips refer to the file's text."""

    start: int
    end: int
    identity: Identity
    facts: tuple[ReadFact, ...]
    slips: tuple[Slip, ...]
    sketch: np.ndarray


@dataclass(frozen=True)
class Reading:
    """What a file holds; `problem` is a Chinese sentence where it could not be read."""

    text: str = ""
    kind: str = ""
    problem: str | None = None
    reports: Sequence[ReadReport] = field(default_factory=tuple)


class Reader:
    """Reads files of a county whose register is given."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._likeness = make_likeness(register)

    def read(self, path: Path) -> Reading:
        """The file's reading; never raises for what is in it but MemoryError."""
        document = read_document(path)
        if document.problem:
            return Reading(kind=document.kind, problem=document.problem)
        text = document.text.replace("\x00", "\ufffd")
        reports = [self._report(text, report) for report in read_reports(text, register=self._register)]
        return Reading(text, document.kind, None, reports)

    def _report(self, text: str, report: Report) -> ReadReport:
        own = text[report.start : report.end]
        slips = find_slips(own) if report.identity.counts else []
        return ReadReport(
            report.start,
            report.end,
            report.identity,
            tuple(ReadFact(fact, _is_near(text, report.start, fact), _is_sure(fact)) for fact in report.facts),
            tuple(_moved(slip, report.start) for slip in slips),
            self._likeness.sketch(self._likeness.canonical(own)),
        )


def make_likeness(register: Register) -> Likeness:
    """What compares texts of the county: all names of its townships count as equal."""
    names = {name for item in register.townships for name in (item.name, *item.aliases)}
    return Likeness(load_narrative(), names)


def _is_sure(fact: Fact) -> bool:
    return fact.confidence >= ASK_BELOW


def _is_near(text: str, start: int, fact: Fact) -> bool:
    if not fact.period_text:
        return False
    at = text.rfind(fact.period_text, start, fact.end)
    return at >= 0 and not _BETWEEN.search(text, at + len(fact.period_text), max(at, fact.start))


def _moved(slip: Slip, by: int) -> Slip:
    return Slip(slip.start + by, slip.end + by, slip.label, slip.observed, slip.expected)
