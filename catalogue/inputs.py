"""What rubrics may score besides the contract's indicators: inputs the platform derives, and figures a panel enters."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import yaml

from catalogue.errors import CatalogueError
from catalogue.loading import DECLARED, load
from catalogue.yaml_text import parse_yaml

Level = Literal["township", "group", "deputy", "village"]
Evidence = Literal["returns", "panel"]
FILE = DECLARED / "inputs.yaml"


@dataclass(frozen=True)
class RubricInput:
    """A figure per unit and period: a value, or a ratio num/den; from the returns or entered by a panel.

    `default` is what holds for a panel's figure while none is entered: 0 where an entry states a confirmed case,
    None where the figure is simply unknown until entered.
    """

    code: str
    level: Level
    label: str
    label_en: str
    evidence: Evidence
    value: str | None = None
    num: str | None = None
    den: str | None = None
    default: float | None = None

    @property
    def is_rate(self) -> bool:
        """True when the value is numerator over denominator."""
        return self.num is not None


@lru_cache(maxsize=2)
def load_inputs(file: Path = FILE) -> Mapping[str, RubricInput]:
    """The declared inputs by code, all levels. Raises CatalogueError naming file and code."""
    try:
        parsed = parse_yaml(file.read_text(encoding="utf-8"))
        entries = [RubricInput(**entry) for entry in parsed["inputs"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise CatalogueError(f"{file.name} cannot be read ({error}); compare the entry with its neighbours.") from None
    found: dict[str, RubricInput] = {}
    for entry in entries:
        _check(file.name, entry, found)
        found[entry.code] = entry
    return found


def inputs_of(level: Level) -> dict[str, RubricInput]:
    """Every input a rubric of the level may name: those declared, for townships the contract's indicators as well."""
    own = {code: entry for code, entry in load_inputs().items() if entry.level == level}
    if level != "township":
        return own
    indicators = {
        code: RubricInput(
            code, "township", item.label, code.replace("_", " "), "returns", item.value, item.num, item.den
        )
        for code, item in load().indicators.items()
    }
    return indicators | own


def catalogue_digest() -> str:
    """sha256 over everything declared that values and scores rest on, rubrics apart."""
    return hashlib.sha256((load().digest + "\0" + FILE.read_text(encoding="utf-8")).encode()).hexdigest()


def _check(file: str, entry: RubricInput, found: Mapping[str, RubricInput]) -> None:
    if entry.code in found or entry.code in load().indicators:
        raise CatalogueError(f"{file}: {entry.code} is declared twice, here or in indicators.yaml; rename one.")
    if entry.level not in get_args(Level) or entry.evidence not in get_args(Evidence):
        raise CatalogueError(f"{file}: {entry.code} has an unknown level or evidence.")
    if (entry.value is None) == (entry.num is None) or (entry.num is None) != (entry.den is None):
        raise CatalogueError(f"{file}: {entry.code} needs either value, or num and den.")
    if entry.default is not None and entry.evidence != "panel":
        raise CatalogueError(f"{file}: {entry.code} may have a default only when a panel enters it.")
