"""The status pages of a collected county say what its truth files say, and what the warehouse says."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from catalogue.periods import Period
from catalogue.register import Register
from publish.status import build_pages
from taizhang.simulation import simulate
from tests.truth.comparison import compare_findings, read_table
from tests.truth.county import collect_county
from tests.truth.pages import Table, cards, faults, number, parse, table, tables, text
from warehouse.connection import Warehouse

pytestmark = pytest.mark.e2e
NEWEST = Period.month_of(date.today()).shifted(-2)
GRADES = {"必须改正": "hard", "请核实": "warn"}
STATES = {"accepted": "受理", "returned": "退回", "rejected": "拒收"}


class Site:
    """The pages of a county, built, with the county's truth and its warehouse."""

    def __init__(self, county: Path, home: Path, url: str) -> None:
        self.truth, self.warehouse, self.warehouse_url = county / "truth", Warehouse(url), url
        self.outbox, self.pages = home / "outbox", home / "pages"
        collect_county(county, home, url)
        self.statuses = _different(read_table(self.truth / "expected_status.csv"), county / "inbox")
        self.months = sorted({row["period"] for row in self.statuses if row["version"]})
        self.register = Register.read(county / "townships.csv")
        after = Period.parse(self.months[-1]).last_day
        due = date.fromisoformat(max(row["due_on"] for row in self.statuses))
        self.now = datetime.combine(max(after, due), time(23, 30))
        built = build_pages(self, self.now)
        files = (file for file in self.pages.rglob("*.html"))
        self.content = {file.relative_to(self.pages).as_posix(): file.read_bytes() for file in files}
        assert built.pages == len(self.content)
        self.index = parse(self.content["index.html"])
        self.townships = {Path(name).stem: parse(page) for name, page in self.content.items() if "township/" in name}

    def newest(self) -> dict[tuple[str, str], dict[str, str]]:
        """(township, month) -> the truth of the version that came last."""
        known = [row for row in self.statuses if row["version"]]
        return {
            (row["township_code"], row["period"]): row for row in sorted(known, key=lambda row: int(row["version"]))
        }


def _different(rows: list[dict[str, str]], inbox: Path) -> list[dict[str, str]]:
    """The truth without files whose bytes had come before: they are the same submission, in use if the copy is."""
    first: dict[str, dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: row["received_at"]):
        known = first.setdefault(hashlib.sha256((inbox / row["file"]).read_bytes()).hexdigest(), row)
        known["current"] = max(known["current"], row["current"])  # yes after no
    numbers: Counter[tuple[str, str]] = Counter()
    for row in first.values():
        if row["version"]:
            numbers[row["township_code"], row["period"]] += 1
            row["version"] = str(numbers[row["township_code"], row["period"]])
    return list(first.values())


@pytest.fixture(scope="module", params=["sample", "simulated"])
def site(request: pytest.FixtureRequest, new_database: Callable[[], str], tmp_path_factory: Any) -> Site:
    """The sample county, and a fictional one of five townships and two months."""
    home = tmp_path_factory.mktemp("home")
    if request.param == "sample":
        county = request.getfixturevalue("county_small")
    else:
        county = home / "county"
        simulate(county, 5, f"{NEWEST.shifted(-1).text}..{NEWEST.text}", 3)
    return Site(county, home, new_database())


def test_every_page_can_be_read_by_everybody(site: Site) -> None:
    found = {name: wrong for name in site.content if (wrong := faults(name, site.content))}
    assert not found, str(found)


def test_months_count_what_was_owed_and_what_came(site: Site) -> None:
    rows = {row["月份"]: row for row in table(site.index, "各月报送（")}
    assert len(rows) == len(site.months)
    for month in site.months:
        expected = _rates(site, month)
        row = rows[Period.parse(month).chinese]
        assert {word: number(row[word]) for word in expected} == expected, month
    assert {word: cards(site.index)[word] for word in expected} == expected


