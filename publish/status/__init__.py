"""The county's status as pages: what is due, what came, what is wrong with it, for the county and for each township."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from catalogue.errors import Refusal
from publish.status.county import county_pages
from publish.status.reading import read_status
from publish.status.township import township_pages
from publish.status.writing import write_pages
from warehouse.connection import Warehouse

__all__ = ["MONTHS", "Built", "Place", "build_pages"]
MONTHS = 12  # how many months are shown unless asked otherwise


class Place(Protocol):
    """What building pages needs to know of the settings; `taizhang.settings.Settings` fits."""

    @property
    def warehouse_url(self) -> str: ...
    @property
    def outbox(self) -> Path: ...
    @property
    def pages(self) -> Path: ...


@dataclass(frozen=True)
class Built:
    """Where the pages are, how many there are, and which older ones were removed."""

    folder: Path
    pages: int
    removed: tuple[str, ...]


def build_pages(settings: Place, now: datetime, folder: Path | None = None, months: int = MONTHS) -> Built:
    """The folder holds the pages of the newest months as the warehouse stands; `index.html` is where to begin.

    The pages speak of one moment of the warehouse; `now` (the county's local time) dates them and says what is overdue.
    A reader sees an old page or the new one, never a part. Raises Refusal when the folder cannot be written.
    """
    if months < 1:
        raise Refusal("至少要有一个月份：请把月数写成 1 或更大的数。")
    target = folder or settings.pages
    with Warehouse(settings.warehouse_url).transaction() as connection:
        status = read_status(connection, now, months)
    pages = county_pages(status) | township_pages(status, settings.outbox, target)
    return Built(target, len(pages), write_pages(target, pages))
