"""The township register: encodings, intervals, mergers, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from catalogue.errors import Refusal
from catalogue.register import COLUMNS, Register
from catalogue.text import fold

ROW = {
    "township_code": "431230102",
    "name": "荷沟镇",
    "kind": "镇",
    "aliases": "荷沟；老荷沟公社",
    "population": "37818",
    "valid_from": "2016-01-01",
    "valid_to": "",
    "successor_code": "",
}


def read(folder: Path, *rows: dict[str, str], encoding: str = "utf-8") -> Register:
    lines = [",".join(COLUMNS), *(",".join({**ROW, **row}[column] for column in COLUMNS) for row in rows)]
    path = folder / "townships.csv"
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return Register.read(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_register_is_read_in_the_encodings_offices_save(tmp_path: Path, encoding: str) -> None:
    (township,) = read(tmp_path, {}, encoding=encoding).townships
    assert (township.code, township.name, township.population) == ("431230102", "荷沟镇", 37818)
    assert township.holds_congress
    assert township.is_called("荷沟 镇") and township.is_called("老荷沟公社") and not township.is_called("银溪镇")


def test_a_code_in_full_width_is_the_same_code(tmp_path: Path) -> None:
    assert read(tmp_path, {"township_code": "４３１２３０１０２"}).known("431230102")


def test_a_street_office_holds_no_congress(tmp_path: Path) -> None:
    (township,) = read(tmp_path, {"kind": "街道", "population": ""}).townships
    assert not township.holds_congress
    assert township.population is None


def test_a_merged_township_is_found_up_to_its_last_day(tmp_path: Path) -> None:
    former = {"township_code": "431230203", "valid_to": "2024-12-31", "successor_code": "431230102"}
    register = read(tmp_path, former, {})
    found = register.find("431230203", date(2024, 12, 31))
    assert found is not None and found.successor_code == "431230102"
    assert register.find("431230203", date(2025, 1, 1)) is None
    assert register.known("431230203")
    assert not register.known("999999999")


def test_a_renamed_township_has_an_interval_for_each_name(tmp_path: Path) -> None:
    register = read(tmp_path, {"name": "荷沟乡", "kind": "乡", "valid_to": "2019-06-30"}, {"valid_from": "2019-07-01"})
    names = [register.find("431230102", day) for day in (date(2019, 6, 30), date(2019, 7, 1))]
    assert [township.name for township in names if township] == ["荷沟乡", "荷沟镇"]


@pytest.mark.parametrize("first", [{"valid_to": ""}, {"valid_to": "2019-07-01"}])
def test_overlapping_intervals_are_refused(tmp_path: Path, first: dict[str, str]) -> None:
    with pytest.raises(Refusal, match="431230102"):
        read(tmp_path, first, {"valid_from": "2019-07-01"})


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"successor_code": "431230999"}, "431230999"),
        ({"township_code": "43123010"}, "2.*43123010"),
        ({"township_code": "43123010X"}, "2.*43123010X"),
        ({"kind": "县"}, "2.*县"),
        ({"name": ""}, "2"),
        ({"population": "很多"}, "2.*很多"),
        ({"valid_from": ""}, "2.*valid_from"),
        ({"valid_from": "2016/1/1"}, "2.*2016/1/1"),
        ({"valid_to": "2015-12-31"}, "2.*valid_to"),
    ],
)
def test_a_wrong_line_is_refused_by_its_number(tmp_path: Path, wrong: dict[str, str], named: str) -> None:
    with pytest.raises(Refusal, match=named):
        read(tmp_path, wrong)


def test_a_register_without_rows_columns_or_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"townships\.csv"):
        read(tmp_path)
    path = tmp_path / "columns.csv"
    path.write_text("township_code,name\n431230102,荷沟镇\n", encoding="utf-8")
    with pytest.raises(Refusal, match="kind, aliases"):
        Register.read(path)
    with pytest.raises(Refusal, match=r"nothing\.csv"):
        Register.read(tmp_path / "nothing.csv")
    path.write_bytes(b"\xff\xff\xff")
    with pytest.raises(Refusal, match=r"columns\.csv"):
        Register.read(path)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("人大 工作\n经费（元）", "人大工作经费(元)"), ("１２", "12"), ("\u200b镇\ufeff", "镇"), ("A1", "A1")],
)
def test_text_is_compared_folded(text: str, folded: str) -> None:
    assert fold(text) == folded
