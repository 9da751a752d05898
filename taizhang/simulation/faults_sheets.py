"""Sheets that disagree with each other or with earlier months (rules S01 to S07, P01 to P06)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from taizhang.simulation.planter import Planter, Planting
from taizhang.simulation.rows import EVENT_DATES
from taizhang.simulation.sent import Row
from taizhang.simulation.series import is_open
from taizhang.simulation.sheets import TITLES


def same_number(planter: Planter) -> bool:
    """S01: two rows with one key."""
    sheet = planter.rng.choice(("deputy_record", "deputy_record", "petition", "article", "other_meeting"))
    first = planter.pick(sheet)
    if first is None:
        return False
    if sheet == "deputy_record":
        second = planter.pick(sheet)
        if second is None:
            return False
        second.values["deputy_no"] = first.values["deputy_no"]
        return True
    second = first.copy()
    planter.touched.add(id(second))
    rows = planter.sent.sheets[sheet]
    rows.insert(planter.rng.randint(0, len(rows)), second)
    return True


def near_same(planter: Planter) -> bool:
    """S02: one event told twice in nearly the same words."""
    for sheet in planter.rng.sample(("deputy_activity", "supervision_activity", "suggestion", "other_meeting"), 4):
        title, kind = TITLES[sheet]
        day = EVENT_DATES[sheet]
        first, second = (planter.pick(sheet, _new_unassigned(planter, sheet)) for _ in range(2))
        if first is None or second is None:
            continue
        text = f"{first.values[title]}暨{planter.rng.choice(planter.township.villages)}代表履职经验交流"
        first.values[title] = text
        second.values |= {title: text + "会", str(kind): first.values[str(kind)], day: first.values[day]}
        if second.values.get("end_date"):
            second.values["end_date"] = first.values["end_date"]
        return True
    return False


def _new_unassigned(planter: Planter, sheet: str) -> Callable[[Row], bool]:
    return lambda row: planter.is_first_listed(sheet, row) and not row.values.get("assigned_date")


def dangling_reference(planter: Planter) -> bool:
    """S03: a hazard of an activity nobody listed."""
    row = planter.pick("hazard", lambda row: row.values["activity_no"] is None)
    row = row or planter.pick("hazard")
    if row is None:
        return False
    row.values["activity_no"] = f"JD{planter.sent.period.year}-{planter.rng.randint(900, 999)}"
    return True


def miscounted_problems(planter: Planter) -> bool:
    """S04: more problems than listed hazards."""
    row = planter.pick("supervision_activity")
    if row is None:
        return False
    row.values["problems_found"] = (row.values["problems_found"] or 0) + planter.rng.randint(1, 4)
    if row.values["problems_found"] == _hazards_of(planter, row):
        row.values["problems_found"] += 1
    return True


def _hazards_of(planter: Planter, activity: Row) -> int:
    number = activity.values["activity_no"]
    return sum(row.values["activity_no"] == number for row in planter.sent.sheets["hazard"])


def miscounted_month(planter: Planter) -> bool:
    """S05: the month's total is not the number of rows; the year's total goes along."""
    row = planter.pick("reported_total")
    if row is None:
        return False
    extra = planter.rng.randint(1, 6)
    row.values["this_month"] += extra
    row.values["year_to_date"] += extra
    return True


def wrong_quota(planter: Planter) -> bool:
    """S06: a quota the population does not give, or a register longer than the deputies in office."""
    row = planter.pick("profile")
    if row is None:
        return False
    if planter.township.holds_congress:
        row.values["deputy_quota"] += planter.rng.choice((-3, -2, 2, 4, 5))
        return True
    extra = planter.pick("deputy_record")
    if extra is None:
        return False
    copy = extra.copy()
    copy.values |= {"deputy_no": extra.values["deputy_no"][:3] + "901", "deputy_name": "待补选"}
    planter.sent.sheets["deputy_record"].append(copy)
    return True


def strange_group(planter: Planter) -> bool:
    """S07: a group the register does not know."""
    found = planter.pick_any(("deputy_activity", "suggestion"), lambda row: row.values["deputy_group"])
    if found is None:
        return False
    found[1].values["deputy_group"] = planter.rng.choice(("机关联合组", "企业代表小组", "第一小组"))
    return True


def falling_total(planter: Planter) -> bool:
    """P01: the year's total falls."""
    earlier = next(iter(planter.history.loaded_before(planter.sent.period)), None)
    if earlier is None or earlier.sent.period.year != planter.sent.period.year:
        return False
    before = {row.values["indicator"]: row.values["year_to_date"] for row in earlier.loaded.get("reported_total", ())}
    row = planter.pick("reported_total", lambda row: before.get(row.values["indicator"], 0) > 0)
    if row is None:
        return False
    row.values["year_to_date"] = planter.rng.randint(0, before[row.values["indicator"]] - 1)
    return True


