"""What loaded returns still await, so that an interruption after the load loses none of the later steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from sqlalchemy import Connection, text

from warehouse.connection import Warehouse

Step = Literal["county_rules", "return"]


def leave(connection: Connection, step: Step, submission_ids: Iterable[int]) -> None:
    """The submissions await the step once the caller commits; call it in the transaction of the load."""
    connection.execute(text(_LEAVE), {"step": step, "submissions": [int(number) for number in submission_ids]})


def awaiting(connection: Connection, step: Step) -> list[int]:
    """The submissions that await the step, in order."""
    statement = text("select submission_id from intake.awaiting where step = :step order by submission_id")
    return list(connection.execute(statement, {"step": step}).scalars())


def finish(connection: Connection, step: Step, submission_ids: Iterable[int]) -> None:
    """The submissions no longer await the step once the caller commits."""
    connection.execute(text(_FINISH), {"step": step, "submissions": [int(number) for number in submission_ids]})


def has_unfinished(warehouse: Warehouse) -> bool:
    """Whether any submission or narrative report awaits any step."""
    return bool(warehouse.query(_UNFINISHED)["found"].iloc[0])


_UNFINISHED = """
select exists (select from intake.awaiting) or exists (select from narrative.awaiting) as found
"""

_LEAVE = """
insert into intake.awaiting (submission_id, step)
select unnest(cast(:submissions as bigint[])), :step
on conflict do nothing
"""

_FINISH = "delete from intake.awaiting where step = :step and submission_id = any(cast(:submissions as bigint[]))"
