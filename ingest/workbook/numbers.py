"""Numbers as clerks write them: full width, separators, units, Chinese numerals, approximations (synonyms.yaml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from catalogue.models import Synonyms
from catalogue.text import fold

_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_CHINESE = "[〇零一二两三四五六七八九十百千万亿点廿卅壹贰叁肆伍陆柒捌玖拾佰仟萬]+"
_TENS = str.maketrans({"廿": "二十", "卅": "三十", "萬": "万", "○": "〇", "。": ".", "−": "-"})
_LOOSE = re.compile("[一二两三四五六七八九]{2,3}")
_LONGEST = 40
_HALVES = re.compile(rf"({_ARABIC}|{_CHINESE})?(?:[天日个])?半[天日个]?", re.ASCII)


@dataclass(frozen=True)
class Quantity:
    """A number read from text; `percent` when it was written as one (the value is then per hundred)."""

    value: float
    approximate: bool = False
    percent: bool = False


def chinese_number(text: str) -> Decimal | None:
    """The number of a Chinese numeral (一百二十, 两, 廿三, 一点五, 二〇二五), or None where it is none.

    Two or three bare digits (三五, 二三) are none: they may as well mean "three to five".
    """
    text = text.translate(_TENS)
    if _LOOSE.fullmatch(text):
        return None
    import cn2an  # noqa: PLC0415 (slow to import, and most files have no such number)

    try:
        return Decimal(str(cn2an.cn2an(text, "normal")))
    except ValueError:
        return None


class NumberGrammar:
    """Reads numbers by the published units, multipliers and words of approximation."""

    def __init__(self, synonyms: Synonyms) -> None:
        self._multipliers = {fold(word): Decimal(factor) for word, factor in synonyms.multipliers.items()}
        before, after = (_any_of(synonyms.approximate[place]) for place in ("before", "after"))
        units, multipliers = _any_of(synonyms.units), _any_of(tuple(self._multipliers))
        self._pattern = re.compile(
            rf"(?P<before>{before})?(?P<sign>[-+负])?(?:(?P<arabic>{_ARABIC})|(?P<chinese>{_CHINESE}))"
            rf"(?P<after>{after})?(?P<multiplier>{multipliers})?(?P<after2>{after})?"
            rf"(?:(?P<percent>%)|{units}{{1,2}})?(?P<after3>{after})?",
            re.ASCII,
        )

    def read(self, text: str, *, money: bool = False) -> Quantity | None:
        """The number a cell's text states, or None where it states none.

        Multipliers (万) are taken on money only; inside a Chinese numeral 万 is a digit anywhere.
        """
        text = fold(text).translate(_TENS)
        if text.startswith("百分之"):
            text = text.removeprefix("百分之") + "%"
        if len(text) > _LONGEST:
            return None
        if not (found := self._pattern.fullmatch(text)):
            return _read_half(text)
        approximate = any(found[place] for place in ("before", "after", "after2", "after3"))
        number = _magnitude(found["arabic"], found["chinese"], lenient=approximate)
        if number is None or (found["multiplier"] and not (money or found["chinese"])):
            return None
        number *= self._multipliers.get(found["multiplier"] or "", Decimal(1))
        if found["sign"] in ("-", "负"):
            number = -number
        return Quantity(float(number), approximate, bool(found["percent"]))


def _any_of(words: tuple[str, ...]) -> str:
    return "(?:" + "|".join(re.escape(fold(word)) for word in sorted(words, key=len, reverse=True)) + ")"


def _magnitude(arabic: str | None, chinese: str | None, *, lenient: bool) -> Decimal | None:
    if arabic is not None:
        return Decimal(arabic.replace(",", ""))
    assert chinese is not None
    if lenient and chinese[0] in "百千万佰仟":  # 百余人: about one hundred
        chinese = "一" + chinese
    return chinese_number(chinese)


def _read_half(text: str) -> Quantity | None:
    """半天 and 一天半: sessions are counted in half days."""
    if not (found := _HALVES.fullmatch(text)):
        return None
    if found[1] is None:
        return Quantity(0.5)
    whole = chinese_number(found[1]) if not found[1][0].isdigit() else Decimal(found[1].replace(",", ""))
    return None if whole is None else Quantity(float(whole) + 0.5)
