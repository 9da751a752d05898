"""Real workbooks from the few words of a case: a small clean return, and what the case changes in it.

Words of a return besides `period`, `received` and what is expected of it:

cover, profile   field code -> value; null empties the cell; `township_code` may be one of WRITTEN
<sheet code>     rows, each a mapping of what differs from a clean row (null empties a cell; `times: 55` repeats it with
                 {n} counted up) or a list of cells as they stand. Header in row 1, so the first row is row 2.
                 An event sheet not named is left out
without          sheet code -> field codes whose column (or label) is left out; or `all` for the whole sheet
columns          sheet code -> unknown columns, label -> values
sheets           name of a further sheet -> its lines
file             bytes: TEXT | cut: SHARE | password: TEXT | document: true | named: SUFFIX
A cell may be {formula: =1/0, stored: '#DIV/0!'}.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from rule_cases import Return, day_after

from catalogue import Sheet, load
from catalogue.periods import Period

FORM = load().current_form
OPTIONS = {"default_date_format": "yyyy-mm-dd", "strings_to_numbers": False, "strings_to_formulas": False}
NOT_SHEETS = ("without", "columns", "sheets", "file")

# Titles that are nothing like one another, so that S02 speaks only where a case wants it.
TOPICS = ("春耕备耕生产", "河道清淤与防洪", "校车运行安全", "农贸市场食品卫生", "敬老院消防", "乡村公路养护")

PROFILE: dict[str, Any] = {
    "population_registered": 13500,
    "deputy_quota": 54,
    "deputy_in_office": 54,
    "county_deputy_resident": 5,
    "presidium_member_count": 9,
    "deputy_group_count": 4,
    "liaison_home_count": 1,
    "liaison_station_count": 5,
    "chair_fulltime_flag": "是",
    "congress_staff_count": 2,
    "work_fund_yuan": 20000,
    "deputy_fund_yuan": 10000,
}
# A clean row by sheet. A number stands for that day of the reported month; {n} is the row's number on its sheet.
DAYS: dict[str, dict[str, int]] = {
    "congress_session": {"start_date": 20, "end_date": 20, "notice_date": 10, "material_date": 18},
    "presidium_meeting": {"meeting_date": 6},
    "other_meeting": {"meeting_date": 7},
    "supervision_activity": {"start_date": 12, "end_date": 12},
    "hazard": {"found_date": 12},
    "suggestion": {"raised_date": 5, "assigned_date": 10},
    "deputy_activity": {"activity_date": 14},
    "petition": {"received_date": 11},
    "article": {"submitted_date": 17},
}
ROWS: dict[str, dict[str, Any]] = {
    "congress_session": {
        "title": "第{n}次会议",
        "days": 1,
        "expected": 54,
        "present": 50,
        "reports_heard": 3,
        "government_report_flag": "是",
        "presidium_report_flag": "是",
        "budget_report_flag": "是",
        "resolutions": 3,
        "bills_received": 2,
        "bills_adopted": 1,
    },
    "presidium_meeting": {"topic": "{topic}", "expected": 9, "present": 8, "minutes_flag": "是"},
    "other_meeting": {"kind": "代表座谈会", "title": "{topic}", "participants": 10},
    "supervision_activity": {
        "activity_no": "JD-{n}",
        "kind": "视察",
        "topic": "{topic}",
        "deputy_participants": 12,
        "target_unit": "镇政府",
        "opinions_issued": 2,
        "opinions_replied": 1,
    },
    "hazard": {
        "hazard_no": "YH-{n}",
        "category": "消防",
        "severity": "一般",
        "place": "第{n}加工点",
        "description": "{topic}",
        "status": "待整改",
    },
    "suggestion": {
        "suggestion_no": "JY-{n}",
        "kind": "建议",
        "title": "{topic}",
        "lead_deputy": "李四",
        "cosigners": 2,
        "handler": "镇政府",
        "extended_flag": "否",
    },
    "deputy_activity": {
        "kind": "学习培训",
        "title": "{topic}",
        "invited": 20,
        "attended": 18,
        "people_served": 0,
        "households_visited": 0,
    },
    "deputy_record": {
        "deputy_no": "D-{n}",
        "deputy_name": "代表{n}",
        "deputy_group": "第一小组",
        "meetings_attended": 1,
        "peer_score": 90,
    },
    "petition": {"petition_no": "XF-{n}", "category": "土地", "status": "受理"},
    "article": {"title": "{topic}", "adopted_level": "未采用", "outlet": "县报"},
    "reported_total": {"indicator": "人代会次数", "this_month": 0, "year_to_date": 0},
}

# Other ways to write a township's own code on the cover.
WRITTEN: dict[str, Callable[[str], Any]] = {
    "in full width": lambda code: " ".join(chr(ord(digit) + 0xFEE0) for digit in code),
    "as a number": int,
}


def write_return(path: Path, given: Return, code: str, name: str) -> Path:
    """The return as a file; the path written, whose suffix the case may choose."""
    manner = given.content.get("file") or {}
    if "named" in manner:
        path = path.with_suffix(manner["named"])
    if "bytes" in manner:
        data = (manner["bytes"] + (code if manner["bytes"] else "")).encode()
    elif manner.get("document"):
        data = _document(code)
    else:
        data = _workbook(given, code, name)
    if "cut" in manner:
        data = data[: int(len(data) * manner["cut"])]
    if "password" in manner:
        data = _encrypted(data, manner["password"])
    path.write_bytes(data)
    return path


def _workbook(given: Return, code: str, name: str) -> bytes:
    content = given.content
    without = content.get("without") or {}
    columns = content.get("columns") or {}
    unknown = set(content) - {"cover", "profile", *NOT_SHEETS} - set(ROWS)
    if unknown:
        raise ValueError(f"a return of a case knows no {', '.join(sorted(unknown))}")
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS | {"in_memory": True}) as book:
        for sheet in FORM.sheets:
            left_out = without.get(sheet.code, [])
            if left_out == "all":
                continue
            fields = [field for field in sheet.fields if field.code not in left_out]
            if sheet.layout == "key_value":
                values = _cover(given, code, name) if sheet.code == "cover" else dict(PROFILE)
                values |= content.get(sheet.code) or {}
                if values.get("township_code") in WRITTEN:
                    values["township_code"] = WRITTEN[values["township_code"]](code)
                page = book.add_worksheet(sheet.label)
                for line, field in enumerate(fields):
                    _write(page, line, 0, field.label)
                    _write(page, line, 1, values.get(field.code))
                for line, (label, value) in enumerate(columns.get(sheet.code, {}).items(), start=len(fields)):
                    _write(page, line, 0, label)
                    _write(page, line, 1, value)
            elif sheet.required or sheet.code in content:
                page = book.add_worksheet(sheet.label)
                labels = [field.label for field in fields] + list(columns.get(sheet.code, {}))
                page.write_row(0, 0, labels)
                for line, row in enumerate(_rows(sheet, content.get(sheet.code) or [], given.period), start=1):
                    cells = row if isinstance(row, list) else [row.get(field.code) for field in fields]
                    more = [values[line - 1] for values in columns.get(sheet.code, {}).values() if line <= len(values)]
                    for place, value in enumerate([*cells, *more]):
                        _write(page, line, place, value)
        for title, lines in (content.get("sheets") or {}).items():
            page = book.add_worksheet(title)
            for line, cells in enumerate(lines):
                for place, value in enumerate(cells):
                    _write(page, line, place, value)
    return target.getvalue()


def _cover(given: Return, code: str, name: str) -> dict[str, Any]:
    return {
        "form_version": 1,
        "township_code": code,
        "township_name": name,
        "period": given.period,
        "prepared_by": "张三",
        "phone": f"{given.received:%m%d-%H%M%S}",  # two versions are never the same bytes
        "approved_by": "王五",
        "prepared_on": day_after(given.period),
    }


def _rows(sheet: Sheet, given: list[Any], period: str) -> list[Any]:
    rows: list[Any] = []
    first = Period.parse(period).first_day
    for entry in given:
        if isinstance(entry, list):
            rows.append(entry)
            continue
        changes = dict(entry or {})
        for _ in range(changes.pop("times", 1)):
            number = len(rows) + 1
            clean = {code: first.replace(day=day) for code, day in DAYS.get(sheet.code, {}).items()}
            values = clean | ROWS[sheet.code] | changes
            strange = set(values) - {field.code for field in sheet.fields}
            if strange:
                raise ValueError(f"{sheet.code} has no {', '.join(sorted(strange))}")
            words = {"n": number, "topic": TOPICS[(number - 1) % len(TOPICS)]}
            rows.append({key: _filled(value, words) for key, value in values.items()})
    return rows


def _filled(value: Any, words: dict[str, Any]) -> Any:
    if not isinstance(value, str):
        return value
    for word, text in words.items():
        value = value.replace(f"{{{word}}}", str(text))
    return value


def _write(page: Any, line: int, place: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, dict):
        page.write_formula(line, place, value["formula"], None, value["stored"])
    elif isinstance(value, date | datetime):
        page.write_datetime(line, place, value)
    elif isinstance(value, str):
        page.write_string(line, place, value)
    else:
        page.write_number(line, place, value)


def _document(code: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document>{code}</w:document>")
    return target.getvalue()


def _encrypted(data: bytes, password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415  heavy, one case needs it

    target = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, target)
    return target.getvalue()
