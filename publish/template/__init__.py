"""The official monthly workbook: what the county sends to a township to be filled in."""

from publish.template.workbook import write_template

__all__ = ["write_template"]
