"""Workbooks built wrongly, about the wrong township or month, or not in order as a file (rules F02 to F09)."""

from __future__ import annotations

from taizhang.simulation.planter import Planter, Planting

OPTIONAL_COLUMNS = (
    ("hazard", "description"), ("article", "outlet"), ("petition", "category"), ("supervision_activity", "target_unit"),
    ("deputy_activity", "issues_resolved"), ("deputy_activity", "people_served"), ("deputy_record", "receptions"),
    ("congress_session", "resolutions"), ("suggestion", "handler"), ("other_meeting", "participants"),
)  # fmt: skip
REQUIRED_COLUMNS = (
    ("presidium_meeting", "topic"), ("supervision_activity", "deputy_participants"), ("hazard", "place"),
    ("petition", "status"), ("article", "adopted_level"), ("deputy_activity", "attended"),
    ("deputy_record", "deputy_name"), ("suggestion", "lead_deputy"), ("congress_session", "title"),
)  # fmt: skip
OWN_COLUMNS = ("备注", "责任人", "填表说明", "包片领导")
OWN_SHEETS = ("附注", "村级明细", "工作小结")


def unknown_code(planter: Planter) -> bool:
    """F02: no code, one the register does not know, or that of a township merged long ago."""
    code, former = planter.township.code, planter.township.predecessor
    wrong = (None, code[:6] + "999", code[:8], "XX" + code[2:])
    planter.sent.cover.values["township_code"] = former[0] if former else planter.rng.choice(wrong)
    return True


def wrong_period(planter: Planter) -> bool:
    """F03: no month, none of the calendar, or one that has not begun."""
    period = planter.sent.period
    later = period.shifted(planter.rng.randint(3, 12)).text
    planter.sent.cover.values["period"] = planter.rng.choice(
        (None, f"{period.year}-13", f"{period.year}年", later, "XXXX年X月")
    )
    return True


def missing_sheet(planter: Planter) -> bool:
    """F04: a required sheet is not there."""
    planter.sent.structure.missing_sheets.append(planter.rng.choice(("profile", "reported_total")))
    return True


def wrong_version(planter: Planter) -> bool:
    """F05: no form version, or one that does not exist."""
    known = planter.sent.form.version
    planter.sent.cover.values["form_version"] = planter.rng.choice((None, known + 1, known + 8))
    return True


def wrong_name(planter: Planter) -> bool:
    """F06: the neighbour's name under the own code."""
    planter.sent.cover.values["township_name"] = planter.neighbour
    return True


def own_additions(planter: Planter) -> bool:
    """F07: a column or a sheet nobody asked for."""
    structure = planter.sent.structure
    if planter.rng.random() < 0.3 and not structure.extra_sheets:
        structure.extra_sheets.append(planter.rng.choice(OWN_SHEETS))
        return True
    sheets = [
        sheet.code
        for sheet in planter.sent.form.tables
        if planter.sent.has(sheet.code)
        and planter.sent.sheets[sheet.code]
        and sheet.code not in structure.extra_columns
    ]
    structure.extra_columns[planter.rng.choice(sheets)] = planter.rng.choice(OWN_COLUMNS)
    return True


def without_optional_column(planter: Planter) -> bool:
    """F08: a column of the form is left out."""
    found = _column(planter, OPTIONAL_COLUMNS)
    if found is None:
        return False
    for row in planter.sent.sheets[found[0]]:
        row.values[found[1]] = None
        row.approximate.pop(found[1], None)
    return True


def without_required_column(planter: Planter) -> bool:
    """F09: a required column is left out."""
    return _column(planter, REQUIRED_COLUMNS) is not None


def _column(planter: Planter, columns: tuple[tuple[str, str], ...]) -> tuple[str, str] | None:
    """Leaves out one of the columns, on a sheet whose rows nobody has touched."""
    for sheet, code in planter.rng.sample(columns, len(columns)):
        rows = planter.sent.sheets[sheet]
        whole = sheet not in {other for other, _ in planter.sent.structure.missing_columns}
        if planter.sent.has(sheet) and rows and whole and not any(id(row) in planter.touched for row in rows):
            planter.sent.structure.missing_columns.append((sheet, code))
            planter.touched.update(id(row) for row in rows)
            return sheet, code
    return None


REJECTING: dict[str, Planting] = {
    "F02": unknown_code,
    "F03": wrong_period,
    "F04": missing_sheet,
    "F05": wrong_version,
}
PLANTINGS: dict[str, Planting] = {
    "F06": wrong_name,
    "F07": own_additions,
    "F08": without_optional_column,
    "F09": without_required_column,
}
