"""What the DAGs are: exactly these, readable without errors, thin, named for people."""

# ruff: noqa: PLC0415 - Airflow is imported after its environment is set
from __future__ import annotations

import ast
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

DAGS = Path(__file__).resolve().parents[2] / "dags"
IDS = {
    "collect",
    "watch_due",
    "rollup_quarter",
    "data_docs",
    "assess",
    "approve",
    "publish",
    "deliver",
    "watch_platform",
    "decide",
    "pages",
}
SEVERAL_AT_ONCE = {"approve", "decide"}  # a quarter and a year may wait for their approvals at the same time
HEAVY = {"pandas", "numpy", "great_expectations", "sqlalchemy", "psycopg", "openpyxl", "python_calamine"}
OURS = {"catalogue", "expectations", "ingest", "publish", "taizhang", "transforms", "warehouse"}
FILES = sorted(DAGS.glob("*.py"))


def test_exactly_the_declared_dags_are_found_without_errors(dagbag: Any) -> None:
    assert dagbag.import_errors == {}
    assert set(dagbag.dags) == IDS


@pytest.mark.parametrize("dag_id", sorted(IDS))
def test_every_dag_says_what_it_is(dagbag: Any, dag_id: str) -> None:
    dag = dagbag.dags[dag_id]
    assert dag.doc_md and dag.tags
    assert {task.owner for task in dag.tasks} == {"taizhang"}
    assert dag.catchup is False
    assert (dag.max_active_runs == 1) == (dag_id not in SEVERAL_AT_ONCE)


def test_the_order_of_a_collection(dagbag: Any) -> None:
    dag = dagbag.dags["collect"]
    order = {task.task_id: task.downstream_task_ids - {"some_part_failed"} for task in dag.tasks}
    assert order == {
        "plan": {"collect_chunk"},
        "collect_chunk": {"settle"},
        "settle": {"list_chunks", "quality_summary"},
        "list_chunks": {"return_workbooks", "tell_returns"},
        "return_workbooks": {"tell_returns"},
        "tell_returns": set(),
        "quality_summary": set(),
        "some_part_failed": set(),
    }


def test_nothing_is_published_that_was_not_waited_for_and_approved(dagbag: Any) -> None:
    order = {task.task_id: task.downstream_task_ids for task in dagbag.dags["approve"].tasks}
    chain = ["hand_out", "self_checked", "open_to_objections", "no_objections", "approval", "decide", "hand_over"]
    for before, after in pairwise(chain):
        assert after in order[before]
    assert dagbag.dags["approve"].task_dict["hand_over"].trigger_rule == "all_success"
    assert [asset.name for asset in dagbag.dags["approve"].task_dict["hand_over"].outlets] == ["approved_runs"]


def test_assets_lead_from_the_quarter_to_the_bulletin(dagbag: Any) -> None:
    """A run starts for every partition: a closed quarter, an approved run."""
    for dag_id, asset in {"assess": "closed_quarters", "publish": "approved_runs"}.items():
        timetable = dagbag.dags[dag_id].timetable
        assert (type(timetable).__name__, timetable.asset_condition.name) == ("PartitionedAssetTimetable", asset)
    rollup = dagbag.dags["rollup_quarter"].task_dict["rollup"]
    assert [asset.name for asset in rollup.partial_kwargs["outlets"]] == ["closed_quarters"]


def test_mapped_tasks_are_named_and_heavy_tasks_share_the_pool(dagbag: Any) -> None:
    tasks = [task for dag in dagbag.dags.values() for task in dag.tasks]
    mapped = [task for task in tasks if task.is_mapped]
    assert {task.task_id for task in mapped} == {"collect_chunk", "return_workbooks", "rollup", "assess"}
    assert all(task.partial_kwargs["map_index_template"] for task in mapped)
    in_pool = {task.task_id for task in tasks if task.pool == "warehouse"}
    assert in_pool == {
        "collect_chunk",
        "settle",
        "return_workbooks",
        "rollup",
        "assess",
        "hand_out",
        "open_to_objections",
        "write_bulletin",
    }


def test_hiccups_are_retried_later_each_time(dagbag: Any) -> None:
    for dag in dagbag.dags.values():
        for task in dag.tasks:
            if task.task_id != "some_part_failed":
                assert task.retries >= 2
                assert task.retry_exponential_backoff >= 2


def test_dags_survive_a_round_trip_through_the_database_form(dagbag: Any) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    for dag in dagbag.dags.values():
        again = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))
        assert set(again.task_dict) == set(dag.task_dict)


def _imports(tree: ast.Module) -> list[tuple[str, bool]]:
    """(package, whether it is imported when the file is read)."""
    inside = {id(node) for part in ast.walk(tree) if isinstance(part, ast.FunctionDef) for node in ast.walk(part)}
    found = []
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        found += [(name.split(".")[0], id(node) not in inside) for name in names]
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_dag_file_holds_no_heavy_import_and_no_sql(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imports = _imports(tree)
    assert not {name for name, _ in imports} & HEAVY
    assert not {name for name, at_once in imports if at_once} & OURS, "use cases are imported inside tasks"
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert not [
        text for text in texts if text.upper().lstrip().startswith(("SELECT ", "INSERT ", "UPDATE ", "DELETE "))
    ]


def test_reading_the_dags_imports_nothing_heavy() -> None:
    """Read in a fresh process: what Airflow itself imports is taken away from what the DAG files bring."""
    program = (
        "import sys; import airflow.sdk; from airflow.sdk import dag, task, Asset, AssetOrTimeSchedule, Param\n"
        "before = set(sys.modules)\n"
        f"sys.path.insert(0, {str(DAGS)!r})\n"
        f"for name in {[file.stem for file in FILES]!r}: __import__(name)\n"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    brought = set(done.stdout.split())
    assert {file.stem for file in FILES} <= brought
    light = {"catalogue", "taizhang"}  # the error that is never retried, and what Airflow calls at a deadline
    assert not brought & (HEAVY | OURS - light)
