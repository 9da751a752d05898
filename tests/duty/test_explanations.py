"""Explanations from a real workbook and back: kept, carried on, asked for anew, accepted, refused; findings stay."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from rule_cases import Return
from rule_workbooks import write_return

from catalogue import load as load_catalogue
from catalogue.errors import Refusal
from catalogue.explanations import finding_key
from catalogue.periods import Period
from catalogue.register import Register, Township
from ingest.collect import collect_inbox
from publish.outbox import return_workbooks
from taizhang.settings import Settings
from warehouse.connection import Warehouse
from warehouse.duty import explanations
from warehouse.registry import load_parameters, load_register

CODE = "900000101"
MONTH = Period.month_of(date.today()).shifted(-3)
NOW = datetime.combine(date.today(), datetime.min.time())


@pytest.fixture
def ready(county: Settings) -> Settings:
    warehouse = Warehouse(county.warehouse_url)
    load_parameters(warehouse, load_catalogue().jurisdiction("national"))
    load_register(warehouse, Register([Township(CODE, "甲镇", "镇", (), 13500, date(2000, 1, 1), None, None)]))
    county.inbox.mkdir(parents=True)
    return county


def collect(settings: Settings, file: Path, received: datetime) -> list[Path]:
    """The file has been collected as received then; what goes back."""
    times = settings.home / "received.csv"
    times.write_text(f"file,received_at\n{file.name},{received.isoformat(sep=' ')}\n", encoding="utf-8")
    summary = collect_inbox(settings, times)
    return [Path(path) for path in return_workbooks(settings, summary["to_return"])]


def send(settings: Settings, name: str, period: Period, days: float) -> Path:
    """A return whose two congress sessions are too short; the annotated copy that goes back."""
    days_of = {"start_date": 24, "end_date": 24, "notice_date": 10, "material_date": 20}
    summer = {name: period.first_day.replace(day=day) for name, day in days_of.items()}
    content: dict[str, Any] = {
        "congress_session": [
            {"days": days, "title": "春季会议"},
            summer | {"days": 0.4, "title": "夏季会议"},
        ]
    }
    received = datetime.combine(period.last_day + timedelta(days=2), datetime.min.time())
    file = settings.inbox / name
    write_return(file, Return(period.text, received, content), CODE, "甲镇")
    return collect(settings, file, received)[0]


def lines(file: Path) -> dict[str, dict[str, Any]]:
    """The lines of 问题清单 about R12, by what was found."""
    sheet = openpyxl.load_workbook(file)["问题清单"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(number for number, row in enumerate(rows) if row[0] == "序号")
    found = [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]]
    return {str(line["发现的内容"]): line for line in found if str(line["规则"]).startswith("R12")}


def write_and_sort(file: Path, said: dict[str, str]) -> None:
    """The clerk writes beside some findings and turns the lines upside down, as sorting does."""
    book = openpyxl.load_workbook(file)
    sheet = book["问题清单"]
    head = next(row[0].row for row in sheet.iter_rows() if row[0].value == "序号")
    titles = [cell.value for cell in sheet[head]]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=head + 1)]
    for row in rows:
        line = dict(zip(titles, row, strict=True))
        if str(line["规则"]).startswith("R12") and line["发现的内容"] in said:
            row[titles.index("说明")] = said[line["发现的内容"]]
    for number, row in enumerate(reversed(rows), start=head + 1):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value
    book.save(file)


def send_back(settings: Settings, annotated: Path, name: str, received: datetime) -> Path:
    file = settings.inbox / name
    file.write_bytes(annotated.read_bytes())
    return collect(settings, file, received)[0]


def listed(settings: Settings) -> Any:
    with Warehouse(settings.warehouse_url).transaction() as connection:
        return explanations.list_explanations(connection, only_open=False)


def test_an_explanation_goes_round(ready: Settings) -> None:
    back = send(ready, "one.xlsx", MONTH, 0.5)
    assert {key: (line["说明"], line["说明状态"]) for key, line in lines(back).items()} == {
        "0.5": (None, None),
        "0.4": (None, None),
    }
    write_and_sort(back, {"0.5": "换届补选，只开半天"})
    received = datetime.combine(MONTH.last_day + timedelta(days=4), datetime.min.time())
    again = send_back(ready, back, "two.xlsx", received)
    found = listed(ready)
    assert found[["rule", "said", "said_by", "state"]].values.tolist() == [
        ["R12", "换届补选，只开半天", "workbook", "open"]
    ]
    assert lines(again)["0.5"]["说明"] == "换届补选，只开半天"
    assert lines(again)["0.5"]["说明状态"] == "待县核定"
    assert lines(again)["0.4"]["说明"] is None
    findings = Warehouse(ready.warehouse_url).query(
        "select version, count(*) filter (where rule = 'R12') as n from research.finding "
        "join research.submission using (submission_id) group by version order by version"
    )
    assert findings["n"].tolist() == [2, 2], "an explained finding is a finding"

    with Warehouse(ready.warehouse_url).transaction() as connection:
        number = int(found["explanation_id"].iloc[0])
        with pytest.raises(Refusal, match="理由"):
            explanations.decide(connection, [number], accept=False, person="李主任", why="", at=NOW)
        explanations.decide(connection, [number], accept=False, person="李主任", why="请附补选公告", at=NOW)
    received += timedelta(days=1)
    third = send_back(ready, again, "three.xlsx", received)
    assert lines(third)["0.5"]["说明状态"] == "县未认可：请附补选公告"
    assert listed(ready)["state"].tolist() == ["refused"], "the same words change nothing"
    write_and_sort(third, {"0.5": "已附公告，半天会议"})
    send_back(ready, third, "four.xlsx", received + timedelta(days=1))
    assert listed(ready)[["said", "state"]].values.tolist() == [["已附公告，半天会议", "open"]]


def test_it_is_carried_on_while_the_values_stay_and_asked_for_anew_when_they_change(ready: Settings) -> None:
    back = send(ready, "one.xlsx", MONTH, 0.5)
    write_and_sort(back, {"0.5": "只开半天"})
    received = datetime.combine(MONTH.last_day + timedelta(days=4), datetime.min.time())
    send_back(ready, back, "two.xlsx", received)
    with Warehouse(ready.warehouse_url).transaction() as connection:
        explanations.decide(connection, [1], accept=True, person="李主任", why="", at=NOW)
    same = ready.inbox / "same.xlsx"
    content = {"congress_session": [{"days": 0.5, "title": "春季会议"}]}
    for days, state, said in ((0.5, "县已认可，不用再处理", "只开半天"), (0.25, "数值已变，请重新说明", "只开半天")):
        received += timedelta(days=1)
        content["congress_session"][0]["days"] = days
        write_return(same, Return(MONTH.text, received, content), CODE, "甲镇")
        line = lines(collect(ready, same, received)[0])[f"{days:g}"]
        assert (line["说明状态"], line["说明"]) == (state, said)
    states = Warehouse(ready.warehouse_url).query("select state from duty.warning where rule = 'R12'")["state"].tolist()
    assert states == ["changed"]


def test_a_hard_finding_cannot_be_explained_away(ready: Settings) -> None:
    file = ready.inbox / "hard.xlsx"
    received = datetime.combine(MONTH.last_day + timedelta(days=2), datetime.min.time())
    content = {"congress_session": [{"present": 99}]}
    write_return(file, Return(MONTH.text, received, content), CODE, "甲镇")
    back = collect(ready, file, received)[0]
    book = openpyxl.load_workbook(back)
    sheet = book["问题清单"]
    head = next(row[0].row for row in sheet.iter_rows() if row[0].value == "序号")
    column = [cell.value for cell in sheet[head]].index("说明") + 1
    sheet.cell(head + 1, column).value = "确实来了这么多人"
    assert sheet.cell(head + 1, 2).value == "必须改正"
    book.save(back)
    again = send_back(ready, back, "again.xlsx", received + timedelta(days=1))
    assert listed(ready).empty
    first = openpyxl.load_workbook(again)["问题清单"]
    assert first.cell(head + 1, column).value == "确实来了这么多人"
    assert first.cell(head + 1, column + 1).value == "不能以说明代替改正"
    with Warehouse(ready.warehouse_url).transaction() as connection, pytest.raises(Refusal, match="必须改正"):
        explanations.explain(connection, 1, 1, "说得通", person="李主任", at=NOW)


def test_the_county_explains_itself_and_rules_always_explained_are_candidates(ready: Settings) -> None:
    send(ready, "one.xlsx", MONTH, 0.5)
    warehouse = Warehouse(ready.warehouse_url)
    numbers = warehouse.query("select finding_no from duty.warning where rule = 'R12' order by 1")["finding_no"]
    with warehouse.transaction() as connection:
        for number in numbers:
            explanations.explain(connection, 1, int(number), "惯例", person="李主任", at=NOW)
        outcome = explanations.rule_outcomes(connection).set_index("rule").loc["R12"]
    assert (outcome["matters"], outcome["accepted"], outcome["mended"]) == (2, 2, 0)
    assert not outcome["is_candidate"], "two matters of one township prove nothing"
    trail = warehouse.query("select action, person from run.audit order by entry_no")
    assert trail.values.tolist() == [["explanation_accepted", "李主任"]] * 2


@pytest.mark.parametrize(
    "given",
    [
        ("R12", "congress_session", "2025-03-01", "days", "0.5", "1", "会期"),
        ("P07", None, None, None, "40", "3～12", "“视察次数”为 40"),
        ("S02", "hazard", "甲|乙", "place", "题目", "12", "疑似"),
        ("F07", "hazard", None, None, "备注", "“隐患整改”表第 M 列不在表单内", "有表单以外的列“备注”"),
        ("F10", None, "", "", "", None, None),
    ],
)
def test_sql_and_python_know_a_finding_by_the_same_key(warehouse: Warehouse, given: tuple[str | None, ...]) -> None:
    names = ("rule", "sheet", "row_key", "field", "observed", "expected", "message")
    calls = ", ".join(f"cast(:{name} as text)" for name in names)
    found = warehouse.query(f"select duty.finding_key({calls}) as key", dict(zip(names, given, strict=True)))
    assert found["key"].iloc[0] == finding_key(*given)  # type: ignore[arg-type]
