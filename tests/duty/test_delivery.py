"""Sending: at most once whoever is killed when, in order of weight, again when the other side is away."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import apprise
import pytest
from receivers import Postbox, Webhook

from catalogue.errors import Refusal
from taizhang.channels import CHANNELS
from taizhang.delivery import deliver
from taizhang.settings import Settings
from warehouse.connection import Warehouse
from warehouse.duty import messages
from warehouse.duty.messages import GIVE_UP, LEASE, Address, Draft, Kind

NOW = datetime.combine(date.today(), datetime.min.time())
ROOT = Path(__file__).resolve().parents[2]


def queue(settings: Settings, *addresses: Address, kind: Kind = "digest", matter: str = "m", **more: Any) -> int:
    receivers = addresses or (Address("mail", "a@example.org"),)
    with Warehouse(settings.warehouse_url).transaction() as connection:
        return messages.queue(
            connection, Draft(kind, (matter,), receivers, f"标题 {matter}", "正文，中文。", **more), NOW
        )


def states(settings: Settings) -> list[str]:
    rows = Warehouse(settings.warehouse_url).query("select state from duty.delivery order by message_id")
    return [str(state) for state in rows["state"]]


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def test_a_message_arrives_in_chinese_with_an_id_of_its_own(county: Settings, postbox: Postbox) -> None:
    queue(county)
    assert deliver(county, at(NOW)) == {"sent": 1}
    assert deliver(county, at(NOW)) == {}
    mail = postbox.mails[0]
    assert (mail.to, mail.subject, mail.text.strip()) == ("a@example.org", "标题 m", "正文，中文。")
    key = Warehouse(county.warehouse_url).query("select dedup_key from restricted.message")["dedup_key"].iloc[0]
    assert mail.message_id == f"<taizhang.{key}@example.org>"


def test_a_matter_is_told_once(county: Settings) -> None:
    assert (queue(county), queue(county)) == (1, 0)
    assert queue(county, matter="other") == 1


def test_returned_workbooks_go_first(county: Settings, postbox: Postbox) -> None:
    for kind in ("digest", "reminder", "returned", "alert"):
        queue(county, kind=kind, matter=kind)  # type: ignore[arg-type]
    deliver(county, at(NOW))
    assert [mail.subject.split()[1] for mail in postbox.mails] == ["returned", "alert", "reminder", "digest"]


def test_a_server_that_is_away_gets_everything_later(county: Settings, postbox: Postbox) -> None:
    postbox.close()
    for matter in ("one", "two"):
        queue(county, matter=matter)
    for hours in range(24):
        deliver(county, at(NOW + timedelta(hours=hours)))
    assert states(county) == ["queued", "queued"]
    postbox.open()
    deliver(county, at(NOW + timedelta(hours=25)))
    assert [mail.subject for mail in postbox.mails] == ["标题 one", "标题 two"]
    assert states(county) == ["sent", "sent"]


def test_what_cannot_be_sent_for_days_is_shown(county: Settings, postbox: Postbox) -> None:
    postbox.close()
    queue(county)
    deliver(county, at(NOW + GIVE_UP - timedelta(hours=2)))
    assert states(county) == ["queued"]
    deliver(county, at(NOW + GIVE_UP + timedelta(hours=1)))
    assert states(county) == ["undeliverable"]
    with Warehouse(county.warehouse_url).transaction() as connection:
        assert messages.count_stuck(connection) == {"undeliverable": 1}
        assert "连不上" in messages.list_messages(connection)["last_error"].iloc[0]


def test_a_receiver_that_does_not_exist_is_not_tried_again(county: Settings, postbox: Postbox) -> None:
    queue(county, Address("mail", "nobody@example.net"), Address("mail", "a@example.org"))
    deliver(county, at(NOW))
    assert states(county) == ["undeliverable", "sent"]


def test_a_server_that_is_busy_is_asked_again(county: Settings, postbox: Postbox) -> None:
    queue(county)
    postbox.on_data = lambda: "451 busy"
    assert deliver(county, at(NOW)) == {"queued": 1}
    assert deliver(county, at(NOW)) == {}, "not before its time"
    postbox.on_data = lambda: None
    assert deliver(county, at(NOW + timedelta(minutes=6))) == {"sent": 1}
    assert len(postbox.mails) == 1


def test_a_reminder_past_its_time_is_not_sent(county: Settings, postbox: Postbox) -> None:
    queue(county, valid_until=NOW + timedelta(hours=1))
    deliver(county, at(NOW + timedelta(hours=2)))
    assert (states(county), postbox.mails) == (["expired"], [])


CHILD = """
import sys
from datetime import datetime
from pathlib import Path
from taizhang.delivery import deliver
from taizhang.settings import Settings
home, url, port, now = sys.argv[1:]
settings = Settings(
    home=Path(home), database_url=url, smtp_host="127.0.0.1", smtp_port=int(port), mail_from="t@example.org"
)
deliver(settings, lambda: datetime.fromisoformat(now))
"""


def start_child(settings: Settings) -> subprocess.Popen[str]:
    arguments = [str(settings.home), str(settings.database_url), str(settings.smtp_port), NOW.isoformat()]
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_killed_between_sending_and_recording_nothing_is_sent_twice(county: Settings, postbox: Postbox) -> None:
    """The process dies by SIGKILL while the server, which has taken the mail, is about to say so."""
    queue(county, matter="first")
    queue(county, matter="second")
    child = start_child(county)

    def kill() -> None:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()

    postbox.on_data = kill
    child.wait(timeout=120)
    assert child.returncode == -signal.SIGKILL
    postbox.on_data = lambda: None
    assert (states(county), len(postbox.mails)) == (["sending", "queued"], 1)
    assert deliver(county, at(NOW + LEASE / 2)) == {"sent": 1}, "the other message does not wait"
    assert deliver(county, at(NOW + LEASE * 2)) == {"uncertain": 1}
    assert sorted(mail.subject for mail in postbox.mails) == ["标题 first", "标题 second"]
    with Warehouse(county.warehouse_url).transaction() as connection:
        assert messages.count_stuck(connection) == {"uncertain": 1}


def test_killed_before_anything_was_handed_over_the_message_is_sent(county: Settings, postbox: Postbox) -> None:
    """The server is slow to greet: the claim stands, nothing has been handed over, the process dies."""
    slow = SlowGreeter()
    queue(county)
    child = start_child(county.model_copy(update={"smtp_port": slow.port}))
    slow.connected.wait(timeout=120)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    slow.close()
    assert states(county) == ["sending"]
    assert deliver(county, at(NOW + LEASE / 2)) == {}
    assert deliver(county, at(NOW + LEASE * 2)) == {"queued": 1, "sent": 1}
    assert len(postbox.mails) == 1


class SlowGreeter:
    """Takes a connection and says nothing."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.connected = threading.Event()
        self._taken: list[Any] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        self._taken.append(self._socket.accept())
        self.connected.set()

    def close(self) -> None:
        self._socket.close()


