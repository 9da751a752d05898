"""Why a number in a sentence is no fact of the period: plans, rules, other years, other bodies, remainders, denials."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from catalogue.lexicon import Concepts, Frame, concepts, names_of
from ingest.narrative.layout import Mode
from ingest.narrative.quantities import Quantity
from ingest.narrative.tokens import Token

Actor = str  # own, government, higher, wide, elsewhere, single (one person's own story), joined

_ACTORS = ("higher", "wide", "elsewhere", "government", "single")
_LASTING = frozenset(("higher", "wide", "elsewhere", "single"))  # go on being the subject behind a ；
_DEEDS = frozenset(("funds_yuan", "good_deeds", "households_helped", "persons_helped", "disputes_mediated"))
_UNDER = re.compile(
    r"(?:常委会|办公室)?(?:的|和|及)?[^，；]{0,12}?(?:领导|指导|支持|帮助|关心|重视|配合|部署|安排|推动|牵头|要求)下"
)
_HANDED = re.compile(
    r"(?:常委会)?(?:交办|转办|转交|移交|督办|评选|表彰|下达|安排|组织)的|(?:财政)?(?:拨付|拨给|安排)给"
)
_CHIEF = re.compile(  # one person of the body, or who came from it to teach (县委党校老师)
    r"(?:党支部|支部)?(?:董事长|总?经理|负责人|老板|书记|主任|所长|院长|校长|厂长|法人)"
    r"|党校|[^，；]{0,6}(?:老师|教授|讲师|专家)"
)
_SITE = re.compile(  # 社区代表联络站; 居委会、社区级代表联系站
    r"(?:(?:[、和][\u4e00-\u9fff]{2})?级)?[）”“\"]{0,3}(?:人大)?(?:代表|联络站|联络点|工作室)"
)
_ABOUT = ("对", "就", "针对", "围绕", "给", "为", "向", "会同")  # 对5座供水站: what is acted on
_AVERAGE = re.compile("平均|[人户月年场次]均")  # 平均每次22人 is no standing rule
_NOUN_ENDS = tuple("、，。；等》）的")  # 采伐计划、: a plan that is a thing
_OWN = concepts("own")
_ACTOR_SET = concepts(*_ACTORS, "own")
_MARKS = concepts(
    "plan",
    "aim",
    "rule",
    "prior",
    "last_year",
    "this_year",
    "grow",
    "rest",
    "denial",
    "shortfall",
    "reset",
    "join",
    "total",
)
_SUBJECT_REACH = 10
_ADJACENT = 2
_PREPOSITION = re.compile(
    r"(?:[向由被经对请受为与和同在给送按据报从交及到往投就、]|围绕|针对|关于|融入|服务|紧扣|支持|走进|深入|察看|走访|会同|联合|督促|听取|邀请|抽查|检查|排查|督查|巡查|暗访|根据|配合|得到|助推|建议|位于|设在|坐落)[^，；：]{0,4}$"
)
_COMPARED = re.compile(r"[比较与同和跟由从]$")
_COMPARING = frozenset(("较上年", "比上年", "比去年", "较去年", "与上年", "与去年", "相比", "同比", "较同期", "环比"))
_VERBS = concepts(
    *(
        "elect", "hear", "raise", "received", "collect", "find", "check", "rectify", "resolve", "visit", "aid",
        "commend", "participate", "divide", "build", "mediate", "petition_in", "settle", "close", "do", "spend",
        "submit", "publish", "inspection", "research", "lawcheck", "special", "review", "feedback", "receive", "pass",
        "oversee", "new", "hold", "have", "divide", "donate", "raise_money",
    )
)  # fmt: skip
_MODAL = re.compile(  # 将, 要 and the like before a verb; 将60名代表编为 and 主要, 需要 are none
    r"(?:(?<![主重需首纲摘只不还次紧])[将要]|[拟须需]|应(?!到|出席|参会|邀))"
    r"(?:还|再|继续|进一步|重点|全面|努力|着力|不断|着重|切实|认真|力争|分别|集中)*"
    r"(?:进行|召开|组织|开展|举办|新建|建设|建成|听取|评议|视察|调研|走访|接待|培训|提出|督办|完成|实现|达到|坚持|做到|确保|新增|增加"
    r"|扩大|提高|投入|争取|安排|表彰|加大|深化|推进|力争|围绕|建立|打造|实施|执行|新设|增设|设立|成立|组建|补选|选举|评选|票决|报送"
    r"|改造|配备|聘请|慰问|帮扶|办好|邀请|加强|改进|健全|完善|创建|选派)(?!意见|情况|结果|成果|报告|建议|发现|中|收集|问题|的)"
)
_DUTY = re.compile(  # 一名委员联系5名代表: what each is to do
    r"一[名位个](?!月)[^，。；\d]{1,10}?联系?(?=[\d一二两三四五六七八九十]+[至到—-]?[\d一二两三四五六七八九十]*[名户个位])"
)
_MODAL_SIGN = re.compile("[将要拟须需应]")
_DECIDED = re.compile("会议(?:确定|要求|强调|明确|部署|指出)")  # what is to be done
_PLACE = re.compile(
    r"(?:^|[，；：。的])([\u4e00-\u9fff]{2,3}?)(镇|乡|街道)(?=有|的|人大|共|今年|组织|去年|现有|建有|建成|全|则|也|主席团|在)"
)
_COMMON_PLACES = frozenset("全我本各该邻乡两")
_LISTED = re.compile(r"\d|、")
_OF_FAULTS = re.compile(r"[^，；\d]{0,6}(?:问题|隐患|现象|行为|情况|线索|漏洞|短板|点位)")
_FAULTY = ("不", "薄弱", "滞后", "缺")
_YEAR_NAMED = re.compile(r"((?:19|20)\d\d)年(?!\d|至|到|底|末|以来|初|[一-十]月)")


@dataclass(slots=True)
class SentenceContext:
    """What the words of a sentence, read left to right, say about its numbers."""

    text: str
    start: int
    tokens: Sequence[Token]
    clauses: Sequence[tuple[int, int]]
    own_name: str | None
    marks: list[tuple[int, int, str]] = field(default_factory=list)
    subjects: dict[int, Actor | None] = field(default_factory=dict)
    rule_until: int = 0
    year: int | None = None

    def __post_init__(self) -> None:
        for token in self.tokens:
            if _MARKS & token.concepts and not (
                token.word == "计划" and self.text[token.end : token.end + 1] in _NOUN_ENDS
            ):
                self.marks += [(token.start, token.end, name) for name in _mark_names(token.concepts)]
        end = self.clauses[-1][1] if self.clauses else self.start
        if _MODAL_SIGN.search(self.text, self.start, end):
            self.marks += [(*modal.span(), "plan") for modal in _MODAL.finditer(self.text, self.start, end)]
        if self.text.find("会议", self.start, end) >= 0:
            self.marks += [(*found.span(), "plan") for found in _DECIDED.finditer(self.text, self.start, end)]
        if self.text.find("联", self.start, end) >= 0:
            self.marks += [(*found.span(), "rule") for found in _DUTY.finditer(self.text, self.start, end)]
        if self.year is not None and self.text.find("年", self.start, end) >= 0:
            self._mark_years(self.year, end)
        self.marks.sort()

    def _mark_years(self, year: int, end: int) -> None:
        """2018年的办结率是72%,今年…: an earlier year by its number beside the year of the report."""
        named = [(found, int(found[1])) for found in _YEAR_NAMED.finditer(self.text, self.start, end)]
        here = any(name == "this_year" for *_, name in self.marks) or any(other == year for _, other in named)
        if here and any(other < year for _, other in named):
            self.marks += [(*found.span(), "prior" if other < year else "this_year") for found, other in named]

    def exclusion(self, quantity: Quantity, clause: int, mode: Mode) -> str | None:
        """The reason why the number is no fact whatever it counts, or None."""
        if mode in ("plan", "other") or (mode == "shortfall" and quantity.unit != "元"):
            return mode
        if not self.marks:
            return None
        here, clause_end = self.clauses[clause]
        before = [mark for mark in self.marks if mark[0] < quantity.start]
        if self._planned(before, here, quantity):
            return "plan"
        if self._ruled(before, here, quantity):
            return "rule"
        if not quantity.grown and self._earlier(before, here, quantity):
            return "prior"
        return self._lessened(before, here, quantity) or self._left_over(here, clause_end, quantity)

    def _lessened(self, before: list[tuple[int, int, str]], here: int, quantity: Quantity) -> str | None:
        """An increment, or one of the shortcomings a report owns up to (money apart: 经费只有3000元 is a fact)."""
        for start, end, name in before:
            if name == "shortfall" and quantity.unit != "元":
                return name
            if name == "grow" and not quantity.grown and here <= start and quantity.start - end <= _ADJACENT:
                return "increment"
        return None

    def _planned(self, before: list[tuple[int, int, str]], here: int, quantity: Quantity) -> bool:
        planned = [start for start, _, name in before if name == "plan"]
        if planned:
            done = [start for start, _, name in before if name == "reset" and start >= here and start > planned[-1]]
            if not (done and planned[-1] < here):
                return True
        return quantity.unit == "%" and any(name == "aim" and start >= here for start, _, name in before)

    def _ruled(self, before: list[tuple[int, int, str]], here: int, quantity: Quantity) -> bool:
        """每季度1次: a standing rule, going on through its list until the words turn to what was done."""
        in_clause = [start for start, _, name in before if name == "rule" and start >= here]
        if in_clause:
            averaged = _AVERAGE.search(self.text, here, quantity.start)
            standing = self.text.startswith("每", in_clause[-1]) and not averaged and not self._is_name(in_clause[-1])
            self.rule_until = self._segment_end(here) if standing else 0
            return True
        if quantity.start >= self.rule_until:
            return False
        if not quantity.at_least and any(name in ("reset", "total") and start >= here for start, _, name in before):
            self.rule_until = 0
            return False
        return True

    def _is_name(self, position: int) -> bool:
        """True where a rule is but the name of something (“每季一次”主题宣讲)."""
        return position > self.start and self.text[position - 1] == "“"

    def _segment_end(self, position: int) -> int:
        """The end of the part of the sentence that a ； sets off."""
        ends = [at for sign in "；。\n" if (at := self.text.find(sign, position)) >= 0]
        return min(ends, default=len(self.text))

    def _segment_start(self, position: int) -> int:
        return max(self.start, self.text.rfind("；", self.start, position) + 1)

    def _earlier(self, before: list[tuple[int, int, str]], here: int, quantity: Quantity) -> bool:
        """An earlier year governs the number: named in its clause, or in a clause before that is no comparison."""
        this_year = [start for start, _, name in before if name in ("this_year", "reset")]
        segment = self._segment_start(quantity.start)
        for start, end, name in reversed(before):
            if start < segment:
                return False
            if name == "last_year" and not any(mark[2] == "this_year" for mark in self.marks):
                continue
            if name not in ("prior", "last_year") or any(later > start for later in this_year):
                continue
            compared = self.text[start:end] in _COMPARING or _COMPARED.search(
                self.text[max(self.start, start - 1) : start]
            )
            if start >= here:
                return not compared or quantity.start - end <= 10
            if not compared:
                return True
        return False

    def _left_over(self, here: int, clause_end: int, quantity: Quantity) -> str | None:
        for start, end, name in self.marks:
            if not here <= start < clause_end:
                continue
            if name in ("rest", "denial") and start < quantity.start:
                if not (self.text.startswith(_FAULTY, start) and _OF_FAULTS.match(self.text, end)):
                    return name
                continue  # 发现经营不规范问题7个: what was found
            behind = start - quantity.end
            if name in ("rest", "denial") and 0 <= behind <= 12 and not _LISTED.search(self.text, quantity.end, start):
                return name
        return None

    def acting(self, position: int) -> Actor:
        """Who acts where the number stands: the last subject named at the head of a clause of the sentence."""
        actor = "own"
        segment = self._segment_start(position)
        for start, end in self.clauses:
            if start > position:
                break
            named = self._subject_of(start, end) if end <= position else self._subject(start, position)
            if end > segment or named in _LASTING:
                actor = named or actor
            elif named:
                actor = "own"
        return actor

    def _subject_of(self, start: int, end: int) -> Actor | None:
        """The whole clause's subject, found once."""
        if start not in self.subjects:
            self.subjects[start] = self._subject(start, end)
        return self.subjects[start]

    def _subject(self, start: int, end: int) -> Actor | None:
        """Who the clause begins with, or None when it names nobody before its verb."""
        if self.own_name is not None and self._names_other_place(start, end, self.own_name):
            return "elsewhere"
        for token in self.tokens:
            if token.start < start:
                continue
            if token.start >= end or token.start - start > _SUBJECT_REACH:
                break
            if not _ACTOR_SET & token.concepts:
                if _VERBS & token.concepts:
                    break
                continue
            named = _actor(token.concepts) or self._body_behind(token)
            if named not in (None, "government") and self._joined(start, token.start):
                return "joined"
            if named in _LASTING and _HANDED.match(self.text, token.end):
                continue
            if _UNDER.match(self.text, token.end) or _CHIEF.match(self.text, token.end):
                continue
            if named == "government" and (_SITE.match(self.text, token.end) or self.text.startswith(_ABOUT, start)):
                continue
            if not _PREPOSITION.search(self.text[max(start, token.start - 7) : token.start]):
                return named or "own"
        return None

    def _body_behind(self, place: Token) -> Actor | None:
        """我镇卫生院: the body right behind the name of one's own place is who acts."""
        if not place.word.endswith(("镇", "乡")):
            return None
        behind = next((token for token in self.tokens if token.start == place.end), None)
        return _actor(behind.concepts) if behind is not None else None

    def _names_other_place(self, start: int, end: int, own_name: str) -> bool:
        place = _PLACE.match(self.text, max(self.start, start - 1), end)
        if place is None or any(place.start(1) <= token.start < place.end(2) - 1 for token in self.tokens):
            return False
        name = place[1] + place[2]
        return name[-2] not in _COMMON_PLACES and not (name.endswith(own_name) or own_name.endswith(name))

    def _joined(self, start: int, end: int) -> bool:
        return any(name == "join" and start <= at and end - stop <= 2 for at, stop, name in self.marks if at < end)


@cache
def _mark_names(said: Concepts) -> list[str]:
    return sorted(names_of(_MARKS & said))


@cache
def _actor(said: Concepts) -> Actor | None:
    """The body other than the township congress that the word names, if any."""
    return next((actor for actor in _ACTORS if concepts(actor) & said), None)


def is_allowed(actor: Actor, frame: Frame, unit: str) -> bool:
    """True when a number of that acting body may be a fact of the township congress."""
    if actor == "own" or frame.others:
        return True
    if actor == "government":
        return frame.government
    if actor == "single":
        return frame.indicator in _DEEDS
    if actor == "joined":
        return unit in ("人次", "人", "名", "位", "篇", "条", "元")
    return False
