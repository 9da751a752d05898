"""Each township's own page: its returns, what is wrong with them and how to mend it, what is open, its indicators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from catalogue import load as load_catalogue
from publish.pages import render_page
from publish.status.alerts import alert_lines
from publish.status.county import Card
from publish.status.findings import Line, read_lines
from publish.status.indicators import Values, indicator_rows, medians_of, read_values
from publish.status.reading import Row, Status, is_unsettled
from publish.status.returned import Returned
from publish.status.tasks import is_overdue, list_tasks
from publish.status.wording import (
    SEVERITIES,
    STATES,
    State,
    chinese_date,
    days_late,
    moment,
    month_heads,
    month_name,
    state_of,
)

_TEMPLATE, _ROOT = "status/township.html", "../"
_KINDS = {"hazard": "隐患", "suggestion": "建议", "petition": "信访"}


@dataclass(frozen=True)
class _Shared:
    """What every township's page draws on."""

    status: Status
    lines: Mapping[int, list[Line]]
    values: Mapping[str, Values]
    medians: Mapping[str, float]
    year: str
    returned: Returned


def township_pages(status: Status, outbox: Path, folder: Path) -> dict[str, bytes]:
    """Path below the folder -> page, for every township that owes something for a month shown or has something open."""
    values, year = read_values(status), (status.month or "")[:4]
    shared = _Shared(
        status,
        lines=read_lines(status),
        values=values,
        medians=medians_of(values, year),
        year=year,
        returned=Returned(outbox, folder),
    )
    return {
        f"township/{row['township_code']}.html": _page(shared, row)
        for row in status.townships
        if row["township_code"] in status.shown
    }


def _page(shared: _Shared, township: Row) -> bytes:
    status, code = shared.status, township["township_code"]
    owed = {row["period"]: row for row in status.owed if row["township_code"] == code}
    returns = [_return(shared, row) for row in status.returns if row["township_code"] == code]
    months = [_month(shared, owed[month], returns) for month in reversed(status.months) if month in owed]
    older = [row for row in owed.values() if row["period"] not in status.months and is_unsettled(row)]
    items = [row for row in status.open_items if row["township_code"] == code]
    alerts = [row for row in status.alerts if code in (row["township_code"], row["owner"])]
    merged = township["valid_to"] is not None and township["valid_to"] < status.now.date()
    return render_page(
        _TEMPLATE,
        root=_ROOT,
        made=f"{chinese_date(status.now.date())} {status.now:%H:%M}",
        township=township,
        ended=_ended(township) if merged else "",
        cards=_cards(status, owed, months),
        tasks=list_tasks(months, items, status.now.date()),
        alerts=alert_lines(status, alerts, _ROOT),
        months=months,
        older=[{"name": month_name(row["period"]), "state": state_of(row, status.now.date())} for row in older],
        open_items=[_item(row, status.now.date()) for row in items],
        heads=month_heads(status.months),
        indicators=_indicators(shared, code),
        year=shared.year,
        reports=[_report(shared, row) for row in status.reports if row["township_code"] == code],
    )


def _ended(township: Row) -> str:
    words = f"{township['name']}自{chinese_date(township['valid_to'])}后不再单独报送"
    return words + (f"，并入{township['successor']}。" if township["successor"] else "。")


def _cards(status: Status, owed: Mapping[str, Row], months: list[dict[str, Any]]) -> list[Card]:
    """The newest month the township owed, and what is open in all months shown."""
    due = [row for period, row in owed.items() if period in status.months and not row["is_exempt"]]
    on_time, accepted = sum(row["is_on_time"] for row in due), sum(row["state"] == "accepted" for row in due)
    late = sum(row["first_received_at"] is not None and not row["is_on_time"] for row in due)
    missing = sum(row["state"] == "open" for row in due)
    hard = sum(month["hard"] for month in months)
    asked = sum(month["unexplained"] for month in months)
    held = sum(row["held_back"] for month in months for row in month["returns"] if row["is_newest"])
    return [
        Card("应报月份", len(due), f"近{len(status.months)}个月"),
        Card("按时", on_time, ""),
        Card("迟报", late, "", "warn" if late else ""),
        Card("未报", missing, "", "bad" if missing else ""),
        Card("受理", accepted, ""),
        Card("必须改正", hard, "处", "bad" if hard else ""),
        Card("请核实未说明", asked, "处", "warn" if asked else ""),
        Card("未入库的行", held, "", "bad" if held else ""),
    ]


