"""Great Expectations suites, one per sheet, derived from the catalogue.

A suite holds, with the rule id in `meta`: one expectation for the typing of cells (C02 to C08), one for required cells
(C01), one for the sheet's key (S01) and one per check of the sheet (R01 to R16, S02 to S07). Where they can be,
expectations are per sheet, not per field: each costs a fixed time, whatever the number of rows.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.data_context.types.base import ProgressBarsConfig

from catalogue import load
from catalogue.models import Sheet
from expectations.check import Check
from expectations.checks import all_checks
from expectations.checks.cells import cell_checks
from expectations.rows import ExpectRowsToPassCheck

SEVERITY = {"hard": "critical", "warn": "warning", "info": "info"}

ROW_KEY = "row"


@lru_cache(maxsize=1)
def checks_of_sheets() -> dict[str, list[Check]]:
    """Sheet code -> its checks."""
    by_sheet: dict[str, list[Check]] = {}
    form = load().current_form
    for check in (*cell_checks(form), *all_checks(form)):
        by_sheet.setdefault(check.sheet, []).append(check)
    return by_sheet


def build_suite(sheet: Sheet) -> gx.ExpectationSuite:
    """The sheet's suite."""
    rules = load().rules
    expectations: list[Any] = []
    if sheet.key:
        expectations.append(
            gxe.ExpectCompoundColumnsToBeUnique(
                column_list=["return_no", "_row_key"],
                ignore_row_if="any_value_is_missing",
                severity=SEVERITY[rules["S01"].severity],
                meta={"rule": "S01", "field": sheet.key[0]},
            )
        )
    for check in checks_of_sheets().get(sheet.code, []):
        expectations.append(
            ExpectRowsToPassCheck(
                column_list=check.columns,
                check=check.name,
                severity=SEVERITY[rules[check.rule].severity],
                meta={"rule": check.rule, "check": check.name, "field": check.field},
            )
        )
    return gx.ExpectationSuite(name=f"{sheet.code}_v{load().current_form.version}", expectations=expectations)


class Validator:
    """Suites of every sheet, built once, on an ephemeral context; `validate` gives each expectation's failing rows."""

    def __init__(self) -> None:
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        source = self._context.data_sources.add_pandas("returns")
        self._batches = {}
        self._suites = {}
        for sheet in load().current_form.sheets:
            asset = source.add_dataframe_asset(sheet.code)
            self._batches[sheet.code] = asset.add_batch_definition_whole_dataframe("all")
            self._suites[sheet.code] = build_suite(sheet)

    def validate(self, sheet: str, frame: Any) -> list[tuple[dict[str, Any], list[int]]]:
        """(meta, index labels of the failing rows) for every expectation of the sheet's suite that failed.

        The frame's index is the row key named on every result; values are left out of results, they are in the frame.
        Raises RuntimeError when an expectation itself could not be run: that is a fault of ours, not of the data.
        """
        batch = self._batches[sheet].get_batch({"dataframe": frame.rename_axis(ROW_KEY)})
        result = batch.validate(
            self._suites[sheet],
            result_format={
                "result_format": "COMPLETE",
                "unexpected_index_column_names": [ROW_KEY],
                "exclude_unexpected_values": True,
            },
        )
        failed = []
        for item in result.results:
            if item.exception_info.get("raised_exception") or _broken(item.exception_info):
                raise RuntimeError(
                    f"Suite {sheet}: {item.expectation_config.meta} could not be run: {item.exception_info}"
                )
            if not item.success:
                index = [int(key) for part in item.result["unexpected_index_list"] or [] for key in part[ROW_KEY]]
                if len(index) != item.result["unexpected_count"]:
                    raise RuntimeError(f"Suite {sheet}: {item.expectation_config.meta} names only some of its rows.")
                failed.append((dict(item.expectation_config.meta), index))
        return failed


def _broken(info: dict[str, Any]) -> bool:
    return any(isinstance(value, dict) and value.get("raised_exception") for value in info.values())
