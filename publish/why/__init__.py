"""Why a unit stands where it stands: its page and its own sheet, down to file, sheet, row and column."""

from publish.why.page import write_why_page
from publish.why.sheet import write_self_check

__all__ = ["write_self_check", "write_why_page"]
