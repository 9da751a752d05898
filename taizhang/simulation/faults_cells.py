"""Cells no reader can type, or only as an approximation (rules C01 to C06, C08)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalogue import Field, Sheet
from taizhang.simulation import vocabulary as words
from taizhang.simulation.grid import Formula
from taizhang.simulation.planter import Planter, Planting, countable, filled
from taizhang.simulation.sent import Row, Spoilt

KEPT = {  # what other rows' rules lean on stays readable
    "profile": {"deputy_in_office", "presidium_member_count"},
    "hazard": {"activity_no", "notice_no"},
    "deputy_record": {"deputy_group"},
    "reported_total": {"indicator", "year_to_date"},
}
Written = Callable[[Field, Row], Any]
APPROXIMATED = (
    ("deputy_activity", "people_served"),
    ("deputy_activity", "households_visited"),
    ("other_meeting", "participants"),
)
WORDS = {
    "C02": ("XX", "*", "若干", "待统计", "不详"),
    "C04": ("XX月XX日", "待定", "{year}-02-30", "{year}年13月1日", "{year}/4/31"),
    "C05": ("提案", "其它类", "综合", "不清楚"),
}


def leave_empty(planter: Planter) -> bool:
    """C01: a required cell is empty."""
    return _spoil(planter, "C01", lambda field: field.required, lambda _field, _row: None, with_cover=True)


def write_words(planter: Planter) -> bool:
    """C02: a word where a number belongs."""
    return _spoil(planter, "C02", lambda field: field.is_numeric, lambda _field, _row: planter.rng.choice(WORDS["C02"]))


def write_bad_count(planter: Planter) -> bool:
    """C03: a negative or fractional count."""

    def bad(_field: Field, _row: Row) -> float:
        number = planter.rng.randint(1, 30)
        return -number if planter.rng.random() < 0.6 else number + 0.5

    return _spoil(planter, "C03", lambda field: field.type == "count", bad)


def write_bad_date(planter: Planter) -> bool:
    """C04: a placeholder or a day no calendar has."""

    def bad(_field: Field, _row: Row) -> str:
        return planter.rng.choice(WORDS["C04"]).format(year=planter.sent.period.year)

    return _spoil(planter, "C04", lambda field: field.type == "date", bad)


def write_bad_choice(planter: Planter) -> bool:
    """C05: a word that is no choice."""
    return _spoil(
        planter, "C05", lambda field: field.type == "choice", lambda _field, _row: planter.rng.choice(WORDS["C05"])
    )


def write_about(planter: Planter) -> bool:
    """C06: about so many."""
    for sheet, code in planter.rng.sample(APPROXIMATED, len(APPROXIMATED)):
        row = planter.pick(sheet, countable(code))
        if row is not None:
            approximate(planter, row, code)
            return True
    return False


def approximate(planter: Planter, row: Row, code: str) -> None:
    """Writes the row's count as an approximation."""
    number, rng, marks = row.values[code], planter.rng, planter.synonyms.approximate
    shown = words.chinese_number(number) if number < 100 and rng.random() < 0.2 else str(number)
    if rng.random() < 0.3:
        row.approximate[code] = f"{rng.choice(marks['before'])}{shown}"
    else:
        unit = rng.choice(("", "户" if code == "households_visited" else "人"))
        row.approximate[code] = f"{shown}{rng.choice(marks['after'])}{unit}"


def leave_formula(planter: Planter) -> bool:
    """C08: a formula never calculated, or one that ended in an error."""

    def formula(_field: Field, _row: Row) -> Formula:
        errors = (None, "#REF!", "#DIV/0!", "#N/A")
        error = planter.rng.choice(errors)
        return Formula("SUM(1,2)" if error is None else "1/0" if error == "#DIV/0!" else f"SUM({error})", error=error)

    return _spoil(planter, "C08", lambda field: field.is_numeric, formula)


def _spoil(
    planter: Planter, rule: str, suits: Callable[[Field], bool], written: Written, *, with_cover: bool = False
) -> bool:
    """Spoils one cell that suits, in a sheet drawn by chance."""
    form = planter.sent.form
    sheets = [sheet for sheet in form.sheets if sheet.code != "cover" or with_cover]
    for sheet in planter.rng.sample(sheets, len(sheets)):
        fields = [field for field in _open_fields(planter, sheet) if suits(field)]
        if not fields:
            continue
        field = planter.rng.choice(fields)
        row = planter.pick(sheet.code) if rule == "C08" else planter.pick(sheet.code, filled(field.code))
        if row is not None:
            row.spoilt[field.code] = Spoilt(written(field, row), rule)
            row.approximate.pop(field.code, None)
            return True
    return False


def _open_fields(planter: Planter, sheet: Sheet) -> list[Field]:
    """Fields that may be spoilt: no number (编号) others refer to, nothing that says whose return it is."""
    if sheet.code == "cover":
        return [sheet.field(code) for code in ("prepared_by", "approved_by")]
    kept = KEPT.get(sheet.code, set())
    keyed = {code for code in sheet.key if sheet.field(code).type != "date"}
    missing = planter.sent.structure.missing_columns
    return [
        field for field in sheet.fields if field.code not in kept | keyed and (sheet.code, field.code) not in missing
    ]


PLANTINGS: dict[str, Planting] = {
    "C01": leave_empty,
    "C02": write_words,
    "C03": write_bad_count,
    "C04": write_bad_date,
    "C05": write_bad_choice,
    "C06": write_about,
    "C08": leave_formula,
}
