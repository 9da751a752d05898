"""The bulletin as an official document (.docx) after GB/T 9704-2012; with Word's own charts and shaded tables."""

from publish.bulletin.letter.letter import write_letter

__all__ = ["write_letter"]
