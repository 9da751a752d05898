"""Lays a return out as sheets: title rows, header, data, total row. Afterwards every row knows where it stands."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from catalogue import Field, Sheet, Synonyms
from taizhang.simulation.chance import chance, stream
from taizhang.simulation.grid import HEADER, TITLE, Cell, Formula, Grid, Styled, column_letters
from taizhang.simulation.habits import Habits
from taizhang.simulation.hand import Hand
from taizhang.simulation.sent import Row, SentReturn, Spoilt

_BRACKETS = str.maketrans("()", "（）")
_UNSUMMED = ("attendance_rate_reported", "days", "peer_score", "voter_score")


class Layout:
    """One workbook in a clerk's hand. `stable` draws what she does alike every month, `rng` what differs."""

    def __init__(self, sent: SentReturn, habits: Habits, synonyms: Synonyms, stable_seed: str, rng: Random) -> None:
        self._sent, self._habits, self._synonyms, self._rng = sent, habits, synonyms, rng
        self._stable_seed = stable_seed
        self._hand = Hand(habits, synonyms, sent.period, rng)

    def grids(self) -> list[Grid]:
        """The sheets in the clerk's order; sets `excel_row` or `field_rows` of every row."""
        sheets = [sheet for sheet in self._sent.form.sheets if self._sent.has(sheet.code)]
        if self._habits.has("order"):
            stream(self._stable_seed, "sheets").shuffle(sheets)
        grids = [self._key_value(sheet) if sheet.layout == "key_value" else self._table(sheet) for sheet in sheets]
        for name in self._sent.structure.extra_sheets:
            grids.append(Grid(name, [["说明"], ["本表由各村（社区）汇总后填报"]]))
        if self._habits.has("spare"):
            grids += [Grid("Sheet2"), Grid("Sheet3")]
        return grids

    # -- key-value sheets

    def _key_value(self, sheet: Sheet) -> Grid:
        row, grid = self._sent.sheets[sheet.code][0], Grid(self._sheet_name(sheet))
        styled = self._habits.has("cover")
        left, pairs = (1, 2) if styled and sheet.code == "profile" else (int(styled), 1)
        if styled:
            grid.rows += [[Styled(f"{self._sent.township.name}人大工作月报{sheet.label}", TITLE)], [], []]
            grid.merges.append((1, 1, 2, 5))
        fields = [
            field for field in sheet.fields if (sheet.code, field.code) not in self._sent.structure.missing_columns
        ]
        for start in range(0, len(fields), pairs):
            line: list[Cell] = [None] * left
            for field in fields[start : start + pairs]:
                colon = self._rng.choice(("", "：", ":")) if styled else ""
                line += [self._label(field) + colon, self._labelled_cell(sheet, field, row)]
                row.field_rows[field.code] = len(grid.rows) + 1
            grid.rows.append(line)
        return grid

    def _labelled_cell(self, sheet: Sheet, field: Field, row: Row) -> Cell:
        period = self._sent.period
        written_out = self._habits.has("cover") and field.code == "period" and row.values["period"] == period.text
        if written_out and chance(self._rng, 0.6):
            return period.chinese
        return self._field_writer(sheet, field)(row, 0)

    # -- tables

    def _table(self, sheet: Sheet) -> Grid:
        grid, columns = Grid(self._sheet_name(sheet)), self._columns(sheet)
        self._put_titles(grid, sheet, len(columns))
        grid.rows.append([Styled(self._column_label(column), HEADER) for column in columns])
        rows = self._sent.sheets[sheet.code]
        gaps = self._habits.has("gaps") and not self._merges(sheet)
        writers = [self._column_writer(sheet, column) for column in columns]
        first = len(grid.rows) + 1
        for number, row in enumerate(rows, start=1):
            if gaps and number > 1 and chance(self._rng, 0.06):
                grid.rows.append([])
            row.excel_row = len(grid.rows) + 1
            grid.rows.append([write(row, number) for write in writers])
        if self._merges(sheet) and rows:
            self._merge_groups(grid, sheet, columns, first)
        if self._habits.has("hidden") and rows and chance(self._rng, 0.3):
            grid.hidden.add(self._rng.choice(rows).excel_row)
        if self._habits.has("total") and rows and sheet.code != "reported_total":
            grid.rows.append(self._total_row(sheet, columns, first, len(grid.rows)))
        if self._habits.has("gaps"):
            blanks = range(self._rng.randint(1, 12))
            grid.rows += [[" "] if chance(self._rng, 0.5) else [] for _ in blanks]
        return grid

    def _columns(self, sheet: Sheet) -> list[Field | str]:
        """Fields, and the labels of columns that are none."""
        missing = self._sent.structure.missing_columns
        columns: list[Field | str] = [field for field in sheet.fields if (sheet.code, field.code) not in missing]
        if self._habits.has("order"):
            stream(self._stable_seed, sheet.code).shuffle(columns)
        if self._habits.has("running"):
            columns.insert(0, self._synonyms.ignored_columns[0])
        if sheet.code in self._sent.structure.extra_columns:
            columns.append(self._sent.structure.extra_columns[sheet.code])
        return columns

    def _put_titles(self, grid: Grid, sheet: Sheet, width: int) -> None:
        name, period = self._sent.township.name, self._sent.period.chinese
        if self._habits.has("titles"):
            grid.rows.append([Styled(f"{name}{period}{sheet.label}情况表", TITLE)])
            grid.merges.append((1, 1, 1, width))
            if chance(self._rng, 0.6):
                grid.rows.append([f"填报单位：{name}人大"])
        if self._habits.has("band") and width >= 5:
            middle, line = width // 2, len(grid.rows) + 1
            grid.rows.append([Styled("基本信息", HEADER), *[None] * (middle - 1), Styled("办理情况", HEADER)])
            grid.merges += [(line, 1, line, middle), (line, middle + 1, line, width)]

    def _column_label(self, column: Field | str) -> str:
        return column if isinstance(column, str) else self._label(column)

    def _column_writer(self, sheet: Sheet, column: Field | str) -> Callable[[Row, int], Cell]:
        if isinstance(column, Field):
            return self._field_writer(sheet, column)
        if column in self._synonyms.ignored_columns:
            return lambda _row, number: number
        return lambda _row, number: "已核实" if number % 4 == 1 else None

    def _merges(self, sheet: Sheet) -> bool:
        return self._habits.has("merged") and sheet.code == "deputy_record"

    def _merge_groups(self, grid: Grid, sheet: Sheet, columns: list[Field | str], first: int) -> None:
        """Merges runs of the same group; only the run's first cell keeps the name."""
        place = columns.index(sheet.field("deputy_group")) + 1
        rows = self._sent.sheets[sheet.code]
        start = 0
        for index in range(1, len(rows) + 1):
            same = index < len(rows) and _group(rows[index]) is not None and _group(rows[index]) == _group(rows[start])
            if same:
                grid.rows[first + index - 1][place - 1] = None
                continue
            if index - start > 1:
                grid.merges.append((first + start, place, first + index - 1, place))
            start = index

    def _total_row(self, sheet: Sheet, columns: list[Field | str], first: int, last: int) -> list[Cell]:
        rows = self._sent.sheets[sheet.code]
        line: list[Cell] = [self._rng.choice(self._synonyms.total_row_labels)]
        for place, column in enumerate(columns[1:], start=2):
            summed = isinstance(column, Field) and column.is_numeric and column.code not in _UNSUMMED
            if not isinstance(column, Field) or not summed:
                line.append(None)
                continue
            total = sum(row.get(column.code) or 0 for row in rows)
            letter = column_letters(place)
            formula = self._habits.has("formula") and chance(self._rng, 0.5)
            line.append(Formula(f"SUM({letter}{first}:{letter}{last})", float(total)) if formula else total)
        return line

    # -- cells and names

    def _field_writer(self, sheet: Sheet, field: Field) -> Callable[[Row, int], Cell]:
        code, blank, write = field.code, self._hand.blank, self._hand.writer(sheet.code, field)

        def write_field(row: Row, _number: int = 0) -> Cell:
            if code in row.spoilt:
                return _written(row.spoilt[code])
            if code in row.approximate:
                return row.approximate[code]
            value = row.values.get(code)
            return blank() if value is None else write(value)

        if self._habits.has("formula") and code == "year_to_date":
            return _sum_writer(write_field)
        return write_field

    def _label(self, field: Field) -> str:
        if not self._habits.has("header"):
            return field.label
        label = field.label.translate(_BRACKETS)
        if chance(self._rng, 0.4):
            place = self._rng.randint(1, len(label))
            label = label[:place] + self._rng.choice((" ", "\n", "\u3000", "  ")) + label[place:]
        return label

    def _sheet_name(self, sheet: Sheet) -> str:
        if not self._habits.has("sheetname") or chance(self._rng, 0.5):
            return sheet.label
        return self._rng.choice((f"{sheet.label} ", f" {sheet.label}", f"{sheet.label[0]} {sheet.label[1:]}"))


def _sum_writer(write: Callable[[Row, int], Cell]) -> Callable[[Row, int], Cell]:
    """Writes the year's total as the sum of what was before and the month's."""

    def write_sum(row: Row, number: int) -> Cell:
        total, month = row.get("year_to_date"), row.get("this_month") or 0
        if isinstance(total, int) and isinstance(month, int):
            return Formula(f"{total - month}+{month}", float(total))
        return write(row, number)

    return write_sum


def _written(spoilt: Spoilt) -> Cell:
    cell: Cell = spoilt.written
    return cell


def _group(row: Row) -> str | None:
    return None if "deputy_group" in row.spoilt else row.values.get("deputy_group")
