"""How narrative reports are held against returns, one another and known texts (narrative.yaml), checked at load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from catalogue.errors import CatalogueError
from catalogue.lexicon import load_lexicon
from catalogue.loading import DECLARED
from catalogue.loading import load as load_catalogue
from catalogue.models import Catalogue
from catalogue.yaml_text import parse_yaml

FILE = DECLARED / "narrative.yaml"
KNOWN_TEXTS = DECLARED / "known_texts"
# the workbook of doubtful facts: its columns, and what an analyst may answer
DECISION_COLUMNS = (
    "乡镇", "时期", "文件", "指标", "数值", "单位", "原句", "上下文", "把握", "结论", "备注", "指标代码", "文件摘要",
)  # fmt: skip
DECISION_WORDS = {"对": "confirmed", "错": "rejected"}


@dataclass(frozen=True)
class Words:
    """What a clerk reads when a report breaks a rule, and what to do."""

    message: str
    mend: str


@dataclass(frozen=True)
class Comparable:
    """What a number of a report is held against: an indicator's value or a part of it, and the rows it rests on.

    `stock`: right when it was so in any month of the time; `single`: only when there was exactly one session in it.
    """

    indicator: str
    sheet: str
    part: Literal["value", "numerator", "denominator"] = "value"
    units: tuple[str, ...] = ()
    stock: bool = False
    single: bool = False
    date: str | None = None
    where: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Copying:
    """When a text counts as copied; sizes in characters that are compared, `share` of its shingles."""

    grams: int
    passage: int
    share: float
    description: int
    window: int
    permutations: int
    meetings: int
    partners: int


@dataclass(frozen=True)
class Approximate:
    """Words that make a number approximate, by the side of the number they stand on."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Narrative:
    """Everything declared about reports beside their lexicon."""

    wording: Mapping[str, Words]
    comparable: Mapping[str, Comparable]
    approximate: Mapping[str, Approximate]
    copying: Copying
    descriptions: Mapping[str, tuple[str, ...]]
    interchangeable: tuple[tuple[str, ...], ...]
    templates: Mapping[str, str]
    boilerplate: tuple[str, ...]


@lru_cache(maxsize=4)
def load_narrative(file: Path = FILE, known_texts: Path = KNOWN_TEXTS) -> Narrative:
    """The checked declaration with the known texts. Raises CatalogueError naming the entry that is wrong."""
    try:
        declared: dict[str, Any] = parse_yaml(file.read_text(encoding="utf-8"))
        templates = {path.stem: path.read_text(encoding="utf-8") for path in _texts(known_texts / "templates")}
        boilerplate = tuple(path.read_text(encoding="utf-8") for path in _texts(known_texts / "boilerplate"))
    except OSError as error:
        raise CatalogueError(f"{error.filename} cannot be read ({error.strerror}); restore it.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{file.name} or a known text is not valid: {str(error).splitlines()[0]}.") from None
    try:
        found = Narrative(
            wording={rule: Words(**entry) for rule, entry in declared["wording"].items()},
            comparable={code: _comparable(entry) for code, entry in declared["comparable"].items()},
            approximate={
                kind: Approximate(**{side: tuple(words) for side, words in sides.items()})
                for kind, sides in declared["approximate"].items()
            },
            copying=Copying(**declared["copying"]),
            descriptions={sheet: tuple(fields) for sheet, fields in declared["descriptions"].items()},
            interchangeable=tuple(tuple(words) for words in declared["interchangeable"]),
            templates=templates,
            boilerplate=boilerplate,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise CatalogueError(f"{file.name}: an entry is missing or has not its shape ({error}); mend it.") from None
    _check(found, load_catalogue())
    return found


def _texts(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.txt"))


def _comparable(entry: Mapping[str, Any]) -> Comparable:
    return Comparable(**{**entry, "units": tuple(entry.get("units", ()))})


def _check(narrative: Narrative, catalogue: Catalogue) -> None:
    """Every name leads somewhere, and no word stands for two others."""
    sheets = {sheet.code: {field.code for field in sheet.fields} for sheet in catalogue.current_form.sheets}
    wrong = [f"unknown rule {rule}" for rule in narrative.wording if rule not in catalogue.rules]
    known = load_lexicon().indicators
    for code, entry in narrative.comparable.items():
        if code not in known:
            wrong.append(f"{code} is no indicator of the lexicon")
        if entry.indicator not in catalogue.indicators:
            wrong.append(f"{code} is held against the unknown indicator {entry.indicator}")
        named = {name for name in (entry.date, *(entry.where or {})) if name}
        if entry.sheet not in sheets or named - sheets[entry.sheet]:
            wrong.append(f"{code} names an unknown sheet or field")
    for sheet, fields in narrative.descriptions.items():
        if sheet not in sheets or set(fields) - sheets[sheet]:
            wrong.append(f"descriptions of {sheet} name an unknown sheet or field")
    words = [word for group in narrative.interchangeable for word in group]
    doubles = sorted({word for word in words if words.count(word) > 1})
    if doubles:
        wrong.append(f"interchangeable more than once: {'、'.join(doubles)}")
    for item in dataclass_fields(Copying):
        if getattr(narrative.copying, item.name) <= 0:
            wrong.append(f"copying.{item.name} must be above 0")
    if wrong:
        raise CatalogueError(f"narrative.yaml: {'; '.join(wrong)}.")
