"""What an assessment rests on, read in one transaction: units, inputs, panel entries, sources, snapshot, parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from catalogue import load
from catalogue.calendar import add_working_days, due_on
from catalogue.errors import Refusal
from catalogue.inputs import Level, inputs_of
from catalogue.periods import Period
from catalogue.rubric import TERM_ELAPSED, Rubric
from transforms.assessment import Material
from transforms.assessment.material import FILE_COLUMNS, INPUT_COLUMNS, SOURCE_COLUMNS
from warehouse.connection import execute, query
from warehouse.copying import copy_frame, stage
from warehouse.generation import SQL
from warehouse.rollup import prepare_targets, values_of_snapshot

GRACE_DAYS = 3  # working days a late return still counts a half (domain rubric, item G1)
_DERIVED = {"township_code": "text", "unit": "text", "input": "text", "amount": "double precision"}
_DERIVED |= {"numerator": "double precision", "denominator": "double precision", "is_approximate": "boolean"}
_SOURCE = {"township_code": "text", "unit": "text", "input": "text", "submission_id": "bigint", "sheet": "text"}
_SOURCE |= {"excel_row": "integer", "fields": "text[]"}


@dataclass(frozen=True)
class Seen:
    """A snapshot: submissions and panel entries up to these numbers are seen."""

    submission: int
    panel_entry: int


def newest(connection: Connection) -> Seen:
    """The newest submission and panel entry there are; 0 where there is none."""
    row = connection.execute(
        text(
            "select coalesce((select max(submission_id) from intake.submission), 0), "
            "coalesce((select max(entry_id) from restricted.panel_entry), 0)"
        )
    ).one()
    return Seen(int(row[0]), int(row[1]))


def read_material(connection: Connection, rubric: Rubric, period: Period, seen: Seen | None = None) -> Material:
    """The rubric's material for the period: as it stands, or as of an earlier snapshot, derived anew.

    Raises Refusal when the period has not been rolled up, or nobody is to be assessed in it.
    """
    if seen is None:
        seen = newest(connection)
        _refuse_unrolled(connection, period)
        prepare_targets(connection, [period])
        indicators = query(connection, _STORED, {"period": period.text}) if rubric.level == "township" else None
    else:
        connection.execute(
            text("select set_config('taizhang.newest_submission', :newest, true)"), {"newest": str(seen.submission)}
        )
        indicators = values_of_snapshot(connection, period)
    derived = _derive_inputs(connection, rubric, period)
    frames = [derived]
    if rubric.level == "township" and indicators is not None:
        frames.insert(0, indicators.assign(unit=indicators["township_code"]).rename(columns={"indicator": "input"}))
    asked = {"level": rubric.level, "period": period.text, "newest_panel_entry": seen.panel_entry}
    panel = query(connection, SQL / "assessment" / "panel.sql", asked)
    units = _read_units(connection, rubric.level, period, seen)
    sources = _read_sources(connection, rubric, panel)
    return Material(
        units=units.assign(size=units["size"].astype("float64")),
        inputs=pd.concat([frame[list(INPUT_COLUMNS)] for frame in frames], ignore_index=True),
        panel=panel,
        sources=sources,
        files=_read_files(connection, sources),
        parameters=_parameters(connection, rubric, period),
        newest_submission=seen.submission,
        newest_panel_entry=seen.panel_entry,
    )


_STORED = """
select township_code, indicator, value, numerator, denominator, is_approximate
from mart.indicator_value where period = :period order by township_code, indicator
"""


def list_units(connection: Connection, level: Level, period: Period) -> pd.DataFrame:
    """Who is assessed at the level in the period, with UNIT_COLUMNS. Raises Refusal when nobody is."""
    prepare_targets(connection, [period])
    return _read_units(connection, level, period, newest(connection))


def _read_units(connection: Connection, level: Level, period: Period, seen: Seen) -> pd.DataFrame:
    """As `list_units`, of a snapshot; the targets of the period stand. Villages are those the panel names."""
    asked = {"newest_panel_entry": seen.panel_entry} if level == "village" else {}
    units = query(connection, SQL / "assessment" / f"units_{level}.sql", asked)
    if units.empty:
        raise Refusal(f"{period.chinese}没有可考评的单位：请核对名录、代表履职表或评审录入。")
    return units


def _refuse_unrolled(connection: Connection, period: Period) -> None:
    found = connection.scalar(
        text("select exists (select from mart.indicator_value where period = :period)"), {"period": period.text}
    )
    if not found:
        raise Refusal(f"{period.chinese}还没有指标值：请先运行 `taizhang rollup {period.text}`。")


def _derive_inputs(connection: Connection, rubric: Rubric, period: Period) -> pd.DataFrame:
    """The declared inputs of the level that rest on returns, with INPUT_COLUMNS."""
    grace = [
        (month.text, month.first_day, add_working_days(due_on(month, load().current_form.due_working_days), GRACE_DAYS))
        for month in period.months()
    ]
    types = {"period": "text", "first_day": "date", "grace_on": "date"}
    stage(connection, "grace", pd.DataFrame(grace, columns=list(types)), types)
    stage(connection, "derived_input", pd.DataFrame(), _DERIVED)
    for statement in _statements("inputs", rubric):
        named = ", ".join(_DERIVED)
        body = statement.read_text(encoding="utf-8")
        execute(connection, f"insert into pg_temp.derived_input ({named}) select {named} from (\n{body}\n) as m")
    found = query(connection, _DERIVED_VALUES)
    return found.assign(is_approximate=found["is_approximate"].astype(bool))


_DERIVED_VALUES = """
select
    township_code, unit, input, coalesce(amount, numerator / nullif(denominator, 0)) as value,
    case when denominator is not null then numerator end as numerator, denominator, is_approximate
