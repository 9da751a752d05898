"""For researchers: the composite index of any table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalogue.errors import Refusal
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
    robustness: Annotated[Path | None, typer.Option("--robustness", help="名次稳不稳：结果写到这个文件夹。")] = None,
    vary: Annotated[
        list[str] | None, typer.Option("--vary", help="备选做法，如 normalise=minmax|zscore；可多次。")
    ] = None,
    weight_noise: Annotated[float, typer.Option("--weight-noise", help="权重上下浮动的幅度，如 0.25。")] = 0.0,
    replications: Annotated[int, typer.Option("--replications", help="重复次数。")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="随机种子。")] = 1,
    as_json: Json = False,
) -> None:
    """A composite index from a table of units."""
    from taizhang.index_command import run_index, run_robustness  # noqa: PLC0415

    chosen = {
        "denominate": denominate,
        "impute": impute,
        "treat": treat,
        "normalise": normalise,
        "aggregate": aggregate,
        "weights": weights,
    }
    answer = run_index(data, meta, output, steps, **chosen)  # type: ignore[arg-type]
    if robustness is not None:
        extent = {"noise": weight_noise, "replications": replications, "seed": seed}
        answer["robustness"] = run_robustness(data, meta, robustness, vary or [], **extent, **chosen)  # type: ignore[arg-type]
    elif vary or weight_noise:
        raise Refusal("给出了 --vary 或 --weight-noise，还要用 --robustness 指明结果写到哪个文件夹。")
    if as_json:
        print_json(answer)
        return
    typer.echo(f"{answer['output']}：{answer['units']} 个单位，{answer['indicators']} 个指标。")
    if robustness is not None:
        failed = sum(answer["robustness"]["failures"].values())
        typer.echo(f"{robustness}：{replications} 次重复，{failed} 次不能算。")
        for reason, count in answer["robustness"]["failures"].items():
            typer.echo(f"注意：{count} 次不能算：{reason}", err=True)
    for warning in answer["warnings"]:
        typer.echo("注意：" + "，".join(str(value) for value in warning.values() if value), err=True)
