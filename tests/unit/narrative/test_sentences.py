"""Every way of stating a fact, and every trap, by its Chinese name (patterns.txt, traps.txt)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.narrative import extract

HERE = Path(__file__).parent


def _cases(name: str) -> Iterator[object]:
    group = ""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            group = line[3:]
        elif line and not line.startswith("#"):
            text, _, facts = line.rpartition("|")
            expected = sorted((fact.split("=")[0], float(fact.split("=")[1])) for fact in facts.split())
            yield pytest.param(text.strip(), expected, id=f"{group}: {text.strip()[:24]}")


def _facts(text: str) -> list[tuple[str, float]]:
    return sorted((fact.indicator, float(fact.value)) for fact in extract(text))


@pytest.mark.parametrize(("text", "expected"), _cases("patterns.txt"))
def test_states(text: str, expected: list[tuple[str, float]]) -> None:
    assert _facts(text) == expected


@pytest.mark.parametrize(("text", "expected"), _cases("traps.txt"))
def test_does_not_state(text: str, expected: list[tuple[str, float]]) -> None:
    assert _facts(text) == expected
