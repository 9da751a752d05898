"""Whose report a text is, and of which period; papers of other bodies are recognised and told, not counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from catalogue.register import Register
from ingest.narrative.layout import is_plan, title_of
from ingest.narrative.townships import named_townships, other_township
from ingest.narrative.voices import foreign_voice, is_congress_heard

Kind = Literal["township", "plan", "county", "government", "other", "notice"]

PROBLEMS: dict[Kind, str] = {
    "plan": "这是工作计划或要点,不是总结报告,其中的数字是打算,不作为事实。",
    "county": "这是县级或其他地方的材料,不是本乡镇人大的报告,其中的数字不计入任何乡镇。",
    "government": "这是政府的工作报告,不是人大的报告,其中的数字不计入。",
    "other": "正文没有写乡镇人大的工作(可能是别的单位的材料),其中的数字不计入。",
    "notice": "这是通知、方案或制度一类的文件,写的是要求,其中的数字不作为事实。",
}
_OF_GOVERNMENT = re.compile(r"^[^，。\n]{0,12}(?:人民)?政府(?:办公室)?关于")
_GOVERNMENT = re.compile(r"人民政府.{0,12}(?:报告|总结|汇报)|政府工作报告|(?:预算|决算|财政收支).{0,16}(?:报告|草案)")
_OTHER_BODY = re.compile(
    r"检察|法院|法庭|派出所|司法所|卫生院|卫生室|医院|学校|小学|中学|幼儿园|财政所|妇联|团委|共青团|工会|纪委|纪检|监察|政协|武装部"
    r"|供电所|税务|市场监管所|自然资源所|村委会|居委会|村两委|党支部|党总支|信访办|应急办|综治|文化站|农技站|合作社|公司|商会|(?:村|社区)(?:的?基本情况|概况|简介|情况|工作|两委|党建)"
)
_REVIEWED = re.compile(r"评议|测评|视察|调研|检查|监督|审议|人大|代表|主席团")
_NOTICE = re.compile(
    r"(?:通知|方案|办法|制度|细则|规定|规则|规范|意见|公告|条例|[计评]分标准|责任书|提纲|倡议书|承诺书|计划表|安排表|日程表?|议程|须知|问卷|考核标准|讲稿|讲义|学习材料|调查表|测评表|征求意见表|征集表)"
    r"(?:（[^）]*）)?$"
)
_PERSONAL = re.compile(r"(?:作为|担任|本人)[^，。]{0,12}(?:副?[镇乡]长|书记|所长|站长|校长)|我?分管")
_VISIT = re.compile(
    r"[赴到].{1,16}(?:考察|学习|参观)|考察.{0,16}(?:报告|体会|见闻|启示|感想)|(?:参观|外出)学习|心得|体会$|有感$|感言"
)
_COUNTY_TITLE = re.compile(
    r"全县|全市|全区|全省|我县|我市|我区|县乡|市县|各乡镇|[县市区]人大常委会|[县市区旗]第?[一二三四五六七八九十\d]+届(?:人大|人民代表大会)"
    r"|^[^镇乡街]*[县市区旗]人大(?!代表)"
)
_COUNTY = (
    *("我县", "我市", "我区", "全县", "全市", "全区", "全省", "全州", "各乡镇", "各乡、镇", "县乡两级"),
    *("该县", "该市", "该区", "有的乡镇", "一些乡镇", "多数乡镇", "市人大会", "县人大会", "两镇", "部分乡镇"),
)
_SEVERAL = re.compile(r"个(?<=[一二三四五六七八九十\d]个)(?:乡镇|镇、|乡、)")
_OWN = [
    *("我镇", "我乡", "本镇", "本乡", "全镇", "全乡", "镇人大", "乡人大", "主席团", "代表小组", "联络站", "我们小组"),
    *("本小组", "街道人大", "人大街道", "本街道", "全街道", "街工委", "街道工委", "人大工委"),
]
_HINTS = ["代表之家", "人代会", "各位代表：", "活动室", "代表联络"]  # of a congress, the county's or the township's
_NOT_OWN = ["乡镇人大", "乡镇人大主席团", "各镇人大", "镇人大常", "各乡人大", "乡镇主席团"]  # hold a word of _OWN
_CONGRESS = ("人大", "代表", "主席团", "联络站", "选民")
_ABOVE = re.compile(
    r"全国人大|[县市区]人民政府|[县市区]第?[一二三四五六七八九十\d]+届|纪检监察|[县市区]纪委|全国人民代表大会|[省市县区]人民代表大会|人大常委会(?:会议|委员长|主任|工作报告)|常委会会议"
)
_NOT_CONGRESS = [  # hold a word of _CONGRESS and say nothing of it
    *(
        "村民代表",
        "群众代表",
        "职工代表",
        "党代表",
        "党员代表",
        "居民代表",
        "学生代表",
        "家长代表",
        "企业代表",
        "妇女代表",
    ),
    *("青年代表", "代表性", "登记选民", "选民登记", "县人大代表", "市人大代表", "政协"),
]
_BODIES = ("镇人大", "乡人大", "主席团", "街道人大", "人大街道")
_SUPERVISED = re.compile(
    r"接受[^，。；]{0,6}人大(?:代表)?的?(?:监督|视察|检查|评议)"
)  # so speaks who is not the congress
_SELDOM = 50
_RARE = 100  # characters a report of a congress goes at most without speaking of it
_SHORT, _LONG = 100, 300
_FEW = 3
_SAMPLE = 6_000  # characters that show whose paper it is
_OPENS, _SIGNS = 2_500, 300  # characters at the beginning and the end of a text in which its voice is heard
_YEAR = re.compile(r"((?:19|20)\d\d)(?<!\d{5})年")
_SPLIT = re.compile(
    r"(?m)^[^\n。，]{0,30}?(?:篇[一二三四五六七八九十\d]{1,2}|【?第[一二三四五六七八九十]+篇】?|（[一二三四五六七八九十]+）篇)[^\n。，]{0,12}$"
)
_TITLE_LINE = re.compile(
    r"(?m)^[ \t#]*[^\n。，；\t]{2,40}?(?:镇|乡)[^\n。，；\t]{0,30}(?:报告|总结|汇报|小结|要点)[ \t]*$"
)
_HALF = re.compile(r"上半年|半年工作|半年来")
_QUARTER = re.compile(r"第?([一二三四1-4])季度")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_SPANNING = re.compile(r"年来|年工作|过去")  # every span has one of these
_SPAN = re.compile(r"([一二两三四五])年来|([一二两三四五])年工作|过去([一二两三四五])年")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a text says of itself.

    `kind` township is a report to be counted; anything else comes with a problem to tell. `codes` are the townships
    of the register it names as its own, `place` the name as written. `period` is YYYY, YYYYQn, YYYYH1 or None; `years`
    the number of years covered. `is_doubtful` when nothing but its facts speaks for a township's congress.
    """

    kind: Kind
    title: str
    place: str | None
    codes: tuple[str, ...]
    period: str | None
    years: int
    problems: tuple[str, ...]
    is_doubtful: bool = False

    @property
    def counts(self) -> bool:
        """True when facts of the text may be counted."""
        return self.kind in ("township", "plan")


