"""Puts the catalogue's Chinese words and severities to findings."""

from __future__ import annotations

from typing import Any

import pandas as pd

from catalogue import load
from catalogue.findings import shape_findings
from catalogue.models import Form


def word_findings(findings: pd.DataFrame, form: Form) -> pd.DataFrame:
    """The findings (FINDING_COLUMNS) with `severity` and `message` from the catalogue.

    A column `label` may name the matter a finding speaks of where the field's own label would not say it.
    """
    rules = load().rules
    worded = shape_findings(findings)
    worded["label"] = findings.get("label", pd.Series(None, index=findings.index, dtype="object"))
    worded["severity"] = worded["rule"].map({code: rule.severity for code, rule in rules.items()})
    labels = {(sheet.code, field.code): field.label for sheet in form.sheets for field in sheet.fields}
    names = {sheet.code: sheet.label for sheet in form.sheets}
    columns = (worded[name] for name in ("rule", "sheet", "field", "observed", "expected", "label"))
    messages = []
    for rule, sheet, field, observed, expected, given in zip(*columns, strict=True):
        label = labels.get((sheet, field)) or names.get(sheet) or "表格" if pd.isna(given) else given
        words = {"label": label, "observed": _shown(observed), "expected": _shown(expected)}
        messages.append(rules[rule].message.format(**words))
    worded["message"] = pd.Series(messages, index=worded.index, dtype="object")
    return worded.drop(columns="label")


def _shown(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
