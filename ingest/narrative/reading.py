"""A document's text read into facts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from catalogue.lexicon import Lexicon, load_lexicon
from catalogue.register import Register
from ingest.narrative.cleaning import Clean, clean
from ingest.narrative.confidence import calibrated
from ingest.narrative.facts import Fact
from ingest.narrative.identity import Identity, identify, split_reports
from ingest.narrative.layout import blocks
from ingest.narrative.periods import PeriodFinder
from ingest.narrative.quantities import find_quantities
from ingest.narrative.sentences import Found, SentenceReader
from ingest.narrative.tables import rows
from ingest.narrative.tokens import tokeniser

@dataclass(frozen=True, slots=True)
class Report:
    """One report of a text, at [start, end): whose it is, of when, and its facts."""

    start: int
    end: int
    identity: Identity
    facts: tuple[Fact, ...]


ASK_BELOW = 0.8
_QUOTE_MIN, _QUOTE_MAX = 6, 60
_PLACE = re.compile(r"([\u4e00-\u9fff]{2,3}(?:镇|乡))(?=人大|人民代表大会|党委|政府|第)")
_ANY_PLACE = re.compile(r"(?:^|[^\u4e00-\u9fff])([\u4e00-\u9fff]{2,3}(?:镇|乡))(?=人大|人民|第|20)")
_OWN_STOPS = ("全镇", "全乡", "我镇", "我乡", "本镇", "本乡")


def read_text(text: str, lexicon: Lexicon | None = None) -> list[Fact]:
    """The facts of the text in order of their place; repeated statements of one fact are given once."""
    return [fact for report in read_reports(text, lexicon) for fact in report.facts]


def read_reports(text: str, lexicon: Lexicon | None = None, register: Register | None = None) -> list[Report]:
    """Every report in the text with its identity and facts; offsets refer to the whole text.

    A paper of another body has an identity with a problem and no facts.
    """
    lexicon = lexicon or load_lexicon()
    reports = []
    for start, end in split_reports(text):
        made = clean(text[start:end])
        identity = identify(made.text, own_place(made.text), register)
        facts = _facts(made, lexicon, identity.place) if identity.counts else []
        moved = [replace(fact, start=fact.start + start, end=fact.end + start) for fact in facts]
        reports.append(Report(start, end, identity, tuple(moved)))
    return reports


def _facts(made: Clean, lexicon: Lexicon, place: str | None) -> list[Fact]:
    found = _resolve_parts(list(_find(made, lexicon, place)))
    periods = PeriodFinder(made)
    facts = [_fact(item, made, periods) for item in _distinct(found)]
    return sorted(facts, key=lambda fact: (fact.start, fact.indicator))


def _find(made: Clean, lexicon: Lexicon, place: str | None) -> Iterable[Found]:
    text = made.text
    quantities = list(find_quantities(text))
    starts = [quantity.start for quantity in quantities]
    reader = SentenceReader(lexicon, tokeniser(), text, place)
    for block in blocks(text):
        if block.is_table:
            if block.mode == "report":
                for row in rows(text, block.start, block.end):
                    yield from reader.row(row, block)
            continue
        inside = quantities[bisect_left(starts, block.start) : bisect_left(starts, block.end)]
        if inside:
            yield from reader.read(block, inside)


def own_place(text: str) -> str | None:
    """The township the text speaks of as itself: the first one named as a body (柳塘镇人大)."""
    for found in (*_ANY_PLACE.finditer(text[:2000]), *_PLACE.finditer(text[:2000])):
        if found[1] not in _OWN_STOPS:
            return found[1]
    return None


def _resolve_parts(found: Sequence[Found]) -> list[Found]:
    """Parts keep their mark only beside a total; numbers that add up to a stated total become its parts."""
    resolved = []
    for item in found:
        same = [other for other in found if other.indicator == item.indicator and other is not item]
        total = any(other.quantity.value > item.quantity.value for other in same)
        summed = any(
            other.is_total
            and not item.is_total
            and abs(sum(part.quantity.value for part in same if part is not other) + item.quantity.value - other.quantity.value) < 1e-6
            for other in same
        )
        resolved.append(replace(item, is_part=(item.is_part and total) or summed))
    return resolved


def _distinct(found: Sequence[Found]) -> list[Found]:
    best: dict[tuple[str, float], Found] = {}
    for item in found:
        key = (item.indicator, item.quantity.value)
        if key not in best or item.confidence > best[key].confidence + 0.05:
            best[key] = item
    return list(best.values())


def _fact(item: Found, made: Clean, periods: PeriodFinder) -> Fact:
    start, end = _quoted(item, made)
    return Fact(
        indicator=item.indicator,
        value=int(item.quantity.value) if item.quantity.value == int(item.quantity.value) else item.quantity.value,
        unit=item.quantity.unit,
        approx=item.quantity.approximate,
        period_text=periods.before(item.start),
        scope="part" if item.is_part else "total",
        confidence=calibrated(item.confidence),
        quote=made.source[start:end],
        start=start,
        end=end,
    )


def _quoted(item: Found, made: Clean) -> tuple[int, int]:
    """The span in the document of the number with its noun, widened to 6 characters and cut at 60."""
    start, end = item.start, item.end
    while end - start < _QUOTE_MIN and start > 0 and made.text[start - 1] not in "。；\n":
        start -= 1
    while end - start < _QUOTE_MIN and end < len(made.text) and made.text[end] != "\n":
        end += 1
    first, last = made.span(start, end)
    if last - first > _QUOTE_MAX:
        near = max(start, item.quantity.start - _QUOTE_MAX // 2)
        first, last = made.span(near, min(end, near + _QUOTE_MAX))
        last = min(last, first + _QUOTE_MAX)
    return first, last
