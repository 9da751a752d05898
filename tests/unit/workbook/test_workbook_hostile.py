"""Files that are broken or mean harm: a finding F01 or a normal reading, and never another file's problem."""

import io
import os
import random
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from workbooks import MEETING, make_xlsx, read, repack, sheets

from catalogue import load
from ingest.workbook import read_identity, sandbox
from ingest.workbook.files import read_files
from ingest.workbook.sandbox import Sandbox

SHEET = "xl/worksheets/sheet4.xml"  # 主席团会议
AROUND = date(2025, 4, 3)


@pytest.fixture
def valid(tmp_path: Path) -> Path:
    rows = [MEETING, [date(2025, 3, 5), "议题", 9, 8, "是"]]
    return make_xlsx(tmp_path / "valid.xlsx", sheets(presidium_meeting=rows))


def in_sheet(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    """Replaces text in the sheet 主席团会议."""
    return lambda name, content: content.replace(old, new) if name == SHEET else content


def reason(path: Path) -> str:
    """The reason of the one finding the file has; it holds no rows and no identity."""
    batch = read(path)
    assert batch.structure[["return_no", "rule"]].to_numpy().tolist() == [[0, "F01"]]
    assert batch.returns["readable"].tolist() == [False]
    assert all(frame.empty for frame in batch.sheets.values())
    read_identity(path, load().current_form, load().synonyms)  # never raises
    return str(batch.structure["observed"].iloc[0])


def is_read(path: Path) -> bool:
    batch = read(path)
    return batch.returns["readable"].tolist() == [True] and batch.sheets["presidium_meeting"]["topic"].tolist() == [
        "议题"
    ]


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def zipped(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "0 字节"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"<html><table></table></html>", "网页"),
        (random.Random(5).randbytes(64).replace(b"P", b"p"), "不是工作簿"),
        (b"Rar!\x1a\x07", "RAR"),
        (zipped(a=b"x"), "压缩包"),
        (zipped(**{"word__document.xml": b"<x/>"}), "Word"),
        (zipped(**{"ppt__presentation.xml": b"<x/>"}), "演示文稿"),
        (zipped(**{"xl__workbook.xml": b"<x/>"}), "损坏"),
        (zipped(**{"content.xml": b"<x/>"}), "损坏"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "不是工作簿"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "Workbook".encode("utf-16-le"), "损坏"),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in reason(write(tmp_path / "a.xlsx", content))


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    assert "无法打开" in reason(tmp_path / "gone.xlsx")


def test_truncated(valid: Path) -> None:
    assert "不完整" in reason(write(valid, valid.read_bytes()[:-2000]))


def test_damaged_in_the_middle(valid: Path) -> None:
    content = bytearray(valid.read_bytes())
    place = content.find(SHEET.encode()) + len(SHEET)
    content[place + 20 : place + 200] = bytes(180)
    assert "损坏" in reason(write(valid, bytes(content)))


def test_encrypted(valid: Path) -> None:
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(valid.read_bytes())).encrypt("geheim", target)
    assert "加密" in reason(write(valid, target.getvalue()))


def test_encrypted_ods(tmp_path: Path) -> None:
    manifest = b"<manifest:encryption-data/>"
    content = zipped(**{"content.xml": b"noise", "META-INF__manifest.xml": manifest})
    assert "加密" in reason(write(tmp_path / "a.ods", content))


def test_a_bomb_that_declares_its_size(valid: Path) -> None:
    with (
        zipfile.ZipFile(valid, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/worksheets/bomb.xml", "w") as part,
    ):
        for _ in range(400):
            part.write(bytes(1 << 20))
    assert "压缩炸弹" in reason(valid)


def test_a_bomb_that_lies_about_its_size(valid: Path) -> None:
    repack(valid, in_sheet(b"</sheetData>", b"</sheetData>" + b" " * (64 << 20)))
    content = bytearray(valid.read_bytes())
    place = content.rfind(SHEET.encode()) - 46
    struct.pack_into("<I", content, place + 24, 1000)
    assert "压缩炸弹" in reason(write(valid, bytes(content)))


def test_an_entity_bomb(valid: Path) -> None:
    entities = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"lol") for n in range(12))
    row = b'<row r="9"><c r="B9" t="inlineStr"><is><t>&a11;</t></is></c></row></sheetData>'
    repack(valid, in_sheet(b"<worksheet ", b"<!DOCTYPE worksheet [" + entities + b"]><worksheet "))
    assert "实体" in reason(repack(valid, in_sheet(b"</sheetData>", row)))


def test_a_cell_in_the_furthest_corner(valid: Path) -> None:
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    assert "内容过大" in reason(repack(valid, in_sheet(b"</sheetData>", corner)))


def test_a_corner_written_so_that_a_glance_misses_it(valid: Path) -> None:
    for cell in (
        b'<c s="0" r="XFD1048576"><v>1</v></c>',
        b"<c r='XFD1048576'><v>1</v></c>",
        b'<x:c r="XFD1048576"><v>1</v></x:c>',
    ):
        path = repack(valid, in_sheet(b"</sheetData>", b'<row r="1048576">' + cell + b"</row></sheetData>"))
        batch = read(path)  # this process lives on
        assert len(batch.returns) == 1


def test_a_sheet_hidden_in_a_part_of_another_kind(valid: Path) -> None:
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    with zipfile.ZipFile(valid) as archive:
        sheet = archive.read(SHEET).replace(b"</sheetData>", corner)
    repack(
        valid,
        lambda name, content: (
            content.replace(b"worksheets/sheet4.xml", b"media/a.png") if name.endswith(".rels") else content
        ),
        **{"xl__media__a.png": sheet},
    )
    assert "内容过大" in reason(valid)


