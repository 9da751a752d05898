"""The county's pages: the entrance speaks of the newest month and of everything open, older months have one each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from catalogue import load as load_catalogue
from catalogue.models import Rule
from publish.pages import render_page
from publish.status.alerts import alert_lines
from publish.status.figures import BAD, GOOD, LATE, Series, draw_columns
from publish.status.reading import Row, Status
from publish.status.wording import (
    SEVERITIES,
    chinese_date,
    days_late,
    moment,
    month_heads,
    month_name,
    shade,
    share,
    state_of,
)
from publish.status.writing import ENTRANCE

_TEMPLATE = "status/county.html"
_FOLDER = "../"
_FEW = 8  # findings of a rule in a month up to which no month is shaded as its worst


@dataclass(frozen=True)
class Card:
    """A figure on top of the page."""

    label: str
    value: int
    note: str
    tone: str = ""


def county_pages(status: Status) -> dict[str, bytes]:
    """Path below the folder -> page."""
    pages = {ENTRANCE: _page(status, status.month, is_entrance=True)}
    for month in status.months[:-1]:
        pages[f"month/{month}.html"] = _page(status, month, is_entrance=False)
    return pages


def month_link(status: Status, month: str) -> str:
    """Where below the folder the month is."""
    return ENTRANCE if month == status.month else f"month/{month}.html"


def _page(status: Status, month: str | None, *, is_entrance: bool) -> bytes:
    root = "" if is_entrance else _FOLDER
    months = [
        {"name": month_name(one), "link": root + month_link(status, one), "is_here": one == month}
        for one in reversed(status.months)
    ]
    shared: dict[str, Any] = {
        "root": root,
        "made": f"{chinese_date(status.now.date())} {status.now:%H:%M}",
        "is_entrance": is_entrance,
        "months": months,
        "month": _month(status, month, root) if month else None,
        "matrix": _matrix(status, month, root) if month else None,
    }
    if not is_entrance:
        return render_page(_TEMPLATE, **shared)
    return render_page(
        _TEMPLATE,
        **shared,
        alerts=alert_lines(status, status.alerts, root),
        rates=_rates(status),
        pictures=_pictures(status),
        trends=_trends(status),
        grid=_grid(status),
        unidentified=[dict(row) | {"received": moment(row["received_at"])} for row in status.unidentified],
        heads=month_heads(status.months),
    )


def _month(status: Status, month: str, root: str) -> dict[str, Any]:
    rows = status.owed_in(month)
    rate = status.rates.get(month)
    due = rate["due_on"] if rate else None
    return {
        "name": month_name(month),
        "due": chinese_date(due),
        "is_over": due is not None and status.now.date() > due,
        "cards": _cards(rate, rows, status) if rate else [],
        "rows": [_owed(status, row, root) for row in rows],
    }


def _cards(rate: Row, rows: list[Row], status: Status) -> list[Card]:
    expected, received, on_time = rate["expected"], rate["received"], rate["on_time"]
    overdue = sum(row["state"] == "open" and state_of(row, status.now.date()).tone == "bad" for row in rows)
    missing = f"逾期 {overdue}，待报 {rate['missing'] - overdue}" if rate["missing"] else ""
    unexplained = sum(row["unexplained"] for row in rows)
    exempt = f"另免报 {rate['exempt']}" if rate["exempt"] else ""
    return [
        Card("应报", expected, exempt),
        Card("已报", received, share(received, expected)),
        Card("按时", on_time, share(on_time, expected)),
        Card("迟报", received - on_time, share(received - on_time, expected), "warn" if received > on_time else ""),
        Card("未报", rate["missing"], missing, "bad" if rate["missing"] else ""),
        Card("受理", rate["accepted"], share(rate["accepted"], expected)),
        Card("退回", rate["returned"], share(rate["returned"], expected), "bad" if rate["returned"] else ""),
        Card("拒收", rate["rejected"], share(rate["rejected"], expected), "bad" if rate["rejected"] else ""),
        Card("请核实未说明", int(unexplained), "处", "warn" if unexplained else ""),
    ]


def _owed(status: Status, row: Row, root: str) -> dict[str, Any]:
    newest = status.newest.get((row["township_code"], row["period"]))
    is_used = newest is not None and newest["submission_id"] == row["current_submission_id"]
    return {
        "code": row["township_code"],
        "name": row["name"],
        "link": f"{root}township/{row['township_code']}.html#m{row['period']}",
        "state": state_of(row, status.now.date()),
        "received": moment(row["first_received_at"]),
        "due": chinese_date(row["due_on"]) + ("（已延期）" if row["is_extended"] else ""),
        "late": days_late(row, status.now.date()),
        "versions": row["versions"],
        "hard": newest["hard_findings"] if newest else None,
        "warnings": newest["warnings"] if newest else None,
        "unexplained": int(row["unexplained"]) if is_used else None,
        "held_back": int(newest["held_back"]) if newest else None,
    }


def _counts(status: Status, month: str) -> dict[str, Counter[str]]:
    """Township code -> findings by rule in what came newest for the month."""
    return {
        code: Counter(row["rule"] for row in status.findings.get(newest["submission_id"], ()))
        for (code, period), newest in status.newest.items()
        if period == month
    }


def _order(found: set[str]) -> list[Rule]:
    return [rule for code, rule in load_catalogue().rules.items() if code in found]


def _matrix(status: Status, month: str, root: str) -> dict[str, Any]:
    """Townships by rules: how many findings stand in what came newest."""
    counts = _counts(status, month)
    rules = _order({rule for counter in counts.values() for rule in counter})
    rows = []
    for owed in status.owed_in(month):
        code = owed["township_code"]
        counter = counts.get(code)
        counted = [counter[rule.id] for rule in rules] if counter is not None else []
        rows.append(
            {
                "name": owed["name"],
                "link": f"{root}township/{code}.html#m{month}",
                "cells": [{"count": count, "shade": shade(count)} for count in counted],
                "total": sum(counter.values()) if counter is not None else None,
                "state": state_of(owed, status.now.date()).word,
            }
        )
    totals = [sum(counter[rule.id] for counter in counts.values()) for rule in rules]
    concerned = [sum(counter[rule.id] > 0 for counter in counts.values()) for rule in rules]
    return {
        "rules": [
            {"id": rule.id, "title": rule.title, "grade": _grade(rule), "total": total, "townships": part}
            for rule, total, part in zip(rules, totals, concerned, strict=True)
        ],
        "rows": rows,
        "total": sum(totals),
    }


def _grade(rule: Rule) -> str:
    return SEVERITIES.get(rule.severity, "提示")


def _rates(status: Status) -> list[dict[str, Any]]:
    """A row per month; None where the month was neither declared due nor reported."""
    rows = []
    for month in reversed(status.months):
        rate = status.rates.get(month)
        late = rate["received"] - rate["on_time"] if rate else 0
        rows.append(
            {"name": month_name(month), "link": month_link(status, month), "rate": rate, "late": late}
            | ({"due": chinese_date(rate["due_on"]), "share": share(rate["on_time"], rate["expected"])} if rate else {})
        )
    return rows


def _severities(status: Status) -> dict[str, list[int]]:
    """Severity -> findings by month in what came newest."""
    counts: dict[str, Counter[str]] = {severity: Counter() for severity in SEVERITIES}
    for (_, period), newest in status.newest.items():
        for row in status.findings.get(newest["submission_id"], ()):
            counts[row["severity"]][period] += 1
    return {severity: [counter[month] for month in status.months] for severity, counter in counts.items()}


def _pictures(status: Status) -> list[dict[str, Any]]:
    if not status.months:
        return []
    heads = month_heads(status.months)
    rates = [status.rates.get(month) for month in status.months]
    came = (
        Series("按时", GOOD, [rate["on_time"] if rate else None for rate in rates]),
        Series("迟报", LATE, [rate["received"] - rate["on_time"] if rate else None for rate in rates]),
        Series("未报", BAD, [rate["missing"] if rate else None for rate in rates]),
    )
    found = _severities(status)
    colours = {"hard": BAD, "warn": LATE}
    problems = [Series(label, colours[severity], found[severity]) for severity, label in SEVERITIES.items()]
    drawn = (("came", "各月报送（个）", came), ("problems", "各月问题（处，按最新一版）", problems))
    return [
        {"caption": title, "picture": Markup(draw_columns(name, heads, series, title=title))}  # noqa: S704  (ours)
        for name, title, series in drawn
    ]


def _trends(status: Status) -> list[dict[str, Any]]:
    """A row per rule: findings by month in what came newest, the frequent ones first."""
    by_month = {month: sum(_counts(status, month).values(), Counter()) for month in status.months}
    rules = _order({rule for counter in by_month.values() for rule in counter})
    rows: list[dict[str, Any]] = []
    for rule in rules:
        counts = [by_month[month][rule.id] for month in status.months]
        most = max(_FEW, *counts)
        cells = [{"count": count, "shade": -(-4 * count // most)} for count in counts]
        rows.append({"id": rule.id, "title": rule.title, "grade": _grade(rule), "cells": cells, "total": sum(counts)})
    return sorted(rows, key=lambda row: -row["total"])


def _grid(status: Status) -> list[dict[str, Any]]:
    """Townships by months: the state of every return."""
    owed = {(row["township_code"], row["period"]): row for row in status.owed}
    rows = []
    for township in status.townships:
        code = township["township_code"]
        cells: list[dict[str, Any] | None] = []
        for month in status.months:
            row = owed.get((code, month))
            late = days_late(row, status.now.date()) if row and row["first_received_at"] is not None else 0
            state = state_of(row, status.now.date()) if row else None
            cells.append({"state": state, "word": state.word[-2:], "late": late} if state else None)
        if any(cells):
            rows.append({"name": township["name"], "link": f"township/{code}.html", "cells": cells})
    return rows
