"""Which townships of the register a text names: by today's names, old names and aliases, the longest name first."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import lru_cache

from catalogue.register import Register, Township
from ingest.narrative.script import fold_characters

_OFTEN = 3  # how often a text must name another township than its title to be taken for that one's


@lru_cache(maxsize=4)
def _names(register: Register) -> tuple[re.Pattern[str] | None, dict[str, tuple[Township, ...]]]:
    known: dict[str, list[Township]] = {}
    for township in register.townships:
        for name in {township.name, *township.aliases}:
            known.setdefault(fold_characters(name), []).append(township)
    names = sorted((name for name in known if name), key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, names))) if names else None
    return pattern, {name: tuple(known[name]) for name in names}


def _counted(text: str, register: Register, year: int | None) -> Counter[str]:
    """Township code -> how often the text names it; of two that bore one name, the one that stood in the year."""
    pattern, known = _names(register)
    counts: Counter[str] = Counter()
    for name, count in Counter(pattern.findall(text) if pattern else ()).items():
        bearers = known[name]
        standing = [township for township in bearers if year and township.is_valid(date(year, 12, 31))]
        lasting = [township for township in bearers if township.valid_to is None]
        for code in {township.code for township in standing or lasting or bearers}:
            counts[code] += count
    return counts


def named_townships(title: str, text: str, register: Register, year: int | None) -> tuple[str, ...]:
    """Codes of the townships named in the title, else of those the body names most often (at least half as often)."""
    counts = _counted(title, register, year) or _counted(text, register, year)
    ranked = counts.most_common()
    return tuple(code for code, count in ranked if count * 2 > ranked[0][1])


def other_township(title: str, text: str, register: Register, year: int | None) -> tuple[str, str] | None:
    """The names of the township in the title and of another one that the body speaks of instead, if it does."""
    titled = _counted(title, register, year)
    body = _counted(text, register, year)
    body.subtract(titled)
    if len(titled) != 1 or not body:
        return None
    (own,) = titled
    other, count = body.most_common(1)[0]
    if other == own or count < _OFTEN or body[own] > 0:
        return None
    names = {township.code: township.name for township in register.townships}
    return names[own], names[other]
