"""Narrative reports (Word, PDF, HTML, text) read into facts, each with the sentence it comes from."""

from __future__ import annotations

from ingest.narrative.facts import Fact
from ingest.narrative.reading import read_text

__all__ = ["Fact", "read_text"]
