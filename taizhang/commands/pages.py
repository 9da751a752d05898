"""For the county: the status pages as a folder of files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taizhang.commands.output import Json, print_json
from taizhang.settings import Settings


def add_to(app: typer.Typer) -> None:
    """The command pages."""
    app.command(help="生成情况网页：应报、已报、迟报、退回、问题、预警，全县一页、每个乡镇一页。")(pages)


def pages(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写到哪个文件夹，默认用设置中的。")] = None,
    months: Annotated[int | None, typer.Option(min=1, help="显示最近几个月，默认 12。")] = None,
    as_json: Json = False,
) -> None:
    """Build the status pages."""
    from publish.status import MONTHS, build_pages  # noqa: PLC0415
    from taizhang.local import ensure_database  # noqa: PLC0415

    settings = Settings.load()
    ensure_database(settings)
    built = build_pages(settings, settings.now(), output, months or MONTHS)
    if as_json:
        print_json({"folder": str(built.folder), "pages": built.pages, "removed": list(built.removed)})
        return
    typer.echo(f"{built.pages} 个网页，用浏览器打开 {built.folder / 'index.html'}。")
