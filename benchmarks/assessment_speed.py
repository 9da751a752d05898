"""How fast an assessment says how sure its ranks are; `python -m benchmarks.assessment_speed`.

In one run: 10,000 resamples of the default rubric over 31 townships beside a plain pandas loop that scores the very
same resamples (totals and ranks are compared), and the growth of the whole answer to 3,000 and 40,000 townships.
Seconds are processor time of all threads, the best of several rounds. R is not at hand, so COINr is not measured.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.assessed_county import effective_rubric, simulate_inputs
from catalogue.periods import Period
from catalogue.rubric import Part, Rubric, RubricItem
from transforms.certainty import how_sure
from transforms.certainty.resampling import model_inputs, redraw
from transforms.scoring import Inputs, rank, score

RESULTS = Path(__file__).resolve().parent / "results" / "assessment_speed.md"
TOWNSHIPS, RESAMPLES, SEED = 31, 10_000, 1
LOOPED = 60  # resamples the plain loop is measured on
SIZES = (31, 3_000, 40_000)
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Timing:
    """Seconds for so many townships and resamples, and the peak of memory so far in MB."""

    townships: int
    resamples: int
    seconds: float
    peak: float


def resample(rubric: Rubric, inputs: Inputs, draws: int) -> tuple[Array, Array]:
    """(totals, ranks) [draw, U], ours."""
    batches = redraw(model_inputs(rubric, inputs), np.random.Generator(np.random.SFC64(SEED)), draws, gaps=False)
    totals = np.concatenate([score(rubric, batch).total for batch in batches])
    return totals, rank(totals, inputs.peer).astype(np.float64)


def resample_plainly(rubric: Rubric, batch: Inputs, draws: int) -> tuple[Array, Array]:
    """(totals, ranks) [draw, U] of the same resamples, as a loop over data frames."""
    totals, ranks = [], []
    for draw in range(draws):
        value, above, below = (
            pd.DataFrame(array[min(draw, len(array) - 1)], index=batch.units, columns=batch.codes)
            for array in (batch.value, batch.numerator, batch.denominator)
        )
        total = _score_plainly(rubric, value, above, below, batch)
        totals.append(total.to_numpy())
        ranks.append(total.groupby(batch.peer).rank(ascending=False, method="min").to_numpy())
    return np.array(totals), np.array(ranks)


def _score_plainly(
    rubric: Rubric, value: pd.DataFrame, above: pd.DataFrame, below: pd.DataFrame, inputs: Inputs
) -> pd.Series:
    sums = {kind: pd.Series(0.0, index=value.index) for kind in ("points", "most", "bonus", "deduction")}
    for item in rubric.items:
        if item.kind == "veto" or not item.parts:
            continue
        for part in item.parts:
            points = _points_plainly(part, value, above, below, inputs)
            judged = points.notna() & _applies(item, inputs)
            sums[item.kind] = sums[item.kind] + points.where(judged, 0.0)
            if item.kind == "points":
                sums["most"] = sums["most"] + judged * part.points
    base = rubric.total * sums["points"] / sums["most"]
    return base + sums["bonus"].clip(upper=rubric.bonus_limit) + sums["deduction"].clip(lower=-rubric.deduction_limit)


def _applies(item: RubricItem, inputs: Inputs) -> NDArray[np.bool_]:
    return inputs.congress | (item.applies_to == "all")


def _points_plainly(
    part: Part, value: pd.DataFrame, above: pd.DataFrame, below: pd.DataFrame, inputs: Inputs
) -> pd.Series:
    columns = list(part.inputs)
    figures = value[columns]
    if part.shrink:
        code = columns[0]
        hits, cases = (frame[code].groupby(inputs.peer).transform("sum") for frame in (above, below))
        figures = (
            ((above[code] + part.shrink * hits / cases) / (below[code] + part.shrink)).where(below[code] > 0).to_frame()
        )
    weighted = figures * (list(part.weights) or 1.0)
    found = weighted.sum(axis=1, skipna=False)
    target, floor = float(part.target or 0), float(part.floor)
    match part.type:
        case "count_target":
            off = part.per_missing if part.per_missing is not None else part.points / target if target else 0.0
            lost = off * (target - found).clip(lower=0) + part.per_excess * (found - target).clip(lower=0)
            points = (part.points - lost).clip(lower=0)
        case "rate_linear":
            points = part.points * ((found - floor) / (target - floor)).clip(0, 1)
        case "rate_target":
            points = (part.points * (found >= target)).where(found.notna())
        case "flag":
            points = part.points * figures.clip(0, 1).mean(axis=1, skipna=False)
        case "bonus_cap":
            points = found.clip(upper=part.points)
        case "deduct":
            points = -(part.each * found).clip(upper=part.points)
        case _:
            raise ValueError(f"{part.type} is not in the default rubric")
    points = points.mask((below[columns] == 0).any(axis=1), 0.0 if part.empty == "zero" else np.nan)
    if part.gate:
        gate = value[part.gate.input]
        points = points.where(
            (gate >= part.gate.at_least) | gate.isna(), 0.0 if part.gate.otherwise == "zero" else np.nan
        )
    return points


def enlarge(rubric: Rubric, inputs: Inputs, townships: int) -> Inputs:
    """So many townships like these, each with a year of its own by chance; the original ones come first."""
    if townships <= len(inputs.units):
        return inputs
    copies = -(-townships // len(inputs.units))
    random = np.random.Generator(np.random.SFC64(SEED))
    batches = list(redraw(model_inputs(rubric, inputs), random, copies - 1, gaps=False))

    def join(name: str) -> Array:
        parts = [
            np.broadcast_to(getattr(batch, name), batch.value.shape).reshape(-1, len(inputs.codes)) for batch in batches
        ]
        return np.concatenate([getattr(inputs, name), *parts])[:townships]

    def tile(array: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.concatenate([array] * copies)[:townships]

    masks = {name: tile(getattr(inputs, name)) for name in ("approximate", "absent", "congress", "peer")}
    units = tuple(f"{place:06d}" for place in range(townships))
    figures = {name: join(name) for name in ("value", "numerator", "denominator")}
    return replace(inputs, units=units, **figures, **masks)  # type: ignore[arg-type]


def measure(work: Callable[[], object], rounds: int) -> float:
    """The least processor time of so many rounds."""
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def compare(rubric: Rubric, inputs: Inputs, rounds: int) -> tuple[float, float]:
    """Seconds for RESAMPLES (ours, the plain loop extrapolated from LOOPED). Raises ValueError when answers differ."""
    random = np.random.Generator(np.random.SFC64(SEED))
    batch = next(redraw(model_inputs(rubric, inputs), random, RESAMPLES, gaps=False))
    totals, ranks = resample(rubric, inputs, RESAMPLES)
    begun = time.process_time()
    plain_totals, plain_ranks = resample_plainly(rubric, batch, LOOPED)
    plain = (time.process_time() - begun) * RESAMPLES / LOOPED
    if np.abs(totals[:LOOPED] - plain_totals).max() > 1e-9 or (ranks[:LOOPED] != plain_ranks).any():
        raise ValueError("the plain loop gives other totals or ranks")
    return measure(lambda: resample(rubric, inputs, RESAMPLES), rounds), plain


def grow(rubric: Rubric, inputs: Inputs, sizes: tuple[int, ...], rounds: int) -> list[Timing]:
    """The whole answer for growing numbers of townships."""
    timings = []
    for size in sizes:
        large = enlarge(rubric, inputs, size)
        seats = [-(-28 * int((large.peer == group).sum()) // 100) for group in range(int(large.peer.max()) + 1)]
        drawn: list[int] = []

        def answer(large: Inputs = large, seats: list[int] = seats, drawn: list[int] = drawn) -> None:
            drawn.append(how_sure(rubric, large, seed=SEED, resamples=RESAMPLES, quota=seats).resamples)

        seconds = measure(answer, rounds if size < 1_000 else 1)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        timings.append(Timing(size, drawn[0], seconds, peak))
    return timings


def write_page(ours: float, plain: float, timings: list[Timing]) -> str:
    """The page of results."""
    lines = [
        "# 考评计算的速度",
        "",
        "由 `python -m benchmarks.assessment_speed` 写出。秒数是处理器时间（各线程合计），几轮中最快的一轮。",
        "",
        f"## {TOWNSHIPS} 个单位、默认考评办法、{RESAMPLES:,} 次重抽",
        "",
        "| 做法 | 秒 | 倍数 |",
        "|---|--:|--:|",
        f"| 本平台：重抽、评分、排名 | {ours:.2f} | 1 |",
        f"| 直接用 pandas 逐次循环（测 {LOOPED} 次后折算，抽样不计时） | {plain:.0f} | {plain / ours:.0f} |",
        "",
        f"两者用同样的重抽数据；前 {LOOPED} 次的得分相差不超过 1e-9，名次完全相同（不同则不出本页）。",
        "没有 R，未与 COINr 的做法比。",
        "",
        "## 全部结果（区间、置信集、名额线、分档、Sobol）随单位数的增长",
        "",
        "| 单位 | 重抽次数 | 秒 | 内存峰值 MB |",
        "|--:|--:|--:|--:|",
        *(f"| {one.townships:,} | {one.resamples:,} | {one.seconds:.2f} | {one.peak:,.0f} |" for one in timings),
        "",
        "单位多时减少重抽次数（不少于 250 次），临界值改用 Bonferroni，置信集只会偏宽。镇和乡算一个组，一排到底。",
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Measures, writes the page and prints it; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.assessment_speed", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    year = Period.holding("year", Period.parse("2025-12"))
    rubric = effective_rubric(year)
    inputs, _ = simulate_inputs(1, TOWNSHIPS, year, rubric)
    ours, plain = compare(rubric, inputs, options.rounds)
    page = write_page(ours, plain, grow(rubric, inputs, SIZES, options.rounds))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(page, encoding="utf-8")
    print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
