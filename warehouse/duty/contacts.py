"""Whom reminders reach: a dated list beside the register, kept in schema restricted."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, text

from catalogue.errors import Refusal
from catalogue.register import Register
from warehouse.copying import copy_frame
from warehouse.duty.messages import Address

COLUMNS = ("township_code", "name", "mail", "notify_url", "valid_from", "valid_to")


@dataclass(frozen=True)
class Contact:
    """A person a township is reached through, from a day on."""

    township_code: str
    name: str
    mail: str | None
    notify_url: str | None
    valid_from: date
    valid_to: date | None


def read_contacts(path: Path, register: Register) -> list[Contact]:
    """The contacts in a CSV file with COLUMNS (UTF-8 or GB18030). Raises Refusal naming line and fix."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refusal(f"联系人表 {path} 无法读取（{error.strerror}），请检查路径。") from None
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = data.decode("gb18030", errors="replace")
    rows = list(csv.DictReader(io.StringIO(content)))
    if missing := [name for name in COLUMNS if rows and name not in rows[0]]:
        raise Refusal(f"联系人表 {path} 缺少 {', '.join(missing)} 列；应有 {', '.join(COLUMNS)}。")
    return [_contact(row, number, register) for number, row in enumerate(rows, start=2)]


def _contact(row: dict[str, str], line: int, register: Register) -> Contact:
    cell = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if not register.known(cell["township_code"]):
        raise Refusal(f"联系人表第 {line} 行：{cell['township_code'] or '空代码'} 不在乡镇名录中。")
    if not cell["name"] or not (cell["mail"] or cell["notify_url"]):
        raise Refusal(f"联系人表第 {line} 行：应有姓名，并有邮箱（mail）或通知地址（notify_url）。")
    if cell["mail"] and ("@" not in cell["mail"] or any(mark in cell["mail"] for mark in " ,;<>\r\n")):
        raise Refusal(f"联系人表第 {line} 行：“{cell['mail']}”不是一个邮箱地址。")
    try:
        first = date.fromisoformat(cell["valid_from"])
        last = date.fromisoformat(cell["valid_to"]) if cell["valid_to"] else None
    except ValueError:
        raise Refusal(f"联系人表第 {line} 行：valid_from、valid_to 应写成 2016-01-31 这样的日期。") from None
    if last is not None and last < first:
        raise Refusal(f"联系人表第 {line} 行：valid_to 早于 valid_from。")
    return Contact(cell["township_code"], cell["name"], cell["mail"] or None, cell["notify_url"] or None, first, last)


def load_contacts(connection: Connection, contacts: list[Contact]) -> None:
    """restricted.contact holds exactly the contacts once the caller commits."""
    connection.execute(text("delete from restricted.contact"))
    rows = [[getattr(one, name) for name in COLUMNS] for one in contacts]
    copy_frame(connection, "restricted.contact", pd.DataFrame(rows, columns=list(COLUMNS), dtype=object))


def addresses(connection: Connection, day: date, *, by_mail: bool = True) -> dict[str, tuple[Address, ...]]:
    """Township -> where it is reached on the day, each address once; mail only where there is a mail server."""
    rows = connection.execute(text(_ADDRESSES), {"day": day})
    found: dict[str, dict[Address, None]] = {}
    for row in rows:
        own = found.setdefault(row.township_code, {})
        if row.mail and by_mail:
            own[Address("mail", row.mail)] = None
        if row.notify_url:
            own[Address("apprise", row.notify_url)] = None
    return {code: tuple(own) for code, own in found.items() if own}


_ADDRESSES = """
select township_code, mail, notify_url from restricted.contact
where valid_from <= :day and coalesce(valid_to, 'infinity'::date) >= :day
order by township_code, valid_from, name
"""
