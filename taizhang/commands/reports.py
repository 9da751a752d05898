"""For the analyst: doubtful facts of narrative reports, old reports, reading anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taizhang.commands.output import Json, print_json, progress
from taizhang.settings import Settings


def add_to(app: typer.Typer) -> None:
    """The command group report."""
    group = typer.Typer(help="文字报告：确认把握不大的数、回填历年报告、重新读取。", no_args_is_help=True)
    group.command(help="导出等人确认的数（工作簿），在“结论”栏填“对”或“错”。")(doubtful)
    group.command(help="收回填好的工作簿：每条结论记下是谁、何时。")(decide)
    group.command(help="读入一个文件夹的历年报告，成为标明来源的序列。")(backfill)
    group.command(help="把存档中的报告全部重新读一遍；人的结论保留。")(reread)
    app.add_typer(group, name="report")


def doubtful(
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪个文件（.xlsx）。")],
) -> None:
    """Write the workbook of doubtful facts."""
    from publish.reports.doubtful import write_doubtful  # noqa: PLC0415
    from taizhang.local import ensure_database  # noqa: PLC0415

    settings = Settings.load()
    ensure_database(settings)
    count = write_doubtful(settings, output)
    typer.echo(f"{output}：{count} 条等人确认。" if count else "没有等人确认的数。")


def decide(
    workbook: Annotated[Path, typer.Argument(help="填好的工作簿。")],
    by: Annotated[str, typer.Option("--by", help="确认人姓名。")],
    as_json: Json = False,
) -> None:
    """Take the answers, judge the reports concerned, write their pages."""
    from ingest.reports.decisions import take_decisions  # noqa: PLC0415
    from ingest.reports.judging import judge_reports  # noqa: PLC0415
    from taizhang.local import ensure_database  # noqa: PLC0415

    settings = Settings.load()
    ensure_database(settings)
    counts = take_decisions(settings, workbook, by)
    judge_reports(settings)
    answer = counts | {"pages": _write_pages(settings)}
    if as_json:
        print_json(answer)
        return
    typer.echo(
        f"收到 {counts['answered']} 条结论：新确认 {counts['confirmed']} 条，新否定 {counts['rejected']} 条；"
        f"更新核对页 {answer['pages']} 份。"
    )


def backfill(
    folder: Annotated[Path, typer.Argument(help="历年报告所在的文件夹。")],
    received: Annotated[Path | None, typer.Option(help="收到时间表 file,received_at，否则用文件的修改时间。")] = None,
    as_json: Json = False,
) -> None:
    """Reports of earlier years as a series with source report."""
    from ingest.reports.backfill import backfill_reports  # noqa: PLC0415
    from taizhang.local import ensure_database  # noqa: PLC0415

    settings = Settings.load()
    ensure_database(settings)
    with progress("读取") as report:
        done = backfill_reports(settings, folder, received, report)
    answer = done | {"pages": _write_pages(settings)}
    if as_json:
        print_json(answer)
        return
    counts = answer["reports"]
    typer.echo(
        f"{folder}：{answer['files']} 个文件，新读入 {counts.get('new', 0)} 份，计入 {counts.get('counted', 0)} 篇，"
        f"数据 {counts.get('facts', 0)} 条；核对页 {answer['pages']} 份。\n"
        "序列在 research.reported_series，来源一律标为 report，不与报表数据混用。"
    )
    if answer["workbooks_left"]:
        typer.echo(f"其中 {answer['workbooks_left']} 个不是文字报告，没有读；月报表请用 taizhang collect 收集。")


def reread(as_json: Json = False) -> None:
    """All reports as they are read today."""
    from ingest.reports.backfill import reread_reports  # noqa: PLC0415
    from taizhang.local import ensure_database  # noqa: PLC0415

    settings = Settings.load()
    ensure_database(settings)
    with progress("重读") as report:
        done = reread_reports(settings, report)
    answer = done | {"pages": _write_pages(settings)}
    if as_json:
        print_json(answer)
        return
    typer.echo(f"重读 {answer['documents']} 份文件，更新核对页 {answer['pages']} 份。")


def _write_pages(settings: Settings) -> int:
    from publish.reports import return_reports  # noqa: PLC0415
    from warehouse.connection import Warehouse  # noqa: PLC0415
    from warehouse.reports import awaiting  # noqa: PLC0415

    with Warehouse(settings.warehouse_url).transaction() as connection:
        documents = awaiting(connection, "return")
    return sum(path.endswith(".html") for path in return_reports(settings, documents))
