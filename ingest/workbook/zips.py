"""The zip a workbook is packed in: its directory and its parts, read within limits."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ingest.workbook.received import Unreadable

MOST_PARTS = 10_000
_TRUNCATED = "文件不完整（可能没有传完）"
_DAMAGED = "文件已损坏，无法解压"
_END, _ENTRY, _LOCAL = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_ENTRY_FIELDS = struct.Struct("<8xHH4xIIIHHH8xI")  # flags, method, CRC, sizes, lengths of name, extra, comment; offset
_LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")
_ENTRY_HEADER = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END_RECORD = struct.Struct("<4sHHHHIIH")
_VERSION, _JANUARY_1980 = 20, 33
_STORED, _DEFLATED = 0, 8


class Part(NamedTuple):
    """A member of a zip; the sizes are what the directory claims."""

    name: str
    method: int
    checksum: int
    compressed: int
    size: int
    offset: int


def read_directory(data: bytes) -> dict[str, Part]:
    """The parts by name in lower case with slashes.

    Raises Unreadable where the zip is cut off, damaged, encrypted, or holds far too many parts.
    """
    plain = _read_plain(data)
    return _read_any(data) if plain is None else plain


def _read_plain(data: bytes) -> dict[str, Part] | None:
    """The directory of a zip with nothing before, between or behind; None where it is anything else."""
    end = len(data) - 22
    if end < 0 or data[end : end + 4] != _END or data.count(_END) != 1:
        return None
    count, size, start, comment = struct.unpack_from("<HIIH", data, end + 10)
    if start + size != end or comment or count > MOST_PARTS:
        return None
    parts: dict[str, Part] = {}
    position = start
    for _ in range(count):
        if data[position : position + 4] != _ENTRY or position + 46 > end:
            return None
        flags, method, checksum, compressed, length, size, extra, note, offset = _ENTRY_FIELDS.unpack_from(
            data, position
        )
        name = data[position + 46 : position + 46 + size].decode("utf-8", "replace").replace("\\", "/")
        key = name.lower()
        position += 46 + size + extra + note
        if flags & 1 or key in parts or offset + compressed > start:
            return None
        parts[key] = Part(name, method, checksum, compressed, length, offset)
    return parts if position == end else None


def _read_any(data: bytes) -> dict[str, Part]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, struct.error, ValueError, OverflowError, NotImplementedError):
        raise Unreadable(_TRUNCATED) from None
    if len(found) > MOST_PARTS:
        raise Unreadable("压缩结构异常，内含文件过多")
    if any(item.flag_bits & 1 for item in found):
        raise Unreadable("文件已加密，需要密码才能打开")
    return {
        (name := item.filename.replace("\\", "/")).lower(): Part(
            name, item.compress_type, item.CRC, item.compress_size, item.file_size, item.header_offset
        )
        for item in found
    }


def inflate(data: bytes, part: Part, limit: int) -> bytes:
    """The part's content. Raises Unreadable where it is damaged or longer than `limit` bytes, whatever it claims."""
    content, ended = _unpack(data, part, limit + 1)
    if len(content) > limit:
        raise Unreadable("解压后内容过大，疑似压缩炸弹")
    if not ended:
        raise Unreadable(_TRUNCATED)
    return content


def peek(data: bytes, part: Part, length: int) -> bytes:
    """The first `length` bytes of the part's content, or all of it. Raises Unreadable where it is damaged."""
    return _unpack(data, part, length)[0]


def stream(data: bytes, part: Part, chunk: int = 1 << 20) -> Iterator[bytes]:
    """The part's content in pieces of at most `chunk` bytes. Raises Unreadable where it is damaged."""
    packed = _packed(data, part)
    if part.method == _STORED:
        for start in range(0, len(packed), chunk):
            yield bytes(packed[start : start + chunk])
        return
    inflater = zlib.decompressobj(-15)
    waiting: bytes | memoryview = packed
    while not inflater.eof:
        try:
            piece = inflater.decompress(waiting, chunk)
        except zlib.error:
            raise Unreadable(_DAMAGED) from None
        waiting = inflater.unconsumed_tail
        if not piece and not waiting:
            raise Unreadable(_TRUNCATED)
        yield piece


def _unpack(data: bytes, part: Part, limit: int) -> tuple[bytes, bool]:
    packed = _packed(data, part)
    if part.method == _STORED:
        return bytes(packed[:limit]), True
    inflater = zlib.decompressobj(-15)
    try:
        return inflater.decompress(packed, limit), inflater.eof
    except zlib.error:
        raise Unreadable(_DAMAGED) from None


def _packed(data: bytes, part: Part) -> memoryview:
    if data[part.offset : part.offset + 4] != _LOCAL or len(data) < part.offset + 30:
        raise Unreadable(_DAMAGED)
    if part.method not in (_STORED, _DEFLATED):
        raise Unreadable("压缩方式不受支持")
    name, extra = struct.unpack_from("<HH", data, part.offset + 26)
    start = part.offset + 30 + name + extra
    return memoryview(data)[start : start + part.compressed]


def pack(parts: Iterable[tuple[Part, bytes]]) -> bytes:
    """A zip that holds just these parts, not compressed."""
    pieces, directory, offset, count = [], [], 0, 0
    for part, content in parts:
        name, size = part.name.encode(), len(content)
        shared = (_STORED, 0, _JANUARY_1980, part.checksum, size, size, len(name), 0)
        local = _LOCAL_HEADER.pack(_LOCAL, _VERSION, 0, *shared)
        pieces += [local, name, content]
        directory += [_ENTRY_HEADER.pack(_ENTRY, _VERSION, _VERSION, 0, *shared, 0, 0, 0, 0, offset), name]
        offset += len(local) + len(name) + size
        count += 1
    entries = b"".join(directory)
    return b"".join([*pieces, entries, _END_RECORD.pack(_END, 0, 0, count, count, len(entries), offset, 0)])
