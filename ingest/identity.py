"""Whose return a file is, of which month, and whether it may be taken at all: rules F01 to F10."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from catalogue import Catalogue, Form
from catalogue.calendar import due_on
from catalogue.findings import empty_findings, shape_findings
from catalogue.periods import Period
from catalogue.register import Register, Township
from catalogue.returns import ReturnBatch

Item = dict[Hashable, Any]
REJECTING = ("F01", "F02", "F03", "F04", "F05")


def find_township(register: Register, code: str, period: Period | None) -> Township | None:
    """The township of that code that is valid on a day of the month, the latest such interval; any when no month."""
    found = [item for item in register.townships if item.code == code]
    if period is not None:
        found = [
            item
            for item in found
            if item.valid_from <= period.last_day and (item.valid_to is None or item.valid_to >= period.first_day)
        ]
    return found[-1] if found else None


def identify(batch: ReturnBatch, register: Register | None, catalogue: Catalogue) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(one row per return: return_no, township_code, period, kind, due_on; file findings F01 to F09).

    township_code and period are None unless the register knows the township in that month: such a return cannot be
    told to be of a township and month. Without a register the code is taken as it is (a dry run).
    """
    form = catalogue.current_form
    found: list[Item] = []
    rows: list[Item] = []
    covers = set(batch.sheets["cover"]["return_no"])
    names = dict(zip(batch.sheets["cover"]["return_no"], batch.sheets["cover"]["township_name"], strict=True))
    versions = dict(zip(batch.sheets["cover"]["return_no"], batch.raw["cover"]["form_version"], strict=True))
    for item in batch.returns.to_dict("records"):
        row: Item = {
            "return_no": item["return_no"],
            "township_code": None,
            "period": None,
            "kind": None,
            "due_on": None,
        }
        rows.append(row)
        if not item["readable"] or item["return_no"] not in covers:
            continue
        period = _period(item, found)
        township = _township(item, period, register, found)
        _version(item, versions[item["return_no"]], catalogue, found)
        code = township.code if township else (item["township_code"] if register is None else None)
        if period is not None and code:
            row |= {"township_code": code, "period": period.text, "due_on": due_on(period, form.due_working_days)}
        if township is not None:
            row["kind"] = township.kind
            name = names.get(item["return_no"])
            if isinstance(name, str) and not township.is_called(name):
                found.append(_finding(item, "F06", "township_name", name, township.name))
    findings = shape_findings(pd.DataFrame(found)) if found else empty_findings()
    table = pd.DataFrame(rows, columns=["return_no", "township_code", "period", "kind", "due_on"]).astype("object")
    return table, pd.concat([findings, _structure(batch, form)], ignore_index=True)


def late_findings(
    returns: pd.DataFrame,
    identity: pd.DataFrame,
    later: Collection[int],
    granted: Mapping[tuple[str, str], date],
) -> pd.DataFrame:
    """F10 for first versions received after their due day, or after the day granted to the township for the month.

    `later` names the returns that are no first versions.
    """
    table = identity.merge(returns[["return_no", "received_at"]], on="return_no").dropna(subset=["due_on"])
    found = [
        {
            "return_no": row["return_no"],
            "rule": "F10",
            "observed": f"{row['received_at']:%Y-%m-%d}",
            "expected": str(row["due_on"]),
        }
        for row in table.to_dict("records")
        if row["return_no"] not in later
        and row["received_at"].date() > max(row["due_on"], granted.get((row["township_code"], row["period"]), date.min))
    ]
    return shape_findings(pd.DataFrame(found)) if found else empty_findings()


def open_file_rules(batch: ReturnBatch, identity: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """return_no, rule, rows: file rules that a readable file leaves open for want of cover, code, name or month."""
    broken = set(zip(findings["return_no"], findings["rule"], strict=True))
    covers = set(batch.sheets["cover"]["return_no"])
    named = set(batch.sheets["cover"].dropna(subset=["township_name"])["return_no"])
    due = set(identity.dropna(subset=["due_on"])["return_no"])
    found: list[tuple[int, str]] = []
    for number in batch.returns.loc[batch.returns["readable"], "return_no"]:
        unknown = (number, "F02") in broken
        if number not in covers:
            found += [(number, rule) for rule in ("F02", "F03", "F05")]
        elif (number, "F03") in broken and not unknown:
            found.append((number, "F02"))  # whether the code is valid in the month
        if unknown or number not in named:
            found.append((number, "F06"))
        if number not in due:
            found.append((number, "F10"))
    return pd.DataFrame(found, columns=["return_no", "rule"]).assign(rows=1)


def _finding(item: Item, rule: str, field: str, observed: object, expected: str) -> Item:
    shown = observed if isinstance(observed, str) and observed else "空"
    return {
        "return_no": item["return_no"],
        "rule": rule,
        "sheet": "cover",
        "field": field,
        "observed": shown,
        "expected": expected,
    }


def _period(item: Item, found: list[Item]) -> Period | None:
    text, raw = item["period"], item["period_raw"]
    received: date = item["received_at"].date()
    if not isinstance(text, str):
        reason = "不是有效的年月" if isinstance(raw, str) else "没有填写"
        found.append(_finding(item, "F03", "period", raw, reason))
        return None
    period = Period.parse(text)
    if period.first_day > received:
        found.append(_finding(item, "F03", "period", raw, f"收到文件时（{received}）该月尚未开始"))
        return None
    return period


def _township(item: Item, period: Period | None, register: Register | None, found: list[Item]) -> Township | None:
    code = item["township_code"]
    if not isinstance(code, str):
        found.append(_finding(item, "F02", "township_code", None, "没有填写"))
        return None
    if register is None:
        return None
    township = find_township(register, code, period)
    if township is None:
        known = find_township(register, code, None) is not None
        reason = "该代码在本报送期无效（已撤并或尚未设立）" if known else "不在乡镇名录中"
        found.append(_finding(item, "F02", "township_code", code, reason))
    return township


def _version(item: Item, raw: object, catalogue: Catalogue, found: list[Item]) -> None:
    version = item["form_version"]
    if not isinstance(raw, str):
        found.append(_finding(item, "F05", "form_version", None, "没有填写"))
    elif pd.isna(version) or int(version) not in catalogue.forms or int(version) != version:
        known = "、".join(str(number) for number in sorted(catalogue.forms))
        found.append(_finding(item, "F05", "form_version", raw, f"现行版本为 {known}"))


def _structure(batch: ReturnBatch, form: Form) -> pd.DataFrame:
    """The reader's own findings on file and sheets, with the field each missing column stands for."""
    frame = batch.structure
    if frame.empty:
        return empty_findings()
    codes = {(sheet.code, field.label): field.code for sheet in form.sheets for field in sheet.fields}
    labels = frame["observed"].where(frame["rule"].isin(["F08", "F09"]))
    pairs = zip(frame["sheet"], labels, strict=True)
    fields = pd.Series([codes.get(pair) for pair in pairs], index=frame.index, dtype="object")
    found = frame.assign(field=fields, expected=frame["detail"])
    return shape_findings(found[["return_no", "rule", "sheet", "field", "observed", "expected"]])
