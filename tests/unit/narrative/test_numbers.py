"""Numerals and quantities: what is read, with which value, and what is left alone."""

from __future__ import annotations

import pytest

from ingest.narrative.numerals import read_numeral
from ingest.narrative.quantities import find_quantities


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("327", 327), ("1,870", 1870), ("8.7", 8.7), ("3万", 30_000), ("1.2亿", 120_000_000), ("一百二十", 120),
        ("两", 2), ("廿三", 23), ("六万三千", 63_000), ("二百五", 250), ("一千零五", 1005), ("九十八点五", 98.5),
        ("百", 100), ("千", 1000), ("十", 10),
    ],
)  # fmt: skip
def test_numerals_are_read(text: str, value: float) -> None:
    assert read_numeral(text) == value


@pytest.mark.parametrize("text", ["", "几", "数十", "三四", "二〇二三", "半", "甲"])
def test_what_is_no_exact_number_is_not_read(text: str) -> None:
    assert read_numeral(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("十余条", (10, "条", True)),
        ("3万余元", (30_000, "元", True)),
        ("三万多元", (30_000, "元", True)),
        ("近百人次", (100, "人次", True)),
        ("上千件", (1000, "件", True)),
        ("近万元", (10_000, "元", True)),
        ("百余件", (100, "件", True)),
        ("六百余人次", (600, "人次", True)),
        ("二十几户", (20, "户", True)),
        ("约40个", (40, "个", True)),
        ("98%以上", (98, "%", True)),
        ("百分之九十八点五", (98.5, "%", False)),
        ("百分之百", (100, "%", False)),
        ("8.7万元", (87_000, "元", False)),
        ("1,967万元", (19_670_000, "元", False)),
        ("件(次)"[:0] + "95件（次）", (95, "件次", False)),
        ("由5个增加到8个", (8, "个", False)),
        ("由93.1%提升到95.4%", (95.4, "%", False)),
        ("四届三次会议的69件", (69, "件", False)),
        ("3.15名代表", (15, "名", False)),
    ],
)
def test_one_quantity(text: str, expected: tuple[float, str, bool]) -> None:
    found = [(quantity.value, quantity.unit, quantity.approximate) for quantity in find_quantities(text)]
    assert found == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "第3次", "第一、二次会议", "2至5户", "3-4名", "1—3条", "三四次", "二三十户", "x次", "*名", "20xx年",
        "5名以上代表", "每一名", "一年两次", "3个月", "8个方面", "12345人大", "10点半", "数百件", "一批意见",
    ],
)  # fmt: skip
def test_no_quantity(text: str) -> None:
    assert list(find_quantities(text)) == []
