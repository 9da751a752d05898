"""The dated register of townships: who reports, under which name and code, from when to when."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from catalogue.errors import Refusal
from catalogue.text import fold

COLUMNS = ("township_code", "name", "kind", "aliases", "population", "valid_from", "valid_to", "successor_code")
KINDS = ("乡", "镇", "街道", "民族乡", "苏木", "民族苏木")


@dataclass(frozen=True)
class Township:
    """A township within one validity interval; `valid_to` is its last day, None while it stands."""

    code: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    population: int | None
    valid_from: date
    valid_to: date | None
    successor_code: str | None

    @property
    def holds_congress(self) -> bool:
        """Street offices hold no congress (地方组织法)."""
        return self.kind != "街道"

    def is_valid(self, on: date) -> bool:
        """True when the interval holds the day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def is_called(self, name: str) -> bool:
        """True when the folded name is the township's name or one of its aliases."""
        return fold(name) in {fold(known) for known in (self.name, *self.aliases)}


class Register:
    """All townships' intervals. A code has at most one interval on any day."""

    def __init__(self, townships: Iterable[Township]) -> None:
        self.townships = tuple(sorted(townships, key=lambda item: (item.code, item.valid_from)))
        self._by_code: dict[str, list[Township]] = {}
        for township in self.townships:
            self._by_code.setdefault(township.code, []).append(township)
        self._check()

    def _check(self) -> None:
        for code, intervals in self._by_code.items():
            for earlier, later in pairwise(intervals):
                if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
                    raise Refusal(f"Register: two intervals of {code} overlap; end one before {later.valid_from}.")
        for township in self.townships:
            if township.successor_code and township.successor_code not in self._by_code:
                raise Refusal(f"Register: {township.code} names an unknown successor {township.successor_code}.")

    @classmethod
    def read(cls, path: Path) -> Register:
        """The register in a CSV file (UTF-8 or GB18030) with COLUMNS. Raises Refusal naming line and fix."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Refusal(f"The register {path} cannot be read ({error.strerror}); check the path.") from None
        rows = list(csv.DictReader(io.StringIO(_decode(data, path))))
        missing = [column for column in COLUMNS if rows and column not in rows[0]]
        if not rows or missing:
            lack = f"lacks the columns {', '.join(missing)}" if rows else "has no rows"
            raise Refusal(f"The register {path} {lack}; it needs {', '.join(COLUMNS)}.")
        return cls(_township(row, number) for number, row in enumerate(rows, start=2))

    def find(self, code: str, on: date) -> Township | None:
        """The township of that code whose interval holds the day, or None."""
        return next((item for item in self._by_code.get(code, ()) if item.is_valid(on)), None)

    def known(self, code: str) -> bool:
        """True when the code stands in the register, at whatever time."""
        return code in self._by_code


def _decode(data: bytes, path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal(f"The register {path} is neither UTF-8 nor GB18030 text; save it as CSV UTF-8.")


def _township(row: dict[str, str], line: int) -> Township:
    text = {column: (row.get(column) or "").strip() for column in COLUMNS}
    code, kind = fold(text["township_code"]), text["kind"]
    if not re.fullmatch(r"\d{9}", code):
        raise Refusal(f"Register line {line}: the township code “{code}” has not 9 digits.")
    if kind not in KINDS:
        raise Refusal(f"Register line {line}: the kind “{kind}” is none of {'、'.join(KINDS)}.")
    if not text["name"]:
        raise Refusal(f"Register line {line}: the name is missing.")
    if text["population"] and not text["population"].isdigit():
        raise Refusal(f"Register line {line}: the population “{text['population']}” is no whole number.")
    valid_from, valid_to = _day(text["valid_from"], line), _day(text["valid_to"], line)
    if valid_from is None or (valid_to is not None and valid_to < valid_from):
        raise Refusal(f"Register line {line}: valid_from is missing, or valid_to lies before it.")
    return Township(
        code=code,
        name=text["name"],
        kind=kind,
        aliases=tuple(part for part in re.split(r"[;；|、,，]\s*", text["aliases"]) if part),
        population=int(text["population"]) if text["population"] else None,
        valid_from=valid_from,
        valid_to=valid_to,
        successor_code=text["successor_code"] or None,
    )


def _day(text: str, line: int) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal(f"Register line {line}: “{text}” is not a date like 2016-01-31.") from None
