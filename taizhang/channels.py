"""Ways a message goes out: mail by SMTP, everything else by Apprise (DingTalk, WeCom, Feishu, webhooks).

A channel says one of three things of a message: the server took it (it returns), the server surely did not (Unsent), or
nobody can know (Unclear). Only what was surely not taken is tried again by itself.
"""

from __future__ import annotations

import io
import logging
import re
import smtplib
from collections.abc import Callable
from email.headerregistry import Address as Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Protocol

from taizhang.settings import Settings
from warehouse.duty.messages import Claimed

SECONDS = 30
_NEVER_CONNECTED = re.compile(r"NewConnectionError|NameResolution|ConnectTimeout|Connection refused|Failed to resolve")


class Unsent(Exception):
    """The server surely has not taken the message. `for_good`: it never will; `is_down`: nor any other just now."""

    def __init__(self, why: str, *, for_good: bool = False, is_down: bool = False) -> None:
        super().__init__(why)
        self.for_good, self.is_down = for_good, is_down


class Unclear(Exception):
    """The connection broke while the server held the message."""


class Channel(Protocol):
    """Sends one message; calls `hand_over` when from then on the server may have it."""

    def __call__(self, settings: Settings, message: Claimed, hand_over: Callable[[], None]) -> None: ...


def send_mail(settings: Settings, message: Claimed, hand_over: Callable[[], None]) -> None:
    """The SMTP server has taken the message. Its Message-ID follows from its dedup key, so a second one is recognised.

    Raises Unsent or Unclear.
    """
    content = _mail(settings, message).as_bytes(policy=SMTP)
    if settings.smtp_host is None:
        raise Unsent("没有设置邮件服务器（TAIZHANG_SMTP_HOST）", is_down=True)
    try:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SECONDS)
    except (OSError, smtplib.SMTPException) as error:
        raise Unsent(f"连不上邮件服务器 {settings.smtp_host}:{settings.smtp_port}（{error}）", is_down=True) from None
    try:
        _prepare(server, settings, message)
        hand_over()
        _transmit(server, content)
    finally:
        server.close()


def _mail(settings: Settings, message: Claimed) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["From"], mail["To"] = message.subject, settings.mail_from, message.address
    domain = Header(addr_spec=settings.mail_from).domain or "localhost"
    mail["Message-ID"] = f"<taizhang.{message.dedup_key}@{domain}>"
    mail["Date"] = format_datetime(message.queued_at.replace(tzinfo=settings.zone))
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    return mail


def _prepare(server: smtplib.SMTP, settings: Settings, message: Claimed) -> None:
    """Everything up to the content: whatever goes wrong here, the server has no message."""
    try:
        server.ehlo_or_helo_if_needed()
        if settings.smtp_starttls:
            server.starttls()
            server.ehlo()
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password or "")
        for code, answer in (server.mail(settings.mail_from), server.rcpt(message.address)):
            if code not in (250, 251):
                raise Unsent(_said(code, answer), for_good=code >= 500)
    except smtplib.SMTPAuthenticationError as error:
        raise Unsent(f"邮件服务器不接受用户名或密码（{error.smtp_code}），请改正设置", is_down=True) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unsent(f"邮件服务器中断（{error}）", is_down=True) from None


def _transmit(server: smtplib.SMTP, content: bytes) -> None:
    try:
        code, answer = server.data(content)
    except smtplib.SMTPDataError as error:
        raise Unsent(_said(error.smtp_code, error.smtp_error), for_good=error.smtp_code >= 500) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unclear(f"邮件交给服务器时中断（{error}）") from None
    if 400 <= code < 600:
        raise Unsent(_said(code, answer), for_good=code >= 500)
    if code != 250:
        raise Unclear(_said(code, answer))


def _said(code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", errors="replace") if isinstance(answer, bytes) else answer
    return f"邮件服务器答复：{code} {words[:200]}"


def send_apprise(settings: Settings, message: Claimed, hand_over: Callable[[], None]) -> None:  # noqa: ARG001
    """The service behind the Apprise address has taken the message. Raises Unsent or Unclear.

    These services know no message ids: the dedup key stands at the end of the text, so a second one is recognised.
    """
    import apprise  # noqa: PLC0415  (heavy, and only needed where such an address is set)

    sender = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False, app_id="Taizhang", app_desc="台账"))
    if not sender.add(message.address):
        raise Unsent("通知地址无法识别，请改正（Apprise 格式，如 dingtalk://…、wecombot://…、json://…）", for_good=True)
    hand_over()
    body = f"{message.body}\n编号 {message.dedup_key[:12]}"
    with apprise.LogCapture(level=logging.DEBUG, fmt="%(message)s") as captured:  # type: ignore[no-untyped-call]
        taken = sender.notify(title=message.subject, body=body)
        log = captured.getvalue() if isinstance(captured, io.StringIO) else ""
    if taken:
        return
    why = next((line for line in reversed(log.splitlines()) if line.strip()), "没有说明")[:200]
    if "Socket Exception" in log and not _NEVER_CONNECTED.search(log):
        raise Unclear(f"通知交给对方时中断（{why}）")
    raise Unsent(f"通知没有发出（{why}）")


CHANNELS: dict[str, Channel] = {"mail": send_mail, "apprise": send_apprise}
