"""The cells of one worksheet part: found or made at their place, with merges, widths and heights."""

from __future__ import annotations

from itertools import count

from lxml import etree

from publish.annotation.markup import (
    WORKSHEET_ORDER,
    child,
    drop_attribute,
    insert_child,
    namespace,
    parse_reference,
    place_child,
    reference,
)

Cell = tuple[int, int]  # row and column, 1-based
_PIXELS_PER_UNIT = 7  # of a column width, default font
_DEFAULT_WIDTH, _DEFAULT_HEIGHT = 64, 20  # pixels


class Grid:
    """A worksheet's rows and cells; `root` is changed in place."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self._namespace = namespace(root)
        self._data = place_child(root, "sheetData", WORKSHEET_ORDER)
        self._tag = {name: f"{{{self._namespace}}}{name}" for name in ("row", "c", "col", "mergeCell")}
        self._rows: dict[int, etree._Element] | None = None
        self._widths = self._read_widths()
        self._merges = self._read_merges()

    def _read_widths(self) -> list[tuple[int, int, int, str | None]]:
        found = []
        for columns in self.root.findall(f"{{{self._namespace}}}cols"):
            for column in columns.findall(self._tag["col"]):
                hidden = column.get("hidden") in ("1", "true")
                width = 0 if hidden else round(float(column.get("width", "9.14")) * _PIXELS_PER_UNIT)
                found.append((int(column.get("min", "0")), int(column.get("max", "0")), width, column.get("style")))
        return found

    def _read_merges(self) -> list[tuple[Cell, Cell]]:
        merged = child(self.root, "mergeCells")
        found = []
        for element in merged.findall(self._tag["mergeCell"]) if merged is not None else ():
            first, _, last = element.get("ref", "").partition(":")
            found.append((parse_reference(first), parse_reference(last or first)))
        return found

    def shown(self, cell: Cell) -> Cell:
        """The cell itself, or the top left cell of the merge that covers it."""
        for first, last in self._merges:
            if first[0] <= cell[0] <= last[0] and first[1] <= cell[1] <= last[1]:
                return first
        return cell

    def column_width(self, column: int) -> int:
        """Width of a 1-based column in pixels."""
        return next((width for first, last, width, _ in self._widths if first <= column <= last), _DEFAULT_WIDTH)

    def row_height(self, row: int) -> int:
        """Height of a 1-based row in pixels."""
        element = self._all_rows().get(row)
        if element is None or element.get("ht") is None:
            return _DEFAULT_HEIGHT
        return 0 if element.get("hidden") in ("1", "true") else round(float(element.get("ht", "15")) * 4 / 3)

    def _all_rows(self) -> dict[int, etree._Element]:
        if self._rows is None:
            self._rows = {}
            number = 0
            for element in self._data.iterchildren(self._tag["row"]):
                own = element.get("r")
                number = int(own) if own else number + 1
                self._rows[number] = element
        return self._rows

    def format_of(self, cell: Cell) -> int:
        """The format the cell has now: its own, else its row's, else its column's."""
        element = self._find(cell)
        if element is not None:
            return _number(element.get("s"))
        row = self._all_rows().get(cell[0])
        if row is not None and row.get("customFormat") in ("1", "true"):
            return _number(row.get("s"))
        return next((_number(style) for first, last, _, style in self._widths if first <= cell[1] <= last), 0)

    def give_format(self, cell: Cell, number: int) -> None:
        """The cell has the format; a cell that was not there is made, empty."""
        element = self._find(cell)
        if element is None:
            element = self._make(cell)
        element.set("s", str(number))

    def _cells(self, row: etree._Element) -> list[tuple[int, etree._Element]]:
        found, column = [], 0
        for element in row.iterchildren(self._tag["c"]):
            own = element.get("r")
            column = parse_reference(own)[1] if own else column + 1
            found.append((column, element))
        return found

    def _find(self, cell: Cell) -> etree._Element | None:
        row = self._all_rows().get(cell[0])
        if row is None:
            return None
        return next((element for column, element in self._cells(row) if column == cell[1]), None)

    def _make(self, cell: Cell) -> etree._Element:
        row = self._row(cell[0])
        cells = self._cells(row)
        for column, element in cells:
            if element.get("r") is None:  # a position that was implied would shift
                element.set("r", reference(cell[0], column))
        earlier = [element for column, element in cells if column < cell[1]]
        made = insert_child(row, row.index(earlier[-1]) + 1 if earlier else 0, "c")
        made.set("r", reference(*cell))
        drop_attribute(row, "spans")
        dimension = child(self.root, "dimension")
        if dimension is not None:
            self.root.remove(dimension)
        return made

    def _row(self, number: int) -> etree._Element:
        rows = self._all_rows()
        if number in rows:
            return rows[number]
        for known, element in rows.items():
            if element.get("r") is None:
                element.set("r", str(known))
        later = min((known for known in rows if known > number), default=None)
        position = len(self._data) if later is None else self._data.index(rows[later])
        made = insert_child(self._data, position, "row")
        made.set("r", str(number))
        rows[number] = made
        return made

    def span(self, start: int, pixels: int, of_columns: bool) -> tuple[int, int]:
        """The 0-based column (row) and the pixels within it where a box of that size ends; `start` is 0-based."""
        size = self.column_width if of_columns else self.row_height
        for index in count(start):
            width = size(index + 1)
            if pixels < width or index > start + 500:
                return index, max(0, min(pixels, width - 1))
            pixels -= width
        raise AssertionError("counting never ends")


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0
