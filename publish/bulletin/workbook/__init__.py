"""The bulletin as a workbook (.xlsx): ranks, points and figures by formulas that recompute, sources, native charts."""

from publish.bulletin.workbook.book import write_book

__all__ = ["write_book"]
