"""For the analyst: runs and where they stand, objections, the audit trail; for the operator: who may log in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from catalogue.errors import Refusal
from taizhang.commands.output import Json, print_json, print_table
from taizhang.settings import Settings

if TYPE_CHECKING:
    from warehouse.connection import Warehouse

By = Annotated[str | None, typer.Option("--by", help="经办人；默认为设置 TAIZHANG_PERSON 或本机账号。")]
Run = Annotated[int, typer.Argument(help="第几次测算。")]

runs = typer.Typer(help="测算：有哪些、到了哪一步、更正会改变什么、填文号。", no_args_is_help=True)
objection = typer.Typer(help="异议：登记、答复、查看。", no_args_is_help=True)
audit = typer.Typer(help="审计链：核对、查看。", no_args_is_help=True)
user = typer.Typer(help="Airflow 页面的用户：审批至少要两个人。", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """The groups runs, objection, audit and user."""
    for name, group in (("runs", runs), ("objection", objection), ("audit", audit), ("user", user)):
        app.add_typer(group, name=name)


# --- runs ------------------------------------------------------------------------------------------------------------


@runs.command("list", help="所有测算，最新的在前。")
def list_runs(as_json: Json = False) -> None:
    """Every run and where it stands."""
    from warehouse.lifecycle.stages import LABELS, list_states  # noqa: PLC0415

    with _warehouse().transaction() as connection:
        found = list_states(connection)
    if as_json:
        print_json(found.to_dict("records"))
        return
    found["stage"] = found["stage"].map(LABELS)
    found["created_at"] = [
        moment.astimezone(Settings.load().zone).strftime("%Y-%m-%d %H:%M") for moment in found["created_at"]
    ]
    found["superseded_by"] = found["superseded_by"].map(lambda run: f"第 {run:.0f} 次", na_action="ignore")
    names = {"run_id": "测算", "period": "期间", "rubric": "办法", "stage": "阶段", "created_at": "生成时间"}
    names |= {"self_check_until": "自查到", "objections_until": "公示到", "superseded_by": "被取代"}
    print_table(found[list(names)].rename(columns=names), "测算")


@runs.command("show", help="一次测算：各单位名次，以及更正会改变什么。")
def show_run(run: Run) -> None:
    """What the approver would be shown."""
    from publish.release import ask_for_approval  # noqa: PLC0415

    _warehouse()
    page = ask_for_approval(Settings.load(), run)
    typer.echo(f"{page['subject']}\n\n{page['body']}")


@runs.command("compare", help="两次测算之间变了什么：分项、得分、名次、推荐、文件。")
def compare_runs(before: Run, after: Run) -> None:
    """What moves from the one to the other."""
    from publish.approval.correction import tell_correction  # noqa: PLC0415
    from warehouse.assessment import read_run  # noqa: PLC0415
    from warehouse.lifecycle.publications import newest_files  # noqa: PLC0415

    warehouse = _warehouse()
    with warehouse.transaction() as connection:
        given_out = newest_files(connection, before, "final")
    for line in tell_correction(read_run(warehouse, before), read_run(warehouse, after), given_out):
        typer.echo(line)


@runs.command("number", help="填批准文号、发文字号、成文日期；填后重新触发 publish 生成新的一版。")
def number(
    run: Run,
    approval_number: Annotated[str | None, typer.Option(help="批准文号；有了它才可以称“表彰”。")] = None,
    document_number: Annotated[str | None, typer.Option(help="发文字号。")] = None,
    issued_on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="成文日期。")] = None,
    by: By = None,
) -> None:
    """The numbers stand from now on."""
    from warehouse.lifecycle.approvals import enter_paper  # noqa: PLC0415

    if not (approval_number or document_number or issued_on):
        raise Refusal("请写 --approval-number、--document-number 或 --issued-on。")
    with _warehouse().transaction() as connection:
        enter_paper(
            connection,
            run,
            Settings.load().acting(by),
            approval_number=approval_number,
            document_number=document_number,
            issued_on=issued_on.date() if issued_on else None,
        )
    typer.echo(f"第 {run} 次测算的文号已填。")


# --- objections ------------------------------------------------------------------------------------------------------


@objection.command("add", help="登记乡镇对一次测算的异议。")
def add_objection(
    run: Run,
    told: Annotated[str, typer.Argument(help="异议内容和理由。")],
    township: Annotated[str, typer.Option(help="行政区划代码。")],
    lodged_by: Annotated[str, typer.Option("--from", help="提出人或单位。")],
    item: Annotated[str | None, typer.Option(help="考评项目代码；不写表示对整体。")] = None,
    by: By = None,
) -> None:
    """The objection stands, bound to the run."""
    from warehouse.lifecycle.objections import lodge  # noqa: PLC0415

    settings = Settings.load()
    today = datetime.now(settings.zone).date()
    with _warehouse().transaction() as connection:
        number = lodge(
            connection,
            run,
            township=township,
            item=item,
            lodged_by=lodged_by,
            told=told,
            person=Settings.load().acting(by),
            today=today,
        )
    typer.echo(f"已登记为第 {number} 号异议，针对第 {run} 次测算。")


@objection.command("answer", help="答复一个异议；采纳的要更正数据后重新测算。")
def answer_objection(
    number: Annotated[int, typer.Argument(help="第几号异议。")],
    told: Annotated[str, typer.Argument(help="答复内容和理由。")],
    upheld: Annotated[bool, typer.Option("--uphold/--dismiss", help="采纳或不采纳。")],
    by: By = None,
) -> None:
    """The answer stands."""
    from warehouse.lifecycle.objections import answer  # noqa: PLC0415

    with _warehouse().transaction() as connection:
        run = answer(
            connection,
            number,
            outcome="upheld" if upheld else "dismissed",
            told=told,
            person=Settings.load().acting(by),
        )
    after = f"；请更正数据后重新测算，第 {run} 次测算不能再批准" if upheld else ""
    typer.echo(f"第 {number} 号异议已答复：{'采纳' if upheld else '不采纳'}{after}。")


@objection.command("list", help="异议和答复。")
def list_objections(
    run: Annotated[int | None, typer.Argument(help="第几次测算；不写为全部。")] = None, as_json: Json = False
) -> None:
    """The objections to a run, or all."""
    from warehouse.lifecycle.objections import OUTCOMES  # noqa: PLC0415
    from warehouse.lifecycle.objections import list_objections as read  # noqa: PLC0415

    with _warehouse().transaction() as connection:
        found = read(connection, run)
    if as_json:
        print_json(found.to_dict("records"))
        return
    names = {"objection_id": "编号", "run_id": "测算", "township": "乡镇", "item": "项目", "told": "内容"}
    found["outcome"] = found["outcome"].map(OUTCOMES).fillna("未答复")
    names |= {"outcome": "处理", "answer": "答复"}
    print_table(found[list(names)].rename(columns=names), "异议")


# --- the audit trail -------------------------------------------------------------------------------------------------


@audit.command("verify", help="核对审计链：每条记录都没有被改动、删除或插入；断了就指出第一处。")
def verify_audit(
    noted: Annotated[
        str | None, typer.Option(help="以前记下的摘要（发布文件夹的审批记录中有），用来发现末尾被截去。")
    ] = None,
    as_json: Json = False,
) -> None:
    """Exit 1 at the first broken link."""
    from warehouse.lifecycle.audit import verify  # noqa: PLC0415

    found = verify(_warehouse(), noted)
    if as_json:
        print_json({"entries": found.entries, "newest": found.newest, "broken": found.broken, "reason": found.reason})
    elif found.broken is None:
        typer.echo(f"审计链完好：{found.entries} 条，最新摘要 {found.newest}")
    else:
        typer.echo(f"审计链在第 {found.broken} 条断开：{found.reason}。此前 {found.entries} 条完好。")
    if found.broken is not None:
        raise typer.Exit(1)


@audit.command("show", help="谁在什么时候对测算做了什么。")
def show_audit(
    run: Annotated[int | None, typer.Argument(help="第几次测算；不写为全部。")] = None, as_json: Json = False
) -> None:
    """The entries, oldest first."""
    from warehouse.lifecycle.audit import ACTIONS, entries, moment  # noqa: PLC0415

    with _warehouse().transaction() as connection:
        found = entries(connection, run)
    if as_json:
        print_json(found)
        return
    zone = Settings.load().zone
    for entry in found:
        said = entry["content"].get("reason") or entry["content"].get("told") or entry["content"].get("answer") or ""
        what = ACTIONS.get(entry["action"], entry["action"])
        at = moment(entry).astimezone(zone).strftime("%Y-%m-%d %H:%M")
        typer.echo(f"{entry['no']:>5}  {at}  {entry['person']}  第 {entry['run']} 次测算 {what}  {said}".rstrip())


# --- who may log in --------------------------------------------------------------------------------------------------


@user.command("add", help="增加一个用户，密码只显示这一次；taizhang up 之后生效。")
def add_user(
    name: Annotated[str, typer.Argument(help="登录名：字母和数字。")],
    role: Annotated[str, typer.Option(help="viewer 只看，user 可以经办和审批，op、admin 管理。")] = "user",
) -> None:
    """The person may log in after the next up."""
    from taizhang.local.people import add_person, passwords_file  # noqa: PLC0415

    settings = Settings.load()
    password = add_person(settings, name, role)
    typer.echo(f"用户 {name}，密码 {password}（保存在 {passwords_file(settings)}）。运行 taizhang up 之后可以登录。")


@user.command("remove", help="删除一个用户；taizhang up 之后生效。")
def remove_user(name: Annotated[str, typer.Argument(help="登录名。")]) -> None:
    """The person may not log in after the next up."""
    from taizhang.local.people import remove_person  # noqa: PLC0415

    remove_person(Settings.load(), name)
    typer.echo(f"用户 {name} 已删除。运行 taizhang up 之后生效。")


@user.command("list", help="谁可以登录。")
def list_users(as_json: Json = False) -> None:
    """Everybody who may log in."""
    from taizhang.local.people import people  # noqa: PLC0415

    found = people(Settings.load())
    if as_json:
        print_json(found)
        return
    for name, role in found.items():
        typer.echo(f"{name}  {role}")


def _warehouse() -> Warehouse:
    from taizhang.local import ensure_database  # noqa: PLC0415
    from warehouse.connection import Warehouse  # noqa: PLC0415

    return Warehouse(ensure_database(Settings.load()))
