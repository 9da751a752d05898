"""What must hold for any data and any combination of methods."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from transforms.index import IndexResult, build_index
from transforms.index.ranks import rank_columns, rank_scores

CODES = ("a", "b", "c", "d")
META = pd.DataFrame(
    [
        ("a", 1, "P", 1, 1, "Indicator"),
        ("b", 1, "P", 2, -1, "Indicator"),
        ("c", 1, "Q", 1, 1, "Indicator"),
        ("d", 1, "Q", 0.5, 1, "Indicator"),
        ("P", 2, "I", 2, 1, "Aggregate"),
        ("Q", 2, "I", 1, 1, "Aggregate"),
        ("I", 3, None, 1, 1, "Aggregate"),
    ],
    columns=pd.Index(["iCode", "Level", "Parent", "Weight", "Direction", "Type"]),
)
SCALED = ("minmax:1,100", "zscore:0,1", "distance-to-max")
RANKED = ("rank", "borda:average", "percentile")
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def tables(draw: st.DrawFn, *, gaps: bool = True) -> pd.DataFrame:
    """5 to 12 units with coarse values (ties are common), every indicator with at least two different ones."""
    count = draw(st.integers(5, 12))
    cells = st.integers(-40, 400).map(lambda number: number / 4)
    cell = st.one_of(cells, st.just(math.nan)) if gaps else cells
    table = {"uCode": [f"u{place}" for place in range(count)]}
    for code in CODES:
        column = draw(st.lists(cell, min_size=count, max_size=count))
        assume(len({number for number in column if not math.isnan(number)}) >= 2)
        table[code] = column
    return pd.DataFrame(table)


def build(data: pd.DataFrame, normalise: str, aggregate: str = "amean", treat: str = "none") -> IndexResult:
    return build_index(data, META, treat=treat, normalise=normalise, aggregate=aggregate)


combinations = st.tuples(
    st.sampled_from(SCALED + RANKED),
    st.sampled_from(["amean", "copeland", "amean,copeland"]),
    st.sampled_from(["none", "winsorise:2", "log-plus"]),
)


@quick
@given(tables(), combinations, st.randoms(use_true_random=False))
def test_the_order_of_the_units_does_not_matter(data: pd.DataFrame, methods: tuple[str, str, str], random) -> None:
    order = list(range(len(data)))
    random.shuffle(order)
    first = build(data, *methods)
    second = build(data.iloc[order], *methods)
    assert_allclose(second.scores.loc[first.scores.index], first.scores, rtol=1e-9, atol=1e-9)
    assert second.ranks.loc[first.ranks.index].equals(first.ranks)


@quick
@given(tables(), st.sampled_from(SCALED + RANKED), st.sampled_from(["none", "winsorise:2"]))
def test_units_of_measurement_do_not_matter(data: pd.DataFrame, normalise: str, treat: str) -> None:
    moved = data.assign(a=data["a"] * 8 - 16, b=data["b"] * 0.5 + 2)
    first, second = build(data, normalise, "amean", treat), build(moved, normalise, "amean", treat)
    assert_allclose(second.scores, first.scores, rtol=1e-7, atol=1e-9)


@quick
@given(tables(), st.sampled_from(SCALED + RANKED))
def test_turning_an_indicator_and_its_direction_round_changes_nothing(data: pd.DataFrame, normalise: str) -> None:
    turned = META.assign(Direction=[-1, 1, 1, 1, 1, 1, 1])
    first = build(data, normalise)
    second = build_index(data.assign(a=-data["a"], b=-data["b"]), turned, normalise=normalise)
    assert_allclose(second.scores, first.scores, rtol=1e-9, atol=1e-9)


@quick
@given(
    tables(gaps=False),
    st.sampled_from(("minmax:1,100", "distance-to-max", *RANKED)),
    st.sampled_from(["amean", "copeland", "amean,copeland"]),
    st.integers(0, 4),
    st.sampled_from(CODES),
)
def test_a_better_value_never_worsens_the_rank(
    data: pd.DataFrame, normalise: str, aggregate: str, row: int, code: str
) -> None:
    """Inside the range of the others, whose extremes make the scale."""
    others = data[code].drop(row)
    step = -5.0 if code == "b" else 5.0
    better = data.copy()
    better.loc[row, code] += step
    assume(normalise in RANKED or others.min() <= min(data.loc[row, code], better.loc[row, code]))
    assume(normalise in RANKED or others.max() >= max(data.loc[row, code], better.loc[row, code]))
    assume(others.nunique() >= 2)
    before, after = build(data, normalise, aggregate), build(better, normalise, aggregate)
    assert after.ranks.at[f"u{row}", "I"] <= before.ranks.at[f"u{row}", "I"]


@quick
@given(tables(gaps=False), st.sampled_from(SCALED), st.sampled_from(["amean", "amean,copeland"]))
def test_a_unit_better_in_everything_is_ahead(data: pd.DataFrame, normalise: str, aggregate: str) -> None:
    first = {code: data[code].max() + 1 for code in CODES} | {"uCode": "best", "b": data["b"].min() - 1}
    ranks = build(pd.concat([data, pd.DataFrame([first])]), normalise, aggregate).ranks
    assert ranks.at["best", "I"] == 1
    assert (ranks["I"] == 1).sum() == 1


@quick
@given(tables(), st.sampled_from(SCALED + RANKED))
def test_missing_cells_stay_missing_and_only_empty_units_have_no_score(data: pd.DataFrame, normalise: str) -> None:
    result = build(data, normalise)
    assert (result.steps["normalised"].isna().to_numpy() == data[list(CODES)].isna().to_numpy()).all()
    empty = data[list(CODES)].isna().all(axis=1).to_numpy()
    assert (result.scores["I"].isna().to_numpy() == empty).all()
    assert (result.ranks["I"].isna().to_numpy() == empty).all()


@quick
@given(tables(gaps=False))
def test_means_are_ordered_and_agree_where_nothing_differs(data: pd.DataFrame) -> None:
    scores = {mean: build(data, "minmax:1,100", mean).scores for mean in ("hmean", "gmean", "amean", "genmean:2")}
    ordered = [scores[mean].to_numpy() for mean in ("hmean", "gmean", "amean", "genmean:2")]
    for low, high in pairwise(ordered):
        assert (low <= high * (1 + 1e-12)).all()
    same = data.assign(c=data["a"], d=data["a"], b=-data["a"])
    for mean in scores:
        result = build(same, "minmax:1,100", mean)
        assert_allclose(result.scores["I"], result.steps["normalised"]["a"], rtol=1e-9)


@quick
@given(tables(), st.sampled_from(["mean", "median", "row-mean", "row-median"]))
def test_imputation_fills_and_never_changes_a_value(data: pd.DataFrame, method: str) -> None:
    imputed = build_index(data, META, impute=method).steps["imputed"].to_numpy()
    given_cells = data[list(CODES)].to_numpy()
    present = ~np.isnan(given_cells)
    assert (imputed[present] == given_cells[present]).all()
    if method in {"mean", "median"}:
        assert not np.isnan(imputed).any()
    assert (np.nanmin(imputed, axis=0) >= np.nanmin(given_cells, axis=0) - 1e-9).all()
    assert (np.nanmax(imputed, axis=0) <= np.nanmax(given_cells, axis=0) + 1e-9).all()


@quick
@given(st.lists(st.one_of(st.integers(0, 9).map(float), st.just(math.nan)), min_size=1, max_size=15))
def test_ranks_are_the_count_of_better_ones(scores: list[float]) -> None:
    ranks = rank_scores(np.array(scores))
    for score, rank in zip(scores, ranks, strict=True):
        better = sum(other > score for other in scores)
        assert math.isnan(rank) if math.isnan(score) else rank == better + 1


@quick
@given(tables(gaps=False), st.sampled_from(["winsorise:1", "winsorise:3", "log", "boxcox:0.5", "log-plus"]))
def test_treatment_keeps_the_order_of_the_units(data: pd.DataFrame, treat: str) -> None:
    steps = build_index(data, META, treat=treat).steps
    for code in CODES:
        order = np.argsort(steps["raw"][code].to_numpy(), kind="stable")
        assert (np.diff(steps["treated"][code].to_numpy()[order]) >= -1e-12).all()


def test_same_input_same_output() -> None:
    generator = np.random.default_rng(5)
    data = pd.DataFrame(generator.lognormal(size=(30, 4)), columns=pd.Index(CODES))
    data.insert(0, "uCode", [f"u{place}" for place in range(30)])
    results = [build(data, "minmax:1,100", "gmean", "winsorise:2") for _ in range(2)]
    assert results[0].scores.equals(results[1].scores)
    assert rank_columns(results[0].scores).equals(results[1].ranks)


@pytest.mark.parametrize("normalise", SCALED + RANKED)
def test_equal_units_tie(normalise: str) -> None:
    data = pd.DataFrame({"uCode": ["x", "y", "z"], "a": [1, 1, 2], "b": [5, 5, 9], "c": [2, 2, 1], "d": [0, 0, 4]})
    for aggregate in ("amean", "copeland"):
        ranks = build(data, normalise, aggregate).ranks["I"]
        assert ranks["x"] == ranks["y"]
