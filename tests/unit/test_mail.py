"""Mail: sent to a real SMTP server on loopback, or not at all."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from catalogue.errors import Refusal
from taizhang.local.processes import choose_port
from taizhang.mail import send
from taizhang.settings import Settings


class Postbox:
    """Keeps what arrives; refuses receivers at example.net."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.endswith("@example.net"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.messages.append(
            (envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default))
        )
        return "250 OK"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    box = Postbox()
    port = choose_port(0, None, "the test's mail server")
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


def test_a_message_arrives_with_its_chinese_subject_and_text(tmp_path: Path, postbox: tuple[Postbox, int]) -> None:
    box, port = postbox
    settings = Settings(
        home=tmp_path, smtp_host="127.0.0.1", smtp_port=port, mail_to=("a@example.org", "b@example.org")
    )
    assert send(settings, "月报收集：新收 3 份", "受理 2\n退回 1")
    receivers, message = box.messages[0]
    assert receivers == ["a@example.org", "b@example.org"]
    assert message["Subject"] == "月报收集：新收 3 份"
    assert message.get_content().split() == ["受理", "2", "退回", "1"]


def test_nothing_is_sent_without_a_server_or_a_receiver(tmp_path: Path) -> None:
    assert not send(Settings(home=tmp_path, mail_to=("a@example.org",)), "s", "t")
    assert not send(Settings(home=tmp_path, smtp_host="127.0.0.1"), "s", "t")


def test_a_refused_receiver_is_told_not_tried_again(tmp_path: Path, postbox: tuple[Postbox, int]) -> None:
    settings = Settings(home=tmp_path, smtp_host="127.0.0.1", smtp_port=postbox[1], mail_to=("a@example.net",))
    with pytest.raises(Refusal, match="check the settings"):
        send(settings, "s", "t")
