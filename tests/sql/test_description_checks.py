"""Rule P08 on the returns: descriptions copied from another township or from the township's own earlier year."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from indicator_oracle import Row, Sent
from worlds import batch_of

from catalogue import load as load_catalogue
from catalogue.periods import Period
from catalogue.register import Register, Township
from warehouse.description_checks import judge_descriptions
from warehouse.load import load
from warehouse.registry import load_parameters, load_register
from warehouse.rollup import refresh_touched

MONTH = Period.parse("2031-03")
ONE, TWO, ELSEWHERE = "900000101", "900000102", "900001101"
TEXT = (
    "三号楼地下车库东侧出口堆放旧家具和纸箱约二十立方米，消火栓箱被遮挡，"
    "值班人员说钥匙在物业经理手里，当场联系不上，疏散指示灯有四盏不亮。"
)
OTHER = (
    "河堤外坡在老水闸下游约一百米处有蚁穴和兽洞，雨后渗水发黄，护坡块石松动脱落，巡堤便道被菜地占去一半，夜间没有照明。"
)


class County:
    """Returns with one hazard each, put in one by one."""

    def __init__(self, warehouse: Any) -> None:
        self.warehouse, self.sent = warehouse, 0

    def receive(self, code: str, month: Period, words: str, minutes: int, number: str = "a") -> None:
        self.sent += 1
        day = month.first_day
        values = {"hazard_no": number, "found_date": day, "severity": "一般", "status": "待整改", "description": words}
        due = month.last_day + timedelta(days=7)
        moment = datetime.combine(due, datetime.min.time()) + timedelta(minutes=minutes)
        sent = Sent(self.sent, code, month.text, moment, due, "accepted", 0, (Row("hazard", number, values),))
        with self.warehouse.transaction() as connection:
            stored = load(connection, batch_of([sent]))
            refresh_touched(connection, stored["submission_id"])

    def judge(self, *months: Period) -> int:
        with self.warehouse.transaction() as connection:
            return judge_descriptions(connection, [month.text for month in months])

    def copied(self) -> list[tuple[Any, ...]]:
        rows = self.warehouse.query(
            "select s.township_code, s.period, f.sheet, f.excel_row, f.field, f.severity, s.warnings "
            "from intake.finding as f join intake.submission as s using (submission_id) where f.rule = 'P08' "
            "order by 1, 2"
        )
        return [tuple(row) for row in rows.itertuples(index=False)]


@pytest.fixture
def county(warehouse: Any) -> County:
    since = date(2025, 1, 1)
    names = {ONE: "金岭镇", TWO: "银溪镇", ELSEWHERE: "松坪镇"}
    load_register(warehouse, Register([Township(c, n, "镇", (), 2000, since, None, None) for c, n in names.items()]))
    load_parameters(warehouse, load_catalogue().jurisdiction("national"))
    return County(warehouse)


def test_the_later_of_two_townships_is_told(county: County) -> None:
    county.receive(ONE, MONTH, TEXT, 1)
    county.receive(TWO, MONTH, TEXT.replace("四盏", "六盏").replace("旧家具", "旧桌椅"), 2)
    assert county.judge(MONTH) == 1
    assert county.copied() == [(TWO, MONTH.text, "hazard", 0, "description", "warn", 1)]
    assert county.judge(MONTH) == 1, "judged again nothing changes"
    assert county.copied()[0][-1] == 1


def test_of_two_that_came_at_once_both_are_told(county: County) -> None:
    county.receive(ONE, MONTH, TEXT, 1)
    county.receive(TWO, MONTH, TEXT, 1)
    assert county.judge(MONTH) == 2


def test_different_and_short_texts_are_not_told(county: County) -> None:
    county.receive(ONE, MONTH, TEXT, 1)
    county.receive(TWO, MONTH, OTHER, 2)
    county.receive(ONE, MONTH.shifted(1), "消防通道堵塞", 1, "b")
    county.receive(TWO, MONTH.shifted(1), "消防通道堵塞", 2, "b")
    assert county.judge(MONTH, MONTH.shifted(1)) == 0


def test_a_matter_carried_on_is_no_copy_but_last_years_words_for_a_new_one_are(county: County) -> None:
    county.receive(ONE, MONTH, TEXT, 1)
    county.receive(ONE, MONTH.shifted(1), TEXT, 1)
    assert county.judge(MONTH, MONTH.shifted(1)) == 0
    county.receive(ONE, MONTH.shifted(12), TEXT, 1, "z")
    assert county.judge(MONTH.shifted(12)) == 1


def test_a_corrected_return_takes_the_finding_away(county: County) -> None:
    county.receive(ONE, MONTH, TEXT, 1)
    county.receive(TWO, MONTH, TEXT, 2)
    assert county.judge(MONTH) == 1
    county.receive(TWO, MONTH, OTHER, 3)
    assert county.judge(MONTH) == 0
    assert county.copied() == []


def test_every_county_is_compared_in_itself(county: County) -> None:
    county.receive(ELSEWHERE, MONTH, TEXT, 1)
    county.receive(ONE, MONTH, TEXT, 2)
    assert county.judge(MONTH) == 0
    county.receive(TWO, MONTH, TEXT, 3)
    assert county.judge(MONTH) == 1


def test_the_one_who_said_it_first_is_named_however_the_register_lists_them(county: County) -> None:
    county.receive(TWO, MONTH, TEXT, 1)
    county.receive(ONE, MONTH, TEXT, 2)
    assert county.judge(MONTH) == 1
    assert [row[0] for row in county.copied()] == [ONE]
