"""Principal components of the correlation matrix."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from catalogue.errors import Refusal
from transforms.index.cells import Values


@dataclass(frozen=True, eq=False)
class Components:
    """`loadings`: columns x components, largest eigenvalue first, each of length 1 and with its largest entry positive.
    `eigenvalues` and their `shares` of the total variance."""

    loadings: Values
    eigenvalues: Values

    @property
    def shares(self) -> Values:
        """Explained variance, adding up to 1."""
        return np.asarray(self.eigenvalues / self.eigenvalues.sum())


def analyse_components(columns: pd.DataFrame, name: str) -> Components:
    """The components of the standardised columns (as many as there are columns, or units less than that).

    `columns` has no gaps; `name` stands for the group in errors. Raises Refusal with fewer than 3 units or a column
    without spread.
    """
    numbers = columns.to_numpy(dtype=np.float64)
    if len(numbers) < 3:
        raise Refusal(f"{name} 只有 {len(numbers)} 个单位数据齐全，不能做主成分分析；请先插补，或不用 pca。")
    for code, column in zip(columns.columns, numbers.T, strict=True):
        if column.min() == column.max():
            raise Refusal(f"{code} 的取值全部相同，不能做主成分分析；请删去它，或不用 pca。")
    standard = (numbers - numbers.mean(axis=0)) / numbers.std(axis=0, ddof=1)
    _, singular, rotation = np.linalg.svd(standard, full_matrices=False)
    loadings = rotation.T
    largest = np.abs(loadings).argmax(axis=0)
    loadings = loadings * np.sign(loadings[largest, np.arange(loadings.shape[1])])
    return Components(loadings, singular**2 / (len(numbers) - 1))
