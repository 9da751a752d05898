"""What may be entered into a field: drop-down, limits, number format and the Chinese words beside the cell."""

from __future__ import annotations

import re
from typing import Any

from catalogue import Field, Sheet
from catalogue.periods import Period

FLAG_WORDS = ("是", "否")
NUMBER_FORMATS = {
    "text": "General",
    "code": "@",
    "choice": "General",
    "flag": "General",
    "date": "yyyy-mm-dd",
    "count": "0",
    "number": "General",
    "money_yuan": "#,##0.##",
    "rate": "0.0%",
}
TYPE_WORDS = {
    "text": "文字",
    "code": "编号（按原文照填，不要加空格）",
    "choice": "从下拉框选择",
    "flag": "选“是”或“否”",
    "date": "日期，如 {date}",
    "count": "非负整数，只填数字，不带单位，不填约数",
    "number": "数字，不带单位",
    "money_yuan": "金额，单位元，只填数字",
    "rate": "百分比，如 96%",
}
# what the catalogue's English notes mean to a clerk, by sheet.field
HINTS = {
    "cover.form_version": "已填好，请勿改动",
    "cover.township_code": "9 位数字，已填好的请勿改动",
    "cover.period": "年-月，如 {period}",
    "profile.work_fund_yuan": "全年预算数，单位元",
    "profile.deputy_fund_yuan": "全年预算数，单位元",
    "congress_session.days": "可填半天：0.5、1、1.5",
    "suggestion.result": "A 已解决，B 正在解决，C 列入计划，D 留作参考",
    "deputy_record.peer_score": "0 至 100 分，每月填",
    "deputy_record.voter_score": "0 至 100 分，每季度最后一个月填",
}
_RANGE = re.compile(r"(\d+)\.\.(\d+)")
_MESSAGE_LONGEST, _TITLE_LONGEST = 255, 32


def describe(sheet: Sheet, field: Field, period: Period) -> str:
    """What to enter, in Chinese."""
    hint = HINTS.get(f"{sheet.code}.{field.code}", TYPE_WORDS[field.type])
    words = hint.format(date=period.first_day.isoformat(), period=period.text)
    if is_event_date(sheet, field):
        words += f"；首次填报的应在{period.chinese}之内，以前报过的保留原日期"
    if field.references:
        words += "；填“监督活动”表中的活动编号，没有就空着"
    return words


def is_event_date(sheet: Sheet, field: Field) -> bool:
    """True for the dates rule R01 speaks of."""
    return field.code == sheet.event_date


def validation(sheet: Sheet, field: Field, period: Period) -> dict[str, Any]:
    """The data validation of the field's cells, as xlsxwriter takes it; every one carries an input message."""
    rule = _limits(sheet, field, period)
    told = describe(sheet, field, period)
    required = "必填。" if field.required else ""
    return {
        "ignore_blank": True,
        "input_title": field.label[:_TITLE_LONGEST],
        "input_message": f"{required}{told}。"[:_MESSAGE_LONGEST],
        "error_title": "请核对",
        "error_message": f"“{field.label}”应填：{told}。"[:_MESSAGE_LONGEST],
        **rule,
    }


def _limits(sheet: Sheet, field: Field, period: Period) -> dict[str, Any]:
    if field.type == "date":
        return _date_limits(sheet, field, period)
    found = _RANGE.search(field.note or "")
    least: dict[str, Any] = {"validate": "decimal", "criteria": ">=", "value": 0}
    score: dict[str, Any] = {"validate": "decimal", "criteria": "between"}
    score |= {"minimum": int(found[1]), "maximum": int(found[2])} if found else {}
    limits: dict[str, dict[str, Any]] = {
        "choice": {"validate": "list", "source": list(field.choices)},
        "flag": {"validate": "list", "source": list(FLAG_WORDS)},
        "count": {"validate": "integer", "criteria": ">=", "value": 0},
        "rate": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1},
        "money_yuan": least,
        "number": score if found else least,
    }
    return limits.get(field.type, {"validate": "any"})


def _date_limits(sheet: Sheet, field: Field, period: Period) -> dict[str, Any]:
    if not is_event_date(sheet, field):
        return {"validate": "date", "criteria": ">=", "value": "=1", "error_type": "warning"}
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": period.first_day,
        "maximum": period.last_day,
        "error_type": "warning",
        "error_message": f"日期不在{period.chinese}之内。以前月份报过的事项请保留原日期，选“是”继续；否则请改正。",
    }
