"""The command line `taizhang`: a thin skin over the use cases; every error is one sentence on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import typer

from catalogue.errors import CatalogueError, Refusal, Unavailable
from taizhang.commands import assessment, bulletin, clerk, county, duty, lifecycle, narrative, numbers, pages, services

app = typer.Typer(
    name="taizhang",
    help="台账：县人大常委会的乡镇人大工作数据平台。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (services, county, assessment, bulletin, lifecycle, clerk, numbers, narrative, duty, pages):
    module.add_to(app)


def main() -> None:
    """Run the command line; exit 0 on success, 1 when the answer is "not in order", 2 on wrong use."""
    sys.exit(guarded(app))


def guarded(command: Callable[..., Any]) -> int:
    """The exit code of the command; refusals become a sentence, a crash one that names the log."""
    try:
        command(standalone_mode=True)
    except (Refusal, Unavailable, CatalogueError) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("已中断；没有留下半成品，可以重新执行同一命令。", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else 2
    except Exception as error:  # noqa: BLE001  (the last resort: no traceback reaches a user)
        print(_crash(error), file=sys.stderr)
        return 2
    return 0


def _crash(error: Exception) -> str:
    import traceback  # noqa: PLC0415

    from taizhang.settings import Settings  # noqa: PLC0415

    log = Settings.load().home / "logs" / "taizhang.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return f"程序内部出错（{type(error).__name__}），请把 {log} 的末尾发给维护人员。"
