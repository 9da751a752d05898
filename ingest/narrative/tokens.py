"""Clean text cut into the lexicon's words: leftmost, longest."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from typing import NamedTuple

import ahocorasick  # type: ignore[import-not-found]

from catalogue.lexicon import Concepts, Lexicon, concepts
from ingest.narrative.script import fold_characters

_TERM, _TITLE = "届", "《"  # every pattern has one of these characters


class Token(NamedTuple):
    """A known word at [start, end) and the concepts it stands for."""

    start: int
    end: int
    word: str
    concepts: Concepts


class TokenLine:
    """The words of a whole text in order, none inside another, found by place."""

    __slots__ = ("_concepts", "_ends", "_starts", "tokens")

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self._starts = [token.start for token in tokens]
        self._ends = [token.end for token in tokens]
        self._concepts = [token.concepts for token in tokens]

    def first(self, position: int) -> int:
        """The number of the first word that starts at the position or behind it."""
        return bisect_left(self._starts, position)

    def past(self, position: int) -> int:
        """The number behind the last word that ends at the position or before it."""
        return bisect_right(self._ends, position)

    def within(self, start: int, end: int) -> list[Token]:
        """The words that stand in text[start:end]."""
        return self.tokens[bisect_left(self._starts, start) : bisect_right(self._ends, end)]

    def is_inside(self, start: int, end: int) -> bool:
        """True when text[start:end], a number, begins a word or stands in one (三个代表, 七站八所)."""
        at = bisect_left(self._starts, end) - 1
        if at < 0:
            return False
        return self._ends[at] > end or (self._ends[at] == end and self._starts[at] < start)

    def said(self, first: int, past: int) -> Concepts:
        """All concepts of the words numbered first to past (exclusive)."""
        return reduce(or_, self._concepts[first:past], 0)


@dataclass(frozen=True)
class Tokeniser:
    """Finds the lexicon's words in a text in one pass (Aho-Corasick).

    `topic_of` tells the topic that a word with such concepts sets, or None.
    """

    automaton: ahocorasick.Automaton
    patterns: tuple[tuple[re.Pattern[str], Concepts], ...]
    topic_of: Callable[[Concepts], str | None]

    def tokens(self, text: str) -> list[Token]:
        """The words in the text, in order, none inside another."""
        make = tuple.__new__  # what Token(...) ends in: half the time, and a text has many words
        tokens = [
            make(Token, (last - length, last + 1, word, said))
            for last, (length, word, said) in self.automaton.iter_long(text)
        ]
        return self._with_patterns(text, tokens) if _TERM in text or _TITLE in text else tokens

    def _with_patterns(self, text: str, tokens: list[Token]) -> list[Token]:
        """The words, those inside one with a numeral (四届三次会议) replaced by it."""
        found = [
            Token(*span.span(), span[0], said) for pattern, said in self.patterns for span in pattern.finditer(text)
        ]
        covered = [False] * len(text)
        for token in found:
            covered[token.start : token.end] = [True] * (token.end - token.start)
        kept = [token for token in tokens if not (covered[token.start] or covered[token.end - 1])]
        return sorted([*kept, *found])


def make_tokeniser(lexicon: Lexicon) -> Tokeniser:
    """A tokeniser that knows the lexicon's words."""
    automaton = ahocorasick.Automaton()
    for word, said in lexicon.words.items():
        folded = fold_characters(word)
        automaton.add_word(folded, (len(folded) - 1, folded, said))
    automaton.make_automaton()

    @cache
    def topic_of(said: Concepts) -> str | None:
        return next((topic for head, topic in lexicon.topic_heads.items() if concepts(head) & said), None)

    return Tokeniser(automaton, lexicon.patterns, topic_of)


def concepts_of(tokens: Sequence[Token]) -> Concepts:
    """All concepts of the words."""
    said = 0
    for token in tokens:
        said |= token.concepts
    return said
