"""Numbers with their measure words in clean text, and what already in their form makes them no fact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ingest.narrative.numerals import read_numeral

MEASURES = (
    *(
        "个百分点",
        "百分点",
        "件（次）",
        "篇（条）",
        "人次",
        "户次",
        "场次",
        "轮次",
        "件次",
        "批次",
        "班次",
        "篇次",
        "条次",
        "届次",
    ),
    "块钱",
    *"元人名位户次场轮期回件条个项份处篇起宗桩例封座所家站间点款类班批部张则组",
    "方面",
)
_SPOKEN = "零〇一二两三四五六七八九"
_HAN_NUMBER = rf"[{_SPOKEN}十廿卅百千万亿]{{1,16}}(?:点[{_SPOKEN}]{{1,4}})?"
_ARABIC = r"(?<!\d)(?:\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?(?!\d)|\d{1,12}(?:\.\d{1,6})?)"
_DIGITS = re.compile(rf"[\d{_SPOKEN}十廿卅百千万亿]++")
_BEFORE = re.compile(r"(?:将近|接近|大约|约计|超过|不下于|近|约|超|逾|上|余)$")
_BEFORE_ENDS = frozenset("近约计过于超逾上余")
_HEAD = 36  # characters before a number that may make it no count
_RANGE_SIGNS = frozenset("-—~～至到")
_LEADING = re.compile(r"将近|接近|大约|约计|超过|不下于|近|约|超|逾|上|余")
_QUANTITY = re.compile(
    rf"(?:百分之(?P<share>{_HAN_NUMBER}|{_ARABIC})(?P<share_more>多)?"
    rf"|(?P<number>{_ARABIC}|{_HAN_NUMBER})(?P<more>[余多几来])?(?P<scale>[十百千万亿]{{1,2}})?(?P<rest>[余多])?"
    rf"(?P<unit>%|{'|'.join(MEASURES)}))"
    rf"(?P<after>以上|左右|上下)?"
)
_ORDINAL = re.compile(r"第[^\d，。；]{0,2}$")
_SESSION = re.compile(
    rf"(?P<term>届(?:人大)?)?(?:人大|人代会|代会|常委会|大会|人民代表大会)?(?:[{_SPOKEN}十\d]+次?[、和至])*$"
)
_NAMED_SESSION = re.compile(r"(?:全体|扩大|例)?会议")
_RANGE_BEFORE = re.compile(rf"(?:\d|[{_SPOKEN}十百])(?:%|{'|'.join(MEASURES)})?(?P<sign>[-—~～]+|至|到)$")
_RANGE_AFTER = re.compile(rf"[-—~～至到]+(?:\d|[{_SPOKEN}十百])")
_GROWTH_AFTER = re.compile(
    r"[^，。；、\d]{0,8}?(?:增加|提升|提高|上升|增长|发展|扩大|增|升|降低|减少|下降|调整|扩展|减|降|扩充|变)(?:到|至|为)"
)
_FROM = re.compile(r"(?:由|从)[^，。；]{0,28}$")
_STEP = re.compile(r"(?:到|至|为)(?:\d{4}年)?[^，。；\d]{0,4}$")
_THRESHOLD = re.compile(r"(?:以上|以下)(?:的)?[\u4e00-\u9fff]")
_LIST_NUMBER = re.compile(r"(?:^|[\n。；])[ \t]*(\d{1,2})[.．]$")
_NOT_PERSON = re.compile(r"[大民员才均口士事选物行工力身生口文道际家类海气格体流情世]")
_JOINED = frozenset("*×/第%")
_SESSION_ENDS = frozenset("届大会、和至")
_UNFINISHED = ("几", "数", "每", "X", "x", "*", "×")
_SINGLING = tuple("每某另同统唯专单独")
_NOT_PIECES = ("一”", "一、", "一活动", "性", "方面", "月", "小时", "工作日", "季度", "层面", "环节", "阶段", "多月")
_YEARLY = ("一年", "半年", "一季", "一季度", "一月", "一周", "季度")
_WHERE = ("在", "分赴", "深入", "走进", "前往", "进驻", "来到", "赴", "涵盖", "覆盖")
_AT = re.compile(r"在(?<![现存实]在)(?![册建职全此线内])[^，。；：建设立有成共\d]{1,14}$")
_SOME = ("批", "类", "部", "张", "组", "方面", "点", "家", "款", "班", "座")
_CLOCK = (*"0123456789", *"钟半整开前后到左")
_WHOLE_UNITS = frozenset(MEASURES) - {"元", "块钱"}
_PLACES = frozenset("个处家所")
_PEOPLE = frozenset(("人", "名", "人次", "户"))
_SAID_OF_SESSIONS = tuple("人大会的、和")
_CATEGORY = re.compile(r"[A-D]类(?:（[^（）]*）)?(?:的|共|有|为|：)*$")  # A类31件: a bare list of categories
_PUT_TO_WORK = ("就业", "务工", "上岗")  # 安排就业26人
_AT_WORK = re.compile(r"(?:实现|稳定|就近|就地|成功|灵活)*(?:就业|务工|上岗)")
_KINDS = frozenset(("类", "款"))  # 4类12条: the kinds of what is counted next
_NOT_ONE = ("也", "都没", "都不")  # 一次也没有
_POWERS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}


class Quantity(NamedTuple):
    """A number with its measure word at [start, end) of the clean text; `number_start` skips 近 and the like."""

    start: int
    end: int
    value: float
    unit: str
    approximate: bool
    is_one: bool
    grown: bool
    at_least: bool = False


def find_quantities(text: str) -> Iterator[Quantity]:
    """Every number with a measure word that may be a count, sum or rate; ordinals, ranges, thresholds are left out."""
    past = 0
    for digits in _DIGITS.finditer(text):
        at, end = digits.span()
        at = max(at, past)
        while at < end:
            found = _QUANTITY.match(text, at)
            if found is None:
                at += 1
                continue
            quantity = _read(text, found, past)
            if quantity:
                yield quantity
            at = past = found.end()


def read_quantity(text: str) -> Quantity | None:
    """The quantity the whole text is, or None."""
    before = _LEADING.match(text)
    found = _QUANTITY.fullmatch(text, before.end() if before else 0)
    return _read(text, found, 0) if found else None


def _read(text: str, found: re.Match[str], past: int) -> Quantity | None:
    """The quantity; `past` is where the number before it ended."""
    start, end = found.span()
    share, unit, after = found.group("share", "unit", "after")
    tail = text[end : end + 16]
    head = text[max(past, start - 24) : start]
    before = _BEFORE.search(head) if head[-1:] in _BEFORE_ENDS else None
    if before:
        start -= len(before[0])
    number_start = found.start()
    head = text[max(0, number_start - _HEAD) : number_start]
    if share:
        value, unit = read_numeral(share), "%"
        if share in ("百", "一百"):
            value = 100.0
        approximate = bool(before or found["share_more"] or after)
    else:
        value, unit = _value(found, head), unit.replace("（次）", "次").replace("（条）", "")
        approximate = bool(before or found["more"] or found["rest"] or after)
    unit = "元" if unit == "块钱" else unit
    if value is None or _formally_none(found, unit, head, tail, bool(before)):
        return None
    grown = False
    ranged = _RANGE_BEFORE.search(head) if head[-1:] in _RANGE_SIGNS else None
    if ranged:
        grown = ranged["sign"] in ("到", "至") and bool(_FROM.search(head))
        if not grown:
            return None
    elif ("由" in head or "从" in head) and _STEP.search(head) and _FROM.search(head):
        grown = True
    if after and unit != "%" and _THRESHOLD.match(text, found.start("after")):
        return None
    return Quantity(start, end, value, unit, approximate, found["number"] == "一", grown, after == "以上")


def _value(found: re.Match[str], head: str) -> float | None:
    number, more, scale, unit = found.group("number", "more", "scale", "unit")
    scale = scale or ""
    if more == "几" and number[-1:] not in ("十", "百"):
        return None
    listed = _LIST_NUMBER.search(head + number.partition(".")[0] + ".") if "." in number else None
    if listed and unit in _WHOLE_UNITS and not scale:
        number = number.partition(".")[2]
    value = read_numeral(number)
    if value is None or (number[-1:] in "万亿" and scale[:1] in ("万", "亿")):
        return None
    for power in scale:
        value *= _POWERS[power]
    if value == int(value):
        return value
    return None if unit in _WHOLE_UNITS else round(value, 6)


def _formally_none(found: re.Match[str], unit: str, head: str, tail: str, marked: bool) -> bool:
    """True for ordinals, placeholders, first ends of ranges and growth, per-head standards, and words like 5人大."""
    return (
        _is_ordinal(unit, head, tail)
        or (unit in _PLACES and _is_where(head))
        or (unit in _KINDS and tail[:1].isdigit())
        or (found["number"] == "一" and tail.startswith(_NOT_ONE))
        or ("类" in head and bool(_CATEGORY.search(head)))
        or (unit in _PEOPLE and (bool(_AT_WORK.match(tail)) or head.endswith(_PUT_TO_WORK)))
        or _is_broken(found, head, marked)
        or _is_other_word(unit, tail)
        or (tail[:1] in _RANGE_SIGNS and bool(_RANGE_AFTER.match(tail)))
        or (("到" in tail or "至" in tail or "为" in tail) and bool(_GROWTH_AFTER.match(tail)))
    )


def _is_where(head: str) -> bool:
    """True behind what something was done at: 在甲村、乙村两个接待点听取意见."""
    return head.removesuffix("\n").endswith(_WHERE) or ("在" in head and bool(_AT.search(head)))


def _is_ordinal(unit: str, head: str, tail: str) -> bool:
    if ("第" in head[-3:] and _ORDINAL.search(head)) or (unit == "次" and head.endswith(_YEARLY)):
        return True
    session = _SESSION.search(head) if unit in ("次", "届次") and head[-1:] in _SESSION_ENDS else None
    if session is None or not session[0]:
        return False
    return bool(_NAMED_SESSION.match(tail)) or bool(session["term"] and tail.startswith(_SAID_OF_SESSIONS))


def _is_broken(found: re.Match[str], head: str, marked: bool) -> bool:
    """True when the numeral goes on to the left (placeholders, decimals, 每一, 数十) or is a bare 百, 千, 万."""
    number = found["number"] or ""
    last = head[-1:]
    if last in _JOINED or (last.isascii() and last.isalnum()) or head.endswith(_UNFINISHED):
        return True
    if head.endswith(".") and not _LIST_NUMBER.search(head):
        return True
    if number in ("一", "十", "百", "千", "万") and head.endswith(_SINGLING):
        return True
    if number == "一" and found["unit"] in _SOME:
        return True
    return number in ("百", "千", "万") and not (marked or found["more"] or found["rest"] or found["scale"])


def _is_other_word(unit: str, tail: str) -> bool:
    """True where the measure character belongs to another word (5人大, 12点钟, 一次性, 三家庭)."""
    return (
        (unit == "人" and bool(_NOT_PERSON.match(tail)))
        or (unit == "次" and tail.startswith("性"))
        or (unit == "个" and tail.startswith(_NOT_PIECES))
        or (unit == "点" and tail.startswith(_CLOCK))
        or (unit == "项" and tail.startswith("目"))
        or (unit == "家" and tail.startswith("庭"))
    )
