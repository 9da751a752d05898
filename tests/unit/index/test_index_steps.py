"""Each step on small tables with results worked out by hand or by SciPy."""

import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from catalogue.errors import Refusal
from transforms.index import build_index
from transforms.index.availability import measure_availability, measure_group_availability, screen_units
from transforms.index.framework import read_framework
from transforms.index.journal import Journal
from transforms.index.normalise import normalise_values
from transforms.index.treat import Treatment, measure_shape, parse_treatment, transform, treat_values, winsorise

NAN = math.nan


def one_indicator(cells: list[float], direction: int = 1, **columns: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Data and metadata of one indicator X below one index."""
    meta = pd.DataFrame(
        {"iCode": ["X", "I"], "Level": [1, 2], "Parent": ["I", None], "Weight": 1, "Direction": [direction, 1],
         "Type": ["Indicator", "Aggregate"]} | {name: [cell, None] for name, cell in columns.items()}
    )  # fmt: skip
    return pd.DataFrame({"uCode": [f"u{place}" for place in range(len(cells))], "X": cells}), meta


def normalise(cells: list[float], method: str, direction: int = 1, **columns: object) -> list[float]:
    data, meta = one_indicator(cells, direction, **columns)
    return list(normalise_values(data.set_index("uCode"), method, read_framework(meta))["X"])


class TestDenominate:
    def test_divides_and_scales(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        meta["ScaleFactor"] = [None, None, 10, *[None] * 6]
        rates = build_index(data, meta, denominate=True).steps["denominated"]
        assert list(rates["Done"]) == [10, 20, 30, 40, 50, 60]
        assert list(rates["Meet"]) == list(data["Meet"])

    def test_missing_size_makes_the_rate_missing_and_says_so(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        data.loc[1, "Pop"] = NAN
        result = build_index(data, meta, denominate=True)
        assert math.isnan(result.steps["denominated"].at["B", "Done"])
        warned = result.log.query("step == 'denominated' and severity == 'warn'")
        assert list(warned["indicator"]) == ["Done"]
        assert "B" in warned["message"].iloc[0]

    def test_zero_size_is_refused(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        data.loc[2, "Pop"] = 0
        with pytest.raises(Refusal, match=r"Done.*Pop.*C"):
            build_index(data, meta, denominate=True)

    def test_without_denominators_is_refused(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        with pytest.raises(Refusal, match="Denominator"):
            build_index(data, meta.drop(columns="Denominator"), denominate=True)


class TestAvailability:
    def test_counts_and_shares(self) -> None:
        values = pd.DataFrame({"a": [0.0, NAN], "b": [2.0, NAN]}, index=["u", "v"])
        table = measure_availability(values)
        assert list(table.loc["u"]) == [0, 1, 1, 1.0, 0.5]
        assert list(table.loc["v"])[:4] == [2, 0, 2, 0.0]
        assert math.isnan(table.at["v", "nonzero"])

    def test_a_unit_at_the_threshold_stays(self) -> None:
        values = pd.DataFrame({"a": [1.0, NAN], "b": [NAN, NAN]}, index=["u", "v"])
        assert list(screen_units(values, least_available=0.5)["included"]) == [True, False]
        assert list(screen_units(values, by="zeros")["included"]) == [True, False]
        zeros = pd.DataFrame({"a": [0.0], "b": [1.0]}, index=["u"])
        assert list(screen_units(zeros, by="zeros", least_nonzero=0.5)["included"]) == [True]

    def test_by_group(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        framework = read_framework(meta)
        shares = measure_group_availability(data.set_index("uCode")[list(framework.indicators)], framework)
        assert list(shares.loc["B", ["Work", "Effect", "Index"]]) == [1.0, 0.5, 0.75]


class TestImpute:
    @pytest.mark.parametrize(
        ("method", "filled"),
        [
            ("mean", [1, 3, 3, 5, 3, 3]),
            ("median", [1, 3, 3, 5, 3, 3]),
            ("group-mean:Kind", [1, 2, 3, 5, 5, NAN]),
            ("group-median:Kind", [1, 2, 3, 5, 5, NAN]),
        ],
    )
    def test_by_column(self, method: str, filled: list[float], data: pd.DataFrame, meta: pd.DataFrame) -> None:
        result = build_index(data, meta, impute=method)
        assert_allclose(result.steps["imputed"]["Visit"], filled)

    def test_by_row_in_the_own_direction_and_scale(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        # B: Meet 0.2, Late (turned round) 0.8, Done (40-10)/30 = 1 -> mean 2/3; Visit runs from 1 to 5
        imputed = build_index(data, meta, impute="row-mean").steps["imputed"]
        assert imputed.at["B", "Visit"] == pytest.approx(1 + 4 * 2 / 3)

    def test_by_row_inside_a_group(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        imputed = build_index(data, meta, impute="row-median:2").steps["imputed"]
        assert imputed.at["B", "Visit"] == pytest.approx(5)
        assert imputed.at["E", "Visit"] == pytest.approx(1 + 4 / 3)

    def test_a_column_without_spread_lends_nothing(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        data["Late"] = [7.0, 7, 7, 7, 7, NAN]
        imputed = build_index(data, meta, impute="row-mean").steps["imputed"]
        assert imputed.at["F", "Late"] == 7
        assert imputed.at["B", "Visit"] == pytest.approx(1 + 4 * (0.2 + 1) / 2)

    def test_every_filled_cell_is_in_the_journal(self, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        log = build_index(data, meta, impute="group-mean:Kind").log.query("step == 'imputed'")
        cells = list(zip(log["indicator"], log["unit"], log["severity"], strict=True))
        assert cells == [("Visit", "B", "info"), ("Visit", "E", "info"), ("Visit", "F", "warn")]

    @pytest.mark.parametrize("method", ["mode", "mean:Kind", "group-mean", "row-mean:9", "row-mean:1", "group-mean:No"])
    def test_unknown_words_are_refused(self, method: str, data: pd.DataFrame, meta: pd.DataFrame) -> None:
        with pytest.raises(Refusal):
            build_index(data, meta, impute=method)


class TestTreat:
    outlying = [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]  # noqa: RUF012

    def test_shape_is_scipys(self) -> None:
        shape = measure_shape(np.array([*self.outlying, NAN]))
        assert shape.skewness == pytest.approx(stats.skew(self.outlying, bias=False))
        assert shape.kurtosis == pytest.approx(stats.kurtosis(self.outlying, bias=False))
        assert shape.passes is False

    def test_either_measure_is_enough_to_pass(self) -> None:
        peaked = measure_shape(np.array([-100.0, *[0.0, 1, -1] * 5, 100]))
        assert abs(peaked.skewness) < 2 < 3.5 < peaked.kurtosis
        assert peaked.passes is True
        leaning = measure_shape(np.array([0.0] * 87 + [1.0] * 13))
        assert leaning.skewness > 2
        assert leaning.kurtosis < 3.5
        assert leaning.passes is True

    @pytest.mark.parametrize("cells", [[1.0, 2, 3], [5.0] * 9])
    def test_shape_is_undefined_for_few_or_equal_values(self, cells: list[float]) -> None:
        assert measure_shape(np.array(cells)).passes is None

    def test_high_value_takes_the_next_lower(self) -> None:
        moved, marks = winsorise(np.array(self.outlying), 5)
        assert list(moved) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]
        assert list(marks) == [0] * 10 + [1]

    def test_low_value_takes_the_next_higher(self) -> None:
        moved, marks = winsorise(-np.array(self.outlying), 5)
        assert list(moved) == [-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -10]
        assert list(marks) == [0] * 10 + [-1]

    def test_points_moved_before_count_again(self) -> None:
        cells = np.array([0.0] * 40 + [1, 50, 200])
        moved, marks = winsorise(cells, 2)
        assert list(moved[-3:]) == [1, 1, 1]
        assert marks.sum() == 2

    def test_fallback_takes_the_logarithm_of_the_original(self) -> None:
        cells = pd.DataFrame({"X": [0.0] * 20 + [1.0, 2, 4, 50, 900]})
        treated, details = treat_values(cells, Treatment(1, "log"), Journal())
        assert details.at["X", "done"] == "log"
        assert_allclose(treated["X"], np.log(cells["X"] + 9))
        combined, _ = treat_values(cells, Treatment(1, "log", combined=True), Journal())
        assert_allclose(combined["X"], np.log(cells["X"].clip(upper=50) + 0.5))

    def test_transformations(self) -> None:
        cells = np.array([0.0, 1, 3, NAN])
        assert_allclose(transform(cells, "log"), np.log(cells + 0.03))
        assert_allclose(transform(cells, "log-shift"), np.log(cells + 1))
        assert_allclose(transform(cells, "boxcox", 2), ((cells + 1) ** 2 - 1) / 2)
        assert_allclose(transform(cells, "boxcox", 0), np.log(cells + 1))
        skewed_low = -np.array([0.0, 1, 2, 3, 40])
        assert_allclose(transform(skewed_low, "log-plus"), -np.log(0.4 - skewed_low))

    def test_a_column_that_would_become_constant_is_left_alone_and_reported(self) -> None:
        cells = pd.DataFrame({"X": [0.0] * 30 + [1.0]}, index=[f"u{place}" for place in range(31)])
        journal = Journal()
        treated, details = treat_values(cells, parse_treatment("winsorise:5"), journal)
        assert list(treated["X"]) == list(cells["X"])
        assert details.at["X", "done"] == ""
        assert [entry[:3] for entry in journal.entries] == [("treated", "warn", "X")]

    def test_moved_cells_are_in_the_journal_by_unit(self) -> None:
        cells = pd.DataFrame({"X": self.outlying}, index=[f"u{place}" for place in range(11)])
        journal = Journal()
        treat_values(cells, parse_treatment("winsorise:1"), journal)
        assert [entry[:4] for entry in journal.entries] == [("treated", "info", "X", "u10")]

    def test_one_indicator_can_be_left_out(self) -> None:
        cells = pd.DataFrame({"X": self.outlying, "Y": self.outlying})
        treated, details = treat_values(cells, Treatment(1, "log"), Journal(), {"Y": None})
        assert treated["X"].max() == 10
        assert treated["Y"].max() == 100
        assert list(details.index) == ["X"]

    def test_words(self) -> None:
        assert parse_treatment("none") is None
        assert parse_treatment("winsorise:2") == Treatment(2, "log")
        assert parse_treatment("winsorise:2+boxcox:0.5") == Treatment(2, "boxcox", 0.5)
        assert parse_treatment("log-plus") == Treatment(None, "log-plus")

    @pytest.mark.parametrize("word", ["winsorise", "winsorise:-1", "winsorise:1.5", "log+log", "boxcox:x", "cut", ""])
    def test_unknown_words_are_refused(self, word: str) -> None:
        with pytest.raises(Refusal):
            parse_treatment(word)


class TestNormalise:
    cells = [4.0, NAN, 2.0, 10.0, 4.0]  # noqa: RUF012

    @pytest.mark.parametrize(
        ("method", "upward", "downward"),
        [
            ("minmax:0,100", [25, NAN, 0, 100, 25], [75, NAN, 100, 0, 75]),
            ("minmax", [25, NAN, 0, 100, 25], [75, NAN, 100, 0, 75]),
            ("minmax:1,5", [2, NAN, 1, 5, 2], [4, NAN, 5, 1, 4]),
            ("rank", [2, NAN, 1, 4, 2], [2, NAN, 4, 1, 2]),
            ("rank:average", [2.5, NAN, 1, 4, 2.5], [2.5, NAN, 4, 1, 2.5]),
            ("borda", [1, NAN, 0, 3, 1], [1, NAN, 3, 0, 1]),
            ("percentile", [1 / 3, NAN, 0, 1, 1 / 3], [1 / 3, NAN, 1, 0, 1 / 3]),
            ("distance-to-max", [0.25, NAN, 0, 1, 0.25], [0.75, NAN, 1, 0, 0.75]),
            ("distance-to-reference:u0", [1, NAN, 0, 4, 1], [1, NAN, 4 / 3, 0, 1]),
            ("distance-to-reference:u0,cap", [1, NAN, 0, 1, 1], [1, NAN, 1, 0, 1]),
            ("fraction-of-max", [0.4, NAN, 0.2, 1, 0.4], [0.6, NAN, 0.8, 0, 0.6]),
        ],
    )
    def test_by_hand(self, method: str, upward: list[float], downward: list[float]) -> None:
        assert_allclose(normalise(self.cells, method), upward)
        assert_allclose(normalise(self.cells, method, -1), downward)

    def test_zscore_is_scipys(self) -> None:
        want = stats.zscore(np.array(self.cells), ddof=1, nan_policy="omit") * 2 + 10
        assert_allclose(normalise(self.cells, "zscore:10,2"), want)
        assert_allclose(normalise(self.cells, "zscore:10,2", -1), 20 - want)

    def test_goalposts_and_targets_stand_on_the_original_scale(self) -> None:
        posts = {"goalpost_lower": 3, "goalpost_upper": 8, "goalpost_scale": 10}
        assert_allclose(normalise(self.cells, "goalposts", **posts), [2, NAN, 0, 10, 2])
        assert_allclose(normalise(self.cells, "goalposts", -1, **posts), [8, NAN, 10, 0, 8])
        assert_allclose(normalise(self.cells, "goalposts:open", -1, **posts), [8, NAN, 12, -4, 8])
        assert_allclose(normalise(self.cells, "goalposts", goalpost_trunc2posts="FALSE", **posts), [2, NAN, -2, 14, 2])
        assert_allclose(normalise(self.cells, "distance-to-target", Target=6), [0.5, NAN, 0, 2, 0.5])
        assert_allclose(normalise(self.cells, "distance-to-target:cap", Target=6), [0.5, NAN, 0, 1, 0.5])
        assert_allclose(normalise(self.cells, "distance-to-target", -1, Target=6), [1.5, NAN, 2, 0, 1.5])
        assert_allclose(normalise(self.cells, "scaled", scaled_lower=0, scaled_upper=20), [20, NAN, 10, 50, 20])
        assert_allclose(normalise(self.cells, "minmax:meta", minmax_lower=1, minmax_upper=5), [2, NAN, 1, 5, 2])

    @pytest.mark.parametrize(
        ("cells", "method", "columns"),
        [
            ([3.0, 3, 3], "minmax:0,1", {}),
            ([3.0, 3, 3], "zscore:0,1", {}),
            ([3.0, 3, 3], "distance-to-max", {}),
            ([-3.0, -2, -1], "fraction-of-max", {}),
            ([1.0, NAN, NAN], "percentile", {}),
            ([1.0, 2, 3], "goalposts", {}),
            ([1.0, 2, 3], "goalposts", {"goalpost_lower": 5, "goalpost_upper": 2}),
            ([1.0, 2, 3], "goalposts", {"goalpost_lower": 5, "goalpost_upper": None}),
            ([1.0, 2, 3], "distance-to-target", {"Target": 1}),
            ([1.0, 2, 3], "distance-to-reference:u0", {}),
            ([1.0, NAN, 3], "distance-to-reference:u1", {}),
            ([1.0, 2, 3], "minmax:5,1", {}),
            ([1.0, 2, 3], "zscore:0,0", {}),
        ],
    )
    def test_what_cannot_be_done_names_the_indicator(
        self, cells: list[float], method: str, columns: dict[str, object]
    ) -> None:
        with pytest.raises(Refusal, match=r"X|goalpost_lower"):
            normalise(cells, method, **columns)

    @pytest.mark.parametrize(
        "method",
        ["", "minmax:", "minmax:1", "minmax:0,1,2", "minmax:a,b", "zscore:0", "rank:max", "no", "goalposts:2",
         "distance-to-reference", "distance-to-reference:nobody", "distance-to-max:1"],
    )  # fmt: skip
    def test_unknown_words_are_refused(self, method: str) -> None:
        if method == "minmax:":
            assert normalise([1.0, 2, 3], method) == [0, 50, 100]
        else:
            with pytest.raises(Refusal):
                normalise([1.0, 2, 3], method)
