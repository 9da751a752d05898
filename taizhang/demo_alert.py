"""For the demo: an alert that opens because a return is missing, and closes itself when it has come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from catalogue.calendar import shift_working_days
from publish.alerts import records
from publish.notices import watch
from taizhang.settings import Settings
from warehouse.connection import Warehouse, query
from warehouse.duty.alerts import list_alerts
from warehouse.duty.obligations import read_obligations


def show_alert(settings: Settings, echo: Callable[[str], object]) -> None:
    """Two looks at the newest month: as of a minute before its last return came, then as of now.

    What was received is not touched. Nothing is shown where no return has come.
    """
    with Warehouse(settings.warehouse_url).transaction() as connection:
        newest = query(connection, "select max(period) as period from intake.submission")["period"].iloc[0] or ""
        owed = records(read_obligations(connection, newest, newest, settings.now().date()))
    came = [row for row in owed if row["first_received_at"] is not None]
    if not came:
        return
    last = max(came, key=lambda row: row["first_received_at"])
    morning = datetime.combine(shift_working_days(last["due_on"], 1), time(7, 30))
    opened = watch(settings, morning, as_of=last["first_received_at"] - timedelta(minutes=1))
    closed = watch(settings, max(morning, settings.now()))
    with Warehouse(settings.warehouse_url).transaction() as connection:
        alerts = {row["alert_id"]: row for row in records(list_alerts(connection, only_open=False))}
    mended = [alerts[number] for number in closed["closed"] if number in opened["opened"]]
    for alert in mended[:1]:
        echo(f"预警出现：{alert['title']}（影响考评 {alert['points'] or 0:.0f} 分）")
        echo("预警消除：报表已收到，数据改正，自动关闭")
    still = sum(alert["closed_at"] is None for alert in alerts.values())
    echo(f"预警先后 {len(alerts)} 条，自动消除 {len(alerts) - still} 条，未消除 {still} 条")
