"""A folder of pages that is never half written: every file is replaced as a whole, the entrance last."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock, Timeout

from catalogue.errors import Refusal

ENTRANCE = "index.html"
MARK = b'<meta name="generator" content="taizhang">'
_OURS = {"month": re.compile(r"\d{4}-\d{2}\.html"), "township": re.compile(r"\d{9}\.html")}
_HEAD = 1_000  # bytes of a page among which the mark stands
_PATIENCE = 120  # seconds another build may take


def write_pages(folder: Path, pages: Mapping[str, bytes]) -> tuple[str, ...]:
    """The pages (path below the folder -> bytes) stand there; the names of our older pages that were removed.

    Interrupted at any point, every page is the old one or the new one. Files that are not ours are not touched.
    Raises Refusal when the folder cannot be written or another build does not end.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".building", timeout=_PATIENCE):
            for name in sorted(pages, key=lambda name: (name == ENTRANCE, name)):
                _replace(folder / name, pages[name])
            return _remove_others(folder, pages)
    except Timeout:
        raise Refusal(f"另一个程序正在更新 {folder}，一直没有结束：请稍后再试。") from None
    except OSError as error:
        raise Refusal(f"{folder} 无法写入（{error.strerror}）：请检查权限和磁盘空间，或换一个文件夹。") from None


def _replace(target: Path, content: bytes) -> None:
    target.parent.mkdir(exist_ok=True)
    draft = target.with_name(f".{target.name}.new")
    draft.write_bytes(content)
    draft.replace(target)


def _remove_others(folder: Path, pages: Mapping[str, bytes]) -> tuple[str, ...]:
    removed = []
    for below, pattern in _OURS.items():
        for file in sorted((folder / below).glob("*.html")):
            name = f"{below}/{file.name}"
            if name not in pages and pattern.fullmatch(file.name) and _is_ours(file):
                file.unlink()
                removed.append(name)
    return tuple(removed)


def _is_ours(file: Path) -> bool:
    with file.open("rb") as content:
        return MARK in content.read(_HEAD)
