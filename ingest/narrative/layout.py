"""Clean text divided into blocks: paragraphs and tables, each knowing whether it reports or plans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Mode = Literal["report", "plan", "shortfall", "other"]

_LEVELS = (
    re.compile(r"第[一二三四五六七八九十]+(?:部分|章|篇)"),
    re.compile(r"[一二三四五六七八九十]{1,3}[、.]"),
    re.compile(r"（[一二三四五六七八九十]{1,3}）"),
    re.compile(r"\d{1,2}[.、](?!\d)|（\d{1,2}）|[①-⑳]"),
)
_INLINE = re.compile(
    r"(?<=[。：】）；])(?=[一二三四五六七八九十]{1,3}、)|(?<=[。：】])(?=（[一二三四五六七八九十]{1,3}）)"
)
_PLANS = re.compile(
    r"下一?步|下一?阶段|下一年|下年度|今后|打算|工作(?:计划|安排|思路|要点|设想|谋划)|努力方向|明年|来年|新一年|新的一年|展望|设想"
    r"|(?<![每全])年度?(?:计划|要点|安排|打算)|对策|(?:几点|工作)建议|^建议$|有关要求|保障措施|组织保障|实施方案|计划$"
    r"|季度(?:工作)?(?:安排|打算|思路|重点|计划)|(?:19|20)\d\d年(?:度)?(?:工作)?(?:思路|安排|打算|计划|重点|目标|设想)"
    r"|(?:主要任务|目标任务|主要目标|工作目标|工作任务|工作要求|工作重点|年任务|年目标|重点任务)$"
)
_REPORTS = re.compile(
    r"回顾|总结|完成情况|落实情况|情况(?:简述|汇报|报告|小结)|简述|开展情况|汇报|进展|成效|一年来|执行情况|工作情况|履职情况"
)
_SHORTFALLS = re.compile(
    r"存在的?(?:一些|主要|突出)?(?:问题|不足|困难|差距|短板)|(?:问题|困难|不足)(?:和|与|及|、)(?:不足|困难|差距|短板|问题)|不足之处|^(?:主要)?(?:不足|差距)$"
)
_OPENLY = re.compile(
    r"^(?:主要)?(?:存在的?(?:主要|一些)?(?:问题|不足|困难)|不足之处|主要不足|主要问题)(?:是|有|：|，|主要)"
)  # a paragraph that owns up
_FOUND = re.compile(r"(?:查出|发现|查找出|排查出|梳理出)[^，。；]{0,10}\d+[个处条项件]")
_MADE = re.compile(r"(?:收到|征集|提出|交办|办结)[^。；]{0,14}\d+[件条]")
_CHARGE = re.compile(
    r"分管(?:的|领域)?(?:工作|部门)|其他分管|廉洁(?:自律|从政|纪律)|廉政(?:情况|方面|勤政)"
)  # what a chairman does besides, for the government
_ONGOING = re.compile(r"(?:下一步|下步|下阶段|下一阶段|今后|明年|来年|接下来|新的一年|新的一年里|下半年)[^。；]{0,24}$")
_TURNS = re.compile(
    r"^(?:(?:20\d\d年(?:度)?|[一二三四]季度|下半年|明年|来年)的?(?:工作)?(?:思路|安排|打算|计划|设想|要点|重点)(?:是|为)?[：，])|^(?:下一步|下步|下阶段|下一阶段|下一?个?季度|今后|接下来|明年|来年|新的一年|展望)[^。；]{0,16}[，：]|^(?:今后[一二三四五六七八九十]+年|在下半年的工作中|在今后)"
)
_PAST = re.compile(
    r"汇报如下|报告如下|总结如下|一年来|今年以来|去年以来|截至|截止|回顾|已组织|以来，|情况汇报|到目前为止|年来"
)
_NOT_HEADING = re.compile(r"[。；，\t]")
_HEADING_END = re.compile(r"[。；：\n]")
_COUNT = re.compile(r"[\d一二三四五六七八九十]+[次件条个项份户名人]")
_LETTERHEAD = re.compile(
    r"^(?:url|http)|(?:委员会|主席团|政府|人大|大会|办公室)文件$|^[^，。]{1,10}[〔（\[]\d{4}[〕）\]][^，。]{0,4}号$"
)
_HEADING_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or the consecutive rows of a table, at [start, end) of the clean text."""

    start: int
    end: int
    mode: Mode
    is_table: bool
    heading: str


