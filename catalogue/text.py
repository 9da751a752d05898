"""How text is compared everywhere (contract: synonyms.yaml, head)."""

import re
import unicodedata
from functools import lru_cache

_BLANK = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff\u00ad]+")


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """The text in half width (NFKC) without blanks and line breaks; brackets of both widths are then equal."""
    if text.isascii() and text.isalnum():
        return text
    return _BLANK.sub("", unicodedata.normalize("NFKC", text))
