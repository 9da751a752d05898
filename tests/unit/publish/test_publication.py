"""A publication's files: the same bytes again, whole in their formats, drafts marked, wording held, any name taken."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from fictional_run import PERIOD, make_approval, make_run
from lxml import etree
from lxml import html as lxml_html
from office_text import text_of, texts

from catalogue.approval import Change
from catalogue.errors import Refusal
from catalogue.periods import Period
from catalogue.runs import RunDocument
from publish.bulletin.letter import write_letter
from publish.bulletin.page import write_page
from publish.bulletin.workbook import write_book
from publish.publication import BOOK, CHECK, LETTER, PAGE, WHAT_IF, WHY, read_edition, write_bulletin, write_self_checks
from publish.why import write_why_page

COMMENDED = "表彰"
NUMBER = "省评组〔一〕号"


@pytest.fixture(scope="module")
def run() -> RunDocument:
    return make_run(12)


@pytest.fixture(scope="module")
def draft(run: RunDocument, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_bulletin(run, None, tmp_path_factory.mktemp("draft"))


@pytest.fixture(scope="module")
def final(run: RunDocument, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_bulletin(run, make_approval(run), tmp_path_factory.mktemp("final"))


def test_the_files_of_a_publication(final: list[Path], run: RunDocument) -> None:
    names = [path.name for path in final]
    assert names[:4] == [PAGE, LETTER, BOOK, WHAT_IF]
    assert len(names) == 4 + 2 * len(run.units)
    assert all(path.stat().st_size > 1000 for path in final)
    assert not [path for path in final[0].parent.iterdir() if path.name.startswith(".")]


def test_the_same_documents_give_the_same_bytes(run: RunDocument, final: list[Path], tmp_path: Path) -> None:
    read_back = RunDocument.from_bytes(run.to_bytes())
    again = write_bulletin(read_back, make_approval(run), tmp_path)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in final]


def test_written_again_it_replaces_and_keeps_what_is_not_ours(tmp_path: Path) -> None:
    run = make_run(2)
    (tmp_path / "自己的.txt").write_text("留着", encoding="utf-8")
    first = [path.read_bytes() for path in write_bulletin(run, None, tmp_path)]
    (tmp_path / PAGE).write_bytes(b"old")
    assert [path.read_bytes() for path in write_bulletin(run, None, tmp_path)] == first
    assert (tmp_path / "自己的.txt").read_text(encoding="utf-8") == "留着"


def test_every_file_opens(final: list[Path]) -> None:
    for path in final:
        if path.suffix == ".html":
            root = lxml_html.fromstring(path.read_bytes())
            ids = root.xpath("//@id")
            assert len(ids) == len(set(ids))
            for label in root.xpath("//@aria-labelledby"):
                assert set(label.split()) <= set(ids)
        elif path.suffix == ".docx":
            assert docx.Document(str(path)).tables
        else:
            assert openpyxl.load_workbook(path).sheetnames


def test_the_page_needs_nothing_from_elsewhere(final: list[Path]) -> None:
    page = final[0].read_text(encoding="utf-8")
    assert not re.findall(r"(?:src|href)=\"(?!#)", page)
    assert "@import" not in page
    assert "url(" not in page
    root = lxml_html.fromstring(page)
    assert root.get("lang") == "zh-CN"
    assert root.xpath("//svg//text")
    assert all(svg.xpath("./title") and svg.get("role") == "img" for svg in root.xpath("//svg"))
    assert all(head.get("scope") for head in root.xpath("//th"))


def test_parts_of_the_letter_are_well_formed_and_bound(run: RunDocument) -> None:
    with zipfile.ZipFile(io.BytesIO(write_letter(read_edition(run, None)))) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(package.read(name))
        charts = [name for name in package.namelist() if name.startswith("word/charts/chart")]
        assert charts
        for number in range(1, len(charts) + 1):
            sheet = openpyxl.load_workbook(io.BytesIO(package.read(f"word/embeddings/chart{number}.xlsx"))).active
            assert sheet is not None
            _compare_cache(etree.fromstring(package.read(f"word/charts/chart{number}.xml")), sheet)


def _compare_cache(chart: etree._Element, sheet: object) -> None:
    """The chart's cached numbers are those its sheet holds at the place named."""
    space = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
    references = chart.findall(".//c:numRef", space)
    assert references
    for reference in references:
        cells = sheet[reference.findtext("c:f", namespaces=space).split("!")[1].replace("$", "")]  # type: ignore[index]
        held = [cell[0].value for cell in (cells if isinstance(cells, tuple) else ((cells,),))]
        for point in reference.findall(".//c:pt", space):
            value = float(point.findtext("c:v", namespaces=space))
            assert held[int(point.get("idx"))] == pytest.approx(value, abs=1e-12)


