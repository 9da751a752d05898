"""The structure of an index: which indicators, in which groups, with which weight and direction."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from catalogue.errors import Refusal
from transforms.index.cells import find_repeated, list_names, parse_numbers, parse_text

TYPES = ("Indicator", "Aggregate", "Group", "Denominator", "Other")
REQUIRED_COLUMNS = ("iCode", "Level", "Parent", "Weight", "Direction", "Type")
TABLE = "指标表"


@dataclass(frozen=True, eq=False)
class Framework:
    """A checked tree of indicators (level 1) and aggregates (level 2 and up), in the order of the metadata.

    `meta` holds every metadata row by iCode, columns as given; `levels[0]` are the indicators and `levels[-1]` the top;
    `parents` maps a code to its parent (None at the top); `weights` and `directions` are floats by code (NaN if blank).
    """

    meta: pd.DataFrame
    levels: tuple[tuple[str, ...], ...]
    parents: Mapping[str, str | None]
    weights: Mapping[str, float]
    directions: Mapping[str, float]

    @property
    def indicators(self) -> tuple[str, ...]:
        """The codes of level 1."""
        return self.levels[0]

    @property
    def aggregates(self) -> tuple[str, ...]:
        """The codes of level 2 and up, the top level first."""
        return tuple(code for level in reversed(self.levels[1:]) for code in level)

    def children(self, parent: str) -> tuple[str, ...]:
        """The codes directly below `parent`."""
        return tuple(code for code, above in self.parents.items() if above == parent)

    def indicators_under(self, code: str) -> tuple[str, ...]:
        """The indicators anywhere below `code`, or `code` itself when it is an indicator."""
        return tuple(leaf for leaf in self.indicators if code in self.ancestors(leaf))

    def ancestors(self, code: str) -> tuple[str, ...]:
        """`code` and everything above it, level by level."""
        chain = [code]
        while (above := self.parents[chain[-1]]) is not None:
            chain.append(above)
        return tuple(chain)

    def texts(self, column: str) -> dict[str, str]:
        """The non-empty texts of a metadata column by indicator; empty when the column is absent."""
        if column not in self.meta.columns:
            return {}
        cells = self.meta.loc[list(self.indicators), column]
        parsed = zip(self.indicators, cells, strict=True)
        return {code: text for code, cell in parsed if (text := parse_text(cell)) is not None}

    def numbers(self, column: str) -> dict[str, float]:
        """The numbers of a metadata column by indicator, NaN where blank.

        Raises Refusal when the column is absent or holds something else than numbers.
        """
        if column not in self.meta.columns:
            raise Refusal(f"{TABLE}没有 {column} 列，所选方法要用它；请补上这一列，或换一种方法。")
        cells = self.meta.loc[list(self.indicators), column]
        return dict(zip(self.indicators, parse_numbers(cells, self.indicators, column, TABLE).tolist(), strict=True))


def read_framework(meta: pd.DataFrame) -> Framework:
    """The framework described by a metadata table (one row per code; columns of REQUIRED_COLUMNS, others optional).

    Raises Refusal naming the code when columns are missing, codes repeat, a parent is unknown or not exactly one level
    up, an aggregate has no children, or Level, Weight, Direction or Type hold something they cannot.
    """
    absent = [column for column in REQUIRED_COLUMNS if column not in meta.columns]
    if absent:
        raise Refusal(f"{TABLE}缺少 {list_names(absent)} 列；必须有 {list_names(REQUIRED_COLUMNS)}。")
    codes = _read_codes(meta)
    table = meta.set_axis(pd.Index(codes, dtype=object), axis=0)
    types = {code: parse_text(cell) or "" for code, cell in zip(codes, table["Type"], strict=True)}
    for code, kind in types.items():
        if kind not in TYPES:
            raise Refusal(f"{TABLE}中 {code} 的 Type 是“{kind}”；只能是 {list_names(TYPES)}。")
    tree = [code for code in codes if types[code] in {"Indicator", "Aggregate"}]
    depth = _read_levels(table.loc[tree], types)
    levels = tuple(tuple(code for code in tree if depth[code] == level) for level in range(1, max(depth.values()) + 1))
    parents = {code: parse_text(table.at[code, "Parent"]) for code in tree}
    _check_tree(levels, depth, parents)
    weights = dict(zip(tree, parse_numbers(table.loc[tree, "Weight"], tree, "Weight", TABLE).tolist(), strict=True))
    for code, weight in weights.items():
        if weight < 0:
            raise Refusal(f"{TABLE}中 {code} 的 Weight 是 {weight:g}；权重不能为负，方向请写在 Direction 列。")
    return Framework(table, levels, parents, weights, _read_directions(table.loc[tree], types))


def _read_codes(meta: pd.DataFrame) -> list[str]:
    codes = ["" if pd.isna(cell) else str(cell).strip() for cell in meta["iCode"]]
    if "" in codes:
        raise Refusal(f"{TABLE}第 {codes.index('') + 1} 行没有 iCode；请填上代码或删去这一行。")
    if repeated := find_repeated(codes):
        raise Refusal(f"{TABLE}中代码 {list_names(repeated)} 重复；每个 iCode 只能出现一次。")
    return codes


def _read_levels(tree: pd.DataFrame, types: Mapping[str, str]) -> dict[str, int]:
    codes = [str(code) for code in tree.index]
    if not any(types[code] == "Indicator" for code in codes):
        raise Refusal(f"{TABLE}中没有 Type 为 Indicator 的行；至少要有一个指标。")
    numbers = parse_numbers(tree["Level"], codes, "Level", TABLE)
    for code, number in zip(codes, numbers, strict=True):
        if np.isnan(number) or number < 1 or number != int(number):
            raise Refusal(f"{TABLE}中 {code} 的 Level 不是正整数；指标为 1，汇总项从 2 起。")
        if (types[code] == "Indicator") != (number == 1):
            raise Refusal(f"{TABLE}中 {code} 的 Level 是 {number:g}、Type 是 {types[code]}；指标必须在第 1 层。")
    depth = {code: int(number) for code, number in zip(codes, numbers, strict=True)}
    top = max(depth.values())
    if top == 1:
        raise Refusal(f"{TABLE}中只有指标，没有汇总项；请加一行 Type 为 Aggregate 的总指数，并写进各指标的 Parent。")
    if skipped := sorted(set(range(1, top + 1)) - set(depth.values())):
        raise Refusal(f"{TABLE}的 Level 缺第 {list_names(skipped)} 层；层次必须从 1 连续编号。")
    return depth


def _check_tree(
    levels: tuple[tuple[str, ...], ...], depth: Mapping[str, int], parents: Mapping[str, str | None]
) -> None:
    top = len(levels)
    for code, parent in parents.items():
        if depth[code] == top:
            if parent is not None:
                raise Refusal(f"{TABLE}中 {code} 在最高层，却写了 Parent“{parent}”；最高层的 Parent 请留空。")
        elif parent is None:
            raise Refusal(f"{TABLE}中 {code} 没有 Parent；除最高层外每个代码都要有上级。")
        elif parent not in depth:
            raise Refusal(f"{TABLE}中 {code} 的 Parent“{parent}”不是任何指标或汇总项的 iCode；请更正。")
        elif depth[parent] != depth[code] + 1:
            raise Refusal(
                f"{TABLE}中 {code} 在第 {depth[code]} 层，它的 Parent“{parent}”在第 {depth[parent]} 层；"
                f"上级必须正好高一层。"
            )
    used = set(parents.values())
    for level in levels[1:]:
        for code in level:
            if code not in used:
                raise Refusal(f"{TABLE}中汇总项 {code} 没有下级；请给它指标，或删去这一行。")


def _read_directions(tree: pd.DataFrame, types: Mapping[str, str]) -> dict[str, float]:
    codes = [str(code) for code in tree.index]
    directions = dict(zip(codes, parse_numbers(tree["Direction"], codes, "Direction", TABLE).tolist(), strict=True))
    for code, direction in directions.items():
        if direction not in {1.0, -1.0} and not (np.isnan(direction) and types[code] == "Aggregate"):
            raise Refusal(f"{TABLE}中 {code} 的 Direction 必须是 1（越大越好）或 -1（越小越好）。")
    return directions
