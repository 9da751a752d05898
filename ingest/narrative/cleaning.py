"""A document's text made readable, with a way back: every character of the clean text knows where it stood."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from ingest.narrative.script import fold_characters

Edit = tuple[int, int, str]

_FURNITURE = re.compile(
    r"^[ \t>*#-]*+(?:(?:本文|文章)?(?:阅读|浏览|点击|访问|下载|收藏|点赞|评论|转发)(?:量|数|次数|率)?[ ]*[:：|\d]"
    r"|(?:来源|作者|编辑|责编|责任编辑|发布时间|发布日期|发布者|字号|字体|标签|关键词|当前位置)[ ]*[:：]"
    r"|(?:上一篇|下一篇)[ ]*[:：]|分享[:：]?[ ]*$|打印(?:本页)?[ ]*$|关闭(?:窗口)?[ ]*$|首页[ ]*[>»]|版权所有"
    r"|微信扫一扫|扫一扫|推荐阅读|相关阅读|相关推荐|文章排行|热门文章|二维码[ ]*$|(?:\d+[.、][ ]*)?联系客服"
    r"|(?:\d+[.、][ ]*)?微信订阅号|立即下载|加入会员|会员免费|下载后可|原价|售价|[￥¥][ ]*\d"
    r"|\d{4}-\d{1,2}-\d{1,2}[ ]*\|)[^\n]*$",
    re.M,
)
_PAGE_LINE = re.compile(
    r"^[ \t]*+(?:[-—~·]*+[ ]*+\d{1,4}[ ]*+[-—~·]+|[-—~·]++[ ]*+\d{1,4}[ ]*+[-—~·]*+|第[ ]*\d{1,4}[ ]*页[^\n]{0,14}|"
    r"\d{1,3}[ ]*/[ ]*\d{1,3}|共[ ]*\d{1,4}[ ]*页)[ \t]*(?:\n|$)",
    re.M,
)
_SLASHED = re.compile(r"(?<!\d)(\d{1,9})/(\d{1,9})")
_ZERO_WIDTH = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad`\r\f\v]+")
_BLANKS = re.compile(r"[ ]+")
_COMMA = re.compile(r",(?:(?![ ]?\d[ ]?\d[ ]?\d)|(?<!\d,))")
_POINT = re.compile(r"[。·•](?<=\d.)(?=\d{1,2}(?:%|个?百分点|万|亿|元))")
_ASIDE = re.compile(
    r"(?<=[\u4e00-\u9fff])（(?:[^（）\d一二三四五六七八九十、，：%\n]{1,4}|(?:不?含|包括)[^（）\d\n]{1,14})）(?=[\u4e00-\u9fff])"
)
_CELLS = re.compile(r"^[^\s，。；]{2,24}(?:[ ]{2,}[^\s，。；]{1,24})+[ ]*$", re.M)
_PIPED = re.compile(r"^[ ]*+\|(.*)\|[ ]*$", re.M)
_BARRED = re.compile(r"^[^|\n]{1,60}(?:\|[^|\n]{0,80})+$", re.M)
_BAR = re.compile(r"[ ]{0,9}\|[ ]{0,9}")
_LEDGER = re.compile(r"(?:^[^\s，。；：\d][^\s，。；：]{1,23} [\d,.]+(?:%|余|多)?[ ]*(?:\n|$)){3,}", re.M)
_CONTENT = re.compile(r"[^|:\- ]")
_GAP = re.compile(r"(?<=\S)[ ]{2,}(?=\S)")
_ENUMERATED = re.compile(
    r"[ \t]*(?:[一二三四五六七八九十]{1,3}[、.]|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[.、）](?!\d)"
    r"|第[一二三四五六七八九十]+[章节部、]|[①-⑳]|#|[-*•●■◆] )"
)
_COUNTED = re.compile(r"\d+(?:余|多)?(?:人次|[次件条项份户篇])[，、。；]")  # what no line begins with
_HAN = re.compile(r"[\u4e00-\u9fff]")
_TERMINAL = "。！？；：…”）》."
_OPENING = "，、（“《"
_CLOSING = "，、。；：）”》%！？"
_FRACTION_BEFORE = "占近约达超的之为仅比过"
_FULL_LINE_SLACK = 3
_LINE_LIMIT = 14
_MOST_MARKS = 400


@dataclass(frozen=True, slots=True)
class Clean:
    """Readable text; `origins[i]` is the offset of its character i in the document's text."""

    text: str
    origins: array[int]
    source: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the document's text of the clean span (end exclusive)."""
        return self.origins[start], self.origins[end - 1] + 1


