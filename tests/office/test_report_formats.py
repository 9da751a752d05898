"""A report written in Word comes out the same from every older format a township may send it in."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from docx import Document

from ingest.narrative import extract, read_document

SOFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        SOFFICE is None, reason="LibreOffice (soffice) is not installed: apt-get install libreoffice-writer"
    ),
]
# WPS Writer's own .wps is an OLE file built as .doc is; what it saves as .rtf or .docx is now and then named .wps too
SENT = {
    "报告.doc": "doc",
    "报告.wps": "doc",
    "in the archive": "doc",
    "报告.rtf": "rtf",
    "富文本.wps": "rtf",
    "报告.odt": "odt",
}
SENTENCE = "主席团召开主席团会议3次，组织代表视察4次，收到代表建议46件，办结44件。"
FACTS = {
    "presidium_meetings": 3,
    "inspections": 4,
    "suggestions_received": 46,
    "suggestions_closed": 44,
    "voter_visits": 38,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same report in every format."""
    folder = tmp_path_factory.mktemp("formats")
    document = Document()
    document.add_heading("柳塘镇人大第二季度工作报告", 0)
    document.add_paragraph(SENTENCE)
    table = document.add_table(rows=2, cols=2)
    for place, words in enumerate(("项目", "数量", "走访选民", "38户")):
        table.cell(place // 2, place % 2).text = words
    document.add_paragraph("以上情况，特此报告。")
    document.save(str(folder / "report.docx"))
    for kind in sorted(set(SENT.values())):
        command = [str(SOFFICE), f"-env:UserInstallation=file://{folder}/user", "--headless", "--convert-to", kind]
        subprocess.run(
            [*command, "--outdir", str(folder), str(folder / "report.docx")],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
    for name, kind in SENT.items():
        shutil.copy(folder / f"report.{kind}", folder / name)
    return folder


@pytest.mark.parametrize("name", SENT)
def test_an_older_format_is_read_as_the_document_it_was(folder: Path, name: str) -> None:
    document = read_document(folder / name)
    assert document.problem is None
    assert SENTENCE in document.text
    assert ["走访选民", "38户"] in [[cell.strip() for cell in line.split("\t")] for line in document.text.split("\n")]
    assert {fact.indicator: fact.value for fact in extract(folder / name)} == FACTS


def test_a_damaged_one_is_told_not_read(folder: Path) -> None:
    file = folder / "残缺.doc"
    file.write_bytes((folder / "report.doc").read_bytes()[:2_000])
    document = read_document(file)
    assert document.text == ""
    assert document.problem is not None
    assert "另存为 .docx" in document.problem
