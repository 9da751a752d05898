"""The annotated workbook: the township's own file with colours, comments and the list of findings."""

from __future__ import annotations

import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from lxml import etree
from python_calamine import CalamineError
from xlsxwriter.exceptions import XlsxWriterException

from catalogue.explanations import LIST_NAME
from publish.annotation.book import Book, SheetPart
from publish.annotation.comments import Comments
from publish.annotation.entries import SEVERITIES, Entry
from publish.annotation.grid import Cell, Grid
from publish.annotation.listing import list_sheet, read_explanations
from publish.annotation.package import Limits, Package, UnpatchableError
from publish.annotation.styles import Styles
from publish.annotation.values import copy_values, empty_workbook
from publish.annotation.wording import COPY_REMARK, comment_text, next_steps

# what a malformed source can raise in zipfile, lxml, calamine, xlsxwriter or here: then the next plainer way is taken
_MALFORMED = (
    UnpatchableError,
    CalamineError,
    XlsxWriterException,
    etree.LxmlError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    RuntimeError,
)
_INFO_MARKS = 10  # more hints than that stand in the list only
_SUFFIXES = {".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".xlsb", ".ods", ".et", ".ett", ".csv"}


def write_annotated(source: Path, target: Path, entries: Sequence[Entry], note: str, limits: Limits) -> Path:
    """The annotated workbook is at the path returned: `target`, with the suffix of what was written.

    The source is changed in place where it can be, else its values are copied, else only the list is written; it is not
    opened at all when it was found unreadable (F01). Raises OSError only when the target cannot be written.
    """
    content, suffix = _compose(source, entries, note, limits)
    if target.suffix.lower() != suffix:
        stem = target.stem if target.suffix.lower() in _SUFFIXES else target.name
        target = target.with_name(f"{stem}{suffix}")
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=target.parent, prefix=".annotated-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(scratch).chmod(0o644)
        Path(scratch).replace(target)
    finally:
        Path(scratch).unlink(missing_ok=True)
    return target


def _compose(source: Path, entries: Sequence[Entry], note: str, limits: Limits) -> tuple[bytes, str]:
    data = None if any(entry.rule == "F01" for entry in entries) else _read(source, limits)
    if data is not None:
        try:
            return patch(data, entries, note, limits)
        except _MALFORMED:
            pass
        try:
            return patch(copy_values(data, limits), entries, f"{note}\n{COPY_REMARK}", limits)
        except _MALFORMED:
            pass
    return patch(empty_workbook(), entries, note, limits)


def _read(source: Path, limits: Limits) -> bytes | None:
    try:
        with source.open("rb") as stream:
            data = stream.read(limits.file_bytes + 1)
    except OSError:
        return None
    return data if len(data) <= limits.file_bytes else None


def patch(data: bytes, entries: Sequence[Entry], note: str, limits: Limits) -> tuple[bytes, str]:
    """The workbook's bytes with the entries in it, and its suffix. Raises one of _MALFORMED when it cannot be done."""
    package = Package(data, limits)
    book = Book(package)
    styles = Styles(book)
    styles.take_back()
    for sheet in book.worksheets:
        Comments(book, sheet).take_back()
    explanations = _remove_earlier_list(book, data)
    lead = [line for line in note.split("\n") if line] or [LIST_NAME]
    content, names = list_sheet(
        entries,
        [*lead, *next_steps(entries, is_whole=bool(book.sheets))],
        styles.looks(),
        namespace=book.namespace,
        find=lambda name: found.name if (found := book.find(name)) else None,
        explanations=explanations,
        longest=limits.lines,
    )
    for sheet, cells in _marks(book, entries).items():
        _mark_sheet(book, sheet, cells, styles, limits)
    book.insert_first(LIST_NAME, content, names)
    return package.save(), book.suffix


def _remove_earlier_list(book: Book, data: bytes) -> Mapping[tuple[str, ...], str]:
    """What was explained on the list of an earlier round, now gone; a sheet of the clerk's own gives up its name."""
    earlier = book.find(LIST_NAME)
    if earlier is None:
        return {}
    book.package.read(earlier.part)  # within the limit
    explanations = read_explanations(data, earlier.name)
    if explanations is None:
        book.rename(earlier, f"{LIST_NAME}（原）")
        return {}
    book.remove(earlier)
    return explanations


def _marks(book: Book, entries: Sequence[Entry]) -> dict[SheetPart, list[Entry]]:
    few = sum(entry.severity == "info" for entry in entries) <= _INFO_MARKS
    marks: dict[SheetPart, list[Entry]] = {}
    for entry in entries:
        sheet = book.find(entry.sheet_name) if entry.cell and (few or entry.severity != "info") else None
        if sheet is not None:
            marks.setdefault(sheet, []).append(entry)
    return marks


def _mark_sheet(book: Book, sheet: SheetPart, entries: Sequence[Entry], styles: Styles, limits: Limits) -> None:
    grid = Grid(book.package.edit(sheet.part))
    cells: dict[Cell, list[Entry]] = {}
    for entry in entries:
        if entry.cell is not None:
            cells.setdefault(grid.shown(entry.cell), []).append(entry)
    for cell, found in cells.items():
        gravest = min((entry.severity for entry in found), key=list(SEVERITIES).index)
        grid.give_format(cell, styles.tint(grid.format_of(cell), gravest))
    texts = {cell: comment_text(found, cell) for cell, found in list(cells.items())[: limits.comments]}
    Comments(book, sheet).add(texts, grid)
