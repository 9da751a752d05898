"""A report's own Word file with comments at the words that were remarked on."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.text.paragraph import Paragraph
from lxml import etree

if TYPE_CHECKING:
    from publish.reports.page import PageSource

_AUTHOR, _INITIALS = "县人大", "县"
_LARGEST = 64 << 20  # bytes, all parts inflated
_KEY = 12  # characters by which a long passage is found
_BROKEN = (
    PackageNotFoundError, zipfile.BadZipFile, etree.LxmlError, KeyError, ValueError, AttributeError, TypeError,
    NotImplementedError, OSError,
)  # fmt: skip


def write_commented(original: Path, target: Path, source: PageSource) -> bool:
    """The copy is at `target`; False where the file is no .docx, cannot be opened so, or none of the words is found.

    The page tells everything; the copy is for the clerk's convenience, so a file that is hard to patch has none.
    """
    try:
        if not _is_modest(original):
            return False
        document = Document(str(original))
        paragraphs = list(_paragraphs(document))
        placed = [_comment(document, paragraphs, words, said) for words, said in _remarks(source)]
        if not any(placed):
            return False
        document.save(str(target))
    except _BROKEN:
        target.unlink(missing_ok=True)
        return False
    return True


def _is_modest(original: Path) -> bool:
    if not zipfile.is_zipfile(original):
        return False
    with zipfile.ZipFile(original) as package:
        parts = package.infolist()
    return any(part.filename == "word/document.xml" for part in parts) and sum(p.file_size for p in parts) <= _LARGEST


def _remarks(source: PageSource) -> Iterator[tuple[str, str]]:
    """(words in the text, what is said of them)."""
    for row in source.findings:
        if row["start_offset"] is not None:
            words = source.text[int(row["start_offset"]) : int(row["end_offset"])]
            yield words, f"{row['rule']} {row['message']}"
    for fact in source.facts:
        if fact["status"] == "doubtful":
            yield fact["quote"], f"等人确认：{fact['indicator']} {fact['value']:g}{fact['unit'] or ''}"


def _paragraphs(document: Any) -> Iterator[Paragraph]:
    """Every paragraph of the body, those in tables included."""
    for element in document.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"):
        yield Paragraph(element, document)


def _comment(document: Any, paragraphs: list[Paragraph], words: str, said: str) -> bool:
    """A comment stands at the runs of the first paragraph that holds the words, of long words their beginning."""
    bare = "".join(words.split())
    wanted = bare if len(bare) <= 2 * _KEY else bare[:_KEY]
    if not wanted:
        return False
    for paragraph in paragraphs:
        runs = [(run, "".join(run.text.split())) for run in paragraph.runs]
        at = "".join(text for _, text in runs).find(wanted)
        if at < 0:
            continue
        chosen, place = [], 0
        for run, text in runs:
            if place < at + len(wanted) and place + len(text) > at:
                chosen.append(run)
            place += len(text)
        document.add_comment(chosen, text=said, author=_AUTHOR, initials=_INITIALS)
        return True
    return False