def _return(shared: _Shared, row: Row) -> dict[str, Any]:
    """A version as it is listed; the link leads to its annotated workbook where that is in the outbox."""
    word, tone = ("空表", "none") if row["is_empty"] else STATES[row["status"]]
    return {
        "id": int(row["submission_id"]),
        "month": row["period"],
        "version": int(row["version"]),
        "file": row["file_name"],
        "received": moment(row["received_at"]),
        "late": int(row["days_late"] or 0),
        "state": State(word, tone),
        "is_current": row["is_current"],
        "is_newest": row["is_newest"],
        "hard": row["hard_findings"],
        "warnings": row["warnings"],
        "infos": row["infos"],
        "loaded": int(row["loaded"]),
        "held_back": int(row["held_back"]),
        "annotated": shared.returned.workbook(row, shared.status.names[row["township_code"]]),
    }


def _month(shared: _Shared, owed: Row, returns: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    status, month = shared.status, owed["period"]
    mine = [row for row in returns if row["month"] == month]
    newest = next((row for row in mine if row["is_newest"]), None)
    counted = {row["sheet"]: row["held_back"] for row in status.held_back.get(newest["id"], ())} if newest else {}
    sheets = load_catalogue().current_form.sheets
    held = [f"{sheet.label} {counted[sheet.code]} 行" for sheet in sheets if sheet.code in counted]
    lines = shared.lines.get(newest["id"], []) if newest else []
    return {
        "id": f"m{month}",
        "name": month_name(month),
        "state": state_of(owed, status.now.date()),
        "due": chinese_date(owed["due_on"]) + ("（已延期）" if owed["is_extended"] else ""),
        "late": days_late(owed, status.now.date()),
        "returns": mine,
        "newest": newest,
        "lines": lines,
        "counts": {word: sum(line.severity == severity for line in lines) for severity, word in SEVERITIES.items()},
        "hard": sum(line.severity == "hard" for line in lines),
        "unexplained": int(owed["unexplained"]) if newest and newest["is_current"] else 0,
        "held": "，".join(held),
        "is_open": is_unsettled(owed) or (bool(lines) and month == status.month),
    }


def _item(row: Row, day: date) -> dict[str, Any]:
    is_late = is_overdue(row, day)
    return {
        "kind": _KINDS[row["kind"]],
        "number": row["item_no"] or "",
        "title": row["title"] or "",
        "since": chinese_date(row["since"]),
        "due": chinese_date(row["due_on"]),
        "state": row["state"] + ("（已逾期）" if is_late else ""),
        "tone": "bad" if is_late else "wait",
        "month": month_name(row["period"]),
    }


def _report(shared: _Shared, row: Row) -> dict[str, Any]:
    found = shared.status.report_findings.get(row["file_name"], [])
    titles = load_catalogue().rules
    return {
        "title": row["title"] or row["file_name"],
        "period": row["period"] or "—",
        "received": moment(row["received_at"]),
        "facts": row["facts"],
        "page": shared.returned.report(row["document_id"]),
        "findings": [f"{one['rule']} {titles[one['rule']].title}：{one['message']}" for one in found],
    }


def _indicators(shared: _Shared, code: str) -> list[dict[str, Any]]:
    months = shared.status.months
    return indicator_rows(shared.values.get(code, {}), shared.medians, months) if months else []
