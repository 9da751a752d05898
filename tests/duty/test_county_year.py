"""A county's year, a day at a time: exactly the expected mails and posts, none missing, none twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from indicator_oracle import Sent
from receivers import Postbox, Webhook
from sqlalchemy import text
from worlds import batch_of
from year_oracle import Grant, Sending, Unit, Year

from catalogue import load as load_catalogue
from catalogue.calendar import is_working_day
from catalogue.duties import window
from catalogue.periods import Period
from catalogue.register import Register, Township
from publish.notices import tell_returns, watch
from taizhang.channels import CHANNELS
from taizhang.delivery import deliver
from taizhang.settings import Settings
from warehouse.connection import Warehouse
from warehouse.duty import concessions
from warehouse.duty.contacts import Contact, load_contacts
from warehouse.load import load
from warehouse.registry import load_parameters, load_register

FIRST = Period.month_of(date.today()).shifted(-30)
MONTHS = [FIRST.shifted(step) for step in range(12)]
FORM = load_catalogue().current_form


class Killed(BaseException):
    """The process is gone: nothing after this point happens."""


def make_units() -> list[Unit]:
    start = date(FIRST.year - 5, 1, 1)
    middle = MONTHS[6].first_day + timedelta(days=11)
    return [
        Unit("900000101", "甲镇", start),
        Unit("900000202", "乙乡", start, middle, "900000101"),
        Unit("900000003", "丙街道", middle),
        Unit("900000104", "丁镇", start),
    ]


def register_of(units: list[Unit]) -> Register:
    kinds = {"乡": "乡", "镇": "镇", "道": "街道"}
    return Register(Township(u.code, u.name, kinds[u.name[-1]], (), 9000, u.first, u.last, u.successor) for u in units)


def make_sendings(units: list[Unit], rng: Random) -> list[Sending]:
    """Most come in time; some late, some never, some sent back once or twice, some empty first."""
    found = []
    for month in MONTHS:
        due = window(month, FORM).due_on
        for unit in units:
            fate = rng.choice(["good", "good", "returned", "rejected", "late", "never", "empty", "twice"])
            if not unit.owes(month) or fate == "never":
                continue
            at = datetime.combine(
                due + timedelta(days=rng.randint(-6, 0)), time(rng.randint(8, 17), rng.randint(1, 59))
            )
            at += timedelta(days=9) if fate == "late" else timedelta(0)
            trials = {"returned": ["returned"], "rejected": ["rejected"], "twice": ["returned", "returned"]}.get(
                fate, []
            )
            if fate == "empty":
                found.append(Sending(unit.code, month.text, at, "returned", empty=True))
                at += timedelta(days=1, hours=1)
            for status in trials:
                found.append(Sending(unit.code, month.text, at, status))
                at += timedelta(days=rng.randint(1, 20), minutes=rng.randint(1, 9))
            found.append(Sending(unit.code, month.text, at))
    return sorted(found, key=lambda one: one.at)


def make_grants() -> list[Grant]:
    late, none = MONTHS[3], MONTHS[8]
    morning = time(10, 0)
    return [
        Grant(
            "900000101", late.text, datetime.combine(late.last_day, morning), late.shifted(1).first_day + timedelta(24)
        ),
        Grant("900000104", none.text, datetime.combine(none.last_day, morning), None),
    ]


_numbers = count(1)


def store(warehouse: Warehouse, sendings: list[Sending]) -> None:
    """The returns stand in the warehouse, as a collection leaves them."""
    sent = [
        Sent(
            next(_numbers),
            s.code,
            s.month,
            s.at,
            window(Period.parse(s.month), FORM).due_on,
            s.status,
            int(s.status != "accepted"),
        )
        for s in sendings
    ]
    with warehouse.transaction() as connection:
        stored = load(connection, batch_of(sent))
        for number, one in zip(stored["submission_id"], sendings, strict=True):
            if one.empty:
                connection.execute(text("insert into intake.empty_return values (:n)"), {"n": int(number)})


def grant(warehouse: Warehouse, one: Grant) -> None:
    month = Period.parse(one.month)
    kind: Any = "exemption" if one.due_on is None else "extension"
    request = concessions.Request(kind, one.code, month, month, one.due_on, "受灾")
    with warehouse.transaction() as connection:
        number = concessions.ask(connection, request, "甲镇 人大主席", one.at)
        concessions.decide(connection, number, grant=True, person="县人大 联络科", why="情况属实", at=one.at)


@pytest.fixture
def ready(county: Settings) -> Iterator[tuple[Settings, Warehouse, list[Unit]]]:
    """The register and the contacts are loaded."""
    units, warehouse = make_units(), Warehouse(county.warehouse_url)
    register = register_of(units)
    load_parameters(warehouse, load_catalogue().jurisdiction("national"))
    load_register(warehouse, register)
    with warehouse.transaction() as connection:
        load_contacts(
            connection,
            [Contact(u.code, f"{u.name}联络员", f"{u.code}@example.org", None, date.min, None) for u in units],
        )
    yield county, warehouse, units


def windows_of(today: date) -> list[Period]:
    """Months that stand on the first morning: the two that have ended, and the running one once it is open."""
    running = Period.month_of(today)
    return [running.shifted(-2), running.shifted(-1)]


def run_year(
    settings: Settings,
    warehouse: Warehouse,
    year: Year,
    sendings: list[Sending],
    grants: list[Grant],
    days: list[date],
    send: Callable[[datetime], object],
) -> None:
    """Every day at 7:30 the look, at 18:00 the day's returns and decisions; after each what waits is sent."""
    for day in days:
        morning, evening = datetime.combine(day, time(7, 30)), datetime.combine(day, time(18, 0))
        watch(settings, morning)
        year.look(morning)
        send(morning)
        for one in [g for g in grants if g.at.date() == day]:
            grant(warehouse, one)
            year.grants.append(one)
        came = [s for s in sendings if s.at.date() == day]
        if came:
            store(warehouse, came)
            year.sendings += came
            tell_returns(settings, evening)
            year.tell(evening, remind=False)
            send(evening)


