"""Whether the warehouse still holds together: every township in every report, every row read accounted for."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from warehouse.connection import query
from warehouse.duty.alerts import OPERATOR, Found
from warehouse.duty.obligations import DUTY

KINDS = ("township_absent", "conservation")


def unsound(connection: Connection) -> Iterator[Found]:
    """Townships missing from a report they belong in, and returns whose rows do not add up."""
    for row in query(connection, DUTY / "absent.sql").to_dict("records"):
        yield Found(
            kind="township_absent",
            key=f"{row['report']}:{row['period']}:{row['township_code']}",
            owner=OPERATOR,
            severity="serious",
            title=f"{row['period']} 的{row['report']}缺少 {row['township']}",
            detail=f"名录中该乡镇在册，报表里却没有它。请运行 `taizhang rollup {row['period']}`；仍缺少请找维护人员。",
            township_code=row["township_code"],
            period=row["period"],
        )
    for row in query(connection, DUTY / "conservation.sql").to_dict("records"):
        yield Found(
            kind="conservation",
            key=f"{row['submission_id']}:{row['sheet']}",
            owner=OPERATOR,
            severity="serious",
            title=f"第 {row['submission_id']} 号报送“{row['sheet']}”行数不守恒",
            detail=f"登记入库 {row['loaded']} 行、暂存 {row['held_back']} 行，"
            f"数据库中实有 {row['rows_loaded']} 行、{row['rows_held']} 行：有人改动过数据库，请从备份恢复后核对。",
            township_code=row["township_code"],
            period=row["period"],
        )
