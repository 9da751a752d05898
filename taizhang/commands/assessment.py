"""For the county: assess a period, try a draft rubric on the past, rebuild a run, enter what a panel decides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from catalogue.errors import Refusal
from taizhang.commands.output import Json, print_json, print_table
from taizhang.settings import Settings

if TYPE_CHECKING:
    from catalogue.runs import RunDocument
    from publish.assess import Assessed
    from publish.backtest import Backtest

LevelName = Literal["township", "group", "deputy", "village"]
Level = Annotated[
    LevelName | None, typer.Option("--level", help="township 乡镇、group 代表小组、deputy 代表、village 村。")
]
RubricName = Annotated[str | None, typer.Option("--rubric", help="考评办法：.yaml 文件或代码；默认用该级的默认办法。")]
By = Annotated[str | None, typer.Option("--by", help="经办人；默认为设置 TAIZHANG_PERSON 或本机账号。")]
DECISIONS = {"recommended": "推荐", "committee": "提请委员会决定", "none": ""}


def add_to(app: typer.Typer) -> None:
    """The commands assess and panel."""
    app.command(help="按考评办法测算一期：得分、名次及其可信区间、推荐名单（草案）。")(assess)
    app.command(help="评审录入：不带文件写出待填表，带文件录入。")(panel)


def assess(
    period: Annotated[str | None, typer.Argument(help="2025Q1 或 2025；--replay 时不用写。")] = None,
    rubric: RubricName = None,
    level: Level = None,
    since: Annotated[str | None, typer.Option(help="从这一期起回测 --rubric，看谁会变动；不保存。")] = None,
    replay: Annotated[int | None, typer.Option(help="重建这一次测算，逐字节比较；不同则退出码为 1。")] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Scores, ranks and recommendations as a draft run; a back-test; or a rebuilding."""
    from taizhang.local import ensure_database  # noqa: PLC0415

    settings = Settings.load()
    if replay is not None:
        ensure_database(settings)
        _replay(settings, replay, as_json=as_json)
        return
    if period is None:
        raise Refusal("请写明统计期，如 taizhang assess 2025Q1。")
    if since is not None and rubric is None:
        raise Refusal("回测要用 --rubric 给出拟用的考评办法。")
    ensure_database(settings)
    if since is not None and rubric is not None:
        from publish.backtest import backtest  # noqa: PLC0415

        _tell_backtest(backtest(settings, since, period, rubric, level), as_json=as_json)
        return
    from publish.assess import assess as assess_level  # noqa: PLC0415

    assessed = assess_level(settings, period, person=settings.acting(by), level=level, rubric=rubric)
    _tell_run(assessed, as_json=as_json)


def _tell_run(assessed: Assessed, *, as_json: bool) -> None:
    document = assessed.document
    if as_json:
        print_json(describe(document) | {"is_new": assessed.is_new})
        return
    lines = [
        {
            "名次": unit.rank,
            "单位": unit.name,
            "同类组": unit.peer_group,
            "总分": None if unit.score is None else round(unit.score, 2),
            "名次区间": f"{unit.rank_low}–{unit.rank_high}" if unit.rank_low else "",
            "等次": unit.band,
            "建议": DECISIONS[unit.decision],
            "理由": unit.reason,
        }
        for unit in by_rank(document)
    ]
    import pandas as pd  # noqa: PLC0415

    said = "" if assessed.is_new else "（数据和办法未变，沿用已有草案）"
    rubric = f"{document.rubric_code} 第 {document.rubric_version} 版"
    title = f"第 {document.run_id} 次测算：{document.period} {rubric}，草案{said}"
    print_table(pd.DataFrame(lines).astype({"名次": "Int64"}), title)
    for group in document.peer_groups:
        typer.echo(f"{group.name}：{group.units} 个单位参评，名额 {group.quota} 个。")


def by_rank(document: RunDocument) -> list[Any]:
    """The units by peer group and rank, those without a score last."""
    return sorted(document.units, key=lambda unit: (unit.peer_group, unit.rank or len(document.units) + 1, unit.code))


