"""LibreOffice opens the files; what its formulas compute anew is what the run says, and moves when a figure moves."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from fictional_run import PARAMETERS, make_approval, make_inputs, make_run, names, tiebreak_keys

from publish.publication import BOOK, LETTER, PAGE, WHAT_IF, read_edition, write_bulletin
from transforms.scoring import rank, score

SOFFICE = shutil.which("soffice")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        SOFFICE is None, reason="LibreOffice (soffice) is not installed: apt-get install libreoffice-calc"
    ),
]
COUNT = 31
RUN = make_run(COUNT)
EDITION = read_edition(RUN, make_approval(RUN))
# 0 = always: else LibreOffice shows the values stored with the formulas and nothing would be tested
_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bulletin")
    write_bulletin(RUN, make_approval(RUN), folder)
    profile = folder / "user" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(_RECALCULATE, encoding="utf-8")
    return folder


def convert(folder: Path, file: Path, kind: str) -> Path:
    """What LibreOffice makes of the file, every formula computed anew."""
    command = [str(SOFFICE), f"-env:UserInstallation=file://{folder}/user", "--headless", "--convert-to", kind]
    out = folder / "converted"
    subprocess.run([*command, "--outdir", str(out), str(file)], check=True, capture_output=True, timeout=300)
    return out / f"{file.stem}.{kind}"


def change(file: Path, target: Path, cells: Mapping[tuple[str, str], float]) -> Path:
    """A copy with other numbers in some cells, and no stored results."""
    book = openpyxl.load_workbook(file)
    for (sheet, cell), value in cells.items():
        assert isinstance(book[sheet][cell].value, (int, float)), (sheet, cell)
        book[sheet][cell].value = value
    book.save(target)
    return target


def column(file: Path, sheet: str, head: str, *, key: str = "单位") -> dict[str, Any]:
    """The column of that head by the unit's name."""
    table = openpyxl.load_workbook(file, data_only=True)[sheet]
    for row in table.iter_rows():
        heads = [cell.value for cell in row]
        if head in heads:
            break
    at, name = heads.index(head), heads.index(key) if key in heads else 1
    below = table.iter_rows(min_row=row[0].row + 1, values_only=True)
    return {str(line[name]): line[at] for line in below if line[name] in {unit.name for unit in RUN.units}}


@pytest.mark.parametrize("name", [BOOK, WHAT_IF], ids=["book", "what-if"])
def test_every_formula_gives_the_value_of_the_run(files: Path, name: str) -> None:
    again = openpyxl.load_workbook(convert(files, files / name, "xlsx"), data_only=True)
    stored, formulas = openpyxl.load_workbook(files / name, data_only=True), openpyxl.load_workbook(files / name)
    counted = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    counted += 1
                    said, computed = (
                        stored[sheet.title][cell.coordinate].value,
                        again[sheet.title][cell.coordinate].value,
                    )
                    if isinstance(said, (int, float)):
                        assert computed == pytest.approx(said, abs=1e-9), (sheet.title, cell.coordinate, cell.value)
                    else:
                        assert (computed or "") == (said or ""), (sheet.title, cell.coordinate, cell.value)
    assert counted > 10 * COUNT


def test_scores_and_ranks_are_the_runs(files: Path) -> None:
    for name, sheet, score_head, rank_head in ((BOOK, "名次", "得分", "名次"), (WHAT_IF, "结果", "新得分", "新名次")):
        file = convert(files, files / name, "xlsx")
        scores, ranks = column(file, sheet, score_head), column(file, sheet, rank_head)
        for unit in RUN.units:
            assert scores[unit.name] == pytest.approx(unit.score, abs=1e-9)
            assert ranks[unit.name] == unit.rank


def test_other_weights_give_what_scoring_gives(files: Path) -> None:
    """The new points are put into the rubric and scored by the engine; street offices and gaps included."""
    weights = {item.code: float(2 + 7 * (number % 5)) for number, item in enumerate(EDITION.items)}
    cells = {("权重", f"D{number}"): weights[item.code] for number, item in enumerate(EDITION.items, start=4)}
    changed = change(files / WHAT_IF, files / "weights.xlsx", cells)
    file = convert(files, changed, "xlsx")
    scores, ranks = column(file, "结果", "新得分"), column(file, "结果", "新名次")
    inputs = make_inputs(EDITION.rubric, names(COUNT), RUN.seed)
    plain = score(EDITION.rubric, inputs)
    factors = np.array([weights.get(item.code, item.points) / (item.points or 1) for item in EDITION.rubric.items])
    points, limits = plain.points * factors, plain.max_points * factors
    is_item = np.array([item.kind == "points" for item in EDITION.rubric.items])
    judged = ~np.isnan(points) & is_item
    base = 100 * np.where(judged, points, 0).sum(axis=1) / np.where(judged, limits, 0).sum(axis=1)
    total = base + plain.bonus + plain.deduction
    expected = rank(total, inputs.peer, tiebreak_keys(EDITION.rubric, points, limits))
    order = {unit.code: unit.name for unit in RUN.units}
    for place, code in enumerate(inputs.units):
        assert scores[order[code]] == pytest.approx(total[place], abs=1e-9)
        assert ranks[order[code]] == expected[place]
    assert any(ranks[unit.name] != unit.rank for unit in RUN.units)
    sheet = openpyxl.load_workbook(file, data_only=True)["新排序"]
    listed = [(row[0].value, row[1].value, row[2].value) for row in sheet.iter_rows(min_row=2) if row[2].value]
    assert listed == sorted(listed, key=lambda one: (["乡镇", "街道"].index(one[0]), one[1]))
    assert {name for _, _, name in listed} == set(order.values())


def test_another_figure_moves_score_and_rank(files: Path) -> None:
    """Figure and parameter: the sheet of figures and the rubric's are what the points are computed from."""
    sheet = openpyxl.load_workbook(files / BOOK)["指标"]
    heads = {str(cell.value): cell.column_letter for cell in sheet[1] if cell.value}
    first = EDITION.units[0]
    changed = change(files / BOOK, files / "figures.xlsx", {("指标", f"{heads['党委专题研究次数']}3"): 0.0})
    file = convert(files, changed, "xlsx")
    lost = RUN.unit(first.code).item("A1")
    judged = [
        item for item in first.items if EDITION.rubric.item(item.item).kind == "points" and item.points is not None
    ]
    fall = 100 * (lost.points or 0.0) / sum(item.max_points for item in judged)
    assert fall > 0
    assert column(file, "名次", "得分")[first.name] == pytest.approx((first.score or 0) - fall, abs=1e-9)
    assert PARAMETERS  # the rubric was resolved with figures of law


@pytest.mark.parametrize("name", [LETTER, BOOK, WHAT_IF], ids=["letter", "book", "what-if"])
def test_it_prints(files: Path, name: str) -> None:
    assert convert(files, files / name, "pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium")
def test_the_page_prints_in_chromium(files: Path) -> None:
    target = files / "page.pdf"
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-pdf-header-footer",
        f"--user-data-dir={files}/chrome",
    ]
    page = (files / PAGE).as_uri()
    subprocess.run(
        [str(CHROMIUM), *options, f"--print-to-pdf={target}", page], check=True, capture_output=True, timeout=300
    )
    assert len(re.findall(rb"/Type\s*/Page\b", target.read_bytes())) > 5
