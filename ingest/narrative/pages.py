"""Text of a PDF, read by PDFium in a process of its own: a hostile file costs only itself."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from ingest.narrative.problems import Unreadable

SECONDS = 60
MEMORY = 2 << 30
MOST_PAGES = 1_000
_ROOT = Path(__file__).resolve().parents[2]
_LEAST_CHARACTERS = 8  # a page with fewer is a picture
_PASSWORD, _DAMAGED = 3, 4


def read_pdf(path: Path) -> str:
    """The text, one line a printed line. Raises Unreadable for scans, locked and broken files."""
    command = "import sys; sys.path.insert(0, sys.argv[1]); from ingest.narrative.pages import main; main(sys.argv[2])"
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", command, str(_ROOT), str(path)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unreadable("PDF 读取超时,内容过大或结构异常,请另存为 Word 再交。") from None
    if done.returncode == _PASSWORD:
        raise Unreadable("PDF 加了密码,请去掉密码后再交。")
    if done.returncode:
        raise Unreadable("PDF 已损坏或结构异常,打不开;请重新导出一份再交。")
    pages = done.stdout.decode("utf-8", errors="replace").split("\f")
    text = "\n".join(pages)
    if len("".join(text.split())) < _LEAST_CHARACTERS * len(pages):
        raise Unreadable("这是扫描件(图片),没有可读的文字,请交可编辑的 Word 或带文字的 PDF。")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def main(path: str) -> None:
    """Writes the pages' text to stdout, parted by form feeds; the exit code says why there is none."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415 (only the limited process loads it)

    try:
        document = pypdfium2.PdfDocument(path)
        pages = [
            document[number].get_textpage().get_text_bounded().replace("\f", "")
            for number in range(min(len(document), MOST_PAGES))
        ]
    except pypdfium2.PdfiumError as error:
        sys.exit(_PASSWORD if "assword" in str(error) else _DAMAGED)
    sys.stdout.buffer.write("\f".join(pages).encode("utf-8", errors="replace"))