def title_of(text: str) -> str:
    """The first line that is not a comment, without decoration; "" when the text begins with prose or a table."""
    if "\n" not in text.strip() and len(text) <= _HEADING_LIMIT:
        return ""
    for line in text.split("\n"):
        bare = line.strip(" #*—-=")
        if bare and not _LETTERHEAD.search(bare):
            cut = re.split(r"【|(?<=.)一、", bare, maxsplit=1)[0] if len(bare) > _HEADING_LIMIT else bare
            return "" if len(cut) > _HEADING_LIMIT or _NOT_HEADING.search(cut) else cut
    return ""


def is_plan(text: str) -> bool:
    """True when the title announces a plan and the body shows no sign of looking back."""
    title = title_of(text)
    return bool(_PLANS.search(title)) and not _REPORTS.search(title) and not _PAST.search(text)


def blocks(text: str) -> Iterator[Block]:
    """The paragraphs and tables in order. A heading's mode holds until the next of its level or above."""
    whole: Mode = "plan" if is_plan(text) else "report"
    levels: dict[int, Mode] = {}
    rows: list[tuple[int, int]] = []
    heading, first = "", True
    for start, end in _pieces(text):
        line = text[start:end]
        if "\t" in line:
            rows.append((start, end))
            continue
        if rows:
            yield _table(rows, _mode(levels, whole), heading)
            rows = []
        level, head = _heading(line)
        if first and level == 0:
            heading = head
        elif level is not None:
            for deeper in [other for other in levels if other >= level]:
                del levels[deeper]
            mode = _heading_mode(head)
            if mode and not (head == "建议" and _MADE.search(line)):
                levels[level] = mode
            heading = head
        first = False
        yield Block(start, end, _paragraph_mode(line, _mode(levels, whole)), False, heading)
    if rows:
        yield _table(rows, _mode(levels, whole), heading)


def _table(rows: list[tuple[int, int]], mode: Mode, heading: str) -> Block:
    return Block(rows[0][0], rows[-1][1], mode, True, heading)


def _mode(levels: dict[int, Mode], whole: Mode) -> Mode:
    return levels[max(levels)] if levels else whole


def _paragraph_mode(line: str, mode: Mode) -> Mode:
    if _TURNS.match(line):
        return "plan"
    if mode == "report" and _OPENLY.match(line):
        return "shortfall"
    return "report" if mode == "shortfall" and _FOUND.search(line) else mode


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Lines, and the sections of a document that came as one line."""
    at = 0
    for line in text.split("\n"):
        cuts = [0, *(found.start() for found in _INLINE.finditer(line)), len(line)]
        for start, end in pairwise(cuts):
            if line[start:end].strip():
                yield at + start, at + end
        at += len(line) + 1


def _heading(line: str) -> tuple[int | None, str]:
    """The level of the heading a piece begins with, and its words; None for plain prose."""
    bare = line.strip(" *#—-")
    for level, pattern in enumerate(_LEVELS, start=1):
        found = pattern.match(bare)
        if found:
            return level, _HEADING_END.split(bare[found.end() :], maxsplit=1)[0][:_HEADING_LIMIT]
    if len(bare) <= _HEADING_LIMIT and not _NOT_HEADING.search(bare) and not _COUNT.search(bare):
        return 0, bare.rstrip("：")
    return None, ""


def _heading_mode(head: str) -> Mode | None:
    if _ONGOING.search(head) or (_PLANS.search(head) and not _REPORTS.search(head)):
        return "plan"
    if _REPORTS.search(head):
        return "report"
    return "other" if _CHARGE.search(head) else "shortfall" if _SHORTFALLS.search(head) else None
