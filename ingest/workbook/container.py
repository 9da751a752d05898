"""What kind of file it is, by content, and whether it may be opened; cheap, before any parser sees it.

A zip's directory is not trusted: parts are inflated with a limit. A workbook counts as `plain` (safe to parse in this
process) where the real size of its sheets and the area their cells span are known to be small; the parser then sees
only what was looked at here, packed anew. All else is read in a sandbox.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ingest.workbook.received import Unreadable
from ingest.workbook.zips import Part, inflate, pack, peek, read_directory, stream

Kind = Literal["xlsx", "xlsb", "ods", "xls"]

LARGEST_FILE = 200 << 20  # bytes on disk; photographs in the workbook count
LARGEST_TEXT = 384 << 20  # bytes of XML after inflating, all parts together
_PLAIN_TEXT = 4 << 20

_MANIFEST = "meta-inf/manifest.xml"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_FOREIGN = (
    (b"%PDF", "是 PDF 文件，不是工作簿"),
    (b"{\\rtf", "是 RTF 文档，不是工作簿"),
    (b"Rar!", "是 RAR 压缩包，不是工作簿"),
    (b"7z\xbc\xaf", "是 7z 压缩包，不是工作簿"),
    (b"\x1f\x8b", "是 gzip 压缩包，不是工作簿"),
    (b"\xff\xd8\xff", "是图片，不是工作簿"),
    (b"\x89PNG", "是图片，不是工作簿"),
    (b"<", "是网页或 XML 文本，不是工作簿"),
    (b"\xef\xbb\xbf<", "是网页或 XML 文本，不是工作簿"),
)
_STRAY_CELL = re.compile(rb'<c(?! r="[A-C]?[A-Z]\d{1,4}"|[A-Za-z])')  # not within A1:CZ9999, or written unusually
_HUGE_COUNT = re.compile(rb"ount\s*=\s*.\s*\d{7}")  # parsers reserve memory for as many as are announced
_WORKBOOK_PART = re.compile(r"xl/workbook\d*\.xml")
_NEEDED = re.compile(
    r"xl/(?:worksheets/[^/]+\.xml|(?:workbook\d*|sharedstrings|styles)\.xml|_rels/)|_rels/\.rels|\[content"
)
_ENTITY = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass
class Container:
    """A file that may be opened. `text` of a plain one: the parts a parser needs, inflated."""

    kind: Kind
    data: bytes
    parts: dict[str, Part] = field(default_factory=dict)
    plain: bool = False
    text: dict[str, bytes] = field(default_factory=dict)

    @property
    def source(self) -> bytes:
        """What to give a parser: of a plain file only the parts that were looked at."""
        return pack((self.parts[name], text) for name, text in self.text.items()) if self.plain else self.data

    @property
    def unstyled(self) -> bytes:
        """The same without number formats: a parser then takes no number for a date or a duration."""
        return pack((self.parts[name], text) for name, text in self.text.items() if name != "xl/styles.xml")

    def inflate(self, name: str, limit: int = LARGEST_TEXT) -> bytes:
        """The content of a part. Raises Unreadable where it is damaged or holds more than `limit` bytes."""
        if name in self.text:
            return self.text[name]
        return inflate(self.data, self.parts[name], limit)

    @property
    def workbook_part(self) -> str:
        """The name of an xlsx file's workbook part; raises Unreadable where it has none."""
        for name in self.parts:
            if _WORKBOOK_PART.fullmatch(name):
                return name
        raise Unreadable("是压缩包，不是工作簿")


def open_container(path: Path) -> Container:
    """The file, known by content. Raises Unreadable with a Chinese reason where it is no workbook to be opened."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise Unreadable(f"文件过大（{size >> 20} MB），超过 {LARGEST_FILE >> 20} MB")
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"文件无法打开（{error.strerror or '读取失败'}）") from None
    if not data:
        raise Unreadable("文件为空（0 字节）")
    if data.startswith(_OLE):
        return _open_ole(data)
    if data.startswith(b"PK"):
        return _open_zip(data)
    for mark, reason in _FOREIGN:
        if data.startswith(mark):
            raise Unreadable(reason)
    raise Unreadable("内容不是工作簿（可能已损坏，或改了扩展名）")


def _open_ole(data: bytes) -> Container:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise Unreadable("文件已加密，需要密码才能打开")
    if not holds("Workbook") and not holds("Book"):
        if holds("WordDocument"):
            raise Unreadable("是 Word 文档，不是工作簿")
        raise Unreadable("不是工作簿（可能是演示文稿、邮件或其他 Office 文件）")
    return Container("xls", data)


def _open_zip(data: bytes) -> Container:
    parts = read_directory(data)
    kind = _kind(parts)
    container = Container(kind, data, parts)
    if sum(part.size for name, part in parts.items() if name.endswith((".xml", ".rels", ".bin"))) > LARGEST_TEXT:
        raise Unreadable("解压后内容过大，疑似压缩炸弹")
    manifest = container.inflate(_MANIFEST, _PLAIN_TEXT) if kind == "ods" and _MANIFEST in parts else b""
    if b"encryption-data" in manifest:
        raise Unreadable("文件已加密，需要密码才能打开")
    container.plain = kind == "xlsx" and _is_plain(container)
    return container


def _kind(parts: dict[str, Part]) -> Kind:
    if any(_WORKBOOK_PART.fullmatch(name) for name in parts):
        return "xlsx"
    if "xl/workbook.bin" in parts:
        return "xlsb"
    if "content.xml" in parts:
        return "ods"
    if "word/document.xml" in parts:
        raise Unreadable("是 Word 文档，不是工作簿")
    if "ppt/presentation.xml" in parts:
        raise Unreadable("是演示文稿，不是工作簿")
    raise Unreadable("是压缩包，不是工作簿")


def _is_plain(container: Container) -> bool:
    """True where this process may parse the workbook: little text, cells within 104 columns by 9,999 rows."""
    needed = {name: part for name, part in container.parts.items() if _NEEDED.match(name)}
    if sum(part.compressed + part.size for part in needed.values()) > _PLAIN_TEXT:
        return False
    for name, part in needed.items():
        text = container.text[name] = inflate(container.data, part, part.size)
        if _STRAY_CELL.search(text) or b":c " in text or ("worksheets" not in name and _HUGE_COUNT.search(text)):
            return False
    return True


def refuse_bombs(container: Container) -> None:
    """Raises Unreadable where a part declares XML entities (no workbook program does) or is longer than it claims."""
    for name, part in container.parts.items():
        if not name.endswith((".xml", ".rels")):
            continue
        if _ENTITY.search(peek(container.data, part, 65_536)):
            raise Unreadable("文件含有 XML 实体定义，疑似恶意文件")
        length = 0
        for piece in stream(container.data, part):
            length += len(piece)
            if length > part.size:
                raise Unreadable("解压后内容过大，疑似压缩炸弹")
