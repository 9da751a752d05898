"""The archive: every received file is kept under its digest before anything looks into it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from catalogue.errors import Refusal

_BLOCK = 1 << 20


def archived_path(archive: Path, sha256: str) -> Path:
    """Where the bytes of that digest stand: two characters of it as folder, all of it as name."""
    return archive / sha256[:2] / sha256


def store(source: Path, archive: Path) -> str:
    """The sha256 of the file, whose bytes stand in the archive afterwards, whole or not at all.

    The copy is written beside its place, flushed to disk and renamed, so an interruption leaves no half file there.
    Raises Refusal when the file cannot be read or the archive cannot be written (disk full): nothing is lost, the
    file stays in the inbox.
    """
    archive.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    temporary: str | None = None
    try:
        with source.open("rb") as given, tempfile.NamedTemporaryFile(dir=archive, prefix=".new-", delete=False) as copy:
            temporary = copy.name
            while block := given.read(_BLOCK):
                digest.update(block)
                copy.write(block)
            copy.flush()
            os.fsync(copy.fileno())
        target = archived_path(archive, digest.hexdigest())
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            Path(temporary).replace(target)
            temporary = None
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refusal(
            f"{source.name} 无法存入档案 {archive}（{reason}）：请腾出磁盘空间或修正权限后重新收集，文件仍在收件箱中。"
        ) from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
    return digest.hexdigest()
