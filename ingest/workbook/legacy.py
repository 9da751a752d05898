"""What calamine does not show of an .xls file: error cells and the date system ([MS-XLS] 2.4.24, 2.4.77, 2.4.127)."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import olefile  # type: ignore[import-untyped]

from ingest.workbook.received import Unreadable

_BOF, _EOF, _BOUNDSHEET, _FORMULA, _BOOLERR, _DATEMODE = 0x809, 0x0A, 0x85, 0x06, 0x205, 0x22
_LARGEST_STREAM = 256 << 20
_WORDS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def uses_1904(data: bytes) -> bool:
    """True where the workbook counts its dates from 1904."""
    return any(kind == _DATEMODE and body[:2] == b"\x01\x00" for kind, body in _records(_stream(data), 0))


def xls_errors(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """The error cells by sheet name, row and column (0-based): the error's word."""
    stream = _stream(data)
    sheets = [_sheet(body) for kind, body in _records(stream, 0) if kind == _BOUNDSHEET and len(body) > 8]
    found = {name: dict(_errors(stream, start)) for name, start in sheets}
    return {name: errors for name, errors in found.items() if errors}


def _stream(data: bytes) -> bytes:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            name = next((name for name in ("Workbook", "Book") if ole.exists(name)), None)
            if name is None or ole.get_size(name) > _LARGEST_STREAM:
                raise Unreadable("不是工作簿，或内容过大")
            content: bytes = ole.openstream(name).read()
    except (OSError, ValueError, IndexError, struct.error):
        raise Unreadable("文件已损坏，工作簿无法解析") from None
    return content


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of the substream that begins at `start`, up to its end."""
    depth = 0
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        depth += (kind == _BOF) - (kind == _EOF)
        yield kind, stream[start + 4 : start + 4 + length]
        start += 4 + length
        if depth <= 0:
            return


def _sheet(body: bytes) -> tuple[str, int]:
    start, _, _, length, wide = struct.unpack_from("<IBBBB", body)
    name = (
        body[8 : 8 + length * 2].decode("utf-16-le", "replace") if wide & 1 else body[8 : 8 + length].decode("latin-1")
    )
    return name, start


def _errors(stream: bytes, start: int) -> Iterator[tuple[tuple[int, int], str]]:
    for kind, body in _records(stream, start):
        if kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
            code = body[8]
        elif kind == _BOOLERR and len(body) >= 8 and body[7] == 1:
            code = body[6]
        else:
            continue
        row, column = struct.unpack_from("<HH", body)
        yield (row, column), _WORDS.get(code, "#N/A")
