"""For the analyst: the bulletin of an approved run, and drafts of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalogue.errors import Refusal
from taizhang.commands.output import Json, print_json
from taizhang.settings import Settings


def add_to(app: typer.Typer) -> None:
    """The command publish."""
    app.command(help="生成已审定测算的通报（HTML、DOCX、XLSX）、权重试算表和各单位得分说明。")(publish)


def publish(
    run: Annotated[int, typer.Argument(help="第几次测算。")],
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪个文件夹。")],
    draft: Annotated[bool, typer.Option("--draft", help="未审定的，生成每页标明的征求意见稿。")] = False,
    as_json: Json = False,
) -> None:
    """The files of the run in the folder; without an approval only as drafts."""
    from publish.publication import write_bulletin  # noqa: PLC0415
    from taizhang.local import ensure_database  # noqa: PLC0415
    from warehouse.assessment import read_run  # noqa: PLC0415
    from warehouse.connection import Warehouse  # noqa: PLC0415
    from warehouse.lifecycle.approvals import read_approval  # noqa: PLC0415

    warehouse = Warehouse(ensure_database(Settings.load()))
    document = read_run(warehouse, run)
    with warehouse.transaction() as connection:
        approval = read_approval(connection, run)
    if approval is None and not draft:
        raise Refusal(f"第 {run} 次测算还没有审定，不能发布：请先办理审批，或加 --draft 生成征求意见稿。")
    files = write_bulletin(document, None if draft else approval, output)
    if as_json:
        print_json({"run": run, "draft": draft or approval is None, "files": [str(file) for file in files]})
        return
    typer.echo(f"{output}：{'征求意见稿' if draft else '通报'}和各单位得分说明，共 {len(files)} 个文件。")
