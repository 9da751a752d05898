"""Aggregation, weights, ranks and the analyses on small tables worked out by hand or by SciPy."""

import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from catalogue.errors import Refusal
from transforms.index import build_index
from transforms.index.aggregate import average
from transforms.index.analysis import correlate, measure_alpha
from transforms.index.framework import read_framework
from transforms.index.outrank import outrank, score_copeland
from transforms.index.ranks import rank_in_groups, rank_scores
from transforms.index.sensitivity import balance_weights, compare_ranks, perturb_weights, summarise_ranks
from transforms.index.weights import measure_effective_weights

NAN = math.nan


class TestAggregate:
    below = np.array([[1.0, 4.0, 16.0], [2.0, NAN, 8.0], [NAN, NAN, NAN]])
    shares = np.array([1.0, 1.0, 2.0])

    def test_means_by_hand_and_by_scipy(self) -> None:
        assert_allclose(average(self.below, self.shares, 1), [37 / 4, 18 / 3, NAN])
        assert_allclose(average(self.below, self.shares, 0), [1024 ** (1 / 4), 128 ** (1 / 3), NAN])
        assert_allclose(average(self.below, self.shares, -1), [4 / (1 + 1 / 4 + 1 / 8), 3 / (1 / 2 + 1 / 4), NAN])
        for power in (-2, 0.5, 3):
            want = stats.pmean(self.below[0], power, weights=self.shares)
            assert average(self.below[:1], self.shares, power)[0] == pytest.approx(want)

    def test_no_weight_left_is_missing(self) -> None:
        assert np.isnan(average(np.array([[5.0, NAN]]), np.array([0.0, 1.0]), 1)).all()

    def test_outranking_by_hand(self) -> None:
        values = np.array([[1.0, 3.0, 2.0], [2.0, 2.0, 2.0], [0.0, 1.0, 9.0]])
        weights = np.array([1.0, 2.0, 1.0])
        want = [[0, 2.5 / 4, 3 / 4], [1.5 / 4, 0, 3 / 4], [1 / 4, 1 / 4, 0]]
        assert_allclose(outrank(values, weights), want)
        assert list(score_copeland(values, weights)) == [2, 0, -2]

    def test_outranking_compares_what_both_have(self) -> None:
        values = np.array([[1.0, NAN], [NAN, 2.0], [3.0, 1.0], [NAN, NAN]])
        assert_allclose(score_copeland(values, np.array([1.0, 1.0])), [-1, 1, 0, NAN])

    def test_half_of_many_small_weights_is_a_draw(self) -> None:
        values = np.array([[1.0] * 3 + [0.0] * 3, [0.0] * 3 + [1.0] * 3])
        assert list(score_copeland(values, np.array([0.1, 0.2, 0.3, 0.3, 0.2, 0.1]))) == [0, 0]

    def test_equal_aggregates_draw_whatever_the_last_bits(self) -> None:
        """P of x is 0.1 + 0.2 and of y 0.3 + 0.0, over two: equal, but not in floating point."""
        rows = [("a", 1, "P"), ("b", 1, "P"), ("c", 1, "Q"), ("P", 2, "I"), ("Q", 2, "I"), ("I", 3, None)]
        meta = pd.DataFrame(rows, columns=pd.Index(["iCode", "Level", "Parent"])).assign(
            Weight=1, Direction=1, Type=["Indicator"] * 3 + ["Aggregate"] * 3
        )
        data = pd.DataFrame({"uCode": ["x", "y", "z"], "a": [0.1, 0.3, 0], "b": [0.2, 0, 0], "c": [5.0, 5, 1]})
        assert list(build_index(data, meta, aggregate=("amean", "copeland")).scores["I"]) == [1, 1, -2]

    def test_weights_are_relative_and_missing_shared(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        scores = build_index(data, meta, normalise="minmax:0,100").scores
        # A: Work (0 + 2*100)/3; Effect (0 + 0)/2. B: Effect is Done alone, 100
        assert scores.at["A", "Work"] == pytest.approx(200 / 3)
        assert scores.at["A", "Index"] == pytest.approx(200 / 3 / 4)
        assert scores.at["B", "Effect"] == pytest.approx(100)

    def test_threshold(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        half = build_index(data, meta, normalise="rank", least_available=0.5)
        assert half.scores["Effect"].notna().all()
        result = build_index(data, meta, normalise="rank", least_available=0.6)
        assert list(result.scores["Effect"].isna()) == [False, True, False, False, True, True]
        assert list(result.ranks["Effect"].isna()) == list(result.scores["Effect"].isna())
        assert (result.log.query("indicator == 'Effect'")["severity"] == "warn").all()

    def test_one_method_per_level(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        scores = build_index(data, meta, normalise="minmax:1,100", aggregate=("amean", "gmean")).scores
        want = (scores["Work"] * scores["Effect"] ** 3) ** (1 / 4)
        assert_allclose(scores["Index"], want)
        again = build_index(data, meta, normalise="minmax:1,100", aggregate="amean, genmean:2").scores
        assert_allclose(again["Index"], np.sqrt((scores["Work"] ** 2 + 3 * scores["Effect"] ** 2) / 4))

    @pytest.mark.parametrize("method", ["gmean", "hmean", "genmean:-1"])
    def test_means_that_need_positive_values_name_the_cell(
        self, method: str, data: pd.DataFrame, meta: pd.DataFrame
    ) -> None:
        with pytest.raises(Refusal, match=r"Work.*A.*Meet.*0"):
            build_index(data, meta, normalise="minmax:0,100", aggregate=method)

    @pytest.mark.parametrize("methods", ["mean", "genmean", "genmean:0", "amean,gmean,hmean", "copeland:1", ""])
    def test_unknown_words_are_refused(self, methods: str, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        with pytest.raises(Refusal):
            build_index(data, meta, aggregate=methods)


class TestWeights:
    def test_effective(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        weights = build_index(data, meta).steps["weights"]["EffWeight"]
        assert weights.to_dict() == pytest.approx(
            {"Meet": 1 / 12, "Late": 1 / 6, "Done": 3 / 8, "Visit": 3 / 8, "Work": 1 / 4, "Effect": 3 / 4, "Index": 1}
        )

    def test_equal_ignores_the_metadata(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        meta["Weight"] = None
        scores = build_index(data, meta, weights="equal").scores
        assert scores.at["C", "Work"] == 3
        with pytest.raises(Refusal, match="Weight"):
            build_index(data, meta)

    def test_components_of_two_indicators_weigh_the_same(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        result = build_index(data, meta, impute="mean", weights="pca")
        weights = result.steps["weights"]["Weight"]
        assert list(weights[["Meet", "Late"]]) == pytest.approx([math.sqrt(0.5)] * 2)
        assert list(weights[["Work", "Effect"]]) == [1, 3]
        assert "warn" in set(result.log.query("step == 'weights'")["severity"])

    def test_components_that_cancel_out_are_refused(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        with pytest.raises(Refusal, match="Work"):  # Late turned round falls exactly as Meet rises
            build_index(data, meta, impute="mean", normalise="minmax:0,100", weights="pca")

    def test_component_weights_below_zero_are_reported(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        meta.loc[meta["iCode"] == "Done", "Parent"] = "Work"
        log = build_index(data.assign(Late=-data["Meet"] / 2, Done=data["Meet"] ** 2), meta, weights="pca").log
        assert list(log.query("step == 'weights' and indicator == 'Late'")["severity"]) == ["warn"]

    @pytest.mark.parametrize("word", ["pca:9", "pca:x", "best", "pca:3", "equal:1"])
    def test_unknown_words_are_refused(self, word: str, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        with pytest.raises(Refusal):
            build_index(data, meta, weights=word)


class TestRanks:
    def test_ties_share_the_best_rank_and_missing_stays(self) -> None:
        assert_allclose(rank_scores(np.array([5.0, NAN, 7.0, 5.0, 1.0])), [2, NAN, 1, 2, 4])

    def test_last_bits_do_not_separate(self) -> None:
        assert list(rank_scores(np.array([0.1 + 0.2, 0.3, 0.0]))) == [1, 1, 3]

    def test_nothing_is_rounded(self) -> None:
        assert list(rank_scores(np.array([1.0, 1.00000001, 0.0]))) == [2, 1, 3]

    def test_all_equal_and_all_missing(self) -> None:
        assert list(rank_scores(np.array([2.0, 2.0]))) == [1, 1]
        assert np.isnan(rank_scores(np.array([NAN, NAN]))).all()

    def test_inside_groups(self) -> None:
        scores = pd.DataFrame({"I": [1.0, 3.0, 2.0, 9.0]}, index=list("abcd"))
        groups = pd.Series(["x", "x", "y", None], index=list("abcd"), dtype=object)
        assert list(rank_in_groups(scores, groups)["I"].fillna(0)) == [2, 1, 1, 0]


class TestAnalysis:
    def test_alpha_of_parallel_items_is_one(self) -> None:
        item = np.array([1.0, 4.0, 2.0, 8.0])
        assert measure_alpha(pd.DataFrame({"a": item, "b": item + 3})) == pytest.approx(1)

    def test_correlation_uses_the_units_both_have(self) -> None:
        columns = pd.DataFrame({"a": [1.0, 2, 3, NAN], "b": [2.0, 4, 6, -9]})
        assert correlate(columns).at["a", "b"] == pytest.approx(1)
        other = pd.DataFrame({"a": [3.0, 2, 1, 0]})
        assert correlate(columns[["a"]], others=other).at["a", "a"] == pytest.approx(-1)

    def test_rank_summary_and_comparison(self) -> None:
        summary = summarise_ranks(pd.DataFrame([[1, 2, 3]], index=["u"]))
        assert summary.loc["u", ["mean", "median", "q5", "q95", "max"]].tolist() == [2, 2, 1.1, 2.9, 3]
        compared = compare_ranks(np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 3.0]))
        assert compared["mean_shift"] == pytest.approx(2 / 3)
        assert compared["moved"] == 2
        assert compared["kendall"] == pytest.approx(1 / 3)

    def test_noise_stays_within_its_share(self, meta: pd.DataFrame) -> None:
        framework = read_framework(meta)
        noisy = perturb_weights(framework.weights, framework, {2: 0.25}, np.random.default_rng(1))
        assert noisy["Late"] == 2
        assert 0.75 <= noisy["Work"] <= 1.25
        assert noisy["Work"] != 1

    def test_balanced_weights_reach_the_wanted_correlations(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        framework = read_framework(meta)
        level = pd.DataFrame({"Work": [1.0, 5, 2, 7, 3, 4], "Effect": [9.0, 30, 80, 10, 55, 20]}, index=data["uCode"])
        weights = balance_weights(level, framework.weights, framework, 2, {"Work": 1, "Effect": 1})
        index = level["Work"] * weights["Work"] + level["Effect"] * weights["Effect"]
        assert level["Work"].corr(index) == pytest.approx(level["Effect"].corr(index), abs=2e-3)
        assert measure_effective_weights(weights, framework)["Index"] == 1