def describe(document: RunDocument) -> dict[str, Any]:
    """The run as programs want it: what it is, the ranking, the peer groups."""
    shown = ["code", "name", "township_code", "peer_group", "score", "rank", "rank_overall", "rank_low", "rank_high"]
    shown += ["is_tied", "inside_quota", "band", "decision", "reason", "prize", "vetoes", "is_submitted"]
    return {
        "run_id": document.run_id,
        "period": document.period,
        "level": document.level,
        "rubric": document.rubric_code,
        "rubric_version": document.rubric_version,
        "status": "draft",
        "document_sha256": document.digest,
        "ranking": [
            {name: getattr(unit, name) for name in shown} | {"recommended": unit.decision == "recommended"}
            for unit in by_rank(document)
        ],
        "peer_groups": [{"name": g.name, "units": g.units, "quota": g.quota} for g in document.peer_groups],
    }


def _replay(settings: Settings, run_id: int, *, as_json: bool) -> None:
    from publish.replay import replay as rebuild  # noqa: PLC0415

    differences = rebuild(settings, run_id)
    if as_json:
        print_json({"run_id": run_id, "identical": not differences, "differences": differences})
    elif not differences:
        typer.echo(f"第 {run_id} 次测算重建后逐字节一致。")
    else:
        typer.echo(f"第 {run_id} 次测算重建后不一致：\n" + "\n".join(differences))
    if differences:
        raise typer.Exit(1)


def _tell_backtest(found: Backtest, *, as_json: bool) -> None:
    from dataclasses import asdict  # noqa: PLC0415

    import pandas as pd  # noqa: PLC0415

    if as_json:
        moves = [asdict(move) | {"moved": move.moved} for move in found.moves]
        print_json({"old": found.old, "new": found.new, "moves": moves, "left_out": dict(found.left_out)})
        return
    moved = [move for move in found.moves if move.moved]
    lines = [
        {
            "统计期": move.period,
            "单位": move.name,
            "同类组": move.peer_group,
            "现行得分": None if move.old_score is None else round(move.old_score, 2),
            "拟用得分": None if move.new_score is None else round(move.new_score, 2),
            "现行名次": move.old_rank,
            "拟用名次": move.new_rank,
            "现行建议": DECISIONS[move.old_decision],
            "拟用建议": DECISIONS[move.new_decision],
        }
        for move in moved
    ]
    typer.echo(f"现行：{found.old}\n拟用：{found.new}")
    if lines:
        table = pd.DataFrame(lines).astype({"现行名次": "Int64", "拟用名次": "Int64"})
        print_table(table, f"{len(moved)} 处变动（共比较 {len(found.moves)} 处）")
    else:
        typer.echo(f"共比较 {len(found.moves)} 处，名次和推荐都没有变动。")
    for period, reason in found.left_out:
        typer.echo(f"{period} 未比较：{reason}", err=True)


def panel(
    period: Annotated[str, typer.Argument(help="2025Q1 或 2025。")],
    file: Annotated[Path | None, typer.Argument(help="填好的 CSV；不写则用 -o 写出待填表。")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="把待填表写到这个 CSV。")] = None,
    level: Level = None,
    rubric: RubricName = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """The panel's list to fill in, or its entries taken."""
    from catalogue.periods import Period  # noqa: PLC0415
    from ingest.panel import take_list, write_list  # noqa: PLC0415
    from publish.assess import choose_rubric  # noqa: PLC0415
    from taizhang.local import ensure_database  # noqa: PLC0415

    if (file is None) == (output is None):
        raise Refusal("请写填好的文件来录入，或用 -o 写出待填表，二者选一。")
    settings = Settings.load()
    chosen = choose_rubric(Period.parse(period), level, rubric)
    ensure_database(settings)
    if output is not None:
        left = write_list(settings, chosen, Period.parse(period), output)
        answer: dict[str, Any] = {"file": str(output), "open": left}
        said = f"待填表在 {output}，尚有 {left} 格未填。"
    else:
        assert file is not None
        answer = dict(take_list(settings, chosen.level, file, settings.acting(by)))
        said = f"录入 {answer['entries']} 项，其中新的 {answer['new']} 项。"
    if as_json:
        print_json(answer)
    else:
        typer.echo(said)
