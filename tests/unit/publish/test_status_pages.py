"""The status pages of counties made by hand: what they say, to whom they can be read, how they are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from catalogue.calendar import due_on
from catalogue.errors import Refusal
from catalogue.explanations import Standing, finding_key
from catalogue.periods import Period
from publish.status import build_pages
from publish.status.county import county_pages
from publish.status.figures import Series, draw_columns
from publish.status.township import township_pages
from publish.status.writing import write_pages
from tests.truth.pages import cards, faults, number, parse, table, text
from tests.unit.publish.status_county import MadeCounty, made, newest_months

A, B = "990101101", "990101102"
MONTHS = newest_months(3)
HOSTILE = "<script>alert(1)</script>\"'&\x0b镇"


def pages_of(county: MadeCounty, outbox: Path = Path("nowhere")) -> dict[str, bytes]:
    status = county.status()
    return county_pages(status) | township_pages(status, outbox, Path("pages"))


def read(pages: dict[str, bytes], code: str = "") -> Any:
    return parse(pages[f"township/{code}.html" if code else "index.html"])


def assert_readable(pages: dict[str, bytes]) -> None:
    assert {name: wrong for name in pages if (wrong := faults(name, pages))} == {}


@pytest.fixture
def county() -> MadeCounty:
    """Two townships and three months; of the newest, one came with a finding of each severity, one did not come."""
    county = made(MONTHS, days=2)
    county.township(A, "甲镇")
    county.township(B, "乙乡", kind="乡")
    for month in MONTHS[:-1]:
        county.owes(A, month, "accepted")
        county.owes(B, month, "accepted")
    number = len(county.returns) + 1
    county.owes(A, MONTHS[-1], "returned", unexplained=1)
    county.owes(B, MONTHS[-1])
    county.finding(number, "C04", "hard")
    county.finding(number, "R15", "warn")
    county.values.extend((A, month, "session_count", float(i), False) for i, month in enumerate(MONTHS))
    return county


def test_a_county_where_nothing_was_ever_due() -> None:
    pages = pages_of(made(()))
    assert set(pages) == {"index.html"}
    assert "还没有登记报送期" in text(read(pages))
    assert_readable(pages)


def test_one_township_and_its_first_month() -> None:
    county = made(MONTHS[-1:])
    county.township(A, "甲镇")
    county.owes(A, MONTHS[-1], "accepted")
    pages = pages_of(county)
    assert set(pages) == {"index.html", f"township/{A}.html"}
    assert cards(read(pages))["应报"] == cards(read(pages))["受理"] == 1
    assert "没有要办的事" in text(read(pages, A))
    assert_readable(pages)


def test_what_came_what_is_missing_and_what_is_wrong(county: MadeCounty) -> None:
    pages = pages_of(county)
    assert_readable(pages)
    shown = cards(read(pages))
    assert (shown["应报"], shown["已报"], shown["未报"], shown["退回"], shown["受理"]) == (2, 1, 1, 1, 0)
    rows = {row["乡镇"]: row for row in table(read(pages), "各乡镇报送情况")}
    assert (rows["乙乡"]["状态"], rows["乙乡"]["迟报（天）"]) == ("逾期未报", "2")
    assert (rows["甲镇"]["必须改正"], rows["甲镇"]["请核实"], rows["甲镇"]["其中未说明"]) == ("1", "1", "1")
    matrix = {row["乡镇"]: row for row in table(read(pages), "各规则的问题数")}
    assert (matrix["甲镇"]["C04"], matrix["甲镇"]["R15"], matrix["甲镇"]["合计"]) == ("1", "1", "2")
    assert matrix["乙乡"]["C04"] == "逾期未报"
    trend = {row["规则"]: row for row in table(read(pages), "各规则各月")}
    assert number(trend["R15"]["合计"]) == 1


def test_a_finding_says_where_it_is_and_how_to_mend_it(county: MadeCounty) -> None:
    [hard, warning] = table(read(pages_of(county), A), "版的问题")
    assert (hard["程度"], hard["位置"], hard["填报值"], hard["应为"]) == ("必须改正", "隐患整改!C7", "甲", "乙")
    assert "怎么改：请填写真实存在的日期" in hard["问题和怎么改"]
    assert (hard["说明情况"], warning["说明情况"]) == ("—", "未说明")


@pytest.mark.parametrize(
    ("state", "said"),
    [("open", "待县核定"), ("accepted", "已认可"), ("refused", "未认可：与附件不符"), ("changed", "重新说明")],
)
def test_what_became_of_an_explanation(county: MadeCounty, state: str, said: str) -> None:
    row = county.findings[5][1]
    key = finding_key(*(row[name] for name in ("rule", "sheet", "row_key", "field", "observed", "expected", "message")))
    county.standings[5] = {key: Standing("张某某已核对", state, "与附件不符")}
    page = pages_of(county)
    assert said in table(read(page, A), "版的问题")[1]["说明情况"]
    assert "张某某" not in text(read(page, A))


def test_what_is_personal_stays_in_the_workbook(county: MadeCounty) -> None:
    county.finding(5, "C01", "warn", observed="李四", expected="王五", message="李四不在名册。", is_personal=True)
    pages = pages_of(county)
    shown = [row for row in table(read(pages, A), "版的问题") if row["规则"].startswith("C01")]
    assert len(shown) == 1 and "个人信息" in shown[0]["问题和怎么改"] and shown[0]["填报值"] == ""
    assert not [name for name, page in pages.items() if "李四" in page.decode() or "王五" in page.decode()]


def test_nobody_is_named_by_an_alert(county: MadeCounty) -> None:
    county.alert("undecided", A, owner="county", title="甲镇延期申请待决定", detail="赵六：停电", taken_by="钱七")
    county.alert("missing", B, title="乙乡逾期未报", detail="已过 2 天。")
    pages = pages_of(county)
    rows = table(read(pages), "未消除的预警")
    assert [row["责任方"] for row in rows] == ["县人大", "乙乡"]
    assert "已过 2 天。" in rows[1]["事项"] and rows[0]["处理"] == "已接手"
    assert not [name for name, page in pages.items() if "赵六" in page.decode() or "钱七" in page.decode()]
    assert len(table(read(pages, B), "未消除的预警")) == 1
    assert_readable(pages)


@pytest.mark.parametrize(("days", "word"), [(-1, "待报"), (0, "待报"), (1, "逾期未报")])
def test_overdue_begins_the_day_after_the_due_day(days: int, word: str) -> None:
    county = made(MONTHS[-1:], days)
    county.township(A, "甲镇")
    county.owes(A, MONTHS[-1])
    page = read(pages_of(county))
    [row] = table(page, "各乡镇报送情况")
    assert (row["状态"], row["迟报（天）"]) == (word, str(max(0, days)))


def test_an_exempted_township_is_neither_late_nor_missing() -> None:
    county = made(MONTHS[-1:], days=30)
    county.township(A, "甲镇")
    county.owes(A, MONTHS[-1], "exempt")
    pages = pages_of(county)
    [row] = table(read(pages), "各乡镇报送情况")
    assert (row["状态"], row["迟报（天）"]) == ("免报", "0")
    assert cards(read(pages))["应报"] == 0 and "没有要办的事" in text(read(pages, A))
    assert_readable(pages)


def test_tasks_stand_in_the_order_of_their_urgency(county: MadeCounty) -> None:
    county.owed[0] |= {"unexplained": 3}
    county.open_items.append(
        {"township_code": A, "kind": "hazard", "item_no": "1", "title": "路", "since": None, "state": "待整改"}
        | {"due_on": county.now.date() - timedelta(days=1), "period": MONTHS[0]}
    )
    pages = pages_of(county)
    said = [text(one) for one in read(pages, A).findall(".//ul[@class='tasks']/li")]
    assert len(said) == 4
    assert "退回，有 1 处必须改正" in said[0] and "有 1 处请核实" in said[1]
    assert "另有 3 处请核实的没有说明" in said[2] and "1 件已过期限" in said[3]
    assert ["逾期 2 天" in text(one) for one in read(pages, B).findall(".//ul[@class='tasks']/li")] == [True]


def test_a_month_that_nobody_knows_is_shown_as_such(county: MadeCounty) -> None:
    county.owed = [row for row in county.owed if row["period"] != MONTHS[1]]
    county.returns = [row for row in county.returns if row["period"] != MONTHS[1]]
    county.unknown.add(MONTHS[1])
    pages = pages_of(county)
    rows = {row["月份"]: row for row in table(read(pages), "各月报送（")}
    assert "没有登记报送期" in rows[Period.parse(MONTHS[1]).chinese]["应报"]
    assert "没有登记报送期" in text(parse(pages[f"month/{MONTHS[1]}.html"]))
    assert_readable(pages)


def test_a_merged_township_keeps_its_page_while_it_has_months(county: MadeCounty) -> None:
    end = Period.parse(MONTHS[1]).last_day
    county.townships[1] |= {"valid_to": end, "successor_code": A, "successor": "甲镇"}
    county.owed = [row for row in county.owed if (row["township_code"], row["period"]) != (B, MONTHS[-1])]
    pages = pages_of(county)
    assert "并入甲镇" in text(read(pages, B))
    assert [row["乡镇"] for row in table(read(pages), "各乡镇报送情况")] == ["甲镇"]
    states = next(row for row in table(read(pages), "各乡镇各月报送状态") if row["乡镇"] == "乙乡")
    assert list(states.values())[-1] == ""
    assert_readable(pages)
    newest = tuple(row for row in county.owed if row["period"] == MONTHS[-1])
    later = replace(county.status(), months=MONTHS[-1:], owed=newest)
    assert set(township_pages(later, Path("o"), Path("p"))) == {f"township/{A}.html"}


def test_what_was_left_open_before_the_months_shown_is_named(county: MadeCounty) -> None:
    older = Period.parse(MONTHS[0]).shifted(-5)
    county.owes(B, older.text)
    assert f"更早的月份还有 1 份没有办完：{older.chinese}（逾期未报）" in text(read(pages_of(county), B))


def test_hostile_names_stay_words(county: MadeCounty) -> None:
    county.townships[0] |= {"name": HOSTILE}
    county.owed[4] |= {"name": HOSTILE}
    county.returns[4] |= {"file_name": f'{MONTHS[-1]}/"><img src=x onerror=alert(1)>.xlsx'}
    county.finding(5, "C05", "warn", observed="</td><script>x</script>", message="{{ 7*7 }}")
    county.unidentified.append(
        {"submission_id": 9, "file_name": "<a href='javascript:x'>.xlsx", "messages": "<b>", "received_at": county.now}
    )
    county.alert("missing", A, title="<iframe>", detail="</table>")
    pages = pages_of(county)
    assert_readable(pages)
    assert "</td><script>x</script>" in [row["填报值"] for row in table(read(pages, A), "版的问题")]
    assert "{{ 7*7 }}" in text(read(pages, A))


def test_the_same_county_gives_the_same_bytes(county: MadeCounty) -> None:
    assert pages_of(county) == pages_of(county)


def test_annotated_workbooks_are_linked_where_they_are(county: MadeCounty, tmp_path: Path) -> None:
    folder = tmp_path / "outbox" / MONTHS[-1] / "甲镇"
    folder.mkdir(parents=True)
    (folder / "5（第1版问题）.xlsx").write_bytes(b"")
    status = county.status()
    found = township_pages(status, tmp_path / "outbox", tmp_path / "pages")
    links = [link.get("href") for link in read(found, A).iter("a") if "outbox" in link.get("href")]
    assert len(links) == 1 and links[0].startswith(f"../../outbox/{MONTHS[-1]}/")


def test_the_year_is_said_where_it_begins() -> None:
    january = Period(date.today().year, "month", 1)
    months = tuple(january.shifted(back).text for back in (-2, -1, 0))
    county = made(months)
    county.township(A, "甲镇")
    for month in months:
        county.owes(A, month, "accepted")
    heads = list(table(read(pages_of(county)), "各乡镇各月报送状态")[0])
    assert heads == ["乡镇", january.shifted(-2).chinese, "12月", january.chinese]


def test_columns_without_a_value_are_marked() -> None:
    picture = draw_columns("x", ["1月", "2月"], [Series("按时", "#000", [None, 0])], title="报送")
    assert ">—<" in picture and picture.count("<rect") == 1  # only the legend's


def test_pages_are_replaced_and_older_ones_of_ours_removed(tmp_path: Path, county: MadeCounty) -> None:
    pages = pages_of(county)
    assert write_pages(tmp_path, pages) == ()
    (tmp_path / "township" / "note.html").write_text("ours? no")
    (tmp_path / "township" / "123456789.html").write_text("not ours either")
    kept = {name: page for name, page in pages.items() if B not in name}
    assert write_pages(tmp_path, kept) == (f"township/{B}.html",)
    left = {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.html")}
    assert left == {*kept, "township/note.html", "township/123456789.html"}


def test_an_interrupted_build_leaves_whole_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("month/2000-01.html", "township/990101101.html", "index.html")
    write_pages(tmp_path, dict.fromkeys(names, b"old"))
    whole = Path.replace

    def stop(self: Path, target: Path) -> Path:
        if target.name == "990101101.html":
            raise KeyboardInterrupt
        return whole(self, target)

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write_pages(tmp_path, dict.fromkeys(names, b"new"))
    monkeypatch.undo()
    assert [(tmp_path / name).read_bytes() for name in names] == [b"new", b"old", b"old"]
    write_pages(tmp_path, dict.fromkeys(names, b"new"))
    left = {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*") if file.is_file()}
    assert left == {*names, ".building"}


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Refusal, match="无法写入"):
        write_pages(tmp_path / "file", {"index.html": b""})


def test_no_months_are_refused() -> None:
    with pytest.raises(Refusal, match="月"):
        build_pages(None, made(()).now, months=0)  # type: ignore[arg-type]


def test_due_days_of_the_made_county_are_the_calendars() -> None:
    county = made(MONTHS[-1:])
    assert county.now.date() == due_on(Period.parse(MONTHS[-1]), 5)
