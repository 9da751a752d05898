"""`taizhang extract`: facts of narrative reports as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from catalogue.errors import Refusal
from catalogue.register import Register
from ingest.narrative import Fact, read_document, read_reports


def _to_stderr(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def run_extract(
    files: Sequence[Path],
    as_json: bool = True,
    tell: Callable[[str], None] = _to_stderr,
    register: Path | None = None,
) -> Iterator[str]:
    """One JSON object a line for every fact (contract: interface.md); the lines are the same with and without --json.

    What is wrong with a document (scan, wrong body, old year; with a register also: no or several townships) goes to
    `tell` as a sentence; the next file is read. Raises Refusal before any output when a path is no file.
    """
    del as_json  # the command has one output format
    known = Register.read(register) if register else None
    missing = [path for path in files if not path.is_file()]
    if missing:
        raise Refusal(f"没有这个文件:{missing[0]};请检查路径。")
    for path in files:
        document = read_document(path)
        if document.problem:
            tell(f"{path}:{document.problem}")
            continue
        for report in read_reports(document.text, register=known):
            for problem in report.identity.problems:
                tell(f"{path}:{problem}")
            for fact in report.facts:
                yield json.dumps(_line(path, fact), ensure_ascii=False)


def _line(path: Path, fact: Fact) -> dict[str, object]:
    return {
        "file": path.as_posix(),
        "indicator": fact.indicator,
        "value": fact.value,
        "unit": fact.unit,
        "approx": fact.approx,
        "period_text": fact.period_text,
        "scope": fact.scope,
        "confidence": fact.confidence,
        "quote": fact.quote,
        "start": fact.start,
        "end": fact.end,
    }
