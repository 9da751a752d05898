"""What is due and who is told: obligations, extensions, explanations, contacts, alerts, messages."""

from __future__ import annotations

import getpass
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from taizhang.commands.output import Json, print_json, print_table
from taizhang.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse.connection import Connection

Person = Annotated[str, typer.Option("--by", help="经办人姓名；不写用设置中的。")]
Township = Annotated[str, typer.Option("--township", help="九位行政区划代码。")]
Reason = Annotated[str, typer.Option("--reason", help="理由。")]


def add_to(app: typer.Typer) -> None:
    """The commands due, extension, exemption, decide, explanations, explain, contacts, alerts, messages and watch."""
    app.command(help="应报情况：谁该报、报了没有、退回没有；有未报或退回待改的，退出码为 1。")(due)
    app.command(help="登记延期申请；加 --grant 表示已经批准。")(extension)
    app.command(help="登记免报申请；加 --grant 表示已经批准。")(exemption)
    app.command(help="决定一项延期或免报申请，或撤销已准的。")(decide)
    app.command(help="乡镇对“请核实”问题的说明：列出、认可、不认可；或看哪些规则一再被说明属实。")(explanations)
    app.command(help="县里直接说明一处“请核实”的问题。")(explain)
    app.command(help="装入乡镇联系人表（催报发给谁）。")(contacts)
    app.command(help="预警：现在有什么不对；有未消除的，退出码为 1。")(alerts)
    app.command(help="没有发出的消息，以及重发。")(messages)
    app.command(help="看一遍：更新预警，生成并发出催报和情况（与每天的 watch_due 相同）。")(watch)


@contextmanager
def _transaction() -> Iterator[tuple[Settings, Connection]]:
    from taizhang.local import ensure_database  # noqa: PLC0415
    from warehouse.connection import Warehouse  # noqa: PLC0415

    settings = Settings.load()
    ensure_database(settings)
    with Warehouse(settings.warehouse_url).transaction() as connection:
        yield settings, connection


def _person(given: str, settings: Settings) -> str:
    return given or settings.person or getpass.getuser()


def due(
    period: Annotated[str | None, typer.Argument(help="报送期，如 2025-03；不写则看正在催报的各月。")] = None,
    requests: Annotated[bool, typer.Option("--requests", help="只列延期和免报申请。")] = False,
    as_json: Json = False,
) -> None:
    """What is owed and what came."""
    from catalogue.periods import Period  # noqa: PLC0415
    from publish.alerts import records  # noqa: PLC0415
    from publish.notices import read_owed  # noqa: PLC0415
    from warehouse.duty.concessions import NAMES, STATES, list_concessions  # noqa: PLC0415
    from warehouse.duty.obligations import read_obligations  # noqa: PLC0415

    with _transaction() as (settings, connection):
        today = settings.now().date()
        if requests:
            asked = list_concessions(connection)
        elif period:
            text = Period.parse(period).text
            owed = read_obligations(connection, text, text, today)
        else:
            owed = read_owed(connection, today)
    if requests:
        shown = asked.assign(kind=asked["kind"].map(NAMES), state=asked["state"].map(STATES))
        columns = {
            "concession_id": "编号",
            "township": "乡镇",
            "kind": "类别",
            "first_period": "报送期",
            "due_on": "延至",
        }
        columns |= {"reason": "理由", "asked_by": "申请人", "state": "状态", "decided_by": "决定人", "decision": "意见"}
        print_json(records(asked)) if as_json else print_table(shown[list(columns)].rename(columns=columns), "申请")
        return
    if as_json:
        print_json(records(owed))
    else:
        words = {"open": "未报", "accepted": "受理", "returned": "退回待改", "rejected": "整份退回", "exempt": "免报"}
        shown = owed.assign(state=owed["state"].map(words))
        columns = {
            "period": "报送期",
            "name": "乡镇",
            "due_on": "截止日",
            "first_received_at": "首次报送",
            "state": "状态",
        }
        columns |= {"times_returned": "退回次数", "hard_findings": "必须改正", "unexplained": "待说明"}
        print_table(shown[list(columns)].rename(columns=columns), "应报情况")
    wrong = owed[owed["state"].isin(["returned", "rejected"]) | ((owed["state"] == "open") & (owed["due_on"] < today))]
    raise typer.Exit(1 if len(wrong) else 0)


def extension(
    township: Township,
    period: Annotated[str, typer.Option(help="报送期，如 2025-03。")],
    until: Annotated[str, typer.Option(help="延至哪一天，如 2025-04-20。")],
    reason: Reason,
    by: Person = "",
    grant: Annotated[bool, typer.Option("--grant", help="同时批准。")] = False,
) -> None:
    """Ask for a later due day, or grant it."""
    _ask("extension", township, period, period, until, reason, by, grant=grant)


