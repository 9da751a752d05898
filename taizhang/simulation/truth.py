"""What a platform should make of the files, as the rows of the truth files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from catalogue import Catalogue, Form
from catalogue.calendar import due_on
from taizhang.simulation.correspondence import Correspondence, Letter
from taizhang.simulation.oracle import IndicatorValue
from taizhang.simulation.reading import Finding
from taizhang.simulation.sent import Row, Value

FINDING_COLUMNS = (
    "file", "township_code", "period", "rule", "severity", "sheet", "row", "field", "note", "scored", "alt_rows",
)  # fmt: skip
VALUE_COLUMNS = (
    "township_code", "period_type", "period", "indicator", "value", "numerator", "denominator", "is_approximate",
    "scored",
)  # fmt: skip
README = """# A fictional county with known truth (no real township, no real person)

| file | what |
|---|---|
| `../townships.csv` | the register |
| `../inbox/YYYY-MM/*` | what the townships sent; folder and file name mean nothing to a reader |
| `../received.csv` | when each file arrived |
| `expected_findings.csv` | every hard and warn finding of every file, judged as of its arrival |
| `expected_status.csv` | status of every file but duplicates, rows loaded and held back; `current`: version in use |
| `rows.jsonl.gz` | every loaded row of the current returns as typed values |
| `indicator_values.csv` | value, numerator, denominator by township, period, indicator (not in large counties) |
| `../inbox/YYYYQn报告/*` | narrative reports, where asked for; `manifest.json` says which is copied, which padded |
| `manifest.json` | seed, counts, what was planted where, duplicates, the townships' hidden quality |

A finding is matched by file, rule and row; `row` is empty where a rule speaks of a file, a sheet, a profile figure or
a missing matter, `alt_rows` names other rows at which it may sit as well. `scored` = no: more than one reading is
defensible; such a line is neither demanded nor wrong. Info findings and P07 to P09 are not listed. In a rejected file
only F01 to F05 are scored, on a sheet under F09 only F09. `manifest.json` lists as `duplicates` files whose bytes had
come before: one submission, so they have no status of their own.
"""


def status_columns(form: Form) -> tuple[str, ...]:
    """The columns of expected_status.csv."""
    sheets = [f"{fate}_{sheet.code}" for sheet in form.stored for fate in ("loaded", "held")]
    return (
        "file",
        "township_code",
        "period",
        "version",
        "status",
        "current",
        "received_at",
        "due_on",
        "days_late",
        *sheets,
    )


def finding_lines(done: Correspondence, catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    """The lines of expected_findings.csv for one township."""
    labels = {sheet.code: sheet.label for sheet in catalogue.current_form.sheets}
    key_value = {sheet.code for sheet in catalogue.current_form.sheets if sheet.layout == "key_value"}
    for letter in done.letters:
        for finding in letter.verdict.findings:
            sheet = labels[finding.sheet] if finding.sheet else finding.note if finding.rule == "F07" else ""
            yield (
                letter.file, done.township.code, letter.period.text, finding.rule,
                catalogue.rules[finding.rule].severity, sheet, _row(finding, key_value), finding.field or "",
                finding.note, _yes(finding.scored), " ".join(str(row.excel_row) for row in finding.twins),
            )  # fmt: skip


def _row(finding: Finding, key_value: set[str]) -> str:
    if finding.row is None or finding.sheet is None:
        return ""
    return str(finding.row.at(finding.field or "") if finding.sheet in key_value else finding.row.excel_row)


def status_lines(done: Correspondence, form: Form) -> Iterator[tuple[str, ...]]:
    """The lines of expected_status.csv for one township."""
    current = current_files(done)
    for letter in done.letters:
        if letter.duplicate_of is not None:
            continue
        counts: list[str] = []
        for sheet in form.stored:
            held = letter.verdict.held.get(sheet.code)
            counts += [str(len(letter.verdict.loaded.get(sheet.code, ()))), "" if held is None else str(held)]
        yield (
            letter.file, done.township.code, letter.period.text, _text(letter.version), letter.verdict.status,
            _yes(letter.file in current), str(letter.received_at), str(due_on(letter.period, form.due_working_days)),
            _text(letter.days_late), *counts,
        )  # fmt: skip


def current_files(done: Correspondence) -> set[str]:
    """The file in use of every month: its newest version that was not rejected."""
    newest = {
        letter.period: letter.file for letter in done.letters if letter.verdict.status in ("accepted", "returned")
    }
    return set(newest.values())


def row_lines(done: Correspondence, form: Form) -> Iterator[str]:
    """The lines of rows.jsonl for one township."""
    current = current_files(done)
    codes = {sheet.code: [field.code for field in sheet.fields] for sheet in form.sheets}
    for letter in done.letters:
        if letter.file in current:
            for sheet, rows in letter.verdict.loaded.items():
                for row in rows:
                    yield _row_line(done, letter, sheet, row, codes[sheet])


def _row_line(done: Correspondence, letter: Letter, sheet: str, row: Row, codes: list[str]) -> str:
    line = {
        "file": letter.file,
        "township_code": done.township.code,
        "period": letter.period.text,
        "sheet": sheet,
        "row": row.excel_row or None,
        "values": {code: _plain(row.values.get(code)) for code in codes},
        "approx": sorted(row.approximate),
    }
    return json.dumps(line, ensure_ascii=False) + "\n"


def value_line(code: str, value: IndicatorValue) -> tuple[str, ...]:
    """A line of indicator_values.csv."""
    rounded = value.value if value.value is None or isinstance(value.value, int) else round(value.value, 6)
    return (
        code, value.period.kind, value.period.text, value.indicator, _text(rounded), _text(value.numerator),
        _text(value.denominator), _yes(value.approximate), _yes(value.scored),
    )  # fmt: skip


def _plain(value: Value) -> Value:
    return value.isoformat() if isinstance(value, date) else value


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _yes(value: bool) -> str:
    return "yes" if value else "no"