def test_standings_agree_between_formats(run: RunDocument, final: list[Path]) -> None:
    page = lxml_html.fromstring(final[0].read_bytes())
    rows = page.xpath("//section[@id='f1']//tbody/tr")
    on_page = [(row.xpath("string(th)"), row.xpath("string(td[2])")) for row in rows]
    letter = docx.Document(str(final[1]))
    in_letter = [(row.cells[1].text, row.cells[2].text) for table in letter.tables[:2] for row in list(table.rows)[1:]]
    sheet = openpyxl.load_workbook(final[2], data_only=True, read_only=True)["名次"]
    in_book = [(str(row[2].value), f"{row[4].value:.2f}") for row in sheet.iter_rows(min_row=4) if row[2].value]
    expected = [(unit.name, f"{unit.score:.2f}") for unit in read_edition(run, None).units]
    assert on_page == in_letter == in_book == expected


def test_drafts_say_so_on_every_page(draft: list[Path], final: list[Path]) -> None:
    for path, words in texts(draft).items():
        assert "征求意见稿" in words, path
    assert "@top-center" in draft[0].read_text(encoding="utf-8")
    with zipfile.ZipFile(draft[1]) as package:
        heads = [package.read(name).decode() for name in package.namelist() if name.startswith("word/header")]
        settings = package.read("word/settings.xml").decode()
    assert "evenAndOddHeaders" in settings
    marked = [head for head in heads if "征求意见稿" in head and "v:textpath" in head]
    assert len(marked) == 2  # odd pages and even ones
    for path in (*draft[2:4], *(file for file in draft if file.suffix == ".xlsx")):
        for sheet in openpyxl.load_workbook(path):
            if sheet.title != "图表数据":
                assert "征求意见稿" in str(sheet.oddHeader.center.text), (path, sheet.title)
    assert not [name for name, words in texts(final).items() if "征求意见稿" in words]


def test_no_commendation_before_its_number(run: RunDocument, draft: list[Path], final: list[Path]) -> None:
    for files in (draft, final):
        for name, words in texts(files).items():
            assert COMMENDED not in words, name
            assert "考核等次" in words or name == WHAT_IF or name.endswith(".xlsx"), name
    assert "通报表扬" in text_of(final[0].read_bytes())
    assert "推荐名单" in text_of(final[1].read_bytes())


def test_with_its_number_it_is_called_so(run: RunDocument) -> None:
    edition = read_edition(run, make_approval(run, approval_number=NUMBER))
    for content in (write_page(edition), write_letter(edition), write_book(edition)):
        assert COMMENDED in text_of(content)
    assert NUMBER in text_of(write_page(edition))


def test_a_grade_called_commendation_is_refused_before_its_number(run: RunDocument) -> None:
    first, *rest = run.units
    called = replace(run, units=(replace(first, band="表彰候选"), *rest))
    with pytest.raises(Refusal, match="表彰候选"):
        read_edition(called, None)
    with pytest.raises(Refusal, match="表彰候选"):
        read_edition(called, make_approval(called))
    assert read_edition(called, make_approval(called, approval_number=NUMBER)).is_commendation


def test_an_approval_of_other_results_is_refused(run: RunDocument) -> None:
    with pytest.raises(Refusal):
        read_edition(replace(run, seed=run.seed + 1), make_approval(run))
    with pytest.raises(Refusal):
        read_edition(run, make_approval(run, run_id=run.run_id + 1))


