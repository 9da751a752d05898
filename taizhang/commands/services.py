"""For the operator: start, stop, look, demo."""

from __future__ import annotations

from typing import Annotated

import typer

from taizhang.commands.output import Json, print_json
from taizhang.settings import Settings


def add_to(app: typer.Typer) -> None:
    """The commands up, down, status and demo."""
    app.command(help="启动本县平台：内置 PostgreSQL、数据库迁移、Airflow。")(up)
    app.command(help="停止 up 启动的一切。")(down)
    app.command(help="各部分在哪里、是否在运行。")(status)
    app.command(help="演示：生成一个虚构的县，在真实的 Airflow 里从收件箱跑到发布的考核结果。")(demo)


def up() -> None:
    """Start the local county."""
    from taizhang.local import up as start  # noqa: PLC0415

    found = start(Settings.load(), echo=typer.echo)
    typer.echo(f"Airflow: {found.airflow_url}\nInbox: {found.inbox}\nDatabase: {found.database_url}")


def down() -> None:
    """Stop it."""
    from taizhang.local import down as stop  # noqa: PLC0415

    stop(Settings.load(), echo=typer.echo)


def status(as_json: Json = False) -> None:
    """Say where everything is; exit 1 when a part does not run."""
    from taizhang.local import status as look  # noqa: PLC0415

    found = look(Settings.load())
    if as_json:
        print_json(found.as_dict())
    else:
        for name, value in found.as_dict().items():
            if name != "services":
                typer.echo(f"{name:22} {value}")
        for service in found.services:
            typer.echo(f"{service.name:22} {service.health}" + (f" (pid {service.pid})" if service.pid else ""))
    if not found.running:
        raise typer.Exit(1)


def demo(
    stay: Annotated[bool, typer.Option("--stay", help="演示后保持运行，用 taizhang down 停止。")] = False,
) -> None:
    """Run the demo county."""
    from taizhang.demo import run_demo  # noqa: PLC0415

    run_demo(Settings.load(), echo=typer.echo, stay=stay)
