"""Simulated counties: the workbooks all contenders are given, with clerks' habits and faults as in the demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from catalogue.periods import Period
from taizhang.simulation import simulate

_DEPUTIES = (70, 160)  # per township: about 120 rows a workbook


@dataclass(frozen=True)
class County:
    """A county in `folder`: `files` are its workbooks (paths inside the inbox), `rows` how many rows they hold."""

    folder: Path
    files: tuple[str, ...]
    rows: int

    @property
    def inbox(self) -> Path:
        """Where the workbooks lie, a folder a month."""
        return self.folder / "inbox"

    @property
    def received(self) -> Path:
        """When each arrived."""
        return self.folder / "received.csv"

    @property
    def register(self) -> Path:
        """Its townships."""
        return self.folder / "townships.csv"

    def sample(self, count: int | None) -> list[str]:
        """`count` of the files, evenly spaced; all when None."""
        if count is None or count >= len(self.files):
            return list(self.files)
        return [self.files[number * len(self.files) // count] for number in range(count)]


def found_county(folder: Path, townships: int, months: int, workers: int, seed: int = 1) -> County:
    """A county of so many townships, simulated into `folder` for the months up to the last finished year's end."""
    last = Period.month_of(Period.parse(str(date.today().year - 1)).last_day)
    manifest = simulate(
        folder, townships, f"{last.shifted(1 - months).text}..{last.text}", seed, deputies=_DEPUTIES, workers=workers
    )
    inbox = folder / "inbox"
    files = sorted(path.relative_to(inbox).as_posix() for path in inbox.rglob("*") if path.is_file())
    return County(folder, tuple(files), manifest.rows)
