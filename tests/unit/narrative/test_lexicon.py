"""A broken lexicon is refused with the entry named."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.errors import CatalogueError
from catalogue.lexicon import FILE, load_lexicon, names_of


@pytest.mark.parametrize(
    ("found", "put", "said"),
    [
        ("indicator: congress_sessions, measures", "indicator: congress_session, measures", "unknown indicator"),
        ("measures: [times], grade: sure}", "measures: [times], grade: certain}", "unknown grade"),
        ("measures: [times], grade: sure}", "measures: [times], colour: red, grade: sure}", "unknown entries"),
        ("  presidium:\n    -", "  presidiums:\n    -", "unknown concept"),
        ("words:\n", "words:\n  idle: 闲词\n", "concept nothing uses"),
        ("topics:\n", "topics:\n  odd: [no_such]\n", "unknown indicator in topics"),
    ],
)
def test_faults_are_named(tmp_path: Path, found: str, put: str, said: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert found in text
    path = tmp_path / "lexicon.yaml"
    path.write_text(text.replace(found, put, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=said):
        load_lexicon(path)


def test_braces_and_prefixes_make_words() -> None:
    words = load_lexicon().words
    assert "notice" in names_of(words["隐患整改通知书"])
    assert "formal" in names_of(words["镇人大代表建议"])
    assert "shield" in names_of(words["计划生育"])


def test_every_indicator_can_be_found() -> None:
    lexicon = load_lexicon()
    frames = [frame for frames in lexicon.heads.values() for frame in frames]
    reached = {frame.indicator for frame in frames} | {frame.also for frame in frames}
    assert set(lexicon.indicators) <= reached
