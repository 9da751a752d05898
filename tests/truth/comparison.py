"""Holds what the platform says of a county against the county's known truth (truth/README.md of a simulated county)."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

FILE_RULES = ("F01", "F02", "F03", "F04", "F05")
NOT_LISTED = ("C07", "P07", "P08", "P09")
Key = tuple[str, str, str]


@dataclass
class Differences:
    """What is expected and not said, and what is said and not expected; both empty when all agrees."""

    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra)

    def __str__(self) -> str:
        return "\n".join(["missing:", *self.missing, "extra:", *self.extra])


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a truth file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def compare_findings(truth: Path, said: Iterable[dict[str, object]]) -> Differences:
    """`said`: file, rule, severity, sheet (label), row (or None) of every finding."""
    expected = read_table(truth / "expected_findings.csv")
    rejected = {row["file"] for row in read_table(truth / "expected_status.csv") if row["status"] == "rejected"}
    broken = {(row["file"], row["sheet"]) for row in expected if row["rule"] == "F09"}
    found: dict[Key, str] = {}
    for item in said:
        rule, file = str(item["rule"]), str(item["file"])
        if item["severity"] == "info" or rule in NOT_LISTED:
            continue
        if file in rejected and rule not in FILE_RULES:
            continue
        if (file, item["sheet"]) in broken and rule != "F09":
            continue
        found[(file, rule, str(item["row"] or ""))] = str(item["sheet"])
    by_rule: dict[tuple[str, str], set[Key]] = {}
    for key in found:
        by_rule.setdefault(key[:2], set()).add(key)
    result = Differences()
    matched: set[Key] = set()
    for row in expected:
        if row["file"] in rejected and row["rule"] not in FILE_RULES:
            continue
        hits = _hits(row, by_rule.get((row["file"], row["rule"]), set()))
        matched |= hits
        if not hits and row["scored"] == "yes":
            result.missing.append(
                f"{row['file']} {row['rule']} {row['sheet']} row {row['row']} {row['field']} {row['note']}"
            )
    for key in sorted(set(found) - matched):
        result.extra.append(f"{' '.join(key[:2])} {found[key]} row {key[2]}")
    return result


def _hits(row: dict[str, str], found: set[Key]) -> set[Key]:
    """Of what was found in the row's file under its rule."""
    if not row["row"]:
        return found
    lines = [row["row"], *(part for part in row["alt_rows"].replace(";", " ").replace(",", " ").split() if part)]
    return {(row["file"], row["rule"], line) for line in lines} & found


def compare_statuses(truth: Path, said: dict[str, dict[str, object]]) -> Differences:
    """`said`: file -> status, version, is_current, days_late, due_on and loaded_X, held_X by sheet code."""
    result = Differences()
    for row in read_table(truth / "expected_status.csv"):
        mine = said.get(row["file"])
        if mine is None:
            result.missing.append(f"{row['file']} is not registered")
            continue
        for name in row:
            if name in ("file", "received_at", "township_code", "period") or row[name] == "":
                continue
            if name == "due_on" and not row["version"]:
                continue
            value = mine.get("is_current" if name == "current" else name)
            text = (
                {True: "yes", False: "no", None: "0"}.get(value, str(value))
                if not isinstance(value, int) or isinstance(value, bool)
                else str(value)
            )
            if text != row[name]:
                result.missing.append(f"{row['file']} {name}: expected {row[name]}, got {text}")
    return result


def compare_values(truth: Path, said: dict[tuple[str, str, str], dict[str, object]]) -> Differences:
    """`said`: (township_code, period, indicator) -> value, numerator, denominator, is_approximate."""
    result = Differences()
    for row in read_table(truth / "indicator_values.csv"):
        if row["scored"] != "yes":
            continue
        key = (row["township_code"], row["period"], row["indicator"])
        mine = said.get(key)
        if mine is None:
            result.missing.append(f"{key} has no row")
            continue
        for name in ("value", "numerator", "denominator"):
            if not _same(row[name], mine[name]):
                result.missing.append(f"{key} {name}: expected {row[name] or 'NULL'}, got {mine[name]}")
        if (row["is_approximate"] == "yes") != bool(mine["is_approximate"]):
            result.missing.append(
                f"{key} is_approximate: expected {row['is_approximate']}, got {mine['is_approximate']}"
            )
    return result


def _same(expected: str, value: object) -> bool:
    if expected == "" or value is None:
        return expected == "" and (value is None or value != value)
    return math.isclose(float(expected), float(str(value)), abs_tol=1.5e-6)
