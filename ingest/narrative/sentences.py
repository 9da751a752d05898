"""Sentences of a block read clause by clause into facts: lists, pairs, elided nouns, totals and parts."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from catalogue.lexicon import Lexicon
from ingest.narrative.contexts import SentenceContext, is_allowed
from ingest.narrative.grammar import Grammar, Reading, Window, concepts_of, is_bare
from ingest.narrative.layout import Block
from ingest.narrative.quantities import Quantity, find_quantities
from ingest.narrative.tables import Row
from ingest.narrative.tokens import Token, Tokeniser

_SENTENCE = re.compile(r"[。！？!?\n]+")
_CLAUSE = re.compile(
    r"[，,；;（）]|——|：(?![“”《]?(?:共|约|近|达|计|为|有|超)?\d)|：(?=\d{1,2}[.、])|(?<![:：])：(?=\n)"
)
_NOTHING: frozenset[str] = frozenset()
_PER_HEAD = re.compile(r"每(?:人|名|位|个|户|组)|人均|户均")
_MEMORY = 400
_ONE = 0.88
_PAIRED = 0.96
_RECENT = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A fact in clean coordinates, before confidence is calibrated and the quote is cut."""

    indicator: str
    quantity: Quantity
    start: int
    end: int
    confidence: float
    is_part: bool
    is_total: bool
    sentence: int


@dataclass(slots=True)
class Memory:
    """The last fact read and how: what a list, a pair or an elided noun goes back to."""

    found: Found | None = None
    reading: Reading | None = None


@dataclass(slots=True)
class Sentence:
    """A sentence's words, clauses and contexts."""

    start: int
    tokens: list[Token]
    clauses: list[tuple[int, int]]
    context: SentenceContext | None
    counted: set[int]
    block: Block


