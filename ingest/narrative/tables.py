"""Tables in reports: which column holds the period's figures, and the sentence each row amounts to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.narrative.quantities import Quantity, find_quantities, read_quantity

_LABEL = re.compile(r"项目|指标|名称|内容|类别|事项|工作|统计")
_VALUE = re.compile(r"数量|数值|完成|实际|本年|今年|本期|当年|合计|累计|总数|数据|本季|本月|全年|总计|次数|件数|结果")
_UNIT = re.compile(r"单位|计量")
_OTHER_PERIOD = re.compile(
    r"上年|去年|上期|同期|前年|上季|上月|计划|目标|任务|分值|得分|自评分|评分|标准|增减|增长|比较|同比|环比|备注|说明|序号"
)
_YEAR = re.compile(r"\d{4}年?")
_TOTAL_ROW = re.compile(r"合计|总计|全镇|全乡|小计")
_ORDINAL_COLUMN = re.compile(r"序号|编号")
_BRACKETED = re.compile(r"([^（）]+)（([^（）]+)）")
_NUMBER = re.compile(r"(?:近|约)?[\d,]+(?:\.\d+)?(?:余|多)?")
_UNIT_IN_LABEL = re.compile(r"（(?P<unit>%|万元|元|[\u4e00-\u9fff]{1,2})）$")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text at [start, end)."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """What one row says: a label, its figure if one cell is that, and further cells to be read as remarks on it."""

    label: Cell
    quantity: Quantity | None
    remarks: tuple[Cell, ...]


def rows(text: str, start: int, end: int) -> Iterator[Row]:
    """The rows of the table at [start, end) that pair a label with a figure of the period."""
    grid = [_cells(text, at, stop) for at, stop in _lines(text, start, end)]
    grid = [row for row in grid if any(cell.text for cell in row)]
    if not grid:
        return
    head = grid[0] if _is_head(grid[0]) else None
    body = grid[1:] if head else grid
    if head and _lies_across(head, body):
        yield from _across(head, body)
        return
    columns = _columns(head) if head else None
    for row in body:
        read = _by_columns(row, columns) if columns else _by_shape(row)
        if read:
            yield read


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for line in text[start:end].split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _cells(text: str, start: int, end: int) -> list[Cell]:
    cells, at = [], start
    for part in text[start:end].split("\t"):
        bare = part.strip()
        lead = len(part) - len(part.lstrip())
        cells.append(Cell(at + lead, at + lead + len(bare), bare))
        at += len(part) + 1
    return cells


def _is_head(row: Sequence[Cell]) -> bool:
    figures = [cell for cell in row if _figure(cell.text) and not _YEAR.fullmatch(cell.text)]
    named = [cell for cell in row if _LABEL.search(cell.text) or _VALUE.search(cell.text) or _YEAR.search(cell.text)]
    return not figures and (bool(named) or all(cell.text for cell in row)) and len(row) > 1


def _figure(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text) or read_quantity(text))


def _parted(cell: Cell) -> tuple[Cell, Cell | None]:
    """4次（参加96人次）: the figure, and what its brackets add."""
    found = _BRACKETED.fullmatch(cell.text)
    if not found:
        return cell, None
    start = cell.start + found.start(2)
    return Cell(cell.start, cell.start + len(found[1]), found[1]), Cell(start, start + len(found[2]), found[2])


def _columns(head: Sequence[Cell]) -> tuple[int, int, int | None] | None:
    """(label, value, unit) columns by the header's words; the latest year is the period's."""
    names = [cell.text for cell in head]
    label = next((at for at, name in enumerate(names) if name and not _ORDINAL_COLUMN.search(name)), 0)
    unit = next((at for at, name in enumerate(names) if _UNIT.search(name)), None)
    free = [at for at in range(len(names)) if at not in (label, unit) and not _OTHER_PERIOD.search(names[at])]
    years = [at for at in free if _YEAR.search(names[at])]
    if years:
        return label, max(years, key=lambda at: names[at]), unit
    valued = [at for at in free if _VALUE.search(names[at])]
    chosen = valued or free
    return (label, chosen[0], unit) if chosen else None


def _by_columns(row: Sequence[Cell], columns: tuple[int, int, int | None]) -> Row | None:
    label, value, unit = columns
    if max(label, value) >= len(row) or not row[label].text:
        return None
    word = row[unit].text if unit is not None and unit < len(row) else ""
    figure, added = _parted(row[value])
    quantity = _quantity(figure, word or _unit_in(row[label].text))
    taken = {label, value, unit}
    remarks = tuple(cell for at, cell in enumerate(row) if at > value and at not in taken and cell.text)
    if quantity is None and any(find_quantities(row[value].text)):
        added = row[value]
    remarks = (added, *remarks) if added else remarks
    return Row(row[label], quantity, remarks) if quantity or added else None


def _by_shape(row: Sequence[Cell]) -> Row | None:
    """Without a header: the first cell that is no figure is the label, the first figure behind it the value."""
    label = next((at for at, cell in enumerate(row) if cell.text and not _figure(cell.text)), None)
    if label is None:
        return None
    for at in range(label + 1, len(row)):
        if _figure(row[at].text):
            quantity = _quantity(row[at], _unit_in(row[label].text))
            return Row(row[label], quantity, tuple(cell for cell in row[at + 1 :] if cell.text)) if quantity else None
    return None


def _lies_across(head: Sequence[Cell], body: Sequence[Sequence[Cell]]) -> bool:
    """True when the header names the figures and each row is a place, a group or the total."""
    if any(_VALUE.search(cell.text) or _UNIT.search(cell.text) or _YEAR.search(cell.text) for cell in head[1:]):
        return False
    return len(head) > 2 and bool(body) and all(_figure(cell.text) for cell in body[-1][1:] if cell.text)


def _across(head: Sequence[Cell], body: Sequence[Sequence[Cell]]) -> Iterator[Row]:
    """The total row, or the only row; the rows of single villages or groups are no facts of the township."""
    total = next((row for row in body if row[0].text and _TOTAL_ROW.search(row[0].text)), None)
    row = total or (body[0] if len(body) == 1 else None)
    for name, cell in zip(head, row or (), strict=False):
        quantity = _quantity(cell, _unit_in(name.text)) if name.text and _figure(cell.text) else None
        if quantity:
            yield Row(name, quantity, ())


def _unit_in(label: str) -> str:
    found = _UNIT_IN_LABEL.search(label)
    return found["unit"] if found else ""


def _quantity(cell: Cell, unit: str) -> Quantity | None:
    """The cell's figure; a unit column or the label's brackets give the measure where the cell has none ("" else)."""
    read = read_quantity(cell.text)
    if read is None and _NUMBER.fullmatch(cell.text):
        read = read_quantity(cell.text + unit) if unit else None
        if read is None:
            read = read_quantity(cell.text + "个")
            read = Quantity(0, 0, read.value, "", read.approximate, False, False) if read else None
    if read is None:
        return None
    return Quantity(cell.start, cell.end, read.value, read.unit, read.approximate, False, True)
