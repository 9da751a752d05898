"""How fair the assessment is, on simulated counties with a hidden true quality; `python -m benchmarks.fairness`.

Each county lives the same year many times over. One of the years is assessed; the others say what the townships' scores
are on average: the rank under this true expected score is what the intervals are to cover. Beside the rubric stands the
plain table found in the field: whoever entered most records comes first. Ranks are those of townships with a congress.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.assessed_county import (
    assemble,
    count_records,
    effective_rubric,
    figures,
    found_townships,
    live,
    pad,
)
from catalogue.periods import Period
from catalogue.rubric import Rubric
from transforms.certainty import Certainty, how_sure
from transforms.scoring import Inputs, rank, score

RESULTS = Path(__file__).resolve().parent / "results" / "fairness.md"
Array = NDArray[np.float64]
Ints = NDArray[np.int64]
TOWNSHIPS = 31
COVERAGE = 0.9
RESAMPLES = 4_000
INTERVALS: dict[str, Callable[[Certainty], tuple[Ints, Ints]]] = {
    "rank_low–rank_high（随机、取舍、缺口合计）": lambda sure: (sure.rank_low, sure.rank_high),
    "其中只计随机波动": lambda sure: (sure.sources["counts"].low, sure.sources["counts"].high),
    "逐个保证的置信集（Mogstad 等）": lambda sure: (sure.sure_low, sure.sure_high),
    "全体同时的置信集（Mogstad 等）": lambda sure: (sure.all_low, sure.all_high),
}


@dataclass(frozen=True)
class Found:
    """What one county showed; arrays over its townships with a congress, or over INTERVALS x townships."""

    quality: Array
    size: Array
    expected: Array
    total: Array
    records: Array
    covered: Array
    width: Array
    gain_ours: Array
    gain_plain: Array
    points_ours: Array
    distinct: Array
    true_order: Array


def examine(rubric: Rubric, year: Period, lots: int, county: int) -> Found:
    """A county: one year assessed, `lots` - 1 others for the truth."""
    townships = found_townships(county, TOWNSHIPS, year)
    keep = np.array([township.holds_congress for township in townships])
    lives = [live(township, year, f"{county}/0") for township in townships]
    rows = [figures(life) for life in lives]
    inputs = assemble(townships, rows, rubric)
    total = score(rubric, inputs).total
    others = [
        score(rubric, assemble(townships, [figures(live(t, year, f"{county}/{lot}")) for t in townships], rubric)).total
        for lot in range(1, lots)
    ]
    expected = np.mean(others, axis=0)
    true_rank, sure = (
        rank(expected, inputs.peer),
        how_sure(rubric, inputs, seed=county, resamples=RESAMPLES, coverage=COVERAGE),
    )
    bounds = [take(sure) for take in INTERVALS.values()]
    covered = np.array([(low <= true_rank) & (true_rank <= high) for low, high in bounds], dtype=float)
    width = np.array([high - low + 1 for low, high in bounds], dtype=float)
    records = np.array([float(count_records(life)) for life in lives])
    padded = [figures(pad(life)) for life in lives]
    gains = _gain(rubric, inputs, assemble(townships, padded, rubric), total)
    return Found(
        quality=np.array([township.quality for township in townships])[keep],
        size=np.array([float(len(township.deputies)) for township in townships])[keep],
        expected=expected[keep],
        total=total[keep],
        records=records[keep],
        covered=covered[:, keep],
        width=width[:, keep],
        gain_ours=gains[0][keep],
        gain_plain=_gain_plain(records, keep),
        points_ours=gains[1][keep],
        **_check_order(sure.groups[0], expected),
    )


def _gain(rubric: Rubric, inputs: Inputs, padded: Inputs, total: Array) -> tuple[Array, Array]:
    """(ranks, points) each township gains when it alone pads."""
    units = len(total)
    mine = np.eye(units, dtype=bool)[..., None]
    tried = score(
        rubric,
        inputs.with_figures(
            np.where(mine, padded.value, inputs.value),
            np.where(mine, padded.numerator, inputs.numerator),
            np.where(mine, padded.denominator, inputs.denominator),
        ),
    ).total
    ranks = np.diagonal(rank(tried, inputs.peer))
    return (rank(total, inputs.peer) - ranks).astype(np.float64), np.asarray(np.diagonal(tried) - total)


def _gain_plain(records: Array, keep: NDArray[np.bool_]) -> Array:
    """Ranks each township gains in the plain table when it alone enters everything twice."""
    own = records[keep]
    before = 1 + (own[None, :] > own[:, None]).sum(axis=1)
    after = 1 + (own[None, :] > 2 * own[:, None]).sum(axis=1)
    return np.asarray((before - after).astype(np.float64))


def _check_order(groups: tuple[tuple[int, ...], ...], expected: Array) -> dict[str, Array]:
    """Pairs whose second stands in a lower group than the first, and in how many the truth agrees."""
    place = {unit: number for number, group in enumerate(groups) for unit in group}
    pairs = [(one, other) for one in place for other in place if place[one] < place[other]]
    agree = [float(expected[one] > expected[other]) for one, other in pairs]
    return {"distinct": np.array([float(len(pairs))]), "true_order": np.array([sum(agree)])}


def measure(counties: int, lots: int, workers: int, say: Callable[[str], None]) -> list[Found]:
    """All counties, several at a time."""
    year = Period.holding("year", Period.parse("2025-12"))
    task = partial(examine, effective_rubric(year), year, lots)
    found: list[Found] = []
    with get_context("spawn").Pool(workers) as pool:
        for one in pool.imap(task, range(1, counties + 1)):
            found.append(one)
            if len(found) % 20 == 0:
                say(f"{len(found)} of {counties} counties")
    return found


def write_page(found: list[Found], lots: int, minutes: float) -> str:
    """The page of results."""

    def per_county(take: Callable[[Found], float]) -> str:
        values = np.array([take(one) for one in found])
        return f"{values.mean():.3f}（{np.quantile(values, 0.05):.3f}–{np.quantile(values, 0.95):.3f}）"

    def spearman(one: str, other: str) -> Callable[[Found], float]:
        return lambda each: float(stats.spearmanr(getattr(each, one), getattr(each, other)).statistic)

    def kendall(one: str, other: str) -> Callable[[Found], float]:
        return lambda each: float(stats.kendalltau(getattr(each, one), getattr(each, other)).statistic)

    pooled = {item.name: np.concatenate([getattr(one, item.name) for one in found], axis=-1) for item in fields(Found)}
    places = pooled["quality"].size / len(found)
    lines = [
        "# 公平性实测",
        "",
        f"{len(found)} 个模拟县，每县 {TOWNSHIPS} 个单位，只计设人大的（平均 {places:.1f} 个）；默认考评办法，年度。",
        f"每县把同一年重复经历 {lots} 次：一次用于考评，其余 {lots - 1} 次的平均得分作“真实期望得分”，",
        "按它排出的名次就是区间要覆盖的名次（它自己也有误差，所以实测的覆盖率略偏低）。",
        "隐藏质量由 `taizhang simulate` 的业务层给出，与规模无关；对照表是实地见到的“谁录入的条数多谁靠前”。",
        f"由 `python -m benchmarks.fairness` 写出，用时 {minutes:.0f} 分钟。括号内是各县的第 5 至第 95 百分位。",
        "",
        "## 与真实质量的一致程度",
        "",
        "| | 与隐藏质量 Spearman | Kendall | 与真实期望得分 Spearman | 与规模（代表人数）Spearman，应接近 0 |",
        "|---|--:|--:|--:|--:|",
    ]
    for label, name in (("本办法", "total"), ("按录入条数", "records"), ("（隐藏质量本身）", "quality")):
        cells = [
            spearman(name, "quality"),
            kendall(name, "quality"),
            spearman(name, "expected"),
            spearman(name, "size"),
        ]
        lines.append(f"| {label} | " + " | ".join(per_county(cell) for cell in cells) + " |")
    lines += [
        "",
        f"## 名次区间的覆盖（名义 {COVERAGE:.0%}，要求不低于 88 %）",
        "",
        "| 区间 | 覆盖真实名次 | 真实前三名 | 真实后三名 | 小乡镇（代表人数居后三分之一） | 平均宽度（名） |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    best, worst, small = (np.concatenate(marks) for marks in zip(*(_marks(one) for one in found), strict=True))
    for number, label in enumerate(INTERVALS):
        row = pooled["covered"][number]
        shares = [row.mean(), row[best].mean(), row[worst].mean(), row[small].mean()]
        cells_ = [f"{100 * share:.1f} %" for share in shares]
        lines.append(f"| {label} | " + " | ".join(cells_) + f" | {pooled['width'][number].mean():.1f} |")
    distinct, agree = pooled["distinct"].sum(), pooled["true_order"].sum()
    pairs = sum(one.quality.size * (one.quality.size - 1) / 2 for one in found)
    lines += [
        "",
        f"分在不同档的乡镇，两两相比占全部的 {100 * distinct / pairs:.0f} %；其中真实期望得分的次序与分档一致的占"
        f" {100 * agree / max(distinct, 1):.1f} %。",
        "",
        "## 虚增：一个乡镇把所报的会议、活动、建议、稿件等各录两遍",
        "",
        "| | 名次平均上升 | 上升 5 名以上的占 | 升到第一的占 | 得分平均增加 |",
        "|---|--:|--:|--:|--:|",
    ]
    for label, gain, before, more in (
        ("本办法", "gain_ours", "total", f"{pooled['points_ours'].mean():.2f} 分"),
        ("按录入条数", "gain_plain", "records", "翻一番"),
    ):
        ranks = np.concatenate([stats.rankdata(-getattr(one, before), method="min") for one in found])
        gains = pooled[gain]
        first = ((ranks > 1) & (ranks - gains <= 1)).sum() / (ranks > 1).sum()
        lines.append(
            f"| {label} | {gains.mean():.2f} | {100 * (gains >= 5).mean():.1f} % | {100 * first:.1f} % | {more} |"
        )
    lines += [
        "",
        "本办法的计数项到目标即满分，比率项分子分母同增，所以虚增只能补上未满的计数项；重复录入另有规则 S02、P07。",
    ]
    return "\n".join([*lines, ""])


def _marks(one: Found) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Townships truly among the first three, the last three, and the third with the fewest deputies."""
    true = stats.rankdata(-one.expected, method="min")
    return true <= 3, true > len(true) - 3, one.size <= np.quantile(one.size, 1 / 3)


def main() -> int:
    """Measures, writes the page and prints it; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fairness", description=__doc__)
    parser.add_argument("--counties", type=int, default=200)
    parser.add_argument("--lots", type=int, default=8, help="how often each county lives the year (8)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    begun = time.monotonic()
    found = measure(
        options.counties, options.lots, options.workers, lambda line: print(line, file=sys.stderr, flush=True)
    )
    page = write_page(found, options.lots, (time.monotonic() - begun) / 60)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(page, encoding="utf-8")
    print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
