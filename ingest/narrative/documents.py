"""A report's file read as text, whatever its format; a file that cannot be read has a stated problem instead."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest.narrative.markup import read_html
from ingest.narrative.office import convert_to_docx
from ingest.narrative.pages import read_pdf
from ingest.narrative.problems import Unreadable
from ingest.narrative.word import read_docx

LARGEST_FILE = 64 << 20
LARGEST_TEXT = 4_000_000
LARGEST_PLAIN = 16 << 20
_TOO_LONG = f"正文超过 {LARGEST_TEXT // 10_000} 万字,不像一份报告,请拆开后再交。"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_COMMON = "的一是在人大代表镇乡会议和工作年月建议次件名个有中为主席团"
_COMMON_TRADITIONAL = "的一是在人大代表鎮鄉會議和工作年月建議次件名個有中為主席團"
_CONTROL_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Document:
    """A file's text, to be stored beside the original: offsets refer to it. `problem` is None or a sentence."""

    text: str
    kind: str
    problem: str | None = None


def read_document(path: Path) -> Document:
    """The text of a .docx .doc .wps .rtf .odt .pdf .html .md or .txt file, known by content; never raises."""
    try:
        data = _bytes(path)
        kind = _kind(data)
        if kind in ("html", "text") and len(data) > LARGEST_PLAIN:
            raise Unreadable(_TOO_LONG)
        text = _READERS[kind](path, data)
        if len(text) > LARGEST_TEXT:
            raise Unreadable(_TOO_LONG)
        if not text.strip():
            raise Unreadable("文件里没有文字,请检查是不是交错了文件。")
    except Unreadable as problem:
        return Document("", "", str(problem))
    return Document(text, kind)


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise Unreadable(f"文件有 {size >> 20} MB,超过 {LARGEST_FILE >> 20} MB,请压缩其中的图片后再交。")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"文件打不开({error.strerror}),请检查路径和权限。") from None


def _kind(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        return "zip"
    if data.startswith(b"%PDF") or b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_OLE) or data.startswith(b"{\\rtf"):
        return "office"
    if data.startswith(_IMAGES) or data[8:12] == b"WEBP":
        return "image"
    head = data[:4096].lower().lstrip()
    if (
        head.startswith((b"<!doctype html", b"<html", b"<?xml"))
        or b"<body" in head
        or b"<p>" in head
        or b"<div" in head
    ):
        return "html"
    return "text"


def _read_zip(path: Path, data: bytes) -> str:
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Unreadable("文件不完整或已损坏(可能没有传完),请重新传一次。") from None
    if "word/document.xml" in names:
        return read_docx(path)
    if "xl/workbook.xml" in names:
        raise Unreadable("这是工作簿,不是文字报告;月报表请按月报表上报。")
    if "content.xml" in names:
        return read_docx(convert_to_docx(path, data))
    raise Unreadable("这是压缩包或不认识的文件,请解压后交其中的 Word 或 PDF。")


def _read_image(_path: Path, _data: bytes) -> str:
    raise Unreadable("这是图片,没有可读的文字,请交可编辑的 Word 或带文字的 PDF。")


def decode(data: bytes) -> str:
    """The text of UTF-8, UTF-16, GB18030 or Big5 bytes. Raises Unreadable for anything else."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _plain(data.decode(encoding, errors="replace"))
    try:
        return _plain(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    best = max((_scored(data, encoding) for encoding in ("gb18030", "big5")), key=lambda scored: scored[0])
    if best[0] < 0:
        raise Unreadable("文字编码认不出来,请另存为 UTF-8 的文本文件。")
    return _plain(best[1])


def _scored(data: bytes, encoding: str) -> tuple[float, str]:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return -1.0, ""
    sample = text[:20_000]
    return sum(char in _COMMON or char in _COMMON_TRADITIONAL for char in sample) / max(1, len(sample)), text


def _plain(text: str) -> str:
    sample = text[:20_000]
    strange = sum(char < " " and char not in "\t\n\r\f\v" for char in sample)
    if strange > _CONTROL_SHARE * max(1, len(sample)):
        raise Unreadable("这不是文字文件,请交 Word、PDF 或文本文件。")
    return text.replace("\r\n", "\n").replace("\r", "\n")


_READERS: dict[str, Callable[[Path, bytes], str]] = {
    "zip": _read_zip,
    "pdf": lambda path, _data: read_pdf(path),
    "office": lambda path, data: read_docx(convert_to_docx(path, data)),
    "image": _read_image,
    "html": lambda _path, data: read_html(decode(data)),
    "text": lambda _path, data: decode(data),
}