def test_an_answer_that_says_nothing_is_uncertain_and_a_person_may_send_again(
    county: Settings, postbox: Postbox
) -> None:
    queue(county)
    postbox.on_data = lambda: "gone"  # nothing that could be read as an answer
    assert deliver(county, at(NOW)) == {"uncertain": 1}
    assert deliver(county, at(NOW + timedelta(days=1))) == {}
    postbox.on_data = lambda: None
    with Warehouse(county.warehouse_url).transaction() as connection:
        number = int(messages.list_messages(connection)["message_id"].iloc[0])
        messages.send_again(connection, number, person="王五", now=NOW)
        with pytest.raises(Refusal):
            messages.send_again(connection, number, person="王五", now=NOW)
    assert deliver(county, at(NOW)) == {"sent": 1}


def test_two_senders_never_send_the_same(county: Settings, postbox: Postbox) -> None:
    for number in range(12):
        queue(county, matter=str(number))
    threads = [threading.Thread(target=deliver, args=(county, at(NOW))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(int(mail.subject.split()[1]) for mail in postbox.mails) == list(range(12))


def test_a_webhook_gets_a_post_that_can_be_recognised(county: Settings, webhook: Webhook) -> None:
    queue(county, Address("apprise", webhook.url))
    assert deliver(county, at(NOW)) == {"sent": 1}
    key = Warehouse(county.warehouse_url).query("select dedup_key from restricted.message")["dedup_key"].iloc[0]
    assert webhook.posts[0]["title"] == "标题 m"
    assert key[:12] in webhook.posts[0]["message"]


@pytest.mark.parametrize(("answer", "expected", "posts"), [(500, "queued", 0), (0, "uncertain", 1)])
def test_a_webhook_that_fails_is_tried_again_unless_it_may_have_taken_the_post(
    county: Settings, webhook: Webhook, answer: int, expected: str, posts: int
) -> None:
    queue(county, Address("apprise", webhook.url))
    webhook.answer = answer
    assert deliver(county, at(NOW)) == {expected: 1}
    webhook.answer = 200
    deliver(county, at(NOW + timedelta(hours=1)))
    assert len(webhook.posts) == 1
    assert (posts == 1) == (states(county) == ["uncertain"])


def test_a_webhook_that_is_away_and_an_address_that_is_none(county: Settings, webhook: Webhook) -> None:
    webhook.close()
    queue(county, Address("apprise", webhook.url), Address("apprise", "nonsense"))
    deliver(county, at(NOW))
    assert states(county) == ["queued", "undeliverable"]


@pytest.mark.parametrize(
    "url",
    ["dingtalk://abcdefgh/13800000000", "wecombot://0123456789ab", "feishu://abcdefgh12"],
    ids=lambda url: url[:6],
)
def test_the_services_counties_use_are_known(url: str) -> None:
    assert apprise.Apprise().add(url)


def test_there_is_a_channel_for_every_kind_of_address() -> None:
    assert set(CHANNELS) == {"mail", "apprise"}
