"""Reads the declared YAML files and refuses a broken catalogue with the codes named."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields as dataclass_fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import yaml

from catalogue.errors import CatalogueError
from catalogue.models import (
    Catalogue,
    Field,
    FieldType,
    Form,
    Indicator,
    Jurisdiction,
    Parameters,
    Rule,
    Scope,
    Severity,
    Sheet,
    Synonyms,
)
from catalogue.yaml_text import parse_yaml

DECLARED = Path(__file__).parent / "declared"
FILES = ("forms.yaml", "rules.yaml", "indicators.yaml", "synonyms.yaml", "jurisdictions.yaml", "wording.yaml")


@lru_cache(maxsize=4)
def load(folder: Path = DECLARED) -> Catalogue:
    """The whole catalogue, checked. Raises CatalogueError that names file, code and fix."""
    text = {name: _read(folder / name) for name in FILES}
    with _shaped("forms.yaml"):
        forms = _forms(_parse(text, "forms.yaml"))
    with _shaped("jurisdictions.yaml"):
        jurisdictions = _jurisdictions(_parse(text, "jurisdictions.yaml"))
    with _shaped("synonyms.yaml"):
        synonyms = _synonyms(_parse(text, "synonyms.yaml"), forms)
    with _shaped("indicators.yaml"):
        indicators = _indicators(_parse(text, "indicators.yaml"))
    with _shaped("rules.yaml or wording.yaml"):
        rules = _rules(_parse(text, "rules.yaml"), _parse(text, "wording.yaml"))
    with _shaped("forms.yaml"):
        _check_totals(forms, indicators)
    digest = hashlib.sha256("\0".join(text[name] for name in FILES).encode()).hexdigest()
    return Catalogue(forms, rules, indicators, synonyms, jurisdictions, digest)


@contextmanager
def _shaped(file: str) -> Iterator[None]:
    """What is missing or of another shape than expected is told with the file's name."""
    try:
        yield
    except KeyError as error:
        raise CatalogueError(f"{file}: the entry {error} is missing; add it.") from None
    except (AttributeError, TypeError, ValueError) as error:
        raise CatalogueError(
            f"{file}: an entry has not the shape it should have ({error}); compare it with its neighbours."
        ) from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CatalogueError(f"{path.name} cannot be read ({error.strerror}); restore it.") from None


def _parse(text: dict[str, str], name: str) -> dict[str, Any]:
    try:
        parsed = parse_yaml(text[name])
    except yaml.YAMLError as error:
        raise CatalogueError(f"{name} is not valid YAML: {str(error).splitlines()[0]}.") from None
    if not isinstance(parsed, dict):
        raise CatalogueError(f"{name} must hold a mapping at its top.")
    return parsed


def _refuse_doubles(file: str, what: str, codes: Iterable[str]) -> None:
    doubles = [code for code, count in Counter(codes).items() if count > 1]
    if doubles:
        raise CatalogueError(f"{file}: {what} declared more than once: {', '.join(doubles)}.")


def _declared(file: str, code: str, entry: dict[str, Any], model: type, **given: Any) -> Any:
    known = {item.name for item in dataclass_fields(model)}
    unknown = set(entry) - known
    if unknown:
        raise CatalogueError(f"{file}: {code} has unknown entries {', '.join(sorted(unknown))}.")
    try:
        return model(**(entry | given))
    except TypeError as error:
        raise CatalogueError(f"{file}: {code} is incomplete: {error}.") from None


def _forms(parsed: dict[str, Any]) -> dict[int, Form]:
    sheets = tuple(_sheet(entry) for entry in parsed["sheets"])
    _refuse_doubles("forms.yaml", "sheets", [sheet.code for sheet in sheets] + [sheet.label for sheet in sheets])
    for sheet in sheets:
        for field in sheet.fields:
            if field.references:
                target, _, column = field.references.partition(".")
                if not any(other.code == target and other.has(column) for other in sheets):
                    raise CatalogueError(f"forms.yaml: {sheet.code}.{field.code} refers to unknown {field.references}.")
    due = int(parsed["due"]["working_days_after_period_end"])
    form = Form(int(parsed["version"]), parsed["name"]["zh"], due, sheets)
    return {form.version: form}


def _sheet(entry: dict[str, Any]) -> Sheet:
    code = str(entry.get("code", "?"))
    fields = tuple(_field(code, item) for item in entry.get("fields", ()))
    _refuse_doubles("forms.yaml", f"fields of {code}", [field.code for field in fields])
    _refuse_doubles("forms.yaml", f"labels of {code}", [field.label for field in fields])
    key = tuple(entry.get("key", ()))
    missing = set(key) - {field.code for field in fields}
    if missing:
        raise CatalogueError(f"forms.yaml: key of {code} names unknown fields {', '.join(sorted(missing))}.")
    rest = {name: value for name, value in entry.items() if name not in ("fields", "key", "note")}
    if entry.get("layout") not in ("key_value", "table"):
        raise CatalogueError(f"forms.yaml: {code} has an unknown layout; write key_value or table.")
    sheet: Sheet = _declared("forms.yaml", code, rest, Sheet, fields=fields, key=key)
    return sheet


def _field(sheet: str, entry: dict[str, Any]) -> Field:
    code = f"{sheet}.{entry.get('code', '?')}"
    if entry.get("type") not in get_args(FieldType):
        raise CatalogueError(f"forms.yaml: {code} has unknown type {entry.get('type')}.")
    if (entry["type"] == "choice") != bool(entry.get("choices")):
        raise CatalogueError(f"forms.yaml: {code} must have choices exactly when its type is choice.")
    field: Field = _declared("forms.yaml", code, entry, Field, choices=tuple(map(str, entry.get("choices", ()))))
    return field