def test_announced_counts_nobody_could_hold(valid: Path) -> None:
    strings = b'<sst count="4000000000" uniqueCount="4000000000"><si><t>x</t></si></sst>'
    assert len(read(repack(valid, lambda name, content: content, **{"xl__sharedStrings.xml": strings})).returns) == 1


def test_an_announced_dimension_nobody_could_hold(valid: Path) -> None:
    assert is_read(repack(valid, in_sheet(b'<dimension ref="A1:E2"', b'<dimension ref="A1:XFD1048576"')))


def test_deep_shared_strings(valid: Path) -> None:
    deep = b"<sst><si>" + b"<r>" * 200_000 + b"<t>x</t>" + b"</r>" * 200_000 + b"</si></sst>"
    assert is_read(repack(valid, lambda name, content: content, **{"xl__sharedStrings.xml": deep}))


def test_100_000_empty_formatted_rows(valid: Path) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>' % (n, n, n) for n in range(3, 100_000))
    assert is_read(repack(valid, in_sheet(b"</sheetData>", rows + b"</sheetData>")))


def test_more_rows_than_any_township_has(valid: Path) -> None:
    row = b'<row r="%d"><c r="B%d" t="inlineStr"><is><t>x</t></is></c></row>'
    rows = b"".join(row % (n, n) for n in range(3, 50_003))
    assert "50000 行" in reason(repack(valid, in_sheet(b"</sheetData>", rows + b"</sheetData>")))


def test_a_sheet_of_16_384_columns(valid: Path) -> None:
    def letters(column: int) -> str:
        return (letters(column // 26 - 1) if column >= 26 else "") + chr(65 + column % 26)

    cells = "".join(f'<c r="{letters(n)}2"><v>{n}</v></c>' for n in range(5, 16_384)).encode()
    path = repack(valid, in_sheet(b"</row></sheetData>", cells + b"</row></sheetData>"))
    assert is_read(path)
    assert read(path).structure["rule"].tolist() == ["F07"] * 50


def test_thousands_of_overlapping_merges(valid: Path) -> None:
    merges = b"".join(b'<mergeCell ref="F%d:XFD1048576"/>' % n for n in range(1, 5000))
    repack(valid, in_sheet(b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>"))
    assert is_read(valid)


def test_macros_are_not_looked_at(valid: Path) -> None:
    assert is_read(repack(valid, lambda name, content: content, **{"xl__vbaProject.bin": os.urandom(100_000)}))


def test_photographs_of_many_megabytes(valid: Path) -> None:
    assert is_read(repack(valid, lambda name, content: content, **{"xl__media__image1.jpg": os.urandom(20 << 20)}))


def test_a_file_too_large_to_open(valid: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.workbook.container.LARGEST_FILE", 100)
    assert "文件过大" in reason(valid)


def test_a_process_that_hangs_costs_only_its_file(valid: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = load()
    with Sandbox(catalogue.current_form, catalogue.synonyms, AROUND, wall_seconds=5.0) as box:
        assert box.read(valid).readable
        process = box._process
        assert process is not None
        os.kill(process.pid, 19)  # SIGSTOP
        box._wall_seconds = 0.2
        assert "超时" in box.read(valid).problems[0].observed  # type: ignore[operator]
        box._wall_seconds = 60.0
        assert box.read(valid).readable
        assert process.poll() is not None


def test_a_process_killed_by_somebody_else_costs_nothing(valid: Path) -> None:
    catalogue = load()
    with Sandbox(catalogue.current_form, catalogue.synonyms, AROUND) as box:
        assert box.read(valid).readable
        assert box._process is not None
        box._process.kill()
        box._process.wait()
        assert box.read(valid).readable


@pytest.mark.parametrize("number", [b"-1000000000000", b"9000000000000000", b"20250305"])
@pytest.mark.parametrize("style", ["yyyy-mm-dd", "[h]:mm"])
def test_numbers_no_date_can_hold_in_cells_formatted_as_dates(valid: Path, number: bytes, style: str) -> None:
    def adapt(book: Any) -> None:
        book["主席团会议"]["C2"].number_format = style

    rows = [MEETING, [date(2025, 3, 5), "议题", 777, 8, "是"]]
    make_xlsx(valid, sheets(presidium_meeting=rows), adapt)
    batch = read(repack(valid, in_sheet(b"<v>777</v>", b"<v>" + number + b"</v>")))
    assert batch.returns["readable"].tolist() == [True]
    assert batch.sheets["presidium_meeting"]["meeting_date"].tolist() == [pd.Timestamp(2025, 3, 5)]
    assert batch.sheets["presidium_meeting"]["present"].tolist() == [8.0]


def test_a_sandbox_that_cannot_start_is_no_files_fault(valid: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox.sys, "executable", "/bin/false")
    catalogue = load()
    with (
        Sandbox(catalogue.current_form, catalogue.synonyms, AROUND) as box,
        pytest.raises(RuntimeError, match="did not start"),
    ):
        box.read(valid)


def test_the_sandbox_does_without_the_heavy_libraries() -> None:
    code = "import sys, ingest.workbook.worker; print(sorted({'pandas', 'numpy', 'airflow'} & set(sys.modules)))"
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_a_mistake_of_ours_costs_one_file_and_is_logged(
    valid: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ingest.workbook.reading.read_table", lambda *_: 1 / 0)
    catalogue = load()
    (found,) = read_files([valid], catalogue.current_form, catalogue.synonyms, AROUND)
    assert not found.readable
    assert "ZeroDivisionError" in caplog.text
