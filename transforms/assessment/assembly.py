"""From material and rubric to the run as a document: scores, ranks, how sure they are, grades, reasons, sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from catalogue.inputs import catalogue_digest, inputs_of
from catalogue.periods import Period
from catalogue.rubric import Rubric
from catalogue.runs import EarlierRun, PeerGroup, RunDocument, RunFile, RunInput, RunItem, RunSource, RunUnit, Snapshot
from transforms.assessment.decisions import Standing, Verdict, decide, seats
from transforms.assessment.itemised import itemise
from transforms.assessment.material import Material, inputs_digest, shape_inputs, unit_codes
from transforms.assessment.peers import numbered, peer_names
from transforms.assessment.ranges import spans
from transforms.certainty import Certainty, as_json, how_sure
from transforms.scoring import Inputs, Scores, rank, score
from transforms.scoring.inputs import Floats, Ints

COVERAGE = 0.9
RESAMPLES = 10_000


@dataclass(frozen=True)
class Setting:
    """What a run is told besides rubric and data; `earlier`: runs of earlier periods to be kept for trends."""

    run_id: int
    period: Period
    seed: int
    issuer: str
    earlier: tuple[EarlierRun, ...] = ()
    resamples: int = RESAMPLES
    coverage: float = COVERAGE


@dataclass(frozen=True)
class Result:
    """The arrays behind a document, units in the material's order."""

    effective: Rubric
    inputs: Inputs
    scores: Scores
    ranks: Ints
    overall: Ints
    peers: list[str]
    certainty: Certainty | None


def evaluate(rubric: Rubric, material: Material, setting: Setting) -> Result:
    """Scores and ranks of the material. With `resamples` 0 nothing is said about how sure they are."""
    effective = rubric.effective(setting.period, material.parameters)
    groups, classes = peer_names(rubric.peers, material.units)
    peers, peer = numbered(groups)
    inputs = shape_inputs(rubric, material, peer)
    scores = score(effective, inputs)
    ties = tiebreaks(effective, scores)
    ranks = rank(scores.total, peer, ties)
    overall = rank(scores.total, numbered(classes)[1], ties)
    certainty = None
    if setting.resamples and len(inputs.units):
        quota = [seats(rubric, int(((peer == number) & (ranks > 0)).sum())) for number in range(len(peers))]
        certainty = how_sure(
            effective, inputs, seed=setting.seed, resamples=setting.resamples, coverage=setting.coverage, quota=quota
        )
    return Result(effective, inputs, scores, ranks, overall, peers, certainty)


def tiebreaks(rubric: Rubric, scores: Scores) -> Floats:
    """[U, K]: the share attained of each item or block the rubric breaks ties by; NaN where it was not judged."""
    keys = np.full((*scores.total.shape, len(rubric.tiebreaks)), np.nan)
    for place, code in enumerate(rubric.tiebreaks):
        named = [i for i, item in enumerate(rubric.items) if item.kind == "points" and code in (item.code, item.block)]
        points, limits = scores.points[..., named], scores.max_points[..., named]
        had = np.where(np.isnan(points), 0.0, limits).sum(axis=-1)
        got = np.nansum(points, axis=-1)
        keys[..., place] = np.divide(got, had, out=np.full(had.shape, np.nan), where=had > 0)
    return keys


def assemble(rubric: Rubric, material: Material, setting: Setting) -> RunDocument:
    """The run as a document. The same rubric, material and setting give the same bytes."""
    result = evaluate(rubric, material, setting)
    declared = inputs_of(rubric.level)
    files = _files(material.files)
    groups = _groups(rubric, result)
    place_of = {file.submission_id: place for place, file in enumerate(files)}
    return RunDocument(
        run_id=setting.run_id,
        level=rubric.level,
        period=setting.period.text,
        rubric_code=rubric.code,
        rubric_version=rubric.version,
        rubric_digest=rubric.digest,
        rubric=rubric.text,
        catalogue_digest=catalogue_digest(),
        parameters={name: float(value) for name, value in material.parameters.items()},
        snapshot=Snapshot(
            material.newest_submission, material.newest_panel_entry, inputs_digest(result.inputs, material.files)
        ),
        seed=setting.seed,
        resamples=setting.resamples,
        coverage=setting.coverage,
        peer_groups=groups,
        units=_units(rubric, material, result, groups),
        files=files,
        sources=_sources(rubric, material.sources, place_of),
        earlier=setting.earlier,
        input_labels={code: declared[code].label for code in rubric.inputs},
        issuer=setting.issuer,
        certainty={}
        if result.certainty is None
        else as_json(result.certainty, result.inputs.units, result.inputs.codes),
    )


