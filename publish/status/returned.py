"""What lies in the outbox for a township, as links from its page: annotated workbooks and checked reports."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from publish.outbox import annotated_name
from publish.status.reading import Row

_REPORT = re.compile(r"（(\d+)号报告核对）\.html")


@dataclass(frozen=True)
class Link:
    """Where a file is, seen from a township's page, and what it is called."""

    href: str
    name: str


class Returned:
    """The files of the outbox as they were when this was made; pages stand in `pages`/township."""

    def __init__(self, outbox: Path, pages: Path) -> None:
        self._from = pages.absolute() / "township"
        self._workbooks: dict[tuple[str, str], Path] = {}
        self._reports: dict[int, Path] = {}
        for folder, _, names in os.walk(outbox.absolute()):
            below = Path(folder).relative_to(outbox.absolute()).as_posix()
            for name in names:
                if found := _REPORT.search(name):
                    self._reports[int(found[1])] = Path(folder, name)
                elif not name.startswith("."):
                    self._workbooks[below, Path(name).stem] = Path(folder, name)

    def workbook(self, row: Row, township: str) -> Link | None:
        """The annotated copy of the version; None where there is none."""
        name = Path(annotated_name(row["period"], township, row["file_name"], row["version"]))
        return self._link(self._workbooks.get((name.parent.as_posix(), name.stem)))

    def report(self, document: int) -> Link | None:
        """The page on the report's document; None where there is none."""
        return self._link(self._reports.get(document))

    def _link(self, file: Path | None) -> Link | None:
        if file is None:
            return None
        way = os.path.relpath(file, self._from).replace(os.sep, "/")
        return Link(quote(way), file.name)
