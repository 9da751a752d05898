"""Rules that hold a township against the others of its county: P07, judged anew for whole months at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import pandas as pd
from sqlalchemy import Connection, text

from catalogue import load as load_catalogue
from catalogue.periods import Period
from expectations.wording import word_findings
from transforms.outliers import WINDOW, Judged, judge_counts
from warehouse.checks import CHECKS
from warehouse.connection import query
from warehouse.copying import copy_frame

RULE = "P07"
BATCH = 500  # townships judged at once; a county is never divided
_COLUMNS = ("submission_id", "finding_no", "rule", "severity", "sheet", "excel_row", "field", "observed", "expected")


def judge_months(connection: Connection, months: Iterable[str]) -> int:
    """The current returns of the months (YYYY-MM) have exactly the P07 findings they deserve; the number of these.

    Findings of other rules stay; intake.submission.warnings and intake.not_evaluable follow. The indicator values must
    be up to date. Judging again changes nothing. Call it with loads locked out (warehouse.load.lock_loads).
    """
    wanted = sorted(set(months))
    parts = [judge_counts(_counts(connection, batch, wanted), wanted) for batch in _batches(connection, wanted)]
    remove_findings(connection, RULE, wanted)
    current = query(connection, _CURRENT, {"months": wanted})
    return sum(_store(connection, current, part) for part in parts)


_CURRENT = """
select c.submission_id, c.township_code, c.period, coalesce(max(f.finding_no), 0) as last_no
from intake.current_submission as c
left join intake.finding as f on c.submission_id = f.submission_id
where c.period = any(:months)
group by c.submission_id, c.township_code, c.period
"""


def _counts(connection: Connection, townships: list[str], months: list[str]) -> pd.DataFrame:
    periods = {Period.parse(month).shifted(-back).text for month in months for back in range(WINDOW + 1)}
    return query(connection, CHECKS / f"{RULE}.sql", {"townships": townships, "periods": sorted(periods)})


def _batches(connection: Connection, months: list[str]) -> Iterator[list[str]]:
    """The townships of every county that sent a return for one of the months, some whole counties at a time."""
    codes = connection.execute(text(_TOWNSHIPS), {"months": months}).scalars()
    batch: list[str] = []
    for _, county in groupby(codes, key=lambda code: str(code)[:6]):
        members = list(county)
        if batch and len(batch) + len(members) > BATCH:
            yield batch
            batch = []
        batch += members
    if batch:
        yield batch


_TOWNSHIPS = """
select distinct township_code collate "C"
from registry.township
where left(township_code, 6) in (
    select left(s.township_code, 6) from intake.submission as s where s.period = any(:months)
)
order by 1
"""


def remove_findings(connection: Connection, rule: str, months: list[str]) -> None:
    """No return of the months has a finding of the rule, whichever version it is of."""
    for statement in (_REMOVE_FINDINGS, _REMOVE_OPEN):
        connection.execute(text(statement), {"months": months, "rule": rule})


_REMOVE_FINDINGS = """
with removed as (
    delete from intake.finding as f
    using intake.submission as s
    where f.submission_id = s.submission_id and s.period = any(:months) and f.rule = :rule
    returning f.submission_id
)
update intake.submission as s set warnings = s.warnings - r.findings
from (select submission_id, count(*) as findings from removed group by submission_id) as r
where s.submission_id = r.submission_id
"""

_REMOVE_OPEN = """
delete from intake.not_evaluable as n
using intake.submission as s
where n.submission_id = s.submission_id and s.period = any(:months) and n.rule = :rule
"""


def _store(connection: Connection, current: pd.DataFrame, judged: Judged) -> int:
    findings = _findings(judged.outliers.merge(current, on=["township_code", "period"]))
    add_warnings(connection, findings)
    rest = judged.not_evaluable.merge(current, on=["township_code", "period"])
    cases = rest.groupby("submission_id", as_index=False).size().rename(columns={"size": "cases"})
    copy_frame(connection, "intake.not_evaluable", cases.assign(rule=RULE))
    return len(findings)


def add_warnings(connection: Connection, findings: pd.DataFrame) -> None:
    """The findings (columns of intake.finding, all of them warnings) stand, and their submissions count them."""
    copy_frame(connection, "intake.finding", findings)
    counted = findings.groupby("submission_id", as_index=False).size()
    connection.execute(
        text(_ADD_WARNINGS),
        {"submissions": counted["submission_id"].tolist(), "findings": counted["size"].tolist()},
    )


_ADD_WARNINGS = """
update intake.submission as s set warnings = s.warnings + a.findings
from unnest(cast(:submissions as bigint[]), cast(:findings as integer[])) as a (submission_id, findings)
where s.submission_id = a.submission_id
"""


def _findings(outliers: pd.DataFrame) -> pd.DataFrame:
    catalogue = load_catalogue()
    spoken = pd.DataFrame(
        {
            "return_no": outliers["submission_id"],
            "rule": RULE,
            "label": [catalogue.indicators[code].label for code in outliers["indicator"]],
            "observed": [str(value) for value in outliers["observed"]],
            "expected": [
                f"{low}～{high}" for low, high in zip(outliers["expected_low"], outliers["expected_high"], strict=True)
            ],
        }
    )
    worded = word_findings(spoken, catalogue.current_form).rename(columns={"return_no": "submission_id"})
    worded["finding_no"] = outliers["last_no"] + worded.groupby("submission_id").cumcount() + 1
    return worded[[*_COLUMNS, "message", "row_key"]].assign(is_personal=False)
