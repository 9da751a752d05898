"""Small rubrics and inputs for the tests of certainty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from catalogue.rubric import Rubric
from catalogue.rubric_loading import parse_rubric
from transforms.scoring import Inputs

RATE, COUNT, PER_DEPUTY, FLAG = (
    "suggestions_on_time_rate",
    "special_report_count",
    "suggestions_per_deputy",
    "annual_plan_flag",
)
HEAD = """
code: trial
version: '1'
label: 试用办法
label_en: trial
level: township
periods: [year]
valid_from: 1979-07-01
total: {total}
bands: {{candidate: 90, qualified: 80, labels: [优秀, 合格, 通报批评]}}
quota: {{share: 0.5}}
blocks:
"""
RATE_ITEM = (
    "{code: R1, label: 按期, label_en: r, points: 60, type: rate_linear, inputs: [suggestions_on_time_rate], target: 1}"
)
COUNT_ITEM = (
    "{code: C1, label: 报告, label_en: c, points: 40, type: count_target, inputs: [special_report_count], target: 4}"
)


def make_rubric(**blocks: tuple[float, Sequence[str]]) -> Rubric:
    """A rubric of these blocks: points and items in YAML."""
    text = HEAD.format(total=sum(points for points, _ in blocks.values()))
    for code, (points, items) in blocks.items():
        text += f"  - code: {code}\n    label: 块\n    label_en: block\n    points: {points}\n    items:\n"
        text += "".join(f"      - {item}\n" for item in items)
    return parse_rubric(text, "trial")


def rate_rubric() -> Rubric:
    """One rate worth 60 points and one count worth 40."""
    return make_rubric(A=(60, [RATE_ITEM]), B=(40, [COUNT_ITEM]))


def make_inputs(
    rates: Sequence[tuple[float, float]],
    counts: Sequence[float],
    *,
    peer: Sequence[int] = (),
    absent: Sequence[int] = (),
) -> Inputs:
    """Units with a rate (numerator, denominator) and a count each; NaN is missing."""
    units = len(rates)
    numerator = np.array([[above, np.nan] for above, _ in rates]).reshape(units, 2)
    denominator = np.array([[below, np.nan] for _, below in rates]).reshape(units, 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(denominator[:, 0] > 0, numerator[:, 0] / denominator[:, 0], np.nan)
    value = np.column_stack([share, np.array(counts, dtype=float)])
    nothing: NDArray[np.bool_] = np.zeros((units, 2), dtype=bool)
    gone = nothing.copy()
    gone[list(absent)] = True
    return Inputs(
        units=tuple(f"u{place}" for place in range(units)),
        codes=(RATE, COUNT),
        value=value,
        numerator=numerator,
        denominator=denominator,
        approximate=nothing,
        absent=gone,
        congress=np.ones(units, dtype=bool),
        peer=np.array(peer or [0] * units, dtype=np.int64),
    )
