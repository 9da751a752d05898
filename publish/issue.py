"""Issues the month's workbook to a township, with what is still open carried forward from the warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pandas as pd

from catalogue import load
from catalogue.errors import Refusal
from catalogue.periods import Period
from publish.template import write_template
from warehouse.connection import Warehouse
from warehouse.generation import SQL
from warehouse.registry import read_register

ISSUE = SQL / "issue"
CARRIED = ("hazard", "suggestion", "petition")


class Place(Protocol):
    """What issuing needs to know of the settings."""

    @property
    def warehouse_url(self) -> str: ...


def issue_template(settings: Place, township_code: str, period: str, output: Path) -> dict[str, int]:
    """The workbook is at `output`; how many rows were carried forward, by sheet label.

    Raises Refusal when the township or the period is not known, or the file cannot be written.
    """
    month = Period.parse(period)
    if month.kind != "month":
        raise Refusal(f"“{period}”不是月份，请写成 2025-03 这样。")
    warehouse = Warehouse(settings.warehouse_url)
    township = read_register(warehouse).find(township_code, month.last_day)
    if township is None:
        raise Refusal(f"名录中 {period} 没有代码为 {township_code} 的乡镇，请核对代码。")
    asked = {"township_code": township_code, "period": month.text}
    carried = {code: warehouse.query(ISSUE / f"{code}.sql", asked) for code in CARRIED}
    profile = warehouse.query(ISSUE / "profile.sql", asked)
    catalogue = load()
    try:
        write_template(
            output,
            catalogue.current_form,
            township,
            month,
            synonyms=catalogue.synonyms,
            rules=catalogue.rules,
            open_hazards=carried["hazard"],
            open_suggestions=carried["suggestion"],
            open_petitions=carried["petition"],
            profile=_values(profile),
        )
    except OSError as error:
        raise Refusal(f"{output} 无法写入（{error.strerror}），请换一个位置。") from None
    form = catalogue.current_form
    return {form.sheet(code).label: len(frame) for code, frame in carried.items()}


def _values(profile: pd.DataFrame) -> dict[str, object] | None:
    if profile.empty:
        return None
    return {str(name): value for name, value in profile.iloc[0].to_dict().items() if not _missing(value)}


def _missing(value: object) -> bool:
    return value is None or value != value  # noqa: PLR0124  (NaN differs from itself)
