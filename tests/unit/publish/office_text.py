"""Everything that can be read in a file of a publication, whatever its format; parts inside parts as well."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

_TAG = re.compile(r"<[^>]+>")


def text_of(content: bytes) -> str:
    """The file's words, attributes and all parts of packages included."""
    if not content.startswith(b"PK"):
        return html.unescape(content.decode())
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return "\n".join(_part(package.read(name)) for name in package.namelist())


def _part(content: bytes) -> str:
    if content.startswith(b"PK"):
        return text_of(content)
    try:
        marked = content.decode()
    except UnicodeDecodeError:
        return ""
    return html.unescape(marked) + "\n" + html.unescape(_TAG.sub("", marked))  # words split over runs are joined


def texts(paths: Iterable[Path]) -> dict[str, str]:
    """The words of every file by its name."""
    return {path.name: text_of(path.read_bytes()) for path in paths}
