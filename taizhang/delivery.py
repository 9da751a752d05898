"""Sending what waits in the outbox: each message at most once, whoever is killed when."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from catalogue.errors import Unavailable
from taizhang.channels import CHANNELS, Channel, Unclear, Unsent
from taizhang.settings import Settings
from warehouse.connection import Warehouse
from warehouse.duty import messages
from warehouse.duty.messages import Claimed

Clock = Callable[[], datetime]
PATIENCE = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds between attempts to write down what became of a message


def deliver(settings: Settings, clock: Clock | None = None, channels: Mapping[str, Channel] = CHANNELS) -> Counter[str]:
    """Everything that waits has been tried once, the most pressing first; how many became what (messages.STATES).

    Several may deliver at once: a message is one sender's. What a killed sender left is put right first.
    """
    now, done = clock or settings.now, Counter[str]()
    warehouse, down = Warehouse(settings.warehouse_url), set[str]()
    with warehouse.transaction() as connection:
        done.update(messages.reconcile(connection, now()))
    while (message := _claim(warehouse, now, down)) is not None:
        outcome = _send(settings, warehouse, message, now, channels[message.channel], down)
        done[outcome] += 1
    return +done


def _claim(warehouse: Warehouse, now: Clock, down: set[str]) -> Claimed | None:
    with warehouse.transaction() as connection:
        return messages.claim(connection, now(), down)


def _send(
    settings: Settings, warehouse: Warehouse, message: Claimed, now: Clock, channel: Channel, down: set[str]
) -> str:
    """The message's new state, which has been written down."""

    def hand_over() -> None:
        with warehouse.transaction() as connection:
            if not messages.hand_over(connection, message, now()):
                raise Unsent("已由另一进程处理")

    def note_sent() -> str:
        with warehouse.transaction() as connection:
            messages.note_sent(connection, message, now())
        return "sent"

    try:
        channel(settings, message, hand_over)
    except Unclear as error:
        why = str(error)

        def note_uncertain() -> str:
            with warehouse.transaction() as connection:
                messages.note_uncertain(connection, message, now(), why)
            return "uncertain"

        return _patiently(note_uncertain)
    except Unsent as error:
        down.update({message.channel} if error.is_down else ())
        with warehouse.transaction() as connection:
            messages.note_failed(connection, message, now(), str(error), for_good=error.for_good)
        return "undeliverable" if error.for_good else "queued"
    return _patiently(note_sent)


def _patiently(write: Callable[[], str]) -> str:
    """The outcome is written down even if the database is restarting just now; else it will be found uncertain."""
    for seconds in PATIENCE:
        try:
            return write()
        except Unavailable:
            time.sleep(seconds)
    return write()
