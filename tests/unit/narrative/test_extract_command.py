"""The lines `taizhang extract` prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalogue.errors import Refusal
from taizhang.extract_command import run_extract

KEYS = [
    "file", "indicator", "value", "unit", "approx", "period_text", "scope", "confidence", "quote", "start", "end",
]  # fmt: skip


def test_lines_have_exactly_the_keys_of_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "报告.txt"
    path.write_text("柳塘镇人大2023年工作总结\n召开主席团会议6次,捐款1.5万余元。", encoding="utf-8")
    lines = [json.loads(line) for line in run_extract([path], as_json=True)]
    assert [list(line) for line in lines] == [KEYS, KEYS]
    assert [(line["indicator"], line["value"], line["unit"], line["approx"]) for line in lines] == [
        ("presidium_meetings", 6, "次", False),
        ("funds_yuan", 15000, "元", True),
    ]
    assert all(0 <= line["confidence"] <= 1 and line["file"] == path.as_posix() for line in lines)


def test_problems_are_told_and_the_next_file_is_read(tmp_path: Path) -> None:
    scan, report = tmp_path / "a.png", tmp_path / "b.txt"
    scan.write_bytes(b"\x89PNG\r\n\x1a\n")
    report.write_text("召开主席团会议6次。", encoding="utf-8")
    told: list[str] = []
    assert len(list(run_extract([scan, report], tell=told.append))) == 1
    assert len(told) == 1
    assert "图片" in told[0]


def test_a_missing_file_is_refused_before_any_output(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="没有这个文件"):
        next(run_extract([tmp_path / "无.txt"]))


def test_a_register_tells_reports_of_no_known_township(tmp_path: Path) -> None:
    register, report = tmp_path / "townships.csv", tmp_path / "a.txt"
    register.write_text(
        "township_code,name,kind,aliases,population,valid_from,valid_to,successor_code\n"
        "510000101,柳塘镇,镇,,,2001-01-01,,\n",
        encoding="utf-8",
    )
    report.write_text("青溪镇人大工作总结\n召开主席团会议6次。", encoding="utf-8")
    told: list[str] = []
    list(run_extract([report], tell=told.append, register=register))
    assert len(told) == 1
    assert "名册" in told[0]