def clean(source: str) -> Clean:
    """The text without page marks, furniture, blanks inside words and hard line breaks; digits and script made one.

    No character is invented: each stands for one of the document's, so a quote can be cut from the original.
    """
    text, origins = _COMMA.sub("，", fold_characters(source)), array("I", range(len(source)))
    for step in (_hidden, _furniture, _page_marks, _page_lines, _pipes, _columns, _breaks, _blanks, _points, _asides):
        edits = sorted(step(text))
        if edits:
            text, origins = _apply(text, origins, edits)
    return Clean(text, origins, source)


def _apply(text: str, origins: array[int], edits: Iterable[Edit]) -> tuple[str, array[int]]:
    parts: list[str] = []
    kept: array[int] = array("I")
    at = 0
    for start, end, put in edits:
        if start < at:
            continue
        parts += (text[at:start], put)
        kept.extend(origins[at:start])
        kept.extend(origins[start : start + 1] * len(put))
        at = end
    parts.append(text[at:])
    kept.extend(origins[at:])
    return "".join(parts), kept


def _hidden(text: str) -> Iterator[Edit]:
    for found in _ZERO_WIDTH.finditer(text):
        yield (*found.span(), "")


def _furniture(text: str) -> Iterator[Edit]:
    for found in _FURNITURE.finditer(text):
        yield (*found.span(), "")


def _page_lines(text: str) -> Iterator[Edit]:
    for found in _PAGE_LINE.finditer(text):
        yield (*found.span(), "")


def _pipes(text: str) -> Iterator[Edit]:
    """Markdown tables become tab-separated lines, also those without outer bars; their rules go."""
    if "|" not in text:
        return
    plain = [line for line in _BARRED.finditer(text) if not line[0].lstrip().startswith("|")]
    for line in plain if len(plain) > 1 else ():
        for bar in _BAR.finditer(text, *line.span()):
            yield (*bar.span(), "\t")
    for line in _PIPED.finditer(text):
        if not _CONTENT.search(line[0]):
            yield (*line.span(), "")
            continue
        yield line.start(), line.start(1), ""
        for bar in _BAR.finditer(text, *line.span(1)):
            yield (*bar.span(), "\t")
        yield line.end(1), line.end(), ""


def _columns(text: str) -> Iterator[Edit]:
    """Lines set in columns by runs of blanks become tab-separated when a later column is a figure."""
    for ledger in _LEDGER.finditer(text) if " " in text else ():
        for gap in re.finditer(r" (?=\d)", ledger[0]):
            yield (ledger.start() + gap.start(), ledger.start() + gap.end(), "\t")
    for line in _CELLS.finditer(text) if "  " in text else ():
        gaps = list(_GAP.finditer(line[0]))
        if any(line[0][gap.end()].isdigit() for gap in gaps):
            for gap in gaps:
                yield (line.start() + gap.start(), line.start() + gap.end(), "\t")


def _page_marks(text: str) -> Iterator[Edit]:
    """Marks like 3/22 that a converter left inside sentences, however they touch other digits."""
    if "/" not in text:
        return
    found = list(islice(_SLASHED.finditer(text), _MOST_MARKS))
    pages = _page_total(text, found)
    if pages is None:
        return
    last = 0
    for mark in found:
        page = _page_of(mark, pages, last)
        if page:
            last = page
            yield (mark.end(1) - len(str(page)), mark.start(2) + len(str(pages)), "")


