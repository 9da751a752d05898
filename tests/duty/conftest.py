"""A county with a warehouse of its own and servers that receive its messages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
for neighbour in ("sql", "rules"):
    sys.path.insert(0, str(Path(__file__).parents[1] / neighbour))

from receivers import Postbox, Webhook  # noqa: E402

from taizhang.settings import Settings  # noqa: E402


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    box = Postbox()
    box.open()
    yield box
    box.close()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()
    yield hook
    hook.close()


@pytest.fixture
def county(tmp_path: Path, database_url: str, postbox: Postbox, webhook: Webhook) -> Settings:
    """The county is told by mail and by a webhook."""
    return Settings(
        home=tmp_path,
        database_url=database_url,
        smtp_host="127.0.0.1",
        smtp_port=postbox.port,
        mail_from="taizhang@example.org",
        mail_to=("county@example.org",),
        notify_urls=(webhook.url,),
    )
