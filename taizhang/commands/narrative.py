"""For the analyst: facts in narrative reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taizhang.commands import reports


def add_to(app: typer.Typer) -> None:
    """The command extract and the group report."""
    app.command(help="从文字报告中提取数字事实，每行一个 JSON，附原句和位置。")(extract)
    reports.add_to(app)


def extract(
    files: Annotated[list[Path], typer.Argument(help="文字报告：docx、pdf、txt、md、html。")],
    register: Annotated[
        Path | None, typer.Option(help="乡镇名录 CSV，用于核对报告是哪个乡镇的（含曾用名、别名）。")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="与默认输出相同。")] = False,
) -> None:
    """Facts as JSON lines."""
    from taizhang.extract_command import run_extract  # noqa: PLC0415

    for line in run_extract(files, as_json=as_json, register=register):
        print(line)
