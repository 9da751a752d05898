"""Workbooks made for one test each: a valid return in which a test changes what it is about."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from catalogue import Form, load
from catalogue.returns import ReturnBatch
from ingest.workbook import ReceivedFile, read_batch

COVER = [
    ["表单版本", 1],
    ["行政区划代码", "431230104"],
    ["乡镇名称", "银溪镇"],
    ["报送期", "2025-03"],
    ["填报人", "吴静"],
    ["联系电话", "13900000000"],
    ["审核人", "金涛"],
    ["填报日期", date(2025, 4, 2)],
]
PROFILE = [
    [label, value]
    for label, value in zip(
        [
            "户籍人口",
            "代表名额",
            "实有代表数",
            "辖区县级代表数",
            "主席团成员数",
            "代表小组数",
            "代表之家数",
            "代表联络站数",
            "人大主席专职",
            "人大工作人员数",
            "人大工作经费(元)",
            "代表活动经费(元)",
        ],
        [30000, 65, 64, 8, 9, 6, 1, 3, "是", 2, 50000, 30000],
        strict=True,
    )
]
MEETING = ["日期", "议题", "应到", "实到", "有会议记录"]
ARTICLE = ["稿件标题", "投稿日期", "采用级别", "媒体"]
Sheets = dict[str, list[list[Any]]]


def form() -> Form:
    return load().current_form


def sheets(**changed: list[list[Any]] | None) -> Sheets:
    """All sheets of a valid return, by label; `changed` names sheets by their code, None leaves one out."""
    found: Sheets = {}
    for sheet in form().sheets:
        if sheet.code == "cover":
            rows: list[list[Any]] | None = COVER
        elif sheet.code == "profile":
            rows = PROFILE
        else:
            rows = [[field.label for field in sheet.fields]]
        rows = changed.get(sheet.code, rows)
        if rows is not None:
            found[sheet.label] = [list(row) for row in rows]
    return found


def make_xlsx(path: Path, content: Sheets, adapt: Callable[[Any], None] | None = None) -> Path:
    """The workbook on disk; `adapt` may change the openpyxl workbook before it is saved."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in content.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if adapt:
        adapt(book)
    book.save(path)
    return path


def repack(path: Path, change: Callable[[str, bytes], bytes | None], **added: bytes) -> Path:
    """The same zip with every part changed (None drops it) and others added (sep_arated by double underscores)."""
    target = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = change(item.filename, old.read(item))
            if content is not None:
                new.writestr(item.filename, content)
        for name, content in added.items():
            new.writestr(name.replace("__", "/"), content)
    path.write_bytes(target.getvalue())
    return path


def read(*paths: Path, workers: int = 1, received: datetime = datetime(2025, 4, 3, 9, 0)) -> ReturnBatch:
    catalogue = load()
    files = [ReceivedFile(path, f"inbox/{path.name}", "0" * 64, received) for path in paths]
    return read_batch(files, catalogue.current_form, catalogue.synonyms, workers=workers)


def rules(batch: ReturnBatch, *, info: bool = False) -> list[tuple[str, str | None]]:
    """Every finding of the reader as rule and what it is about; C07 only when asked for."""
    cells = batch.cells if info else batch.cells[batch.cells["rule"] != "C07"]
    found = list(zip(batch.structure["rule"], batch.structure["observed"], strict=True))
    return found + list(zip(cells["rule"], cells["field"], strict=True))
