"""`python -m benchmarks`: the contest, then the cost of growth; the page is written to benchmarks/results."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.contest import contenders, hold
from benchmarks.county import found_county
from benchmarks.growth import grow, grow_old, townships_for
from benchmarks.report import Results, machine_facts
from benchmarks.server import Server

_RESULTS = Path(__file__).resolve().parent / "results"
_MONTHS = 12
_COUNTY = 31  # townships


def main() -> int:
    """Runs everything; exit code 0."""
    options = _options()
    begun, load = time.monotonic(), os.getloadavg()[0]
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="taizhang-bench-") as name, Server(Path(name, "server")) as server:
        folder = Path(name)
        facts = machine_facts(server.version())
        workbooks, usual, sizes, histories, townships = _extent(options)
        _say(f"simulating {workbooks} workbooks")
        county = found_county(folder / "county", townships_for(workbooks, _MONTHS), _MONTHS, workers)
        contest = hold(server, county, contenders(usual, options.dlt), folder / "work", workers, options.rounds, _say)
        growth = grow(server, sizes, folder, workers, options.rounds, _say)
        later = grow_old(server, histories, folder, workers, options.rounds, _say, townships)
        results = Results(facts, (load, os.getloadavg()[0]), _MONTHS, contest, growth, later)
    page = results.write(options.output, "quick" if options.quick else "full")
    print(page.read_text(encoding="utf-8"))
    _say(f"done in {(time.monotonic() - begun) / 60:.0f} minutes")
    return 0


def _extent(options: argparse.Namespace) -> tuple[int, int, list[tuple[int, int]], list[int], int]:
    """(workbooks, of them the usual way's, (workbooks, months) of growth, months of history, townships there)."""
    if options.quick:
        return 120, min(options.usual, 6), [(30, _MONTHS), (30, 1)], [1, 3], 5
    large = [(10_000, _MONTHS)] if options.large else []
    sizes = [(100, _MONTHS), (1_000, _MONTHS), *large, (2_000, 1)]
    return 2_000, options.usual, sizes, [1, 120 if options.large else 24], _COUNTY


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="120 workbooks, to try it out")
    parser.add_argument("--large", action="store_true", help="10,000 workbooks and ten years as well")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured (3)")
    parser.add_argument("--usual", type=int, default=24, help="files for the usual way, seconds each (24)")
    parser.add_argument("--dlt", type=int, default=200, help="files for dlt (200)")
    parser.add_argument("--output", type=Path, default=_RESULTS, help="where the results are written")
    return parser.parse_args()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
