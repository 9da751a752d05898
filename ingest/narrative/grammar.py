"""From a number in its clause to what it counts: the head it hangs on, and the frame that head allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from catalogue.lexicon import Concepts, Frame, Lexicon, concepts
from ingest.narrative.quantities import Quantity
from ingest.narrative.tokens import Token
from ingest.narrative.windows import Window

_FILLER = re.compile(
    r"(?:活动|工作|会议|情况|总数量?|数量|人数|次数|件数|数|量|达到|多达|高达|达|一?共有?|共计|总计|合计|累计|计|为|有|了|已经?|近"
    r"|是|在|的|均|都|各|等|分别|先后|就|超|各类|方面|同志|中|约|只有|仅|完成|到|以来|其|之|也|则|后|类|上|到位|任务|项目|点位"
    r"|事项|案件|线索|现象|人员|经费|资金|款|款物|增加到|增至|提高到|提升到|上升到|上升至|[：\t“”\"》）《（/])*+"
)
_LINK = re.compile(r"(?:、|和|与|及|以及|及其|“|”|》|《|等|的|会议|活动|工作|，)*+")
_EACH = re.compile(r"各(?:为|达|有|召开|开展|组织)?$")
_EACH_REACH = 4
_ALL = re.compile(r"(?:均|都|各|双双|全部|已)")
_DONE_TIMES = re.compile(r"(?:听取|审议|组织|召开|开展|举办|举行|邀请|安排|召集|集中|深入|对|就|听审|专题听取)")
_CLOSING = frozenset("，。、；：）\n\t” 中里其")
_ALL_OF_THEM = ("全部", "全员", "均已", "悉数")
_JOINED = re.compile(r"(?:和|与|及|以及)\d+[名位个人][县镇乡市区旗](?:人大)?代表")  # 96名镇代表和19名县代表全部进站
_WHOLE = re.compile(r"[全我本][镇乡]|街道|辖区|[现共应实]有|组成")
_BREAK = re.compile(r"[，；。！？：（）—、\n]")
_COUNTED_BETWEEN = re.compile(r"[\d一二三四五六七八九十百千两]余?[户件次个条项元]")
_CITED = re.compile(r"《[^》]*》")
_NAMED_AS = re.compile(r"[^，。；]{0,4}(?:作为|确定为|列入|列为|成为)")  # 10个项目作为民生实事项目
_ADDRESSING = frozenset("向为给对与和同")
_POST_GAP = 2
_POST_MODIFIED_GAP = 16
_POST_NAME_GAP = 8
_FAR_NOUN_GAP = 5
_FAR_VERB_GAP = 30
_ELIDED_GAP = 4
_WIDER = 0.95
_NAME_FACTOR = 0.93
_PIECES = frozenset(("个", "项", "家"))
_CLASSIFIERS = frozenset(("个", "处", "家"))  # a noun must follow them: 交由9个站所办理
_LOOSE = frozenset(
    {
        "inspection", "research", "lawcheck", "check", "special", "review", "report", "official", "training", "aid",
        "visit", "receive", "donate", "raise_money", "spend", "money", "publish", "submit", "close", "resolve",
        "rectify", "mediate", "report_duty", "deputy", "deputy_town", "deputy_mixed",
        "resolution", "find", "hazard",
    }
)  # fmt: skip
_ACTIVITY_HEADS = frozenset(("inspection", "research", "lawcheck", "check", "special", "review", "compound"))
_ACTIVITIES = concepts(*_ACTIVITY_HEADS)
_DOING = frozenset(("aid", "visit", "receive"))  # 41名扶持了…: the people before such a verb do it
_BILL = "议案"
_HELPING = concepts(*_DOING)
_NEUTRAL = concepts("total", "reset", "growth_end", "has")
_WITHIN = concepts("within")
_COMPOUND, _FORMAL, _OTHERS = concepts("compound"), concepts("formal"), concepts("other_people")
_DEPUTIES = concepts("deputy", "deputy_town", "deputy_county", "deputy_mixed")
_PERSONS = _DEPUTIES | concepts(
    "other_people", "voter", "needy", "official", "model_deputy", "deputy_city", "deputy_province"
)
_COMPOUND_PARTS = (
    ("视察", "inspection"),
    ("调研", "research"),
    ("调查", "research"),
    ("检查", "check"),
    ("督查", "special"),
    ("评议", "review"),
)


class Reading(NamedTuple):
    """A frame chosen for a quantity, the words it rests on, and how far the way to it lowers the confidence."""

    frame: Frame
    head: Token
    factor: float
    elided: bool = False


class Grammar:
    """Chooses heads and frames by the lexicon; knows nothing of documents."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._persons = lexicon.measures["persons"]
        self._heads_of = cache(self._find_heads)
        self._counts = cache(self._find_counting)
        self._frames_for = cache(self._find_frames)
        self._is_decoy = cache(self._find_decoy)
        self._topics_of = cache(self._find_topics)

    def _find_heads(self, said: Concepts) -> tuple[str, ...]:
        return tuple(head for head in self.lexicon.heads if concepts(head) & said)

    def _find_counting(self, said: Concepts) -> bool:
        return bool(self._heads_of(said)) or any(concepts(decoy) & said for decoy in self.lexicon.decoys)

    def _find_frames(self, said: Concepts, unit: str) -> tuple[tuple[str, int, Frame], ...]:
        """What a word with these concepts can count in that measure: head, how far it may stand away, frame."""
        return tuple(
            (head, _FAR_VERB_GAP if head in _LOOSE else _FAR_NOUN_GAP, frame)
            for head in self._heads_of(said)
            for frame in self.lexicon.heads[head]
            if unit in frame.measures
        )

    def _find_decoy(self, said: Concepts, unit: str) -> bool:
        return any(concepts(decoy) & said and unit in units for decoy, units in self.lexicon.decoys.items())

    def _find_topics(self, head: str) -> frozenset[str]:
        return frozenset(topic for frame in self.lexicon.heads[head] for topic in frame.topic)

    def readings(self, text: str, window: Window) -> list[Reading]:
        """The readings of the quantity: none, one, or several where one number stands for two nouns."""
        chained = self._chained(text, window)
        if chained is not None:
            return chained
        found = self._single(text, window)
        if found is not None or not window.wider:
            return found or []
        wider = self._single(text, window.widened()) or []
        return [reading._replace(factor=reading.factor * _WIDER) for reading in wider]

    def respectively(self, text: str, window: Window) -> list[Reading]:
        """视察、调研分别为3次、2次: the readings of the nouns in order, when the list can be shared out."""
        if not window.left or text.find("分别", window.left[0].start, window.quantity.start) < 0:
            return []
        outcomes = [self._outcome(text, window, token, 0, 0.96, "chain") for token in self._chain(text, window)]
        readings = [outcome for outcome in outcomes if isinstance(outcome, Reading)]
        return readings if len(readings) == len(outcomes) > 1 else []

    def _single(self, text: str, window: Window) -> list[Reading] | None:
        """The reading by the first word that decides, [] when it counts nothing, None when no word decides."""
        for token, gap, factor, side in self._candidates(text, window):
            outcome = self._outcome(text, window, token, gap, factor, side)
            if outcome is not None:
                return [outcome] if isinstance(outcome, Reading) else []
            if side == "right" and self._frames_for(token.concepts, window.quantity.unit):
                return []  # the noun right behind takes the number, whether it is a fact or not
        return None

    # -------------------------------------------------------------- where the head may stand
    def _candidates(self, text: str, window: Window) -> Iterator[tuple[Token, int, float, str]]:
        """Words the number may hang on, best first: right before it, right behind it, further before."""
        left = [token for token in reversed(window.left) if self._counts(token.concepts)]
        gap = self._gap(text, left[0], window) if left else 0
        if left and gap == 0 and not self._is_helped(window, left[0]):
            yield left[0], 0, 1.0, "left"
        for token, factor in self._behind(text, window):
            yield token, 0, factor, "right" if factor > _NAME_FACTOR else "name"
        for at, token in enumerate(left):
            gap = self._gap(text, token, window) if at else gap
            if gap or at:
                yield token, gap, 0.97 if gap <= _POST_GAP else 0.94, "left"

    def _decides(self, said: Concepts, unit: str) -> bool:
        """True when the word counts something in the measure, or is known to count nothing in it."""
        return bool(self._frames_for(said, unit)) or self._is_decoy(said, unit)

    def _is_helped(self, window: Window, verb: Token) -> bool:
        """True for 帮扶：13名代表联系…: the deputies right behind the number are those who help, not the helped."""
        if window.quantity.unit not in self._persons or not _HELPING & verb.concepts or not window.right:
            return False
        return bool(_DEPUTIES & window.right[0].concepts) and window.right[0].start == window.quantity.end

    def _gap(self, text: str, token: Token, window: Window) -> int:
        """Characters between a word and the number that are neither filler nor known words that count nothing."""
        if window.quantity.grown:
            return 0
        unknown, at = 0, token.end
        for other in window.left:
            if other.start < at:
                continue
            unknown += self._unknown(text, at, other.start) + self._weight(other)
            at = other.end
        return unknown + self._unknown(text, at, window.quantity.start)

    def _weight(self, token: Token) -> int:
        """How far a word between a head and the number sets them apart."""
        if self._counts(token.concepts):
            return len(token.word)
        return 0 if _NEUTRAL & token.concepts else 1

    def _unknown(self, text: str, start: int, end: int) -> int:
        filler = _FILLER.match(text, start, end)
        return end - (filler.end() if filler else start)

    def _behind(self, text: str, window: Window) -> Iterator[tuple[Token, float]]:
        quantity = window.quantity
        persons = quantity.unit in self._persons
        for token in window.right:
            between = _CITED.sub("", text[quantity.end : token.start])
            modified = between.endswith("的") and len(between) <= _POST_MODIFIED_GAP
            if persons and between in _ADDRESSING:
                continue
            if persons and _COUNTED_BETWEEN.search(between):
                return
            if _BREAK.search(between.replace("、", "") if modified else between):
                return
            if len(between) <= _POST_GAP or modified:
                yield token, 0.99
            elif quantity.unit == "次" and _DONE_TIMES.match(text, quantity.end):
                if self._frames_for(token.concepts, "次"):
                    yield token, 0.99
                continue
            elif quantity.unit in _PIECES and _NAMED_AS.match(between):
                yield token, _NAME_FACTOR
                continue
            elif len(between) <= (_POST_MODIFIED_GAP if persons else _POST_NAME_GAP):
                yield token, _NAME_FACTOR
            if (persons and len(between) <= _POST_GAP and _PERSONS & token.concepts) or (
                not persons and self._decides(token.concepts, quantity.unit) and not modified
            ):
                return

    def is_other(self, text: str, window: Window) -> bool:
        """True when the word right behind the number says it counts something else (38名列席人员)."""
        if window.quantity.unit in _CLASSIFIERS and self._is_followed(text, window):
            return True
        first = window.right[0] if window.right else None
        behind = first is not None and first.start == window.quantity.end
        return behind and first is not None and self._is_decoy(first.concepts, window.quantity.unit)

    # -------------------------------------------------------------- what a head allows
    def _outcome(
        self, text: str, window: Window, token: Token, gap: int, factor: float, side: str
    ) -> Reading | bool | None:
        """A reading; False when the word is known to count nothing here; None when another word must be tried."""
        unit = window.quantity.unit
        if self._joins_deputies(window, token):
            return None
        for head, reach, frame in self._frames_for(token.concepts, unit):
            if side == "left":
                if gap and unit in _CLASSIFIERS and head not in _LOOSE and self._is_followed(text, window):
                    continue  # 代表联络站、46个小区
                if gap > reach or (frame.topic and (gap > _ELIDED_GAP or self._is_followed(text, window))):
                    continue
            elif (
                frame.leading
                or (frame.topic and unit in _CLASSIFIERS and not self._closes(text, window.quantity, token))
                or (head in _DOING and unit in self._persons and text[token.start - 1] != "的")
                or (side == "name" and head in _ACTIVITY_HEADS and unit in _PIECES)
            ):
                continue
            if self._holds(frame, window, head):
                if frame.stands and not self._stands(text, window, token):
                    continue
                if self._is_ambiguous(window, token, head, side):
                    return False
                return Reading(frame, token, factor * (0.98 if frame.topic else 1.0), bool(frame.topic))
        return False if self._is_decoy(token.concepts, unit) else None

    def _closes(self, text: str, quantity: Quantity, verb: Token) -> bool:
        """True when nothing but the verb follows the number: 9个已办结, not 9个站所办理, 12个承办部门."""
        after = text[verb.end : verb.end + 1]
        return not self._unknown(text, quantity.end, verb.start) and (not after or after in _CLOSING or after in "了的")

    def _stands(self, text: str, window: Window, token: Token) -> bool:
        """True when the phrase of number and noun ends with them, or speaks of all there are (全镇)."""
        end = max(token.end, window.quantity.end)
        joined = _JOINED.match(text, end)
        if joined and text.startswith(_ALL_OF_THEM, joined.end()):
            return True
        if end >= len(text) or text[end] in _CLOSING or text.startswith(_ALL_OF_THEM, end):
            return True
        return bool(_WHOLE.search(text, max(0, token.start - 8), end))

    def _is_followed(self, text: str, window: Window) -> bool:
        """True when a noun stands right behind the number: then none is left out (开了7次人代会, 与12个部门)."""
        unit, end = window.quantity.unit, window.quantity.end
        if unit in _CLASSIFIERS and end < len(text) and text[end] not in _CLOSING and not _ALL.match(text, end):
            return True
        return any(
            factor > _NAME_FACTOR and self._frames_for(token.concepts, unit)
            for token, factor in self._behind(text, window)
        )

    def _joins_deputies(self, window: Window, token: Token) -> bool:
        """代表及干部共40人次: the officials joined to the deputies do not take the number away."""
        if not _OTHERS & token.concepts or token not in window.left:
            return False
        at = window.left.index(token)
        before = window.left[at - 1] if at else None
        return before is not None and bool(_DEPUTIES & before.concepts) and token.start - before.end <= 5

    def _holds(self, frame: Frame, window: Window, head: str) -> bool:
        own, shared = window.own, window.shared
        if frame.none & own or (frame.none & _WITHIN and shared & _WITHIN):
            return False
        clause = own | shared
        segment = clause | window.segment
        return (
            (not frame.after or bool(frame.after & window.ahead))
            and (not frame.any or bool(frame.any & clause))
            and (not frame.together or bool(frame.together & clause))
            and (not frame.sentence or bool(frame.sentence & segment))
            and (not frame.paragraph or bool(frame.paragraph & segment) or bool(frame.paragraph & window.paragraph()))
            and (not frame.topic or self._topic(window, head) in frame.topic)
        )

    def _topic(self, window: Window, head: str) -> str | None:
        """Of the topics before the number the nearest that the head can go with."""
        possible = self._topics_of(head)
        return next((topic for topic in window.topics() if topic in possible), None)

    def _is_ambiguous(self, window: Window, token: Token, head: str, side: str) -> bool:
        """Two activities before one number without 各: the number belongs to their sum, so to neither."""
        if side != "left" or head not in _ACTIVITY_HEADS or window.quantity.unit in self._persons:
            return False
        at = window.left.index(token)
        before = window.left[at - 1] if at else None
        return before is not None and bool(_ACTIVITIES & before.concepts) and token.start - before.end <= 1

    # -------------------------------------------------------------- one number for two nouns
    def _chained(self, text: str, window: Window) -> list[Reading] | None:
        """视察和调研各3次; 答复率、满意率均为100%: every noun of the list gets the number."""
        quantity = window.quantity
        if not window.left:
            return None
        between = text[window.left[-1].end : quantity.start]
        each = text.find("各", max(0, quantity.start - _EACH_REACH), quantity.start)
        if not (between and _ALL.search(between)) and not (each >= 0 and _EACH.search(text[each : quantity.start])):
            return None
        chain = self._chain(text, window)
        readings: list[Reading] = []
        for token in chain:
            outcome = self._outcome(text, window, token, 0, 0.97, "chain")
            if isinstance(outcome, Reading):
                readings.append(outcome)
        return readings if len(chain) > 1 and readings else None

    def _chain(self, text: str, window: Window) -> list[Token]:
        """The nouns linked by 、 or 和 that end right before the number, in reading order."""
        heads: list[Token] = []
        edge = window.quantity.start
        for token in reversed(window.left):
            parts = self._parts(token)
            if not parts and not heads and _NEUTRAL & token.concepts:
                edge = token.start
                continue
            if not parts or (heads and not _LINK.fullmatch(text, token.end, edge)):
                break
            heads = parts + heads
            edge = token.start
        return heads

    def _parts(self, token: Token) -> list[Token]:
        if _COMPOUND & token.concepts:
            return [
                Token(
                    token.start + token.word.index(word),
                    token.start + token.word.index(word) + len(word),
                    word,
                    concepts(head),
                )
                for word, head in _COMPOUND_PARTS
                if word in token.word
            ]
        if _FORMAL & token.concepts and token.word.startswith(_BILL):
            middle = token.start + len(_BILL)
            rest = token.word[len(_BILL) :].lstrip("、和及")
            return [
                Token(token.start, middle, _BILL, concepts("bill")),
                Token(token.end - len(rest), token.end, rest, _FORMAL),
            ]
        counts = any(self.lexicon.heads[head] for head in self._heads_of(token.concepts))
        return [token] if counts else []
