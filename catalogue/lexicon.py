"""The declared words and frames by which narrative reports are read (lexicon.yaml), checked at load.

Concepts are held as bits of an int: reading a report is mostly asking whether two sets of concepts meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from catalogue.errors import CatalogueError
from catalogue.yaml_text import parse_yaml

_BRACES = re.compile(r"\{([^{}]*)\}")
FILE = Path(__file__).parent / "lexicon.yaml"
FRAME_KEYS = {
    "indicator", "measures", "any", "with", "none", "sentence", "paragraph", "after", "topic",
    "grade", "scope", "also", "government", "others", "silent", "leading", "stands",
}  # fmt: skip
READER_CONCEPTS = {
    "shield", "plan", "aim", "rule", "prior", "grow", "growth_end", "rest", "denial", "shortfall", "higher", "wide",
    "elsewhere", "government", "own", "single", "join", "total", "reset", "last_year", "this_year",
}  # fmt: skip


Concepts = int  # a set of concepts, one bit each
_BITS: dict[str, int] = {}  # every name of a concept seen in this process -> its bit


@cache
def concepts(*names: str) -> Concepts:
    """The set of the named concepts; the same name is the same bit in every lexicon."""
    made = 0
    for name in names:
        made |= _BITS.setdefault(name, 1 << len(_BITS))
    return made


def names_of(several: Concepts) -> set[str]:
    """The names of the concepts in the set."""
    return {name for name, bit in _BITS.items() if several & bit}


@dataclass(frozen=True, slots=True)
class Frame:
    """One way a number is read once its head is known; every condition is a set of concepts (lexicon.yaml, head)."""

    indicator: str
    measures: frozenset[str]
    any: Concepts
    together: Concepts
    none: Concepts
    sentence: Concepts
    paragraph: Concepts
    after: Concepts
    topic: frozenset[str]
    confidence: float
    scope: str
    also: str | None
    government: bool
    others: bool
    silent: bool
    leading: bool
    stands: bool


@dataclass(frozen=True, slots=True)
class Narrated:
    """An indicator of the narrative scheme: its Chinese label and the measure word used when none is written."""

    code: str
    label: str
    unit: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by concept, frames by head, and what the indicators are called."""

    indicators: Mapping[str, Narrated]
    words: Mapping[str, Concepts]
    patterns: tuple[tuple[re.Pattern[str], Concepts], ...]
    heads: Mapping[str, tuple[Frame, ...]]
    measures: Mapping[str, frozenset[str]]
    topics: Mapping[str, str]
    topic_heads: Mapping[str, str]
    decoys: Mapping[str, frozenset[str]]
    pairs: Mapping[str, tuple[tuple[str, frozenset[str]], ...]]


@lru_cache(maxsize=4)
def load_lexicon(path: Path = FILE) -> Lexicon:
    """The checked lexicon. Raises CatalogueError naming the entry that is wrong."""
    try:
        declared: dict[str, Any] = parse_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogueError(f"{path.name} cannot be read ({error.strerror}); restore it.") from None
    except yaml.YAMLError as error:
        raise CatalogueError(f"{path.name} is not valid YAML: {str(error).splitlines()[0]}.") from None
    spelled = {
        name: tuple(
            word for entry in str(text).split() for plain in _expand(entry) for word in _prefixed(plain, name, declared)
        )
        for name, text in (declared["words"] | declared["contexts"]).items()
    }
    measures = {name: frozenset(str(text).split()) for name, text in declared["measures"].items()}
    indicators = {
        code: Narrated(code, str(entry["label"]), str(entry["unit"])) for code, entry in declared["indicators"].items()
    }
    heads = {
        head: tuple(_frame(head, entry, declared, measures) for entry in frames)
        for head, frames in declared["heads"].items()
    }
    lexicon = Lexicon(
        indicators=indicators,
        words=_words(spelled),
        patterns=_patterns(declared["patterns"]),
        heads=heads,
        measures=measures,
        topics={code: topic for topic, codes in declared["topics"].items() for code in codes},
        topic_heads=dict(declared["topic_heads"]),
        decoys={concept: _measures(groups, measures) for concept, groups in declared["decoys"].items()},
        pairs={
            code: tuple((paired, measures[group]) for paired, group in entry.items())
            for code, entry in declared["pairs"].items()
        },
    )
    _check(lexicon, {*spelled, *declared["patterns"]}, declared)
    return lexicon


