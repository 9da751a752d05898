"""How alike two texts are: canonical characters, shingles, MinHash to find partners, exact passages for the verdict.

Writers copy a text and change names, numbers and single words. So numbers, signs and blanks are left out, names of
places are one and the same, and words that are exchanged for one another are one word, before anything is compared.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import ahocorasick  # type: ignore[import-not-found,unused-ignore]
import numpy as np
from datasketch import MinHash

from catalogue.narrative import Copying, Narrative

ASKED = 16  # of those whose words are the same, the first so many are compared: a copy meets its source among them
PLACE = "〇"
_NUMERALS = "一二三四五六七八九十百千万亿两零〇"
_FIRST_HAN, _LAST_HAN = 0x4E00, 0x9FFF
_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_SHORT_NAME = 2


@dataclass(frozen=True)
class Canonical:
    """A text as it is compared: shingles in order (uint64) and the offsets in the text of the canonical characters."""

    shingles: np.ndarray
    places: np.ndarray

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def distinct(self) -> np.ndarray:
        """The shingles once each, in rising order, boilerplate left out."""
        return np.unique(self.shingles[self.shingles > 0])


@dataclass(frozen=True)
class Passage:
    """What two texts have in common: [start, end) of the one, [other_start, other_end) of the other.

    `characters` counts canonical characters of the one; `share` is the share of its shingles that stand in the other.
    """

    start: int
    end: int
    other_start: int
    other_end: int
    characters: int
    share: float


class Likeness:
    """Compares texts of one county: `names` are the names of places that count as equal."""

    def __init__(self, narrative: Narrative, names: Iterable[str]) -> None:
        self.copying: Copying = narrative.copying
        # one for all windows, cleared before each: making it costs more than filling it; sketches are stored, so its
        # scheme is named
        self._minima = MinHash(self.copying.permutations, hashfunc=int, scheme="affine32")
        self._words = ahocorasick.Automaton()
        for group in narrative.interchangeable:
            for word in group[1:]:
                self._words.add_word(word, (len(word), group[0]))
        for name in _places(names):
            self._words.add_word(name, (len(name), PLACE))
        self._words.make_automaton()
        self._common = np.zeros(0, dtype=np.uint64)
        common = [self.canonical(text).shingles for text in narrative.boilerplate]
        self._common = np.unique(np.concatenate(common)) if common else self._common
        self.templates = {name: self.canonical(text) for name, text in narrative.templates.items()}

    def canonical(self, text: str) -> Canonical:
        """The text as it is compared; shingles of boilerplate are 0, which is equal to nothing."""
        codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
        places = np.flatnonzero(_compared()[codes])
        kept = codes[places]
        codes, at = self._exchange(kept)
        places = places[at].astype(np.int32)
        shingles = _shingles(codes, self.copying.grams)
        shingles[_among(shingles, self._common)] = 0
        return Canonical(shingles, places)

    def _exchange(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The characters with every word replaced by the one that stands for it, and where each came from."""
        plain = codes.tobytes().decode("utf-32-le")
        parts, sources, done = [], [], 0
        for last, (length, put) in self._words.iter_long(plain):
            start = last - length + 1
            parts += [plain[done:start], put]
            sources.append(np.arange(done, start))
            sources.append(np.minimum(start + np.arange(len(put)), last))
            done = last + 1
        parts.append(plain[done:])
        sources.append(np.arange(done, len(plain)))
        made = np.frombuffer("".join(parts).encode("utf-32-le"), dtype=np.uint32)
        return made, np.concatenate(sources).astype(np.int64)

    def sketch(self, text: Canonical) -> np.ndarray:
        """Values (int64, unique) that a text with a passage in common is likely to have too: MinHash of its windows."""
        window, found = self.copying.window, []
        for start in range(0, len(text.shingles), window):
            shingles = text.shingles[start : start + window]
            shingles = shingles[shingles > 0]
            if len(shingles):
                self._minima.clear()
                self._minima.update_batch((shingles >> np.uint64(32)).tolist())
                found.append(self._minima.hashvalues.astype(np.int64))
        if not found:
            return np.zeros(0, dtype=np.int64)
        order = np.arange(self.copying.permutations, dtype=np.int64) << 32
        return np.unique(np.stack(found) + order)

    def passages(self, text: Canonical, other: Canonical, least: int | None = None) -> list[Passage]:
        """The passages of the text that stand in the other one, by their place; each at least `least` characters long.

        Exact: no sampling. Boilerplate counts neither for nor against.
        """
        least = least or self.copying.passage
        shared = _among(text.shingles, other.distinct)
        if shared.sum() < self.copying.share * (least - self.copying.grams + 1):
            return []  # not even in one piece would they be a passage
        worth = np.where(shared, 1 - self.copying.share, -self.copying.share)
        worth[text.shingles == 0] = 0.0
        stretches = longest_stretches(worth, max(1, least - self.copying.grams))
        found = [self._passage(text, other, shared, first, last) for first, last in stretches]
        return [passage for passage in found if passage.characters >= least]

    def _passage(self, text: Canonical, other: Canonical, shared: np.ndarray, first: int, last: int) -> Passage:
        """The passage of the shingles from first to last."""
        hits = shared[first : last + 1]
        count = int((text.shingles[first : last + 1] > 0).sum())
        there = np.flatnonzero(_among(other.shingles, np.unique(text.shingles[first : last + 1][hits])))
        from_, to = _densest(there, last - first + 1 + self.copying.grams)
        end = last + self.copying.grams - 1
        return Passage(
            start=int(text.places[first]),
            end=int(text.places[end]) + 1,
            other_start=int(other.places[from_]),
            other_end=int(other.places[to + self.copying.grams - 1]) + 1,
            characters=count + self.copying.grams - 1,
            share=float(hits.sum()) / count,
        )


