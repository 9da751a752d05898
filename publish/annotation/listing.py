"""The sheet 问题清单: one line per finding with a link to its cell, and the clerk's explanations kept across rounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from html import escape
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from catalogue.explanations import EXPLANATION, KEY, MESSAGE, RULE, SHEET, STANDING
from publish.annotation.entries import SEVERITIES, Entry
from publish.annotation.grid import Cell
from publish.annotation.markup import line_count, location, reference, sayable

COLUMNS = {
    "序号": 6,
    "级别": 10,
    RULE: 22,
    SHEET: 12,
    "单元格": 8,
    "发现的内容": 18,
    "应为": 18,
    MESSAGE: 34,
    "怎么改": 34,
    EXPLANATION: 26,
    STANDING: 14,
    KEY: 0,  # hidden; sorted along with its line
}
_LINE_POINTS, _LAST = 15.5, "L"
_STATES = {
    "open": "待县核定",
    "accepted": "县已认可，不用再处理",
    "refused": "县未认可",
    "changed": "数值已变，请重新说明",
}
_LONGEST = 400  # characters of a text in the list
Explanations = Mapping[tuple[str, ...], str]
Finder = Callable[[str], str | None]  # name of a sheet -> its tab's name in the file, None when it is not there


def list_sheet(
    entries: Sequence[Entry],
    lead: Sequence[str],
    looks: Mapping[str, int],
    *,
    namespace: str,
    find: Finder,
    explanations: Explanations,
    longest: int,
) -> tuple[bytes, dict[str, str]]:
    """The sheet's part, and the names to define for it (rows repeated in print, range of the filter).

    `lead`: the heading, then the lines under it. `longest`: how many findings are listed at most.
    """
    rows, links = _lead_rows(lead, looks), []
    head = len(rows) + 1
    rows.append(_row(head, 22, [_cell(head, i, name, looks["head"]) for i, name in enumerate(COLUMNS, start=1)]))
    alike = Counter(_loose(entry) for entry in entries)
    same = Counter(entry.key for entry in entries)
    for index, entry in enumerate(entries[:longest], start=1):
        row, tab = head + index, find(entry.sheet_name) if entry.sheet_name else None
        moved = explanations.get(_loose(entry), "") if alike[_loose(entry)] == 1 else ""
        said = explanations.get(_exact(entry), moved)
        texts = _texts(index, entry, explanations.get((entry.key,), said) if same[entry.key] == 1 else said, tab)
        rows.append(_line(row, texts, looks))
        links.extend(_links(row, entry, tab, find))
    last = head + max(1, min(len(entries), longest))
    if len(entries) > longest:
        said = f"另有 {len(entries) - longest} 条未列出，请先改正以上各条。"
        rows.append(_row(last + 1, 20, [_cell(last + 1, 1, said, looks["lead"])]))
    names = {"Print_Titles": f"${head}:${head}", "_FilterDatabase": f"$A${head}:${_LAST}${last}"}
    return _part(rows, links, (head, last), namespace).encode(), names


def _lead_rows(lead: Sequence[str], looks: Mapping[str, int]) -> list[str]:
    rows = []
    for number, line in enumerate(lead, start=1):
        look = looks["title" if number == 1 else "lead"]
        height = 26 if number == 1 else 4 + _LINE_POINTS * line_count(line, sum(COLUMNS.values()) - 8)
        rows.append(_row(number, height, [_cell(number, 1, sayable(line), look)]))
    return rows


def _part(rows: Sequence[str], links: Sequence[str], bounds: tuple[int, int], namespace: str) -> str:
    head, last = bounds
    merges = "".join(f'<mergeCell ref="A{number}:{_LAST}{number}"/>' for number in range(1, head))
    widths = enumerate(COLUMNS.values(), start=1)
    columns = "".join(_column(number, width) for number, width in widths)
    hyperlinks = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{namespace}">'
        '<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0">'
        f'<pane ySplit="{head}" topLeftCell="A{head + 1}" activePane="bottomLeft" state="frozen"/>'
        f'<selection pane="bottomLeft" activeCell="A{head + 1}" sqref="A{head + 1}"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{"".join(rows)}</sheetData>'
        f'<autoFilter ref="A{head}:{_LAST}{last}"/><mergeCells count="{head - 1}">{merges}</mergeCells>'
        f'{hyperlinks}<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter></worksheet>"
    )


def _column(number: int, width: int) -> str:
    hidden = "" if width else ' hidden="1"'
    return f'<col min="{number}" max="{number}" width="{width or 14}"{hidden} customWidth="1"/>'


def _texts(index: int, entry: Entry, explanation: str, tab: str | None) -> list[tuple[str, str]]:
    """Text and look of every column of a finding's line; what was said stands in it until other words do."""
    known = entry.standing
    texts = [
        (str(index), "centre"),
        (SEVERITIES[entry.severity], entry.severity),
        (f"{entry.rule} {entry.title}", "text"),
        (tab or entry.sheet_name, "link" if tab else "centre"),
        (reference(*entry.cell) if entry.cell else "", "link" if tab else "centre"),
        (entry.observed, "text"),
        (entry.expected, "text"),
        (entry.message, "text"),
        (entry.mend, "text"),
        ((known.text if known and not explanation else explanation), "note"),
        (_standing(entry, explanation), "centre"),
        (entry.key, "text"),
    ]
    return [(sayable(text, _LONGEST), look) for text, look in texts]


