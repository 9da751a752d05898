"""Cleaning: noise goes, and every character knows where it stood."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.narrative.cleaning import clean


@pytest.mark.parametrize(
    ("noisy", "plain"),
    [
        ("慰问了2/1940多名老人,建议均已答5/19复。", "慰问了40多名老人，建议均已答复。"),
        ("走访选民2083/19户,收集意见4/1935条", "走访选民208户，收集意见35条"),
        ("组织代表1/6开展检查", "组织代表开展检查"),
        ("视察 3\n次,收到建议5\n7件", "视察3次，收到建议57件"),
        ("会议指出,要进一步加强联络站建设,全年收到代表建议、批评和意\n见57件,办结55件。", None),
        ("排查隐患1 36处", "排查隐患136处"),
        ("１２件，办结率98。9％", "12件，办结率98.9%"),
        ("主席團會議兩次", "主席团会议两次"),
        ("主席团（扩大）会议4次", "主席团会议4次"),
        ("总结\n- 3 -\n会议2次", "总结\n会议2次"),
        ("阅读 : 164 | 下载量 :1 投诉\n会议2次", "\n会议2次"),
        ("| 指标 | 数量 |\n|---|---|\n| 视察 | 3次 |", "指标\t数量\n\n视察\t3次"),
        ("指标 | 数量\n视察 | 3次", "指标\t数量\n视察\t3次"),
        ("走访1,8 60户", "走访1,860户"),
        ("一年来召开人代会\n2次、主席团会议\n7次。", "一年来召开人代会2次、主席团会议7次。"),
        ("视察      3次\n调研      2次", "视察\t3次\n调研\t2次"),
    ],
)
def test_noise_goes(noisy: str, plain: str | None) -> None:
    assert clean(noisy).text == (plain if plain is not None else noisy.replace("\n", "").replace(",", "，"))


@pytest.mark.parametrize(
    "text", ["一、会议情况\n全年开会", "占代表总数的1/3以上", "第一部分\n第二部分", "视察3次。\n调研2次。"]
)
def test_what_is_no_noise_stays(text: str) -> None:
    assert clean(text).text == text


def test_a_quote_is_cut_from_the_original() -> None:
    made = clean("走访选民2 0\n8户,收集意见3/1935条,共4/19件。")
    start = made.text.index("208户")
    first, last = made.span(start, start + 4)
    assert made.source[first:last] == "2 0\n8户"


@given(st.text(alphabet="一二3/2 22\n\t。，、件次镇人大|-（）ABｘ７%、隐患", max_size=120))
@settings(max_examples=200, deadline=None)
def test_offsets_never_leave_the_text(text: str) -> None:
    made = clean(text)
    assert len(made.text) == len(made.origins)
    assert all(0 <= at < len(text) for at in made.origins)
    assert list(made.origins) == sorted(made.origins)
