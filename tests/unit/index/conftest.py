"""A small county: six townships, four indicators in two groups, one index."""

import math

import pandas as pd
import pytest


@pytest.fixture
def meta() -> pd.DataFrame:
    rows = [
        ("Meet", 1, "Work", 1, 1, "Indicator", None),
        ("Late", 1, "Work", 2, -1, "Indicator", None),
        ("Done", 1, "Effect", 1, 1, "Indicator", "Pop"),
        ("Visit", 1, "Effect", 1, 1, "Indicator", None),
        ("Work", 2, "Index", 1, 1, "Aggregate", None),
        ("Effect", 2, "Index", 3, 1, "Aggregate", None),
        ("Index", 3, None, 1, 1, "Aggregate", None),
        ("Kind", None, None, None, None, "Group", None),
        ("Pop", None, None, None, None, "Denominator", None),
    ]
    columns = ["iCode", "Level", "Parent", "Weight", "Direction", "Type", "Denominator"]
    return pd.DataFrame(rows, columns=pd.Index(columns))


@pytest.fixture
def data() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "uCode": ["A", "B", "C", "D", "E", "F"],
            "uName": ["甲", "乙", "丙", "丁", "戊", "己"],
            "Kind": ["镇", "镇", "镇", "乡", "乡", None],
            "Pop": [10.0, 20.0, 10.0, 5.0, 4.0, 2.0],
            "Meet": [0.0, 2.0, 4.0, 6.0, 8.0, 10.0],
            "Late": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
            "Done": [10.0, 40.0, 30.0, 20.0, 20.0, 12.0],
            "Visit": [1.0, math.nan, 3.0, 5.0, math.nan, math.nan],
        }
    )