def test_a_year_sends_exactly_what_is_due(
    ready: tuple[Settings, Warehouse, list[Unit]], postbox: Postbox, webhook: Webhook
) -> None:
    settings, warehouse, units = ready
    rng = Random(1)
    days = [MONTHS[0].last_day + timedelta(days=step) for step in range(365)]
    months = [*windows_of(days[0]), *(Period.month_of(days[0]).shifted(step) for step in range(13))]
    year = Year(
        units,
        {month.text: window(month, FORM).due_on for month in months},
        {month.text: window(month, FORM).opens_on for month in months},
    )
    sendings = [one for one in make_sendings(units, rng) if one.at.date() >= days[0]]
    away = set(rng.sample(days[5:-10], 6))  # the mail server is down on these days
    killed = iter(rng.sample(range(3, 60), 5))  # which deliveries are interrupted right after the server took a mail
    strikes, sent = set(killed), count()

    def mail_then_die(settings: Settings, message: Any, hand_over: Callable[[], None]) -> None:
        CHANNELS["mail"](settings, message, hand_over)
        if next(sent) in strikes:
            raise Killed

    def send(now: datetime) -> None:
        postbox.close() if now.date() in away else None
        try:
            for _ in range(3):  # the scheduler starts again and goes on
                try:
                    deliver(settings, lambda: now, {**CHANNELS, "mail": mail_then_die})
                    break
                except Killed:
                    continue
        finally:
            postbox.open() if now.date() in away else None

    run_year(settings, warehouse, year, sendings, make_grants(), days, send)
    end = datetime.combine(days[-1] + timedelta(days=1), time(6, 0))
    deliver(settings, lambda: end)
    townships = Counter(
        (mail.queued.date(), mail.to, mail.subject) for mail in postbox.mails if mail.to != "county@example.org"
    )
    assert townships == Counter(year.mails)
    digests = [mail.queued.date() for mail in postbox.mails if mail.to == "county@example.org"]
    assert digests == year.digests
    assert len(webhook.posts) == len(year.digests)
    assert all(is_working_day(day) for day in digests)
    assert len({mail.message_id for mail in postbox.mails}) == len(postbox.mails)
    states = dict(
        warehouse.query("select state, count(*) as n from duty.delivery group by state").itertuples(
            index=False, name=None
        )
    )
    assert states == {"sent": len(postbox.mails) + len(webhook.posts) - len(strikes), "uncertain": len(strikes)}
