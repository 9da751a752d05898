"""Rule P07 in memory: what is an outlier, what is none, what cannot be judged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from catalogue.periods import Period
from transforms.outliers import COUNT_COLUMNS, MIN_CELLS, MIN_HISTORY, MIN_PEERS, OPEN_COLUMNS, judge_counts

START = Period.parse("2031-01")


def county(
    townships: int, months: int, *, kind: str = "镇", first: int = 101, mean: float = 3.0, seed: int = 1
) -> pd.DataFrame:
    """Poisson counts of one indicator; the last month is the one to judge."""
    random = np.random.default_rng(seed)
    rows = [
        (f"900000{first + town:03d}", kind, START.shifted(month).text, "hazards_found", random.poisson(mean), 60, True)
        for town in range(townships)
        for month in range(months)
    ]
    return pd.DataFrame(rows, columns=list(COUNT_COLUMNS)).astype({"count": "float64"})


def last(months: int) -> str:
    return START.shifted(months - 1).text


def put(counts: pd.DataFrame, code: str, values: Sequence[float]) -> pd.DataFrame:
    """The counts with the township's newest months as given."""
    changed = counts.copy()
    mine = changed.index[changed["township_code"] == code][-len(values) :]
    changed.loc[mine, "count"] = values
    return changed


def found(counts: pd.DataFrame, months: int) -> list[str]:
    return list(judge_counts(counts, [last(months)]).outliers["township_code"])


def test_a_county_without_outliers_has_none() -> None:
    judged = judge_counts(county(20, 8), [last(8)])
    assert judged.outliers.empty
    assert judged.not_evaluable.empty


def test_a_count_far_above_peers_and_history_is_found() -> None:
    judged = judge_counts(put(county(20, 8), "900000105", [30]), [last(8)])
    assert len(judged.outliers) == 1
    row = judged.outliers.iloc[0]
    assert (row.township_code, row.period, row.indicator, row.observed) == (
        "900000105",
        last(8),
        "hazards_found",
        30,
    )
    assert (row.n_history, row.n_peers) == (7, 19)
    assert row.expected_low == 0
    assert 3 < row.expected_high < 20
    assert row.p_value < 1e-4


def test_the_expected_range_is_where_findings_end() -> None:
    counts = county(20, 8)
    high = int(judge_counts(put(counts, "900000105", [30]), [last(8)]).outliers.iloc[0].expected_high)
    assert found(put(counts, "900000105", [high]), 8) == []
    assert found(put(counts, "900000105", [high + 1]), 8) == ["900000105"]


def test_a_fall_to_nothing_is_found_where_counts_are_large() -> None:
    counts = county(20, 8, mean=40.0)
    judged = judge_counts(put(counts, "900000105", [0]), [last(8)]).outliers
    assert list(judged["township_code"]) == ["900000105"]
    low = int(judged.iloc[0].expected_low)
    assert found(put(counts, "900000105", [low]), 8) == []
    assert found(put(counts, "900000105", [low - 1]), 8) == ["900000105"]
    assert found(put(counts, "900000105", [0]).assign(two_sided=False), 8) == []


@pytest.mark.parametrize("same", [0, 1])
def test_always_0_or_1_and_then_many(same: int) -> None:
    counts = put(county(20, 5, mean=0.3), "900000105", [same] * 4 + [9])
    assert found(counts, 5) == ["900000105"]
    assert found(put(counts, "900000105", [2]), 5) == []


def test_a_constant_series_does_not_hide_a_jump() -> None:
    constant = county(20, 12).assign(count=5.0)
    assert found(put(constant, "900000105", [6]), 12) == []
    assert found(put(constant, "900000105", [25]), 12) == ["900000105"]


def test_a_township_that_is_always_high_is_none() -> None:
    assert found(put(county(20, 8), "900000105", [28, 31, 30, 29, 32, 27, 30, 31]), 8) == []


def test_catching_up_with_the_peers_is_none() -> None:
    counts = county(20, 8, mean=12.0)
    assert found(put(counts, "900000105", [0] * 7 + [12]), 8) == []


def test_a_month_in_which_everybody_does_more_is_none() -> None:
    counts = county(20, 8)
    month = counts["period"] == last(8)
    counts.loc[month, "count"] = np.random.default_rng(4).poisson(18.0, month.sum())
    assert found(counts, 8) == []


def test_one_gross_error_accuses_nobody_else() -> None:
    counts = county(12, 8, mean=10.0)
    assert found(put(counts, "900000105", [3000]), 8) == ["900000105"]
    assert found(put(counts, "900000105", [3000, 10]), 8) == []  # a month ago it was, and it masks nothing since
    both = put(put(counts, "900000105", [3000, 10]), "900000107", [60])
    assert found(both, 8) == ["900000107"]


def test_an_old_gross_error_of_a_peer_hides_nothing() -> None:
    counts = put(county(20, 12), "900000103", [300, 3, 2, 4])
    assert found(put(counts, "900000105", [16]), 12) == ["900000105"]


