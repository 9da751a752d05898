"""Files of every kind become text, or a stated problem."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue.errors import Refusal
from ingest.narrative import extract, office, read_document
from ingest.narrative.documents import LARGEST_FILE

TEXT = "柳塘镇人大2023年工作总结\n全年召开主席团会议7次,组织代表视察5次。\n"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def _docx(body: str, **parts: str) -> bytes:
    made = io.BytesIO()
    names = f'xmlns:w="{W}" xmlns:mc="{MC}"'
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("word/document.xml", f"<w:document {names}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            package.writestr(f"word/{name}.xml", f"<w:part {names}>{content}</w:part>")
    return made.getvalue()


def _p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _pdf(lines: list[str]) -> bytes:
    """A one-page PDF whose text stands in a predefined Chinese encoding."""
    shown = "".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -20 Td\n" for line in lines)
    stream = f"BT /F1 12 Tf 60 780 Td\n{shown}ET" if lines else "0 0 595 842 re f"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
        "/Supplement 2>>/FontDescriptor 7 0 R/DW 1000>>",
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 880"
        "/Descent -120/CapHeight 880/StemV 93>>",
    ]
    made, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(made))
        made += f"{number} 0 obj{content}endobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    made += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{made.index('xref')}\n%%EOF"
    return made.encode("latin-1")


@pytest.fixture
def save(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


Save = Callable[[str, bytes], Path]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_every_encoding(save: Save, encoding: str) -> None:
    assert read_document(save("a.txt", TEXT.encode(encoding))).text == TEXT


def test_big5_text(save: Save) -> None:
    text = "青溪鎮人大主席團召開會議兩次,代表建議有二十七件。"
    assert read_document(save("a.txt", text.encode("big5"))).text == text


def test_docx_with_table_header_footnote_and_box(save: Save) -> None:
    row = "<w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    box = f"<w:p><w:r><w:txbxContent>{_p('框内:接待选民30人次')}</w:txbxContent><w:t>框外</w:t></w:r></w:p>"
    body = _p("正文") + f"<w:tbl>{row.format(_p('视察'), _p('3次'))}</w:tbl>" + box
    data = _docx(body, header1=_p("页眉"), footnotes=_p("脚注"))
    lines = read_document(save("a.docx", data)).text.split("\n")
    assert lines == ["页眉", "正文", "视察\t3次", "框外", "框内:接待选民30人次", "脚注"]


def test_docx_tracked_changes_are_accepted(save: Save) -> None:
    body = (
        "<w:p><w:r><w:t>视察</w:t></w:r><w:del><w:r><w:delText>3</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>5</w:t></w:r></w:ins><w:r><w:t>次</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前半</w:t></w:r></w:p>"
        + _p("后半")
        + f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{_p('删去的行')}</w:tc></w:tr></w:tbl>"
    )
    assert read_document(save("a.docx", _docx(body))).text == "视察5次\n前半后半"


def test_docx_alternate_content_is_read_once(save: Save) -> None:
    body = (
        f"<w:p><mc:AlternateContent><mc:Choice><w:r><w:t>一次</w:t></w:r></mc:Choice>"
        f"<mc:Fallback>{_p('两次')}</mc:Fallback></mc:AlternateContent></w:p>"
    )
    assert read_document(save("a.docx", _docx(body))).text == "一次"


def test_html(save: Save) -> None:
    page = (
        "<html><head><title>题</title><script>var a=1</script></head><body><nav>首页</nav><p>视察<b>3</b>次</p>"
        "<table><tr><td>调研</td><td>2次</td></tr></table><!-- 注 --></body></html>"
    )
    assert [line.strip("\t") for line in read_document(save("a.htm", page.encode())).text.split("\n") if line] == [
        "视察3次",
        "调研\t2次",
    ]


def test_pdf_with_text(save: Save) -> None:
    lines = ["全年召开主席团会议六次。", "组织代表视察四次。"]
    assert read_document(save("a.pdf", _pdf(lines))).text.split("\n")[:2] == lines


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("扫描.pdf", _pdf([]), "扫描件"),
        ("坏.pdf", b"%PDF-1.4 garbage", "PDF 已损坏"),
        ("图.png", b"\x89PNG\r\n\x1a\n....", "图片"),
        ("坏.docx", b"PK\x03\x04broken", "不完整"),
        ("空.txt", b"  \n ", "没有文字"),
        ("二进制.txt", bytes(range(32)) * 40, "不是文字文件"),
        ("半截.docx", _docx("")[:60], "不完整"),
    ],
)
def test_what_cannot_be_read_is_said(save: Save, name: str, data: bytes, said: str) -> None:
    document = read_document(save(name, data))
    assert document.text == ""
    assert document.problem is not None
    assert said in document.problem


def test_entity_bombs_do_nothing(save: Save) -> None:
    made = io.BytesIO()
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(made, "w") as package:
        package.writestr(
            "word/document.xml",
            f'{bomb}<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>会议&b;次</w:t></w:r></w:p></w:body></w:document>',
        )
    assert "aaaa" not in read_document(save("a.docx", made.getvalue())).text


def test_zip_bombs_are_refused(save: Save) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * (25 << 20))
    assert "过大" in str(read_document(save("a.docx", made.getvalue())).problem)


def test_a_workbook_is_no_report(save: Save) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
    assert "工作簿" in str(read_document(save("a.xlsx", made.getvalue())).problem)


def test_huge_files_are_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    assert "MB" in str(read_document(path).problem)


def test_old_formats_without_libreoffice_are_named(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
    assert read_document(save("旧.wps", data)).problem == office.MISSING


def test_extract_refuses_with_the_problem(save: Save) -> None:
    with pytest.raises(Refusal, match="图片"):
        extract(save("图.png", b"\x89PNG\r\n\x1a\n"))


def test_extract_reads_a_file(save: Save) -> None:
    facts = extract(save("a.docx", _docx(_p("全年召开主席团会议6次。"))))
    assert [(fact.indicator, fact.value, fact.quote) for fact in facts] == [
        ("presidium_meetings", 6, "全年召开主席团会议6次")
    ]
