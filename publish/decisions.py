"""What waits for a person's decision: requests for extension or exemption, and explanations of warnings.

A matter is `concession:12` (a request) or `explanations:431230001:57` (a township's open explanations up to number 57).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from catalogue.errors import Refusal
from publish.alerts import records
from warehouse.connection import Connection, Warehouse
from warehouse.duty import concessions, explanations, messages

YES, NO = "同意", "不同意"


class Place(Protocol):
    """What deciding needs to know of the settings."""

    @property
    def warehouse_url(self) -> str: ...


def waiting(settings: Place) -> list[str]:
    """Matters that await a decision and have not been put to a person yet; more explanations make a new matter."""
    with Warehouse(settings.warehouse_url).transaction() as connection:
        asked = concessions.list_concessions(connection, only_asked=True)
        said = explanations.list_explanations(connection, only_open=True)
        newest = said.groupby("township_code")["explanation_id"].max()
        matters = [f"concession:{number}" for number in sorted(asked["concession_id"])]
        matters += [f"explanations:{code}:{number}" for code, number in sorted(newest.items())]
        put = messages.told(connection, (f"asked_{matter}" for matter in matters))
    return [matter for matter in matters if f"asked_{matter}" not in put]


def describe(settings: Place, matter: str, now: datetime) -> dict[str, str] | None:
    """What the person reads (`subject`, `body` in Markdown); None when there is nothing to decide any more.

    From now on the matter has been put to a person, and `waiting` does not name it again.
    """
    with Warehouse(settings.warehouse_url).transaction() as connection:
        rows = _open(connection, matter)
        messages.note_told(connection, [f"asked_{matter}"], now)
    if not rows:
        return None
    whose = rows[0]["township"] or rows[0]["township_code"]
    if matter.startswith("concession:"):
        return {"subject": f"{whose} 申请{concessions.NAMES[rows[0]['kind']]}", "body": _request(rows[0])}
    lines = [f"| {n} | {_cell(row['message'])} | {_cell(row['said'])} |" for n, row in enumerate(rows, start=1)]
    head = ["“同意”即认可全部说明；个别不认可的，在“不认可的序号”里写明，理由必填。", ""]
    table = ["| 序号 | 问题 | 说明 |", "|---|---|---|", *lines]
    return {"subject": f"{whose} 的 {len(rows)} 条说明请核定", "body": "\n".join(head + table)}


def _request(row: Mapping[str, Any]) -> str:
    until = f"延至 {row['due_on']}" if row["due_on"] else "免报"
    months = row["first_period"] + (f" 至 {row['last_period']}" if row["last_period"] != row["first_period"] else "")
    asked = f"{row['asked_by']}，{row['asked_at']:%Y-%m-%d}"
    return f"- 报送期：{months}\n- 请求：{until}\n- 理由：{_cell(row['reason'])}\n- 申请人：{_cell(asked)}"


def _cell(words: str) -> str:
    return " ".join(str(words).replace("|", "／").split())


def answer(settings: Place, matter: str, given: Mapping[str, Any], now: datetime) -> str:
    """The person's answer to the request is recorded with who, when and why; a sentence about what was done.

    `given`: chosen_options, params_input (reason, except) and responded_by_user of Airflow. What has been decided
    meanwhile by other means stays as it is. Raises Refusal when the answer cannot be taken.
    """
    person, reason, is_yes = read_answer(given)
    with Warehouse(settings.warehouse_url).transaction() as connection:
        rows = _open(connection, matter)
        if not rows:
            return "已由他人决定，没有改动。"
        if matter.startswith("concession:"):
            concessions.decide(
                connection, int(rows[0]["concession_id"]), grant=is_yes, person=person, why=reason, at=now
            )
            return f"{person} {'准予' if is_yes else '不予准许'}：{reason}"
        refused = _numbers(given, len(rows)) if is_yes else set(range(1, len(rows) + 1))
        for accept in (True, False):
            chosen = [int(row["explanation_id"]) for n, row in enumerate(rows, 1) if (n not in refused) == accept]
            if chosen:
                explanations.decide(connection, chosen, accept=accept, person=person, why=reason, at=now)
        return f"{person} 认可 {len(rows) - len(refused)} 条，不认可 {len(refused)} 条：{reason}"


def check_answer(settings: Place, matter: str, given: Mapping[str, Any]) -> None:
    """Nothing is done. Raises Refusal when the answer could not be taken, so that the person is asked again."""
    _, reason, is_yes = read_answer(given)
    with Warehouse(settings.warehouse_url).transaction() as connection:
        rows = _open(connection, matter)
    refused = _numbers(given, len(rows)) if is_yes and matter.startswith("explanations:") else set()
    if (not is_yes or refused) and not reason:
        raise Refusal("不同意须写明理由。")


def read_answer(given: Mapping[str, Any]) -> tuple[str, str, bool]:
    """Who, why, and whether it is a yes. Raises Refusal when nobody is named."""
    user = given.get("responded_by_user") or {}
    person = str(user.get("name") or user.get("id") or "").strip()
    if not person:
        raise Refusal("不知道是谁的决定：请登录后再作答。")
    inputs = given.get("params_input") or {}
    return person, str(inputs.get("reason") or "").strip(), list(given["chosen_options"]) == [YES]


def _numbers(given: Mapping[str, Any], most: int) -> set[int]:
    words = str((given.get("params_input") or {}).get("except") or "")
    parts = words.replace("，", ",").replace("、", ",").replace(" ", ",").split(",")
    numbers = {int(part) if part.isdigit() else 0 for part in parts if part}
    if any(not 1 <= number <= most for number in numbers):
        raise Refusal(f"“不认可的序号”应是 1 到 {most} 的数，用逗号隔开。")
    return numbers


def _open(connection: Connection, matter: str) -> list[dict[str, Any]]:
    """The open rows of the matter, oldest first. Raises Refusal when it is no matter."""
    kind, _, rest = matter.partition(":")
    code, _, number = rest.rpartition(":")
    if kind not in ("concession", "explanations") or not number.isdigit() or (kind == "explanations") != bool(code):
        raise Refusal(f"“{matter}”不是待决定事项：应写作 concession:12 或 explanations:431230001:57。")
    if kind == "concession":
        listed = records(concessions.list_concessions(connection, only_asked=True))
        return [row for row in listed if row["concession_id"] == int(number)]
    listed = records(explanations.list_explanations(connection, only_open=True))
    mine = [row for row in listed if row["township_code"] == code and row["explanation_id"] <= int(number)]
    return mine[::-1]
