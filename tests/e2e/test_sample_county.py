"""The small county with known truth, through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.truth.county import SAMPLE, collect_county, differences, run_command
from warehouse.connection import Warehouse

pytestmark = pytest.mark.e2e


@pytest.mark.skipif(not SAMPLE.exists(), reason="the shared sample county is not beside this checkout")
def test_sample_county_agrees_with_its_truth(tmp_path: Path, database_url: str) -> None:
    """Findings, statuses and values are those of truth/, and collecting again changes nothing."""
    answer = collect_county(SAMPLE, tmp_path, database_url)
    assert answer["new"] == 25
    for period in ("2025-01", "2025-02", "2025-03", "2025Q1", "2025"):
        run_command(tmp_path, "rollup", period, url=database_url)
    found = differences(SAMPLE, Warehouse(database_url))
    assert not any(found.values()), "\n".join(f"{name}\n{value}" for name, value in found.items() if value)
    again = collect_county(SAMPLE, tmp_path, database_url)
    assert again["new"] == 0
