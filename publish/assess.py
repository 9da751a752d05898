"""Assessing a period: a draft run per level, stored with everything it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol
from zlib import crc32

import pandas as pd

from catalogue.errors import Refusal
from catalogue.inputs import Level
from catalogue.periods import Period
from catalogue.rubric import Rubric
from catalogue.rubric_loading import default_rubric, find_rubric
from catalogue.runs import EarlierRun, EarlierUnit, RunDocument
from transforms.assessment import Setting, assemble
from warehouse.assessment import (
    keep_inputs,
    list_runs,
    next_run_id,
    read_bytes,
    read_material,
    store_run,
)
from warehouse.connection import Connection, Warehouse
from warehouse.lifecycle.stages import draft
from warehouse.load import lock_loads

EARLIER_RUNS = 8  # kept in a run's document for trends
_PAST = ("refused", "superseded")


class Place(Protocol):
    """What assessing needs to know of the settings."""

    @property
    def warehouse_url(self) -> str: ...
    @property
    def issuer(self) -> str: ...


@dataclass(frozen=True)
class Assessed:
    """A draft run; `is_new` False when the same data, rubric and seed had given it before."""

    run_id: int
    is_new: bool
    document: RunDocument


class NothingReportedError(Refusal):
    """Nobody to be assessed has sent a return of the period: everybody would stand at zero."""


def assess_period(
    settings: Place, period: str, *, person: str, levels: Sequence[Level] = ("township",), rubric: str | None = None
) -> list[int]:
    """A draft run per level stands for the period; their numbers. What has not changed since is not stored again.

    `rubric`: a file or a code of the catalogue, else the level's default. No run where nothing has been reported.
    Raises Refusal when the period has not been rolled up or the rubric is not for it.
    """
    runs = []
    for level in levels:
        with suppress(NothingReportedError):
            runs.append(assess(settings, period, person=person, level=level, rubric=rubric).run_id)
    return runs


def assess(
    settings: Place, period: str, *, person: str, level: Level | None = None, rubric: str | None = None
) -> Assessed:
    """One level assessed as `assess_period` says, with the run's document. Raises NothingReportedError as well."""
    asked = Period.parse(period)
    chosen = choose_rubric(asked, level, rubric)
    warehouse = Warehouse(settings.warehouse_url)
    with warehouse.transaction() as connection:
        lock_loads(connection)
        material = read_material(connection, chosen, asked)
        if chosen.level != "village" and not material.units["is_submitted"].any():
            raise NothingReportedError(f"{asked.chinese}还没有收到可考评的报表：请先收集报表并汇总，再测算。")
        runs = list_runs(connection, chosen.level)
        setting = Setting(
            run_id=next_run_id(connection),
            period=asked,
            seed=default_seed(chosen, asked),
            issuer=settings.issuer,
            earlier=_earlier(connection, runs, asked),
        )
        document = assemble(chosen, material, setting)
        if (standing := _unchanged(runs, document)) is not None:
            return Assessed(standing, False, _document(connection, standing))
        keep_inputs(connection, chosen, asked, material)
        store_run(connection, document)
        draft(connection, document.run_id, person)
    return Assessed(document.run_id, True, document)


def choose_rubric(period: Period, level: Level | None, name: str | None) -> Rubric:
    """The rubric asked for. Raises Refusal when it is not for the level or the period."""
    if name is None:
        return default_rubric(level or "township", period)
    rubric = find_rubric(name)
    if level is not None and rubric.level != level:
        raise Refusal(f"考评办法 {rubric.code} 用于 {rubric.level}，不用于 {level}：请改 --level 或另选办法。")
    rubric.effective(period, _ANY)
    return rubric


class _Any(dict[str, float]):
    """Stands for parameters when only the period matters."""

    def __missing__(self, name: str) -> float:
        return 1.0

    def __contains__(self, name: object) -> bool:
        return True


_ANY = _Any()


def default_seed(rubric: Rubric, period: Period) -> int:
    """A seed that follows from what is assessed, so that the same assessment draws the same resamples."""
    return crc32(f"{rubric.level} {rubric.code} {period.text}".encode())


def _unchanged(runs: pd.DataFrame, document: RunDocument) -> int | None:
    """The newest run of the period and rubric, if it says the same."""
    same = runs[(runs["period"] == document.period) & (runs["rubric"] == document.rubric_code)]
    if same.empty or same.iloc[0]["stage"] in _PAST:
        return None
    newest = same.iloc[0]
    wanted = (document.rubric_digest, document.catalogue_digest, document.snapshot.inputs_digest, document.seed)
    found = tuple(newest[name] for name in ("rubric_digest", "catalogue_digest", "inputs_digest", "seed"))
    return int(newest["run_id"]) if wanted == found else None


def _earlier(connection: Connection, runs: pd.DataFrame, period: Period) -> tuple[EarlierRun, ...]:
    """The newest run of each earlier period of the same kind, the newest periods, oldest first."""
    found: dict[Period, int] = {}
    for row in runs[runs["stage"] != "refused"].itertuples(index=False):
        when = Period.parse(str(row.period))
        if when.kind == period.kind and when < period:
            found.setdefault(when, int(row.run_id))  # type: ignore[arg-type]
    kept = sorted(found)[-EARLIER_RUNS:]
    return tuple(_shortened(_document(connection, found[when]), when == kept[-1]) for when in kept)


def _document(connection: Connection, run_id: int) -> RunDocument:
    return RunDocument.from_bytes(read_bytes(connection, run_id))


def _shortened(document: RunDocument, with_points: bool) -> EarlierRun:
    units = tuple(
        EarlierUnit(
            unit.code, unit.score, unit.rank, {item.item: item.points for item in unit.items} if with_points else {}
        )
        for unit in document.units
    )
    return EarlierRun(document.run_id, document.period, document.rubric_code, document.rubric_version, units)
