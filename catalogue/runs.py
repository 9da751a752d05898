"""A run as a document: everything an assessment says, as canonical bytes that a rebuild must give again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from catalogue.errors import Refusal

State = Literal["scored", "not_applicable", "missing", "not_submitted"]
Decision = Literal["recommended", "committee", "none"]


@dataclass(frozen=True)
class RunInput:
    """An input as the run saw it. `numerator` and `denominator` are None for counts; `value` None when unknown."""

    code: str
    value: float | None
    numerator: float | None
    denominator: float | None
    is_approximate: bool


@dataclass(frozen=True)
class RunSource:
    """Where an input of a unit was read: `file` is the place in RunDocument.files, rows as 3-7,9, `columns` letters.

    On key-value sheets `rows` is empty and `columns` holds whole addresses (B5). A panel's entry has no file: its
    `sheet` is panel, `rows` the entry's number.
    """

    unit: str
    input: str
    file: int | None
    sheet: str
    sheet_name: str
    rows: str
    columns: str


@dataclass(frozen=True)
class RunFile:
    """A return the run rests on."""

    submission_id: int
    township_code: str
    period: str
    file_name: str
    sha256: str


@dataclass(frozen=True)
class RunItem:
    """An item of a unit. `points` None where not judged; `max_points` what could be had of the parts judged."""

    item: str
    state: State
    points: float | None
    max_points: float
    value: float | None
    numerator: float | None
    denominator: float | None
    note: str


@dataclass(frozen=True)
class RunUnit:
    """A unit (township, group, deputy, village) with its inputs, items and place.

    `rank` is within the peer group, `rank_overall` among all units that may be compared (never street offices with
    townships); None where there is no score. `rank_low`..`rank_high` is the interval of the rank, best to worst.
    """

    code: str
    name: str
    township_code: str
    kind: str
    size: float | None
    peer_group: str
    is_submitted: bool
    score: float | None
    base: float | None
    bonus: float
    deduction: float
    rank: int | None
    rank_overall: int | None
    rank_low: int | None
    rank_high: int | None
    is_tied: bool
    inside_quota: float | None
    band: str
    decision: Decision
    reason: str
    prize: float | None
    vetoes: tuple[str, ...]
    inputs: tuple[RunInput, ...]
    items: tuple[RunItem, ...]

    def item(self, code: str) -> RunItem:
        """The item of that code; KeyError when the unit has none."""
        return {item.item: item for item in self.items}[code]


@dataclass(frozen=True)
class PeerGroup:
    """A peer group: how many units are ranked, how many can be recommended, and the median points per item.

    `groups` are those of adjacent ranks that cannot be told apart, as unit codes, best first; () when not computed.
    """

    name: str
    units: int
    quota: int
    medians: Mapping[str, float | None]
    is_line_firm: bool | None = None
    groups: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class EarlierUnit:
    """What a unit had in an earlier run; `points` by item only in the newest of the earlier runs, else {}."""

    code: str
    score: float | None
    rank: int | None
    points: Mapping[str, float | None]


@dataclass(frozen=True)
class EarlierRun:
    """An earlier run of the same level and kind of period, frozen into the document for trends."""

    run_id: int
    period: str
    rubric_code: str
    rubric_version: str
    units: tuple[EarlierUnit, ...]


@dataclass(frozen=True)
class Snapshot:
    """The data a run rests on: submissions up to `newest_submission`, and the digest of all inputs."""

    newest_submission: int
    newest_panel_entry: int
    inputs_digest: str


@dataclass(frozen=True)
class RunDocument:
    """Everything a run says. `rubric` is the rubric's file, `parameters` the figures of law it was resolved with.

    `certainty` is what transforms.certainty says beyond ranks, plain JSON; {} when it was not asked. `earlier` holds
    the newest runs of earlier periods, oldest first. `input_labels`: Chinese label by input code.
    """

    run_id: int
    level: str
    period: str
    rubric_code: str
    rubric_version: str
    rubric_digest: str
    rubric: str
    catalogue_digest: str
    parameters: Mapping[str, float]
    snapshot: Snapshot
    seed: int
    resamples: int
    coverage: float
    peer_groups: tuple[PeerGroup, ...]
    units: tuple[RunUnit, ...]
    files: tuple[RunFile, ...]
    sources: tuple[RunSource, ...]
    earlier: tuple[EarlierRun, ...]
    input_labels: Mapping[str, str]
    issuer: str
    certainty: Mapping[str, Any]
    form: int = 1

    def unit(self, code: str) -> RunUnit:
        """The unit of that code; KeyError when the run has none."""
        return {unit.code: unit for unit in self.units}[code]

    def to_bytes(self) -> bytes:
        """The document as canonical JSON: sorted keys, no blanks, shortest floats, UTF-8, one line."""
        text = json.dumps(
            self, default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
        return (text + "\n").encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> RunDocument:
        """The document of these bytes; to_bytes gives them again. Raises Refusal when they are none of ours."""
        try:
            parsed = json.loads(data)
            document = _build(cls, parsed)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refusal(f"这不是测算文件（{error}）：请重新测算。") from None
        assert isinstance(document, cls)
        return document

    @cached_property  # every file of a publication names it
    def digest(self) -> str:
        """sha256 of the bytes."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


def _plain(part: Any) -> dict[str, Any]:
    """The fields of a part of the document, as JSON writes them. Raises TypeError for what is no part."""
    return {item.name: getattr(part, item.name) for item in fields(part)}


_hints = cache(get_type_hints)  # a run has thousands of parts of few kinds


def _build(kind: Any, value: Any) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{item.name: _build(hints[item.name], value[item.name]) for item in fields(kind)})
    if get_origin(kind) is tuple:
        return tuple(_build(get_args(kind)[0], item) for item in value)
    if get_origin(kind) in (Union, UnionType) and value is not None:
        return _build(next(part for part in get_args(kind) if part is not type(None)), value)
    return value
