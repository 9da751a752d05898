"""A simulated county from inbox to ranking by the command line, and every run rebuilt from warehouse and archive."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from taizhang.simulation import simulate
from tests.truth.county import collect_county, run_command
from warehouse.connection import Warehouse

pytestmark = pytest.mark.e2e
MONTHS = "2031-01..2031-03"


def test_a_simulated_county_is_assessed_and_rebuilt(tmp_path: Path, database_url: str) -> None:
    simulate(tmp_path / "county", 4, MONTHS, 3)
    home = tmp_path / "home"
    collect_county(tmp_path / "county", home, database_url)
    answer = json.loads(_assess(home, database_url, "2031Q1", "--json"))
    assert {unit["peer_group"] for unit in answer["ranking"]} <= {"乡镇", "街道"}
    ranked = [unit for unit in answer["ranking"] if unit["rank"]]
    assert ranked
    assert all(unit["rank_low"] <= unit["rank"] <= unit["rank_high"] for unit in ranked)
    assert "一致" in _assess(home, database_url, "--replay", str(answer["run_id"]))
    sources = Warehouse(database_url).query(
        "select cells from research.item_source where excel_row is not null limit 5"
    )
    assert all(cells for cells in sources["cells"])
    again = json.loads(_assess(home, database_url, "2031Q1", "--json"))
    assert (again["run_id"], again["is_new"]) == (answer["run_id"], False)
    with pytest.raises(subprocess.CalledProcessError):
        _assess(home, database_url, "2030")


def _assess(home: Path, url: str, *arguments: str) -> str:
    return run_command(home, "assess", *arguments, url=url).stdout
