"""Descriptions in the returns that are copied from another township or an earlier year (rule P08)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from catalogue import load as load_catalogue
from catalogue.narrative import load_narrative
from catalogue.periods import Period
from expectations.wording import word_findings
from transforms.likeness import Canonical, Likeness, contained, meet
from warehouse.connection import query
from warehouse.county_checks import add_warnings, remove_findings

RULE = "P08"
BACK = 24  # months a copied text may be old
_MEETINGS = 2
_FETCHED = 5_000
_SHOWN = 60
_COLUMNS = ["submission_id", "finding_no", "rule", "severity", "sheet", "excel_row", "field", "observed", "expected"]


def judge_descriptions(connection: Connection, months: Iterable[str]) -> int:
    """The current returns of the months have exactly the findings P08 their descriptions deserve; how many.

    A text is the first listing of its row; it counts as copied from one of another township received earlier (of two
    received at once both), or from the township's own of an earlier year. Short texts are not compared.
    """
    wanted = sorted(set(months))
    remove_findings(connection, RULE, wanted)
    if not wanted:
        return 0
    rows: list[Any] = list(query(connection, "select name, aliases from registry.township").itertuples())
    likeness = Likeness(load_narrative(), {name for row in rows for name in (row.name, *row.aliases)})
    counties = groupby(_texts(connection, wanted), key=lambda row: str(row.township_code)[:6])
    found = [pair for _, county in counties for pair in _copies(likeness, county, set(wanted))]
    if not found:
        return 0
    findings = _findings(connection, pd.DataFrame(found))
    add_warnings(connection, findings)
    return len(findings)


def _texts(connection: Connection, months: list[str]) -> Iterator[Any]:
    """Every description long enough of the months and up to BACK months before, where its row was first listed.

    Fetched bit by bit, a county's one behind the other in the order of their arrival: no more than one county's need
    to be in memory.
    """
    first = Period.parse(months[0]).shifted(-BACK).text
    least = load_narrative().copying.description
    parts = [
        f"(select distinct on (e.township_code, e.row_key) e.submission_id, e.township_code, e.period, e.excel_row, "
        f"e.row_key, '{sheet}' as sheet, '{name}' as field, e.{name} as words from event.current_{sheet} as e "
        f"where e.{name} is not null and e.period >= :first order by e.township_code, e.row_key, e.period)"
        for sheet, fields in load_narrative().descriptions.items()
        for name in fields
    ]
    statement = text(
        f"select t.*, s.received_at, s.file_name from ({' union all '.join(parts)}) as t "
        "inner join intake.submission as s on t.submission_id = s.submission_id where length(t.words) >= :least "
        "order by left(t.township_code, 6), s.received_at, t.township_code, t.period, t.sheet, t.excel_row"
    )
    yield from connection.execute(
        statement, {"first": first, "least": least}, execution_options={"yield_per": _FETCHED}
    )


def _copies(likeness: Likeness, county: Iterable[Any], months: set[str]) -> Iterator[dict[str, Any]]:
    """One for every copied text of the months: the text most of which stands in an earlier one."""
    rows = list(county)
    canonical = [likeness.canonical(row.words) for row in rows]
    best: dict[int, tuple[float, int]] = {}
    for one, two in meet(map(likeness.sketch, canonical), _MEETINGS):
        for later, earlier in _ordered(rows, one, two):
            share = _share(likeness, canonical[later], canonical[earlier])
            if rows[later].period in months and share >= likeness.copying.share and share > best.get(later, (0, 0))[0]:
                best[later] = share, earlier
    for later, (_, earlier) in sorted(best.items()):
        yield rows[later]._asdict() | {"source": rows[earlier]}


def _ordered(rows: list[Any], one: int, two: int) -> list[tuple[int, int]]:
    first, second = rows[one], rows[two]
    if first.township_code == second.township_code:
        if first.row_key == second.row_key or first.period[:4] == second.period[:4]:
            return []
        return [(one, two)] if first.period > second.period else [(two, one)]
    if first.received_at == second.received_at:
        return [(one, two), (two, one)]
    return [(one, two)] if first.received_at > second.received_at else [(two, one)]


def _share(likeness: Likeness, text: Canonical, other: Canonical) -> float:
    return contained(text, other) if min(len(text), len(other)) >= likeness.copying.description // 2 else 0.0


def _findings(connection: Connection, copied: pd.DataFrame) -> pd.DataFrame:
    catalogue = load_catalogue()
    last = query(
        connection,
        "select submission_id, max(finding_no) as last_no from intake.finding "
        "where submission_id = any(:submissions) group by submission_id",
        {"submissions": copied["submission_id"].unique().tolist()},
    ).set_index("submission_id")["last_no"]
    sources = [f"{row.file_name} 第{row.excel_row}行" for row in copied["source"]]
    spoken = copied.assign(
        return_no=copied["submission_id"], rule=RULE, observed=copied["words"].str.slice(0, _SHOWN), expected=sources
    )
    worded = word_findings(spoken, catalogue.current_form).rename(columns={"return_no": "submission_id"})
    numbers = worded.groupby("submission_id").cumcount() + 1
    worded["finding_no"] = worded["submission_id"].map(last).fillna(0).astype("int64") + numbers
    return worded[[*_COLUMNS, "message", "row_key"]].assign(is_personal=False)
