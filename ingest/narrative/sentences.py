"""Sentences of a block read clause by clause into facts: lists, pairs, elided nouns, one number for two nouns."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from catalogue.lexicon import concepts
from ingest.narrative.contexts import SentenceContext, is_allowed
from ingest.narrative.facts import Found
from ingest.narrative.grammar import Grammar, Reading
from ingest.narrative.layout import Block
from ingest.narrative.quantities import Quantity, find_quantities
from ingest.narrative.tables import Row
from ingest.narrative.tokens import Token, Tokeniser
from ingest.narrative.windows import Sentence, Surveyor, Window, is_bare

_SENTENCE = re.compile(r"[。！？!?\n]+")
_CLAUSE = re.compile(
    r"[，；]|（(?![站点居]）)|(?<!（[站点居])）|——|：(?![“”《]?(?:共|约|近|达|计|为|有|超)?[\d一二两三四五六七八九十百])|：(?=\d{1,2}[.、])"
)
_PER_HEAD = re.compile(r"每(?:人|名|位|个|户|组)|人均|户均")
_COUNTY_DEPUTIES = re.compile(r"[县区旗](?:级)?(?:人大)?代表")
_LEVELS = concepts("deputy", "deputy_town", "deputy_county", "deputy_city")
_WITHIN, _TOTAL, _FUND, _CITY = concepts("within"), concepts("total"), concepts("fund"), concepts("deputy_city")
_TIMES = frozenset(("次", "场", "场次", "轮", "期"))
_JOINED = re.compile(r"(?:应邀|参加|参与|配合|协助|列席)[^，；。]{0,4}[省县市区州]级?(?:人大|政府|委|法院|检察院)")
_SLOGAN = re.compile(r"“[^”，。]*$")  # “走访一户、温暖一户”
_SLOGAN_REACH = 10
_DONE_ONCE = re.compile(r"(?:开展|组织|进行|搞|举行|举办|召开|安排|查|作|做|听取)[了过]?$")
_NEXT = 12  # characters between a rate and the one it is told apart from (满意率87%，基本满意率12%)
_LONGEST = 1_500
_ONE = 0.88
_CARRIED = 0.96


class SentenceReader:
    """Reads the sentences of one document into `found`; `own_name` is its township, to tell other places from it,
    `year` the one year it reports on, to tell earlier ones from it."""

    def __init__(
        self, grammar: Grammar, tokeniser: Tokeniser, text: str, own_name: str | None, year: int | None = None
    ) -> None:
        self.lexicon, self.grammar = grammar.lexicon, grammar
        self.tokeniser, self.text, self.own_name, self.year = tokeniser, text, own_name, year
        self.found: list[Found] = []
        self.facts: list[Found] = []
        self.surveyor = Surveyor(grammar.lexicon, tokeniser, text, self.facts)
        self.last: tuple[Found, Reading] | None = None
        self.knows_county = bool(_COUNTY_DEPUTIES.search(text))

    def read(self, block: Block, quantities: Sequence[Quantity]) -> None:
        """Finds the facts of a paragraph, given the quantities that stand in it."""
        at = 0
        for start, end in _bounded(_parts(_SENTENCE, self.text, block.start, block.end)):
            first = at
            while at < len(quantities) and quantities[at].start < end:
                at += 1
            if at > first:
                self._sentence(start, end, quantities[first:at], block)

    def row(self, row: Row, block: Block) -> None:
        """Finds the facts of a table row: its figure read with the label as noun, then the remarks as sentences."""
        label = self._words(row.label.start, row.label.end, [], block)
        for quantity in self._measured(row.quantity, label.tokens) if row.quantity else ():
            readings = self._row_readings(label, quantity)
            for reading in readings:
                self._emit(label.start, reading, Window(quantity, label.tokens, ()))
            if readings:
                break
        for remark in row.remarks:
            inside = find_quantities(self.text[remark.start : remark.end])
            moved = [item._replace(start=item.start + remark.start, end=item.end + remark.start) for item in inside]
            if moved:
                self._sentence(remark.start, remark.end, moved, block)

    def _row_readings(self, label: Sentence, quantity: Quantity) -> list[Reading]:
        window = Window(quantity, label.tokens, (), topics=lambda: self.surveyor.topics(label, quantity))
        return self.grammar.readings(self.text, window)

    def _measured(self, quantity: Quantity, label: Sequence[Token]) -> Iterator[Quantity]:
        """The figure with its measure; with every measure the label's nouns are counted by, when none is written."""
        if quantity.unit:
            yield quantity
            return
        for token in reversed(label):
            for head, frames in self.lexicon.heads.items():
                if concepts(head) & token.concepts:
                    for unit in dict.fromkeys(self.lexicon.indicators[frame.indicator].unit for frame in frames):
                        yield quantity._replace(unit=unit)

    def _words(self, start: int, end: int, quantities: Sequence[Quantity], block: Block) -> Sentence:
        line = self.surveyor.line
        first = line.first(start)
        tokens = line.tokens[first : line.past(end)]
        clauses = list(_parts(_CLAUSE, self.text, start, end))
        context = SentenceContext(self.text, start, tokens, clauses, self.own_name, year=self.year)
        starts = [here for here, _ in clauses]
        counted = {
            index
            for quantity in quantities
            if (index := bisect_right(starts, quantity.start) - 1) >= 0 and quantity.start < clauses[index][1]
        }
        return Sentence(start, first, tokens, clauses, context, counted, block)

    def _sentence(self, start: int, end: int, quantities: Sequence[Quantity], block: Block) -> None:
        sentence = self._words(start, end, quantities, block)
        quantities = [item for item in quantities if not self.surveyor.line.is_inside(item.start, item.end)]
        for index in sorted(sentence.counted):
            here, stop = sentence.clauses[index]
            self._clause(sentence, index, [item for item in quantities if here <= item.start < stop])

    def _clause(self, sentence: Sentence, index: int, quantities: Sequence[Quantity]) -> None:
        here, stop = sentence.clauses[index]
        edge, queue = here, list[Reading]()
        goes_on = False
        for at, quantity in enumerate(quantities):
            following = quantities[at + 1].start if at + 1 < len(quantities) else stop
            window = self.surveyor.window(sentence, index, quantity, edge, following)
            reason = sentence.context.exclusion(quantity, index, sentence.block.mode)
            readings = self._readings(sentence, index, window, edge, queue, goes_on)
            edge = quantity.end
            for reading in readings:
                edge = max(edge, reading.head.end)
            goes_on = False
            if not readings or (reason and not self._is_yearly_fund(reason, here, quantity, readings)):
                continue
            if self._is_joined(here, quantity):
                continue
            actor = sentence.context.acting(quantity.start)
            for reading in readings:
                if is_allowed(actor, reading.frame, quantity.unit) and not self._is_elsewhere(reading, window):
                    self._emit(here, reading, window)
                    goes_on = True

    # -------------------------------------------------------------- what the number counts
    def _readings(
        self, sentence: Sentence, index: int, window: Window, edge: int, queue: list[Reading], goes_on: bool
    ) -> list[Reading]:
        quantity, here = window.quantity, sentence.clauses[index][0]
        bare = is_bare(self.text, edge, quantity)
        if queue and bare:
            return [queue.pop(0)]
        queue.clear()
        shared_out = self.grammar.respectively(self.text, window)
        if shared_out:
            queue.extend(shared_out[1:])
            return shared_out[:1]
        readings = self.grammar.readings(self.text, window)
        if not readings and (labelled := self.surveyor.labelled(sentence, index, window)):
            readings = self.grammar.readings(self.text, labelled)
        carries_on = goes_on or (edge == here and self._follows(sentence, here))
        if not readings and bare and carries_on and not self.grammar.is_other(self.text, window):
            again = self._again(quantity, goes_on)
            return [again] if again else []
        if quantity.is_one:
            if _SLOGAN.search(self.text, max(0, quantity.start - _SLOGAN_REACH), quantity.start):
                return []
            return [
                reading._replace(factor=reading.factor * _ONE)
                for reading in readings
                if not reading.elided and (reading.head.start < quantity.start or self._was_done(quantity))
            ]
        return readings

    def _was_done(self, quantity: Quantity) -> bool:
        """开展了一次执法检查: one time of an activity that took place."""
        return quantity.unit in _TIMES and bool(
            _DONE_ONCE.search(self.text, max(0, quantity.start - 6), quantity.start)
        )

    def _is_joined(self, here: int, quantity: Quantity) -> bool:
        """应邀参加区人大常委会执法检查5次: an activity of a body above, which deputies joined."""
        return quantity.unit in _TIMES and bool(_JOINED.search(self.text, here, quantity.start))

    def _follows(self, sentence: Sentence, here: int) -> bool:
        """True when the last fact ended right before the clause (3期,150人次)."""
        return (
            self.last is not None and sentence.block.start <= self.last[0].start and 0 <= here - self.last[0].end <= 2
        )

    def _again(self, quantity: Quantity, same_clause: bool) -> Reading | None:
        """The last reading carried on: a paired number (86户298人) or a second one of the same noun (69件、30件)."""
        if self.last is None:
            return None
        found, reading = self.last
        for paired, units in self.lexicon.pairs.get(found.indicator, ()):
            if quantity.unit in units:
                frame = replace(reading.frame, indicator=paired, also=None, silent=False)
                return reading._replace(frame=frame, factor=_CARRIED)
        if same_clause and quantity.unit == found.quantity.unit:
            return reading._replace(factor=reading.factor * _CARRIED)
        return None

    def _is_yearly_fund(self, reason: str, here: int, quantity: Quantity, readings: list[Reading]) -> bool:
        """每年经费三千元 is a fact, 每人每年五百元 a standard."""
        return (
            reason == "rule"
            and quantity.unit == "元"
            and any(_FUND & reading.head.concepts for reading in readings)
            and not _PER_HEAD.search(self.text, here, quantity.start)
        )

    def _is_elsewhere(self, reading: Reading, window: Window) -> bool:
        """Deputies of a level the text does not mean: a city's beside a county's, or the makeup of an activity."""
        head = reading.head.concepts
        if _CITY & head and self.knows_county:
            return True
        if reading.head.word.startswith("基本满意") and self.last and self.last[0].indicator == reading.frame.indicator:
            return window.quantity.start - self.last[0].end < _NEXT
        made_up = self.last is not None and self.last[0].indicator == "activity_participants"
        return made_up and bool(_WITHIN & (window.own | window.shared)) and bool(_LEVELS & head)

    def _emit(self, clause: int, reading: Reading, window: Window) -> None:
        """The fact, or two, of a reading in the clause that begins there is found."""
        quantity, head = window.quantity, reading.head
        said = window.own_left | window.shared
        found = Found(
            indicator=reading.frame.indicator,
            quantity=quantity,
            start=min(head.start, quantity.start),
            end=max(head.end, quantity.end),
            confidence=reading.frame.confidence * reading.factor,
            is_part=reading.frame.scope == "part" or bool(_WITHIN & said),
            is_total=bool(_TOTAL & (said | window.wider)),
            clause=clause,
        )
        self.last = found, reading
        if reading.frame.silent:
            return
        self.facts.append(found)
        self.found.append(found)
        if reading.frame.also:
            also = found._replace(indicator=reading.frame.also, confidence=found.confidence * _CARRIED)
            self.found.append(also)


def _bounded(spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Sentences, cut where one is longer than any writer's."""
    for start, end in spans:
        for at in range(start, end, _LONGEST):
            yield at, min(end, at + _LONGEST)


def _parts(sign: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for found in sign.finditer(text, start, end):
        if found.start() > at:
            yield at, found.start()
        at = found.end()
    if at < end:
        yield at, end
