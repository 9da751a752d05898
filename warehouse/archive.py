"""The archive: every received file is kept under its digest before anything looks into it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from catalogue.errors import Refusal, Unavailable

_BLOCK = 1 << 20
_DRAFT = ".new-"


def archived_path(archive: Path, sha256: str) -> Path:
    """Where the bytes of that digest stand: two characters of it as folder, all of it as name."""
    return archive / sha256[:2] / sha256


def archived_text(archive: Path, sha256: str, text_sha256: str) -> Path:
    """Where the text extracted from a document stands: beside its bytes, named by both digests, so it never changes."""
    return archived_path(archive, sha256).with_name(f"{sha256}.{text_sha256[:16]}.txt")


def store_text(archive: Path, sha256: str, content: str) -> str:
    """The sha256 of the text (UTF-8), which stands in the archive beside the document's bytes, whole or not at all.

    Raises Refusal as `store` does.
    """
    data = content.encode("utf-8", "replace")
    digest = hashlib.sha256(data).hexdigest()
    target = archived_text(archive, sha256, digest)
    try:
        with _locked(archive, fcntl.LOCK_SH):
            if not target.exists():
                _put(data, archive, target)
    except OSError as error:
        raise Refusal(
            f"正文无法存入档案 {archive}（{error.strerror or error}）：请腾出磁盘空间或修正权限后重新收集。"
        ) from None
    return digest


def _put(data: bytes, archive: Path, target: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=archive, prefix=_DRAFT, delete=False) as copy:
        try:
            copy.write(data)
            copy.flush()
            os.fsync(copy.fileno())
            Path(copy.name).replace(target)
        finally:
            Path(copy.name).unlink(missing_ok=True)


def read_text(archive: Path, sha256: str, text_sha256: str) -> str:
    """The text extracted from the document, to which every offset refers. Raises Unavailable when it is not there."""
    path = archived_text(archive, sha256, text_sha256)
    try:
        return path.read_bytes().decode("utf-8")
    except OSError:
        raise Unavailable(f"档案中没有 {path.name}：请确认档案 {archive} 所在的磁盘可用后重新执行。") from None


def store(source: Path, archive: Path) -> str:
    """The sha256 of the file, whose bytes stand in the archive afterwards, whole or not at all.

    The copy is written beside its place, flushed to disk and renamed, so an interruption leaves no half file there.
    Raises Refusal when the file cannot be read or the archive cannot be written (disk full): nothing is lost, the
    file stays in the inbox.
    """
    try:
        archive.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as given, _locked(archive, fcntl.LOCK_SH):
            return _copy(given, archive)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refusal(
            f"{source.name} 无法存入档案 {archive}（{reason}）：请腾出磁盘空间或修正权限后重新收集，文件仍在收件箱中。"
        ) from None


def _copy(given: BinaryIO, archive: Path) -> str:
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=archive, prefix=_DRAFT, delete=False) as copy:
        try:
            while block := given.read(_BLOCK):
                digest.update(block)
                copy.write(block)
            copy.flush()
            os.fsync(copy.fileno())
            target = archived_path(archive, digest.hexdigest())
            if not target.exists():
                target.parent.mkdir(exist_ok=True)
                Path(copy.name).replace(target)
        finally:
            Path(copy.name).unlink(missing_ok=True)
    return digest.hexdigest()


def sweep(archive: Path) -> None:
    """What a killed collection had half copied is gone; left alone while another collection is writing."""
    with suppress(OSError), _locked(archive, fcntl.LOCK_EX | fcntl.LOCK_NB):
        for draft in archive.glob(f"{_DRAFT}*"):
            draft.unlink()


@contextmanager
def _locked(archive: Path, kind: int) -> Iterator[None]:
    """The folder is locked: shared by those who write, for one alone who sweeps. The lock ends with its process."""
    folder = os.open(archive, os.O_RDONLY)
    try:
        fcntl.flock(folder, kind)
        yield
    finally:
        os.close(folder)
