"""The period a report states nearest before a fact, as written."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from ingest.narrative.cleaning import Clean

_COUNT = "[一二两三四五六七八九十几]"
_SIGN = re.compile(r"[今一全本上半去截目第现两二三四五六七八九十几过\d](?<!\d\d)")  # what a period can begin with
_STATED = re.compile(
    r"(?:19|20)\d\d年(?:度|上半年|下半年|第?[一二三四1-4]季度|\d{1,2}月(?:份|底)?(?:至\d{1,2}月)?)?(?:以来)?"
    rf"|今年(?:以来|上半年|第?[一二三四]季度)?|一年来|全年|本年度?|上半年|半年来|{_COUNT}年(?:来|中|间)|过去{_COUNT}年|本届以来|去年以来"
    r"|截至\d{1,2}月\d{0,2}日?底?|截至目前|目前|\d{1,2}月(?:份)?[-—至]\d{1,2}月(?:份)?|第?[一二三四]季度|\d{1,2}月\d{1,2}日|\d{1,2}月份|现有"
    rf"|[一二三四五六七八九十]+届(?:人大)?[一二三四五六七八九十]+次会议(?:以来)?"
)


def _stated(text: str) -> Iterator[tuple[int, int]]:
    past = 0
    for sign in _SIGN.finditer(text):
        if sign.start() >= past and (found := _STATED.match(text, sign.start())):
            past = found.end()
            yield found.span()


class PeriodFinder:
    """Periods named in a text, found once."""

    def __init__(self, made: Clean) -> None:
        self._made = made
        self._spans = list(_stated(made.text))
        self._starts = [start for start, _ in self._spans]

    def before(self, position: int) -> str | None:
        """The nearest period stated before the position, else the first; an exact piece of the document."""
        if not self._spans:
            return None
        at = bisect_left(self._starts, position) - 1
        first, last = self._made.span(*self._spans[max(0, at)])
        return self._made.source[first:last]
