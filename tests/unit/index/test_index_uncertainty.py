"""Monte Carlo and Sobol over the choices of an index, against the chain itself."""

import csv
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from catalogue.errors import Refusal
from taizhang.cli import app
from transforms.index import build_index
from transforms.index.uncertainty import Alternatives, measure_robustness

BASE = {"impute": "mean", "normalise": "minmax:1,100", "aggregate": "amean"}
CHOICES = {"normalise": ["minmax:1,100", "zscore"], "impute": ["mean", "median"]}


def test_every_replication_is_the_chain_with_its_choices(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    versions = Alternatives(data, meta, BASE, CHOICES, 0.0, np.random.default_rng(1))
    for normalise, impute in product(range(2), range(2)):
        steps = versions.choose({"normalise": normalise, "impute": impute})
        built = build_index(data, meta, **steps)
        np.testing.assert_allclose(versions.score(steps, 0, noisy=False), built.scores["Index"], rtol=1e-12)


def test_nominal_ranks_are_those_of_the_index_meant(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    found = measure_robustness(data, meta, BASE, CHOICES, replications=40, seed=3)
    built = build_index(data, meta, **BASE)
    assert found.ranks["nominal"].tolist() == built.ranks["Index"].tolist()
    assert (found.ranks["min"] <= found.ranks["median"]).all()
    assert (found.ranks["median"] <= found.ranks["max"]).all()
    assert not found.failures
    assert len(found.parameters) == 40
    assert set(found.parameters["normalise"]) == {"minmax:1,100", "zscore"}


def test_the_same_seed_gives_the_same_answer(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    one, again, other = (
        measure_robustness(data, meta, BASE, CHOICES, noise=0.25, replications=20, seed=seed) for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one.ranks, again.ranks)
    pd.testing.assert_frame_equal(one.shares, again.shares)
    assert not one.parameters.equals(other.parameters)


def test_noise_alone_moves_weights_within_its_bounds(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    versions = Alternatives(data, meta, BASE, {}, 0.25, np.random.default_rng(1))
    factors = np.array([list(each.values()) for each in versions._factors])
    assert 0.75 <= factors.min() < 0.8
    assert 1.2 < factors.max() <= 1.25
    assert versions.sizes == {"weight_noise": len(factors)}


def test_what_cannot_be_calculated_is_counted_with_its_reason(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    choices = {"normalise": ["minmax:1,100", "zscore"], "aggregate": ["amean", "gmean"]}
    found = measure_robustness(data, meta, BASE, choices, replications=80, seed=5)
    failed = found.parameters["failed"] != ""
    both = (found.parameters["normalise"] == "zscore") & (found.parameters["aggregate"] == "gmean")
    assert failed.equals(both)
    assert sum(found.failures.values()) == both.sum() > 0
    assert found.shares.empty
    assert found.ranks.notna().all().all()


def test_a_choice_that_changes_nothing_has_no_share(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    """Without outliers a treatment does nothing, so that the normalisation accounts for everything."""
    choices = {"treat": ["none", "winsorise:1"], "normalise": ["minmax:1,100", "rank"]}
    found = measure_robustness(data, meta, BASE, choices, replications=20, seed=5)
    if found.shares.empty:
        assert (found.ranks["min"] == found.ranks["max"]).all()
        return
    assert abs(found.shares.loc["treat", "total"]) < 1e-9
    assert found.shares.loc["normalise", "total"] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("choices", "noise", "word"),
    [({}, 0.0, "没有可变动"), ({"impute": ["mean"]}, 0.0, "只有一种"), ({"colour": ["a", "b"]}, 0.0, "不能变动")],
)
def test_requests_that_make_no_sense_are_refused(
    data: pd.DataFrame, meta: pd.DataFrame, choices: dict[str, list[str]], noise: float, word: str
) -> None:
    with pytest.raises(Refusal, match=word):
        measure_robustness(data, meta, BASE, choices, noise=noise)


def test_the_command_writes_the_tables(data: pd.DataFrame, meta: pd.DataFrame, tmp_path: Path) -> None:
    data.to_csv(tmp_path / "data.csv", index=False)
    meta.to_csv(tmp_path / "meta.csv", index=False)
    files = [
        "--data",
        str(tmp_path / "data.csv"),
        "--meta",
        str(tmp_path / "meta.csv"),
        "-o",
        str(tmp_path / "out.csv"),
    ]
    steps = ["--impute", "mean", "--normalise", "minmax:1,100"]
    vary = ["--vary", "aggregate=amean|gmean", "--weight-noise", "0.2", "--replications", "30"]
    done = CliRunner().invoke(app, ["index", *files, *steps, *vary, "--robustness", str(tmp_path / "robust")])
    assert done.exit_code == 0, done.output
    with (tmp_path / "robust" / "ranks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["uCode"] for row in rows] == data["uCode"].tolist()
    assert set(rows[0]) == {"uCode", "nominal", "mean", "median", "q5", "q95", "min", "max"}
    assert (tmp_path / "robust" / "shares.csv").exists()
    assert CliRunner().invoke(app, ["index", *files, *vary]).exit_code != 0
