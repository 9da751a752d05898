"""What the platform writes, its reader takes back: templates without a finding, annotated files as they were."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from catalogue import load
from catalogue.findings import shape_findings
from catalogue.periods import Period
from catalogue.register import Township
from catalogue.returns import ReturnBatch
from ingest.workbook import ReceivedFile, read_batch
from publish.annotation import Job, annotate_many
from publish.template import write_template

CATALOGUE = load()
FORM = CATALOGUE.current_form
TOWNSHIP = Township("431230102", "荷沟镇", "镇", (), None, date(2016, 1, 1), None, None)
HAZARD = {
    "hazard_no": "YH-1",
    "found_date": pd.Timestamp(2025, 1, 12),
    "category": "消防",
    "severity": "较大",
    "place": "幼儿园",
    "rectify_by": pd.Timestamp(2025, 4, 1),
    "status": "整改中",
}


def read(*paths: Path) -> ReturnBatch:
    files = []
    for path in paths:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        files.append(ReceivedFile(path, path.name, digest, datetime(2025, 4, 2)))
    return read_batch(files, FORM, CATALOGUE.synonyms)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "荷沟镇.xlsx"
    write_template(
        path,
        FORM,
        TOWNSHIP,
        Period.parse("2025-03"),
        synonyms=CATALOGUE.synonyms,
        rules=CATALOGUE.rules,
        open_hazards=pd.DataFrame([HAZARD]),
        profile={"deputy_quota": 70, "chair_fulltime_flag": True},
    )
    return path


def test_template_is_read_without_a_remark(template: Path) -> None:
    batch = read(template)
    assert batch.structure.empty
    assert batch.cells.empty
    row = batch.returns.iloc[0]
    assert (row["township_code"], row["period"], row["form_version"]) == ("431230102", "2025-03", 1)
    hazard = batch.sheets["hazard"].iloc[0]
    assert {code: hazard[code] for code in HAZARD} == HAZARD
    assert batch.sheets["profile"].iloc[0]["deputy_quota"] == 70
    assert list(batch.sheets["reported_total"]["indicator"]) == list(
        FORM.sheet("reported_total").field("indicator").choices
    )
    assert [code for code, rows in batch.sheets.items() if rows.empty] == [
        sheet.code for sheet in FORM.tables if sheet.code not in ("hazard", "reported_total")
    ]


def test_annotated_files_are_read_as_before(template: Path, tmp_path: Path) -> None:
    assert_unchanged([template], tmp_path)


def test_annotated_sample_county_is_read_as_before(county_small: Path, tmp_path: Path) -> None:
    assert_unchanged(sorted((county_small / "inbox").rglob("*.xlsx")), tmp_path)


def assert_unchanged(sources: list[Path], folder: Path) -> None:
    """Annotated with a finding on every field of every sheet, the files are read to the same rows."""
    before = read(*sources)
    readable = before.returns.loc[before.returns["readable"], "return_no"].tolist()
    found = before.places[["return_no", "sheet", "field"]].assign(
        rule="R04", severity="warn", excel_row=5, message="问题"
    )
    jobs = [Job(number, sources[number], folder / "back" / f"{number}.xlsx", "荷沟镇") for number in readable]
    paths = annotate_many(jobs, shape_findings(found), before.places, form=FORM, rules=CATALOGUE.rules)
    assert (shape_findings(found)["return_no"].value_counts() > 50).all()
    numbers = {number: place for place, number in enumerate(readable)}
    after = read(*paths)
    for code, rows in before.sheets.items():
        expected = rows.assign(return_no=rows["return_no"].map(numbers))
        pd.testing.assert_frame_equal(expected, after.sheets[code], check_dtype=False)
    expected = before.structure[before.structure["return_no"].isin(readable)]
    assert expected["rule"].tolist() == after.structure["rule"].tolist()
    assert len(before.cells) == len(after.cells)