def _page_of(mark: re.Match[str], pages: int, last: int) -> int | None:
    """The page number the mark shows: the shortest tail of its left digits that goes on from the last page."""
    left, right = mark.group(1), mark.group(2)
    if not right.startswith(str(pages)):
        return None
    tails = (int(left[-size:]) for size in range(1, min(3, len(left)) + 1) if left[-size] != "0")
    return next((page for page in tails if last < page <= pages), None)


def _page_total(text: str, found: list[re.Match[str]]) -> int | None:
    totals = {int(mark[2][:size]) for mark in found for size in range(1, min(3, len(mark[2])) + 1)} - {0, 1}
    best: tuple[int, int] | None = None
    for pages in sorted(totals):
        last, count = 0, 0
        for mark in found:
            page = _page_of(mark, pages, last)
            if page:
                last, count = page, count + 1
        if count and (best is None or count > best[0] or (count == best[0] and len(str(pages)) > len(str(best[1])))):
            best = (count, pages)
    if best is None:
        return None
    return best[1] if best[0] > 1 or _stands_inside(text, found[0], best[1]) else None


def _stands_inside(text: str, mark: re.Match[str], pages: int) -> bool:
    """A single mark counts when it splits running text and does not read as a fraction or a date."""
    before, after = text[max(0, mark.start() - 1) : mark.start()], text[mark.end() : mark.end() + 1]
    inside = bool(_HAN.match(before) and _HAN.match(after))
    return inside and pages > 3 and before not in _FRACTION_BEFORE and after not in "以左的年月日"


def _breaks(text: str) -> Iterator[Edit]:
    """Line breaks inside a sentence go; those between paragraphs, headings, list items and table rows stay."""
    lines = text.split("\n")
    full = _full_length(lines)
    at = 0
    for line, following in pairwise(lines):
        at += len(line)
        if _goes_on(line, following, full):
            tail = len(line) - len(line.rstrip(" "))
            head = len(following) - len(following.lstrip(" "))
            yield (at - tail, at + 1 + head, "")
        at += 1


def _full_length(lines: list[str]) -> int:
    """The length a wrapped line has in this text, or a length no line reaches."""
    lengths = sorted(len(line.rstrip()) for line in lines if line.strip() and "\t" not in line)
    for longest in range(len(lengths) - 1, 2, -1):
        if lengths[longest] - lengths[longest - 2] <= _FULL_LINE_SLACK:
            return max(_LINE_LIMIT, lengths[longest - 2])
    return 10**9


def _goes_on(line: str, following: str, full: int) -> bool:
    one, other = line.rstrip(" "), following.lstrip(" ")
    if not one or not other or "\t" in one or "\t" in other or _ENUMERATED.match(following):
        return False
    if one[-1] in _OPENING or other[0] in _CLOSING or (_COUNTED.match(other) and one[-1] not in _TERMINAL):
        return True
    if one[-1].isdigit() and (other[0].isdigit() or _HAN.match(other)):
        return not following.startswith("  ")
    if one[-1] in _TERMINAL or following.startswith("  "):
        return False
    heading = _ENUMERATED.match(line) is not None and "。" not in one
    prose = any(sign in one for sign in "。；") or ("，" in one and not heading)
    return (prose and len(one) >= _LINE_LIMIT) or (len(one) >= full and not heading)


def _blanks(text: str) -> Iterator[Edit]:
    """Blanks go, except between two Latin letters and at the start of a line."""
    for found in _BLANKS.finditer(text):
        before = text[found.start() - 1 : found.start()]
        after = text[found.end() : found.end() + 1]
        if before.isascii() and after.isascii() and before.isalpha() and after.isalpha():
            continue
        yield (*found.span(), "")


def _points(text: str) -> Iterator[Edit]:
    for found in _POINT.finditer(text):
        yield (*found.span(), ".")


def _asides(text: str) -> Iterator[Edit]:
    """Short asides inside a word go: 主席团（扩大）会议, 村（社区）干部."""
    for found in _ASIDE.finditer(text) if "（" in text else ():
        yield (*found.span(), "")
