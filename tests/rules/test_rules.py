"""Every rule of the contract, held to it by cases: what passes, what fails, the boundary, what cannot be judged."""

from __future__ import annotations

from typing import Any

import pytest
from rule_cases import CASES, KINDS, Case, Return, all_cases, read_cases
from rule_run import Finding, Outcome, file_name, goes

from catalogue import load

ELSEWHERE = {"P07", "P08", "P09"}  # they compare townships: tests/sql/test_county_rules.py, test_report_rules.py here
REJECTING = {"F01", "F02", "F03", "F04", "F05"}
SILENT = "none, because "
CASEBOOK = list(enumerate(all_cases(), start=1))
RULES = sorted(set(load().rules) - ELSEWHERE)


def chosen(way: str) -> list[Any]:
    """The cases that are collected this way."""
    return [pytest.param(number, case, id=case.id) for number, case in CASEBOOK if goes(case, way)]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_all_four_kinds_of_cases(rule: str) -> None:
    path = CASES / f"{rule}.yaml"
    assert path.exists(), f"rule {rule} has no case file"
    document, cases = read_cases(path)
    assert document["rule"] == rule
    for kind in KINDS:
        given = document.get(kind)
        if kind == "not_evaluable" and isinstance(given, str):
            assert given.startswith(SILENT), f"{rule}: say “{SILENT}...”"
            assert len(given) > len(SILENT) + 20, f"{rule}: say why it can always be evaluated"
            continue
        assert given, f"rule {rule} has no {kind} case"
    assert not set(document) - {"rule", "words", *KINDS}
    for case in cases:
        expected = [finding for each in case.returns for finding in each.expect]
        if case.kind in ("passing", "not_evaluable"):
            assert not expected, f"{case.id} is {case.kind} and expects a finding"
        if case.kind == "failing":
            assert expected, f"{case.id} is failing and expects no finding"
        if case.kind == "not_evaluable":
            assert any(each.open for each in case.returns), f"{case.id} does not say how much is left open"


def test_no_case_file_is_of_an_unknown_rule() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == set(RULES)


def test_no_two_cases_have_the_same_name() -> None:
    names = [case.id for _, case in CASEBOOK]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(("number", "case"), chosen("together"))
def test_case_in_one_batch(number: int, case: Case, outcomes: dict[str, Outcome]) -> None:
    hold(number, case, "together", outcomes)


@pytest.mark.parametrize(("number", "case"), chosen("apart"))
def test_case_in_two_batches(number: int, case: Case, outcomes: dict[str, Outcome]) -> None:
    hold(number, case, "apart", outcomes)


def hold(number: int, case: Case, way: str, outcomes: dict[str, Outcome]) -> None:
    """Every return of the case became what the case says."""
    wrong = {
        f"return {place} ({given.period})": differences
        for place, given in enumerate(case.returns)
        if (differences := _differences(case.rule, given, outcomes[file_name(number, way, place)]))
    }
    assert not wrong, "\n".join(f"{where}: {said}" for where, all_said in wrong.items() for said in all_said)


def _differences(rule: str, given: Return, found: Outcome) -> list[str]:
    severity = load().rules[rule].severity
    mine = found.findings.get(rule, [])
    wrong = []
    if not _match(given.expect, mine):
        wrong.append(f"{rule} expected at {given.expect or 'nothing'}, found at {[_word(each) for each in mine]}")
    if any(each[0] != severity for each in mine):
        wrong.append(f"{rule} is {severity}, found {[each[0] for each in mine]}")
    if found.status != given.status:
        wrong.append(f"expected {given.status}, is {found.status}; findings {sorted(found.findings)}")
    if given.held == ["everything"]:
        if found.loaded:
            wrong.append(f"{found.loaded} rows are loaded, none should be")
    elif sorted(given.held) != (held := sorted(_row(*each) for each in found.held.elements())):
        wrong.append(f"held back should be {sorted(given.held)}, is {held}; findings {sorted(found.findings)}")
    left_open = found.open.get(rule, 0)
    if given.open is not None and (not left_open if given.open == "some" else left_open != given.open):
        wrong.append(f"{given.open} should be left open, {left_open} are")
    if given.beside != "*" and sorted(given.beside) != (beside := _beside(rule, found)):
        wrong.append(f"beside {rule} expected {sorted(given.beside) or 'nothing'}, found {beside}: {_all(found)}")
    return wrong


def _match(expected: list[str], found: list[Finding]) -> bool:
    """True when each expectation meets a finding of its own and none is left."""
    left = sorted(_word(each) for each in found)
    for each in sorted(expected, key=lambda text: text.endswith("*")):
        hit = next((word for word in left if each == word or each in (f"{_stem(word)} *", "* *")), None)
        if hit is None:
            return False
        left.remove(hit)
    return not left


def _stem(word: str) -> str:
    parts = word.split()
    return " ".join(part for place, part in enumerate(parts) if place == 0 or part.isdigit())


def _word(found: Finding) -> str:
    return " ".join(str(part) for part in found[1:] if part is not None)


def _row(sheet: str, row: int) -> str:
    return sheet if sheet in ("cover", "profile") else f"{sheet} {row}"


def _beside(rule: str, found: Outcome) -> list[str]:
    """The other rules broken; of a rejected return the file rules alone, of a sheet without a required column F09."""
    broken = {sheet for _, sheet, *_ in found.findings.get("F09", [])}
    return sorted(
        other
        for other, findings in found.findings.items()
        if other != rule
        and any(severity != "info" and (other == "F09" or sheet not in broken) for severity, sheet, *_ in findings)
        and (found.status != "rejected" or other in REJECTING)
    )


def _all(found: Outcome) -> str:
    shown = [f"{rule} {_word(each)}" for rule, findings in sorted(found.findings.items()) for each in findings]
    return ", ".join(shown)
