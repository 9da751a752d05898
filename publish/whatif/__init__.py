"""What if the weights were others: a workbook that computes scores and ranks from weights anybody can change."""

from publish.whatif.book import write_what_if

__all__ = ["write_what_if"]