from pg_temp.derived_input order by township_code, unit, input
"""


def keep_inputs(connection: Connection, rubric: Rubric, period: Period, material: Material) -> None:
    """mart.input_value holds the period's declared inputs of the level as they are now; deputies' are not kept."""
    if rubric.level not in ("township", "group"):
        return
    asked = {"level": rubric.level, "period": period.text}
    connection.execute(text("delete from mart.input_value where level = :level and period = :period"), asked)
    declared = {code for code, entry in inputs_of(rubric.level).items() if code not in load().indicators}
    kept = material.inputs[material.inputs["input"].isin(declared)]
    copy_frame(
        connection,
        "mart.input_value",
        kept.assign(level=rubric.level, period_type=period.kind, period=period.text),
    )


def _statements(folder: str, rubric: Rubric) -> list[Path]:
    return sorted((SQL / folder / rubric.level).glob("*.sql"))


def _read_sources(connection: Connection, rubric: Rubric, panel: pd.DataFrame) -> pd.DataFrame:
    """Where the rubric's inputs were read, gathered by return and sheet, and the panel's entries: SOURCE_COLUMNS."""
    stage(connection, "source", pd.DataFrame(), _SOURCE)
    for statement in _statements("sources", rubric):
        named = ", ".join(_SOURCE)
        body = statement.read_text(encoding="utf-8")
        script = f"insert into pg_temp.source ({named}) select {named} from (\n{body}\n) as m"
        execute(connection, script, {"inputs": list(rubric.inputs)})
    found = query(connection, SQL / "assessment" / "sources.sql")
    entered: list[dict[str, Any]] = panel[panel["input"].isin(rubric.inputs)].to_dict("records")  # type: ignore[assignment]
    said: list[tuple[Any, ...]] = [
        (row["township_code"], row["unit"], row["input"], None, "panel", "评审录入", [int(row["entry_id"])], [])
        for row in entered
    ]
    added = pd.DataFrame(said, columns=list(SOURCE_COLUMNS), dtype=object)
    return pd.concat([found.astype(object), added], ignore_index=True)[list(SOURCE_COLUMNS)]


def _read_files(connection: Connection, sources: pd.DataFrame) -> pd.DataFrame:
    numbers: Sequence[int] = sorted({int(number) for number in sources["submission_id"].dropna()})
    found = query(
        connection,
        f"select {', '.join(FILE_COLUMNS)} from intake.submission where submission_id = any(:numbers)",
        {"numbers": list(numbers)},
    )
    return found[list(FILE_COLUMNS)]


def _parameters(connection: Connection, rubric: Rubric, period: Period) -> dict[str, float]:
    """Figures of law on the period's last day, and the share of the term of office that has passed by then."""
    rows = connection.execute(
        text(
            "select parameter, value from registry.parameter "
            "where :day between valid_from and coalesce(valid_to, 'infinity'::date) order by parameter"
        ),
        {"day": period.last_day},
    )
    found = {str(row.parameter): float(row.value) for row in rows}
    start = rubric.term.start
    if start is None:
        first = connection.scalar(text("select min(period) from pg_temp.current_return"))
        start = Period.parse(first).first_day if first else period.first_day
    months = (period.last_day.year - start.year) * 12 + period.last_day.month - start.month + 1
    whole = rubric.term.years * 12
    return found | {TERM_ELAPSED: min(max(months, 1), whole) / whole}
