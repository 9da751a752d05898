"""The inbox, the archive and the dealing of files into chunks."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from catalogue.errors import Refusal
from ingest import planning
from ingest.inbox import list_inbox, read_received, received_at
from warehouse.archive import archived_path, store


def test_inbox_lists_files_in_order_and_passes_over_lock_and_hidden_files(tmp_path: Path) -> None:
    for name in ("b.xlsx", "一月/a.xlsx", "~$b.xlsx", ".hidden.xlsx", ".git/x.xlsx", "Thumbs.db"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    assert [file.file_name for file in list_inbox(tmp_path)] == ["b.xlsx", "一月/a.xlsx"]


def test_a_missing_inbox_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="nowhere"):
        list(list_inbox(tmp_path / "nowhere"))


def test_received_times_win_over_the_file_s_own(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x")
    (tmp_path / "received.csv").write_text("﻿file,received_at\na.xlsx,2025-02-01 14:22:44\n", encoding="utf-8")
    file = next(item for item in list_inbox(tmp_path) if item.file_name == "a.xlsx")
    zone = ZoneInfo("Asia/Shanghai")
    assert received_at(file, read_received(tmp_path / "received.csv"), zone) == datetime(2025, 2, 1, 14, 22, 44)
    assert received_at(file, {}, zone) == datetime.fromtimestamp(file.modified_ns // 10**9, zone).replace(tzinfo=None)


@pytest.mark.parametrize("text", ["name,when\n", "file,received_at\na.xlsx,morgen\n"])
def test_a_broken_list_of_received_times_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "received.csv").write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=r"received\.csv"):
        read_received(tmp_path / "received.csv")


def test_the_archive_keeps_bytes_under_their_digest_once(tmp_path: Path) -> None:
    source, archive = tmp_path / "月报.xlsx", tmp_path / "archive"
    source.write_bytes(b"content")
    digest = store(source, archive)
    assert digest == hashlib.sha256(b"content").hexdigest() == store(source, archive)
    kept = [path for path in archive.rglob("*") if path.is_file()]
    assert kept == [archived_path(archive, digest)]
    assert kept[0].read_bytes() == b"content"


def test_a_file_that_cannot_be_read_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"gone\.xlsx"):
        store(tmp_path / "gone.xlsx", tmp_path / "archive")
    assert not [path for path in (tmp_path / "archive").rglob("*") if path.is_file()]


def _entries(count: int, townships: int) -> list[dict[str, Any]]:
    return [
        {
            "file_name": f"{n}.xlsx",
            "received_at": f"2025-02-{1 + n % 28:02d}T08:00:00",
            "township": f"9901{n % townships:05d}" if townships else "",
        }
        for n in range(count)
    ]


def test_chunks_never_split_a_township() -> None:
    groups = planning._deal(_entries(600, 10), 100, workers=2)
    homes: dict[str, set[int]] = {}
    for number, files in enumerate(groups):
        for entry in files:
            homes.setdefault(entry["township"], set()).add(number)
    assert sum(map(len, groups)) == 600
    assert len(groups) == 6
    assert all(len(numbers) == 1 for numbers in homes.values())


@pytest.mark.parametrize(
    ("count", "workers", "chunks"), [(1, 2, 1), (499, 2, 1), (2063, 2, 2), (1040, 1, 1), (43000, 2, 44), (4000, 16, 16)]
)
def test_every_worker_gets_the_same_number_of_chunks_of_about_the_same_size(
    count: int, workers: int, chunks: int
) -> None:
    """No small chunk is left over at the end: it would cost the suites' fixed time and leave the others waiting."""
    sizes = [len(files) for files in planning._deal(_entries(count, 1 + count // 12), 1000, workers)]
    assert (sum(sizes), len(sizes)) == (count, chunks)
    assert max(sizes) - min(sizes) <= 24  # a township or two


def test_files_of_no_township_do_not_all_end_up_in_one_chunk() -> None:
    sizes = [len(files) for files in planning._deal(_entries(5000, 0), 1000, workers=2)]
    assert sum(sizes) == 5000
    assert max(sizes) <= 1500


def test_no_files_make_no_chunk() -> None:
    assert planning._deal([], 1000, workers=2) == []
