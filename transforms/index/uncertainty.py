"""How much an index depends on its choices: Monte Carlo over alternatives of any step, and Sobol's shares of each.

As `get_sensitivity` of COINr does, after Saisana, Saltelli and Tarantola, JRSS A 168 (2005) 307-323. What COINr does
silently is said here: a combination that cannot be calculated is counted with its reason, and never makes up a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from catalogue.errors import Refusal
from transforms.index.aggregate import aggregate_values
from transforms.index.cells import Values
from transforms.index.chain import build_index
from transforms.index.framework import read_framework
from transforms.index.journal import Journal
from transforms.index.ranks import rank_scores
from transforms.index.sensitivity import perturb_weights, summarise_ranks

STEPS = ("denominate", "impute", "treat", "normalise", "weights", "aggregate")
VALUES = ("normalised", "treated", "imputed", "denominated", "raw")  # newest step first
NOISE = "weight_noise"
WEIGHT_SETS = 200  # of noisy weights a replication takes one of
SAMPLES = 256  # Sobol analysis; a power of 2
Choice = Mapping[str, Any]


@dataclass(frozen=True)
class Robustness:
    """What the alternatives do to the ranks of the top-level index.

    `ranks`: by unit nominal, mean, median, q5, q95, min, max over the replications that could be calculated;
    `parameters`: by replication the alternative of every choice and whether it failed; `failures`: by reason how many;
    `shares`: by choice first and total, Sobol's shares of the mean shift of ranks (empty when a combination fails).
    """

    ranks: pd.DataFrame
    parameters: pd.DataFrame
    failures: Mapping[str, int]
    shares: pd.DataFrame


class Alternatives:
    """Versions of an index: any mixture of the alternatives of each choice. A step calculated once is kept."""

    def __init__(
        self,
        data: pd.DataFrame,
        meta: pd.DataFrame,
        base: Choice,
        choices: Mapping[str, Sequence[Any]],
        noise: float,
        random: np.random.Generator,
    ) -> None:
        if unknown := sorted(set(choices) - set(STEPS)):
            raise Refusal(f"不能变动 {'、'.join(unknown)}；可以变动的是 {'、'.join(STEPS)}。")
        if empty := [name for name, options in choices.items() if len(options) < 2]:
            raise Refusal(f"{'、'.join(empty)} 只有一种做法，无从比较；请用 | 隔开至少两种。")
        if not choices and not noise:
            raise Refusal("没有可变动的做法；请至少给出一项备选做法，或权重扰动幅度。")
        self._data, self._meta, self._base, self._choices = data, meta, dict(base), dict(choices)
        self._framework = read_framework(meta)
        levels = dict.fromkeys(range(1, len(self._framework.levels)), noise)
        same = dict.fromkeys(self._framework.parents, 1.0)
        sets = WEIGHT_SETS if noise else 1
        self._factors = [perturb_weights(same, self._framework, levels, random) for _ in range(sets)]
        self._kept: dict[tuple[str, ...], tuple[pd.DataFrame, dict[str, float]] | Refusal] = {}
        self.sizes = {name: len(options) for name, options in self._choices.items()} | ({NOISE: sets} if noise else {})
        self.units = build_index(data, meta, **self._base).scores.index
        self.nominal = rank_scores(self.score(self._base, 0, noisy=False))

    def choose(self, numbers: Mapping[str, int]) -> dict[str, Any]:
        """The steps of a replication, each by the number of its alternative."""
        picked = {name: options[numbers[name]] for name, options in self._choices.items()}
        return {**self._base, **picked}

    def score(self, steps: Choice, noise: int, *, noisy: bool = True) -> Values:
        """The top-level scores. Raises Refusal when the steps do not go together."""
        values, weights = self._prepare(steps)
        if noisy:
            weights = {code: weight * self._factors[noise][code] for code, weight in weights.items()}
        methods = steps.get("aggregate", ("amean",))
        methods = [word.strip() for word in methods.split(",")] if isinstance(methods, str) else list(methods)
        table = aggregate_values(values, weights, self._framework, methods, Journal())
        return table[self._framework.levels[-1][0]].to_numpy(dtype=np.float64)

    def _prepare(self, steps: Choice) -> tuple[pd.DataFrame, dict[str, float]]:
        own = {
            name: value for name, value in steps.items() if name != "aggregate" or "pca" in str(steps.get("weights"))
        }
        key = tuple(f"{name}={value}" for name, value in sorted(own.items()))
        if key not in self._kept:
            try:
                built = build_index(self._data, self._meta, **own)
                values = next(built.steps[name] for name in VALUES if name in built.steps)
                weights = {str(code): float(weight) for code, weight in built.steps["weights"]["Weight"].items()}
                self._kept[key] = values, weights
            except Refusal as error:
                self._kept[key] = error
        kept = self._kept[key]
        if isinstance(kept, Refusal):
            raise kept
        return kept


def measure_robustness(
    data: pd.DataFrame,
    meta: pd.DataFrame,
    base: Choice,
    choices: Mapping[str, Sequence[Any]],
    *,
    noise: float = 0.0,
    replications: int = 1000,
    seed: int = 1,
) -> Robustness:
    """How the ranks move when every choice is drawn from its alternatives, all alike, and weights vary by +-`noise`.

    `base`: the steps of build_index as they are meant; `choices`: by step its alternatives. The same seed gives the
    same answer. Raises Refusal when the index meant cannot be calculated, or no replication can.
    """
    if replications < 1:
        raise Refusal("重复次数至少为 1。")
    random = np.random.default_rng(seed)
    versions = Alternatives(data, meta, base, choices, noise, random)
    ranks, rows, failures = [], [], Counter[str]()
    for _ in range(replications):
        numbers = {name: int(random.integers(size)) for name, size in versions.sizes.items()}
        steps = versions.choose(numbers)
        row = {name: steps[name] for name in choices} | ({NOISE: numbers[NOISE]} if noise else {})
        try:
            ranks.append(rank_scores(versions.score(steps, numbers.get(NOISE, 0), noisy=bool(noise))))
            rows.append(row | {"failed": ""})
        except Refusal as error:
            failures[str(error)] += 1
            rows.append(row | {"failed": str(error)})
    if not ranks:
        raise Refusal(f"{replications} 次重复无一能算：{next(iter(failures))}")
    summary = summarise_ranks(pd.DataFrame(np.column_stack(ranks), index=versions.units))
    summary.insert(0, "nominal", versions.nominal)
    shares = _share_out(versions, random) if not failures else pd.DataFrame(columns=["first", "total"])
    return Robustness(summary, pd.DataFrame(rows).rename_axis("replication"), dict(failures), shares)


def _share_out(versions: Alternatives, random: np.random.Generator) -> pd.DataFrame:
    """By choice Sobol's first-order and total share of the mean shift of rank; empty when none shifts or one fails."""
    names = list(versions.sizes)
    empty = pd.DataFrame(columns=["first", "total"])

    def shift(sample: Values) -> Values:
        moved = []
        for column in sample.T:
            numbers = {
                name: min(int(share * size), size - 1)
                for share, (name, size) in zip(column, versions.sizes.items(), strict=True)
            }
            scores = versions.score(versions.choose(numbers), numbers.get(NOISE, 0), noisy=NOISE in numbers)
            moved.append(np.nanmean(np.abs(rank_scores(scores) - versions.nominal)))
        return np.array(moved)[None, :]

    try:
        dists = [stats.uniform()] * len(names)
        found = stats.sobol_indices(func=shift, n=SAMPLES, dists=dists, rng=random, method="saltelli_2010")
    except Refusal:
        return empty
    table = pd.DataFrame({"first": np.ravel(found.first_order), "total": np.ravel(found.total_order)}, index=names)
    return table if np.isfinite(table.to_numpy()).all() and table["total"].any() else empty
