"""For the clerk: the blank workbook and the dry run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from taizhang.commands.output import Json, print_json
from taizhang.settings import Settings

_STATUS = {"accepted": "没有必须改正的问题", "returned": "有必须改正的问题", "rejected": "整份不能接收"}
_SEVERITY = {"hard": "必须改正", "warn": "请核实", "info": "提示"}


def add_to(app: typer.Typer) -> None:
    """The commands template and check."""
    app.command(help="生成某乡镇某月的空白报表，未办结的隐患和建议已带入。")(template)
    app.command(help="自查：列出报表中的所有问题，不需要数据库。")(check)


def template(
    township: Annotated[str, typer.Option(help="行政区划代码。")],
    period: Annotated[str, typer.Option(help="报送期，如 2025-03。")],
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪个文件。")],
) -> None:
    """Write the official workbook of a township and month."""
    from publish.issue import issue_template  # noqa: PLC0415
    from taizhang.local import ensure_database  # noqa: PLC0415

    settings = Settings.load()
    ensure_database(settings)
    carried = issue_template(settings, township, period, output)
    told = "、".join(f"{label} {count} 条" for label, count in carried.items() if count) or "没有未办结事项"
    typer.echo(f"{output}：已带入{told}。")


def check(
    files: Annotated[list[Path], typer.Argument(help="要自查的报表。")],
    register: Annotated[Path | None, typer.Option(help="乡镇名录 CSV，用于核对代码和名称。")] = None,
    annotate: Annotated[Path | None, typer.Option(help="把批注工作簿写到这个文件夹。")] = None,
    as_json: Json = False,
) -> None:
    """Every finding that can be told from the files themselves; exit 1 when there is one to mend or to explain."""
    from taizhang.dry_run import run_check  # noqa: PLC0415

    answers = run_check(Settings.load(), files, register, annotate)
    if as_json:
        print_json(answers)
    else:
        for answer in answers:
            typer.echo(_tell(answer))
    if any(finding["severity"] != "info" for answer in answers for finding in answer["findings"]):
        raise typer.Exit(1)


def _tell(answer: dict[str, Any]) -> str:
    findings = answer["findings"]
    shown = [finding for finding in findings if finding["severity"] != "info"]
    lines = [f"{answer['file']}：{_STATUS[answer['status']]}"]
    for finding in shown:
        place = " ".join(part for part in (finding["sheet_name"], finding["cell"]) if part)
        lines.append(
            f"  [{_SEVERITY[finding['severity']]} {finding['rule']}] {place} {finding['message']}{finding['mend']}"
        )
    infos = len(findings) - len(shown)
    if infos:
        lines.append(f"  另有 {infos} 处写法已自动规范，读得对就不用处理。")
    if answer["not_evaluated"]:
        lines.append(f"  未能判断：{'、'.join(answer['not_evaluated'])}（数据没有填全，或需要以前月份的数据）。")
    if answer.get("annotated"):
        lines.append(f"  批注工作簿：{answer['annotated']}")
    return "\n".join(lines)