def test_changes_of_the_approver_hold(run: RunDocument) -> None:
    before = read_edition(run, None)
    listed = next(unit for unit in before.units if before.is_recommended(unit))
    other = next(unit for unit in before.units if not before.is_recommended(unit))
    changes = (Change(listed.code, False, "正在接受核查"), Change(other.code, True, "经复核"))
    edition = read_edition(run, make_approval(run, changes=changes))
    assert not edition.is_recommended(listed)
    assert edition.is_recommended(other)
    page = text_of(write_page(edition))
    assert f"审定时不列{listed.name}，理由：正在接受核查。" in page
    assert f"审定时增列{other.name}，理由：经复核。" in page


def test_who_was_left_to_the_committee_has_a_grade_once_approved(run: RunDocument) -> None:
    first, *rest = sorted(run.units, key=lambda unit: (unit.peer_group != "乡镇", unit.rank or 99))
    left = replace(first, decision="committee", band="优秀（待定）", prize=None, score=95.0)
    open_run = replace(run, units=(left, *rest))
    drafted = read_edition(open_run, None)
    assert drafted.band(left) == "优秀（待定）"
    assert "优秀（待定）（达到分数，但与名额线的差距没有超过偶然波动）" in text_of(write_page(drafted))
    taken = read_edition(open_run, make_approval(open_run, changes=(Change(left.code, True, "会议决定"),)))
    assert taken.band(left) == "优秀"
    assert taken.prize(left) == taken.rubric.prizes[0]
    passed = read_edition(open_run, make_approval(open_run))
    assert passed.band(left) == "合格"
    assert passed.prize(left) is None
    assert "待定" not in text_of(write_page(passed))


HOSTILE = (
    "=1+1镇", "<script>alert(1)</script>乡", "A&B\"'镇", "{{ 7*7 }}乡", "很长的名字" * 12 + "镇", "../../外面镇",
    "CON镇", "镇|*?:", "同名镇", "同名镇", "-2镇", "@SUM(A1)镇",
)  # fmt: skip


def test_hostile_names_are_words_and_nothing_else(tmp_path: Path) -> None:
    run = make_run(townships=HOSTILE)
    folder = tmp_path / "out"
    files = write_bulletin(run, make_approval(run), folder)
    checks = write_self_checks(run, folder / "自查")
    assert len(set(checks.values())) == len(HOSTILE)
    assert all(path.resolve().is_relative_to(folder.resolve()) for path in (*files, *checks.values()))
    assert all(path.exists() for path in checks.values())
    root = lxml_html.fromstring(files[0].read_bytes())
    assert not root.xpath("//script")
    shown = set(root.xpath("//section[@id='f1']//tbody//th/text()"))
    assert shown == set(HOSTILE)
    assert {cell.text for table in docx.Document(str(files[1])).tables[:1] for cell in table.columns[1].cells} >= shown
    sheet = openpyxl.load_workbook(files[2])["名次"]
    assert shown <= {row[2].value for row in sheet.iter_rows(min_row=4)}
    assert all(row[2].data_type == "s" for row in sheet.iter_rows(min_row=4) if row[2].value)


@pytest.mark.parametrize(("count", "earlier"), [(1, 0), (2, 1), (70, 2)])
def test_any_number_of_units(count: int, earlier: int) -> None:
    edition = read_edition(make_run(count, earlier=earlier), None)
    page = lxml_html.fromstring(write_page(edition))
    assert len(page.xpath("//section[@id='f1']//tbody/tr")) == count
    assert len(docx.Document(io.BytesIO(write_letter(edition))).tables) >= 3
    sheet = openpyxl.load_workbook(io.BytesIO(write_book(edition)), read_only=True)["名次"]
    assert sum(row[2].value is not None for row in sheet.iter_rows(min_row=4)) == count


def test_sixty_peer_groups() -> None:
    plain = make_run(60)
    units = tuple(
        replace(unit, peer_group=f"第{n}组", rank=1, rank_low=1, rank_high=1) for n, unit in enumerate(plain.units)
    )
    groups = tuple(replace(plain.peer_groups[0], name=unit.peer_group, units=1, quota=1, groups=()) for unit in units)
    edition = read_edition(replace(plain, units=units, peer_groups=groups), None)
    page = lxml_html.fromstring(write_page(edition))
    assert len(page.xpath("//section[@id='f1']//table")) == 60
    assert len(openpyxl.load_workbook(io.BytesIO(write_book(edition)), read_only=True).sheetnames) == 11
    assert len(docx.Document(io.BytesIO(write_letter(edition))).tables) == 60 + 60 + 1


