"""A fictional county's reports from the inbox to findings, pages, decisions of people and a series of old years."""

from __future__ import annotations

import csv
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from catalogue import load
from catalogue.errors import Refusal
from catalogue.narrative import DECISION_COLUMNS
from catalogue.periods import Period
from catalogue.register import Register
from ingest.collect import collect_inbox
from ingest.reports.backfill import backfill_reports, reread_reports
from ingest.reports.decisions import take_decisions
from ingest.reports.judging import judge_reports
from ingest.summary import quality_summary
from publish.reports import return_reports
from publish.reports.doubtful import write_doubtful
from taizhang.settings import Settings
from taizhang.simulation import Manifest, simulate
from warehouse.archive import read_text
from warehouse.connection import Warehouse, execute
from warehouse.registry import load_parameters, load_register

pytestmark = pytest.mark.e2e
QUARTER = Period.parse("2031Q2")
MONTHS = [month.text for month in QUARTER.months()]


@pytest.fixture(scope="module")
def manifest_of(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    folder = tmp_path_factory.mktemp("told") / "county"
    return folder, simulate(folder, 8, f"{MONTHS[0]}..{MONTHS[-1]}", 4, fault_rate=0.2, reports=True)


@pytest.fixture(scope="module")
def county(
    new_database: Any, tmp_path_factory: pytest.TempPathFactory, manifest_of: tuple[Path, Manifest]
) -> Iterator[tuple[Settings, Warehouse, dict[str, Any]]]:
    """Settings, warehouse and the summary of the collection of workbooks and reports together."""
    folder, _ = manifest_of
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=new_database(), workers=1)
    warehouse = Warehouse(settings.warehouse_url)
    load_parameters(warehouse, load().jurisdiction("national"))
    load_register(warehouse, Register.read(folder / "townships.csv"))
    shutil.copytree(folder / "inbox", settings.inbox)
    shutil.copy(folder / "received.csv", settings.received_file)
    summary = collect_inbox(settings)
    yield settings, warehouse, summary


def told(warehouse: Warehouse, rule: str) -> set[str]:
    rows = warehouse.query(
        "select file_name from research.finding where submission_id is null and rule = :r", {"r": rule}
    )
    return set(rows["file_name"])


def planted(manifest: Manifest, kind: str) -> set[str]:
    return {str(entry["file"]) for entry in manifest.reports if entry["planted"] == kind}


def test_the_copied_and_the_padded_report_are_caught_and_no_other(county: Any, manifest_of: Any) -> None:
    _, warehouse, _ = county
    manifest = manifest_of[1]
    assert len(planted(manifest, "copied")) == len(planted(manifest, "padded")) == 1
    assert told(warehouse, "P08") == planted(manifest, "copied")
    assert told(warehouse, "P09") == planted(manifest, "padded")


def test_reports_are_no_returns(county: Any, manifest_of: Any) -> None:
    _, warehouse, summary = county
    files = {str(entry["file"]) for entry in manifest_of[1].reports}
    assert not files & set(warehouse.query("select file_name from research.submission")["file_name"])
    assert summary["reports"]["new"] == summary["reports"]["counted"] == len(files)
    assert set(warehouse.query("select file_name from research.report")["file_name"]) == files


def test_figures_agree_with_the_returns_and_quotes_stand_in_the_text(county: Any, manifest_of: Any) -> None:
    settings, warehouse, _ = county
    facts = warehouse.query(
        "select f.*, d.sha256, d.text_sha256 from research.narrative_fact as f "
        "inner join narrative.document as d on f.document = d.file_name"
    )
    for row in facts.itertuples(index=False):
        text = read_text(settings.archive, row.sha256, row.text_sha256)
        assert text[row.start_offset : row.end_offset] == row.quote
    honest = facts[~facts["document"].isin(planted(manifest_of[1], "padded"))]
    assert (honest["outcome"] == "agrees").sum() > 10
    assert not (honest["outcome"] == "differs").any()


def test_the_summary_and_the_pages_tell_it(county: Any, manifest_of: Any) -> None:
    settings, _, summary = county
    said = quality_summary(settings, summary)
    assert "P08" in said["text"]
    assert "P09" in said["text"]
    assert "文字报告" in said["subject"]
    written = [Path(path) for path in return_reports(settings, summary["documents_to_return"])]
    pages = {path for path in written if path.suffix == ".html"}
    assert len(pages) == len(manifest_of[1].reports)
    (copied,) = planted(manifest_of[1], "copied")
    page = next(path for path in pages if path.name.startswith(Path(copied).stem)).read_text(encoding="utf-8")
    assert 'class="pair"' in page
    assert "雷同段落对照" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    (padded,) = planted(manifest_of[1], "padded")
    commented = next(path for path in written if path.suffix == ".docx" and path.name.startswith(Path(padded).stem))
    with zipfile.ZipFile(commented) as package:
        assert "P09" in package.read("word/comments.xml").decode()


def test_a_second_collection_finds_nothing_to_do(county: Any) -> None:
    settings, warehouse, _ = county
    before = warehouse.query("select document_id, rule, message from narrative.finding order by 1, 2, 3")
    again = collect_inbox(settings)
    assert (again["reports"], again["documents_to_return"]) == ({}, [])
    assert warehouse.query("select document_id, rule, message from narrative.finding order by 1, 2, 3").equals(before)


