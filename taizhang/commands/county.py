"""For the county: set up, collect, roll up, query, simulate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from taizhang.commands.output import Json, print_json, print_table, progress
from taizhang.settings import Settings


def add_to(app: typer.Typer) -> None:
    """The commands init, collect, rollup, sql and simulate."""
    app.command(help="建立或升级数据库，并装入乡镇名录。")(init)
    app.command(help="收集收件箱中的新报表：存档、检查、入库、批注。")(collect)
    app.command(help="汇总一个月、季度或年度的指标值：2025-03、2025Q1、2025。")(rollup)
    app.command(help="以研究员身份查询数据库；不带语句时打开 psql。")(sql)
    app.command(help="生成一个虚构的县（带已知真值），供试用和测评。")(simulate)


def init(
    register: Annotated[Path, typer.Option("--register", help="乡镇名录 CSV。")],
    jurisdiction: Annotated[str | None, typer.Option(help="适用的法规参数：national、zhejiang 等。")] = None,
) -> None:
    """Create or migrate the warehouse, load the register and the parameters."""
    from catalogue import load  # noqa: PLC0415
    from catalogue.errors import Refusal  # noqa: PLC0415
    from catalogue.register import Register  # noqa: PLC0415
    from taizhang.local import ensure_database  # noqa: PLC0415
    from warehouse.connection import Warehouse  # noqa: PLC0415
    from warehouse.migration import migrate  # noqa: PLC0415
    from warehouse.registry import load_parameters, load_register  # noqa: PLC0415

    settings = Settings.load()
    known = Register.read(register)
    code = jurisdiction or settings.jurisdiction
    profiles = load().jurisdictions
    if code not in profiles:
        raise Refusal(f"没有名为“{code}”的法规参数，可选 {', '.join(sorted(profiles))}。")
    warehouse = Warehouse(ensure_database(settings))
    migrate(warehouse)
    load_parameters(warehouse, profiles[code])
    load_register(warehouse, known)
    if jurisdiction:
        settings.remember(jurisdiction=jurisdiction)
    settings.inbox.mkdir(parents=True, exist_ok=True)
    typer.echo(f"{len(known.townships)} 个乡镇（街道）已入名录，适用参数：{profiles[code].name}。")


def collect(
    inbox: Annotated[Path | None, typer.Argument(help="收件箱文件夹，默认用设置中的。")] = None,
    received: Annotated[Path | None, typer.Option(help="收到时间表 file,received_at，用于补录。")] = None,
    annotate: Annotated[bool, typer.Option(help="生成批注工作簿。")] = True,
    as_json: Json = False,
) -> None:
    """Archive, check and load everything new in the inbox."""
    from ingest.collect import collect_inbox  # noqa: PLC0415
    from publish.outbox import forgo_return, return_workbooks  # noqa: PLC0415
    from publish.reports import forgo_reports, return_reports  # noqa: PLC0415
    from taizhang.local import ensure_database  # noqa: PLC0415

    settings = Settings.load()
    if inbox is not None:
        settings = Settings.load(inbox_folder=inbox)
    ensure_database(settings)
    with progress("收集") as report:
        summary = collect_inbox(settings, received, report)
    written: list[str] = []
    pages: list[str] = []
    if annotate:
        written = return_workbooks(settings, summary["to_return"], settings.workers)
        pages = return_reports(settings, summary["documents_to_return"])
    else:
        forgo_return(settings, summary["to_return"])
        forgo_reports(settings, summary["documents_to_return"])
    answer = summary | {"outbox": str(settings.outbox), "annotated": len(written), "pages": len(pages)}
    if as_json:
        print_json(answer)
        return
    typer.echo(_tell(answer))


def _tell(answer: dict[str, Any]) -> str:
    status, severity = answer["status"], answer["severities"]
    reports = answer["reports"]
    told = (
        f"\n文字报告新收 {reports['new']} 份：计入 {reports['counted']} 篇，不计 {reports['not_counted']} 篇，"
        f"读不出 {reports['unreadable']} 份；核对页 {answer['pages']} 份。"
        if reports
        else ""
    )
    return (
        f"新收 {answer['new']} 份（共 {answer['received']} 个文件）：受理 {status.get('accepted', 0)}，"
        f"退回 {status.get('returned', 0)}，拒收 {status.get('rejected', 0)}。\n"
        f"入库 {answer['rows_loaded']} 行，暂存 {answer['rows_held_back']} 行；"
        f"必须改正 {severity.get('hard', 0)} 处，请核实 {severity.get('warn', 0)} 处。\n"
        f"批注工作簿 {answer['annotated']} 份，在 {answer['outbox']}。{told}"
    )


def rollup(period: str, as_json: Json = False) -> None:
    """Indicator values of the period for every township valid in it."""
    from ingest.rollup import rollup_values  # noqa: PLC0415
    from taizhang.local import ensure_database  # noqa: PLC0415

    settings = Settings.load()
    ensure_database(settings)
    values = rollup_values(settings, period)
    if as_json:
        print_json(values.to_dict("records"))
        return
    print_table(county_table(values), f"{period} 指标（{values['township_code'].nunique()} 个乡镇）")


def county_table(values: Any) -> Any:
    """The county's table of a period: per indicator how many townships have a value, and lowest, middle, highest."""
    from catalogue import load  # noqa: PLC0415

    numbers = values.assign(value=values["value"].astype("float64"))
    table = numbers.groupby("indicator", sort=False)["value"].describe()[["count", "min", "50%", "max"]]
    table = table.reindex(list(load().indicators)).dropna(how="all").round(3).reset_index()
    table.insert(0, "指标", [load().indicators[code].label for code in table["indicator"]])
    table["count"] = table["count"].astype("int64")
    return table.rename(columns={"indicator": "代码", "count": "有值乡镇", "min": "最低", "50%": "中位", "max": "最高"})


def sql(
    query: Annotated[str | None, typer.Argument(help="一条查询语句。")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="以 CSV 输出。")] = False,
) -> None:
    """Query the warehouse as the researcher role."""
    from taizhang.commands.psql import run_psql  # noqa: PLC0415

    raise typer.Exit(run_psql(Settings.load(), query, csv=csv))


def simulate(
    target: Annotated[Path, typer.Argument(help="写到哪个文件夹（应为空或不存在）。")],
    townships: Annotated[int, typer.Option(min=1, help="乡镇个数。")] = 31,
    months: Annotated[str, typer.Option(help="月份范围，如 2025-01..2025-03。")] = "",
    seed: Annotated[int, typer.Option(help="随机种子；同样的种子生成同样的县。")] = 1,
    reports: Annotated[bool, typer.Option("--reports", help="整季度的再写文字报告，其中一份照抄、一份掺水。")] = False,
    as_json: Json = False,
) -> None:
    """Write a fictional county."""
    from taizhang.simulation import simulate as write_county  # noqa: PLC0415

    settings = Settings.load()
    if not months:
        print("请用 --months 写明月份范围，如 2025-01..2025-03。", file=sys.stderr)
        raise typer.Exit(2)
    with progress("生成") as report:
        manifest = write_county(
            target, townships, months, seed, progress=report, workers=settings.workers, reports=reports
        )
    if as_json:
        print_json({"folder": str(target), "workbooks": manifest.workbooks, "townships": townships})
    else:
        typer.echo(f"{target}：{townships} 个乡镇，{manifest.workbooks} 份报表，名录 {target / 'townships.csv'}。")
