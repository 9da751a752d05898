"""What townships and the county say about warnings: recorded beside the findings, carried on, accepted or refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from catalogue.errors import Refusal
from catalogue.explanations import LONGEST, Said, Standing
from warehouse.connection import execute, query
from warehouse.copying import stage
from warehouse.duty.obligations import DUTY
from warehouse.lifecycle.audit import append

FROM_WORKBOOK = "workbook"
STATES = {
    "unexplained": "未说明",
    "changed": "数值已变，请重新说明",
    "open": "待县核定",
    "accepted": "县已认可",
    "refused": "县未认可",
}
_TYPES = {
    "submission_id": "bigint",
    "line": "integer",
    "key": "text",
    "rule": "text",
    "message": "text",
    "said": "text",
}


def record(connection: Connection, said: Mapping[int, Iterable[Said]]) -> int:
    """What came back in the returns (submission -> lines of its 问题清单) is kept; the number of new explanations.

    A line is matched with a warning of the same township, of this return or one received before it, by its key, else by
    rule and sentence where these name one warning only. Lines about anything else say nothing. The same words again
    change nothing; other words replace the former ones and await a decision. Call it in the transaction of the load.
    """
    rows = [
        (number, line, one.key, one.rule, one.message, one.text.strip()[:LONGEST])
        for number, lines in said.items()
        for line, one in enumerate(lines)
        if one.text.strip()
    ]
    if not rows:
        return 0
    stage(connection, "said", pd.DataFrame(rows, columns=list(_TYPES)), _TYPES)
    execute(connection, DUTY / "match_said.sql")
    connection.execute(text(_REPLACE))
    return int(connection.execute(text(_ADD)).rowcount)


_REPLACE = """
update duty.explanation as e set state = 'replaced'
from pg_temp.matched as m
where e.township_code = m.township_code and e.finding_key = m.finding_key
and e.state <> 'replaced' and e.said <> m.said
"""

_ADD = """
insert into duty.explanation (
    township_code, finding_key, rule, sheet, row_key, field, message, said, said_by, said_at, submission_id
)
select
    m.township_code, m.finding_key, m.rule, m.sheet, m.row_key, m.field, m.message, m.said, 'workbook', m.received_at,
    m.submission_id
from pg_temp.matched as m
where not exists (
    select from duty.explanation as e
    where e.township_code = m.township_code and e.finding_key = m.finding_key and e.state <> 'replaced'
)
"""


def explain(
    connection: Connection, submission_id: int, finding_no: int, said: str, *, person: str, at: datetime
) -> int:
    """The county itself explains a warning of a return; accepted at once. The explanation's number.

    Raises Refusal for anything but a warning of a return of a township.
    """
    if not said.strip() or not person.strip():
        raise Refusal("请写明说明内容和说明人。")
    given = {"submission": submission_id, "number": finding_no}
    found = connection.execute(text(_FINDING), given).one_or_none()
    if found is None:
        raise Refusal(f"第 {submission_id} 号报送没有第 {finding_no} 条问题，请核对编号。")
    if found.severity != "warn" or found.township_code is None:
        raise Refusal("只有“请核实”的问题可以说明；必须改正的问题要改正原表。")
    values = dict(found._mapping) | {"said": said.strip()[:LONGEST], "person": person.strip(), "at": at}
    connection.execute(text(_REPLACE_ONE), values)
    number = int(connection.execute(text(_ADD_ONE), values).scalar_one())
    append(connection, person, "explanation_accepted", None, _content(connection, number))
    return number


_FINDING = """
select
    f.severity, f.rule, f.sheet, f.row_key, f.field, f.message, s.township_code, s.submission_id,
    duty.finding_key(f.rule, f.sheet, f.row_key, f.field, f.observed, f.expected, f.message) as finding_key
from intake.finding as f
inner join intake.submission as s on f.submission_id = s.submission_id
where f.submission_id = :submission and f.finding_no = :number
"""

_REPLACE_ONE = """
update duty.explanation set state = 'replaced'
where township_code = :township_code and finding_key = :finding_key and state <> 'replaced'
"""

_ADD_ONE = """
insert into duty.explanation (
    township_code, finding_key, rule, sheet, row_key, field, message, said, said_by, said_at, state, decided_by,
    decided_at, decision
) values (
    :township_code, :finding_key, :rule, :sheet, :row_key, :field, :message, :said, :person, :at, 'accepted', :person,
    :at, '县人大说明'
) returning explanation_id
"""


def decide(
    connection: Connection, numbers: Iterable[int], *, accept: bool, person: str, why: str, at: datetime
) -> None:
    """The explanations are accepted or refused. A decision can be made anew: the trail keeps both.

    Raises Refusal when one of them is not in force or nobody is named; refusing needs a reason the township reads.
    """
    wanted = sorted(set(numbers))
    if not accept and not why.strip():
        raise Refusal("不认可须写明理由，乡镇会在下一份问题清单中看到。")
    if not person.strip():
        raise Refusal("请写明核定人。")
    given = {"state": "accepted" if accept else "refused", "person": person.strip(), "at": at, "why": why.strip()}
    done = set(connection.execute(text(_DECIDE), given | {"numbers": wanted}).scalars())
    if lost := [number for number in wanted if number not in done]:
        raise Refusal(f"没有第 {lost[0]} 号说明，或已被新的说明替换：请用 `taizhang explanations` 查看。")
    for number in wanted:
        append(connection, person, f"explanation_{given['state']}", None, _content(connection, number))


_DECIDE = """
update duty.explanation set state = :state, decided_by = :person, decided_at = :at, decision = :why
where explanation_id = any(:numbers) and state <> 'replaced' returning explanation_id
"""


def _content(connection: Connection, number: int) -> dict[str, Any]:
    row = connection.execute(text(_ROW), {"number": number}).one()
    return {key: None if value is None else str(value) for key, value in row._mapping.items()}


_ROW = """
select explanation_id, township_code, finding_key, rule, message, said, said_by, state, decision
from duty.explanation where explanation_id = :number
"""


def standings(connection: Connection, submission_ids: list[int]) -> dict[int, dict[str, Standing]]:
    """Submission -> finding key -> what is known of its explanation, for warnings that were ever explained."""
    rows = query(connection, DUTY / "standings.sql", {"submissions": submission_ids})
    found: dict[int, dict[str, Standing]] = {}
    for row in rows.to_dict("records"):
        known = Standing(row["said"], row["state"], row["decision"] or "")
        found.setdefault(int(row["submission_id"]), {})[row["finding_key"]] = known
    return found


def list_explanations(connection: Connection, *, only_open: bool = True) -> pd.DataFrame:
    """Explanations in force with the township's name, the newest first."""
    return query(connection, DUTY / "explanations.sql", {"only_open": only_open})


def rule_outcomes(connection: Connection) -> pd.DataFrame:
    """What becomes of the warnings of each rule (duty.rule_outcome), the always explained first."""
    return query(connection, "select * from duty.rule_outcome order by accepted_share desc, matters desc, rule")