def _units(rubric: Rubric, material: Material, result: Result, groups: Sequence[PeerGroup]) -> tuple[RunUnit, ...]:
    items = itemise(result.effective, result.inputs, result.scores)
    vetoes = [item.label for item in rubric.items if item.kind == "veto"]
    veto_codes = [item.code for item in rubric.items if item.kind == "veto"]
    struck = result.scores.points[:, [i for i, item in enumerate(rubric.items) if item.kind == "veto"]] > 0
    tied = _tied(result.inputs.peer, result.ranks)
    places = {number: group.quota for number, group in enumerate(groups)}
    units = []
    for place, row in enumerate(material.units.itertuples(index=False)):
        standing = Standing(
            _known(result.scores.total[place]),
            int(result.ranks[place]) or None,
            int(tied[place]),
            tuple(label for label, strikes in zip(vetoes, struck[place], strict=True) if strikes),
            None if result.certainty is None else _known(result.certainty.inside_quota[place]),
        )
        verdict = decide(rubric, standing, places[int(result.inputs.peer[place])])
        codes = tuple(code for code, strikes in zip(veto_codes, struck[place], strict=True) if strikes)
        units.append(_unit(row, place, result, standing, verdict, codes, items[place]))
    return tuple(units)


def _tied(peer: Ints, ranks: Ints) -> Ints:
    """How many units of the peer group share the unit's rank, itself included."""
    _, place, count = np.unique(np.stack([peer, ranks]), axis=1, return_inverse=True, return_counts=True)
    return np.asarray(count[place.reshape(-1)])


def _unit(
    row: Any,
    place: int,
    result: Result,
    standing: Standing,
    verdict: Verdict,
    vetoes: tuple[str, ...],
    items: tuple[RunItem, ...],
) -> RunUnit:
    scores, certainty = result.scores, result.certainty
    return RunUnit(
        code=result.inputs.units[place],
        name=str(row.name),
        township_code=str(row.township_code),
        kind=str(row.kind),
        size=_known(row.size),
        peer_group=result.peers[int(result.inputs.peer[place])],
        is_submitted=bool(row.is_submitted),
        score=standing.score,
        base=_known(scores.base[place]),
        bonus=float(scores.bonus[place]),
        deduction=float(scores.deduction[place]),
        rank=standing.rank,
        rank_overall=int(result.overall[place]) or None,
        rank_low=None if certainty is None else int(certainty.rank_low[place]) or None,
        rank_high=None if certainty is None else int(certainty.rank_high[place]) or None,
        is_tied=standing.rank is not None and standing.tied > 1,
        inside_quota=None if standing.inside is None else round(standing.inside, 6),
        band=verdict.band,
        decision=verdict.decision,
        reason=verdict.reason,
        prize=verdict.prize,
        vetoes=vetoes,
        inputs=_inputs(result.inputs, place),
        items=items,
    )


def _inputs(inputs: Inputs, place: int) -> tuple[RunInput, ...]:
    return tuple(
        RunInput(
            code,
            _known(inputs.value[place, column]),
            _known(inputs.numerator[place, column]),
            _known(inputs.denominator[place, column]),
            bool(inputs.approximate[place, column]),
        )
        for column, code in enumerate(inputs.codes)
    )


def _groups(rubric: Rubric, result: Result) -> tuple[PeerGroup, ...]:
    groups = []
    for number, name in enumerate(result.peers):
        mine = result.inputs.peer == number
        ranked = int((mine & (result.ranks > 0)).sum())
        points = result.scores.points[mine]
        medians = {item.code: _median(points[:, place].tolist()) for place, item in enumerate(rubric.items)}
        certainty, codes = result.certainty, result.inputs.units
        groups.append(
            PeerGroup(
                name=name,
                units=ranked,
                quota=seats(rubric, ranked),
                medians=medians,
                is_line_firm=None if certainty is None else bool(certainty.line_is_firm[number]),
                groups=()
                if certainty is None
                else tuple(tuple(codes[unit] for unit in alike) for alike in certainty.groups[number]),
            )
        )
    return tuple(groups)


def _median(values: Sequence[float]) -> float | None:
    known = [value for value in values if not np.isnan(value)]
    return float(median(known)) if known else None


def _files(files: pd.DataFrame) -> tuple[RunFile, ...]:
    rows: list[dict[str, Any]] = files.sort_values("submission_id").to_dict("records")  # type: ignore[assignment]
    texts = ("township_code", "period", "file_name", "sha256")
    return tuple(RunFile(int(row["submission_id"]), *(str(row[name]) for name in texts)) for row in rows)


def _sources(rubric: Rubric, sources: pd.DataFrame, place_of: dict[int, int]) -> tuple[RunSource, ...]:
    rows: list[dict[str, Any]] = sources.to_dict("records")  # type: ignore[assignment]
    return tuple(
        RunSource(
            unit=unit,
            input=row["input"],
            file=None if pd.isna(row["submission_id"]) else place_of[int(row["submission_id"])],
            sheet=row["sheet"],
            sheet_name=row["sheet_name"],
            rows=spans(row["excel_rows"]),
            columns=",".join(row["columns"]),
        )
        for unit, row in zip(unit_codes(rubric, sources), rows, strict=True)
    )


def _known(value: Any) -> float | None:
    """The number as a float; None for NaN and None."""
    return None if value is None or pd.isna(value) else float(value)
