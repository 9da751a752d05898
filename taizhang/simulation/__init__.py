"""Fictional counties with known truth: townships, their business, clerks' habits, faults and what should be found.

Independent of the reader: nothing here imports `ingest` or `expectations`.
"""

from taizhang.simulation.county import simulate
from taizhang.simulation.manifest import Manifest

__all__ = ["Manifest", "simulate"]
