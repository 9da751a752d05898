"""Why a number in a sentence is no fact of the period: plans, rules, other years, other bodies, remainders, denials."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from catalogue.lexicon import Frame
from ingest.narrative.quantities import Quantity
from ingest.narrative.tokens import Token

Actor = str  # own, government, higher, wide, elsewhere

_ACTORS = ("higher", "wide", "elsewhere", "government")
_ACTOR_SET = frozenset((*_ACTORS, "own"))
_SUBJECT_REACH = 10
_PREPOSITION = re.compile(r"(?:向|由|被|经|对|请|受|为|与|和|同|在|给|送|按|据|报|从|交|及|会同|督促|听取|邀请|根据|配合|到|得到|助推|往|投|建议|、)[^，,；：]{0,3}$")
_COMPARED = re.compile(r"[比较与同和跟由从]$")
_COMPARING = frozenset("较上年 比上年 比去年 较去年 与上年 与去年 相比 同比 较同期 环比".split())
_VERBS = frozenset(
    "elect hear raise received collect find check rectify resolve visit aid commend participate divide build mediate petition_in settle "
    "close do spend submit publish inspection research lawcheck special review feedback receive pass oversee".split()
)
_PLACE = re.compile(r"(?:^|[，,；：。的])([\u4e00-\u9fff]{2,3}?)(镇|乡|街道)(?=有|的|人大|共|今年|组织|去年|现有|建有|建成|全|则|也|主席团|在)")
_COMMON_PLACES = frozenset("全我本各该邻乡两")


@dataclass(slots=True)
class SentenceContext:
    """What the words of a sentence, read left to right, say about its numbers."""

    text: str
    start: int
    tokens: Sequence[Token]
    clauses: Sequence[tuple[int, int]]
    own_name: str | None
    marks: list[tuple[int, int, str]] = field(default_factory=list)
    rule_goes_on: bool = False

    def __post_init__(self) -> None:
        wanted = ("plan", "aim", "rule", "prior", "last_year", "this_year", "grow", "rest", "denial", "reset", "join")
        for token in self.tokens:
            for concept in wanted:
                if concept in token.concepts:
                    self.marks.append((token.start, token.end, concept))

    def exclusion(self, quantity: Quantity, clause: int, in_plan: bool) -> str | None:
        """The reason why the number is no fact whatever it counts, or None."""
        here, clause_end = self.clauses[clause]
        before = [mark for mark in self.marks if mark[0] < quantity.start]
        if in_plan or self._planned(before, here, quantity):
            return "plan"
        if self._ruled(before, here):
            return "rule"
        if not quantity.grown and self._earlier(before, here, quantity):
            return "prior"
        if not quantity.grown and any(
            name == "grow" and here <= start and quantity.start - end <= 2 for start, end, name in before
        ):
            return "increment"
        return self._left_over(before, here, clause_end, quantity)

    def _planned(self, before: list[tuple[int, int, str]], here: int, quantity: Quantity) -> bool:
        planned = [start for start, _, name in before if name == "plan"]
        if planned:
            done = [start for start, _, name in before if name == "reset" and start >= here and start > planned[-1]]
            if not (done and planned[-1] < here):
                return True
        return quantity.unit == "%" and any(name == "aim" and start >= here for start, _, name in before)

    def _ruled(self, before: list[tuple[int, int, str]], here: int) -> bool:
        in_clause = [start for start, _, name in before if name == "rule" and start >= here]
        if in_clause:
            self.rule_goes_on = True
            return True
        if self.rule_goes_on and any(name == "reset" and start >= here for start, _, name in before):
            self.rule_goes_on = False
        return self.rule_goes_on

    def _earlier(self, before: list[tuple[int, int, str]], here: int, quantity: Quantity) -> bool:
        """An earlier year governs the number: named in its clause, or in a clause before that is no comparison."""
        this_year = [start for start, _, name in before if name in ("this_year", "reset")]
        for start, end, name in reversed(before):
            if name == "last_year" and not any(mark[2] == "this_year" for mark in self.marks):
                continue
            if name not in ("prior", "last_year") or any(later > start for later in this_year):
                continue
            compared = self.text[start:end] in _COMPARING or _COMPARED.search(self.text[max(self.start, start - 1) : start])
            if start >= here:
                return not compared or quantity.start - end <= 10
            if not compared:
                return True
        return False

    def _left_over(
        self, before: list[tuple[int, int, str]], here: int, clause_end: int, quantity: Quantity
    ) -> str | None:
        for start, _, name in self.marks:
            if not here <= start < clause_end:
                continue
            if name in ("rest", "denial") and start < quantity.start:
                return name
            behind = start - quantity.end
            if name in ("rest", "denial") and 0 <= behind <= 12 and not re.search(
                r"\d|、", self.text[quantity.end : start]
            ):
                return name
        return None

    def acting(self, position: int) -> Actor:
        """Who acts where the number stands: the last subject named at the head of a clause of the sentence."""
        actor = "own"
        segment = max(self.start, *(self.text.rfind(sign, self.start, position) + 1 for sign in "；;"))
        for start, end in self.clauses:
            if start > position:
                break
            if end <= segment:
                continue
            actor = self._subject(start, min(end, position)) or actor
        return actor

    def _subject(self, start: int, end: int) -> Actor | None:
        place = _PLACE.match(self.text, max(self.start, start - 1), end)
        if place and self.own_name and place[1] + place[2] != self.own_name and place[1][-1] not in _COMMON_PLACES:
            return "elsewhere"
        for token in self.tokens:
            if token.start < start:
                continue
            if token.start >= end or token.start - start > _SUBJECT_REACH:
                return None
            if _VERBS & token.concepts and not _ACTOR_SET & token.concepts:
                return None
            named = next((actor for actor in _ACTORS if actor in token.concepts), None)
            if named is None and "own" not in token.concepts:
                continue
            if _PREPOSITION.search(self.text[max(start, token.start - 5) : token.start]):
                if named and named != "government" and self._joined(start, token.start):
                    return "joined"
                continue
            if self._joined(start, token.start) and named in ("higher", "elsewhere", "wide"):
                return "joined"
            return named or "own"
        return None

    def _joined(self, start: int, end: int) -> bool:
        return any(name == "join" and start <= at and end - stop <= 2 for at, stop, name in self.marks if at < end)


def is_allowed(actor: Actor, frame: Frame, unit: str) -> bool:
    """True when a number of that acting body may be a fact of the township congress."""
    if actor == "own" or frame.others:
        return True
    if actor == "government":
        return frame.government
    if actor == "joined":
        return unit in ("人次", "人", "名", "位", "篇", "条", "元")
    return False