def _rules(parsed: dict[str, Any], wording: dict[str, Any]) -> dict[str, Rule]:
    _refuse_doubles("rules.yaml", "rules", [entry["id"] for entry in parsed["rules"]])
    declared = {entry["id"] for entry in parsed["rules"]}
    for code in sorted(declared ^ set(wording)):
        where = "wording.yaml lacks it" if code in declared else "rules.yaml lacks it"
        raise CatalogueError(f"rules.yaml and wording.yaml must name the same rules: {code}: {where}.")
    parameters = {item.name for item in dataclass_fields(Parameters)}
    rules = {}
    for entry in parsed["rules"]:
        code = entry["id"]
        if entry.get("severity") not in get_args(Severity) or entry.get("scope") not in get_args(Scope):
            raise CatalogueError(f"rules.yaml: {code} has an unknown severity or scope.")
        unknown = set(re.findall(r"{(\w+)}", entry["en"])) - parameters
        if unknown:
            raise CatalogueError(f"rules.yaml: {code} uses unknown parameters {', '.join(sorted(unknown))}.")
        unknown = set(re.findall(r"{(\w+)}", "".join(wording[code].values()))) - {"label", "observed", "expected"}
        if unknown:
            raise CatalogueError(f"wording.yaml: {code} uses unknown placeholders {', '.join(sorted(unknown))}.")
        rules[code] = _declared("rules.yaml", code, entry, Rule, **wording[code])
    return rules


def _indicators(parsed: dict[str, Any]) -> dict[str, Indicator]:
    entries = parsed["indicators"]
    _refuse_doubles("indicators.yaml", "indicators", [entry["code"] for entry in entries])
    for entry in entries:
        if entry.get("direction") not in ("higher", "lower", "neutral"):
            raise CatalogueError(f"indicators.yaml: {entry['code']} needs a direction: higher, lower or neutral.")
        if ("value" in entry) == ("num" in entry) or ("num" in entry) != ("den" in entry):
            raise CatalogueError(f"indicators.yaml: {entry['code']} needs either value, or num and den.")
    return {entry["code"]: _declared("indicators.yaml", entry["code"], entry, Indicator) for entry in entries}


def _synonyms(parsed: dict[str, Any], forms: dict[int, Form]) -> Synonyms:
    form = forms[max(forms)]
    for place, words in parsed["choices"].items():
        sheet_code, _, field_code = place.partition(".")
        sheet = next((sheet for sheet in form.sheets if sheet.code == sheet_code), None)
        if sheet is None or not sheet.has(field_code):
            raise CatalogueError(f"synonyms.yaml: {place} is no field of the form.")
        wrong = {choice for choice in words.values() if str(choice) not in sheet.field(field_code).choices}
        if wrong:
            raise CatalogueError(f"synonyms.yaml: {place} names unknown choices {', '.join(sorted(map(str, wrong)))}.")
    rest = {name: value for name, value in parsed.items() if name != "version"}
    for name in ("blank_marks", "units", "total_row_labels", "ignored_columns"):
        rest[name] = tuple(map(str, rest[name]))
    for name in ("flags", "approximate"):
        rest[name] = {word: tuple(map(str, words)) for word, words in rest[name].items()}
    synonyms: Synonyms = _declared("synonyms.yaml", "synonyms", rest, Synonyms)
    return synonyms


def _jurisdictions(parsed: dict[str, Any]) -> dict[str, Jurisdiction]:
    profiles = parsed["profiles"]
    if "national" not in profiles:
        raise CatalogueError("jurisdictions.yaml must declare the profile national.")
    national = _entries("national", profiles["national"], None)
    return {
        code: Jurisdiction(code, profile["name"], national if code == "national" else _entries(code, profile, national))
        for code, profile in profiles.items()
    }


def _entries(
    code: str, profile: dict[str, Any], national: tuple[tuple[date, Parameters], ...] | None
) -> tuple[tuple[date, Parameters], ...]:
    names = [item.name for item in dataclass_fields(Parameters)]
    found = list(national or ())
    for entry in sorted(profile["entries"], key=lambda item: item["valid_from"]):
        valid_from = entry["valid_from"]
        unknown = set(entry) - {"valid_from", *names}
        if unknown or not isinstance(valid_from, date):
            wrong = ", ".join(sorted(unknown)) or "without a date"
            raise CatalogueError(f"jurisdictions.yaml: {code} has unknown or undated entries: {wrong}.")
        before = [parameters for day, parameters in national or () if day <= valid_from]
        given = {name: getattr(before[-1], name) for name in names} if before else {}
        given |= {name: value for name, value in entry.items() if name != "valid_from"}
        found = [item for item in found if item[0] != valid_from]
        found.append((valid_from, _declared("jurisdictions.yaml", code, given, Parameters)))
    return tuple(sorted(found, key=lambda item: item[0]))


def _check_totals(forms: dict[int, Form], indicators: dict[str, Indicator]) -> None:
    labels = {indicator.label for indicator in indicators.values()}
    for form in forms.values():
        missing = set(form.sheet("reported_total").field("indicator").choices) - labels
        if missing:
            labels_missing = ", ".join(sorted(missing))
            raise CatalogueError(f"forms.yaml: reported totals without an indicator of that label: {labels_missing}.")