def _expand(entry: str) -> list[str]:
    """整改{通知书,单} -> 整改通知书, 整改单."""
    found = _BRACES.search(entry)
    if not found:
        return [entry]
    return [
        word
        for choice in found[1].split(",")
        for word in _expand(entry[: found.start()] + choice + entry[found.end() :])
    ]


def _prefixed(word: str, concept: str, declared: dict[str, Any]) -> list[str]:
    """代表建议 -> also 镇代表建议, 镇人大代表建议 (lexicon.yaml, prefixes)."""
    for start, prefixes in declared["prefixes"].items():
        if concept != "shield" and word.startswith(start) and word != start:
            return [word, *(prefix + word for prefix in prefixes)]
    return [word]


def _words(spelled: Mapping[str, Iterable[str]]) -> dict[str, Concepts]:
    words: dict[str, Concepts] = {}
    for concept, entries in spelled.items():
        for word in entries:
            words[word] = words.get(word, 0) | concepts(concept)
    return words


def _patterns(declared: Mapping[str, str]) -> tuple[tuple[re.Pattern[str], Concepts], ...]:
    try:
        return tuple((re.compile(pattern), concepts(name)) for name, pattern in declared.items())
    except re.error as error:
        raise CatalogueError(f"lexicon.yaml: a pattern is no regular expression ({error}).") from None


def _measures(names: Iterable[Any], groups: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset(word for name in names for word in groups.get(str(name), frozenset({str(name)})))


def _frame(head: str, entry: dict[str, Any], declared: dict[str, Any], measures: Mapping[str, frozenset[str]]) -> Frame:
    unknown = set(entry) - FRAME_KEYS
    if unknown:
        raise CatalogueError(f"lexicon.yaml: a frame of {head} has unknown entries {', '.join(sorted(unknown))}.")
    grade = entry["grade"]
    if grade not in declared["grades"]:
        raise CatalogueError(f"lexicon.yaml: a frame of {head} has the unknown grade {grade}.")
    conditions = {
        key: concepts(*entry.get(key, ())) for key in ("any", "with", "none", "sentence", "paragraph", "after")
    }
    return Frame(
        indicator=entry["indicator"],
        measures=_measures(entry["measures"], measures),
        any=conditions["any"],
        together=conditions["with"],
        none=conditions["none"],
        sentence=conditions["sentence"],
        paragraph=conditions["paragraph"],
        after=conditions["after"],
        topic=frozenset(entry.get("topic", ())),
        confidence=float(declared["grades"][grade]),
        scope=entry.get("scope", "total"),
        also=entry.get("also"),
        government=bool(entry.get("government", False)),
        others=bool(entry.get("others", False)),
        silent=bool(entry.get("silent", False)),
        leading=bool(entry.get("leading", False)),
        stands=bool(entry.get("stands", False)),
    )


def _check(lexicon: Lexicon, spelled: set[str], declared: dict[str, Any]) -> None:
    """Every name leads somewhere and nothing declared is unused."""
    frames = [frame for group in lexicon.heads.values() for frame in group]
    named = {frame.indicator for frame in frames} | {frame.also for frame in frames if frame.also}
    asked = 0
    for frame in frames:
        asked |= frame.any | frame.together | frame.none | frame.sentence | frame.paragraph | frame.after
    conditions = names_of(asked)
    faults = {
        "unknown indicator": named - set(lexicon.indicators),
        "indicator without a frame": set(lexicon.indicators) - named,
        "unknown concept": (conditions | set(lexicon.heads) | set(lexicon.decoys) | set(lexicon.topic_heads)) - spelled,
        "concept nothing uses": spelled - conditions - set(lexicon.heads) - set(lexicon.decoys) - READER_CONCEPTS,
        "unknown topic": ({topic for frame in frames for topic in frame.topic} | set(lexicon.topic_heads.values()))
        - set(declared["topics"]),
        "unknown indicator in topics or pairs": (
            (set(lexicon.topics) | set(lexicon.pairs) | {code for pair in lexicon.pairs.values() for code, _ in pair})
            - set(lexicon.indicators)
        ),
    }
    for what, names in faults.items():
        if names:
            raise CatalogueError(f"lexicon.yaml: {what}: {', '.join(sorted(str(name) for name in names))}.")
