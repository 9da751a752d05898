"""For researchers: the composite index of any table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taizhang.commands.output import Json, print_json


def add_to(app: typer.Typer) -> None:
    """The command index."""
    app.command(help="由任意单位表计算综合指数（OECD/JRC 手册的各步骤，未写明的步骤不做）。")(index)


def index(
    data: Annotated[Path, typer.Option("--data", help="数据 CSV：uCode 和各指标列。")],
    meta: Annotated[Path, typer.Option("--meta", help="元数据 CSV：iCode、Level、Parent、Weight、Direction、Type。")],
    output: Annotated[Path, typer.Option("-o", "--output", help="结果 CSV。")],
    steps: Annotated[Path | None, typer.Option("--steps", help="把每一步的表写到这个文件夹。")] = None,
    denominate: Annotated[bool, typer.Option("--denominate", help="按元数据中的分母折算。")] = False,
    impute: Annotated[str, typer.Option(help="none|mean|median|group-mean:列|group-median:列")] = "none",
    treat: Annotated[str, typer.Option(help="none|winsorise:K")] = "none",
    normalise: Annotated[
        str | None,
        typer.Option(help="minmax:L,U|zscore:M,S|rank|borda|percentile|distance-to-max|fraction-of-max|goalposts"),
    ] = None,
    aggregate: Annotated[str, typer.Option(help="amean|gmean|hmean|copeland，一种或每层一种（逗号分隔）")] = "amean",
    weights: Annotated[str, typer.Option(help="original|equal|pca")] = "original",
    as_json: Json = False,
) -> None:
    """A composite index from a table of units."""
    from taizhang.index_command import run_index  # noqa: PLC0415

    answer = run_index(
        data,
        meta,
        output,
        steps,
        denominate=denominate,
        impute=impute,
        treat=treat,
        normalise=normalise,
        aggregate=aggregate,
        weights=weights,
    )
    if as_json:
        print_json(answer)
        return
    typer.echo(f"{answer['output']}：{answer['units']} 个单位，{answer['indicators']} 个指标。")
    for warning in answer["warnings"]:
        typer.echo("注意：" + "，".join(str(value) for value in warning.values() if value), err=True)
