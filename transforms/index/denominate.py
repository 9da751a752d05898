"""Step: counts become rates by dividing through a size column of the same unit."""

import numpy as np
import pandas as pd

from catalogue.errors import Refusal
from transforms.index.cells import list_names
from transforms.index.framework import Framework
from transforms.index.journal import Journal
from transforms.index.units import UnitTable

STEP = "denominated"


def denominate_units(units: UnitTable, framework: Framework, journal: Journal) -> pd.DataFrame:
    """Each indicator with a Denominator in the metadata is x / (denominator / ScaleFactor); the others are unchanged.

    ScaleFactor is 1 where blank or absent. A missing denominator makes the cell missing (journal). Raises Refusal when
    no indicator has a Denominator, its column is absent, or a denominator is 0.
    """
    named = framework.texts("Denominator")
    if not named:
        raise Refusal("指标表没有填写 Denominator（分母），无法换算；请填写分母列名，或不要选 --denominate。")
    factors = framework.numbers("ScaleFactor") if "ScaleFactor" in framework.meta.columns else {}
    rates = units.values.copy()
    for code, column in named.items():
        size = units.numbers(column)
        if zeros := list(size.index[size == 0]):
            raise Refusal(f"指标 {code} 的分母 {column} 在 {list_names(zeros)} 为 0，不能相除；请更正分母或留空。")
        factor = factors.get(code, 1.0)
        factor = 1.0 if np.isnan(factor) else factor
        if factor == 0:
            raise Refusal(f"指标表中 {code} 的 ScaleFactor 为 0；请填写非零的倍数。")
        if negative := list(size.index[size < 0]):
            journal.warn(STEP, f"分母 {column} 在 {list_names(negative)} 为负。", indicator=code)
        if lost := list(size.index[size.isna() & rates[code].notna()]):
            journal.warn(STEP, f"{list_names(lost)} 没有分母 {column}，换算后为缺失。", indicator=code)
        rates[code] = rates[code] / (size / factor)
        journal.note(STEP, f"除以 {column}" + (f"，乘以 {factor:g}" if factor != 1 else ""), indicator=code)
    if empty := [code for code in rates.columns if rates[code].isna().all()]:
        raise Refusal(f"指标 {list_names(empty)} 除以分母后没有任何数据；请补分母，或从指标表中删去。")
    return rates
