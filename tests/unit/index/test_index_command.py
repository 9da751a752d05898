"""The file level of `taizhang index`."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from catalogue.errors import Refusal
from taizhang.index_command import read_table, run_index


@pytest.fixture
def files(tmp_path: Path, data: pd.DataFrame, meta: pd.DataFrame) -> tuple[Path, Path]:
    paths = tmp_path / "data.csv", tmp_path / "meta.csv"
    data.assign(uCode=[f"0{place}" for place in range(6)]).to_csv(paths[0], index=False)
    meta.to_csv(paths[1], index=False)
    return paths


def test_output_has_code_aggregates_and_ranks(files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "new" / "out.csv"
    answer = run_index(*files, out, impute="mean", normalise="minmax:0,100")
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["uCode", "Index", "rank_Index", "Work", "rank_Work", "Effect", "rank_Effect"]
    assert [row[0] for row in rows[1:]] == ["00", "01", "02", "03", "04", "05"]
    assert rows[2][6] == "1"
    assert answer["aggregates"] == ["Index", "Work", "Effect"]
    assert (answer["units"], answer["indicators"], answer["steps"]) == (6, 4, [])


def test_missing_scores_are_empty_cells(files: tuple[Path, Path], tmp_path: Path) -> None:
    run_index(*files, tmp_path / "out.csv", normalise="rank", least_available=0.6)
    table = read_table(tmp_path / "out.csv")
    assert list(table["rank_Effect"]) == ["3", "", "1", "2", "", ""]
    assert list(table["Effect"])[1] == ""


def test_steps_are_written_and_old_ones_removed(files: tuple[Path, Path], tmp_path: Path) -> None:
    steps = tmp_path / "steps"
    run_index(*files, tmp_path / "out.csv", steps, denominate=True, impute="mean", treat="winsorise:1",
              normalise="minmax:1,100", aggregate="amean,gmean", weights="equal")  # fmt: skip
    assert sorted(path.stem for path in steps.iterdir()) == [
        "aggregated", "denominated", "imputed", "log", "normalised", "outliers", "ranks", "raw", "treated", "weights",
    ]  # fmt: skip
    (steps / "mine.csv").write_text("kept", encoding="utf-8")
    answer = run_index(*files, tmp_path / "out.csv", steps)
    assert sorted(answer["steps"]) == ["aggregated.csv", "log.csv", "ranks.csv", "raw.csv", "weights.csv"]
    assert {path.name for path in steps.iterdir()} == {*answer["steps"], "mine.csv"}


def test_numbers_survive_the_file(files: tuple[Path, Path], tmp_path: Path) -> None:
    text = files[0].read_text(encoding="utf-8").replace("40.0", "5.1000000000000005")
    files[0].write_text(text, encoding="utf-8")
    run_index(*files, tmp_path / "out.csv", tmp_path / "steps")
    assert "5.1000000000000005" in set(read_table(tmp_path / "steps" / "raw.csv")["Done"])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_files_as_excel_writes_them(encoding: str, files: tuple[Path, Path], tmp_path: Path) -> None:
    for path in files:
        path.write_bytes((path.read_text(encoding="utf-8") + ",,\r\n").encode(encoding).replace(b",,\r\n", b"\r\n"))
    run_index(*files, tmp_path / "out.csv", impute="group-mean:Kind", normalise="rank")
    assert len(read_table(tmp_path / "out.csv")) == 6


def test_warnings_are_in_the_answer(files: tuple[Path, Path], tmp_path: Path) -> None:
    answer = run_index(*files, tmp_path / "out.csv")
    assert [warning["step"] for warning in answer["warnings"]] == ["aggregated"]
    assert "Late" in answer["warnings"][0]["message"]


def test_files_that_cannot_be_used_are_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    with pytest.raises(Refusal, match="打不开"):
        run_index(tmp_path / "none.csv", files[1], out)
    with pytest.raises(Refusal, match="输入文件"):
        run_index(*files, files[0])
    with pytest.raises(Refusal, match="写不了"):
        run_index(*files, files[0] / "out.csv")
    for content, words in ((b"", "空"), (b"PK\x03\x04\x00\x00\xff", "Excel"), (b"uCode,a\nA,1,2\n", "第 1 条")):
        broken = tmp_path / "broken.csv"
        broken.write_bytes(content)
        with pytest.raises(Refusal, match=words):
            run_index(broken, files[1], out)
    assert not out.exists()