def _rates(site: Site, month: str) -> dict[str, int]:
    period = Period.parse(month)
    owed = {
        one.code
        for one in site.register.townships
        if one.valid_from <= period.last_day and (one.valid_to is None or one.valid_to >= period.first_day)
    }
    came = [row for row in site.statuses if row["version"] and row["period"] == month and row["township_code"] in owed]
    first = [row for row in came if row["version"] == "1"]
    used = Counter(row["status"] for row in came if row["current"] == "yes")
    on_time = sum(row["received_at"][:10] <= row["due_on"] for row in first)
    return {
        "应报": len(owed),
        "已报": len(first),
        "按时": on_time,
        "迟报": len(first) - on_time,
        "未报": len(owed) - len(first),
        "受理": used["accepted"],
        "退回": used["returned"],
        "拒收": len(first) - used["accepted"] - used["returned"],
    }


def test_every_version_stands_on_its_township_page(site: Site) -> None:
    shown = {row["文件"]: row for row in _versions(site)}
    known = [row for row in site.statuses if row["version"]]
    assert len(shown) == len(known)
    for row in known:
        mine = shown[row["file"]]
        loaded = sum(int(value or 0) for name, value in row.items() if name.startswith("loaded_"))
        held = sum(int(value or 0) for name, value in row.items() if name.startswith("held_"))
        assert mine["乡镇"] == row["township_code"]
        assert (mine["版本"].endswith("（现行）"), number(mine["版本"])) == (
            row["current"] == "yes",
            int(row["version"]),
        )
        assert (mine["状态"], mine["收到"]) == (STATES[row["status"]], row["received_at"][:16])
        assert number(mine["迟报（天）"]) == int(row["days_late"])
        if row["status"] != "rejected":
            assert (number(mine["入库行"]), number(mine["未入库行"])) == (loaded, held), row["file"]


def _versions(site: Site) -> list[dict[str, str]]:
    files = sorted((row["file"] for row in site.statuses), key=len, reverse=True)
    found = []
    for code, root in site.townships.items():
        for row in (row for part in tables(root, "收到的版本") for row in part):
            file = next(file for file in files if row["文件和批注工作簿"].startswith(file))
            found.append(row | {"文件": file, "乡镇": code})
    return found


def test_findings_are_those_of_the_truth(site: Site, tmp_path: Path) -> None:
    """Of what came newest for every township and month, with the cell where each is."""
    newest = {row["file"] for row in site.newest().values()}
    for name in ("expected_findings.csv", "expected_status.csv"):
        rows = [row for row in read_table(site.truth / name) if row["file"] in newest]
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(read_table(site.truth / name)[0]))
            writer.writeheader()
            writer.writerows(rows)
    said = [finding for (code, month), row in site.newest().items() for finding in _findings(site, code, month, row)]
    assert said
    found = compare_findings(tmp_path, said)
    assert not found, str(found)


def _findings(site: Site, code: str, month: str, row: dict[str, str]) -> list[dict[str, object]]:
    caption = f"{Period.parse(month).chinese}第{row['version']}版的问题"
    found: list[dict[str, object]] = []
    for line in table(site.townships[code], caption):
        sheet, _, cell = line["位置"].rpartition("!")
        place = re.search(r"\d+$", cell)
        found.append(
            {
                "file": row["file"],
                "rule": line["规则"].split()[0],
                "severity": GRADES[line["程度"]],
                "sheet": sheet,
                "row": int(place[0]) if place else None,
            }
        )
    return found


def test_the_matrix_counts_the_findings_listed(site: Site) -> None:
    for month in site.months:
        root = site.index if month == site.months[-1] else parse(site.content[f"month/{month}.html"])
        rows: Table = table(root, "各乡镇各规则的问题数")
        listed: Counter[str] = Counter()
        for one in site.register.townships:
            row = next((row for row in rows if row["乡镇"] == one.name), None)
            newest = site.newest().get((one.code, month))
            lines = _findings(site, one.code, month, newest) if newest else []
            mine = Counter(str(line["rule"]) for line in lines)
            listed += mine
            if row is not None and newest is not None:
                counted = {rule: number(row[rule]) for rule in row if number(row[rule])}
                assert counted == {**mine, **({"合计": mine.total()} if mine else {})}, (one.name, month)
        assert rows and {rule: number(rows[-1][rule]) for rule in listed} == dict(listed)


