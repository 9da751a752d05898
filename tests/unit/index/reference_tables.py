"""The reference folder (COINr on its published ASEM data): reading its tables and comparing with them."""

import csv
import math
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from transforms.index.framework import Framework, read_framework

ROOT = Path(__file__).parents[3].parent / "shared" / "reference"
needs_reference = pytest.mark.skipif(not ROOT.is_dir(), reason="the reference folder is not beside this checkout")


def _read_manifest() -> dict[str, dict[str, str]]:
    if not ROOT.is_dir():
        return {}
    with (ROOT / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


MANIFEST = _read_manifest()


NOT_COVERED = {
    "asem/optweights/level2_equal": "an infeasible request: COINr misses its target too (kind info)",
    "asem/noisyweights/noise25_rankstats": "its input 14_noise25_scores is not stored",
    "asem/noisyweights/noise50_rankstats": "its input 14_noise50_scores is not stored",
    "asem/uncertainty/ua_mc_error": "Monte-Carlo noise of another random generator (kind info)",
    "asem/sobol/indices": "its input 16_sobol_design is not stored",
    "asem/sobol/rankstats": "its input 16_sobol_design is not stored",
}

COMPARED = {key: row for key, row in MANIFEST.items() if row["kind"] != "input" and key not in NOT_COVERED}
"""The manifest rows to check; inputs are read by the rows that start from them."""


def select(steps: Iterable[str]) -> list[str]:
    """The ids to check of the given steps."""
    wanted = set(steps)
    return [key for key, row in COMPARED.items() if row["step"] in wanted]


@cache
def load(name: str) -> pd.DataFrame:
    """A reference table; numbers are read to the last bit."""
    with (ROOT / "asem" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    table = pd.DataFrame(rows[1:], columns=pd.Index(rows[0]), dtype=object)
    for column in table.columns:
        cells = [math.nan if cell == "" else cell for cell in table[column]]
        try:
            table[column] = np.array(cells, dtype=np.float64)
        except ValueError:
            table[column] = pd.Series(cells, dtype=object)
    return table


def by_unit(name: str) -> pd.DataFrame:
    return load(name).set_index("uCode")


@cache
def framework() -> Framework:
    return read_framework(load("input/iMeta"))


@cache
def framework_with_parameters() -> Framework:
    meta = load("input/iMeta").drop(columns="Target")
    return read_framework(meta.merge(load("input/norm_params").drop(columns="Direction"), on="iCode", how="left"))


def weights_in(name: str) -> dict[str, float]:
    table = load(name)
    return dict(zip(table["iCode"], table["Weight"], strict=True))


def agree(got: pd.DataFrame, want: pd.DataFrame, row: Mapping[str, str]) -> None:
    """Every wanted cell is there and within the manifest's tolerance, missing cells in the same places."""
    assert set(want.index) == set(got.index)
    ours = got.loc[want.index, list(want.columns)].to_numpy(dtype=np.float64, na_value=np.nan)
    theirs = want.to_numpy(dtype=np.float64)
    assert_allclose(ours, theirs, rtol=float(row["rtol"]), atol=float(row["atol"]), equal_nan=True)


def agree_with_output(got: pd.DataFrame, row: Mapping[str, str]) -> None:
    agree(got, by_unit(row["output"].removeprefix("asem/").removesuffix(".csv")), row)


def output_of(row: Mapping[str, str]) -> pd.DataFrame:
    return load(row["output"].removeprefix("asem/").removesuffix(".csv"))


def within_rule(ranks: np.ndarray, scores: np.ndarray) -> bool:
    """Each rank lies between 1 + the scores clearly above and the scores not clearly below."""
    near = 1e-9 * (np.nanmax(scores) - np.nanmin(scores))
    above = [(scores > score + near).sum() + 1 for score in scores]
    reached = [(scores >= score - near).sum() for score in scores]
    missing = np.isnan(scores)
    inside = (ranks >= np.array(above)) & (ranks <= np.array(reached))
    return bool((np.where(missing, np.isnan(ranks), inside)).all())
