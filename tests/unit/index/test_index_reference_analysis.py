"""Every comparable reference table of the analyses around the chain, each from its stored input."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reference_tables import (
    COMPARED,
    MANIFEST,
    NOT_COVERED,
    ROOT,
    agree,
    agree_with_output,
    by_unit,
    framework,
    load,
    needs_reference,
    output_of,
    select,
    weights_in,
    within_rule,
)  # fmt: skip
from test_index_reference import CHECKS as STEP_CHECKS

from transforms.index.aggregate import aggregate_values
from transforms.index.analysis import (
    correlate,
    describe_indicators,
    find_p_values,
    flag_correlations,
    measure_alpha,
)
from transforms.index.journal import Journal
from transforms.index.normalise import normalise_values
from transforms.index.outrank import outrank, score_copeland
from transforms.index.principal import analyse_components
from transforms.index.ranks import rank_columns, rank_in_groups, rank_scores
from transforms.index.sensitivity import balance_weights, compare_ranks, remove_elements, summarise_ranks
from transforms.index.treat import Treatment, treat_values
from transforms.index.weights import measure_effective_weights

pytestmark = needs_reference


def check_pca(name: str, row: Mapping[str, str]) -> None:
    level = int(name.removeprefix("level")[0])
    scores = by_unit("07_agg_amean")
    for group, want in output_of(row).groupby("Group"):
        codes = framework().levels[0] if group == "All" else framework().children(group)
        components = analyse_components(scores[list(codes)], group)
        assert group == "All" or group in framework().levels[level]
        if name.endswith("variance"):
            got = pd.DataFrame({"Eigenvalue": components.eigenvalues, "Explained": components.shares})
            got["Cumulative"] = got["Explained"].cumsum()
            agree(got.set_axis(range(1, len(got) + 1)), want.set_index("PC").drop(columns="Group"), row)
        else:
            theirs = want.pivot(index="iCode", columns="PC", values="Loading").loc[list(codes)]
            signs = np.sign((components.loadings * theirs.to_numpy()).sum(axis=0))
            agree(pd.DataFrame(components.loadings * signs, index=theirs.index, columns=theirs.columns), theirs, row)


def check_outrank(name: str, row: Mapping[str, str]) -> None:
    scores = by_unit("07_agg_amean")
    effective = measure_effective_weights(weights_in("06_weights_original"), framework())
    levels = {"indicators": 0, "level2": 1}
    results = {}
    for label, level in levels.items():
        codes = list(framework().levels[level])
        shares = np.array([effective[code] for code in codes])
        numbers = scores[codes].to_numpy()
        if name == f"{label}_effective":
            agree_with_output(pd.DataFrame(outrank(numbers, shares), index=scores.index, columns=scores.index), row)
        results[f"Copeland_{label}"] = score_copeland(numbers, shares)
        results[f"Rank_{label}"] = rank_scores(results[f"Copeland_{label}"])
    if name == "copeland_scores":
        agree_with_output(pd.DataFrame(results, index=scores.index), row)


def check_results(name: str, row: Mapping[str, str]) -> None:
    scores = by_unit("07_agg_amean")
    if name == "base_scores":
        agree(scores.assign(Rank=rank_columns(scores)["Index"]), output_of(row).set_index("uCode"), row)
    elif name == "base_ranks":
        want = output_of(row).set_index("uCode")
        agree(rank_columns(scores), want.drop(columns=["Rank", "TolMin"], errors="ignore"), row)
    elif name == "base_groupranks":
        groups = by_unit("input/iData")["EurAsia_group"].loc[scores.index]
        agree(rank_in_groups(scores, groups), output_of(row).set_index("uCode").drop(columns="EurAsia_group"), row)
    elif name == "unit_summary":
        ranks = rank_columns(scores)
        want = output_of(row).query("Code != 'TolMin'").set_index(["uCode", "Code"])[["Score", "Rank"]]
        got = pd.DataFrame({"Score": scores.stack(), "Rank": ranks.stack()})
        agree(got.loc[want.index], want, row)
    else:
        values = by_unit("input/iData")[list(framework().indicators)].astype(float)
        ranks = rank_columns(values * pd.Series(framework().directions)[values.columns])
        for entry in output_of(row).itertuples():
            assert ranks.at[entry.uCode, entry.Code] == entry.Rank
            assert values.at[entry.uCode, entry.Code] == entry.Value


STATISTICS = {
    "min": "Min", "max": "Max", "mean": "Mean", "median": "Median", "sd": "Std", "skewness": "Skew",
    "kurtosis": "Kurt", "available": "N.Avail", "nonzero": "N.NonZero", "unique": "N.Unique", "same": "N.Same",
}  # fmt: skip


def check_stats(_: str, row: Mapping[str, str]) -> None:
    got = describe_indicators(by_unit(Path(row["input"]).stem)).rename(columns=STATISTICS)
    agree(got, output_of(row).set_index("iCode")[list(STATISTICS.values())], row)


def check_corr(name: str, row: Mapping[str, str]) -> None:
    kind = name.rpartition("_")[2]
    if name.startswith("flags"):
        got = flag_correlations(by_unit("05_norm_minmax_0_100"), framework(), 2, 0.75 if kind == "high" else -0.2)
        pairs = {(r.Group, frozenset((r.Ind1, r.Ind2))): r.Corr for r in got.itertuples()}
        want = {(r.Group, frozenset((r.Ind1, r.Ind2))): r.Corr for r in output_of(row).itertuples()}
        assert pairs == pytest.approx(want, rel=1e-9)
    elif name.startswith("pvalues"):
        agree(find_p_values(by_unit("01_denominated")), output_of(row).set_index("iCode"), row)
    elif name.startswith("family"):
        scores = by_unit("07_agg_amean")
        levels = ["Pillar", "Sub-index", "Index"]
        table = correlate(scores, kind)
        got = {
            (levels[depth], code): table.at[code, above]
            for code in framework().indicators
            for depth, above in enumerate(framework().ancestors(code)[1:])
        }
        want = {(r.Var1, r.Var2): r.Correlation for r in output_of(row).itertuples()}
        assert got == pytest.approx(want, rel=1e-9, abs=1e-9)
    else:
        source = "01_denominated" if name.startswith("indicators") else "07_agg_amean"
        codes = framework().levels[{"indicators": 0, "level2": 1, "level3": 2}[name.partition("_")[0]]]
        got = correlate(by_unit(source)[list(codes)], kind)
        agree(got, output_of(row).pivot(index="Var1", columns="Var2", values="Correlation"), row)


def check_cronbach(_: str, row: Mapping[str, str]) -> None:
    sources = {"Denominated": "01_denominated", "Normalised": "05_norm_minmax_0_100", "Aggregated": "07_agg_amean"}
    for want in output_of(row).itertuples():
        inside = framework().children if want.Over == "its direct children" else framework().indicators_under
        codes = list(inside(want.Group))
        assert len(codes) == want.n_items
        assert measure_alpha(by_unit(sources[want.dset])[codes]) == pytest.approx(want.Alpha, rel=1e-9, abs=1e-9)


def check_scenarios(name: str, row: Mapping[str, str]) -> None:
    ranks = by_unit("12_scenario_ranks")
    base = by_unit("07_agg_amean").loc[ranks.index, "Index"].to_numpy()
    want = load("12_scenario_summary").set_index("scenario")
    for scenario in ranks.columns:
        scores = by_unit(f"07_agg_{scenario}").loc[ranks.index, "Index"].to_numpy()
        assert within_rule(ranks[scenario].to_numpy(), scores)
        tied = f"asem/rank/{scenario}_rounded" in MANIFEST
        if name == "ranks" and not tied:
            assert (rank_scores(scores) == ranks[scenario]).all()
        elif name == "summary":
            got = compare_ranks(scores, base)
            assert [got["spearman"], got["kendall"]] == pytest.approx(list(want.loc[scenario])[3:], rel=1e-9)
            if not tied:
                shifts = [got["mean_shift"], got["max_shift"], got["moved"]]
                assert shifts == pytest.approx(list(want.loc[scenario])[:3], rel=1e-9)


def check_remove(name: str, row: Mapping[str, str]) -> None:
    level = int(name[5])
    given = weights_in("06_weights_original")
    values = by_unit("05_norm_minmax_0_100")
    got = remove_elements(values, given, framework(), level)
    got["Nominal"] = aggregate_values(values, given, framework(), ["amean"], Journal())["Index"]
    if name.endswith("scores"):
        agree_with_output(got, row)
    elif name.endswith("ranks"):
        agree_with_output(rank_columns(got), row)
    else:
        nominal = got["Nominal"].to_numpy()
        shifts = {code: compare_ranks(got[code].to_numpy(), nominal)["mean_shift"] for code in got.columns}
        agree(pd.DataFrame({"MeanAbsRankShift": shifts}), output_of(row).set_index("Removed"), row)


def check_optweights(_: str, row: Mapping[str, str]) -> None:
    scores = by_unit("07_agg_amean")[list(framework().levels[2])]
    got = balance_weights(scores, weights_in("06_weights_original"), framework(), 3, {"Conn": 1, "Sust": 1})
    want = output_of(row).set_index("iCode")
    assert {code: got[code] for code in want.index} == pytest.approx(dict(want["OptWeight"]), abs=1e-3)


def check_uncertainty(_: str, row: Mapping[str, str]) -> None:
    """The thousand stored replications computed again."""
    imputed, sets = by_unit("03_impute_mean_grp"), load("15_ua_weight_sets").set_index("set")
    words = {"zscore_10_2": "zscore:10,2", "minmax_1_100": "minmax:1,100"}
    normalised, ranks = {}, {}
    for entry in load("15_ua_parameters").itertuples():
        key = (int(entry.Winmax), entry.Normalisation)
        if key not in normalised:
            treated, _details = treat_values(imputed, Treatment(key[0], "log"), Journal())
            normalised[key] = normalise_values(treated, words[key[1]], framework())
        weights = sets.loc[entry.Weights].to_dict()
        method = [entry.Aggregation.removeprefix("a_")]
        scores = aggregate_values(normalised[key], weights, framework(), method, Journal())["Index"]
        ranks[entry.rep] = rank_scores(scores.to_numpy())
    got = summarise_ranks(pd.DataFrame(ranks, index=imputed.index))
    names = {"mean": "Mean", "median": "Median", "q5": "Q5", "q95": "Q95"}
    agree(got.rename(columns=names), output_of(row).set_index("uCode").drop(columns="Nominal"), row)


CHECKS: dict[str, Callable[[str, Mapping[str, str]], None]] = {
    "pca": check_pca, "outrank": check_outrank, "results": check_results, "stats": check_stats,
    "corr": check_corr, "cronbach": check_cronbach, "scenarios": check_scenarios, "remove": check_remove,
    "optweights": check_optweights, "uncertainty": check_uncertainty,
}  # fmt: skip


@pytest.mark.parametrize("key", select(CHECKS))
def test_reference_table(key: str) -> None:
    row = MANIFEST[key]
    CHECKS[row["step"]](key.rpartition("/")[2], row)


def test_every_table_is_checked_or_excused() -> None:
    assert {row["step"] for row in COMPARED.values()} == set(CHECKS) | set(STEP_CHECKS)
    for key, reason in NOT_COVERED.items():
        inputs = [ROOT / part for part in MANIFEST[key]["input"].split(";") if part]
        assert MANIFEST[key]["kind"] == "info" or not all(path.is_file() for path in inputs), (key, reason)
