"""The results as a page to read and as JSON, with the facts of the machine: no names, no paths."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil

from benchmarks.contest import Contest
from benchmarks.growth import Later, Load
from benchmarks.measurement import Usage

_PACKAGES = ("pandas", "great-expectations", "python-calamine", "openpyxl", "SQLAlchemy", "psycopg", "dlt", "pandera")
_AIMS = (
    ("b", "a", "at least 20"),
    ("c", "a", "at least 5"),
    ("a", "d", "at most 3"),
    ("a+", "d", "no aim"),
)


@dataclass(frozen=True)
class Results:
    """Everything one run measured; `loads` are the machine's load averages at its beginning and end."""

    facts: dict[str, str]
    loads: tuple[float, float]
    months: int
    contest: Contest
    growth: Sequence[Load]
    later: Sequence[Later]

    def write(self, folder: Path, name: str) -> Path:
        """The page and its numbers stand in the folder; the page's path."""
        folder.mkdir(parents=True, exist_ok=True)
        page = folder / f"{name}.md"
        page.write_text(self.page(), encoding="utf-8")
        (folder / f"{name}.json").write_text(json.dumps(self.numbers(), indent=1) + "\n", encoding="utf-8")
        return page

    def numbers(self) -> dict[str, object]:
        """Every single measurement."""
        return {
            "facts": self.facts,
            "load_average": self.loads,
            "files": len(self.contest.county.files),
            "rows": self.contest.county.rows,
            "contest": {key: [asdict(usage) for usage in usages] for key, usages in self.contest.usages.items()},
            "growth": [asdict(load) for load in self.growth],
            "later": [asdict(entry) for entry in self.later],
        }

    def page(self) -> str:
        """Markdown."""
        parts = [self._introduction(), self._contenders(), self._ratios(), self._growth(), self._later()]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _introduction(self) -> str:
        county, rounds = self.contest.county, len(self.contest.usages["a"])
        lines = [f"| {name} | {value} |" for name, value in self.facts.items()]
        return "\n".join(
            [
                "# Benchmark results",
                "",
                f"{len(county.files)} simulated workbooks of {self.months} months, {county.rows} rows "
                f"({county.rows / len(county.files):.0f} a workbook); {rounds} rounds, every contender once a round in "
                "turn; medians. How and why: "
                "docs/benchmarks.md. Load average of the machine when it began and ended: "
                f"{self.loads[0]:.1f} and {self.loads[1]:.1f} (where it is above the number of cores, wall "
                "times say little, processor times and ratios more).",
                "",
                "| machine | |",
                "|---|---|",
                *lines,
            ]
        )

    def _contenders(self) -> str:
        rows = [
            "## Side by side",
            "",
            "Milliseconds per workbook: wall, processor time of all its processes, and of PostgreSQL beside them; peak "
            "memory of its largest process. Where only a sample was run, extrapolated to all from its cost per file.",
            "",
            "| | contender | files run | not taken | wall | processor | PostgreSQL | peak MB |",
            "|---|---|---:|---:|---:|---:|---:|---:|",
        ]
        for contender in self.contest.field:
            usages = self.contest.usages[contender.key]
            figures = [_per_file(usages, value) for value in (_wall, _cpu, _server)]
            rows.append(
                f"| {contender.key} | {contender.title} | {usages[0].measured} | {usages[0].refused} | "
                f"{' | '.join(figures)} | {median(usage.peak for usage in usages):.0f} |"
            )
        return "\n".join(rows)

    def _ratios(self) -> str:
        rows = [
            "## Ratios",
            "",
            "Each the median over the rounds of the ratio within a round.",
            "",
            "| ratio | wall | processor | with PostgreSQL | aim |",
            "|---|---:|---:|---:|---|",
        ]
        for above, below, aim in _AIMS:
            ratios = [self.contest.ratio(above, below, value) for value in (_wall, _cpu, _total)]
            rows.append(f"| {above} / {below} | {' | '.join(f'{ratio:.1f}' for ratio in ratios)} | {aim} |")
        return "\n".join(rows)

    def _growth(self) -> str:
        if not self.growth:
            return ""
        rows = [
            "## More workbooks at once (a)",
            "",
            "| workbooks | of months | wall | processor | PostgreSQL | peak MB |",
            "|---:|---:|---:|---:|---:|---:|",
        ]
        measured = [(load.months, load.usages) for load in self.growth] + [(self.months, self.contest.usages["a"])]
        for months, usages in sorted(measured, key=lambda entry: (entry[1][0].files, entry[0])):
            figures = [_per_file(usages, value) for value in (_wall, _cpu, _server)]
            peak = median(usage.peak for usage in usages)
            rows.append(f"| {usages[0].files} | {months} | {' | '.join(figures)} | {peak:.0f} |")
        return "\n".join(rows)

    def _later(self) -> str:
        if not self.later:
            return ""
        rows = [
            "## The same month of a county after more or fewer earlier ones (a)",
            "",
            "| months before | rows before | workbooks | wall, s | processor, s | PostgreSQL, s | peak MB |",
            "|---:|---:|---:|---:|---:|---:|---:|",
        ]
        for entry in sorted(self.later, key=lambda entry: entry.months):
            figures = [f"{median(value(usage) for usage in entry.usages):.1f}" for value in (_wall, _cpu, _server)]
            peak = median(usage.peak for usage in entry.usages)
            rows.append(
                f"| {entry.months} | {entry.loaded} | {entry.usages[0].files} | {' | '.join(figures)} | {peak:.0f} |"
            )
        return "\n".join(rows)


def _wall(usage: Usage) -> float:
    return usage.wall


def _cpu(usage: Usage) -> float:
    return usage.cpu


def _server(usage: Usage) -> float:
    return usage.server


def _total(usage: Usage) -> float:
    return usage.total


def _per_file(usages: Sequence[Usage], value: Callable[[Usage], float]) -> str:
    return f"{median(value(usage) / usage.files for usage in usages) * 1000:.1f}"


def machine_facts(server: str) -> dict[str, str]:
    """What the figures depend on."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "PostgreSQL": server,
    } | {name: version(name) for name in _PACKAGES}


def _processor() -> str:
    """The processor's name where the system tells it."""
    known = Path("/proc/cpuinfo")
    lines = known.read_text(encoding="utf-8").splitlines() if known.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"
