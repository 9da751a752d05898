"""A county's status made by hand, for tests of its pages: rows as the warehouse has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd

from catalogue.calendar import due_on
from catalogue.explanations import Standing
from catalogue.periods import Period
from catalogue.returns import PLACE_COLUMNS
from publish.status.reading import Row, Status


@dataclass
class MadeCounty:
    """Rows gathered one by one; `status` gives what read_status would. The months end two before the running one."""

    now: datetime
    months: tuple[str, ...]
    townships: list[Row] = field(default_factory=list)
    owed: list[Row] = field(default_factory=list)
    returns: list[Row] = field(default_factory=list)
    alerts: list[Row] = field(default_factory=list)
    findings: dict[int, list[Any]] = field(default_factory=dict)
    places: list[tuple[Any, ...]] = field(default_factory=list)
    standings: dict[int, dict[str, Standing]] = field(default_factory=dict)
    held_back: dict[int, list[Row]] = field(default_factory=dict)
    values: list[tuple[Any, ...]] = field(default_factory=list)
    open_items: list[Row] = field(default_factory=list)
    unidentified: list[Row] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)

    def township(self, code: str, name: str, **changed: Any) -> str:
        """A township that stands."""
        row = {"township_code": code, "name": name, "kind": "镇", "valid_to": None, "successor_code": None}
        self.townships.append(row | {"successor": None} | changed)
        return code

    def owes(self, code: str, month: str, state: str = "open", **changed: Any) -> Row:
        """An obligation; accepted and returned ones came on the due day as the submission numbered by how many came."""
        due = due_on(Period.parse(month), 5)
        came = datetime.combine(due, time(9)) if state not in ("open", "exempt") else None
        number = len(self.returns) + 1
        row: Row = {
            "form": "monthly",
            "period": month,
            "township_code": code,
            "name": next(one["name"] for one in self.townships if one["township_code"] == code),
            "due_on": due,
            "is_extended": False,
            "is_exempt": state == "exempt",
            "first_received_at": came,
            "is_on_time": came is not None,
            "versions": int(came is not None),
            "current_submission_id": number if came and state != "rejected" else None,
            "state": state,
            "unexplained": 0,
        } | changed
        self.owed.append(row)
        if came is not None:
            self._receive(row, number, state)
        return row

    def _receive(self, row: Row, number: int, state: str) -> None:
        self.returns.append(
            {
                "submission_id": number,
                "township_code": row["township_code"],
                "period": row["period"],
                "version": 1,
                "status": state,
                "is_current": state != "rejected",
                "received_at": row["first_received_at"],
                "days_late": max(0, (row["first_received_at"].date() - row["due_on"]).days),
                "file_name": f"{row['period']}/{number}.xlsx",
                "hard_findings": 0,
                "warnings": 0,
                "infos": 0,
                "loaded": 20,
                "held_back": 0,
                "is_empty": False,
                "is_newest": True,
            }
        )

    def finding(self, number: int, rule: str, severity: str, **changed: Any) -> None:
        """A finding of the submission in cell C7 of its sheet 隐患整改."""
        place = {"sheet": "hazard", "excel_row": 7, "field": "rectify_by", "row_key": "1"}
        words = {"observed": "甲", "expected": "乙", "message": "不一致。", "is_personal": False}
        row = {"submission_id": number, "rule": rule, "severity": severity} | place | words | changed
        self.findings.setdefault(number, []).append(row)
        self.places.append((number, "hazard", "隐患整改", "rectify_by", 3, 1))
        sent = self.returns[number - 1]
        sent["hard_findings" if severity == "hard" else "warnings"] += 1

    def alert(self, kind: str, code: str | None, **changed: Any) -> None:
        """An open alert."""
        row = {"alert_id": len(self.alerts) + 1, "kind": kind, "severity": "serious", "township_code": code}
        words = {"title": "有一件事", "detail": "", "points": 1.5, "first_seen": self.now, "taken_by": None}
        self.alerts.append(row | words | {"owner": code or "county"} | changed)

    def status(self) -> Status:
        """What the pages are made of."""
        return Status(
            now=self.now,
            months=self.months,
            rates={month: self._rate(month) for month in self.months if month not in self.unknown},
            townships=tuple(self.townships),
            owed=tuple(self.owed),
            returns=tuple(self.returns),
            unidentified=tuple(self.unidentified),
            alerts=tuple(self.alerts),
            findings=self.findings,
            layout=pd.DataFrame(self.places, columns=list(PLACE_COLUMNS)),
            standings=self.standings,
            held_back=self.held_back,
            values=pd.DataFrame(self.values, columns=["code", "period", "indicator", "value", "rough"]),
            open_items=tuple(self.open_items),
            reports=(),
            report_findings={},
        )

    def _rate(self, month: str) -> Row:
        rows = [row for row in self.owed if row["period"] == month]
        due = [row for row in rows if not row["is_exempt"]]
        states = {word: sum(row["state"] == word for row in due) for word in ("accepted", "returned", "rejected")}
        return states | {
            "period": month,
            "due_on": due_on(Period.parse(month), 5),
            "expected": len(due),
            "exempt": len(rows) - len(due),
            "received": sum(row["first_received_at"] is not None for row in due),
            "on_time": sum(row["is_on_time"] for row in due),
            "missing": sum(row["state"] == "open" for row in due),
        }


def newest_months(count: int) -> tuple[str, ...]:
    """So many months that ended before the running one, oldest first."""
    last = Period.month_of(date.today()).shifted(-1)
    return tuple(last.shifted(-back).text for back in reversed(range(count)))


def made(months: tuple[str, ...], days: int = 0) -> MadeCounty:
    """A county without townships, so many days after the due day of its newest month."""
    due = due_on(Period.parse(months[-1]), 5) if months else date.today()
    return MadeCounty(datetime.combine(due + timedelta(days=days), time(10)), months)
