"""Workbooks as they are written: both formats read back, every habit keeps the meaning."""

from __future__ import annotations

import ast
import io
import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineError, CalamineWorkbook

import taizhang.simulation
from catalogue import Field, load
from catalogue.periods import Period
from taizhang.simulation.business import Business
from taizhang.simulation.chance import stream
from taizhang.simulation.desk import Desk
from taizhang.simulation.grid import CHINESE_DAY, HEADER, PERCENT, Cell, Formula, Grid, Styled, column_letters
from taizhang.simulation.habits import DATE_STYLES, KINDS, NUMBER_STYLES, Habits, acquire_habits
from taizhang.simulation.hand import Hand
from taizhang.simulation.layout import Layout
from taizhang.simulation.noise import spoil_file
from taizhang.simulation.ods import write_ods
from taizhang.simulation.sent import SentReturn, Spoilt
from taizhang.simulation.township import found_township
from taizhang.simulation.vocabulary import chinese_number
from taizhang.simulation.xlsx import write_xlsx

CATALOGUE = load()
PERIOD = Period(2025, "month", 3)
GRID = Grid(
    "数据 ",
    [
        [Styled("标题<&>", HEADER), None, "换\n行"],
        [1, 2.5, " 两端 "],
        [date(2025, 3, 1), Styled(date(2025, 3, 2), CHINESE_DAY), Styled(0.956, PERCENT)],
        [],
        [Formula("SUM(A2:B2)", 3.5), None, "末"],
    ],
    merges=[(1, 1, 1, 2)],
    hidden={2},
)


def habits(*kinds: str, dates: tuple[str, ...] = DATE_STYLES, numbers: tuple[str, ...] = NUMBER_STYLES) -> Habits:
    return Habits(frozenset(kinds), dates, numbers, ("√", "×"), "/", "official", 1.0)


def hand(*kinds: str, dates: tuple[str, ...] = DATE_STYLES, numbers: tuple[str, ...] = NUMBER_STYLES) -> Hand:
    return Hand(habits(*kinds, dates=dates, numbers=numbers), CATALOGUE.synonyms, PERIOD, stream("hand"))


def field(sheet: str, code: str) -> Field:
    return CATALOGUE.current_form.sheet(sheet).field(code)


