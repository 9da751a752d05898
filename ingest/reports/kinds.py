"""Whether a file of the inbox is a narrative report or a return: by content, by its ending where that does not tell."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import olefile  # type: ignore[import-untyped]

from ingest.workbook.container import open_container
from ingest.workbook.received import Unreadable

TEXTS = frozenset({".docx", ".doc", ".wps", ".pdf", ".html", ".htm", ".txt", ".md", ".rtf", ".odt"})
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp"})
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xltx", ".xlsb", ".xls", ".et", ".ods", ".csv"})
MOST = 500  # reports of one task
_BOOKS = {"workbook", "book"}
_PLAIN_MARKS = (b"%PDF", b"{\\rtf")


def is_report(path: Path, file_name: str) -> bool:
    """True for a text or picture, readable or not; a workbook is a return whatever it is called.

    A file that calls itself a workbook and is none stays a return, so that the clerk is told (F01).
    """
    ending = PurePosixPath(file_name).suffix.lower()
    if ending in WORKBOOKS:
        return False
    if ending in TEXTS or ending in PICTURES:
        return not _is_workbook(path)
    return _is_document(path)


def _is_workbook(path: Path) -> bool:
    streams = _streams(path)
    if streams is not None:
        return bool(streams & _BOOKS)
    try:
        open_container(path)
    except Unreadable:
        return False
    return True


def _is_document(path: Path) -> bool:
    """Whether the content is a Word document, PDF or rich text, for files without a telling ending."""
    if streams := _streams(path):
        return "worddocument" in streams
    try:
        with path.open("rb") as file:
            if file.read(5).startswith(_PLAIN_MARKS):
                return True
        if not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as package:
            return "word/document.xml" in package.namelist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def _streams(path: Path) -> set[str] | None:
    """The names, in lower case, of what an OLE file (.doc, .xls, .wps) holds at its top; None for other files."""
    try:
        if not olefile.isOleFile(str(path)):
            return None
        with olefile.OleFileIO(str(path)) as file:
            return {entry[0].lower() for entry in file.listdir()}
    except (OSError, ValueError, IndexError, struct.error):
        return set()


def deal_reports(entries: Sequence[dict[str, Any]], most: int = MOST) -> list[list[dict[str, Any]]]:
    """The reports in the order of arrival, so many to a chunk; unlike returns they do not depend on one another."""
    ordered = sorted(entries, key=lambda item: (item["received_at"], item["file_name"]))
    return [ordered[start : start + most] for start in range(0, len(ordered), most)]
