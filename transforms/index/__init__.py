"""Composite index of a table of units, step by step, after the OECD/JRC Handbook as the R package COINr computes it.

`build_index` runs the whole chain; every step is a pure function of its own module.
"""

from transforms.index.chain import IndexResult, build_index

__all__ = ["IndexResult", "build_index"]