def longest_stretches(worth: np.ndarray, least: int) -> list[tuple[int, int]]:
    """(first, last) of stretches that begin and end with worth above 0 and are worth at least 0 in all.

    The longest one first found, then those before and behind it, in order of place; none shorter than `least`.
    """
    above = np.diff(np.concatenate([[0], (worth > 0).astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(above == 1), np.flatnonzero(above == -1)
    sums = np.concatenate([[0.0], np.cumsum(worth)])
    found: list[tuple[int, int]] = []
    waiting = [(0, len(starts))]
    while waiting:
        low, high = waiting.pop()
        if low >= high or ends[high - 1] - starts[low] < least:
            continue
        lengths = ends[None, low:high] - starts[low:high, None]
        lengths = np.where(sums[ends[None, low:high]] - sums[starts[low:high, None]] >= -1e-9, lengths, 0)
        first, last = np.unravel_index(int(np.argmax(lengths)), lengths.shape)
        if lengths[first, last] < least:
            continue
        found.append((int(starts[low + first]), int(ends[low + last]) - 1))
        waiting += [(low, low + int(first)), (low + int(last) + 1, high)]
    return sorted(found)


def _densest(hits: np.ndarray, width: int) -> tuple[int, int]:
    """First and last of the hits in the stretch of that width that holds most of them."""
    ends = np.searchsorted(hits, hits + width, side="right")
    best = int(np.argmax(ends - np.arange(len(hits))))
    return int(hits[best]), int(hits[ends[best] - 1])


def _shingles(codes: np.ndarray, size: int) -> np.ndarray:
    """A hash (uint64, never 0) of every run of `size` characters."""
    count = len(codes) - size + 1
    if count <= 0:
        return np.zeros(0, dtype=np.uint64)
    wide = codes.astype(np.uint64)
    found = np.zeros(count, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for step in range(size):
            found = found * _BASE + wide[step : step + count]
        found ^= found >> np.uint64(33)
        found *= _MIX
        found ^= found >> np.uint64(29)
    found[found == 0] = 1
    return found


def _among(values: np.ndarray, distinct: np.ndarray) -> np.ndarray:
    """Which of the values stand in `distinct`, which rises."""
    if not len(distinct):
        return np.zeros(len(values), dtype=bool)
    at = np.searchsorted(distinct, values)
    at[at == len(distinct)] = 0
    return np.asarray(distinct[at] == values)


@lru_cache(maxsize=1)
def _compared() -> np.ndarray:
    """For every code point whether such a character is compared: Han characters but numerals."""
    table = np.zeros(sys.maxunicode + 1, dtype=bool)
    table[_FIRST_HAN : _LAST_HAN + 1] = True
    table[[ord(char) for char in _NUMERALS]] = False
    return table


def _places(names: Iterable[str]) -> set[str]:
    """The names, and without 镇, 乡, 街道 where enough is left."""
    found = set()
    for name in names:
        found.add(name)
        for ending in ("民族乡", "街道办事处", "街道", "镇", "乡"):
            if name.endswith(ending) and len(name) - len(ending) >= _SHORT_NAME:
                found.add(name.removesuffix(ending))
                break
    return {"".join(char for char in name if char not in _NUMERALS) for name in found} - {""}


def contained(text: Canonical, other: Canonical) -> float:
    """The share of the text's shingles (boilerplate left out) that stand in the other one."""
    telling = text.shingles[text.shingles > 0]
    return float(_among(telling, other.distinct).mean()) if len(telling) else 0.0


def meet(sketches: Iterable[np.ndarray], least: int, first: int = ASKED) -> Iterator[tuple[int, int]]:
    """Pairs of positions, the lower one first, whose sketches have at least so many values in common.

    Of a value only the `first` positions that have it are asked, so the work grows as the sketches do, however many
    say the same: what all have copied still meets its source.
    """
    owners: dict[int, list[int]] = {}
    for position, sketch in enumerate(sketches):
        counts: dict[int, int] = {}
        for value in sketch.tolist():
            known = owners.setdefault(value, [])
            for other in known:
                counts[other] = counts.get(other, 0) + 1
            if len(known) < first:
                known.append(position)
        yield from ((other, position) for other, count in sorted(counts.items()) if count >= least)
