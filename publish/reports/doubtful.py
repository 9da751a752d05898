"""The workbook in which an analyst says of doubtful facts whether they are right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from catalogue.errors import Refusal
from catalogue.lexicon import load_lexicon
from catalogue.narrative import DECISION_COLUMNS, DECISION_WORDS
from publish.reports import Place
from warehouse.archive import read_text
from warehouse.connection import Warehouse
from warehouse.generation import SQL

_WIDTHS = (10, 9, 26, 16, 10, 7, 34, 60, 8, 10, 24, 0, 0)
_AROUND = 40


def write_doubtful(settings: Place, target: Path) -> int:
    """The workbook with all facts that wait is at `target`; how many there are (with none nothing is written).

    Raises Refusal when it cannot be written.
    """
    rows = Warehouse(settings.warehouse_url).query(SQL / "reports" / "doubtful.sql").to_dict("records")
    if not rows:
        return 0
    try:
        with xlsxwriter.Workbook(str(target), {"constant_memory": False}) as book:
            _fill(book, [_line(settings, row) for row in rows])
    except (OSError, FileCreateError) as error:
        raise Refusal(f"{target} 无法写入（{error}），请关闭打开的文件或换一个位置。") from None
    return len(rows)


def _line(settings: Place, row: dict[Any, Any]) -> list[Any]:
    text = read_text(settings.archive, row["sha256"], row["text_sha256"])
    start, end = int(row["start_offset"]), int(row["end_offset"])
    context = "".join(text[max(0, start - _AROUND) : end + _AROUND].split())
    label = load_lexicon().indicators[row["indicator"]].label
    return [
        row["township"] or "不明", row["period"] or "不明", row["document"], label, row["value"], row["unit"] or "",
        row["quote"], context, row["confidence"], "", "", row["indicator"], row["sha256"],
    ]  # fmt: skip


def _fill(book: Any, lines: list[list[Any]]) -> None:
    sheet = book.add_worksheet("待确认")
    head = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "valign": "top"})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    share = book.add_format({"border": 1, "valign": "top", "num_format": "0%"})
    ask = book.add_format({"border": 1, "valign": "top", "bg_color": "#FFF2CC"})
    for column, (name, width) in enumerate(zip(DECISION_COLUMNS, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width or 9, None, {"hidden": width == 0})
        sheet.write_string(0, column, name, head)
    verdict, note, sure = (DECISION_COLUMNS.index(name) for name in ("结论", "备注", "把握"))
    for number, line in enumerate(lines, start=1):
        for column, value in enumerate(line):
            style = ask if column in (verdict, note) else share if column == sure else cell
            if isinstance(value, str):
                sheet.write_string(number, column, value, style)
            else:
                sheet.write_number(number, column, value, style)
    sheet.data_validation(
        1, verdict, len(lines), verdict,
        {"validate": "list", "source": list(DECISION_WORDS), "error_message": "请选择“对”或“错”，还没看的留空。"},
    )  # fmt: skip
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(lines), note)
