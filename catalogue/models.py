"""The declared things as typed, frozen objects. They are made by `catalogue.loading` only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from catalogue.errors import CatalogueError

FieldType = Literal["text", "code", "number", "count", "money_yuan", "rate", "date", "flag", "choice"]
Severity = Literal["hard", "warn", "info"]
Scope = Literal["file", "cell", "row", "sheet", "workbook", "series", "county"]


@dataclass(frozen=True)
class Field:
    """A column of a table sheet or a labelled cell of a key-value sheet."""

    code: str
    label: str
    type: FieldType
    required: bool = False
    personal: bool = False
    choices: tuple[str, ...] = ()
    references: str | None = None
    note: str | None = None

    @property
    def is_numeric(self) -> bool:
        """True where the typed value is a float64."""
        return self.type in ("number", "count", "money_yuan", "rate")


@dataclass(frozen=True)
class Sheet:
    """A sheet of the form; `key` names the fields that identify a row within the township across months."""

    code: str
    label: str
    layout: Literal["key_value", "table"]
    fields: tuple[Field, ...]
    required: bool = False
    personal: bool = False
    key: tuple[str, ...] = ()

    @cached_property
    def _by_code(self) -> dict[str, Field]:
        return {field.code: field for field in self.fields}

    def field(self, code: str) -> Field:
        """The field of that code; KeyError when the form has none."""
        return self._by_code[code]

    @property
    def event_date(self) -> str | None:
        """The field that dates a row's event (rule R01): the first required date of a table sheet, None without one."""
        dates = (field.code for field in self.fields if field.type == "date" and field.required)
        return next(dates, None) if self.layout == "table" else None

    def has(self, code: str) -> bool:
        """True when the sheet has a field of that code."""
        return code in self._by_code


@dataclass(frozen=True)
class Form:
    """The county's return form in one version."""

    version: int
    name: str
    due_working_days: int
    sheets: tuple[Sheet, ...]

    @cached_property
    def _by_code(self) -> dict[str, Sheet]:
        return {sheet.code: sheet for sheet in self.sheets}

    def sheet(self, code: str) -> Sheet:
        """The sheet of that code; KeyError when the form has none."""
        return self._by_code[code]

    @property
    def tables(self) -> tuple[Sheet, ...]:
        """The sheets that hold rows."""
        return tuple(sheet for sheet in self.sheets if sheet.layout == "table")

    @property
    def stored(self) -> tuple[Sheet, ...]:
        """The sheets whose rows go to the warehouse: all but the cover."""
        return tuple(sheet for sheet in self.sheets if sheet.code != "cover")


@dataclass(frozen=True)
class Rule:
    """A rule every return is held to; `message` and `mend` are the Chinese words a clerk reads."""

    id: str
    scope: Scope
    severity: Severity
    title: str
    en: str
    message: str
    mend: str


@dataclass(frozen=True)
class Indicator:
    """A figure the warehouse derives per township and period: a value, or a ratio num/den."""

    code: str
    label: str
    direction: Literal["higher", "lower", "neutral"]
    value: str | None = None
    num: str | None = None
    den: str | None = None

    @property
    def is_rate(self) -> bool:
        """True when the value is numerator over denominator."""
        return self.num is not None


@dataclass(frozen=True)
class Synonyms:
    """What the county accepts as the same thing (contract: synonyms.yaml)."""

    choices: Mapping[str, Mapping[str, str]]
    flags: Mapping[str, tuple[str, ...]]
    blank_marks: tuple[str, ...]
    units: tuple[str, ...]
    multipliers: Mapping[str, int]
    approximate: Mapping[str, tuple[str, ...]]
    total_row_labels: tuple[str, ...]
    ignored_columns: tuple[str, ...]


@dataclass(frozen=True)
class Parameters:
    """Law and custom in force on a day (provincial regulations); months are calendar months, days calendar days."""

    session_min_days: float
    notice_days: int
    material_days: int
    reply_months: int
    reply_months_extended: int
    sessions_per_year: int
    presidium_meetings_per_year: int
    presidium_members_min: int
    presidium_members_max: int
    group_activities_per_year: int
    quota_base: int
    quota_people_per_deputy: int
    quota_max: int
    bill_signatures: int


@dataclass(frozen=True)
class Jurisdiction:
    """A province's profile: parameters by date; days before its first entry take the national ones."""

    code: str
    name: str
    entries: tuple[tuple[date, Parameters], ...]

    def on(self, day: date) -> Parameters:
        """The parameters in force on the day."""
        found = [parameters for valid_from, parameters in self.entries if valid_from <= day]
        return found[-1] if found else self.entries[0][1]


@dataclass(frozen=True)
class Catalogue:
    """Everything declared, checked as a whole."""

    forms: Mapping[int, Form]
    rules: Mapping[str, Rule]
    indicators: Mapping[str, Indicator]
    synonyms: Synonyms
    jurisdictions: Mapping[str, Jurisdiction]
    digest: str

    def form(self, version: int) -> Form:
        """The form of that version. Raises CatalogueError when there is none."""
        if version not in self.forms:
            raise CatalogueError(f"forms.yaml declares no form version {version}; it has {sorted(self.forms)}.")
        return self.forms[version]

    @property
    def current_form(self) -> Form:
        """The newest form."""
        return self.forms[max(self.forms)]

    def jurisdiction(self, code: str) -> Jurisdiction:
        """The profile of that code. Raises CatalogueError naming the known ones."""
        if code not in self.jurisdictions:
            raise CatalogueError(
                f"jurisdictions.yaml has no profile “{code}”; choose one of {', '.join(sorted(self.jurisdictions))}."
            )
        return self.jurisdictions[code]
