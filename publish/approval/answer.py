"""The approver's answer from Airflow, read strictly: what cannot be understood is asked again, never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from catalogue.approval import Change
from catalogue.errors import Refusal
from catalogue.runs import RunDocument
from warehouse.lifecycle.approvals import Decision

APPROVE, REFUSE = "批准", "不批准"
OPTIONS = (APPROVE, REFUSE)
_LINE = re.compile(r"(?P<unit>\S+?)[\s，,：:]+(?P<word>不推荐|推荐)[\s，,：:]+(?P<reason>\S.*)")


def read_answer(document: RunDocument, answer: Mapping[str, Any], zone: ZoneInfo) -> Decision:
    """The decision in the response of an Airflow HITL operator (chosen_options, params_input, responded_...).

    Raises Refusal naming what is not understood, and when nobody has signed the answer.
    """
    person = answer.get("responded_by_user") or {}
    if not person.get("id"):
        raise Refusal("答复没有署名：请登录后在 Airflow 页面答复。")
    given = {str(key): str(value or "").strip() for key, value in (answer.get("params_input") or {}).items()}
    chosen = list(answer["chosen_options"])
    if chosen not in ([APPROVE], [REFUSE]):
        raise Refusal(f"请只选“{APPROVE}”或“{REFUSE}”。")
    approved = chosen == [APPROVE]
    if not approved and not given.get("reason"):
        raise Refusal("不批准要写明理由。")
    at = answer["responded_at"]
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    changes = read_changes(document, given.get("changes", "")) if approved else ()
    return Decision(
        run_id=document.run_id,
        decision="approved" if approved else "refused",
        decided_by=str(person["id"]),
        decided_at=at,
        decided_on=at.astimezone(zone).date(),
        reason=given.get("reason", ""),
        changes=changes,
        approval_number=(given.get("approval_number") or None) if approved else None,
        document_number=(given.get("document_number") or None) if approved else None,
    )


def read_changes(document: RunDocument, text: str) -> tuple[tuple[Change, str], ...]:
    """One change a line: unit (name or code), 推荐 or 不推荐, reason. With each the township the unit belongs to.

    Raises Refusal naming the first line that is not understood, a unit that is none or named twice, or a unit with a
    veto that is to be recommended.
    """
    found: dict[str, tuple[Change, str]] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        match = _LINE.fullmatch(line)
        if match is None:
            raise Refusal(f"推荐调整“{line}”看不懂：一行写一个，依次写单位、推荐或不推荐、理由，中间空格。")
        units = [unit for unit in document.units if match["unit"] in (unit.code, unit.name)]
        if len(units) != 1:
            how = "有多个同名，请写代码" if units else "不在本次测算中"
            raise Refusal(f"推荐调整中的“{match['unit']}”{how}。")
        unit = units[0]
        if unit.code in found:
            raise Refusal(f"推荐调整中{unit.name}写了两次。")
        recommended = match["word"] == "推荐"
        if recommended and unit.vetoes:
            raise Refusal(f"{unit.name}有一票否决事项，不能推荐。")
        found[unit.code] = (Change(unit.code, recommended, match["reason"].strip()), unit.township_code)
    return tuple(found[code] for code in sorted(found))