def test_a_quarter_without_intervals_or_past() -> None:
    plain = make_run(11, earlier=0, period=Period.parse(f"{PERIOD.year}Q1"))
    units = tuple(replace(unit, rank_low=None, rank_high=None) for unit in plain.units)
    edition = read_edition(replace(plain, units=units, certainty={}), None)
    assert edition.title == f"关于{PERIOD.year}年第一季度乡镇人大工作考核情况的通报"
    assert "A2" not in {item.code for item in edition.items}  # judged at year's end only
    words = text_of(write_page(edition))
    assert "没有计算名次区间" in words
    assert "得分变化（" not in words
    assert write_letter(edition)
    assert write_book(edition)


def test_ranks_no_better_than_chance_are_called_so(run: RunDocument) -> None:
    edition = read_edition(run, None)
    words = text_of(write_page(edition))
    names = {unit.code: unit.name for unit in run.units}
    for group in run.peer_groups:
        for codes in group.groups:
            if len(codes) > 1:
                assert "、".join(names[code] for code in codes) in words
    soft = [line for line in run.certainty["lines"] if line and not line["is_firm"]]
    assert soft
    for line in soft:
        assert f"{names[line['inside']]}与第" in words
        assert f"名{names[line['outside']]}相差{line['gap']:.2f}分" in words
    for code, said in run.certainty["units"].items():
        if said["counts"]:
            sheet = text_of(write_why_page(edition, run.unit(code)))
            assert f"只看偶然波动第{said['counts'][0]}—{said['counts'][1]}名" in sheet
    committee = [unit for unit in edition.units if unit.decision == "committee"]
    assert all(f"{unit.name}" in words for unit in committee)
    assert not committee or "不由计算决定取舍" in words


def test_what_concerns_persons_says_so(run: RunDocument) -> None:
    edition = read_edition(replace(run, level="deputy"), make_approval(replace(run, level="deputy")))
    assert "不得公开" in text_of(write_page(edition))
    assert "不得公开" in text_of(write_letter(edition))


def test_accounts_of_persons_stay_out_of_the_bulletin(run: RunDocument, tmp_path: Path) -> None:
    persons = replace(run, level="deputy")
    assert len(write_bulletin(persons, make_approval(persons), tmp_path / "bulletin")) == 4
    checks = write_self_checks(persons, tmp_path / "checks")
    unit = persons.units[0]
    assert checks[unit.code] == tmp_path / "checks" / unit.township_code / unit.name / CHECK
    assert checks[unit.code].exists()


def test_self_checks_lead_to_the_cell(run: RunDocument, tmp_path: Path) -> None:
    checks = write_self_checks(run, tmp_path, until=PERIOD.last_day)
    unit = next(unit for unit in run.units if unit.is_submitted)
    book = openpyxl.load_workbook(checks[unit.code])
    assert checks[unit.code] == tmp_path / unit.name / CHECK
    words = text_of(checks[unit.code].read_bytes())
    assert f"{PERIOD.year}年12月31日前" in words
    told = {str(row[0].value): str(row[2].value) for row in book["数据出处"].iter_rows(min_row=2) if row[0].value}
    for source in run.sources:
        if source.unit == unit.code:
            assert f"第{source.rows}行 {source.columns}列" in told[run.input_labels[source.input]]
    page = (tmp_path / unit.name / WHY).read_text(encoding="utf-8")
    assert run.files[next(s.file for s in run.sources if s.unit == unit.code and s.file is not None)].sha256 in page
    answers = book["自查核对"].data_validations.dataValidation
    assert [item.formula1 for item in answers] == ['"无异议,有异议"']


def test_a_folder_that_cannot_be_written_is_a_sentence(run: RunDocument, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(Refusal, match="换一个文件夹"):
        write_bulletin(run, None, tmp_path / "file" / "below")
