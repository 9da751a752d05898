"""`taizhang index`: a composite index from CSV files."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from catalogue.errors import Refusal
from transforms.index import IndexResult, build_index
from transforms.index.chain import STEPS
from transforms.index.uncertainty import measure_robustness

ENCODINGS = ("utf-8-sig", "gb18030")


def run_index(
    data_csv: Path,
    meta_csv: Path,
    output_csv: Path,
    steps_dir: Path | None = None,
    *,
    denominate: bool = False,
    impute: str = "none",
    treat: str = "none",
    normalise: str | None = None,
    aggregate: str | Sequence[str] = "amean",
    weights: str = "original",
    least_available: float | None = None,
) -> dict[str, Any]:
    """The index of the units in `data_csv` is in `output_csv`: uCode, then every aggregate and its rank_CODE.

    `aggregate` is one method or one per level, separated by commas. With `steps_dir` every step that was done has its
    table STEP.csv there, with ranks.csv and the journal log.csv. The result names what was written and the warnings.
    Raises Refusal with one sentence when a file or an option is not in order.
    """
    for path in (data_csv, meta_csv):
        if output_csv.resolve() == path.resolve():
            raise Refusal(f"输出文件不能与输入文件 {path.name} 相同；请换一个文件名。")
    result = build_index(
        read_table(data_csv),
        read_table(meta_csv),
        denominate=denominate,
        impute=impute,
        treat=treat,
        normalise=normalise,
        aggregate=aggregate,
        weights=weights,
        least_available=least_available,
    )
    write_table(tabulate_scores(result), output_csv)
    written = _write_steps(result, steps_dir) if steps_dir is not None else []
    warnings = result.log[result.log["severity"] == "warn"].drop(columns="severity")
    return {
        "output": str(output_csv),
        "units": len(result.scores),
        "indicators": result.steps["raw"].shape[1],
        "aggregates": list(result.scores.columns),
        "steps": written,
        "warnings": warnings.to_dict(orient="records"),
    }


def run_robustness(
    data_csv: Path,
    meta_csv: Path,
    folder: Path,
    vary: Sequence[str],
    *,
    noise: float = 0.0,
    replications: int = 1000,
    seed: int = 1,
    **base: Any,
) -> dict[str, Any]:
    """How far the ranks depend on the choices is in `folder`: ranks.csv, parameters.csv, shares.csv.

    `vary`: choices as “step=one|other”; `base`: the steps of run_index as they are meant. Raises Refusal like it.
    """
    found = measure_robustness(
        read_table(data_csv),
        read_table(meta_csv),
        base,
        dict(_read_choice(text) for text in vary),
        noise=noise,
        replications=replications,
        seed=seed,
    )
    write_table(found.ranks, folder / "ranks.csv")
    write_table(found.parameters, folder / "parameters.csv")
    write_table(found.shares.rename_axis("choice"), folder / "shares.csv")
    return {"folder": str(folder), "replications": replications, "failures": dict(found.failures), "seed": seed}


def _read_choice(text: str) -> tuple[str, list[Any]]:
    """“normalise=minmax|zscore” as its step and alternatives; denominate takes yes and no."""
    step, equals, rest = text.partition("=")
    options: list[Any] = [option.strip() for option in rest.split("|") if option.strip()]
    if not equals or not options:
        raise Refusal(f"看不懂“{text}”；请写成 步骤=做法|做法，例如 normalise=minmax|zscore。")
    if step.strip() == "denominate":
        if not set(options) <= {"yes", "no"}:
            raise Refusal("denominate 的做法只有 yes 和 no，例如 denominate=yes|no。")
        options = [option == "yes" for option in options]
    return step.strip(), options


def tabulate_scores(result: IndexResult) -> pd.DataFrame:
    """By uCode: each aggregate, the top level first, followed by its rank."""
    columns = {}
    for code in result.scores.columns:
        columns[code] = result.scores[code]
        columns[f"rank_{code}"] = result.ranks[code]
    return pd.DataFrame(columns, index=result.scores.index)


def read_table(path: Path) -> pd.DataFrame:
    """The cells of a CSV file as text, empty ones as ''; UTF-8, or GB18030 as Chinese Excel writes it.

    Raises Refusal when the file is missing, not CSV text, or a line has another number of cells than the header.
    """
    try:
        rows = [row for row in csv.reader(io.StringIO(_read_text(path), newline="")) if any(row)]
    except csv.Error as error:
        raise Refusal(f"{path} 不是完好的 CSV；请检查引号是否成对。") from error
    if not rows:
        raise Refusal(f"{path} 是空的；第一行应为列名。")
    header = [name.strip() for name in rows[0]]
    for number, row in enumerate(rows[1:], start=1):
        if len(row) != len(header):
            raise Refusal(f"{path} 第 {number} 条记录有 {len(row)} 格，列名有 {len(header)} 个；请检查逗号和引号。")
    return pd.DataFrame(rows[1:], columns=pd.Index(header), dtype=object)


def _read_text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Refusal(f"打不开 {path}；请检查路径和权限。") from error
    for encoding in ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refusal(f"{path} 不是 CSV 文本；如是 Excel 工作簿，请另存为 CSV（UTF-8）。")


def write_table(table: pd.DataFrame, path: Path) -> None:
    """The table with its index is in a CSV file; numbers read back to the same double, missing is empty."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, lineterminator="\n", encoding="utf-8")
    except OSError as error:
        raise Refusal(f"写不了 {path}；请检查路径、权限，或文件是否正被打开。") from error


def _write_steps(result: IndexResult, folder: Path) -> list[str]:
    """A table STEP.csv per step that was done, ranks.csv and log.csv; tables of an earlier run are not left behind."""
    tables = {**result.steps, "ranks": result.ranks, "log": result.log.set_index("step")}
    for step in STEPS:
        if step not in tables:
            (folder / f"{step}.csv").unlink(missing_ok=True)
    for step, table in tables.items():
        write_table(table, folder / f"{step}.csv")
    return [f"{step}.csv" for step in tables]
