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
                    raise Refusal(f"名录中 {code} 的两段有效期重叠：请让前一段在 {later.valid_from} 之前结束。")
        for township in self.townships:
            if township.successor_code and township.successor_code not in self._by_code:
                raise Refusal(f"名录中 {township.code} 的承继代码 {township.successor_code} 不在名录内，请补上。")

    @classmethod
    def read(cls, path: Path) -> Register:
        """The register in a CSV file (UTF-8 or GB18030) with COLUMNS. Raises Refusal naming line and fix."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Refusal(f"名录 {path} 无法读取（{error.strerror}），请检查路径。") from None
        rows = list(csv.DictReader(io.StringIO(_decode(data, path))))
        missing = [column for column in COLUMNS if rows and column not in rows[0]]
        if not rows or missing:
            lack = f"缺少 {', '.join(missing)} 列" if rows else "没有数据行"
            raise Refusal(f"名录 {path} {lack}；应有 {', '.join(COLUMNS)}。")
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
    raise Refusal(f"名录 {path} 不是 UTF-8 或 GB18030 文本，请另存为 CSV UTF-8。")


def _township(row: dict[str, str], line: int) -> Township:
    text = {column: (row.get(column) or "").strip() for column in COLUMNS}
    code, kind = fold(text["township_code"]), text["kind"]
    if not re.fullmatch(r"\d{9}", code):
        raise Refusal(f"名录第 {line} 行：行政区划代码“{code}”不是 9 位数字。")
    if kind not in KINDS:
        raise Refusal(f"名录第 {line} 行：类别“{kind}”应为 {'、'.join(KINDS)} 之一。")
    if not text["name"]:
        raise Refusal(f"名录第 {line} 行：没有名称。")
    if text["population"] and not text["population"].isdigit():
        raise Refusal(f"名录第 {line} 行：人口“{text['population']}”不是整数。")
    valid_from, valid_to = _day(text["valid_from"], line), _day(text["valid_to"], line)
    if valid_from is None or (valid_to is not None and valid_to < valid_from):
        raise Refusal(f"名录第 {line} 行：没有 valid_from，或 valid_to 早于它。")
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
        raise Refusal(f"名录第 {line} 行：“{text}”不是 2016-01-31 这样的日期。") from None
