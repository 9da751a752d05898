"""Files that are no workbook, or none any more (rule F01)."""

from __future__ import annotations

from random import Random

from taizhang.simulation.xlsx import pack

_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")  # signature of OLE compound files, which encrypted workbooks are
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


def spoil_file(rng: Random, workbook: bytes) -> bytes:
    """What arrives instead of the workbook: cut short, a Word or text file renamed, encrypted, blank, or noise.

    No two are the same bytes: those would be one file to the archive.
    """
    kind = rng.choice(("cut", "word", "text", "encrypted", "noise", "blank"))
    if kind == "cut":
        return workbook[: round(len(workbook) * rng.uniform(0.2, 0.9))]
    mark = rng.randbytes(6).hex()
    if kind == "word":
        text = f"<w:p><w:r><w:t>人大工作汇报 {mark}</w:t></w:r></w:p>"
        document = f'<w:document xmlns:w="{_WORD}"><w:body>{text}</w:body></w:document>'
        return pack({"[Content_Types].xml": f'<Types xmlns="{_TYPES}"/>', "word/document.xml": document}, 6)
    if kind == "text":
        return f"各位领导：表格打不开，本月情况随后补报。{mark}\r\n".encode("gb18030")
    if kind == "encrypted":
        name = "EncryptedPackage".encode("utf-16-le")
        return _COMPOUND + rng.randbytes(504) + name + rng.randbytes(3584 - len(name))
    return rng.randbytes(3000) if kind == "noise" else bytes(rng.randint(100, 5000)) + mark.encode()
