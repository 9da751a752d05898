"""What surrounds a number: the words on both sides that may belong to it, and the topic an elided noun would be."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalogue.lexicon import Lexicon
from ingest.narrative.contexts import SentenceContext
from ingest.narrative.facts import Found
from ingest.narrative.layout import Block
from ingest.narrative.quantities import Quantity
from ingest.narrative.tokens import Token, Tokeniser

Concepts = frozenset[str]

NOTHING: Concepts = frozenset()
_MEMORY = 400  # characters an elided noun may lie back
_RECENT = 12  # facts that may set the topic
_LIST_SIGN = re.compile("[、和与及]")
_PERSONS = re.compile(r"[\d一二三四五六七八九十百千万余多]+[人名位]次?")
_BARE = re.compile(r"(?:、|和|及|与|以及|，|/)?(?:共|计|达|约|近|为|有)*")


class Window:
    """The words left and right of one quantity up to the next, and the concepts of its wider context.

    `own` are the concepts of left and right, `ahead` of right alone, `shared` of the clause before left, `segment` of
    the sentence since the last ；, `wider` of the whole sentence before the clause.
    """

    __slots__ = ("ahead", "left", "own", "paragraph", "quantity", "right", "segment", "shared", "topics", "wider")

    def __init__(
        self, quantity: Quantity, left: Sequence[Token], right: Sequence[Token],
        shared: Concepts = NOTHING, segment: Concepts = NOTHING, wider: Concepts = NOTHING,
        paragraph: Callable[[], Concepts] = lambda: NOTHING, topics: Callable[[], Sequence[str]] = lambda: (),
    ) -> None:  # fmt: skip
        self.quantity, self.left, self.right = quantity, left, right
        self.shared, self.segment, self.wider = shared, segment, wider
        self.paragraph, self.topics = paragraph, topics
        self.ahead = concepts_of(right)
        self.own = concepts_of(left) | self.ahead

    def widened(self) -> Window:
        """The window with the whole sentence as shared context and nothing to its right."""
        shared = self.shared | self.wider
        return Window(self.quantity, self.left, (), shared, self.segment, NOTHING, self.paragraph, self.topics)


@dataclass(slots=True)
class Sentence:
    """A sentence's words and clauses; `counted` are the clauses with a quantity."""

    start: int
    tokens: list[Token]
    clauses: list[tuple[int, int]]
    context: SentenceContext
    counted: set[int]
    block: Block