def identify(text: str, place: str | None, register: Register | None = None) -> Identity:
    """Whose text it is and when, from title and body, never from the file name."""
    title = title_of(text)
    kind = _kind(text, title)
    period = _period(title, text)
    year = int(period[:4]) if period else None
    codes = named_townships(title, text, register, year) if register else ()
    problems = [PROBLEMS[kind]] if kind != "township" else []
    mismatch = _year_mismatch(title, text)
    if mismatch:
        problems.append(mismatch)
    if register and kind == "township" and len(codes) != 1:
        named = "、".join(codes) if codes else "没有"
        problems.append(f"正文和题目中能对上名册的乡镇:{named};请在文件开头写明是哪个乡镇的报告。")
    if register and kind == "township" and (names := other_township(title, text, register, year)):
        problems.append(f"题目写的是{names[0]},正文写的却是{names[1]},请核对是不是用了别处的稿子。")
    sample = text[:_SAMPLE]
    doubtful = len(text) >= _SHORT and not (_names_itself(title, sample) and is_congress_heard(sample))
    return Identity(kind, title, place, codes, period, _years(title, text), tuple(problems), doubtful)


def split_reports(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the reports in one file: cut at 篇一, 篇二 or at further title lines; else one span."""
    cuts = [found.start() for found in _SPLIT.finditer(text)]
    if len(cuts) < 2:
        titles = list(_TITLE_LINE.finditer(text))
        named = {re.sub(r"\W", "", found[0]) for found in titles}
        cuts = [found.start() for found in titles] if len(named) > 1 and _each_opens(text, titles) else []
    if len(cuts) < 2:
        yield 0, len(text)
        return
    if text[: cuts[0]].strip():
        cuts.insert(0, 0)
    yield from pairwise([*cuts, len(text)])


def _each_opens(text: str, titles: list[re.Match[str]]) -> bool:
    """True when every title line opens a text of its own, not a chapter or an attachment list."""
    ends = [found.start() for found in titles[1:]] + [len(text)]
    return all(len(text[found.end() : end].strip()) > 80 for found, end in zip(titles, ends, strict=True))


def _kind(text: str, title: str) -> Kind:
    if _OF_GOVERNMENT.search(title) or (_GOVERNMENT.search(title) and "人大" not in title):
        return "government"
    if _NOTICE.search(title):
        return "notice"
    sample = text[:_SAMPLE]
    own = _own(sample)
    county = _count(sample, _COUNTY) + len(_SEVERAL.findall(sample))
    if _VISIT.search(title) or (_COUNTY_TITLE.search(title) and county >= own):
        return "county"
    if (county > own and county >= _FEW) or (
        not own and not _count(sample, _HINTS) and (county or _ABOVE.search(sample))
    ):
        return "county"
    other: Kind | None = "other" if _is_other(title, sample, own) else None
    return foreign_voice(_spoken(text)) or other or ("plan" if is_plan(text) else "township")


def _spoken(text: str) -> str:
    """The pieces of a text that show who speaks: how it opens, and who signs."""
    return text if len(text) <= _OPENS + _SIGNS else text[:_OPENS] + "\n" + text[-_SIGNS:]


def _own(sample: str) -> int:
    """How often the text speaks of a township and its congress as its own."""
    return _count(sample, _OWN) - _count(sample, _NOT_OWN)


def _names_itself(title: str, sample: str) -> bool:
    return "人大" in title or "代表" in title or _own(sample) > 0


def _is_other(title: str, sample: str, own: int) -> bool:
    """True for a paper of another body, or of a person who is no deputy: it hardly speaks of the congress."""
    if _OTHER_BODY.search(title) and not _REVIEWED.search(title) and own < _FEW:
        return True
    if own < _FEW - 1 and "人大主席" not in sample and _PERSONAL.search(sample):
        return True
    if "人大" in title or "代表" in title:
        return False
    spoken = _count(sample, _CONGRESS) - _count(sample, _NOT_CONGRESS)
    if len(sample) < _SHORT:
        return False
    if _SUPERVISED.search(sample) and spoken * _SELDOM < len(sample):
        return True
    return spoken <= (0 if _count(sample, _BODIES) else 1) or (len(sample) >= _LONG and spoken * _RARE < len(sample))


def _count(text: str, words: Sequence[str]) -> int:
    return sum(map(text.count, words))


def _year_mismatch(title: str, text: str) -> str | None:
    stated = _YEAR.findall(title)
    years = Counter(_YEAR.findall(text[text.find(title) + len(title) :]))
    if len(stated) != 1 or not years:
        return None
    year = int(stated[0])
    if any(abs(int(other) - year) <= 1 for other in years):
        return None
    other = years.most_common(1)[0][0]
    return f"题目写的是{year}年,正文写的是{other}年,请核对是不是用了旧稿。"


def _period(title: str, text: str) -> str | None:
    found = _YEAR.search(title) or _YEAR.search(text[:400])
    if not found:
        return None
    head = title or text[:120]
    quarter = _QUARTER.search(head)
    if quarter:
        return f"{found[1]}Q{_QUARTERS.get(quarter[1], quarter[1])}"
    return f"{found[1]}H1" if _HALF.search(head) else found[1]


def _years(title: str, text: str) -> int:
    head = text[:600]
    span = _SPAN.search(title) or (_SPAN.search(head) if _SPANNING.search(head) else None)
    if not span:
        return 1
    return {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}[next(group for group in span.groups() if group)]
