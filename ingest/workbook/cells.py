"""One cell's value: what it was read as, or the rule that says why it cannot be read (rules C02 to C08)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from catalogue.models import Field, Synonyms
from catalogue.text import fold
from ingest.workbook.dates import EPOCH_1900, EPOCH_1904, MonthDay, as_serial, read_date, read_period, read_serial
from ingest.workbook.numbers import NumberGrammar, Quantity
from ingest.workbook.received import FormulaError

TEXT_MARKS = ("'", "＇")  # Excel's sign of text, where a program wrote it into the cell itself
ERROR_WORDS = frozenset({"#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
_YES = "是"
LARGEST_COUNT = 10.0**15  # no township counts that far, and beyond it a number cell is no longer exact
_RATE_EXPECTED = "0 到 1 之间的数或百分数"
_EXPECTED = {
    "count": "非负整数",
    "number": "不小于 0 的数",
    "money_yuan": "不小于 0 的金额（元）",
    "rate": _RATE_EXPECTED,
}


class Typed(NamedTuple):
    """A cell's typed value (None where empty or not typable), its rule if it has one, and the rule's detail."""

    value: object
    rule: str | None = None
    detail: str | None = None


EMPTY = Typed(None)
Parse = Callable[[object], Typed]


def as_text(value: object) -> str:
    """The cell's text as a clerk sees it: 12, 0.989, 2025-01-03, TRUE."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return value.text if isinstance(value, FormulaError) else str(value)


@dataclass(frozen=True)
class CellGrammar:
    """Reads single cells by the form's types and the published synonyms. `around`: a day near the returns' months."""

    synonyms: Synonyms
    numbers: NumberGrammar
    blanks: frozenset[str]
    around: date

    @classmethod
    def of(cls, synonyms: Synonyms, around: date) -> CellGrammar:
        """The grammar of the published synonyms."""
        blanks = frozenset({""} | {fold(mark) for mark in synonyms.blank_marks})
        return cls(synonyms, NumberGrammar(synonyms), blanks, around)

    def is_blank(self, value: object) -> bool:
        """True for an empty cell, for blanks, and for a published blank mark."""
        return isinstance(value, str) and (
            not value or (len(value) < 20 and fold(value) in self.blanks) or _void(value)
        )

    def parser(self, sheet_code: str, field: Field, *, epoch_1904: bool = False) -> Parse:
        """The function that types any cell of the field."""
        read = self._reader(sheet_code, field, EPOCH_1904 if epoch_1904 else EPOCH_1900)
        marked = field.is_numeric or field.type in ("date", "code") or (sheet_code, field.code) == ("cover", "period")

        def parse(value: object) -> Typed:
            if isinstance(value, FormulaError):
                return Typed(None, "C08", value.detail)
            if isinstance(value, str):
                if self.is_blank(value):
                    return EMPTY
                if value.startswith("#") and fold(value).upper() in ERROR_WORDS:
                    return Typed(None, "C08", f"公式结果为错误值 {fold(value)}")
                if marked and value.startswith(TEXT_MARKS):
                    typed = read(value[1:])
                    return typed if typed.rule else Typed(typed.value, "C07", as_text(typed.value))
            return read(value)

        return parse

    def _reader(self, sheet_code: str, field: Field, epoch: date) -> Parse:
        if field.type == "date":
            return lambda value: self._date(value, epoch)
        if field.type == "flag":
            words = {fold(word): choice for choice, words in self.synonyms.flags.items() for word in words}
            return lambda value: _flag(_word(value, words, tuple(self.synonyms.flags)))
        if field.type == "choice":
            published = self.synonyms.choices.get(f"{sheet_code}.{field.code}", {})
            words = {fold(word): choice for word, choice in published.items()}
            words |= {fold(choice): choice for choice in field.choices}
            return lambda value: _word(value, words, field.choices)
        if field.is_numeric:
            return lambda value: self._number(value, field)
        if (sheet_code, field.code) == ("cover", "period"):
            return lambda value: _period(value, epoch, self.around)
        return _code if field.type == "code" else _text

    def _number(self, value: object, field: Field) -> Typed:
        expected = _EXPECTED[field.type]
        if isinstance(value, float):
            quantity, found = Quantity(_as_shown(value) if field.type == "count" else value), as_text(value)
        elif isinstance(value, str) and (read := self.numbers.read(value, money=field.type == "money_yuan")):
            quantity, found = read, None
        else:
            return Typed(None, "C02", expected)
        number = quantity.value
        if not math.isfinite(number) or (quantity.percent and field.type != "rate"):
            return Typed(None, "C02", expected)
        if number < 0 or (field.type == "count" and not (number.is_integer() and number <= LARGEST_COUNT)):
            return Typed(None, "C03", expected)
        if field.type == "rate":
            if number > 100:
                return Typed(None, "C05", expected)
            if quantity.percent or number > 1:
                number = round(number / 100, 12)
        text = as_text(number)
        if quantity.approximate:
            return Typed(number, "C06", text)
        return Typed(number) if text == found else Typed(number, "C07", text)

    def _date(self, value: object, epoch: date) -> Typed:
        wrong = Typed(None, "C04", "真实存在的日期，年、月、日齐全")
        if isinstance(value, datetime):
            day = value.date()
            return Typed(day) if value.time() == time() else Typed(day, "C07", day.isoformat())
        if isinstance(value, date):
            return Typed(value)
        if isinstance(value, float):
            serial: float | None = value
        elif isinstance(value, str):
            read = read_date(value, self.around)
            if isinstance(read, MonthDay):
                return Typed(read, "C07")
            if read is not None:
                return Typed(read) if read.isoformat() == value else Typed(read, "C07", read.isoformat())
            serial = as_serial(value)
        else:
            return wrong
        found = None if serial is None else read_serial(serial, epoch, self.around)
        return wrong if found is None else Typed(found, "C07", found.isoformat())


def _as_shown(number: float) -> float:
    """The number to the 15 digits a spreadsheet works with: 7.000000000000001, the sum of fractions, is shown as 7."""
    return number if number.is_integer() or not math.isfinite(number) else float(f"{number:.15g}")


def _void(text: str) -> bool:
    return not text.strip() or not fold(text)


def _changed(value: object, text: str) -> Typed:
    return Typed(text) if not isinstance(value, str) or text == value else Typed(text, "C07", text)


def _text(value: object) -> Typed:
    return _changed(value, as_text(value).strip())


def _code(value: object) -> Typed:
    return _changed(value, fold(as_text(value)))


def _flag(word: Typed) -> Typed:
    return word._replace(value=word.value == _YES) if word.value is not None else word


def _word(value: object, words: dict[str, str], choices: tuple[str, ...]) -> Typed:
    choice = words.get(fold(as_text(value)))
    if choice is None:
        return Typed(None, "C05", "、".join(choices))
    return Typed(choice) if value == choice else Typed(choice, "C07", choice)


def _period(value: object, epoch: date, around: date) -> Typed:
    """The month as YYYY-MM where the cell states one, else the text as it stands (the cover's F03 judges it)."""
    text = as_text(value).strip()
    if isinstance(value, datetime | date):
        period: str | None = text[:7]
    elif isinstance(value, float) and "." in text and len(text) < 7:
        period = None  # 2025.1 as a number may have been 2025.10
    elif isinstance(value, timedelta | time):
        period = None
    else:
        period = read_period(text)
        serial = as_serial(text)
        if period is None and serial is not None and (day := read_serial(serial, epoch, around)):
            period = day.isoformat()[:7]
    if period is None:
        return _changed(value, text)
    return Typed(period) if period == value else Typed(period, "C07", period)
