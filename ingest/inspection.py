"""Everything that can be said of a batch of returns from the returns themselves and what is known before them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from catalogue import Catalogue, Jurisdiction
from catalogue.findings import shape_findings
from catalogue.register import Register
from catalogue.returns import ReturnBatch
from expectations.judgement import judge
from expectations.wording import word_findings
from ingest.identity import REJECTING, identify, late_findings
from transforms.context import Prepared, prepare
from transforms.listing import History, NoHistory

Earlier = Callable[[pd.DataFrame], Collection[int]]


@dataclass
class Inspection:
    """A batch with its findings so far (all but series and county rules).

    identity       return_no, township_code, period, kind, due_on (None where it cannot be told)
    findings       FINDING_COLUMNS, worded
    not_evaluable  return_no, rule, rows
    """

    batch: ReturnBatch
    prepared: Prepared
    identity: pd.DataFrame
    findings: pd.DataFrame
    not_evaluable: pd.DataFrame


def inspect(
    batch: ReturnBatch,
    catalogue: Catalogue,
    register: Register | None,
    jurisdiction: Jurisdiction,
    history: History | None = None,
    received_before: Earlier | None = None,
    granted: Mapping[tuple[str, str], date] | None = None,
) -> Inspection:
    """All findings of file, cell, row, sheet and workbook rules, in one pass.

    Without `history` the batch is a dry run: what depends on earlier returns is judged within the batch or left open.
    `received_before` names those returns (township_code, period, received_at) that are no first versions; `granted`
    the later due days of townships and months that were given an extension or owe nothing.
    """
    form = catalogue.current_form
    identity, file_findings = identify(batch, register, catalogue)
    returns = batch.returns.drop(columns=["township_code", "period"]).merge(
        identity[["return_no", "township_code", "period"]], on="return_no"
    )
    known = ReturnBatch(returns, batch.sheets, batch.raw, batch.cells, batch.places, batch.structure, batch.row_counts)
    kinds = identity.set_index("return_no")["kind"]
    offline = history is None
    prepared = prepare(known, form, kinds, jurisdiction, history or NoHistory(), offline=offline)
    judgement = judge(known, prepared.sheets, form)
    later = set(returns["return_no"]) if offline else _no_first_versions(returns, received_before)
    late = late_findings(batch.returns, identity, later, granted or {})  # a dry run has not been received
    files = word_findings(shape_findings(pd.concat([file_findings, late], ignore_index=True)), form)
    findings = pd.concat([files, judgement.findings], ignore_index=True)
    return Inspection(known, prepared, identity, sort_findings(findings, catalogue), judgement.not_evaluable)


def sort_findings(findings: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """By return, then severity (hard first), sheet, row and column as the form has them."""
    sheets = {sheet.code: place for place, sheet in enumerate(catalogue.current_form.sheets)}
    severities = {"hard": 0, "warn": 1, "info": 2}
    order = pd.DataFrame(
        {
            "return_no": findings["return_no"],
            "severity": findings["severity"].map(severities),
            "sheet": findings["sheet"].map(sheets).fillna(-1),
            "excel_row": findings["excel_row"].fillna(0),
            "rule": findings["rule"],
        }
    )
    return findings.loc[order.sort_values(list(order.columns), kind="stable").index].reset_index(drop=True)


def statuses(identity: pd.DataFrame, findings: pd.DataFrame) -> pd.Series:
    """return_no -> rejected (a hard finding on the file: F01 to F05), returned (any other hard one) or accepted."""
    numbers = identity["return_no"]
    status = pd.Series("accepted", index=numbers.to_numpy(), dtype="object")
    hard = findings[findings["severity"] == "hard"]
    status[status.index.isin(hard["return_no"])] = "returned"
    status[status.index.isin(hard.loc[hard["rule"].isin(REJECTING), "return_no"])] = "rejected"
    return status


def _no_first_versions(returns: pd.DataFrame, received_before: Earlier | None) -> set[int]:
    known = returns.dropna(subset=["township_code", "period"]).sort_values(["received_at", "return_no"])
    later = set(known.loc[known.duplicated(["township_code", "period"]), "return_no"])
    if received_before is not None:
        later |= set(received_before(known))
    return later
