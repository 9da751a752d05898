"""Which files of the inbox are narrative reports, and how they are dealt to tasks."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt

from ingest.reports.kinds import deal_reports, is_report


def workbook() -> bytes:
    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    return made.getvalue()


def old_workbook() -> bytes:
    made, book = io.BytesIO(), xlwt.Workbook()
    book.add_sheet("a")
    book.save(made)
    return made.getvalue()


def document() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("report.docx", document(), True),
        ("report.docx", b"broken", True),
        ("report.txt", "人大".encode(), True),
        ("scan.JPG", b"\xff\xd8\xff", True),
        ("report.pdf", b"%PDF-1.4", True),
        ("return.xlsx", workbook(), False),
        ("return.docx", workbook(), False),
        ("return.doc", old_workbook(), False),
        ("return.xls", document(), False),
        ("return.xlsx", b"%PDF-1.4", False),
        ("nameless", b"%PDF-1.4", True),
        ("nameless", document(), True),
        ("nameless", workbook(), False),
        ("nameless", b"", False),
        ("many.zip", b"PK\x05\x06" + bytes(18), False),
    ],
    ids=range(15),
)
def test_a_report_is_told_by_content_and_ending(tmp_path: Path, name: str, data: bytes, expected: bool) -> None:
    path = tmp_path / "archived"
    path.write_bytes(data)
    assert is_report(path, f"folder/{name}") is expected


def test_reports_are_dealt_in_the_order_of_arrival() -> None:
    entries = [{"received_at": f"2031-01-0{day}", "file_name": name} for day, name in ((2, "b"), (1, "z"), (2, "a"))]
    assert [[entry["file_name"] for entry in part] for part in deal_reports(entries, 2)] == [["z", "a"], ["b"]]
    assert deal_reports([]) == []
