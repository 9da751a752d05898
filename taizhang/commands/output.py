"""How commands answer: JSON for programs, tables for people, progress only on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

Json = Annotated[bool, typer.Option("--json", help="机器可读的输出（JSON）。")]
errors = Console(stderr=True)


def print_json(value: Any) -> None:
    """The value as JSON on stdout; dates and paths as text, NaN as null."""
    print(json.dumps(_plain(value), ensure_ascii=False, default=str))


def _plain(value: Any) -> Any:
    import pandas as pd  # noqa: PLC0415 (no command waits for it before it is needed)

    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if value is None or value is pd.NaT or value is pd.NA or value != value else value  # noqa: PLR0124


def print_table(frame: pd.DataFrame, title: str | None = None) -> None:
    """The frame as a table, whole cells, wrapped where the terminal is narrow."""
    from pandas.api.types import is_numeric_dtype  # noqa: PLC0415

    table = Table(title=title, title_justify="left")
    for name in frame.columns:
        numeric = is_numeric_dtype(frame[name])
        table.add_column(str(name), justify="right" if numeric else "left", overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*("" if item is None or item != item else str(item) for item in row))  # noqa: PLR0124
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    console.print(table)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """A callback (done, whole) that draws a line on a terminal; None when piped."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.percentage:.0f}%"))
    with Progress(*columns, TimeElapsedColumn(), console=errors, transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)
