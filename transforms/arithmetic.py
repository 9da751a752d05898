"""Arithmetic inside a report: printed rates against the numbers beside them, parts against their total (rule P09)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WIDE = str.maketrans("０１２３４５６７８９％．：", "0123456789%.:")
_POINT = re.compile(r"(?<=\d)[。·•](?=\d{1,2}%)")
_SENTENCE = re.compile(r"[^。；;\n]+")
_UNIT = "件|名|人次|人|次|条|处|个|户|份|篇|项|起"
_COUNT = rf"(\d{{1,7}})\s*(?:{_UNIT})?"
_ATTENDED = re.compile(
    rf"应(?:到|出席|参会)[^\d，,]{{0,8}}{_COUNT}[^\d]{{0,10}}实(?:到|际到会|际出席|际参会)[^\d，,]{{0,8}}{_COUNT}"
)
_DONE_VERBS = {
    "办结率": "办结",
    "整改率": "整改",
    "答复率": "答复",
    "化解率": "化解",
    "解决率": "解决",
    "面商率": "面商",
}
_ALL_VERBS = "收到|提出|征集|收集|交办|承办|受理|排查|发现|办理|梳理|接收|共"
_NAMED_RATE = re.compile(r"(办结率|整改率|答复率|化解率|解决率|面商率)[^\d%，,]{0,6}?(\d{1,3}(?:\.\d+)?)\s*%")
_RATE = re.compile(r"(?:参会率|到会率|出席率|出勤率|参加率)[^\d%]{0,6}?(\d{1,3}(?:\.\d+)?)\s*%")
_TOTAL = re.compile(
    rf"(\d{{1,7}})\s*({_UNIT})[^\d。；;\n，,]{{0,12}}[，,：:（(]\s*(?:其中|包括|分别是|分别为)[:：，,]?"
)
_UP_TO_BRACKET = re.compile(r"[^）)]*")
_OVERLAP = re.compile(r"同时|兼|均|都|累计|同比|增长|下降|占|比上年|涉及|覆盖|以上|多[件名人次条处个户份篇项起]|余")
_FINISHED = re.compile(r"(?:已经?|全部)?(?:办结|解决|整改|完成|答复|落实|化解|销号)")
_UNFINISHED = re.compile(r"正在|尚未|未[办整解完落化]|待|继续|逐步|列入计划|纳入计划|限期")
_NEARLY = 0.9


@dataclass(frozen=True)
class Slip:
    """A figure at [start, end) of the text that the figures beside it contradict."""

    start: int
    end: int
    label: str
    observed: str
    expected: str


def find_slips(text: str) -> list[Slip]:
    """Every slip in the order of its place; a rate is right within half a unit of its last printed digit."""
    plain = _POINT.sub(".", text.translate(_WIDE))
    found: list[Slip] = []
    for sentence in _SENTENCE.finditer(plain):
        found += _attendance(plain, sentence.start(), sentence.end())
        found += _shares(plain, sentence.start(), sentence.end())
        found += _parts(plain, sentence.start(), sentence.end())
    return found


def half_unit(printed: str) -> float:
    """Half a unit of the last digit of a number as printed: 0.05 for 98.9, 0.5 for 96."""
    return 0.5 * 10.0 ** -len(printed.partition(".")[2])


def _attendance(text: str, start: int, end: int) -> Iterator[Slip]:
    for pair in _ATTENDED.finditer(text, start, end):
        expected, present = int(pair[1]), int(pair[2])
        rate = _RATE.search(text, pair.end(), min(end, pair.end() + 40))
        if present > expected:
            yield Slip(pair.start(), pair.end(), "实到人数", str(present), f"不应多于应到的 {expected}")
        elif rate and expected and _differs(present, expected, rate[1]):
            yield Slip(
                pair.start(),
                rate.end(),
                "出席率",
                f"{rate[1]}%",
                f"按 {present}/{expected} 应为 {_share(present, expected, rate[1])}%",
            )


def _shares(text: str, start: int, end: int) -> Iterator[Slip]:
    """办结44件，办结率95.6%, of 46件 collected earlier in the sentence."""
    for rate in _NAMED_RATE.finditer(text, start, end):
        verb = _DONE_VERBS[rate[1]]
        before = text[start : rate.start()]
        done = [*re.finditer(rf"{verb}(?!率)[^\d，,]{{0,6}}(\d{{1,7}})\s*(?:{_UNIT})", before)]
        whole = [*re.finditer(rf"(?:{_ALL_VERBS})[^\d。]{{0,16}}?(\d{{1,7}})\s*(?:{_UNIT})", before)]
        whole = [item for item in whole if done and item.start(1) < done[-1].start(1)]
        if len(done) != 1 or len(whole) != 1:
            continue
        part, total = int(done[0][1]), int(whole[0][1])
        if part <= total and total and _differs(part, total, rate[2]):
            first = start + whole[0].start()
            yield Slip(
                first, rate.end(), rate[1], f"{rate[2]}%", f"按 {part}/{total} 应为 {_share(part, total, rate[2])}%"
            )


def _parts(text: str, start: int, end: int) -> Iterator[Slip]:
    """190条，其中已解决122条、正在解决65条: parts that exceed their total, or that should make it up and do not."""
    for total in _TOTAL.finditer(text, start, end):
        stop = end
        if total[0].rstrip("，,:： ").count("（") or "(" in total[0]:
            inside = _UP_TO_BRACKET.match(text, total.end(), end)
            stop = inside.end() if inside else end
        listed = text[total.end() : stop]
        numbers = [*re.finditer(rf"(\d{{1,7}})\s*{total[2]}", listed)]
        if len(numbers) < 2 or len(re.findall(r"\d+(?:\.\d+)?", listed)) != len(numbers) or _OVERLAP.search(listed):
            continue
        whole, parts = int(total[1]), [int(number[1]) for number in numbers]
        listed = listed[: numbers[-1].end()]
        summed = sum(parts)
        exhaustive = bool(_FINISHED.search(listed) and _UNFINISHED.search(listed)) or summed >= _NEARLY * whole
        mixed = bool(_FINISHED.search(listed)) and not _UNFINISHED.search(listed)
        open_ended = "等" in text[total.end() + len(listed) : total.end() + len(listed) + 1]
        if summed != whole and not mixed and (summed > whole or (exhaustive and not open_ended)):
            yield Slip(
                total.start(), total.end() + len(listed), "合计", f"{whole}{total[2]}",
                f"按所列 {'+'.join(map(str, parts))} 应为 {summed}{total[2]}",
            )  # fmt: skip


def _differs(part: int, whole: int, printed: str) -> bool:
    return abs(part / whole * 100 - float(printed)) > half_unit(printed) + 1e-9


def _share(part: int, whole: int, printed: str) -> str:
    digits = max(1, len(printed.partition(".")[2]))
    return f"{part / whole * 100:.{digits}f}".rstrip("0").rstrip(".")
