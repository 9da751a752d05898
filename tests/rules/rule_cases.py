"""The case files of tests/rules/cases: what townships send, and what one rule has to say about it.

A file `cases/<RULE>.yaml` has the four kinds of cases (KINDS). A case is one return, or `returns` in the order in
which they are collected: all in one batch, and once more with the last in a batch of its own. `collected: apart` has
it only in two batches, the first return alone in the first, so that it may be collected before an older file.
A return names only what differs from a small clean workbook (rule_workbooks.py) and what is expected of it:

expect   findings of the rule under test: "sheet row field" ("profile deputy_quota", "file" where it speaks of neither
         row nor field; * for any field). Exactly these, as often as written
held     rows held back: "sheet row", "profile", or `everything`
status   accepted where nothing is said
open     how often the rule could not be applied: a number, or `some` where the contract does not say what to count
beside   the other rules (hard and warn) the return breaks; all others have to be silent
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "cases"
KINDS = ("passing", "failing", "boundary", "not_evaluable")
EXPECTATIONS = ("expect", "held", "status", "open", "beside")
OF_THE_CASE = ("name", "township", "jurisdiction", "collected", "returns", "why")


@dataclass
class Return:
    """One workbook of a case. `content` is what rule_workbooks.py writes; the rest is expected of it."""

    period: str
    received: datetime
    content: dict[str, Any]
    expect: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    status: str = "accepted"
    open: int | str | None = None
    beside: list[str] | str = field(default_factory=list)


@dataclass
class Case:
    """A rule's case."""

    rule: str
    kind: str
    name: str
    township: dict[str, Any]
    jurisdiction: str
    collected: str
    returns: list[Return]

    @property
    def id(self) -> str:
        return f"{self.rule}-{self.kind}-{self.name}"


def read_cases(path: Path) -> tuple[dict[str, Any], list[Case]]:
    """The file as it stands, and its cases. Raises ValueError for a word no case knows."""
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    cases = []
    for kind in KINDS:
        given = document.get(kind)
        for entry in given if isinstance(given, list) else []:
            cases.append(_case(document["rule"], kind, entry))
    return document, cases


@cache
def all_cases() -> tuple[Case, ...]:
    """Every case of every rule."""
    return tuple(case for path in sorted(CASES.glob("*.yaml")) for case in read_cases(path)[1])


def _case(rule: str, kind: str, entry: dict[str, Any]) -> Case:
    inline = {key: value for key, value in entry.items() if key not in OF_THE_CASE}
    returns = entry.get("returns") or [inline]
    if entry.get("returns") and inline:
        raise ValueError(f"{rule} “{entry['name']}”: {', '.join(inline)} belong into its returns")
    return Case(
        rule=rule,
        kind=kind,
        name=entry["name"],
        township=entry.get("township") or {},
        jurisdiction=entry.get("jurisdiction", "national"),
        collected=entry.get("collected", "any"),
        returns=[_return(each) for each in returns],
    )


def _return(entry: dict[str, Any]) -> Return:
    given = dict(entry)
    period = given.pop("period", "2025-03")
    received = given.pop("received", None)
    expected = {key: given.pop(key) for key in EXPECTATIONS if key in given}
    return Return(period=period, received=_moment(received, period), content=given, **expected)


def day_after(period: str) -> date:
    """The first day after the month."""
    year, month = (int(part) for part in period.split("-"))
    return (date(year, month, 28) + timedelta(days=4)).replace(day=1)


def _moment(received: Any, period: str) -> datetime:
    if received is None:
        return datetime.combine(day_after(period), datetime.min.time()) + timedelta(days=1, hours=10)
    return received if isinstance(received, datetime) else datetime.fromisoformat(str(received))