def wrong_sum(planter: Planter) -> bool:
    """P02: the year's total is not the sum of its months."""
    period = planter.sent.period
    if any(planter.history.current(period.shifted(-back)) is None for back in range(1, period.number)):
        return False
    row = planter.pick("reported_total")
    if row is None:
        return False
    row.values["year_to_date"] += planter.rng.randint(1, 5)
    return True


def step_back(planter: Planter) -> bool:
    """P03: a rectified hazard open again, or a recorded date gone."""
    newest = planter.history.newest_loaded("hazard")
    listed = {planter.history.key_of("hazard", row) for row in planter.sent.sheets["hazard"]}
    closed = [row for key, row in newest.items() if not is_open("hazard", row) and key not in listed]
    if planter.sent.has("hazard") and closed and planter.rng.random() < 0.6:
        again = planter.rng.choice(closed).copy()
        again.values |= {"status": "整改中", "rectified_date": None}
        planter.touched.add(id(again))
        planter.sent.sheets["hazard"].append(again)
        return True
    for sheet, code in (("suggestion", "assigned_date"), ("hazard", "rectify_by")):
        row = planter.pick(sheet, _recorded(planter, sheet, code))
        if row is not None:
            row.values[code] = None
            return True
    return False


def _recorded(planter: Planter, sheet: str, code: str) -> Callable[[Row], bool]:
    """Wants rows whose date the county holds from an earlier month."""
    known = planter.history.newest_loaded(sheet)

    def recorded(row: Row) -> bool:
        before = known.get(planter.history.key_of(sheet, row))
        return before is not None and before.values.get(code) is not None and row.values.get(code) is not None

    return recorded


def jump(planter: Planter) -> bool:
    """P04: a figure that hardly ever changes changes by more than a tenth."""
    earlier = (arrived.loaded.get("profile") for arrived in planter.history.loaded_before(planter.sent.period))
    before = next((rows[0] for rows in earlier if rows), None)
    row = planter.pick("profile")
    if row is None or before is None:
        return False
    code = planter.rng.choice(("deputy_group_count", "liaison_station_count"))
    row.values[code] = before.values[code] + max(2, before.values[code] // 3)
    return True


def copy_last_month(planter: Planter) -> bool:
    """P05: last month's sheet with new dates."""
    earlier = next(iter(planter.history.loaded_before(planter.sent.period)), None)
    if earlier is None:
        return False
    for sheet in planter.rng.sample(("other_meeting", "deputy_activity", "article"), 3):
        rows = earlier.loaded.get(sheet, [])
        if (
            len(rows) < 3
            or not planter.sent.has(sheet)
            or any(id(row) in planter.touched for row in planter.sent.sheets[sheet])
        ):
            continue
        copies = [Row(dict(row.values)) for row in rows]
        day = EVENT_DATES[sheet]
        for row in copies:
            row.values[day] = planter.sent.period.first_day + timedelta(days=min(row.values[day].day, 28) - 1)
        planter.sent.sheets[sheet] = copies
        planter.touched.update(id(row) for row in copies)
        return True
    return False


def forget(planter: Planter) -> bool:
    """P06: an open matter is not listed any more."""
    for sheet in planter.rng.sample(("hazard", "suggestion"), 2):
        row = planter.pick(sheet, _still_open(planter, sheet))
        if row is not None:
            planter.sent.sheets[sheet] = [other for other in planter.sent.sheets[sheet] if other is not row]
            return True
    return False


def _still_open(planter: Planter, sheet: str) -> Callable[[Row], bool]:
    newest = planter.history.newest_loaded(sheet)

    def still_open(row: Row) -> bool:
        before = newest.get(planter.history.key_of(sheet, row))
        return before is not None and is_open(sheet, before) and is_open(sheet, row)

    return still_open


PLANTINGS: dict[str, Planting] = {
    "S01": same_number,
    "S02": near_same,
    "S03": dangling_reference,
    "S04": miscounted_problems,
    "S05": miscounted_month,
    "S06": wrong_quota,
    "S07": strange_group,
    "P01": falling_total,
    "P02": wrong_sum,
    "P03": step_back,
    "P04": jump,
    "P05": copy_last_month,
    "P06": forget,
}
