"""Arithmetic inside a report."""

from __future__ import annotations

import pytest

from transforms.arithmetic import find_slips

WRONG = [
    ("应到代表54名,实到代表53名，参会率98。9%。", "按 53/54 应为 98.1%"),
    ("大会应到代表５４人，实到５３人，出席率达９８.９％。", "按 53/54 应为 98.1%"),
    ("应到代表50名，实到代表52名。", "不应多于应到的 50"),
    ("共收集意见190条，其中已解决122条，正在解决65条。", "按所列 122+65 应为 187条"),
    ("收到建议190件，其中道路类122件、饮水类65件。", "按所列 122+65 应为 187件"),
    ("收到建议46件，其中农业类30件、交通类20件。", "按所列 30+20 应为 50件"),
    ("共收到代表建议46件，办结44件，办结率98%。", "按 44/46 应为 95.7%"),
    ("排查隐患419处，督促整改402处，整改率97%。", "按 402/419 应为 95.9%"),
]
RIGHT = [
    "应到代表240名，实到代表230名，参会率96%。",
    "应到代表54名，实到代表53名，参会率98.1%。",
    "应到代表54名，实到代表53名。满意率98.9%。",
    "收到建议327件，其中2017年71件、2018年68件。",
    "收到建议46件，其中议案2件，已办结44件。",
    "收到建议46件，其中农业类10件、交通类8件。",
    "收到建议46件，其中农业类20件、交通类24件等。",
    "发现隐患419处，其中重大隐患3处、一般隐患416处。",
    "共收到代表建议46件，办结44件，办结率95.7%。",
    "代表54名，其中男代表30名，同时担任村干部的25名。",
    "",
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_what_does_not_add_up(text: str, expected: str) -> None:
    found = find_slips(f"前一句。{text}后一句。")
    assert [slip.expected for slip in found] == [expected]
    assert found[0].start >= 4
    assert found[0].end <= 4 + len(text)


@pytest.mark.parametrize("text", RIGHT)
def test_what_adds_up_or_need_not(text: str) -> None:
    assert find_slips(text) == []
