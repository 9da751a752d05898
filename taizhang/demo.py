"""The demo: a fictional county's quarter from inbox to published ranking in the real Airflow, beside a real county."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pandas as pd

from catalogue import load
from catalogue.periods import Period
from catalogue.register import Register
from taizhang.commands.county import county_table
from taizhang.commands.output import print_table
from taizhang.demo_alert import show_alert
from taizhang.demo_approval import approve_and_publish, with_director
from taizhang.local import Status, down, up
from taizhang.local.airflow import AirflowService
from taizhang.local.runs import follow_dag, run_dag
from taizhang.settings import Settings
from taizhang.simulation import simulate
from warehouse.connection import Warehouse
from warehouse.registry import load_parameters, load_register

Echo = Callable[[str], object]
TOWNSHIPS = 31
SEED = 1
_SEVERITY = {"hard": "必须改正", "warn": "请核实", "info": "提示"}
_STATUS = {"accepted": "受理", "returned": "退回", "rejected": "拒收"}


def run_demo(settings: Settings, echo: Echo = print, *, stay: bool = False, townships: int = TOWNSHIPS) -> None:
    """The newest whole quarter of a fictional county has gone through the real DAGs and its results are printed.

    It has a home of its own inside the home, made anew each time; everything is stopped afterwards unless told to stay.
    Raises Refusal when a DAG run fails.
    """
    began = time.monotonic()
    county = with_director(Settings.alone(settings.home / "demo"))
    quarter = Period.holding("quarter", Period.month_of(datetime.now(county.zone).date())).shifted(-1)
    down(county, echo=_silent)
    shutil.rmtree(county.home, ignore_errors=True)
    try:
        status = _run(county, quarter, townships, echo)
        echo(f"全程 {time.monotonic() - began:.0f} 秒。")
    except BaseException:
        down(county, echo=echo)
        raise
    if stay:
        echo(f"仍在运行：{status.airflow_url}，用户 {status.airflow_user}，密码在 {status.airflow_password_file}。")
        echo(f"停止：TAIZHANG_HOME={county.home} taizhang down")
    else:
        down(county, echo=echo)


def _run(county: Settings, quarter: Period, townships: int, echo: Echo) -> Status:
    folder = county.home / "county"
    months = [month.text for month in quarter.months()]
    with _timed(f"生成虚构的县：{townships} 个乡镇，{quarter.chinese}", echo):
        simulate(folder, townships, f"{months[0]}..{months[-1]}", SEED, workers=county.workers, reports=True)
    with _timed("启动数据库，装入名录", echo):
        up(county, airflow=False, echo=_silent)
        warehouse = Warehouse(county.warehouse_url)
        load_parameters(warehouse, load().jurisdictions[county.jurisdiction])
        load_register(warehouse, Register.read(folder / "townships.csv"))
    with _timed("启动 Airflow", echo):
        status = up(county, echo=_silent)
    _deliver(folder, county)
    airflow = AirflowService(county)
    with _timed("Airflow 运行 collect：收集、检查、入库、批注", echo):
        run_dag(airflow, "collect", {}, echo)
    with _timed(f"Airflow 运行 rollup_quarter：{quarter.text}", echo):
        run_dag(airflow, "rollup_quarter", {"quarter": quarter.text}, echo)
    with _timed("Airflow 接着运行 assess：考核草案", echo):
        follow_dag(airflow, "assess", echo)
    with _timed("Airflow 运行 approve 和 publish：自查、公示、审批、发布", echo):
        files = approve_and_publish(county, airflow, quarter, echo)
    _tell(warehouse, quarter, county, echo)
    show_alert(county, echo)
    _tell_ranking(warehouse, quarter, files, echo)
    echo(f"Airflow 页面：{status.airflow_url}    数据库：{status.database_url}")
    return status


def _deliver(folder: Path, county: Settings) -> None:
    """The workbooks lie in the inbox, their received times beside it; each appears whole."""
    shutil.copyfile(folder / "received.csv", county.received_file)
    for file in (folder / "inbox").iterdir():
        file.rename(county.inbox / file.name)


def _tell(warehouse: Warehouse, quarter: Period, county: Settings, echo: Echo) -> None:
    submissions = warehouse.query("select status, count(*) as n from research.submission group by status")
    findings = warehouse.query("select severity, count(*) as n from research.finding group by severity")
    held_back = warehouse.query("select count(*) as n from research.held_back")["n"].iloc[0]
    values = warehouse.query(
        "select * from research.indicator_value where period_type = 'quarter' and period = :period",
        {"period": quarter.text},
    )
    echo("")
    echo(f"收到月报 {submissions['n'].sum()} 份：{_counts(submissions, 'status', _STATUS)}")
    echo(f"发现问题：{_counts(findings, 'severity', _SEVERITY)}；暂存未入库 {held_back} 行")
    said = warehouse.query(
        "select count(*) filter (where rule = 'P08') as copied, count(*) filter (where rule = 'P09') as disagreeing, "
        "(select count(*) from research.report) as reports from research.finding where submission_id is null"
    ).iloc[0]
    echo(f"文字报告 {said['reports']} 份：雷同 {said['copied']} 处，与报表不符 {said['disagreeing']} 处")
    print_table(county_table(values), f"{quarter.chinese}指标（{values['township_code'].nunique()} 个乡镇）")
    annotated = sorted(county.outbox.rglob("*.xlsx"))
    echo(f"批注工作簿 {len(annotated)} 份，在 {county.outbox}" + (f"，例如 {annotated[0].name}" if annotated else ""))


def _tell_ranking(warehouse: Warehouse, quarter: Period, files: list[Path], echo: Echo) -> None:
    ranking = warehouse.query(
        """
        select
            k.peer_group as 组, k.rank as 名次, k.rank_low || '–' || k.rank_high as 名次区间, t.name as 乡镇,
            round(k.score::numeric, 2) as 得分, k.band as 等次,
            case when k.recommended then '推荐' when r.decision = 'committee' then '由会议决定' end as 推荐
        from research.ranking as k
        inner join run.ranking as r on k.run_id = r.run_id and k.township_code = r.township_code
        inner join research.township as t on k.township_code = t.township_code and t.valid_to is null
        where k.period = :period and k.status = 'published'
        order by k.peer_group, k.rank, k.township_code
        """,
        {"period": quarter.text},
    )
    print_table(ranking, f"{quarter.chinese}考核结果（已发布）")
    for file in files:
        if "通报（" in file.parent.name:
            echo(f"发布：{file}")


def _counts(frame: pd.DataFrame, key: str, names: dict[str, str]) -> str:
    found = dict(zip(frame[key], frame["n"], strict=True))
    return "，".join(f"{name} {found.get(code, 0)}" for code, name in names.items())


@contextmanager
def _timed(what: str, echo: Echo) -> Iterator[None]:
    began = time.monotonic()
    echo(f"{what} ……")
    yield
    echo(f"    {time.monotonic() - began:.1f} 秒")


def _silent(_: str) -> None:
    return None