def read(data: bytes) -> list[list[object]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_both_formats_hold_the_same_cells(write: object) -> None:
    rows = read(write([GRID]))  # type: ignore[operator]
    assert [cell.replace("\r", "") if isinstance(cell, str) else cell for cell in rows[0]] == ["标题<&>", "", "换\n行"]
    assert rows[1] == [1.0, 2.5, " 两端 "]
    assert rows[2] == [date(2025, 3, 1), date(2025, 3, 2), 0.956]
    assert rows[4] == [3.5, "", "末"]


def test_dates_of_both_systems_mean_the_same_day() -> None:
    assert read(write_xlsx([GRID], date_1904=True))[2][0] == read(write_xlsx([GRID]))[2][0]


def test_an_uncalculated_formula_has_no_value_and_an_error_is_one() -> None:
    rows = read(write_xlsx([Grid("表", [["前", Formula("SUM(1,2)"), Formula("1/0", error="#DIV/0!")]])]))
    assert rows[0][0] == "前"
    assert rows[0][1] == ""
    with pytest.raises(ValueError, match="stored value"):
        write_ods([Grid("表", [[Formula("SUM(1,2)")]])])


def test_the_same_grids_give_the_same_bytes() -> None:
    assert write_xlsx([GRID]) == write_xlsx([GRID])
    assert write_ods([GRID]) == write_ods([GRID])


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA")])
def test_columns_are_lettered(number: int, letters: str) -> None:
    assert column_letters(number) == letters


def test_noise_is_no_workbook_of_the_form() -> None:
    good = write_xlsx([GRID])
    files = [spoil_file(stream("noise", number), good) for number in range(40)]
    assert len(set(files)) == 40
    for number in range(30):
        with pytest.raises((CalamineError, IndexError, OSError)):
            read(files[number])


# -- one cell


def meaning_of_date(cell: Cell) -> date:
    """Reads a date naively, in whatever style it was written."""
    if isinstance(cell, Styled):
        cell = cell.value
    if isinstance(cell, date):
        return cell
    text = unicodedata.normalize("NFKC", str(cell))
    parts = [int(part) for part in re.findall(r"\d+", text)]
    if not parts:
        parts = [spoken(part) for part in re.findall(r"[〇一二三四五六七八九十]+", text)]
    return date(*parts) if len(parts) == 3 else date(PERIOD.year, *parts)


def spoken(text: str) -> int:
    if "十" not in text:
        return int("".join(str("〇一二三四五六七八九".index(mark)) for mark in text))
    tens, _, units = text.partition("十")
    return (spoken(tens) if tens else 1) * 10 + (spoken(units) if units else 0)


@pytest.mark.parametrize("style", DATE_STYLES)
@pytest.mark.parametrize("day", [date(2025, 3, 1), date(2025, 1, 20), date(2024, 12, 31), date(2025, 12, 5)])
def test_every_date_style_keeps_the_day(style: str, day: date) -> None:
    write = hand("dates", dates=(style, style)).writer("hazard", field("hazard", "found_date"))
    assert meaning_of_date(write(day)) == day


def test_bare_serial_is_the_day_in_the_1900_system() -> None:
    assert hand("serial").writer("hazard", field("hazard", "found_date"))(date(2025, 1, 17)) == 45674


@pytest.mark.parametrize(
    ("style", "sheet", "code", "value", "written"),
    [
        ("text", "deputy_activity", "attended", 5, "5"),
        ("wide", "deputy_record", "peer_score", 86.5, "８６．５"),
        ("unit", "deputy_activity", "households_visited", 12, "12户"),
        ("spaced", "deputy_activity", "attended", 5, " 5 "),
        ("numerals", "deputy_activity", "attended", 20, "二十"),
        ("numerals", "profile", "population_registered", 19868, "19868"),
        ("comma", "profile", "work_fund_yuan", 20000, "20,000"),
    ],
)
def test_number_styles(style: str, sheet: str, code: str, value: float, written: str) -> None:
    write = hand("numbers", numbers=(style,)).writer(sheet, field(sheet, code))
    assert write(value) == written


def test_ten_thousands_only_for_money() -> None:
    money = hand("numbers", numbers=("ten_thousands",)).writer("profile", field("profile", "work_fund_yuan"))
    people = hand("numbers", numbers=("ten_thousands",)).writer("profile", field("profile", "population_registered"))
    assert money(15000) in ("1.5万", "1.5万元")
    assert people(15000) == "15000"


def test_every_unit_written_is_a_published_one() -> None:
    for sheet in CATALOGUE.current_form.sheets:
        for item in sheet.fields:
            if item.is_numeric and item.type != "rate":
                text = str(hand("numbers", numbers=("unit",)).writer(sheet.code, item)(7))
                assert text[1:] in CATALOGUE.synonyms.units


@pytest.mark.parametrize(
    ("number", "text"), [(0, "零"), (7, "七"), (10, "十"), (15, "十五"), (20, "二十"), (98, "九十八")]
)
def test_chinese_numbers(number: int, text: str) -> None:
    assert chinese_number(number) == text


def test_choices_are_written_in_published_synonyms_only() -> None:
    for sheet in CATALOGUE.current_form.tables:
        for item in sheet.fields:
            for choice in item.choices:
                known = CATALOGUE.synonyms.choices.get(f"{sheet.code}.{item.code}", {})
                word = hand("synonyms").writer(sheet.code, item)(choice)
                assert word == choice or known[str(word)] == choice


# -- whole sheets


def sent_return() -> SentReturn:
    law = CATALOGUE.jurisdiction("national").on(PERIOD.first_day)
    township = found_township(1, "云溪", 3, law, (40, 60), (9, 20))
    return Desk(township, CATALOGUE.current_form).compose(Business(township, 3, law).live(PERIOD), PERIOD.last_day)


def laid_out(sent: SentReturn, *kinds: str) -> list[Grid]:
    return Layout(sent, habits(*kinds), CATALOGUE.synonyms, "stable", stream("layout")).grids()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_rows_know_where_they_stand_under_every_habit(kind: str) -> None:
    sent = sent_return()
    grids = {re.sub(r"\s", "", grid.name): grid for grid in laid_out(sent, kind)}
    for sheet in sent.form.tables:
        grid = grids[sheet.label]
        for row in sent.sheets[sheet.code]:
            line = [cell.value if isinstance(cell, Styled) else cell for cell in grid.rows[row.excel_row - 1]]
            for item in sheet.fields:
                if item.type == "text" and item.code != "deputy_group" and row.values[item.code]:
                    assert row.values[item.code] in line


def test_value_cells_of_the_profile_are_known_under_pairs() -> None:
    sent = sent_return()
    grid = next(grid for grid in laid_out(sent, "cover") if grid.name == "基本情况")
    for item in sent.form.sheet("profile").fields:
        line = grid.rows[sent.profile.field_rows[item.code] - 1]
        labels = [str(cell).rstrip("：:") for cell in line]
        assert item.label in labels


def test_merged_groups_keep_one_name_for_each_run() -> None:
    sent = sent_return()
    grid = next(grid for grid in laid_out(sent, "merged") if grid.name == "代表履职")
    place = [str(cell.value) for cell in grid.rows[0] if isinstance(cell, Styled)].index("代表小组")
    filled: dict[int, Cell] = {}
    for top, left, bottom, right in grid.merges:
        assert left == right == place + 1
        filled |= dict.fromkeys(range(top, bottom + 1), grid.rows[top - 1][place])
    for row in sent.sheets["deputy_record"]:
        assert filled.get(row.excel_row, grid.rows[row.excel_row - 1][place]) == row.values["deputy_group"]


def test_spoilt_and_approximate_cells_stand_as_written() -> None:
    sent = sent_return()
    row = sent.sheets["deputy_record"][0]
    row.spoilt["receptions"] = Spoilt("若干", "C02")
    row.approximate["households_visited"] = "60余户"
    grid = next(grid for grid in laid_out(sent) if grid.name == "代表履职")
    assert {"若干", "60余户"} <= {cell for cell in grid.rows[row.excel_row - 1] if isinstance(cell, str)}


def test_clerks_are_messy_as_often_as_asked() -> None:
    clerks = [acquire_habits(stream("clerk", number), 0.4, CATALOGUE) for number in range(500)]
    assert abs(sum(bool(clerk.kinds) for clerk in clerks) / 500 - 0.4) < 0.07
    assert all(len(clerk.kinds) >= 3 for clerk in clerks if clerk.kinds)
    assert not acquire_habits(stream("tidy"), 0, CATALOGUE).kinds


def test_the_simulator_knows_nothing_of_reader_and_checks() -> None:
    for path in Path(taizhang.simulation.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & {"ingest", "expectations", "warehouse", "transforms"}
