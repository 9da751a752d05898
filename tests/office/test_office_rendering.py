"""LibreOffice opens what is written, understands every part of it, and what it saves can be annotated again."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from annotation_sources import CATALOGUE, FORM, findings, marked, places, write_source

from catalogue.periods import Period
from catalogue.register import Township
from publish.annotation import annotate
from publish.annotation.styles import FILLS
from publish.template import write_template

SOFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        SOFFICE is None, reason="LibreOffice (soffice) is not installed: apt-get install libreoffice-calc"
    ),
]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what LibreOffice made of an annotated workbook and of a template, saved as .xlsx and .pdf."""
    folder = tmp_path_factory.mktemp("office")

    def decorate(_: Any, sheets: dict[str, Any]) -> None:
        sheets["hazard"].write_comment("A4", "自己的批注")

    source = write_source(folder / "annotated.xlsx", decorate)
    found = findings(
        ("R08", "hazard", 3, "status"), ("C01", "hazard", 4, "rectified_date"), ("F06", "cover", None, "township_name")
    )
    annotate(source, source, found, places(), form=FORM, rules=CATALOGUE.rules, note="荷沟镇")
    township = Township("431230102", "荷沟镇", "镇", (), None, date(2016, 1, 1), None, None)
    period = Period.parse("2025-03")
    write_template(folder / "template.xlsx", FORM, township, period, synonyms=CATALOGUE.synonyms, rules=CATALOGUE.rules)
    for kind in ("xlsx", "pdf"):
        command = [str(SOFFICE), f"-env:UserInstallation=file://{folder}/user", "--headless", "--convert-to", kind]
        files = [str(folder / name) for name in ("annotated.xlsx", "template.xlsx")]
        subprocess.run(
            [*command, "--outdir", str(folder / "saved"), *files], check=True, capture_output=True, timeout=120
        )
    return folder / "saved"


def test_colours_comments_and_links_are_understood(saved: Path) -> None:
    cells = marked(saved / "annotated.xlsx")
    assert {cell: fill for cell, (fill, _) in cells.items() if cell != "隐患 整改!A4"} == {
        "隐患 整改!E3": FILLS["hard"],
        "隐患 整改!F4": FILLS["hard"],
        "封面!B3": FILLS["warn"],
    }
    assert "自己的批注" in cells["隐患 整改!A4"][1]
    sheet = openpyxl.load_workbook(saved / "annotated.xlsx")["问题清单"]
    assert len([cell for row in sheet for cell in row if cell.hyperlink]) == 6
    assert (saved / "annotated.pdf").read_bytes().startswith(b"%PDF")


def test_what_it_saved_is_annotated_again_without_the_former_marks(saved: Path) -> None:
    back = annotate(
        saved / "annotated.xlsx",
        saved / "again.xlsx",
        findings(),
        places(),
        form=FORM,
        rules=CATALOGUE.rules,
        note="荷沟镇",
    )
    assert marked(back).keys() == {"隐患 整改!A4"}
    assert openpyxl.load_workbook(back)["隐患 整改"]["E3"].fill.patternType in (None, "none")


def test_template_keeps_its_limits(saved: Path) -> None:
    sheet = openpyxl.load_workbook(saved / "template.xlsx")["隐患整改"]
    kinds = [item.type for item in sheet.data_validations.dataValidation]
    assert kinds.count("list") == 3
    assert kinds.count("date") == 4