class Surveyor:
    """Makes the windows of a text's quantities; `facts` is the list the reader appends what it found to."""

    def __init__(self, lexicon: Lexicon, tokeniser: Tokeniser, text: str, facts: list[Found]) -> None:
        self.tokeniser, self.text, self.facts = tokeniser, text, facts
        self.lexicon = lexicon
        self.persons = lexicon.measures["persons"]

    def window(self, sentence: Sentence, index: int, quantity: Quantity, edge: int, following: int) -> Window:
        """The quantity's surroundings in clause `index`; `edge` is where the last number's words end."""
        tokens, (here, stop) = sentence.tokens, sentence.clauses[index]
        begin = bisect_left(tokens, here, key=_start)
        first = bisect_left(tokens, edge, key=_start)
        left = tokens[first : bisect_right(tokens, quantity.start, key=_end)]
        right = self._right(sentence, quantity, following, stop)
        alone = edge == here and index and index - 1 not in sentence.counted and is_bare(self.text, here, quantity)
        if alone:
            left = tokens[bisect_left(tokens, sentence.clauses[index - 1][0], key=_start) : begin]
        return Window(
            quantity=quantity,
            left=left,
            right=right,
            shared=concepts_of(tokens[begin:first]),
            segment=concepts_of(self._segment(sentence, index, quantity, begin)),
            wider=concepts_of(tokens[:begin]),
            paragraph=lambda: self._paragraph(sentence),
            topics=lambda: self.topics(sentence, quantity),
        )

    def _right(self, sentence: Sentence, quantity: Quantity, following: int, stop: int) -> list[Token]:
        tokens = sentence.tokens
        behind = bisect_left(tokens, quantity.end, key=_start)
        right = tokens[behind : bisect_right(tokens, following, key=_end)]
        if following == stop:
            return right
        right = self._own(right, quantity, following)
        whole = bool(right) and self.text.startswith(
            ("中", "里"), right[0].end
        )  # 71名代表中…: the others are parts of it
        if quantity.unit in self.persons and not whole:
            right += self._closing(sentence, stop)
        return right

    def _own(self, right: list[Token], quantity: Quantity, following: int) -> list[Token]:
        """Words up to the next list sign; without one the last belongs to the next number."""
        sign = _LIST_SIGN.search(self.text, quantity.end, following)
        if sign:
            return [token for token in right if token.end <= sign.start()]
        return [
            token
            for token in right
            if token is not right[-1] or "divide" in token.concepts or (len(right) == 1 and token.end < following - 1)
        ]

    def _closing(self, sentence: Sentence, stop: int) -> list[Token]:
        """Words behind the sentence's last count of people: what 15名县代表和40名镇代表 did."""
        last = max((found.end() for found in _PERSONS.finditer(self.text, sentence.start, stop)), default=stop)
        return [token for token in sentence.tokens if last <= token.start and token.end <= stop]

    def _segment(self, sentence: Sentence, index: int, quantity: Quantity, begin: int) -> list[Token]:
        """Words since the last ；; for money also those of the next clause, which says what it was spent on."""
        tokens, here = sentence.tokens, sentence.clauses[index][0]
        since = max(sentence.start, self.text.rfind("；", sentence.start, here) + 1)
        segment = tokens[bisect_left(tokens, since, key=_start) : begin]
        if quantity.unit == "元" and index + 1 < len(sentence.clauses):
            start, stop = sentence.clauses[index + 1]
            segment = segment + [token for token in tokens if start <= token.start < stop]
        return segment

    def _paragraph(self, sentence: Sentence) -> Concepts:
        start = max(sentence.block.start, sentence.start - _MEMORY)
        before = self.tokeniser.tokens(self.text, start, sentence.start)
        return concepts_of(before) | concepts_of(self._heading(sentence.block))

    def _heading(self, block: Block) -> list[Token]:
        return self.tokeniser.tokens(block.heading, 0, len(block.heading)) if block.heading else []

    def topics(self, sentence: Sentence, quantity: Quantity) -> list[str]:
        """What an elided noun before the number may be, nearest first: families of facts and telling nouns."""
        reach = quantity.start - _MEMORY
        start = max(sentence.block.start, reach)
        told = [
            (fact.end, topic)
            for fact in self.facts[-_RECENT:]
            if fact.end > reach and (topic := self.lexicon.topics.get(fact.indicator))
        ]
        before = self.tokeniser.tokens(self.text, start, sentence.start) if start < sentence.start else []
        for token in (*before, *sentence.tokens):
            if token.end <= quantity.start and (telling := self._telling(token)):
                told.append((token.end - 1, telling))
        told.sort(reverse=True)
        heading = [(0, topic) for token in self._heading(sentence.block) if (topic := self._telling(token))]
        return list(dict.fromkeys(topic for _, topic in (*told, *heading)))

    def _telling(self, token: Token) -> str | None:
        return next((topic for head, topic in self.lexicon.topic_heads.items() if head in token.concepts), None)


def is_bare(text: str, start: int, quantity: Quantity) -> bool:
    """True when nothing but a list sign or 共 stands between the position and the number."""
    return bool(_BARE.fullmatch(text, start, quantity.start))


def concepts_of(tokens: Sequence[Token]) -> Concepts:
    """All concepts of the words."""
    return NOTHING.union(*[token.concepts for token in tokens])


def _start(token: Token) -> int:
    return token.start


def _end(token: Token) -> int:
    return token.end