def test_indicator_values_are_those_of_the_truth(site: Site) -> None:
    year = site.months[-1][:4]
    wrong, seen = [], 0
    for row in read_table(site.truth / "indicator_values.csv"):
        is_shown = row["period"] in site.months or row["period"] == year
        if row["scored"] != "yes" or not is_shown or row["township_code"] not in site.townships:
            continue
        seen += 1
        word = _value_word(site.townships[row["township_code"]], row["indicator"], row["period"], site.months)
        if not _agrees(word, row):
            wrong.append((row, word))
    assert seen > 100
    assert not wrong


def _value_word(root: Any, indicator: str, period: str, months: list[str]) -> str:
    line = root.get_element_by_id(indicator, None)
    if line is None:
        return "—"
    cells = [text(cell) for cell in line.findall("td")][1:]
    return cells[months.index(period)] if period in months else cells[len(months)]


def _agrees(word: str, row: dict[str, str]) -> bool:
    if row["value"] == "":
        return word == "—"
    said, value = word.removeprefix("约"), float(row["value"])
    is_share = said.endswith("%")
    shown = float(said.removesuffix("%")) / (100 if is_share else 1)
    return abs(shown - value) <= (0.0005 if is_share else 0.005) + 1e-9 and word.startswith("约") == (
        row["is_approximate"] == "yes"
    )


def test_files_of_nobody_are_listed(site: Site) -> None:
    unknown = {row["file"] for row in site.statuses if not row["version"]}
    assert {row["文件"] for row in table(site.index, "看不出是哪个乡镇")} == unknown


def test_open_items_are_those_of_the_research_views(site: Site) -> None:
    asked = """
        select township_code, count(*) as n from (
            select township_code from research.hazard where status in ('待整改', '整改中')
            union all select township_code from research.suggestion where closed_date is null
            union all select township_code from research.petition where status <> '已办结'
        ) as o group by 1
    """
    counted = dict(site.warehouse.query(asked).itertuples(index=False, name=None))
    assert counted
    for code, root in site.townships.items():
        assert len(table(root, "还没有办结")) == counted.get(code, 0), code


def test_no_person_of_the_warehouse_stands_on_a_page(site: Site) -> None:
    """Names of deputies; shorter ones stand in other words by chance."""
    asked = "select distinct deputy_name as name from restricted.deputy_record where length(deputy_name) > 2"
    names = site.warehouse.query(asked)["name"].tolist()
    assert names
    files = "".join(row["file"] for row in site.statuses)  # clerks put names into file names
    shown = "".join(page.decode() for page in site.content.values())
    assert [name for name in names if name in shown and name not in files] == []


def test_annotated_workbooks_are_linked(site: Site) -> None:
    """Every version with a finding leads to its annotated copy, which is there."""
    links = 0
    for name in site.content:
        for link in parse(site.content[name]).iter("a"):
            if "outbox" in link.get("href"):
                links += 1
                assert (site.pages / name).parent.joinpath(unquote(link.get("href"))).resolve().is_file()
    asked = "select count(*) as n from research.submission where version is not null and hard_findings + warnings > 0"
    assert links == site.warehouse.query(asked)["n"].iloc[0]


def test_the_same_moment_gives_the_same_bytes(site: Site, tmp_path: Path) -> None:
    status = {"now": site.now, "folder": tmp_path / "home" / "pages"}
    build_pages(site, **status)
    first = {file.name: file.read_bytes() for file in status["folder"].rglob("*.html")}
    build_pages(site, **status)
    assert {file.name: file.read_bytes() for file in status["folder"].rglob("*.html")} == first
    assert len(first) == len(site.content)
