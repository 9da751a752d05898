"""Chinese and Arabic numerals read as numbers."""

from __future__ import annotations

from functools import lru_cache

import cn2an

_SCALE = {"": 1, "十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_DIGITS = "零〇一二两三四五六七八九"
_UNITS = "十百千万亿廿卅"


@lru_cache(maxsize=20_000)
def read_numeral(text: str) -> float | None:
    """The number a numeral stands for, without its measure word; None when it is none.

    Read: 327, 1,870, 8.7, 3万, 1.2亿, 一百二十, 两, 廿三, 六万三千, 二百五 (250), 九十八点五,
    and 百, 千, 万 alone (for 近百, 上千).
    Not read: 三四 (a range of two digits), 二〇二三 (a year), 几, 数十, 半.
    """
    digits = text.rstrip("十百千万亿")
    scale = text[len(digits) :]
    if digits and digits.replace(",", "").replace(".", "", 1).isdigit() and digits.isascii():
        return float(digits.replace(",", "")) * _product(scale)
    if not text or any(char not in _DIGITS + _UNITS + "点" for char in text):
        return None
    if text[0] in "百千万亿":
        text = "一" + text
    if not any(char in _UNITS for char in text.split("点")[0]) and len(text.split("点")[0]) > 1:
        return None
    try:
        return float(cn2an.cn2an(text.replace("〇", "零"), "normal"))
    except ValueError:
        return None


def _product(scale: str) -> float:
    value = 1.0
    for unit in scale:
        value *= _SCALE[unit]
    return value
