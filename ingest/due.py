"""The daily look for returns that are missing or came late."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from catalogue import load as load_catalogue
from catalogue.calendar import due_on
from catalogue.periods import Period
from ingest.place import Place
from ingest.summary import SUMMARY
from warehouse.connection import Warehouse


def watch_due(settings: Place, today: str, months: int = 2) -> dict[str, Any]:
    """Who owes what as of the day: the newest ended months, with `subject` and `text` in Chinese.

    `missing` are returns past their due day that have not come, `late` those that came after it, `awaited` those not
    yet due. A return that came once is not missing, whatever became of it.
    """
    day = date.fromisoformat(today)
    ended = Period.month_of(day).shifted(-1)
    parts = [_month(Warehouse(settings.warehouse_url), ended.shifted(-back), day) for back in range(months)]
    late, missing, awaited = ([row for part in parts for row in part[key]] for key in ("late", "missing", "awaited"))
    lines = []
    for part in parts:
        lines.append(f"{part['name']}（{part['due_on']} 前报送）：应报 {part['expected']}，已收 {part['received']}")
        for key, word in (("missing", "逾期未报"), ("late", "迟报"), ("returned", "待改正重报"), ("awaited", "待报")):
            if part[key]:
                lines.append(f"  {word} {len(part[key])}：" + "、".join(row["township"] for row in part[key]))
    subject = f"{today} 催报：逾期未报 {len(missing)}，迟报 {len(late)}，待报 {len(awaited)}"
    return {"subject": subject, "text": "\n".join(lines), "missing": missing, "late": late, "awaited": awaited}


def _month(warehouse: Warehouse, period: Period, day: date) -> dict[str, Any]:
    due = due_on(period, load_catalogue().current_form.due_working_days)
    days = {"period": period.text, "first_day": period.first_day, "last_day": period.last_day}
    owed = warehouse.query(SUMMARY / "due.sql", days)
    came = pd.to_datetime(owed["first_received"])
    missing = came.isna()

    def rows(mask: pd.Series) -> list[dict[str, Any]]:
        return [
            {"township_code": code, "township": name, "period": period.text, "due_on": due.isoformat()}
            for code, name in zip(owed.loc[mask, "township_code"], owed.loc[mask, "township"], strict=True)
        ]

    none = missing & False
    return {
        "name": period.chinese,
        "due_on": due.isoformat(),
        "expected": len(owed),
        "received": int((~missing).sum()),
        "missing": rows(missing if day > due else none),
        "awaited": rows(missing if day <= due else none),
        "late": rows(came.dt.normalize() > pd.Timestamp(due)),
        "returned": rows(owed["status"] == "returned"),
    }
