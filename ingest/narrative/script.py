"""Characters made comparable one by one: half-width digits, Chinese punctuation, simplified script."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import opencc

_PUNCTUATION = {
    "(": "（", ")": "）", ":": "：", ";": "；", "?": "？", "!": "！", "％": "%", "﹪": "%",
    "．": ".", "～": "~", "〜": "~", "—": "—", "–": "-", "－": "-", "─": "-", "﹣": "-", "∶": "：",
    "“": "“", "”": "”", "「": "“", "」": "”", "『": "“", "』": "”", "\u3000": " ", "\xa0": " ",
    "\u2002": " ", "\u2003": " ", "\u2009": " ", "｜": "|", "／": "/", "Ｘ": "X", "ｘ": "x", "＊": "*",
    "兩": "两", "贰": "二", "叁": "三", "肆": "四", "伍": "五", "陆": "六", "柒": "七", "捌": "八",
    "玖": "九", "拾": "十", "佰": "百", "仟": "千", "壹": "一", "○": "〇", "餘": "余", "㎡": "m",
}  # fmt: skip
_HAN = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0xF900, 0xFAFF))
_FINANCIAL_IN_NAMES = "伍陆"  # surnames and place names far more often than figures


@lru_cache(maxsize=1)
def character_table() -> dict[str, str]:
    """Character -> one replacement character; every mapping keeps the length of a text."""
    han = [chr(code) for first, last in _HAN for code in range(first, last + 1)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    table = {char: to for char, to in zip(han, simplified, strict=True) if len(to) == 1}
    for offset in range(10):
        table[chr(0xFF10 + offset)] = str(offset)
    for offset in range(26):
        table[chr(0xFF21 + offset)] = chr(ord("A") + offset)
        table[chr(0xFF41 + offset)] = chr(ord("a") + offset)
    table |= {char: to for char, to in _PUNCTUATION.items() if char not in _FINANCIAL_IN_NAMES}
    return {char: to for char, to in table.items() if char != to}


@lru_cache(maxsize=1)
def _folder() -> Callable[[str], str]:
    table = character_table()
    folded = re.compile("[" + "".join(map(re.escape, table)) + "]")
    return lambda text: folded.sub(lambda found: table[found[0]], text)


def fold_characters(text: str) -> str:
    """The text in simplified script, half-width digits and Chinese punctuation; as long as it was."""
    return _folder()(text)
