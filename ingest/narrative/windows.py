"""What surrounds a number: the words on both sides that may belong to it, and the topic an elided noun would be."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalogue.lexicon import Concepts, Lexicon, concepts
from ingest.narrative.contexts import SentenceContext
from ingest.narrative.facts import Found
from ingest.narrative.layout import Block
from ingest.narrative.quantities import Quantity
from ingest.narrative.tokens import Token, Tokeniser, TokenLine, concepts_of

_MEMORY = 400  # characters an elided noun may lie back
_LABEL = 14  # characters a label has at most
_RECENT = 12  # facts that may set the topic
_DIVIDE = concepts("divide")
_CLOSED_BY, _CLOSERS = concepts("group", "model_group", "office"), concepts("commend", "review")
_LIST_SIGN = re.compile("[、和与及]")
_PERSONS = re.compile(r"[\d一二三四五六七八九十百千万余多]+[人名位]次?")
_BARE = re.compile(r"(?:、|和|及|与|以及|，|/)?(?:一?共|总共|[合累共总]计|计|达|约|近|为|有)*")


class Window:
    """The words left and right of one quantity up to the next, and the concepts of its wider context.

    `own` are the concepts of left and right, `own_left` of left alone, `ahead` of right alone, `shared` of the clause
    before left, `segment` of the sentence since the last ；, `wider` of the whole sentence before the clause.
    """

    __slots__ = (
        "_find_topics", "_topics", "ahead", "left", "own", "own_left", "paragraph", "quantity", "right", "segment",
        "shared", "wider",
    )  # fmt: skip

    def __init__(
        self, quantity: Quantity, left: Sequence[Token], right: Sequence[Token],
        shared: Concepts = 0, segment: Concepts = 0, wider: Concepts = 0,
        paragraph: Callable[[], Concepts] = lambda: 0, topics: Callable[[], Sequence[str]] = lambda: (),
    ) -> None:  # fmt: skip
        self.quantity, self.left, self.right = quantity, left, right
        self.shared, self.segment, self.wider = shared, segment, wider
        self.paragraph, self._find_topics = paragraph, topics
        self._topics: Sequence[str] | None = None
        self.ahead = concepts_of(right)
        self.own_left = concepts_of(left)
        self.own = self.own_left | self.ahead

    def widened(self) -> Window:
        """The window with the whole sentence as shared context and nothing to its right."""
        shared = self.shared | self.wider
        return Window(self.quantity, self.left, (), shared, self.segment, 0, self.paragraph, self.topics)

    def topics(self) -> Sequence[str]:
        """What an elided noun before the number may be, nearest first."""
        if self._topics is None:
            self._topics = self._find_topics()
        return self._topics


@dataclass(slots=True)
class Sentence:
    """A sentence's words (`first` is the number of the first) and clauses; `counted` are those with a quantity."""

    start: int
    first: int
    tokens: list[Token]
    clauses: list[tuple[int, int]]
    context: SentenceContext
    counted: set[int]
    block: Block


