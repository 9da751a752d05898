"""Older formats (.doc, .wps, .rtf, .odt) by way of LibreOffice, where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from ingest.narrative.problems import Unreadable

SECONDS = 120
_PROGRAMS = ("soffice", "libreoffice")
MISSING = "本机没有安装 LibreOffice,读不了 .doc、.wps 一类的旧格式;请用 Word 或 WPS 另存为 .docx 再交。"


def convert_to_docx(path: Path, data: bytes) -> bytes:
    """The document as .docx bytes. Raises Unreadable when LibreOffice is missing, fails or takes too long."""
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise Unreadable(MISSING)
    with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
        home = Path(folder)
        source = home / f"report{path.suffix.lower() or '.doc'}"
        source.write_bytes(data)
        made = home / "out" / "report.docx"
        command = [
            program, f"-env:UserInstallation={(home / 'profile').as_uri()}", "--headless", "--norestore",
            "--nolockcheck", "--convert-to", "docx", "--outdir", str(made.parent), str(source),
        ]  # fmt: skip
        if not _run(command):
            raise Unreadable("LibreOffice 转换超时,文件可能有问题;请另存为 .docx 再交。")
        if not made.is_file():
            raise Unreadable(
                "LibreOffice 打不开这个文件(可能没有装 LibreOffice Writer,或文件加了密码、已损坏);请另存为 .docx 再交。"
            )
        return made.read_bytes()


def _run(command: list[str]) -> bool:
    """False when the program and all it started had to be ended."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False
    return True
