"""The bulletin's pictures: text stays text, what is told by ear is what is drawn, and nothing depends on chance."""

from __future__ import annotations

import pytest
from lxml import etree

from publish.bulletin.figures.drawing import Drawing, shorten, text_width
from publish.bulletin.figures.funnel import Rate, RatePoint, draw_rate
from publish.bulletin.figures.heat import SHADES, HeatCell, draw_heat, shade
from publish.bulletin.figures.ranks import RankRow, draw_ranks
from publish.bulletin.figures.trends import Trend, draw_trends

SVG = {"s": "http://www.w3.org/2000/svg"}


def words(picture: str) -> list[str]:
    return [str(text) for text in etree.fromstring(picture).xpath("//s:text/text()", namespaces=SVG)]


def test_words_are_escaped_and_cut_to_the_room() -> None:
    drawing = Drawing("n", 100, 50, "<标题> & “引号”", "说明")
    drawing.text(0, 10, "<b>&\"'")
    root = etree.fromstring(drawing.markup())
    assert root.findtext("s:text", namespaces=SVG) == "<b>&\"'"
    assert root.findtext("s:title", namespaces=SVG) == "<标题> & “引号”"
    assert root.get("aria-labelledby") == "n-t n-d"
    long = "很长很长的乡镇名称"
    assert text_width(shorten(long, 12, 60), 12) <= 60
    assert shorten(long, 12, 60).endswith("…")
    assert shorten("短名", 12, 60) == "短名"


def test_ranks_show_every_row_its_interval_and_the_quota() -> None:
    rows = [
        RankRow("甲镇", 1, 1, 2, "91.00", True),
        RankRow("乙镇", 2, 1, 3, "90.00", False),
        RankRow("丙镇", 3, None, None, "80.00", False),
    ]
    picture = draw_ranks("r", rows, of=3, quota=1, title="乡镇", coverage="90%", listed="推荐名单")
    assert {"甲镇", "乙镇", "丙镇", "91.00", "名额线（1 名）"} <= set(words(picture))
    root = etree.fromstring(picture)
    told = root.findtext("s:desc", namespaces=SVG)
    assert told == "甲镇第1名（区间第1至2名）；乙镇第2名（区间第1至3名）；丙镇第3名"
    bars = [rect for rect in root.findall("s:rect", SVG) if rect.find("s:title", SVG) is not None]
    assert len(bars) == 2
    assert float(bars[1].get("width") or 0) > float(bars[0].get("width") or 0)
    without = draw_ranks("r", rows, of=3, quota=3, title="乡镇", coverage="90%", listed="推荐名单")
    assert not any("名额线" in word for word in words(without))


@pytest.mark.parametrize(("share", "place"), [(0.0, 0), (0.1249, 0), (0.5, 4), (1.0, 7)])
def test_shades_rise_with_the_share(share: float, place: int) -> None:
    assert shade(share) == SHADES[place]
    assert shade(None) not in SHADES


def test_heat_has_a_cell_for_every_item() -> None:
    cells = [HeatCell(1.0, "4", "A1：4/4分"), HeatCell(None, "缺", "B1：数据缺")]
    picture = draw_heat("h", [("甲镇", cells), ("乙镇", cells)], [("A1", "A"), ("B1", "B")], title="得分率")
    hints = etree.fromstring(picture).xpath("//s:rect/s:title/text()", namespaces=SVG)
    assert hints == ["甲镇 A1：4/4分", "甲镇 B1：数据缺", "乙镇 A1：4/4分", "乙镇 B1：数据缺"]
    assert words(picture).count("缺") == 2


def test_trends_leave_gaps_where_nothing_was_assessed() -> None:
    picture = draw_trends("t", [Trend("甲镇", [80.0, None, 82.0, 83.0])], [79.0, 80.0, 81.0, 82.0], title="变化")
    root = etree.fromstring(picture)
    assert len(root.findall("s:polyline", SVG)) == 3  # the median, and two stretches
    assert len(root.findall("s:circle", SVG)) == 3
    assert root.findtext("s:desc", namespaces=SVG) == "甲镇80.0、无、82.0、83.0"
    assert draw_trends("t", [Trend("甲镇", [None])], [None], title="变化")


def test_funnel_names_who_is_beyond_chance_and_not_the_small() -> None:
    usual = [RatePoint(f"镇{number}", 18.0, 20.0) for number in range(20)]
    rate = Rate(
        "x", "答复率", (*usual, RatePoint("大镇", 40.0, 80.0), RatePoint("小镇", 0.0, 1.0), RatePoint("全镇", 1.0, 1.0))
    )
    assert rate.outside == {"大镇": -1}
    assert rate.told == "超出偶然波动范围的：大镇偏低。"
    shown = words(draw_rate("f", rate))
    assert "大镇" in shown
    assert not {"小镇", "全镇", "镇1"} & set(shown)
    assert draw_rate("f", rate) == draw_rate("f", rate)
