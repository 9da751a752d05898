"""Ranks of scores: 1 = best, ties share the best rank, missing stays missing, nothing is rounded before."""

import numpy as np
import pandas as pd

from transforms.index.cells import Values

NEAR = 1e-9
"""Scores closer than this share of their spread are tied: equal means differ in the last bits after summation."""


def rank_scores(scores: Values) -> Values:
    """The rank of each score, as float64 with NaN where missing.

    Going down from the best, a score ties with the best of its group while it lies within NEAR of the spread of it.
    """
    ranks = np.full(len(scores), np.nan)
    order = np.argsort(-scores, kind="stable")[: np.count_nonzero(~np.isnan(scores))]
    if len(order) == 0:
        return ranks
    descending = scores[order]
    tolerance = NEAR * (descending[0] - descending[-1])
    first = 0
    for place in range(len(order)):
        if descending[first] - descending[place] > tolerance:
            first = place
        ranks[order[place]] = first + 1
    return ranks


def rank_columns(scores: pd.DataFrame) -> pd.DataFrame:
    """The ranks of every column as nullable integers, same index and columns."""
    ranks = {code: rank_scores(scores[code].to_numpy(dtype=np.float64)) for code in scores.columns}
    return pd.DataFrame(ranks, index=scores.index, columns=scores.columns).astype("Int64")


def rank_in_groups(scores: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """The ranks of every column inside each group; missing for units without a group."""
    named = groups.dropna()
    ranked = [rank_columns(scores.loc[members.index]) for _, members in named.groupby(named, sort=False)]
    return pd.concat(ranked or [rank_columns(scores.iloc[:0])]).reindex(scores.index)
