"""A document's text read into facts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from catalogue.lexicon import Lexicon, load_lexicon
from catalogue.register import Register
from ingest.narrative.cleaning import Clean, clean
from ingest.narrative.confidence import calibrated
from ingest.narrative.facts import Fact, Found
from ingest.narrative.grammar import Grammar
from ingest.narrative.identity import Identity, identify, split_reports
from ingest.narrative.layout import blocks
from ingest.narrative.periods import PeriodFinder
from ingest.narrative.quantities import find_quantities
from ingest.narrative.sentences import SentenceReader
from ingest.narrative.tables import rows
from ingest.narrative.tokens import Tokeniser, make_tokeniser


@dataclass(frozen=True, slots=True)
class Report:
    """One report of a text, at [start, end): whose it is, of when, and its facts."""

    start: int
    end: int
    identity: Identity
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A lexicon with the tokeniser and the grammar made of it."""

    lexicon: Lexicon
    tokeniser: Tokeniser
    grammar: Grammar

    @classmethod
    def of(cls, lexicon: Lexicon) -> Words:
        """Everything made of the lexicon, once."""
        return cls(lexicon, make_tokeniser(lexicon), Grammar(lexicon))


@lru_cache(maxsize=1)
def default_words() -> Words:
    """The declared lexicon, made ready once."""
    return Words.of(load_lexicon())


ASK_BELOW = 0.8  # less sure facts wait for a person's yes
_DOUBTED = 0.93  # what a paper costs that does not say whose it is
_SLACK = 1e-6
_NEAR = 18
_CLAUSE_END = re.compile(r"[，。；、：（）\t\n]")
_QUOTE_MIN, _QUOTE_MAX = 6, 60
_OPENING = 2_000  # characters in which a report names itself
_BODY = re.compile(r"[镇乡](?=人大|人民代表大会|党委|政府|第|20)")
_NAME_BEFORE = re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,4}$|[\u4e00-\u9fff]{2}$")
_NEIGHBOUR = re.compile("邻县|邻近|邻乡|邻镇|外县|外地|兄弟|周边|友邻")
_NO_NAME = "全我本各该邻乡"


def read_text(text: str, lexicon: Lexicon | None = None) -> list[Fact]:
    """The facts of the text in order of their place; repeated statements of one fact are given once."""
    return [fact for report in read_reports(text, lexicon) for fact in report.facts]


def read_reports(text: str, lexicon: Lexicon | None = None, register: Register | None = None) -> list[Report]:
    """Every report in the text with its identity and facts; offsets refer to the whole text.

    A paper of another body has an identity with a problem and no facts.
    """
    words = default_words() if lexicon is None else Words.of(lexicon)
    reports = []
    for start, end in split_reports(text):
        made = clean(text[start:end])
        identity = identify(made.text, own_place(made.text), register)
        trust = _DOUBTED if identity.is_doubtful else 1.0
        facts = _facts(made, words, identity, trust) if identity.counts else []
        if start:
            facts = [replace(fact, start=fact.start + start, end=fact.end + start) for fact in facts]
        reports.append(Report(start, end, identity, tuple(facts)))
    return reports


def _facts(made: Clean, words: Words, identity: Identity, trust: float) -> list[Fact]:
    found = _resolve_parts(_find(made, words, identity))
    if not found:
        return []
    periods = PeriodFinder(made)
    facts = [_fact(item, made, periods, trust) for item in _distinct(found)]
    return sorted(facts, key=lambda fact: (fact.start, fact.indicator))


def _find(made: Clean, words: Words, identity: Identity) -> list[Found]:
    text = made.text
    quantities = list(find_quantities(text))
    starts = [quantity.start for quantity in quantities]
    year = int(identity.period[:4]) if identity.period and identity.years == 1 else None
    reader = SentenceReader(words.grammar, words.tokeniser, text, identity.place, year)
    for block in blocks(text):
        if block.is_table:
            if block.mode == "report":
                for row in rows(text, block.start, block.end):
                    reader.row(row, block)
            continue
        inside = quantities[bisect_left(starts, block.start) : bisect_left(starts, block.end)]
        if inside:
            reader.read(block, inside)
    return reader.found


def own_place(text: str) -> str | None:
    """The township the text speaks of as itself: the first one named as a body (柳塘镇人大)."""
    head = text[:_OPENING]
    for found in _BODY.finditer(head):
        name = _NAME_BEFORE.search(head, max(0, found.start() - 4), found.start())
        if name and name[0][-1] not in _NO_NAME and not _NEIGHBOUR.search(head, max(0, name.start() - 4), name.end()):
            return name[0] + found[0]
    return None


def _resolve_parts(found: Sequence[Found]) -> list[Found]:
    """Parts keep their mark only beside a total; numbers that add up to a stated total become its parts."""
    by_indicator: dict[str, list[Found]] = {}
    for item in found:
        by_indicator.setdefault(item.indicator, []).append(item)
    largest = {name: max(item.quantity.value for item in same) for name, same in by_indicator.items()}
    adding_up = {name for name, same in by_indicator.items() if _adds_up(same)}
    resolved = []
    for item in found:
        beside_more = item.is_part and largest[item.indicator] > item.quantity.value
        part = beside_more or (not item.is_total and item.indicator in adding_up)
        resolved.append(item if item.is_part == part else item._replace(is_part=part))
    return resolved


def _adds_up(same: Sequence[Found]) -> bool:
    """True when one of the numbers is said to be a total and is the sum of the others."""
    totals = [item.quantity.value for item in same if item.is_total]
    if not totals:
        return False
    everything = sum(item.quantity.value for item in same)
    return any(abs(everything - 2 * total) < _SLACK for total in totals)


def _distinct(found: Sequence[Found]) -> list[Found]:
    best: dict[tuple[str, float], Found] = {}
    for item in found:
        key = (item.indicator, item.quantity.value)
        if key not in best or item.confidence > best[key].confidence + 0.05:
            best[key] = item
    return list(best.values())


def _fact(item: Found, made: Clean, periods: PeriodFinder, trust: float) -> Fact:
    start, end = _quoted(item, made)
    return Fact(
        indicator=item.indicator,
        value=int(item.quantity.value) if item.quantity.value == int(item.quantity.value) else item.quantity.value,
        unit=item.quantity.unit,
        approx=item.quantity.approximate,
        period_text=periods.before(item.start),
        scope="part" if item.is_part else "total",
        confidence=calibrated(item.confidence * trust),
        quote=made.source[start:end],
        start=start,
        end=end,
    )


def _quoted(item: Found, made: Clean) -> tuple[int, int]:
    """The span in the document of the number with its noun: from the head of its clause where that is near."""
    text = made.text
    start = item.clause if item.start - item.clause <= _NEAR else item.start
    end = item.end
    if end > item.quantity.end:
        found = _CLAUSE_END.search(text, end, end + _NEAR)
        end = found.start() if found else end
    while end - start < _QUOTE_MIN and start > 0 and text[start - 1] not in "。；\n":
        start -= 1
    while end - start < _QUOTE_MIN and end < len(text) and text[end] != "\n":
        end += 1
    first, last = made.span(start, end)
    if last - first > _QUOTE_MAX:
        first, last = made.span(max(start, item.quantity.end - _QUOTE_MAX // 2), item.quantity.end)
        last = min(last, first + _QUOTE_MAX)
    return first, last
