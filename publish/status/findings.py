"""Findings of a return as its township reads them: where, what, how to mend it, and whether it was explained."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from catalogue import load as load_catalogue
from catalogue.returns import PLACE_COLUMNS
from publish.annotation.entries import Entry, Place, Places, make_entries
from publish.annotation.markup import reference
from publish.status.reading import Status
from publish.status.wording import EXPLAINED, SEVERITIES

PERSONAL = "个人信息栏目，内容不在此显示，请看批注工作簿。"
LONGEST = 200  # characters of a text from a workbook


@dataclass(frozen=True)
class Line:
    """One finding as it is listed."""

    severity: str
    grade: str
    rule: str
    title: str
    place: str
    observed: str
    expected: str
    message: str
    mend: str
    explained: str


def read_lines(status: Status) -> dict[int, list[Line]]:
    """Submission -> its hard findings and warnings, gravest first, for every newest return."""
    places = _places(status)
    return {number: _lines(status, number, rows, places.get(number, {})) for number, rows in status.findings.items()}


def _places(status: Status) -> dict[int, dict[tuple[str, str], Place]]:
    """Submission -> where its fields stand."""
    found: dict[int, dict[tuple[str, str], Place]] = {}
    columns = (status.layout[name].tolist() for name in PLACE_COLUMNS)
    for number, sheet, name, field, column, row in zip(*columns, strict=True):
        found.setdefault(number, {})[sheet, field] = Place(name, row, column)
    return found


def _lines(status: Status, number: int, rows: list[dict[Hashable, Any]], places: Places) -> list[Line]:
    catalogue = load_catalogue()
    known = status.standings.get(number, {})
    whole = make_entries(rows, places, catalogue.current_form, catalogue.rules, known)
    if not any(row["is_personal"] for row in rows):
        return [_line(entry) for entry in whole]
    hidden = make_entries([_without_person(row) for row in rows], places, catalogue.current_form, catalogue.rules, {})
    return [
        _line(replace(shown, standing=entry.standing)) for shown, entry in zip(hidden, whole, strict=True)
    ]  # the order rests on places, not on what was found there


def _without_person(row: Mapping[Hashable, Any]) -> Mapping[Hashable, Any]:
    if not row["is_personal"]:
        return row
    return dict(row) | {"observed": None, "expected": None, "message": PERSONAL}


def _line(entry: Entry) -> Line:
    cell = entry.cell or entry.link
    place = "!".join(part for part in (entry.sheet_name, reference(*cell) if cell else "") if part)
    explained = "" if entry.severity != "warn" else "未说明"
    if entry.severity == "warn" and entry.standing is not None:
        explained = EXPLAINED[entry.standing.state]
        if entry.standing.state == "refused" and entry.standing.decision:
            explained += f"：{entry.standing.decision}"
    return Line(
        severity=entry.severity,
        grade=SEVERITIES[entry.severity],
        rule=entry.rule,
        title=entry.title,
        place=place or "整个文件",
        observed=_short(entry.observed),
        expected=_short(entry.expected),
        message=_short(entry.message),
        mend=entry.mend,
        explained=explained,
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}……"
