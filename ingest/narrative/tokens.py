"""Clean text cut into the lexicon's words: leftmost, longest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import ahocorasick  # type: ignore[import-not-found]

from catalogue.lexicon import Lexicon
from ingest.narrative.script import fold_characters


class Token(NamedTuple):
    """A known word at [start, end) and the concepts it stands for."""

    start: int
    end: int
    word: str
    concepts: frozenset[str]


@dataclass(frozen=True)
class Tokeniser:
    """Finds the lexicon's words in a text in one pass (Aho-Corasick)."""

    automaton: ahocorasick.Automaton

    def tokens(self, text: str, start: int, end: int) -> list[Token]:
        """The words in text[start:end], in order, none inside another."""
        return [
            Token(last - len(word) + 1, last + 1, word, concepts)
            for last, (word, concepts) in self.automaton.iter_long(text, start, end)
        ]


def make_tokeniser(lexicon: Lexicon) -> Tokeniser:
    """A tokeniser that knows the lexicon's words."""
    automaton = ahocorasick.Automaton()
    for word, concepts in lexicon.words.items():
        folded = fold_characters(word)
        automaton.add_word(folded, (folded, concepts))
    automaton.make_automaton()
    return Tokeniser(automaton)
