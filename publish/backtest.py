"""What a draft rubric would have changed in the past: scores and ranks by both, and who would have moved."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.errors import Refusal
from catalogue.inputs import Level
from catalogue.periods import Period
from catalogue.rubric import Rubric
from catalogue.rubric_loading import default_rubric
from catalogue.runs import RunDocument, RunUnit
from publish.assess import Place, choose_rubric, default_seed
from transforms.assessment import Setting, assemble
from warehouse.assessment import read_material
from warehouse.connection import Connection, Warehouse

MOST_PERIODS = 40


@dataclass(frozen=True)
class Move:
    """A unit in a period by the rubric in force (old) and by the draft (new); None where one gives no score or rank."""

    period: str
    unit: str
    name: str
    peer_group: str
    old_score: float | None
    new_score: float | None
    old_rank: int | None
    new_rank: int | None
    old_decision: str
    new_decision: str

    @property
    def moved(self) -> bool:
        """The rank or the recommendation changes."""
        return self.old_rank != self.new_rank or self.old_decision != self.new_decision


@dataclass(frozen=True)
class Backtest:
    """`moves` of every unit and period compared; `left_out`: periods that could not be, with why."""

    old: str
    new: str
    moves: tuple[Move, ...]
    left_out: tuple[tuple[str, str], ...]


def backtest(settings: Place, since: str, until: str, rubric: str, level: Level | None = None) -> Backtest:
    """The draft rubric beside the default one over the periods since..until; nothing is stored.

    Recommendations are those of the figures alone: how sure a rank is does not enter. Raises Refusal when the two are
    not periods of a kind, the first is not the earlier one, or the draft is not for them.
    """
    first, last = Period.parse(since), Period.parse(until)
    if first.kind != last.kind or first > last:
        raise Refusal(f"--since {since} 应是与 {until} 同类、且不晚于它的统计期。")
    draft = choose_rubric(last, level, rubric)
    moves: list[Move] = []
    left_out: list[tuple[str, str]] = []
    names = []
    with Warehouse(settings.warehouse_url).transaction() as connection:
        for period in _between(first, last):
            try:
                standing = default_rubric(draft.level, period)
                old, new = (_evaluated(settings, connection, given, period) for given in (standing, draft))
            except Refusal as reason:
                left_out.append((period.text, str(reason)))
                continue
            names.append(f"{standing.label}（{standing.code} 第 {standing.version} 版）")
            moves.extend(_moves(period, old, new))
    if not moves:
        raise Refusal(f"{since} 至 {until} 没有可比较的统计期：{left_out[-1][1]}")
    return Backtest(names[-1], f"{draft.label}（{draft.code} 第 {draft.version} 版）", tuple(moves), tuple(left_out))


def _between(first: Period, last: Period) -> list[Period]:
    periods = [first]
    while periods[-1] < last:
        periods.append(periods[-1].shifted(1))
    if len(periods) > MOST_PERIODS:
        raise Refusal(
            f"从 {first.text} 到 {last.text} 有 {len(periods)} 期，最多回测 {MOST_PERIODS} 期：请改 --since。"
        )
    return periods


def _evaluated(settings: Place, connection: Connection, rubric: Rubric, period: Period) -> RunDocument:
    material = read_material(connection, rubric, period)
    seed = default_seed(rubric, period)
    return assemble(rubric, material, Setting(0, period, seed, settings.issuer, resamples=0))


def _moves(period: Period, old: RunDocument, new: RunDocument) -> list[Move]:
    before = {unit.code: unit for unit in old.units}
    return [_move(period, before[unit.code], unit) for unit in new.units if unit.code in before]


def _move(period: Period, old: RunUnit, new: RunUnit) -> Move:
    return Move(
        period.text,
        new.code,
        new.name,
        new.peer_group,
        old.score,
        new.score,
        old.rank,
        new.rank,
        old.decision,
        new.decision,
    )
