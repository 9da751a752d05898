"""A run of a fictional county, scored by the real engine from drawn inputs; nothing read from a database."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from statistics import median

import numpy as np

from catalogue.approval import Approval
from catalogue.inputs import inputs_of
from catalogue.periods import Period
from catalogue.rubric import Rubric
from catalogue.rubric_loading import default_rubric
from catalogue.runs import (
    EarlierRun,
    EarlierUnit,
    PeerGroup,
    RunDocument,
    RunFile,
    RunInput,
    RunItem,
    RunSource,
    RunUnit,
    Snapshot,
)
from transforms.certainty import Certainty, as_json, how_sure
from transforms.scoring import Inputs, rank, score

PERIOD = Period.parse("2025")
PARAMETERS = {
    "session_min_days": 1.0,
    "notice_days": 7.0,
    "material_days": 1.0,
    "reply_months": 3.0,
    "reply_months_extended": 6.0,
    "sessions_per_year": 2.0,
    "presidium_meetings_per_year": 4.0,
    "presidium_members_min": 7.0,
    "presidium_members_max": 13.0,
    "group_activities_per_year": 4.0,
    "term_elapsed": 0.6,
}
_FIRST, _SECOND = (
    "荷青白黄清龙凤石马双三大小古新东西南北中高平安永长福乐金银铁铜",
    "沟山河坪溪潭岭桥店岗镇庄寨城安坝街塘村寺关原水山岭峡坡滩洞炉村",
)
STREETS = 3  # the last ones of a county of at least 10


def names(count: int) -> list[str]:
    """Names of fictional townships."""
    found = []
    for number in range(count):
        kind = "街道" if count >= 10 and number >= count - STREETS else "镇" if number % 3 else "乡"
        found.append(_FIRST[number % 31] + _SECOND[(number + number // 31) % 31] + kind)
    return found


def make_inputs(rubric: Rubric, townships: Sequence[str], seed: int) -> Inputs:
    """Inputs drawn at chance: better and worse townships, empty denominators, gaps, one that sent nothing."""
    dice = random.Random(seed)
    known = inputs_of("township")
    codes = rubric.inputs
    shape = (len(townships), len(codes))
    value, numerator, denominator = (np.full(shape, np.nan) for _ in range(3))
    absent = np.zeros(shape, dtype=bool)
    for row in range(len(townships)):
        quality = dice.betavariate(14, 2)
        for column, code in enumerate(codes):
            declared = known[code]
            if declared.evidence == "panel" and declared.default is not None:
                value[row, column] = declared.default
            elif declared.is_rate:
                cases = dice.choice([1, 3, 8, 20, 45, 80]) if dice.random() > 0.02 else 0
                hits = sum(dice.random() < quality for _ in range(cases))
                numerator[row, column], denominator[row, column] = hits, cases
                value[row, column] = hits / cases if cases else np.nan
            elif code.endswith(("_flag", "_heard", "_approved", "_points")):
                value[row, column] = float(dice.random() < quality)
            elif code in ("session_short_count", "sessions_without_quorum"):
                value[row, column] = float(dice.random() > 0.97)
            else:
                value[row, column] = dice.randint(2, 5) if dice.random() < quality else dice.randint(0, 2)
            if dice.random() < 0.01 and value[row, column] == value[row, column]:
                value[row, column] = numerator[row, column] = denominator[row, column] = np.nan
    if len(townships) >= 10:
        absent[4, :] = True
        value[4, :] = numerator[4, :] = denominator[4, :] = np.nan
    is_street = np.array([name.endswith("街道") for name in townships])
    return Inputs(
        tuple(f"4312301{number:02d}" for number in range(len(townships))),
        codes,
        value,
        numerator,
        denominator,
        np.zeros(shape, dtype=bool),
        absent,
        ~is_street,
        is_street.astype(np.int64),
    )


def make_run(
    count: int = 31,
    *,
    townships: Sequence[str] | None = None,
    seed: int = 5,
    earlier: int = 3,
    period: Period = PERIOD,
    rubric: Rubric | None = None,
) -> RunDocument:
    """A run document of that many townships and earlier periods."""
    asked = rubric or default_rubric("township", period)
    assert asked is not None
    effective = asked.effective(period, PARAMETERS)
    listed = list(townships or names(count))
    inputs = make_inputs(effective, listed, seed)
    scores = score(effective, inputs)
    tiebreaks = tiebreak_keys(effective, scores.points, scores.max_points)
    ranks = rank(scores.total, inputs.peer, tiebreaks)
    groups = ["乡镇", "街道"]
    overall = rank(scores.total, np.zeros(len(listed), dtype=np.int64), tiebreaks)
    quotas = {place: -(-28 * int((inputs.peer == place).sum()) // 100) for place in (0, 1)}
    known = inputs_of("township")
    certainty = how_sure(
        effective,
        inputs,
        seed=seed,
        resamples=200,
        coverage=0.9,
        quota=np.array([quotas[place] for place in range(int(inputs.peer.max()) + 1)]),
    )
    units = []
    for row, name in enumerate(listed):
        peer = int(inputs.peer[row])
        place = int(ranks[row]) or None
        total = _plain(scores.total[row])
        vetoes = tuple(
            item.code
            for column, item in enumerate(effective.items)
            if item.kind == "veto" and scores.points[row, column] > 0
        )
        good = total is not None and total >= effective.bands.candidate
        decision = "none"
        if good and place is not None and place <= quotas[peer] and not vetoes:
            decision = "committee" if place == quotas[peer] else "recommended"
        labels = effective.bands.labels
        qualified = total is not None and total >= effective.bands.qualified
        bands = {"recommended": labels[0], "committee": f"{labels[0]}（待定）"}
        units.append(
            RunUnit(
                code=inputs.units[row],
                name=name,
                township_code=inputs.units[row],
                kind="街道" if peer else "镇",
                size=40.0 + row,
                peer_group=groups[peer],
                is_submitted=not bool(inputs.absent[row].all()),
                score=total,
                base=_plain(scores.base[row]),
                bonus=float(scores.bonus[row]),
                deduction=float(scores.deduction[row]),
                rank=place,
                rank_overall=int(overall[row]) or None,
                rank_low=int(certainty.rank_low[row]) or None,
                rank_high=int(certainty.rank_high[row]) or None,
                is_tied=place is not None and int((ranks[inputs.peer == peer] == place).sum()) > 1,
                inside_quota=_plain(certainty.inside_quota[row]),
                band="" if total is None else bands.get(decision, labels[1 if qualified else 2]),
                decision=decision,  # type: ignore[arg-type]
                reason="得分、名次均符合。" if decision == "recommended" else "",
                prize=effective.prizes[place - 1] if decision == "recommended" and place and place <= 3 else None,
                vetoes=vetoes,
                inputs=tuple(
                    RunInput(
                        code,
                        _plain(inputs.value[row, column]),
                        _plain(inputs.numerator[row, column]) if known[code].is_rate else None,
                        _plain(inputs.denominator[row, column]) if known[code].is_rate else None,
                        False,
                    )
                    for column, code in enumerate(inputs.codes)
                ),
                items=tuple(_item(effective, inputs, scores, row, column) for column in range(len(effective.items))),
            )
        )
    return _document(asked, period, units, groups, quotas, inputs, earlier, seed, certainty)


def _item(rubric: Rubric, inputs: Inputs, scores: object, row: int, column: int) -> RunItem:
    item = rubric.items[column]
    points = _plain(scores.points[row, column])  # type: ignore[attr-defined]
    state = "scored"
    if points is None:
        mine = [inputs.column(code) for code in item.inputs]
        state = "missing" if mine and inputs.missing[row, mine].any() else "not_applicable"
        if item.applies_to == "congress" and not inputs.congress[row]:
            state = "not_applicable"
    elif inputs.absent[row].any():
        state = "not_submitted"
    first = inputs.column(item.inputs[0]) if item.inputs else None
    return RunItem(
        item.code,
        state,  # type: ignore[arg-type]
        points,
        float(scores.max_points[row, column]),  # type: ignore[attr-defined]
        _plain(scores.value[row, column]),  # type: ignore[attr-defined]
        None if first is None else _plain(inputs.numerator[row, first]),
        None if first is None else _plain(inputs.denominator[row, first]),
        "",
    )


def _document(
    rubric: Rubric,
    period: Period,
    units: list[RunUnit],
    groups: list[str],
    quotas: dict[int, int],
    inputs: Inputs,
    earlier: int,
    seed: int,
    certainty: Certainty,
) -> RunDocument:
    files = tuple(
        RunFile(number + 1, unit.code, f"{period.text}-03", f"{unit.name}3月.xlsx", f"{number:064x}")
        for number, unit in enumerate(units)
    )
    sources = tuple(
        RunSource(unit.code, given.code, number, "supervision_activity", "监督活动", "3-7,9", "B,D")
        for number, unit in enumerate(units)
        for given in unit.inputs
        if given.value is not None and unit.is_submitted
    )
    dice = random.Random(seed + 1)
    past = tuple(
        EarlierRun(
            number + 1,
            period.shifted(number - earlier).text,
            rubric.code,
            rubric.version,
            tuple(
                EarlierUnit(
                    unit.code,
                    None if unit.score is None else max(0.0, unit.score + dice.gauss(-2, 4)),
                    unit.rank,
                    {item.item: item.points for item in unit.items} if number == earlier - 1 else {},
                )
                for unit in units
                if number or unit is not units[0]
            ),
        )
        for number in range(earlier)
    )
    peers = []
    for place, name in enumerate(groups):
        mine = [unit for unit in units if unit.peer_group == name]
        if mine:
            codes = [item.item for item in mine[0].items]
            apart = tuple(tuple(inputs.units[unit] for unit in alike) for alike in certainty.groups[place])
            middle = {
                code: median(known) if (known := [p for u in mine if (p := u.item(code).points) is not None]) else None
                for code in codes
            }
            peers.append(PeerGroup(name, len(mine), quotas[place], middle, bool(certainty.line_is_firm[place]), apart))
    return RunDocument(
        run_id=12,
        level="township",
        period=period.text,
        rubric_code=rubric.code,
        rubric_version=rubric.version,
        rubric_digest=rubric.digest,
        rubric=rubric.text,
        catalogue_digest="0" * 64,
        parameters=PARAMETERS,
        snapshot=Snapshot(99, 0, "1" * 64),
        seed=seed,
        resamples=1000,
        coverage=0.9,
        peer_groups=tuple(peers),
        units=tuple(units),
        files=files,
        sources=sources,
        earlier=past,
        input_labels={code: inputs_of("township")[code].label for code in inputs.codes},
        issuer="云岭县人民代表大会常务委员会",
        certainty=as_json(certainty, inputs.units, inputs.codes),
    )


def make_approval(document: RunDocument, **given: object) -> Approval:
    """A yes to the run, without an approval number unless given."""
    plain = Approval(
        run_id=document.run_id,
        document_sha256=document.digest,
        approved_by="主任会议",
        approved_on=date(PERIOD.year + 1, 1, 16),
        reason="同意",
        document_number="云常发〔2026〕3号",
        issued_on=date(PERIOD.year + 1, 1, 20),
        objections=2,
        upheld=1,
    )
    return replace(plain, **given)  # type: ignore[arg-type]


def tiebreak_keys(rubric: Rubric, points: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """[U, K]: points over points to be had of the item or block of every tiebreak; NaN where not judged."""
    keys = []
    for code in rubric.tiebreaks:
        columns = [
            n for n, item in enumerate(rubric.items) if code in (item.code, item.block) and item.kind == "points"
        ]
        judged = ~np.isnan(points[:, columns])
        had = np.where(judged, limits[:, columns], 0).sum(axis=1)
        got = np.where(judged, points[:, columns], 0).sum(axis=1)
        keys.append(np.divide(got, had, out=np.full(had.shape, np.nan), where=had > 0))
    return np.stack(keys, axis=-1) if keys else np.zeros((len(points), 0))


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