def exemption(
    township: Township,
    period: Annotated[str, typer.Option(help="报送期，如 2025-03。")],
    reason: Reason,
    through: Annotated[str | None, typer.Option(help="免报到哪个月为止；不写只免这一个月。")] = None,
    by: Person = "",
    grant: Annotated[bool, typer.Option("--grant", help="同时批准。")] = False,
) -> None:
    """Ask for an exemption, or grant it."""
    _ask("exemption", township, period, through or period, None, reason, by, grant=grant)


def _ask(
    kind: Any, township: str, first: str, last: str, until: str | None, reason: str, by: str, *, grant: bool
) -> None:
    from catalogue.periods import Period  # noqa: PLC0415
    from warehouse.duty import concessions  # noqa: PLC0415

    day = _day(until) if until else None
    request = concessions.Request(kind, township, Period.parse(first), Period.parse(last), day, reason)
    with _transaction() as (settings, connection):
        person = _person(by, settings)
        number = concessions.ask(connection, request, person, settings.now())
        if grant:
            concessions.decide(connection, number, grant=True, person=person, why=reason, at=settings.now())
    typer.echo(f"第 {number} 号{concessions.NAMES[kind]}{'已准予，立即生效' if grant else '已登记，待决定'}。")


def _day(text: str) -> date:
    from catalogue.errors import Refusal  # noqa: PLC0415

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"“{text}”不是日期，应写作 2025-04-20。") from None


def decide(
    number: Annotated[int, typer.Argument(help="申请编号，见 taizhang due --requests。")],
    grant: Annotated[bool, typer.Option("--grant", help="准予。")] = False,
    refuse: Annotated[bool, typer.Option("--refuse", help="不予准许。")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="撤销已准的。")] = False,
    why: Annotated[str, typer.Option(help="意见；不予准许和撤销必填。")] = "",
    by: Person = "",
) -> None:
    """Decide a request."""
    from catalogue.errors import Refusal  # noqa: PLC0415
    from warehouse.duty import concessions  # noqa: PLC0415

    if [grant, refuse, withdraw].count(True) != 1:
        raise Refusal("请写明一种决定：--grant、--refuse 或 --withdraw。")
    with _transaction() as (settings, connection):
        given: dict[str, Any] = {"person": _person(by, settings), "why": why, "at": settings.now()}
        if withdraw:
            concessions.withdraw(connection, number, **given)
        else:
            concessions.decide(connection, number, grant=grant, **given)
    typer.echo(f"第 {number} 号申请：{'已准予' if grant else '不予准许' if refuse else '已撤销'}。")


def explanations(
    accept: Annotated[list[int] | None, typer.Option("--accept", help="认可第几号说明，可写多次。")] = None,
    refuse: Annotated[list[int] | None, typer.Option("--refuse", help="不认可第几号说明，可写多次。")] = None,
    why: Annotated[str, typer.Option(help="意见；不认可必填，乡镇会看到。")] = "",
    every: Annotated[bool, typer.Option("--all", help="已核定的也列出。")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="按规则看成效，哪些可考虑停用。")] = False,
    by: Person = "",
    as_json: Json = False,
) -> None:
    """List explanations, accept or refuse them, or see what becomes of each rule's warnings."""
    from publish.alerts import records  # noqa: PLC0415
    from warehouse.duty import explanations as store  # noqa: PLC0415

    with _transaction() as (settings, connection):
        for numbers, accepted in ((accept, True), (refuse, False)):
            if numbers:
                given: dict[str, Any] = {"person": _person(by, settings), "why": why, "at": settings.now()}
                store.decide(connection, numbers, accept=accepted, **given)
        found = store.rule_outcomes(connection) if rules else store.list_explanations(connection, only_open=not every)
    if as_json:
        print_json(records(found))
    elif rules:
        shown = found.assign(is_candidate=found["is_candidate"].map({True: "可考虑停用", False: ""}))
        columns = {"rule": "规则", "matters": "事项", "townships": "乡镇", "mended": "已改正", "explained": "已说明"}
        columns |= {"accepted": "已认可", "refused": "未认可", "is_candidate": "建议"}
        print_table(shown[list(columns)].rename(columns=columns), "规则成效")
    else:
        shown = found.assign(state=found["state"].map(store.STATES))
        columns = {"explanation_id": "编号", "township": "乡镇", "rule": "规则", "message": "问题", "said": "说明"}
        columns |= {"state": "状态", "decided_by": "核定人", "decision": "意见"}
        print_table(shown[list(columns)].rename(columns=columns), "说明")


