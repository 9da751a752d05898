"""The custom Great Expectations expectation that runs our checks, so that every rule is part of a named suite."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd
from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import MulticolumnMapExpectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metrics.map_metric_provider import (
    MulticolumnMapMetricProvider,
    multicolumn_condition_partial,
)

from catalogue import load
from expectations.check import Check
from expectations.checks import all_checks
from expectations.checks.cells import cell_checks

METRIC = "multicolumn_values.pass_check"


def checks_by_name() -> dict[str, Check]:
    """Every check of the current form by its name, those of cells included."""
    form = load().current_form
    return {check.name: check for check in (*cell_checks(form), *all_checks(form))}


class RowsPassCheck(MulticolumnMapMetricProvider):  # type: ignore[misc]
    """True for rows that pass the check named, or for which it cannot be evaluated (those are counted apart)."""

    condition_metric_name = METRIC
    condition_domain_keys = (
        "batch_id",
        "table",
        "column_list",
        "row_condition",
        "condition_parser",
        "ignore_row_if",
    )
    condition_value_keys = ("check",)
    checks: ClassVar[dict[str, Check]] = {}

    @multicolumn_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(cls, column_list: pd.DataFrame, check: str, **_: Any) -> pd.Series:
        if not cls.checks:
            cls.checks.update(checks_by_name())
        return ~cls.checks[check].failing(column_list)


class ExpectRowsToPassCheck(MulticolumnMapExpectation):  # type: ignore[misc]
    """Expect every row to pass the check of that name (see expectations/checks)."""

    check: str
    ignore_row_if: str = "never"
    map_metric = METRIC
    args_keys = ("column_list", "check")
    success_keys: ClassVar[tuple[str, ...]] = ("check", "mostly")
    _known: ExpectationConfiguration | None = PrivateAttr(default=None)

    @property
    def configuration(self) -> ExpectationConfiguration:
        """As Great Expectations makes it, but once: it asks a dozen times per expectation and run."""
        if self._known is None:
            self._known = super().configuration
        return self._known