def test_a_persons_answer_holds_also_when_the_report_is_read_anew(county: Any, tmp_path: Path) -> None:
    settings, warehouse, _ = county
    with warehouse.transaction() as connection:
        execute(connection, "update narrative.fact set is_sure = true")
    assert write_doubtful(settings, tmp_path / "none.xlsx") == 0
    doubtful = warehouse.query("select fact_id from narrative.comparison where outcome = 'differs' order by 1 limit 2")
    with warehouse.transaction() as connection:
        statement = "update narrative.fact set is_sure = false where fact_id = any(:facts)"
        execute(connection, statement, {"facts": doubtful["fact_id"].tolist()})
    book = tmp_path / "doubtful.xlsx"
    assert write_doubtful(settings, book) == 2
    filled = openpyxl.load_workbook(book)
    sheet = filled.active
    verdict = DECISION_COLUMNS.index("结论") + 1
    for row, word in ((2, "错"), (3, "也许")):
        sheet.cell(row, verdict).value = word
    filled.save(book)
    with pytest.raises(Refusal, match="第 3 行"):
        take_decisions(settings, book, "王芳")
    assert warehouse.query("select * from narrative.decision").empty, "all or nothing"
    sheet.cell(3, verdict).value = "对"
    filled.save(book)
    assert take_decisions(settings, book, "王芳") == {"confirmed": 1, "rejected": 1, "answered": 2}
    assert take_decisions(settings, book, "李强") == {"confirmed": 0, "rejected": 0, "answered": 2}
    judge_reports(settings)
    statuses = (
        "select status, coalesce(outcome, '') as outcome from research.narrative_fact "
        "where status in ('confirmed', 'rejected') order by status"
    )
    expected = [["confirmed", "differs"], ["rejected", ""]]
    assert warehouse.query(statuses).values.tolist() == expected
    reread_reports(settings)
    assert warehouse.query(statuses).values.tolist() == expected
    assert set(warehouse.query("select decided_by from narrative.decision")["decided_by"]) == {"王芳"}


def test_old_reports_become_a_labelled_series_beside_the_returned_one(
    county: Any, manifest_of: Any, tmp_path: Path
) -> None:
    settings, warehouse, _ = county
    with (manifest_of[0] / "townships.csv").open(encoding="utf-8", newline="") as file:
        name = next(row["name"] for row in csv.DictReader(file) if row["kind"] != "街道" and not row["valid_to"])
    returned = warehouse.query("select count(*) as n from research.indicator_value")["n"].iloc[0]
    folder = tmp_path / "旧报告"
    folder.mkdir()
    for year in (QUARTER.year - 3, QUARTER.year - 2):
        words = f"一年来，{name}人大主席团召开主席团会议{year % 7 + 3}次，收到代表建议{year % 50}件。\n"
        (folder / f"{year}.txt").write_text(f"{name}人大{year}年工作总结\n{words}", encoding="gb18030")
    moments = [f"{file.name},{QUARTER.last_day} 10:00" for file in folder.iterdir()]
    received = tmp_path / "received.csv"
    received.write_text("\n".join(["file,received_at", *moments]), encoding="utf-8")
    done = backfill_reports(settings, folder, received)
    assert done["reports"]["counted"] == 2
    assert backfill_reports(settings, folder, received)["reports"] == {}, "taken once"
    series = warehouse.query(
        "select distinct source, period, value from research.reported_series "
        "where indicator = 'presidium_meetings' and document like '回填/%' order by period"
    )
    years = [QUARTER.year - 3, QUARTER.year - 2]
    assert series.values.tolist() == [["report", str(year), float(year % 7 + 3)] for year in years]
    assert warehouse.query("select count(*) as n from research.indicator_value")["n"].iloc[0] == returned


def test_papers_that_are_no_report_are_told_and_not_counted(county: Any) -> None:
    settings, warehouse, _ = county
    inbox = settings.inbox / "其他"
    inbox.mkdir()
    (inbox / "扫描.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (inbox / "空.pdf").write_bytes(b"%PDF-1.4 broken")
    (inbox / "学校.txt").write_text(
        "中心小学自查报告\n" + "我校认真开展自查，完善制度，加强管理。" * 12, encoding="utf-8"
    )
    (inbox / "外乡.md").write_text(
        "远方镇人大2031年工作总结\n远方镇人大主席团召开主席团会议5次。代表、人大、选民。", encoding="utf-8"
    )
    before = len(warehouse.query("select * from research.submission"))
    summary = collect_inbox(settings)
    found = warehouse.query(
        "select file_name, rule, severity from research.finding where file_name like '其他/%' order by 1"
    )
    assert {Path(row.file_name).name: (row.rule, row.severity) for row in found.itertuples()} == {
        "扫描.png": ("F01", "hard"),
        "空.pdf": ("F01", "hard"),
        "学校.txt": ("F02", "hard"),
        "外乡.md": ("F02", "hard"),
    }
    assert len(warehouse.query("select * from research.submission")) == before
    assert (summary["reports"]["unreadable"], summary["reports"]["not_counted"]) == (2, 2)
