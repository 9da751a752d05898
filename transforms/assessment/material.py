"""What an assessment is made of, as the warehouse hands it over, and its shape as arrays to score."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from catalogue.inputs import inputs_of
from catalogue.rubric import Rubric
from transforms.scoring import Inputs

UNIT_COLUMNS = ("township_code", "unit", "name", "township_name", "kind", "holds_congress", "is_submitted", "size")
INPUT_COLUMNS = ("township_code", "unit", "input", "value", "numerator", "denominator", "is_approximate")
SOURCE_COLUMNS = ("township_code", "unit", "input", "submission_id", "sheet", "sheet_name", "excel_rows", "columns")
FILE_COLUMNS = ("submission_id", "township_code", "period", "file_name", "sha256")


@dataclass(frozen=True)
class Material:
    """Frames of one period and level: units, inputs, sources, files with the columns named above.

    `inputs` holds what the returns say; `panel` (entry_id, township_code, unit, input, value) what the panel entered.
    `parameters`: figures of law on the period's last day, and term_elapsed.
    """

    units: pd.DataFrame
    inputs: pd.DataFrame
    panel: pd.DataFrame
    sources: pd.DataFrame
    files: pd.DataFrame
    parameters: Mapping[str, float]
    newest_submission: int
    newest_panel_entry: int


def unit_codes(rubric: Rubric, frame: pd.DataFrame) -> list[str]:
    """The code of each row's unit: the township's, or township/unit."""
    if rubric.level == "township":
        return [str(code) for code in frame["township_code"]]
    return [f"{township}/{unit}" for township, unit in zip(frame["township_code"], frame["unit"], strict=True)]


def shape_inputs(rubric: Rubric, material: Material, peer: np.ndarray) -> Inputs:
    """The rubric's inputs of all units as arrays, units in the material's order; panel defaults filled in."""
    units, codes = unit_codes(rubric, material.units), list(rubric.inputs)
    place_of = {code: place for place, code in enumerate(units)}
    column_of = {code: place for place, code in enumerate(codes)}
    figures = np.full((3, len(units), len(codes)), np.nan)
    approximate = np.zeros((len(units), len(codes)), dtype=bool)
    declared = inputs_of(rubric.level)
    for code, column in column_of.items():
        default = declared[code].default
        figures[0, :, column] = np.nan if default is None else default
    for frame in (material.inputs, material.panel):
        kept = frame[frame["input"].isin(codes)]
        named = zip(unit_codes(rubric, kept), kept["input"], range(len(kept)), strict=True)
        where = [(place_of[unit], column_of[code], row) for unit, code, row in named if unit in place_of]
        rows, columns, taken = (list(part) for part in zip(*where, strict=True)) if where else ([], [], [])
        for layer, name in enumerate(("value", "numerator", "denominator")):
            if name in kept:
                figures[layer, rows, columns] = kept[name].astype("float64").to_numpy()[taken]
        if "is_approximate" in kept:
            approximate[rows, columns] = kept["is_approximate"].to_numpy(dtype=bool)[taken]
    from_returns = np.array([declared[code].evidence == "returns" for code in codes], dtype=bool)
    submitted = material.units["is_submitted"].to_numpy(dtype=bool)
    unknown = np.isnan(figures[0]) & np.isnan(figures[2])
    return Inputs(
        units=tuple(units),
        codes=tuple(codes),
        value=figures[0],
        numerator=figures[1],
        denominator=figures[2],
        approximate=approximate,
        absent=~submitted[:, None] & from_returns & unknown,
        congress=material.units["holds_congress"].to_numpy(dtype=bool),
        peer=peer,
    )


def inputs_digest(inputs: Inputs, files: pd.DataFrame) -> str:
    """sha256 over every unit's figures and the files they come from: the same digest, the same data."""
    figures = [
        [None if value != value else value for value in part.ravel().tolist()]  # noqa: PLR0124  NaN is not itself
        for part in (inputs.value, inputs.numerator, inputs.denominator)
    ]
    masks = [part.ravel().tolist() for part in (inputs.approximate, inputs.absent, inputs.congress, inputs.peer)]
    digests = sorted(files["sha256"].astype(str))
    text = json.dumps([digests, inputs.units, inputs.codes, figures, masks], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
