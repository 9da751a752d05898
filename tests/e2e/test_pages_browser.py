"""The status pages in headless Chromium: nothing sticks out, all has contrast, the keyboard gets everywhere, A4."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from catalogue import load
from publish.status.county import county_pages
from publish.status.township import township_pages
from publish.status.writing import write_pages
from tests.unit.publish.status_county import MadeCounty, made, newest_months

pytestmark = pytest.mark.e2e
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WIDTHS = {"desktop": 1400, "narrow": 500}  # headless Chromium makes no window narrower than 500
PROBE = Path(__file__).with_name("pages_probe.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Callable[..., bytes]:
    """Runs headless Chromium on a file with further options; what it wrote to stdout."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no Chromium on this machine ({', '.join(BROWSERS)})")

    def run(file: Path, *options: str) -> bytes:
        command = [
            found,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--virtual-time-budget=5000",
        ]
        done = subprocess.run([*command, *options, file.as_uri()], capture_output=True, check=True, timeout=300)
        return done.stdout

    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of a county with many townships, rules and months, long names, every state and every tone."""
    county = _county()
    folder: Path = tmp_path_factory.mktemp("site") / "pages"
    status = county.status()
    write_pages(folder, county_pages(status) | township_pages(status, folder.parent / "outbox", folder))
    return folder


def _county() -> MadeCounty:
    months = newest_months(12)
    county = made(months, days=3)
    states = ("accepted", "returned", "rejected", "open", "exempt")
    rules = list(load().rules)[5:21]
    for number in range(40):
        code = county.township(f"9901011{number:02d}", f"很长名字的第{number}民族乡")
        for place, month in enumerate(months):
            state = states[(number * 7 + place) % len(states)]
            county.owes(code, month, state, unexplained=int(state == "accepted"))
            if state in ("accepted", "returned", "rejected"):
                for rule in rules[number % 5 :: 2] * (1 + place % 14 if number == 1 else 1):
                    county.finding(len(county.returns), rule, "hard" if state != "accepted" else "warn")
            county.values.append((code, month, "session_attendance_rate", 0.5 + place / 30, place % 5 == 0))
        county.alert(
            "missing", code, severity=("serious", "notable", "minor")[number % 3], title=f"第{number}乡逾期未报"
        )
        item = {
            "kind": "hazard",
            "item_no": f"YH-{number}",
            "title": "很长的事项" * 12,
            "since": None,
            "state": "待整改",
        }
        county.open_items.append(item | {"township_code": code, "due_on": county.now.date(), "period": months[-1]})
    name = "f" * 180 + ".xlsx"
    county.unidentified.append({"file_name": name, "messages": "F02 没有代码", "received_at": county.now})
    return county


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", ["index.html", "township/990101101.html"])
def test_a_page_fits_has_contrast_and_obeys_the_keyboard(
    browser: Callable[..., bytes], folder: Path, tmp_path: Path, page: str, width: str
) -> None:
    said = _probe(browser, folder / page, tmp_path, WIDTHS[width])
    assert said["errors"] == []
    assert (said["wide"], said["page"]) == ([], 0)
    assert said["faint"] == []
    assert said["unreachable"] == []
    assert said["skip"] is True


def _probe(browser: Callable[..., bytes], page: Path, folder: Path, width: int) -> dict[str, Any]:
    """What the probe measured on a copy of the page that lets it run."""
    content = re.sub(rb'<meta http-equiv="Content-Security-Policy"[^>]*>', b"", page.read_bytes())
    copy = folder / page.name
    copy.write_bytes(content.replace(b"</body>", f"<script>{PROBE}</script></body>".encode()))
    shown = browser(copy, f"--window-size={width},1000", "--dump-dom").decode()
    found = re.search(r'<pre id="probe">(.*?)</pre>', shown, re.DOTALL)
    assert found, shown[:500]
    answer: dict[str, Any] = json.loads(found[1].replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&"))
    return answer


def test_a_page_prints_on_a4_with_everything_on_it(browser: Callable[..., bytes], folder: Path, tmp_path: Path) -> None:
    """No sheet is empty, closed months are printed as well, and what is wide stands on sheets turned by a quarter."""
    target = tmp_path / "page.pdf"
    browser(folder / "township" / "990101101.html", "--no-pdf-header-footer", f"--print-to-pdf={target}")
    document = pypdfium2.PdfDocument(target)
    texts = [sheet.get_textpage().get_text_range() for sheet in document]
    assert all(len(words.strip()) > 40 for words in texts)
    sizes = {tuple(round(side) for side in sheet.get_size()) for sheet in document}
    assert all(sorted(size) == [595, 842] for size in sizes)
    whole = re.sub(r"\s", "", "".join(texts))
    county = _county().status()
    versions = [row for row in county.returns if row["township_code"] == "990101101"]
    assert whole.count("怎么改") >= sum(len(county.findings.get(row["submission_id"], [])) for row in versions) > 20
