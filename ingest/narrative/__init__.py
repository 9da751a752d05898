"""Narrative reports (Word, PDF, HTML, text) read into facts, each with the sentence it comes from."""

from __future__ import annotations

from pathlib import Path

from catalogue.errors import Refusal
from ingest.narrative.documents import Document, read_document
from ingest.narrative.facts import Fact
from ingest.narrative.identity import Identity
from ingest.narrative.reading import ASK_BELOW, Report, read_reports, read_text

__all__ = [
    "ASK_BELOW",
    "Document",
    "Fact",
    "Identity",
    "Report",
    "extract",
    "read_document",
    "read_reports",
    "read_text",
]


def extract(path_or_text: Path | str) -> list[Fact]:
    """The facts of a report given as a file or as text, in order of place; none for a paper of another body.

    A string is a text, never a file name. Raises Refusal with the document's problem when a file cannot be read.
    """
    if isinstance(path_or_text, str):
        return read_text(path_or_text)
    document = read_document(path_or_text)
    if document.problem:
        raise Refusal(f"{path_or_text.name}:{document.problem}")
    return read_text(document.text)
