"""Who is compared with whom: street offices never with townships; kinds, size bands and townships by the rubric."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from catalogue.rubric import Peers
from transforms.scoring.inputs import Ints


def peer_names(peers: Peers, units: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The peer group of each unit, and the wider class within which units may be compared at all (overall rank)."""
    classes, groups = [], []
    for row in units.itertuples(index=False):
        name = str(row.kind) if peers.separate_kinds else "乡镇"
        name = name if row.holds_congress else "街道"
        if peers.by_township:
            name = f"{row.township_name} {row.township_code}"
        classes.append(name)
        groups.append(name + _band(peers.size_bands, row.size))
    return groups, classes


def _band(edges: tuple[float, ...], size: object) -> str:
    if not edges:
        return ""
    if not isinstance(size, (int, float)) or math.isnan(size):
        return "（规模不详）"
    below = [edge for edge in edges if edge < size]
    above = [edge for edge in edges if edge >= size]
    if not below:
        return f"（{above[0]:g}人以下）"
    return f"（{below[-1]:g}人以上）" if not above else f"（{below[-1]:g}人以上至{above[0]:g}人）"


def numbered(names: list[str]) -> tuple[list[str], Ints]:
    """The distinct names in order, and the number of each unit's."""
    order = sorted(set(names))
    place = {name: number for number, name in enumerate(order)}
    return order, np.array([place[name] for name in names], dtype=np.int64)
