"""What telling people needs to know of the settings; `taizhang.settings.Settings` fits."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Place(Protocol):
    """Where the county's state lives, and who is told."""

    @property
    def warehouse_url(self) -> str: ...
    @property
    def outbox(self) -> Path: ...
    @property
    def smtp_host(self) -> str | None: ...
    @property
    def mail_to(self) -> tuple[str, ...]: ...
    @property
    def notify_urls(self) -> tuple[str, ...]: ...
    @property
    def operator_to(self) -> tuple[str, ...]: ...
    @property
    def reminder_days(self) -> tuple[int, ...]: ...
    @property
    def watch_months(self) -> int: ...
