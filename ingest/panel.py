"""The panel's list: what a rubric needs that no return carries, as a CSV file to fill in and take back."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from catalogue.errors import Refusal
from catalogue.inputs import Level, RubricInput, inputs_of
from catalogue.periods import Period
from catalogue.rubric import Rubric
from warehouse.assessment import list_units
from warehouse.assessment.panel import ENTRY_COLUMNS, add_entries, standing_entries
from warehouse.connection import Warehouse

HEADER = ("行政区划代码", "单位", "名称", "统计期", "指标代码", "指标", "填写要求", "数值", "依据")
NEEDED = ("行政区划代码", "单位", "统计期", "指标代码", "数值", "依据")  # columns read back


class Place(Protocol):
    """What the panel's list needs to know of the settings."""

    @property
    def warehouse_url(self) -> str: ...


def write_list(settings: Place, rubric: Rubric, period: Period, output: Path) -> int:
    """The list of what the panel enters for the period is at `output` (CSV, UTF-8 with mark), with what is entered.

    Returns how many figures are still open. Raises Refusal when nobody is to be assessed or the file cannot be written.
    """
    declared = inputs_of(rubric.level)
    asked = [declared[code] for code in rubric.inputs if declared[code].evidence == "panel"]
    with Warehouse(settings.warehouse_url).transaction() as connection:
        units = list_units(connection, rubric.level, period)
        standing = standing_entries(connection, rubric.level, period.text)
    entered = {(row["township_code"], row["unit"], row["input"]): row for row in standing.to_dict("records")}
    lines = [
        _line(unit, period, wanted, entered.get((unit["township_code"], unit["unit"], wanted.code), {}))
        for unit in units.to_dict("records")
        for wanted in asked
    ]
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *lines])
    try:
        output.write_text("\ufeff" + text.getvalue(), encoding="utf-8", newline="")
    except OSError as error:
        raise Refusal(f"{output} 无法写入（{error.strerror}）：请换一个位置。") from None
    return sum(line[-2] == "" for line in lines)


def _line(unit: dict[Any, Any], period: Period, wanted: RubricInput, entry: dict[Any, Any]) -> list[str]:
    value = entry.get("value")
    rule = f"{wanted.value or ''}；未填视为{wanted.default:g}" if wanted.default is not None else wanted.value or ""
    shown = "" if value is None or math.isnan(value) else f"{value:g}"
    own = [unit["township_code"], unit["unit"], unit["name"], period.text, wanted.code, wanted.label, rule]
    return [*own, shown, entry.get("evidence") or ""]


def take_list(settings: Place, level: Level, file: Path, person: str) -> dict[str, int]:
    """The filled-in lines of the file stand as the panel's entries under the person's name; how many, how many new.

    Lines without a value are left alone; a value of “撤销” takes an earlier entry back. All or nothing: raises Refusal
    naming the line that cannot be used.
    """
    rows = _rows(file)
    with Warehouse(settings.warehouse_url).transaction() as connection:
        known: dict[str, set[tuple[str, str]]] = {}
        entries = []
        for line, row in rows:
            entry = _entry(level, line, row)
            if level != "village":  # villages are those the panel names
                period = entry["period"]
                if period not in known:
                    units = list_units(connection, level, Period.parse(period))
                    known[period] = set(zip(units["township_code"], units["unit"], strict=True))
                if (entry["township_code"], entry["unit"]) not in known[period]:
                    raise Refusal(f"第 {line} 行：{period} 没有单位 {entry['township_code']} {entry['unit']}，请核对。")
            entries.append(entry)
        new = add_entries(connection, pd.DataFrame(entries, columns=list(ENTRY_COLUMNS)), person) if entries else 0
    return {"entries": len(entries), "new": new}


def _rows(file: Path) -> list[tuple[int, dict[str, str]]]:
    """The lines with a value, with their numbers."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Refusal(f"{file} 无法读取（{error.strerror}）：请检查路径。") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refusal(f"{file} 不是 UTF-8 或 GB18030 文本：请另存为 CSV UTF-8。")
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise Refusal(f"{file} 缺少 {'、'.join(missing)} 列：请用 taizhang panel 生成的表填写。")
    rows = [{key: (row[key] or "").strip() for key in NEEDED} for row in reader]
    return [(number, row) for number, row in enumerate(rows, start=2) if row["数值"]]


def _entry(level: Level, line: int, row: dict[str, str]) -> dict[str, Any]:
    declared = inputs_of(level).get(row["指标代码"])
    if declared is None or declared.evidence != "panel":
        raise Refusal(f"第 {line} 行：“{row['指标代码']}”不是由评审录入的指标，请核对指标代码。")
    if not row["依据"]:
        raise Refusal(f"第 {line} 行：请写明依据。")
    if not row["单位"] or not row["行政区划代码"]:
        raise Refusal(f"第 {line} 行：请写明行政区划代码和单位。")
    value = None if row["数值"] == "撤销" else _number(row["数值"])
    if value is not None and (math.isnan(value) or value < 0):
        raise Refusal(f"第 {line} 行：数值“{row['数值']}”应是不小于 0 的数，或“撤销”。")
    return {
        "level": level,
        "township_code": row["行政区划代码"],
        "unit": row["单位"],
        "period": Period.parse(row["统计期"]).text,
        "input": declared.code,
        "value": value,
        "evidence": row["依据"],
    }


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan
