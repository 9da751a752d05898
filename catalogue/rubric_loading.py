"""Reads rubrics and refuses a broken one with its codes named: points add up, inputs exist, nothing is unreachable."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields as dataclass_fields
from datetime import date
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any, get_args

import yaml

from catalogue.errors import CatalogueError, Refusal
from catalogue.inputs import Level, inputs_of
from catalogue.models import Parameters
from catalogue.periods import Period
from catalogue.rubric import (
    TERM_ELAPSED,
    Bands,
    Block,
    Gate,
    ItemKind,
    Part,
    PartType,
    Peers,
    Quota,
    Rubric,
    RubricItem,
    Term,
)
from catalogue.rubric_checks import faults
from catalogue.yaml_text import parse_yaml

RUBRICS = Path(__file__).parent / "rubrics"
LISTS: dict[str, ItemKind] = {"bonuses": "bonus", "deductions": "deduction", "vetoes": "veto"}
_AMOUNTS = {item.name for item in dataclass_fields(Parameters)} | {TERM_ELAPSED}


@lru_cache(maxsize=2)
def load_rubrics(folder: Path = RUBRICS) -> tuple[Rubric, ...]:
    """All rubrics of the catalogue. Raises CatalogueError when one is broken or two versions hold at the same time."""
    rubrics = tuple(parse_rubric(_read(path), path.name) for path in sorted(folder.glob("*.yaml")))
    for one, other in combinations(rubrics, 2):
        overlap = one.valid_from <= (other.valid_to or date.max) and other.valid_from <= (one.valid_to or date.max)
        if overlap and one.code == other.code:
            raise CatalogueError(f"rubric {one.code}: versions {one.version} and {other.version} overlap; end one.")
        if overlap and one.is_default and other.is_default and one.level == other.level:
            raise CatalogueError(f"rubrics {one.code} and {other.code} are both the default of {one.level}; keep one.")
    return rubrics


def load_rubric(path: Path) -> Rubric:
    """A draft rubric from a file. Raises Refusal that names file, code and fix."""
    try:
        return parse_rubric(_read(path), path.name)
    except CatalogueError as error:
        raise Refusal(f"考评办法无法使用：{error}") from None


def default_rubric(level: Level, period: Period) -> Rubric:
    """The default rubric of the level that holds in the period. Raises Refusal when there is none."""
    for rubric in load_rubrics():
        if rubric.level == level and rubric.is_default and rubric.holds_in(period):
            return rubric
    kinds = {kind for rubric in load_rubrics() if rubric.level == level for kind in rubric.periods}
    known = "、".join({"month": "月", "quarter": "季度", "year": "年"}[kind] for kind in sorted(kinds))
    raise Refusal(f"没有适用于{period.chinese}的默认考评办法（此级按{known}考评）：请换统计期，或用 --rubric 指定。")


def find_rubric(name: str) -> Rubric:
    """The rubric of a file, or the newest version of a rubric of the catalogue by its code. Raises Refusal."""
    if Path(name).suffix in (".yaml", ".yml") or Path(name).exists():
        return load_rubric(Path(name))
    found = [rubric for rubric in load_rubrics() if rubric.code == name]
    if not found:
        known = "、".join(sorted({rubric.code for rubric in load_rubrics()}))
        raise Refusal(f"没有名为“{name}”的考评办法：请给出 .yaml 文件，或选 {known} 之一。")
    return max(found, key=lambda rubric: rubric.valid_from)


def parse_rubric(text: str, name: str = "rubric") -> Rubric:
    """The rubric written in the text (YAML), checked. Raises CatalogueError naming `name`, the code and the fix."""
    try:
        parsed = parse_yaml(text)
    except yaml.YAMLError as error:
        raise CatalogueError(f"{name} is not valid YAML: {str(error).splitlines()[0]}.") from None
    if not isinstance(parsed, dict):
        raise CatalogueError(f"{name} must hold a mapping at its top.")
    try:
        rubric = _rubric(parsed, text)
    except KeyError as error:
        raise CatalogueError(f"{name}: the entry {error} is missing; add it.") from None
    except (AttributeError, TypeError, ValueError) as error:
        raise CatalogueError(f"{name}: an entry has not the shape it should have ({error}); mend it.") from None
    wrong = faults(rubric, frozenset(inputs_of(rubric.level)), frozenset(_AMOUNTS))
    if wrong:
        raise CatalogueError(f"{name}: {'; '.join(wrong)}.")
    return rubric


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path} cannot be read ({error}); give a readable UTF-8 file") from None


def _rubric(parsed: dict[str, Any], text: str) -> Rubric:
    items = list(_items(parsed))
    doubles = [code for code, count in Counter(item.code for item in items).items() if count > 1]
    if doubles:
        raise ValueError(f"items declared more than once: {', '.join(doubles)}")
    known = {item.name for item in dataclass_fields(Rubric)} | {"default", *LISTS}
    if unknown := set(parsed) - known:
        raise ValueError(f"unknown entries {', '.join(sorted(unknown))}")
    level = parsed["level"]
    if level not in get_args(Level):
        raise ValueError(f"unknown level {level}")
    kinds = {kind: [item.points for item in items if item.kind == kind] for kind in get_args(ItemKind)}
    bands = parsed["bands"]
    return Rubric(
        code=str(parsed["code"]),
        version=str(parsed["version"]),
        label=parsed["label"],
        label_en=parsed["label_en"],
        level=level,
        periods=tuple(parsed["periods"]),
        valid_from=_day(parsed["valid_from"]),
        valid_to=_day(parsed["valid_to"]) if parsed.get("valid_to") is not None else None,
        blocks=tuple(Block(b["code"], b["label"], b["label_en"], float(b["points"])) for b in parsed["blocks"]),
        items=tuple(items),
        total=float(parsed["total"]),
        bonus_limit=float(parsed.get("bonus_limit", sum(kinds["bonus"]))),
        deduction_limit=float(parsed.get("deduction_limit", sum(kinds["deduction"]))),
        bands=Bands(float(bands["candidate"]), float(bands["qualified"]), tuple(bands["labels"])),
        quota=Quota(**parsed["quota"]),
        prizes=tuple(float(prize) for prize in parsed.get("prizes", ())),
        tiebreaks=tuple(parsed.get("tiebreaks", ())),
        peers=_peers(parsed.get("peers", {})),
        term=Term(**parsed.get("term", {})),
        is_default=bool(parsed.get("default", False)),
        source=str(parsed.get("source", "")),
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _items(parsed: dict[str, Any]) -> Iterator[RubricItem]:
    for block in parsed["blocks"]:
        for entry in block["items"]:
            yield _item(entry, block["code"], "points")
    for name, kind in LISTS.items():
        for entry in parsed.get(name, ()):
            yield _item(entry, "", kind)


def _item(entry: dict[str, Any], block: str, kind: ItemKind) -> RubricItem:
    own = {"code", "label", "label_en", "applies_to", "basis", "note"}
    given = {name: value for name, value in entry.items() if name in own}
    rest = {name: value for name, value in entry.items() if name not in own}
    points = 0.0 if kind == "veto" else float(rest["points"])
    if "parts" in rest:
        if extra := set(rest) - {"parts", "points"}:
            raise ValueError(f"{entry['code']}: {', '.join(sorted(extra))} belongs into one of its parts")
        parts = tuple(_part(entry["code"], part) for part in rest["parts"])
    else:
        parts = (_part(entry["code"], rest | {"points": points}),)
    return RubricItem(block=block, kind=kind, points=points, parts=parts, **given)


def _part(code: str, entry: dict[str, Any]) -> Part:
    known = {item.name for item in dataclass_fields(Part)}
    if unknown := set(entry) - known:
        raise ValueError(f"{code}: unknown entries {', '.join(sorted(unknown))}")
    if entry.get("type") not in get_args(PartType):
        raise ValueError(f"{code}: unknown type {entry.get('type')}")
    given = {name: _plain(value) for name, value in entry.items()}
    gate = entry.get("gate")
    return Part(**(given | {"gate": Gate(**gate) if gate else None}))


def _plain(value: Any) -> Any:
    """Lists as tuples and whole numbers as floats, so that equal rubrics are equal objects."""
    if isinstance(value, list):
        return tuple(_plain(item) for item in value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _peers(entry: dict[str, Any]) -> Peers:
    return Peers(**(entry | {"size_bands": tuple(float(edge) for edge in entry.get("size_bands", ()))}))


def _day(value: Any) -> date:
    if not isinstance(value, date):
        raise ValueError(f"“{value}” is no date such as 2016-01-31")
    return value
