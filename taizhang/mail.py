"""Mail to the county's own people, when an SMTP server is set."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

from catalogue.errors import Refusal
from taizhang.settings import Settings


def send(settings: Settings, subject: str, text: str) -> bool:
    """The message was handed to the SMTP server; False when no server or no receiver is set.

    Raises Refusal when the server refuses it, OSError when it cannot be reached (worth another try).
    """
    if settings.smtp_host is None or not settings.mail_to:
        return False
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, settings.mail_from, ", ".join(settings.mail_to)
    message.set_content(text)
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=30) as server:
            if settings.smtp_starttls:
                server.starttls()
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password or "")
            server.send_message(message)
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError) as error:
        raise Refusal(
            f"The mail server {settings.smtp_host} refused the message ({error}): check the settings."
        ) from error
    return True
