"""What README and docs say is so: links lead somewhere, names exist, commands and SQL examples run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from catalogue import load
from taizhang.cli import app
from warehouse.connection import Warehouse, run_script

ROOT = Path(__file__).resolve().parents[2]
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the rest of its info string, its text."""

    language: str
    info: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The lines after the prompt."""
        return [line.removeprefix("$ ") for line in self.text.splitlines() if line.startswith("$ ")]


def blocks(path: Path) -> list[Block]:
    found = re.findall(r"^```(\w*)[ ]*(.*)\n((?s:.*?))^```$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [Block(*parts) for parts in found]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- names and links -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = {target for target in LINK.findall(text) if "://" not in target}
    missing = sorted(target for target in targets if not (document.parent / target.replace("\\", "")).exists())
    assert not missing


@pytest.mark.parametrize("readme", READMES, ids=name_of)
def test_the_readme_names_the_commands_there_are(readme: Path) -> None:
    """Every command is shown, and no other."""
    named = set(re.findall(r"`?taizhang ([a-z]+)", readme.read_text(encoding="utf-8")))
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    assert named == commands


@pytest.mark.parametrize("readme", READMES, ids=name_of)
def test_the_readme_names_make_targets_and_dags_there_are(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:`|\$ )make ([a-z]+)", text)) <= targets
    dags = {name for path in (ROOT / "dags").glob("*.py") for name in re.findall(r'dag_id="(\w+)"', path.read_text())}
    assert dags and all(f"`{name}`" in text for name in dags)


def test_both_readmes_show_the_same_commands() -> None:
    shown = [[block for block in blocks(readme) if block.language == "console"] for readme in READMES]
    assert shown[0] == shown[1]


def test_every_rule_has_its_line_on_the_page_of_rules() -> None:
    listed = re.findall(r"^\| ([A-Z]\d\d) \|", (ROOT / "docs" / "rules.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == list(load().rules)


def test_functions_the_architecture_names_stand_in_the_files_it_names() -> None:
    wrong, seen = [], 0
    for line in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").splitlines():
        files = [target for target in LINK.findall(line) if target.endswith(".py")]
        sources = "\n".join((ROOT / "docs" / file).read_text(encoding="utf-8") for file in files)
        for function in re.findall(r"`(\w+)\(\)`", line) if files else ():
            seen += 1
            if not re.search(rf"^\s*def {function}\(", sources, re.MULTILINE):
                wrong.append((function, files))
    assert seen > 15
    assert not wrong


# --- commands --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tour:
    """The README's tour as it went: what every command answered, and the warehouse it left."""

    url: str
    answers: dict[str, str]


@pytest.fixture(scope="module")
def tour(database_server: Any, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Tour:
    """Every command of a block `console test` has run, in order, and ended as the block says (exit=N, else 0)."""
    database_server.psql(f"create database documents template {template_database};")
    url = database_server.get_uri("documents")
    folder = tmp_path_factory.mktemp("tour")
    ours = ("TAIZHANG_", "AIRFLOW__", "PYTHONDONTWRITEBYTECODE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= {"DATABASE_URL": url, "TAIZHANG_HOME": str(folder / "home"), "TAIZHANG_WORKERS": "1"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    answers = {}
    for block in blocks(READMES[0]):
        if block.language != "console" or not block.info.startswith("test"):
            continue
        expected = int(block.info.partition("exit=")[2] or 0)
        for command in block.commands:
            done = subprocess.run(
                ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == expected, f"{command}\n{done.stdout}{done.stderr}"
            answers[command] = done.stdout
    assert answers
    assert (folder / "2025-03.xlsx").exists()
    assert list((folder / "checked").glob("*.xlsx"))
    return Tour(url, answers)


@pytest.mark.e2e
def test_the_tour_of_the_readme_works(tour: Tour) -> None:
    """A second collection finds nothing new; values and rates come out."""
    again = next(
        json.loads(answer) for command, answer in tour.answers.items() if command.endswith("received.csv --json")
    )
    assert again["new"] == 0
    values = next(json.loads(answer) for command, answer in tour.answers.items() if "rollup 2025Q1" in command)
    assert len(values) == 3 * len(load().indicators)
    rates = next(answer for command, answer in tour.answers.items() if "reporting_rate" in command)
    assert rates.splitlines()[1:] == ["2025-01,3,3,3", "2025-02,3,3,3"]


EXAMPLES = [block for block in blocks(ROOT / "docs" / "research.md") if block.language == "sql"]


@pytest.mark.e2e
@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_for_researchers_runs_as_researcher(tour: Tour, number: int) -> None:
    """Every statement runs with a researcher's rights; the last one has rows, unless the page says it may have none."""
    example = EXAMPLES[number]
    *first, last = [part for part in example.text.split(";") if part.strip()]
    with Warehouse(tour.url).transaction() as connection:
        run_script(connection, "set local role researcher; set local search_path to research;" + ";".join(first))
        driver = connection.connection.driver_connection
        assert driver is not None
        rows = driver.execute(last).fetchall()
    assert rows or example.info == "may be empty", last


@pytest.mark.e2e
def test_the_examples_use_every_view_for_researchers(tour: Tour) -> None:
    views = Warehouse(tour.url).query("select viewname from pg_views where schemaname = 'research'")["viewname"]
    text = "\n".join(example.text for example in EXAMPLES)
    used = {view for view in views if re.search(rf"\b(from|join) {view}\b", text)}
    assert used >= set(views) - {
        "congress_session",
        "presidium_meeting",
        "other_meeting",
        "supervision_activity",
        "petition",
        "article",
    }