def explain(
    submission: Annotated[int, typer.Argument(help="报送编号。")],
    finding: Annotated[int, typer.Argument(help="问题序号。")],
    said: Annotated[str, typer.Argument(help="说明。")],
    by: Person = "",
) -> None:
    """The county explains a warning itself."""
    from warehouse.duty.explanations import explain as store  # noqa: PLC0415

    with _transaction() as (settings, connection):
        number = store(connection, submission, finding, said, person=_person(by, settings), at=settings.now())
    typer.echo(f"第 {number} 号说明已记录并认可。")


def contacts(
    file: Annotated[Path, typer.Argument(help="CSV：township_code,name,mail,notify_url,valid_from,valid_to。")],
) -> None:
    """Load the contacts."""
    from warehouse.connection import Warehouse  # noqa: PLC0415
    from warehouse.duty.contacts import load_contacts, read_contacts  # noqa: PLC0415
    from warehouse.registry import read_register  # noqa: PLC0415

    with _transaction() as (settings, connection):
        known = read_contacts(file, read_register(Warehouse(settings.warehouse_url)))
        load_contacts(connection, known)
    typer.echo(f"联系人 {len(known)} 人，覆盖 {len({one.township_code for one in known})} 个乡镇（街道）。")


def alerts(
    every: Annotated[bool, typer.Option("--all", help="已消除的也列出。")] = False,
    take: Annotated[int | None, typer.Option("--take", help="接手第几号预警。")] = None,
    by: Person = "",
    as_json: Json = False,
) -> None:
    """What is wrong now."""
    from publish.alerts import records  # noqa: PLC0415
    from warehouse.duty import alerts as store  # noqa: PLC0415

    with _transaction() as (settings, connection):
        if take is not None:
            store.take(connection, take, person=_person(by, settings), at=settings.now())
        found = store.list_alerts(connection, only_open=not every)
    if as_json:
        print_json(records(found))
    else:
        owners = {store.COUNTY: "县里", store.OPERATOR: "运维"}
        names = [
            name or owners.get(owner, owner) for name, owner in zip(found["township"], found["owner"], strict=True)
        ]
        severities = found["severity"].map(store.SEVERITIES)
        shown = found.assign(severity=severities, whose=names, points=found["points"].astype("float64").round(1))
        columns = {"alert_id": "编号", "severity": "程度", "points": "影响分值", "whose": "责任方", "title": "预警"}
        columns |= {"detail": "怎么办", "first_seen": "首次发现", "closed_at": "消除", "taken_by": "处理人"}
        print_table(shown[list(columns)].rename(columns=columns), "预警")
    raise typer.Exit(1 if found["closed_at"].isna().any() else 0)


def messages(
    every: Annotated[bool, typer.Option("--all", help="已发的也列出。")] = False,
    resend: Annotated[int | None, typer.Option("--resend", help="重发第几号消息。")] = None,
    by: Person = "",
    as_json: Json = False,
) -> None:
    """Messages that were not sent."""
    from publish.alerts import records  # noqa: PLC0415
    from warehouse.duty import messages as store  # noqa: PLC0415

    with _transaction() as (settings, connection):
        if resend is not None:
            store.send_again(connection, resend, person=_person(by, settings), now=settings.now())
        found = store.list_messages(connection, only_unsent=not every)
    if as_json:
        print_json(records(found))
        return
    shown = found.assign(state=found["state"].map(store.STATES))
    columns = {"message_id": "编号", "state": "状态", "address": "发给", "subject": "标题", "attempts": "尝试"}
    columns |= {"next_try_at": "下次", "last_error": "原因"}
    print_table(shown[list(columns)].rename(columns=columns), "消息")


def watch(
    platform: Annotated[bool, typer.Option(help="也自查平台（Airflow、磁盘、行数守恒）。")] = True,
    as_json: Json = False,
) -> None:
    """One look, and what waits is sent."""
    from publish.notices import watch as look  # noqa: PLC0415
    from taizhang.delivery import deliver  # noqa: PLC0415
    from taizhang.local import ensure_database  # noqa: PLC0415
    from taizhang.platform_watch import watch_platform  # noqa: PLC0415
    from warehouse.duty.messages import STATES  # noqa: PLC0415

    settings = Settings.load()
    ensure_database(settings)
    told = look(settings, settings.now())
    if platform:
        settled = watch_platform(settings)
        told["opened"], told["closed"] = told["opened"] + settled.opened, told["closed"] + settled.closed
    sent = dict(deliver(settings))
    if as_json:
        print_json(told | {"messages": sent})
        return
    typer.echo(f"{told['subject']}\n{told['text']}")
    states = "，".join(f"{STATES[state]} {number}" for state, number in sent.items()) or "没有要发的"
    typer.echo(f"新预警 {len(told['opened'])} 条，消除 {len(told['closed'])} 条；消息：{states}。")