class Surveyor:
    """Makes the windows of a text's quantities; `facts` is the list the reader appends what it found to."""

    def __init__(self, lexicon: Lexicon, tokeniser: Tokeniser, text: str, facts: list[Found]) -> None:
        self.text, self.facts, self.topic_of = text, facts, tokeniser.topic_of
        self.lexicon = lexicon
        self._nouns = concepts(*lexicon.heads)
        self.persons = lexicon.measures["persons"]
        self.line = TokenLine(tokeniser.tokens(text))
        self._tokens, self._headings = tokeniser.tokens, dict[str, list[Token]]()
        topic_of = tokeniser.topic_of
        self._told = [
            (token.end - 1, topic, token.start)
            for token in self.line.tokens
            if (topic := topic_of(token.concepts)) is not None
        ]

    def window(self, sentence: Sentence, index: int, quantity: Quantity, edge: int, following: int) -> Window:
        """The quantity's surroundings in clause `index`; `edge` is where the last number's words end."""
        line, (here, stop) = self.line, sentence.clauses[index]
        begin = line.first(here)
        first = begin if edge == here else line.first(edge)
        left = line.tokens[first : line.past(quantity.start)]
        right = self._right(sentence, quantity, following, stop)
        alone = edge == here and index and index - 1 not in sentence.counted and is_bare(self.text, here, quantity)
        if alone:
            left = line.tokens[line.first(sentence.clauses[index - 1][0]) : begin]
        return Window(
            quantity=quantity,
            left=left,
            right=right,
            shared=line.said(begin, first),
            segment=self._segment(sentence, index, quantity, begin),
            wider=line.said(sentence.first, begin),
            paragraph=lambda: self._paragraph(sentence),
            topics=lambda: self.topics(sentence, quantity),
        )

    def labelled(self, sentence: Sentence, index: int, window: Window) -> Window | None:
        """The window with its label's words (信息录用：区级6篇、市级2篇) for a clause that has no noun of its own."""
        if not index or self._nouns & window.own:
            return None
        start, end = sentence.clauses[index - 1]
        if self.text[end] != "：" or end - start > _LABEL:
            return None
        label = self.line.tokens[self.line.first(start) : self.line.past(end)]
        return Window(window.quantity, label, (), 0, window.segment, 0, window.paragraph, window.topics)

    def _right(self, sentence: Sentence, quantity: Quantity, following: int, stop: int) -> list[Token]:
        right = self.line.within(quantity.end, following)
        if following == stop:
            return right
        right = self._own(right, quantity, following)
        whole = bool(right) and self.text.startswith(
            ("中", "里"), right[0].end
        )  # 71名代表中…: the others are parts of it
        if quantity.unit in self.persons and not whole:
            right += self._closing(sentence, stop)
        elif any(_CLOSED_BY & token.concepts for token in right):
            right += [token for token in self._closing(sentence, stop) if _CLOSERS & token.concepts]
        return right

    def _own(self, right: list[Token], quantity: Quantity, following: int) -> list[Token]:
        """Words up to the next list sign; without one the last belongs to the next number."""
        sign = _LIST_SIGN.search(self.text, quantity.end, following)
        if sign:
            return [token for token in right if token.end <= sign.start()]
        return [
            token
            for token in right
            if token is not right[-1] or _DIVIDE & token.concepts or (len(right) == 1 and token.end < following - 1)
        ]

    def _closing(self, sentence: Sentence, stop: int) -> list[Token]:
        """Words behind the sentence's last count of people: what 15名县代表和40名镇代表 did."""
        last = max((found.end() for found in _PERSONS.finditer(self.text, sentence.start, stop)), default=stop)
        return [token for token in sentence.tokens if last <= token.start and token.end <= stop]

    def _segment(self, sentence: Sentence, index: int, quantity: Quantity, begin: int) -> Concepts:
        """Words since the last ；; for money also those behind it and in the next clause, which say what for."""
        here = sentence.clauses[index][0]
        since = max(sentence.start, self.text.rfind("；", sentence.start, here) + 1)
        segment = self.line.said(self.line.first(since), begin)
        if quantity.unit == "元":
            end = sentence.clauses[min(index + 1, len(sentence.clauses) - 1)][1]
            segment |= concepts_of(self.line.within(quantity.end, end))
        return segment

    def _paragraph(self, sentence: Sentence) -> Concepts:
        start = max(sentence.block.start, sentence.start - _MEMORY)
        return self.line.said(self.line.first(start), sentence.first) | concepts_of(self._heading(sentence.block))

    def _heading(self, block: Block) -> list[Token]:
        if block.heading not in self._headings:
            self._headings[block.heading] = self._tokens(block.heading)
        return self._headings[block.heading]

    def topics(self, sentence: Sentence, quantity: Quantity) -> list[str]:
        """What an elided noun before the number may be, nearest first: families of facts and telling nouns."""
        reach = quantity.start - _MEMORY
        start = min(sentence.start, max(sentence.block.start, reach))
        told = [
            (fact.end, topic)
            for fact in self.facts[-_RECENT:]
            if fact.end > reach and (topic := self.lexicon.topics.get(fact.indicator))
        ]
        for at in range(bisect_left(self._told, (quantity.start,)) - 1, -1, -1):
            last, telling, begins = self._told[at]
            if begins < start:
                break
            told.append((last, telling))
        told.sort(reverse=True)
        topic_of = self.topic_of
        heading = [topic for token in self._heading(sentence.block) if (topic := topic_of(token.concepts))]
        return list(dict.fromkeys([*(topic for _, topic in told), *heading]))


def is_bare(text: str, start: int, quantity: Quantity) -> bool:
    """True when nothing but a list sign or 共 stands between the position and the number."""
    return bool(_BARE.fullmatch(text, start, quantity.start))