def _standing(entry: Entry, explanation: str) -> str:
    """What became of the explanation; why a finding that must be mended cannot be explained."""
    if entry.severity == "hard":
        return "不能以说明代替改正" if explanation else ""
    if entry.standing is None:
        return ""
    decision = f"：{entry.standing.decision}" if entry.standing.decision and entry.standing.state == "refused" else ""
    return _STATES.get(entry.standing.state, "") + decision


def _line(row: int, texts: Sequence[tuple[str, str]], looks: Mapping[str, int]) -> str:
    shown = [(text, width) for (text, _), width in zip(texts, COLUMNS.values(), strict=True) if width]
    lines = max(line_count(text, width - 2) for text, width in shown)
    cells = [_cell(row, i, text, looks[look]) for i, (text, look) in enumerate(texts, start=1)]
    return _row(row, min(400.0, 6 + _LINE_POINTS * lines), cells)


def _links(row: int, entry: Entry, tab: str | None, find: Finder) -> list[str]:
    if tab is None:
        named = find(entry.observed) if not entry.sheet_name and entry.observed else None
        return [_link(f"F{row}", named, (1, 1))] if named else []
    made = [_link(f"D{row}", tab, entry.link or entry.cell or (1, 1))]
    return [*made, _link(f"E{row}", tab, entry.cell)] if entry.cell else made


def _link(at: str, tab: str, cell: Cell) -> str:
    return f'<hyperlink ref="{at}" location="{escape(sayable(location(tab, *cell)))}"/>'


def _row(number: int, height: float, cells: Sequence[str]) -> str:
    return f'<row r="{number}" ht="{height:g}" customHeight="1">{"".join(cells)}</row>'


def _cell(row: int, column: int, text: str, look: int) -> str:
    if not text:
        return f'<c r="{reference(row, column)}" s="{look}"/>'
    if column == 1 and text.isdigit():
        return f'<c r="{reference(row, column)}" s="{look}"><v>{text}</v></c>'
    said = escape(text, quote=False)
    return f'<c r="{reference(row, column)}" s="{look}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


def _exact(entry: Entry) -> tuple[str, ...]:
    return entry.rule, entry.sheet_name, reference(*entry.cell) if entry.cell else "", entry.message


def _loose(entry: Entry) -> tuple[str, ...]:
    return entry.rule, entry.sheet_name, entry.message


def read_explanations(data: bytes, sheet: str) -> dict[tuple[str, ...], str] | None:
    """What the clerk wrote beside findings of an earlier round: by rule, sheet, cell and message; None if no such list.

    Where the message stood there once, also without the cell, which may have moved since; and by the finding's key.
    """
    rows: list[list[Any]] = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_name(sheet).to_python()
    names = list(COLUMNS)
    head = next((number for number, row in enumerate(rows) if [str(cell) for cell in row[:3]] == names[:3]), None)
    if head is None:
        return {} if not rows else None
    names = [str(cell).strip() for cell in rows[head]]
    found: dict[tuple[str, ...], str] = {}
    alike: Counter[tuple[str, ...]] = Counter()
    for cells in rows[head + 1 :]:
        line = dict(zip(names, (str(cell).strip() for cell in cells), strict=False))
        rule, sheet_name, message = line.get(RULE, "").split(" ", 1)[0], line.get(SHEET, ""), line.get(MESSAGE, "")
        alike[rule, sheet_name, message] += 1
        if explanation := line.get(EXPLANATION):
            found[rule, sheet_name, line.get("单元格", ""), message] = found[rule, sheet_name, message] = explanation
            if key := line.get(KEY):
                found[(key,)] = explanation
    return {key: text for key, text in found.items() if alike[key] <= 1}
