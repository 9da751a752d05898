"""Files derived from the catalogue and the database: written by `make generate`, compared by `make check`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalogue import load
from catalogue.errors import Refusal, Unavailable
from taizhang.local.postgres import Cluster
from taizhang.rubrics_page import RUBRICS_PAGE, rubrics_page
from taizhang.rules_page import RULES_PAGE, rules_page
from taizhang.settings import Settings
from warehouse.connection import Warehouse
from warehouse.dictionary import DICTIONARY, write_dictionary
from warehouse.generation import EVENTS_FILE, RESEARCH_FILE, write_events, write_research
from warehouse.migration import migrate


def derive() -> dict[Path, str]:
    """File -> the text it must have, the data dictionary last."""
    texts = {EVENTS_FILE: write_events(load()), RESEARCH_FILE: write_research(load()), RULES_PAGE: rules_page()}
    texts[RUBRICS_PAGE] = rubrics_page()
    stale = {path: text for path, text in texts.items() if _read(path) != text}
    if stale:  # the dictionary is written from a database made of the SQL files, so those must be current first
        return texts
    with _scratch_warehouse() as warehouse:
        return texts | {DICTIONARY: write_dictionary(warehouse)}


def main(arguments: list[str]) -> int:
    """Writes what is stale; with --check writes nothing and returns 1, naming it."""
    stale = [path for path, text in derive().items() if _read(path) != text]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.name} is not what it is derived from: run “make generate”.", file=sys.stderr)
        return 1 if stale else 0
    for _ in range(2):  # the dictionary follows the SQL files
        for path, text in derive().items():
            if _read(path) != text:
                path.write_text(text, encoding="utf-8")
                print(path.name)
    return 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


@contextmanager
def _scratch_warehouse() -> Iterator[Warehouse]:
    """A migrated warehouse on a server of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
        cluster = Cluster(Settings.alone(Path(folder)))
        try:
            warehouse = Warehouse(cluster.keep())
            migrate(warehouse)
            yield warehouse
        finally:
            cluster.stop()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (Refusal, Unavailable) as refusal:
        sys.exit(str(refusal))
