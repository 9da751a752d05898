"""All files of an edition in a folder: the bulletin, the what-if workbook, every unit's page and sheet.

Made from the run document and the approval alone, so the same two give the same bytes, whenever and wherever.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from catalogue.approval import Approval
from catalogue.errors import Refusal
from catalogue.periods import Period
from catalogue.rubric_loading import parse_rubric
from catalogue.runs import RunDocument, RunUnit
from publish.bulletin.letter import write_letter
from publish.bulletin.page import write_page
from publish.bulletin.workbook import write_book
from publish.edition import Edition
from publish.whatif import write_what_if
from publish.why import write_self_check, write_why_page

PAGE, LETTER, BOOK, WHAT_IF, UNITS = "通报.html", "通报.docx", "通报.xlsx", "权重试算.xlsx", "各单位"
_COMMENDATION = "表彰"
CHECK, WHY = "自查核对表.xlsx", "得分说明.html"
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')  # in file names of Windows
_LONGEST = 40


def read_edition(document: RunDocument, approval: Approval | None) -> Edition:
    """The run and its approval as an edition. Raises Refusal when the approval is of another run or state of it.

    Nor is an edition made whose grades are called commendations before they may be."""
    if approval is not None and (approval.run_id, approval.document_sha256) != (document.run_id, document.digest):
        raise Refusal(f"批准的不是第 {document.run_id} 次测算的这份结果：请核对后重新办理审批。")
    if not (approval and approval.approval_number):
        _hold_wording(document)
    rubric = parse_rubric(document.rubric, f"{document.rubric_code} ({document.run_id})")
    return Edition(document, approval, rubric.effective(Period.parse(document.period), document.parameters))


def _hold_wording(document: RunDocument) -> None:
    """No grade is called a commendation while no approval number is known (评比达标表彰活动管理办法)."""
    called = sorted({unit.band for unit in document.units if _COMMENDATION in unit.band})
    if called:
        raise Refusal(
            f"等次“{called[0]}”含有“{_COMMENDATION}”，填批准文号前不能这样称呼：请改计分办法的等次名称后重新测算。"
        )


def write_bulletin(document: RunDocument, approval: Approval | None, folder: Path) -> list[Path]:
    """The files stand in the folder; their paths. Without an approval they are drafts and say so on every page.

    Interrupted, it leaves the former files. Raises Refusal when the folder cannot be written.
    """
    return _write_all(folder, bulletin_files(read_edition(document, approval)))


def write_self_checks(document: RunDocument, folder: Path, *, until: date | None = None) -> dict[str, Path]:
    """Every unit has its own sheet and page in a folder of its name, marked as drafts; the sheets' paths by unit code.

    `until` is the last day on which objections are received. Raises Refusal when the folder cannot be written.
    """
    edition = read_edition(document, None)
    _write_all(folder, _self_checks(edition, until))
    return {unit.code: folder / own / CHECK for unit, own in _own_folders(edition)}


def _self_checks(edition: Edition, until: date | None) -> Iterator[tuple[str, bytes]]:
    for unit, own in _own_folders(edition):
        yield f"{own}/{CHECK}", write_self_check(edition, unit, until)
        yield f"{own}/{WHY}", write_why_page(edition, unit)


def _own_folders(edition: Edition) -> list[tuple[RunUnit, str]]:
    """A folder name for every unit: its name, with the code where two are called the same."""
    names = [_plain_name(unit.name) for unit in edition.units]
    count = Counter(names)
    return [
        (unit, _below(edition, unit, name if count[name] == 1 else f"{name}-{_plain_name(unit.code)}"))
        for unit, name in zip(edition.units, names, strict=True)
    ]


def _below(edition: Edition, unit: RunUnit, name: str) -> str:
    """Groups, deputies and villages have their folders in that of their township's code."""
    return name if edition.document.level == "township" else f"{_plain_name(unit.township_code)}/{name}"


def bulletin_files(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """Path inside the folder and content of every file."""
    yield PAGE, write_page(edition)
    yield LETTER, write_letter(edition)
    yield BOOK, write_book(edition)
    yield WHAT_IF, write_what_if(edition)
    # accounts of groups and deputies are theirs alone (write_self_checks): they are many, and about persons
    for unit in edition.units if edition.document.level == "township" else ():
        yield f"{UNITS}/{file_stem(unit)}.html", write_why_page(edition, unit)
        yield f"{UNITS}/{file_stem(unit)}.xlsx", write_self_check(edition, unit)


def file_stem(unit: RunUnit) -> str:
    """Code and name, as any system takes them for a file name."""
    return f"{_plain_name(unit.code)}-{_plain_name(unit.name)}"


def _plain_name(name: str) -> str:
    return _FORBIDDEN.sub("_", name).strip(" .")[:_LONGEST] or "_"


def _write_all(folder: Path, files: Iterator[tuple[str, bytes]]) -> list[Path]:
    """Everything is made beside the folder first, so that an interruption leaves no mixture of old and new."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".通报-", dir=folder) as scratch:
            made = []
            for name, content in files:
                path = Path(scratch) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                made.append(name)
            for name in made:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (Path(scratch) / name).replace(folder / name)
                written.append(folder / name)
    except OSError as error:
        raise Refusal(f"{folder} 无法写入（{error.strerror}），请换一个文件夹。") from None
    return written
