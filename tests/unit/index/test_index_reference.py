"""Every comparable reference table of the steps of the chain, each from its stored input, and the whole chain."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_tables import (
    MANIFEST,
    ROOT,
    agree,
    agree_with_output,
    by_unit,
    framework,
    framework_with_parameters,
    load,
    needs_reference,
    output_of,
    select,
    weights_in,
    within_rule,
)  # fmt: skip

from taizhang.index_command import run_index
from transforms.index import build_index
from transforms.index.aggregate import aggregate_values
from transforms.index.analysis import correlate
from transforms.index.availability import measure_availability, measure_group_availability, screen_units
from transforms.index.denominate import denominate_units
from transforms.index.impute import impute_values
from transforms.index.journal import Journal
from transforms.index.normalise import normalise_values
from transforms.index.ranks import rank_columns
from transforms.index.treat import Treatment, measure_shape, transform, treat_values
from transforms.index.units import UnitTable, read_units
from transforms.index.weights import derive_component_weights, equal_weights, measure_effective_weights, take_weights

pytestmark = needs_reference


def check_denominate(name: str, row: Mapping[str, str]) -> None:
    units = read_units(load("input/iData"), framework(), Journal())
    if name == "base":
        agree_with_output(denominate_units(units, framework(), Journal()), row)
        return
    sizes = ["Area", "Energy", "GDP", "Population"]
    got = correlate(units.values, others=by_unit("input/iData")[sizes])
    want = output_of(row)
    agree(got, want.pivot(index="Ind", columns="Denom", values="Corr"), row)


SCREENS: dict[str, dict[str, Any]] = {
    "na90": {"by": "missing", "least_available": 0.9},
    "na95": {"by": "missing", "least_available": 0.95},
    "zeros90": {"by": "zeros", "least_available": 0.9, "least_nonzero": 0.9},
    "both": {"by": "both", "least_available": 0.9, "least_nonzero": 0.9},
}
SCREEN_COLUMNS = {
    "missing": "N_missing", "zero": "N_zero", "missing_or_zero": "N_miss_or_zero", "available": "Dat_Avail",
    "nonzero": "Non_Zero", "low_data": "LowData", "low_nonzero": "LowNonZero", "included": "Included",
}  # fmt: skip


def check_screen(name: str, row: Mapping[str, str]) -> None:
    values = by_unit("01_denominated")
    if name == "availability_groups":
        agree_with_output(measure_group_availability(values, framework()), row)
        return
    got = measure_availability(values) if name == "availability" else screen_units(values, **SCREENS[name])
    want = output_of(row).set_index("uCode").replace({"TRUE": 1.0, "FALSE": 0.0})
    agree(got.rename(columns=SCREEN_COLUMNS), want.drop(columns="LowDatOrZeroFlag", errors="ignore"), row)


IMPUTATIONS = {
    "mean": "mean", "median": "median", "mean_grp": "group-mean:EurAsia_group",
    "median_grp": "group-median:EurAsia_group", "row_mean": "row-mean", "row_median": "row-median",
    "row_mean_level2": "row-mean:2",
}  # fmt: skip


def check_impute(name: str, row: Mapping[str, str]) -> None:
    values = by_unit("01_denominated")
    units = UnitTable(values, by_unit("input/iData").loc[values.index])
    agree_with_output(impute_values(values, IMPUTATIONS[name], units, framework(), Journal()), row)


TREATMENTS = {
    "base": Treatment(5, "log"),
    "individual": Treatment(5, "log"),
    "winmax1_logct": Treatment(1, "log"),
    "winmax1_logct_combine": Treatment(1, "log", combined=True),
    "winmax3_logctplus": Treatment(3, "log-plus"),
    "winmax2_boxcox05": Treatment(2, "boxcox", 0.5),
    "winmax100": Treatment(100, "log"),
    "strict": Treatment(5, "log", skewness=1, kurtosis=1.5),
    "log_only": Treatment(None, "log"),
    "boxcox0_only": Treatment(None, "boxcox", 0.0),
}


def check_treat(name: str, row: Mapping[str, str]) -> None:
    values = by_unit("03_impute_mean_grp")
    if name == "skew_kurt":
        shapes = {code: measure_shape(values[code].to_numpy()) for code in values.columns}
        got = pd.DataFrame({code: [s.skewness, s.kurtosis, s.passes] for code, s in shapes.items()}).T
        want = output_of(row).set_index("iCode").replace({"TRUE": 1.0, "FALSE": 0.0})
        agree(got.set_axis(["Skew", "Kurt", "Pass"], axis=1), want, row)
    elif name == "boxcox_fixed_lambda":
        for power, want in output_of(row).groupby("lambda"):
            got = values.apply(lambda column, power=power: transform(column.to_numpy(), "boxcox", power))
            agree(got, want.pivot(index="uCode", columns="iCode", values="value"), row)
    elif name == "log_transforms":
        kinds = {"log_CT": "log", "log_CT_plus": "log-plus", "log_CT_orig": "log-shift"}
        for column, kind in kinds.items():
            got = values.apply(lambda cells, kind=kind: transform(cells.to_numpy(), kind))
            agree(got, output_of(row).pivot(index="uCode", columns="iCode", values=column), row)
    else:
        check_treatment(name, row, values)


def check_treatment(name: str, row: Mapping[str, str], values: pd.DataFrame) -> None:
    base = name.removesuffix("_details").removesuffix("_points")
    overrides = {"Flights": None} if base == "individual" else None
    journal = Journal()
    treated, details = treat_values(values, TREATMENTS[base], journal, overrides)
    if name == base:
        agree_with_output(treated, row)
    elif name.endswith("_details"):
        second = "1" if TREATMENTS[base].points is None else "2"
        names = {"points": "winsorise.nwin"}
        for stage, theirs in (("0", "0"), ("1", "1"), ("2", second)):
            for ours, column in (("passes", "Pass"), ("skewness", "Skew"), ("kurtosis", "Kurt")):
                names.setdefault(f"{ours}_{stage}", f"check_SkewKurt{theirs}.{column}")
        if second == "1":
            details = details.drop(columns=["skewness_1", "kurtosis_1", "passes_1"])
        want = output_of(row).set_index("iCode").replace({"TRUE": 1.0, "FALSE": 0.0})
        agree(details.rename(columns=names), want, row)
    else:
        want = by_unit(f"04_treat_{name}")
        log = journal.table()
        moved = {(entry.indicator, entry.unit) for entry in log.itertuples() if entry.unit is not None}
        codes = [code for code in want.columns if details.at[code, "done"] == "winsorise"]
        assert moved == {(code, unit) for code in codes for unit in want.index[want[code].isin(["winhi", "winlo"])]}


NORMALISATIONS = {
    "minmax_0_100": "minmax:0,100", "minmax_0_100_untreated": "minmax:0,100", "minmax_1_100": "minmax:1,100",
    "minmax_0_1": "minmax:0,1", "zscore_0_1": "zscore:0,1", "zscore_10_2": "zscore:10,2", "rank_min": "rank",
    "rank_average": "rank:average", "prank_min": "percentile", "prank_average": "percentile:average",
    "borda_min": "borda", "borda_average": "borda:average", "dist2max": "distance-to-max",
    "fracmax": "fraction-of-max", "dist2ref": "distance-to-reference:BEL",
    "dist2ref_cap": "distance-to-reference:BEL,cap", "dist2targ_cap": "distance-to-target:cap",
    "dist2targ": "distance-to-target", "goalposts_trunc": "goalposts", "goalposts": "goalposts:open",
    "scaled": "scaled", "zscore_individual": "zscore:meta", "minmax_individual": "minmax:meta",
    "individual_mix": "minmax:0,100",
}  # fmt: skip


def check_normalise(name: str, row: Mapping[str, str]) -> None:
    source = Path(row["input"].split(";")[0]).stem
    overrides = {"LPI": "borda", "Flights": "zscore:10,2"} if name == "individual_mix" else None
    method = NORMALISATIONS[name.removesuffix("_withNA")]
    got = normalise_values(by_unit(source), method, framework_with_parameters(), overrides)
    want = output_of(row).set_index("uCode")
    if name == "fracmax":
        want = want[[code for code in want.columns if framework().directions[code] > 0]]
    agree(got, want, row)


def check_weights(name: str, row: Mapping[str, str]) -> None:
    given = weights_in("06_weights_original")
    assert given == take_weights(framework())
    want = output_of(row).set_index("iCode")
    if name == "effective":
        agree(pd.DataFrame({"EffWeight": measure_effective_weights(given, framework())}), want[["EffWeight"]], row)
    elif name == "equal":
        agree(pd.DataFrame({"Weight": equal_weights(framework())}), want[["Weight"]], row)
    elif name.startswith("pca_level"):
        level = int(name[-1])
        scores = by_unit("07_agg_amean")[list(framework().levels[level - 1])]
        got = derive_component_weights(scores, level, given, framework(), Journal())
        for parent in framework().levels[level]:
            codes = list(framework().children(parent))
            sign = np.sign(want.loc[codes, "Weight"].sum())
            agree(pd.DataFrame({"Weight": got}).loc[codes], want.loc[codes, ["Weight"]] * sign, row)


AGGREGATIONS: dict[str, list[str]] = {
    "gmean_mm1": ["gmean"], "gmean_z10": ["gmean"], "gmean_withNA": ["gmean"], "hmean_mm1": ["hmean"],
    "hmean_withNA": ["hmean"], "genmean_p2": ["genmean:2"], "genmean_p05": ["genmean:0.5"],
    "genmean_pm1": ["genmean:-1"], "copeland": ["copeland"],
    "amean_then_copeland": ["amean", "amean", "copeland"], "amean_then_gmean": ["amean", "amean", "gmean"],
    "gmean_then_amean": ["gmean", "amean", "amean"],
}  # fmt: skip


def check_aggregate(name: str, row: Mapping[str, str]) -> None:
    values, weights = (Path(part).stem for part in row["input"].split(";")[:2])
    least = 0.6 if name == "amean_withNA_thresh60" else None
    methods = AGGREGATIONS.get(name, ["amean"])
    got = aggregate_values(
        by_unit(values), weights_in(weights), framework(), methods, Journal(), least_available=least
    )  # fmt: skip
    agree_with_output(got, row)


def check_rank(name: str, row: Mapping[str, str]) -> None:
    scores = by_unit(Path(row["input"]).stem)
    got = rank_columns(scores)
    for code in scores.columns:
        assert within_rule(got[code].to_numpy(dtype=np.float64, na_value=np.nan), scores[code].to_numpy())
    if f"asem/rank/{name}_rounded" not in MANIFEST:
        agree_with_output(got, row)


CHECKS: dict[str, Callable[[str, Mapping[str, str]], None]] = {
    "denominate": check_denominate, "screen": check_screen, "impute": check_impute, "treat": check_treat,
    "normalise": check_normalise, "weights": check_weights, "aggregate": check_aggregate, "rank": check_rank,
}  # fmt: skip


@pytest.mark.parametrize("key", select(CHECKS))
def test_reference_table(key: str) -> None:
    row = MANIFEST[key]
    CHECKS[row["step"]](key.rpartition("/")[2], row)


def test_whole_chain_from_files(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    run_index(
        ROOT / "asem/input/iData.csv", ROOT / "asem/input/iMeta.csv", out, tmp_path / "steps",
        denominate=True, impute="group-mean:EurAsia_group", treat="winsorise:5", normalise="minmax:0,100",
    )  # fmt: skip
    got = pd.read_csv(out).set_index("uCode")
    scores, ranks = by_unit("07_agg_amean"), by_unit("07_rank_amean")
    for code in framework().aggregates:
        assert_allclose(got.loc[scores.index, code], scores[code], rtol=1e-6, atol=1e-6)
        assert (got.loc[ranks.index, f"rank_{code}"] == ranks[code]).all()
    for step, name in (("denominated", "01_denominated"), ("imputed", "03_impute_mean_grp"),
                       ("treated", "04_treat_base"), ("normalised", "05_norm_minmax_0_100")):  # fmt: skip
        want = by_unit(name)
        ours = pd.read_csv(tmp_path / "steps" / f"{step}.csv").set_index("uCode").loc[want.index, want.columns]
        assert_allclose(ours.to_numpy(), want.to_numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_chain_with_component_weights(level: int) -> None:
    result = build_index(
        load("05_norm_minmax_0_100"), load("input/iMeta"), weights="pca" if level == 1 else f"pca:{level}"
    )
    want = by_unit(f"07_agg_amean_w_pca_level{level}")
    assert_allclose(result.scores.loc[want.index, want.columns], want, rtol=1e-9, atol=1e-9)