class SentenceReader:
    """Reads the sentences of one document; `own_name` is its township, to tell other places from it."""

    def __init__(self, lexicon: Lexicon, tokeniser: Tokeniser, text: str, own_name: str | None) -> None:
        self.lexicon, self.tokeniser, self.text, self.own_name = lexicon, tokeniser, text, own_name
        self.grammar = Grammar(lexicon)
        self.memory = Memory()
        self.facts: list[Found] = []

    def read(self, block: Block, quantities: Sequence[Quantity]) -> Iterator[Found]:
        """The facts of a paragraph, given the quantities that stand in it."""
        at = 0
        for start, end in _parts(_SENTENCE, self.text, block.start, block.end):
            first = at
            while at < len(quantities) and quantities[at].start < end:
                at += 1
            if at > first:
                yield from self._sentence(start, end, quantities[first:at], block)

    def _sentence(self, start: int, end: int, quantities: Sequence[Quantity], block: Block) -> Iterator[Found]:
        tokens = self.tokeniser.tokens(self.text, start, end)
        clauses = list(_parts(_CLAUSE, self.text, start, end))
        context = SentenceContext(self.text, start, tokens, clauses, self.own_name)
        by_clause = [[item for item in quantities if here <= item.start < stop] for here, stop in clauses]
        counted = {index for index, inside in enumerate(by_clause) if inside}
        sentence = Sentence(start, tokens, clauses, context, counted, block)
        for index in sorted(counted):
            yield from self._clause(sentence, index, by_clause[index])

    def _clause(self, sentence: Sentence, index: int, quantities: Sequence[Quantity]) -> Iterator[Found]:
        here, stop = sentence.clauses[index]
        edge, queue = here, list[Reading]()
        goes_on = False
        for at, quantity in enumerate(quantities):
            following = quantities[at + 1].start if at + 1 < len(quantities) else stop
            window = self._window(sentence, index, quantity, edge, following)
            reason = sentence.context.exclusion(quantity, index, sentence.block.mode == "plan")
            readings = self._readings(sentence, window, edge, here, queue, goes_on)
            edge = max([quantity.end, *(reading.head.end for reading in readings)])
            goes_on = False
            if not readings or (reason and not self._is_yearly_fund(reason, here, quantity, readings)):
                continue
            actor = sentence.context.acting(quantity.start)
            for reading in readings:
                if is_allowed(actor, reading.frame, quantity.unit):
                    yield from self._emit(sentence, reading, window)
                    goes_on = True

    def row(self, row: Row, block: Block) -> Iterator[Found]:
        """The facts of a table row: its figure read with the label as noun, then the remarks as sentences."""
        tokens = self.tokeniser.tokens(self.text, row.label.start, row.label.end)
        for quantity in self._measured(row.quantity, tokens):
            sentence = Sentence(row.label.start, tokens, [(row.label.start, quantity.end)], None, set(), block)
            window = Window(quantity, tokens, [], _NOTHING, _NOTHING, _NOTHING, lambda: _NOTHING, lambda: self._topics(sentence, quantity))
            readings = self.grammar.readings(self.text, window)
            if readings:
                for reading in readings:
                    yield from self._emit(sentence, reading, window)
                break
        for remark in row.remarks:
            inside = list(find_quantities(self.text[remark.start : remark.end]))
            moved = [replace(item, start=item.start + remark.start, end=item.end + remark.start) for item in inside]
            if moved:
                yield from self._sentence(remark.start, remark.end, moved, block)

    def _measured(self, quantity: Quantity, label: Sequence[Token]) -> Iterator[Quantity]:
        """The figure with its measure; with every measure the label's nouns are counted by, when none is written."""
        if quantity.unit:
            yield quantity
            return
        for token in reversed(label):
            for head, frames in self.lexicon.heads.items():
                if head in token.concepts:
                    for unit in dict.fromkeys(self.lexicon.indicators[frame.indicator].unit for frame in frames):
                        yield replace(quantity, unit=unit)

    # -------------------------------------------------------------- the surroundings of a number
    def _window(self, sentence: Sentence, index: int, quantity: Quantity, edge: int, following: int) -> Window:
        tokens, (here, stop) = sentence.tokens, sentence.clauses[index]
        begin = bisect_left(tokens, here, key=_start)
        first = bisect_left(tokens, edge, key=_start)
        last = bisect_right(tokens, quantity.start, key=_end)
        behind = bisect_left(tokens, quantity.end, key=_start)
        left = tokens[first:last]
        right = tokens[behind : bisect_right(tokens, following, key=_end)]
        if following < stop:
            right = self._own_right(right, quantity, following)
        alone = edge == here and index and index - 1 not in sentence.counted and is_bare(self.text, here, quantity)
        if not left and alone:
            before = sentence.clauses[index - 1][0]
            left = tokens[bisect_left(tokens, before, key=_start) : begin]
        segment = tokens[bisect_left(tokens, self._segment(sentence.start, here), key=_start) : begin]
        if quantity.unit == "元" and index + 1 < len(sentence.clauses) and index + 1 not in sentence.counted:
            ahead = sentence.clauses[index + 1]
            segment = [*segment, *(token for token in tokens if ahead[0] <= token.start < ahead[1])]
        return Window(
            quantity=quantity,
            left=left,
            right=right,
            shared=concepts_of(tokens[begin:first]),
            sentence=concepts_of(segment),
            wider=concepts_of(tokens[:begin]),
            paragraph=lambda: self._paragraph(sentence),
            topics=lambda: self._topics(sentence, quantity),
        )

    def _segment(self, start: int, here: int) -> int:
        """Where the part of the sentence begins that a ； sets off."""
        return max(start, *(self.text.rfind(sign, start, here) + 1 for sign in "；;"))

    def _own_right(self, right: list[Token], quantity: Quantity, following: int) -> list[Token]:
        """Words up to the next list sign; without one they belong to the next number, save the first behind 的 or none."""
        sign = re.compile("[、和与及]").search(self.text, quantity.end, following)
        if sign:
            return [token for token in right if token.end <= sign.start()]
        return [
            token
            for token in right
            if token is not right[-1] or "divide" in token.concepts or (len(right) == 1 and token.end < following - 1)
        ]

    def _paragraph(self, sentence: Sentence) -> frozenset[str]:
        start = max(sentence.block.start, sentence.start - _MEMORY)
        before = self.tokeniser.tokens(self.text, start, sentence.start)
        return concepts_of(before) | concepts_of(self._heading(sentence.block))

    def _heading(self, block: Block) -> list[Token]:
        return self.tokeniser.tokens(block.heading, 0, len(block.heading)) if block.heading else []

    def _topics(self, sentence: Sentence, quantity: Quantity) -> list[str]:
        """What an elided noun before the number may be, nearest first: families of facts and telling nouns."""
        reach = quantity.start - _MEMORY
        start = max(sentence.block.start, reach)
        told = [(fact.end, topic) for fact in self.facts[-_RECENT:] if fact.end > reach
                and (topic := self.lexicon.topics.get(fact.indicator))]  # fmt: skip
        before = self.tokeniser.tokens(self.text, start, sentence.start) if start < sentence.start else []
        for token in (*before, *sentence.tokens):
            if token.end <= quantity.start and (telling := self._telling(token)):
                told.append((token.end - 1, telling))
        told.sort(reverse=True)
        heading = [(0, topic) for token in self._heading(sentence.block) if (topic := self._telling(token))]
        return list(dict.fromkeys(topic for _, topic in (*told, *heading)))

    def _telling(self, token: Token) -> str | None:
        return next((topic for head, topic in self.lexicon.topic_heads.items() if head in token.concepts), None)

    # -------------------------------------------------------------- what the number counts
    def _readings(
        self, sentence: Sentence, window: Window, edge: int, here: int, queue: list[Reading], goes_on: bool
    ) -> list[Reading]:
        quantity = window.quantity
        bare = is_bare(self.text, edge, quantity)
        if queue and bare:
            return [queue.pop(0)]
        queue.clear()
        shared_out = self.grammar.respectively(self.text, window)
        if shared_out:
            queue.extend(shared_out[1:])
            return shared_out[:1]
        readings = self.grammar.readings(self.text, window)
        if not readings and bare and (goes_on or (edge == here and self._follows(sentence, here))):
            again = self._again(quantity, goes_on)
            return [again] if again else []
        if quantity.is_one:
            readings = [
                replace(reading, factor=reading.factor * _ONE)
                for reading in readings
                if reading.head.start < quantity.start and not reading.elided
            ]
        return readings

    def _follows(self, sentence: Sentence, here: int) -> bool:
        """True when the last fact ended right before the clause (3期,150人次)."""
        last = self.memory.found
        return last is not None and sentence.block.start <= last.start and 0 <= here - last.end <= 2

    def _again(self, quantity: Quantity, same_clause: bool) -> Reading | None:
        """The last reading carried on: a paired number (86户298人) or a second one of the same noun (69件、30件)."""
        last, reading = self.memory.found, self.memory.reading
        if last is None or reading is None:
            return None
        for paired, units in self.lexicon.pairs.get(last.indicator, ()):
            if quantity.unit in units:
                return replace(reading, frame=replace(reading.frame, indicator=paired, also=None, silent=False), factor=_PAIRED)
        if same_clause and quantity.unit == last.quantity.unit:
            return replace(reading, factor=reading.factor * _PAIRED)
        return None

    def _is_yearly_fund(self, reason: str, here: int, quantity: Quantity, readings: list[Reading]) -> bool:
        """每年经费三千元 is a fact, 每人每年五百元 a standard."""
        words = self.text[here : quantity.start]
        return (
            reason == "rule"
            and quantity.unit == "元"
            and any("fund" in reading.head.concepts for reading in readings)
            and not _PER_HEAD.search(words)
        )

    def _emit(self, sentence: Sentence, reading: Reading, window: Window) -> Iterator[Found]:
        quantity = window.quantity
        said = concepts_of(window.left) | window.shared
        found = Found(
            indicator=reading.frame.indicator,
            quantity=quantity,
            start=min(reading.head.start, quantity.start),
            end=max(reading.head.end, quantity.end),
            confidence=reading.frame.confidence * reading.factor,
            is_part=reading.frame.scope == "part" or "within" in said,
            is_total="total" in said or "total" in window.sentence,
            sentence=sentence.start,
        )
        self.memory.found, self.memory.reading = found, reading
        if reading.frame.silent:
            return
        self.facts.append(found)
        yield found
        if reading.frame.also:
            yield replace(found, indicator=reading.frame.also, confidence=found.confidence * _PAIRED)


def _parts(sign: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for found in sign.finditer(text, start, end):
        if found.start() > at:
            yield at, found.start()
        at = found.end()
    if at < end:
        yield at, end


def _start(token: Token) -> int:
    return token.start


def _end(token: Token) -> int:
    return token.end
