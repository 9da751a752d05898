"""The table of units: one row per unit, its indicators as numbers, its other columns as found."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from catalogue.errors import Refusal
from transforms.index.cells import find_repeated, list_names, parse_numbers, parse_text
from transforms.index.framework import Framework
from transforms.index.journal import Journal

TABLE = "数据表"
UNIT_COLUMN = "uCode"
LABEL_COLUMNS = ("uName", "Time")


@dataclass(frozen=True, eq=False)
class UnitTable:
    """`values`: units x indicators, float64, NaN = missing. `others`: the remaining columns. Both indexed by uCode."""

    values: pd.DataFrame
    others: pd.DataFrame

    def numbers(self, column: str) -> pd.Series:
        """A column as float64 by unit. Raises Refusal when it is absent or not numeric."""
        if column in self.values.columns:
            return self.values[column]
        cells = self._find(column)
        return pd.Series(parse_numbers(cells, list(cells.index), column, TABLE), index=cells.index, name=column)

    def texts(self, column: str) -> pd.Series:
        """A grouping column as text by unit, None where blank. Raises Refusal when it is absent."""
        cells = self._find(column)
        return pd.Series([parse_text(cell) for cell in cells], index=cells.index, name=column, dtype=object)

    def _find(self, column: str) -> pd.Series:
        if column not in self.others.columns:
            raise Refusal(f"{TABLE}没有 {column} 列；请补上这一列，或换一种方法。")
        return self.others[column]


def read_units(data: pd.DataFrame, framework: Framework, journal: Journal) -> UnitTable:
    """The table of units with every indicator of the framework as numbers, in the row order of `data`.

    Raises Refusal when uCode or an indicator is missing, columns or units repeat, or a cell is not a number.
    Columns the framework does not know are listed in the journal.
    """
    if repeated := find_repeated(data.columns):
        raise Refusal(f"{TABLE}中列 {list_names(repeated)} 重复；每列只能出现一次。")
    if UNIT_COLUMN not in data.columns:
        raise Refusal(f"{TABLE}没有 {UNIT_COLUMN} 列；每行一个单位，代码写在 {UNIT_COLUMN}。")
    units = ["" if pd.isna(cell) else str(cell).strip() for cell in data[UNIT_COLUMN]]
    if not units:
        raise Refusal(f"{TABLE}没有任何单位。")
    if "" in units:
        raise Refusal(f"{TABLE}第 {units.index('') + 1} 行没有 {UNIT_COLUMN}；请填上单位代码或删去这一行。")
    if repeated := find_repeated(units):
        raise Refusal(f"{TABLE}中单位 {list_names(repeated)} 出现多次；每个单位只能有一行。")
    if absent := [code for code in framework.indicators if code not in data.columns]:
        raise Refusal(f"{TABLE}缺少指标 {list_names(absent)}；请补上这些列，或从指标表中删去。")
    index = pd.Index(units, name=UNIT_COLUMN, dtype=object)
    values = pd.DataFrame(
        {code: parse_numbers(data[code], units, code, TABLE) for code in framework.indicators}, index=index
    )
    _check_values(values)
    others = data.drop(columns=[UNIT_COLUMN, *framework.indicators]).set_axis(index, axis=0)
    known = {*framework.meta.index, *LABEL_COLUMNS} - set(framework.aggregates)
    if unknown := [column for column in others.columns if column not in known]:
        journal.warn("raw", f"数据表中 {list_names(unknown)} 列不是指标表里的指标，未使用。")
    return UnitTable(values, others)


def _check_values(values: pd.DataFrame) -> None:
    empty = [code for code in values.columns if np.isnan(values[code].to_numpy()).all()]
    if empty:
        raise Refusal(f"指标 {list_names(empty)} 没有任何数据；请补数据，或从指标表中删去。")
