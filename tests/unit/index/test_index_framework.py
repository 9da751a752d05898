"""What the metadata and the data must look like, and what is said when they do not."""

import math

import pandas as pd
import pytest

from catalogue.errors import Refusal
from transforms.index import build_index
from transforms.index.framework import read_framework


def test_levels_children_and_ancestors(meta: pd.DataFrame) -> None:
    framework = read_framework(meta)
    assert framework.levels == (("Meet", "Late", "Done", "Visit"), ("Work", "Effect"), ("Index",))
    assert framework.aggregates == ("Index", "Work", "Effect")
    assert framework.children("Effect") == ("Done", "Visit")
    assert framework.indicators_under("Index") == framework.indicators
    assert framework.ancestors("Late") == ("Late", "Work", "Index")


def test_order_of_metadata_rows_does_not_matter(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    forward = build_index(data, meta, normalise="zscore:0,1")
    backward = build_index(data, meta.iloc[::-1], normalise="zscore:0,1")
    pd.testing.assert_frame_equal(forward.scores, backward.scores[forward.scores.columns])


def test_five_levels(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    more = pd.DataFrame(
        {"iCode": ["Top", "Peak"], "Level": [4, 5], "Parent": ["Peak", None], "Weight": 1.0, "Direction": 1.0,
         "Type": "Aggregate"}
    )  # fmt: skip
    meta.loc[meta["iCode"] == "Index", "Parent"] = "Top"
    scores = build_index(data, pd.concat([meta, more]), normalise="minmax:1,100", aggregate="gmean").scores
    assert list(scores.columns) == ["Peak", "Top", "Index", "Work", "Effect"]
    assert list(scores["Peak"]) == pytest.approx(list(scores["Index"]))


@pytest.mark.parametrize(
    ("code", "column", "cell", "words"),
    [
        ("Late", "iCode", "Meet", "Meet.*重复"),
        ("Late", "iCode", " ", "没有 iCode"),
        ("Late", "Type", "Indicater", "Late.*Indicater"),
        ("Late", "Parent", "Nowhere", "Late.*Nowhere"),
        ("Late", "Parent", "Index", "Late.*Index"),
        ("Late", "Parent", None, "Late.*Parent"),
        ("Late", "Parent", "Kind", "Late.*Kind"),
        ("Index", "Parent", "Work", "Index.*Work"),
        ("Late", "Level", 2, "Late.*Level"),
        ("Late", "Level", 1.5, "Late.*Level"),
        ("Late", "Level", None, "Late.*Level"),
        ("Index", "Level", 4, "第? ?3"),
        ("Late", "Direction", 0, "Late.*Direction"),
        ("Late", "Direction", None, "Late.*Direction"),
        ("Late", "Weight", -1, "Late.*Weight"),
        ("Late", "Weight", "two", "Late.*Weight.*two"),
        ("Late", "Weight", None, "Late.*Weight"),
    ],
)
def test_broken_metadata_names_the_code(
    code: str, column: str, cell: object, words: str, data: pd.DataFrame, meta: pd.DataFrame
) -> None:
    broken = meta.astype(object)
    broken.loc[broken["iCode"] == code, column] = cell
    with pytest.raises(Refusal, match=words):
        build_index(data, broken)


def test_other_broken_metadata(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    with pytest.raises(Refusal, match="Parent、Weight"):
        build_index(data, meta.drop(columns=["Weight", "Parent"]))
    lonely = pd.concat([meta, meta[meta["iCode"] == "Work"].assign(iCode="Empty")])
    with pytest.raises(Refusal, match=r"Empty.*没有下级"):
        build_index(data, lonely)
    with pytest.raises(Refusal, match="没有汇总项"):
        build_index(data, meta[meta["Type"] == "Indicator"].assign(Parent=None))
    with pytest.raises(Refusal, match="Indicator"):
        build_index(data, meta[meta["Type"] != "Indicator"])
    meta.loc[meta["Parent"] == "Work", "Weight"] = 0
    with pytest.raises(Refusal, match=r"Work.*0"):
        build_index(data, meta)


@pytest.mark.parametrize("cell", ["1,234", "约5", "inf", "1_000", "-", True])
def test_cells_that_are_no_numbers_name_unit_and_indicator(
    cell: object, data: pd.DataFrame, meta: pd.DataFrame
) -> None:
    data["Late"] = data["Late"].astype(object)
    data.loc[2, "Late"] = cell
    with pytest.raises(Refusal, match=r"C.*Late"):
        build_index(data, meta)


def test_texts_that_are_numbers_are_read_to_the_last_bit(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    data["Late"] = [" 0.1 ", "1e-3", "", "NA", "5.1000000000000005", "３"]
    raw = build_index(data, meta).steps["raw"]["Late"]
    assert list(raw.fillna(-1)) == [0.1, 0.001, -1, -1, 5.1000000000000005, 3]


def test_broken_data(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    with pytest.raises(Refusal, match="uCode"):
        build_index(data.drop(columns="uCode"), meta)
    with pytest.raises(Refusal, match=r"A.*多次"):
        build_index(data.assign(uCode=["A", "A ", "C", "D", "E", "F"]), meta)
    with pytest.raises(Refusal, match="没有 uCode"):
        build_index(data.assign(uCode=["A", None, "C", "D", "E", "F"]), meta)
    with pytest.raises(Refusal, match="Late"):
        build_index(data.drop(columns="Late"), meta)
    with pytest.raises(Refusal, match=r"Late.*没有任何数据"):
        build_index(data.assign(Late=math.nan), meta)
    with pytest.raises(Refusal, match="没有任何单位"):
        build_index(data.iloc[:0], meta)
    with pytest.raises(Refusal, match=r"Late.*重复"):
        build_index(pd.concat([data, data[["Late"]]], axis=1), meta)


def test_unknown_columns_are_reported_not_dropped_silently(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    log = build_index(data.assign(Extra=1, Index=2), meta).log
    assert any("Extra" in message and "Index" in message for message in log["message"])


def test_directions_act_in_the_normalisation_only(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    result = build_index(data, meta)
    assert result.scores.at["F", "Work"] == pytest.approx((10 + 2 * 5) / 3)
    assert any("Late" in message and "Direction" in message for message in result.log["message"])


def test_steps_not_named_are_not_done(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    assert list(build_index(data, meta).steps) == ["raw", "weights", "aggregated"]
    every = build_index(data, meta, denominate=True, impute="mean", treat="winsorise:1", normalise="minmax:1,100")
    assert list(every.steps) == [
        "raw", "denominated", "imputed", "treated", "outliers", "normalised", "weights", "aggregated",
    ]  # fmt: skip


def test_posts_after_a_transformation_are_warned_about(data: pd.DataFrame, meta: pd.DataFrame) -> None:
    units = pd.DataFrame({"uCode": [f"u{place}" for place in range(25)], "Late": 1.0, "Done": 1.0, "Visit": 1.0})
    units["Meet"] = [0.0] * 20 + [1, 2, 4, 50, 900]
    meta = meta.assign(goalpost_lower=0, goalpost_upper=1000)
    log = build_index(units, meta, treat="winsorise:1", normalise="goalposts").log
    assert list(log.query("step == 'normalised'")["indicator"]) == ["Meet"]
