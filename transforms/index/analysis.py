"""Looking at the indicators before and after: statistics, correlations, internal consistency."""

import math
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from catalogue.errors import Refusal
from transforms.index.cells import Values
from transforms.index.framework import Framework
from transforms.index.treat import measure_shape

Kind = Literal["pearson", "spearman", "kendall"]


def describe_indicators(values: pd.DataFrame) -> pd.DataFrame:
    """By indicator: min, max, mean, median, sd (n-1), skewness, kurtosis, and the counts available, nonzero, unique
    (different values) and same (units sharing the most frequent value)."""
    rows = {}
    for code in values.columns:
        numbers = values[code].to_numpy(dtype=np.float64)
        present = numbers[~np.isnan(numbers)]
        shape = measure_shape(numbers)
        _, counts = np.unique(present, return_counts=True)
        rows[code] = {
            "min": present.min() if len(present) else math.nan,
            "max": present.max() if len(present) else math.nan,
            "mean": present.mean() if len(present) else math.nan,
            "median": np.median(present) if len(present) else math.nan,
            "sd": present.std(ddof=1) if len(present) > 1 else math.nan,
            "skewness": shape.skewness,
            "kurtosis": shape.kurtosis,
            "available": len(present),
            "nonzero": int(np.count_nonzero(present)),
            "unique": len(counts),
            "same": int(counts.max()) if len(counts) else 0,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("iCode")


def correlate(columns: pd.DataFrame, kind: Kind = "pearson", others: pd.DataFrame | None = None) -> pd.DataFrame:
    """Correlations (Kendall: tau-b) of every column with every column of `others` (default: with each other), each over
    the units that have both; NaN where one does not vary."""
    if others is None:
        return columns.corr(method=kind)
    both = columns.join(others.add_prefix("\0"))
    table = both.corr(method=kind).loc[list(columns.columns), list(both.columns[columns.shape[1] :])]
    return table.set_axis(list(others.columns), axis=1)


def find_p_values(columns: pd.DataFrame) -> pd.DataFrame:
    """Two-sided p-values of the Pearson correlations by the t test, over the units that have both; 0 with itself."""
    correlation = columns.corr().to_numpy(dtype=np.float64)
    present = columns.notna().to_numpy(dtype=np.float64)
    freedom = present.T @ present - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = correlation * np.sqrt(freedom / (1 - correlation**2))
        values = np.asarray(2 * stats.t.sf(np.abs(statistic), freedom))
    np.fill_diagonal(values, 0.0)
    return pd.DataFrame(values, index=columns.columns, columns=columns.columns)


def flag_correlations(values: pd.DataFrame, framework: Framework, level: int, threshold: float) -> pd.DataFrame:
    """Pairs of indicators in the same group of `level` whose Pearson correlation is beyond `threshold`: above it when
    it is positive, below it when negative. Columns Group, Ind1, Ind2, Corr."""
    correlation = values.corr()
    found = []
    for group in framework.levels[level - 1]:
        codes = framework.indicators_under(group)
        for place, first in enumerate(codes):
            for second in codes[place + 1 :]:
                pair = float(correlation.loc[[first], second].iloc[0])
                if pair > threshold > 0 or pair < threshold < 0:
                    found.append((group, first, second, pair))
    return pd.DataFrame(found, columns=pd.Index(["Group", "Ind1", "Ind2", "Corr"]))


def measure_alpha(columns: pd.DataFrame) -> float:
    """Cronbach's alpha, k^2 mean(off-diagonal covariance) / sum(covariances), from pairwise complete covariances.

    NaN when nothing varies. Raises Refusal with fewer than two columns.
    """
    count = columns.shape[1]
    if count < 2:
        raise Refusal("信度（Cronbach's alpha）至少需要两个指标。")
    covariance: Values = columns.cov().to_numpy(dtype=np.float64)
    total = covariance.sum()
    between = (total - np.trace(covariance)) / (count * (count - 1))
    return float(count**2 * between / total) if total else math.nan
