"""The suites and the catalogue say the same: every rule of rows, sheets and workbooks is checked, nothing else is."""

from __future__ import annotations

from catalogue import load
from expectations.checks import all_checks
from expectations.checks.cells import cell_checks
from expectations.suites import SEVERITY, build_suite
from taizhang.rules_page import ROOT, place_of


def test_every_row_sheet_and_workbook_rule_has_a_check() -> None:
    rules = load().rules
    wanted = {code for code, rule in rules.items() if rule.scope in ("row", "sheet", "workbook")}
    checked = {check.rule for check in all_checks(load().current_form)} | {"S01"}  # S01 is the sheet's key
    assert checked == wanted


def test_checks_have_names_of_their_own_and_known_fields() -> None:
    form = load().current_form
    checks = [*all_checks(form), *cell_checks(form)]
    assert len({check.name for check in checks}) == len(checks)
    for check in all_checks(form):
        assert form.sheet(check.sheet).has(check.field), check.name


def test_suites_carry_rule_and_severity_of_the_catalogue() -> None:
    rules = load().rules
    for sheet in load().current_form.sheets:
        for expectation in build_suite(sheet).expectations:
            rule = expectation.meta["rule"]
            assert expectation.severity == SEVERITY[rules[rule].severity], (sheet.code, rule)


def test_every_rule_has_a_place_in_the_code() -> None:
    places = {code: place_of(code) for code in load().rules}
    assert [code for code, place in places.items() if place is None or not (ROOT / place).is_file()] == []
