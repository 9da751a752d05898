"""Small random counties from a seed, and how they are put into the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pandas as pd
from indicator_oracle import Row, Sent

from catalogue import Field, Sheet, load
from catalogue.findings import shape_findings
from catalogue.periods import Period
from catalogue.register import Register, Township
from warehouse.load import LoadBatch

START = Period.parse("2030-11")  # months around the turn of a year
MONTHS = [START.shifted(step).text for step in range(5)]
DAYS = [START.first_day + timedelta(days=step) for step in range(-130, 190, 11)]
DAYS += [day for month in MONTHS for day in (Period.parse(month).first_day, Period.parse(month).last_day)]
REGISTER = Register(
    [
        Township("900000101", "甲镇", "镇", (), 20000, date(2020, 1, 1), None, None),
        Township("900000202", "乙乡", "乡", (), 9000, date(2020, 1, 1), Period.parse(MONTHS[2]).last_day, "900000101"),
        Township("900000003", "丙街道", "街道", (), 30000, Period.parse(MONTHS[1]).first_day, None, None),
    ]
)
CODES = ("900000101", "900000101", "900000101", "900000202", "900000003")  # most of them of one township
SHEETS = [sheet for sheet in load().current_form.stored if sheet.code != "reported_total"]


def random_loads(seed: int) -> list[list[Sent]]:
    """Batches of returns in the order they are loaded; older ones may come later, and versions of a key meet often."""
    rng = Random(seed)
    sheets = rng.sample(SHEETS, rng.randint(1, 3))
    numbers = iter(range(1, 100))
    return [[_return(rng, next(numbers), sheets) for _ in range(rng.randint(1, 3))] for _ in range(rng.randint(2, 5))]


def _return(rng: Random, number: int, sheets: Sequence[Sheet]) -> Sent:
    code = rng.choice(CODES)
    valid = [m for m in MONTHS if any(t.code == code and _is_valid(t, Period.parse(m)) for t in REGISTER.townships)]
    month = rng.choice(valid)
    due_on = Period.parse(month).last_day + timedelta(days=7)
    received_at = datetime.combine(due_on, datetime.min.time()) + timedelta(hours=rng.randint(-60, 60))
    status = rng.choice(["accepted", "accepted", "accepted", "returned", "rejected"])
    listed = [row for sheet in sheets for row in _rows(rng, sheet)] if status != "rejected" else []
    return Sent(number, code, month, received_at, due_on, status, 0 if status == "accepted" else 1, tuple(listed))


def _rows(rng: Random, sheet: Sheet) -> list[Row]:
    keys = ["k1", "k2", "k3"] if sheet.key else [""]
    return [_row(rng, sheet, key) for key in rng.sample(keys, rng.randint(0, min(2, len(keys))))]


def _row(rng: Random, sheet: Sheet, key: str) -> Row:
    values = {field.code: _value(rng, field) for field in sheet.fields}
    counts = [field.code for field in sheet.fields if field.type == "count" and values[field.code] is not None]
    marked = (rng.choice(counts),) if counts and rng.random() < 0.2 else ()
    return Row(sheet.code, key, values, marked)


def _value(rng: Random, field: Field) -> Any:
    if not field.required and rng.random() < 0.3:
        return None
    pools: dict[str, Sequence[Any]] = {
        "date": DAYS,
        "flag": (True, False),
        "choice": field.choices,
        "text": ("甲组", "甲 组", "乙组", "丙组"),
        "code": ("1号", "１号", "2号"),
    }
    return rng.choice(pools.get(field.type, range(5)))


def _is_valid(township: Township, period: Period) -> bool:
    return township.valid_from <= period.last_day and (township.valid_to or date.max) >= period.first_day


def batch_of(sent: Sequence[Sent]) -> LoadBatch:
    """The returns as a LoadBatch, in order."""
    submissions = pd.DataFrame(
        [
            {
                "return_no": i,
                "sha256": f"digest {one.number}",
                "file_name": f"{one.month}/{one.number}.xlsx",
                "township_code": one.township,
                "period": one.month,
                "form_version": 1,
                "received_at": pd.Timestamp(one.received_at),
                "due_on": pd.Timestamp(one.due_on),
                "status": one.status,
                "prepared_on": pd.NaT,
            }
            for i, one in enumerate(sent)
        ]
    )
    findings = [
        {"return_no": i, "rule": "R01", "severity": "hard", "message": "日期不在报送期内"}
        for i, one in enumerate(sent)
        for _ in range(one.hard_findings)
    ]
    frames = {sheet.code: _frame(sheet, sent) for sheet in load().current_form.stored}
    frames = {code: frame for code, frame in frames.items() if len(frame)}
    columns = ["return_no", "sheet", "loaded"]
    counts = [(i, code, sum(r.sheet == code for r in one.rows)) for code in frames for i, one in enumerate(sent)]
    counted = pd.DataFrame(counts, columns=columns).assign(held_back=0, ignored=0)
    return LoadBatch(
        submissions=submissions,
        findings=shape_findings(pd.DataFrame(findings, columns=["return_no", "rule", "severity", "message"])),
        rows=frames,
        row_counts=counted.assign(rows_read=counted["loaded"]),
    )


def _frame(sheet: Sheet, sent: Sequence[Sent]) -> pd.DataFrame:
    columns = ["return_no", "excel_row", "row_key", "approximate", *(field.code for field in sheet.fields)]
    found = [
        (i, place, row.key, list(row.approximate), *(row.values.get(field.code) for field in sheet.fields))
        for i, one in enumerate(sent)
        for place, row in enumerate(one.rows)
        if row.sheet == sheet.code
    ]
    return pd.DataFrame(found, columns=columns, dtype=object).astype({"return_no": "int64"})
