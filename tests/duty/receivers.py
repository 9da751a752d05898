"""Servers that receive what the county sends: mail by SMTP, posts by HTTP; both can be away, refuse or hang up."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import threading
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller


class Mail(NamedTuple):
    """A mail that arrived."""

    to: str
    subject: str
    text: str
    message_id: str
    queued: Any


class Postbox:
    """An SMTP server on loopback; receivers at example.net do not exist."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.on_data: Callable[[], str | None] = lambda: None
        self.port = free_port()
        self._controller: Controller | None = None

    def open(self) -> None:
        """Mail can be delivered."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        """Nobody answers."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.endswith("@example.net"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.on_data()
        if answer is not None and not answer.startswith("250"):
            return answer
        message: Any = email.message_from_bytes(envelope.content, policy=email.policy.default)
        queued = parsedate_to_datetime(str(message["Date"])).replace(tzinfo=None)
        for to in envelope.rcpt_tos:
            mail = Mail(to, str(message["Subject"]), message.get_content(), str(message["Message-ID"]), queued)
            self.mails.append(mail)
        return answer or "250 OK"


class Webhook:
    """An HTTP server that keeps the JSON posted; `answer` is its status, 0 hangs up without one."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.answer = 200
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if keeper.answer in (200, 0):
                    keeper.posts.append(json.loads(body))
                if keeper.answer:
                    self.send_response(keeper.answer)
                    self.end_headers()

            def log_message(self, *given: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"json://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Nobody answers any more."""
        self._server.shutdown()
        self._server.server_close()


def free_port() -> int:
    """A port of loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
