"""The example of docs/index.md gives what the page says, and the page names every method there is."""

import re
import shlex
from pathlib import Path

from taizhang.index_command import run_index
from transforms.index.aggregate import POWERS
from transforms.index.chain import STEPS
from transforms.index.normalise import METHODS, REFERENCE
from transforms.index.treat import LOGARITHMS

PAGE = (Path(__file__).parents[3] / "docs" / "index.md").read_text(encoding="utf-8")


def test_the_example_is_true(tmp_path: Path) -> None:
    data, meta, wanted = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "data.csv").write_text(data, encoding="utf-8")
    (tmp_path / "meta.csv").write_text(meta, encoding="utf-8")
    console = re.search(r"```console\n(.*?)```", PAGE, re.DOTALL)
    assert console is not None
    words = shlex.split(console.group(1))
    assert words[:9] == [
        "taizhang", "index", "--data", "data.csv", "--meta", "meta.csv", "-o", "out.csv", "--denominate",
    ]  # fmt: skip
    options = dict(zip(words[9::2], words[10::2], strict=True))
    run_index(
        tmp_path / "data.csv", tmp_path / "meta.csv", tmp_path / "out.csv", tmp_path / options["--steps"],
        denominate=True, impute=options["--impute"], normalise=options["--normalise"],
    )  # fmt: skip
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == wanted


def test_every_method_is_named() -> None:
    for word in (*METHODS, REFERENCE, *LOGARITHMS, *POWERS, *STEPS, "genmean", "copeland", "winsorise", "boxcox"):
        assert f"`{word}" in PAGE, word
    for method in METHODS.values():
        for column in method.parameters:
            assert f"`{column}`" in PAGE, column
