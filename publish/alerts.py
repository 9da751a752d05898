"""Alerts that follow from the data: what is missing or went back, what waits for a decision, what could not be sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pandas as pd

from catalogue.periods import Period
from catalogue.rubric import Rubric
from warehouse.connection import Connection
from warehouse.duty import alerts, messages, stakes
from warehouse.duty.alerts import COUNTY, OPERATOR, Found, Settled
from warehouse.duty.concessions import NAMES, list_concessions
from warehouse.duty.explanations import list_explanations
from warehouse.duty.messages import Address

KINDS = ("missing", "returned", "undecided", "undelivered", "unreachable")


def settle_alerts(
    connection: Connection,
    owed: pd.DataFrame,
    reached: dict[str, tuple[Address, ...]],
    rubric: Rubric | None,
    now: datetime,
) -> Settled:
    """The alerts of KINDS are exactly those the data deserve. `owed`: obligations of the months watched."""
    found = [
        *_missing(owed, rubric, now.date()),
        *_returned(connection, owed, rubric),
        *_undecided(connection),
        *_undelivered(connection),
        *_unreachable(owed, reached),
    ]
    return alerts.settle(connection, KINDS, found, now)


def _missing(owed: pd.DataFrame, rubric: Rubric | None, day: date) -> Iterator[Found]:
    points = stakes.points_at_stake(rubric, stakes.everything())
    for row in records(owed):
        if row["state"] == "open" and row["due_on"] is not None and day > row["due_on"]:
            month = Period.parse(row["period"]).chinese
            yield Found(
                kind="missing",
                key=_key(row),
                owner=row["owner"] or COUNTY,
                severity=stakes.severity_of(points),
                title=f"{row['name']} {month}月报逾期未报",
                detail=f"截止日 {row['due_on']}，已过 {(day - row['due_on']).days} 天。请尽快报送，有困难的申请延期。",
                township_code=row["township_code"],
                period=row["period"],
                points=points,
            )


def _returned(connection: Connection, owed: pd.DataFrame, rubric: Rubric | None) -> Iterator[Found]:
    rows = [row for row in records(owed) if row["state"] in ("returned", "rejected")]
    chosen = {id(row): _newest(row) for row in rows}
    shares = stakes.shares_held_back(connection, sorted(set(chosen.values())))
    for row in rows:
        is_whole = row["state"] == "rejected"
        held = stakes.everything() if is_whole else shares.get(chosen[id(row)], {})
        points = stakes.points_at_stake(rubric, held)
        month = Period.parse(row["period"]).chinese
        what = "整份未入库" if is_whole else f"有 {row['hard_findings']} 处必须改正，所在的行未入库"
        yield Found(
            kind="returned",
            key=_key(row),
            owner=row["owner"] or COUNTY,
            severity=stakes.severity_of(points),
            title=f"{row['name']} {month}月报退回待改",
            detail=f"{what}；涉及考评 {points:.1f} 分。请按批注工作簿改正后重新报送。",
            township_code=row["township_code"],
            period=row["period"],
            points=points,
        )


def _newest(row: dict[str, Any]) -> int:
    return int(row["current_submission_id"] if row["state"] == "returned" else row["newest_submission_id"])


def _undecided(connection: Connection) -> Iterator[Found]:
    for row in records(list_concessions(connection, only_asked=True)):
        name, whose = NAMES[row["kind"]], row["township"] or row["township_code"]
        yield Found(
            kind="undecided",
            key=f"concession:{row['concession_id']}",
            owner=COUNTY,
            severity="notable",
            title=f"{whose} {row['first_period']} {name}申请待决定（第 {row['concession_id']} 号）",
            detail=f"{row['asked_by']}：{row['reason']}",
            township_code=row["township_code"],
            period=row["first_period"],
        )
    waiting = list_explanations(connection, only_open=True)
    for code, part in waiting.groupby("township_code"):
        yield Found(
            kind="undecided",
            key=f"explanations:{code}",
            owner=COUNTY,
            severity="minor",
            title=f"{part['township'].iloc[0]} {len(part)} 条说明待核定",
            detail="；".join(f"{row.rule} {row.said}" for row in part.head(5).itertuples(index=False)),
            township_code=str(code),
        )


def _undelivered(connection: Connection) -> Iterator[Found]:
    for state, number in messages.count_stuck(connection).items():
        yield Found(
            kind="undelivered",
            key=state,
            owner=OPERATOR,
            severity="notable",
            title=f"{number} 条消息{'多次发送未成' if state == 'queued' else messages.STATES[state]}",
            detail="用 `taizhang messages` 查看原因；确认对方没有收到的，用 --resend 编号 重发。",
        )


def _unreachable(owed: pd.DataFrame, reached: dict[str, tuple[Address, ...]]) -> Iterator[Found]:
    """Townships without a contact; nobody is missed where the county has given no contacts at all."""
    if not reached:
        return
    names = {row["owner"]: row["name"] for row in records(owed) if row["owner"] and not row["is_exempt"]}
    for code, name in sorted(names.items()):
        if code not in reached:
            yield Found(
                kind="unreachable",
                key=code,
                owner=COUNTY,
                severity="notable",
                title=f"{name}没有联系方式，催报到不了",
                detail="请在联系人表中补上，用 `taizhang contacts 文件.csv` 装入。",
                township_code=code,
            )


def _key(row: dict[str, Any]) -> str:
    return f"{row['form']}:{row['period']}:{row['township_code']}"


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows with None for what is missing."""
    names, columns = [str(name) for name in frame.columns], (frame[name].tolist() for name in frame.columns)
    return [
        {name: None if value is None or value is pd.NaT or value != value else value for name, value in row}  # noqa: PLR0124
        for row in (zip(names, values, strict=True) for values in zip(*columns, strict=True))
    ]