def test_deputies_in_office_are_the_exposure() -> None:
    counts = county(20, 8, mean=10.0)
    large = counts["township_code"] == "900000105"
    counts.loc[large, "count"] *= 5
    counts.loc[large, "exposure"] *= 5
    assert found(counts, 8) == []
    counts.loc[large & (counts["period"] == last(8)), "exposure"] /= 5
    assert found(counts, 8) == ["900000105"]


def test_street_offices_and_other_counties_are_no_peers() -> None:
    towns = county(20, 8, mean=20.0)
    offices = county(6, 8, kind="街道", first=1, mean=1.0, seed=2)
    alone = judge_counts(offices, [last(8)])
    elsewhere = towns.assign(township_code=towns["township_code"].str.replace("900000", "900001", n=1), count=400.0)
    together = judge_counts(pd.concat([towns, offices, elsewhere]), [last(8)])
    assert together.outliers.empty
    assert together.not_evaluable.empty
    assert alone.not_evaluable.empty
    raised = judge_counts(put(pd.concat([towns, offices], ignore_index=True), "900000001", [20]), [last(8)])
    assert list(raised.outliers["township_code"]) == ["900000001"]
    assert raised.outliers.iloc[0].n_peers == 5


def test_the_prediction_leaves_the_tested_count_out() -> None:
    counts = county(8, 8)
    first = judge_counts(put(counts, "900000105", [50]), [last(8)]).outliers
    second = judge_counts(put(counts, "900000105", [5000]), [last(8)]).outliers
    own = [frame[frame["township_code"] == "900000105"].iloc[0] for frame in (first, second)]
    for column in ("expected_low", "expected_high", "n_history", "n_peers"):
        assert own[0][column] == own[1][column]


def test_the_order_of_rows_does_not_matter() -> None:
    counts = put(county(20, 8), "900000105", [30])
    shuffled = counts.sample(frac=1, random_state=3)
    expected, result = judge_counts(counts, [last(8)]), judge_counts(shuffled, [last(8)])
    pd.testing.assert_frame_equal(expected.outliers, result.outliers)


def test_townships_can_change_places() -> None:
    counts = put(county(20, 8), "900000105", [30])
    swap = {"900000105": "900000118", "900000118": "900000105"}
    swapped = counts.assign(township_code=counts["township_code"].replace(swap))
    one, other = (judge_counts(frame, [last(8)]).outliers for frame in (counts, swapped))
    assert list(other["township_code"]) == ["900000118"]
    assert other.iloc[0].p_value == pytest.approx(one.iloc[0].p_value, rel=1e-9)


def test_months_are_judged_one_by_one_or_together() -> None:
    counts = put(county(20, 9), "900000105", [30, 3])
    together = judge_counts(counts, [last(8), last(9)])
    apart = [judge_counts(counts, [month]).outliers for month in (last(8), last(9))]
    assert list(together.outliers["period"]) == [last(8)]
    pd.testing.assert_frame_equal(together.outliers, apart[0])
    assert apart[1].empty


def test_later_months_do_not_matter() -> None:
    counts = put(county(20, 10), "900000105", [30, 300, 300])
    expected = judge_counts(counts[counts["period"] <= last(8)], [last(8)]).outliers
    pd.testing.assert_frame_equal(judge_counts(counts, [last(8)]).outliers, expected)


def test_what_cannot_be_judged_is_said() -> None:
    counts = county(20, 8)
    last_row = counts.index[counts["township_code"] == "900000105"][-1]
    counts.loc[last_row, "count"] = np.nan
    counts.loc[counts["township_code"] == "900000107", "exposure"] = np.nan
    young = (counts["township_code"] == "900000109") & (counts["period"] < last(8 - MIN_HISTORY + 1))
    judged = judge_counts(counts[~young], [last(8)])
    assert list(judged.not_evaluable.columns) == list(OPEN_COLUMNS)
    assert dict(zip(judged.not_evaluable["township_code"], judged.not_evaluable["n_history"], strict=True)) == {
        "900000105": 7,
        "900000107": 0,
        "900000109": MIN_HISTORY - 1,
    }


def test_the_least_that_can_be_judged() -> None:
    townships = -(-MIN_CELLS // MIN_HISTORY)
    assert judge_counts(county(townships, MIN_HISTORY + 1), [last(MIN_HISTORY + 1)]).not_evaluable.empty
    assert len(judge_counts(county(townships - 1, MIN_HISTORY + 1), [last(MIN_HISTORY + 1)]).not_evaluable) == 14
    assert len(judge_counts(county(townships, MIN_HISTORY), [last(MIN_HISTORY)]).not_evaluable) == townships
    assert judge_counts(county(MIN_PEERS + 1, 12), [last(12)]).not_evaluable.empty
    assert len(judge_counts(county(MIN_PEERS, 12), [last(12)]).not_evaluable) == MIN_PEERS


def test_nothing_to_judge() -> None:
    empty = county(0, 0)
    assert judge_counts(empty, [last(8)]).outliers.empty
    assert judge_counts(county(3, 3), []).not_evaluable.empty
    assert judge_counts(county(20, 8), ["2040-01"]).outliers.empty
