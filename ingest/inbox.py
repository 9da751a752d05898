"""What lies in the inbox and when it was received."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from catalogue.errors import Refusal

_LATEST = 2**63 - 1  # ns since 1970 the ledger can hold: the year 2262, for clocks that were set at random
_PASSED_OVER = ("~$", ".", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class InboxFile:
    """A file as it lies in the inbox; `file_name` is its posix path inside it."""

    path: Path
    file_name: str
    size: int
    modified_ns: int


def list_inbox(inbox: Path) -> Iterator[InboxFile]:
    """Every file below the inbox in order of name; office lock files, hidden and system files are passed over.

    Raises Refusal when there is no such folder.
    """
    if not inbox.is_dir():
        raise Refusal(f"收件箱 {inbox} 不是文件夹：请建好，或换一个。")
    for folder, folders, names in os.walk(inbox):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder) / name
            if name.startswith(_PASSED_OVER) or not path.is_file():
                continue
            state = path.stat()
            modified = max(-_LATEST, min(state.st_mtime_ns, _LATEST))
            yield InboxFile(path, path.relative_to(inbox).as_posix(), state.st_size, modified)


def read_received(path: Path) -> dict[str, datetime]:
    """file -> received_at from a CSV file with these two columns (local time). Raises Refusal naming the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise Refusal(f"{path} 无法按 UTF-8 读取：请另存为 CSV UTF-8，列为 file,received_at。") from None
    rows = csv.DictReader(text.splitlines())
    if not {"file", "received_at"} <= set(rows.fieldnames or ()):
        raise Refusal(f"{path} 应有 file 和 received_at 两列。")
    times = {}
    for line, row in enumerate(rows, start=2):
        try:
            moment = datetime.fromisoformat((row["received_at"] or "").strip())
        except ValueError:
            raise Refusal(f"{path} 第 {line} 行：“{row['received_at']}”不是 2025-02-01 14:22:44 这样的时间。") from None
        times[(row["file"] or "").strip().replace("\\", "/")] = moment.replace(tzinfo=None)
    return times


def received_at(file: InboxFile, times: dict[str, datetime], zone: ZoneInfo) -> datetime:
    """When the file was received, in local time: as the list says, else its modification time."""
    known = times.get(file.file_name)
    if known is not None:
        return known
    return datetime.fromtimestamp(file.modified_ns // 1_000_000_000, zone).replace(tzinfo=None)
