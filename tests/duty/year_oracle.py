"""Who must be told what on which day of a county's year, worked out day by day without the platform's own queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from catalogue.calendar import is_working_day, shift_working_days
from catalogue.periods import Period

STEPS = (-5, -1, 1)


@dataclass(frozen=True)
class Sending:
    """A return as it arrives."""

    code: str
    month: str
    at: datetime
    status: str = "accepted"
    empty: bool = False


@dataclass(frozen=True)
class Grant:
    """A concession, known from `at` on."""

    code: str
    month: str
    at: datetime
    due_on: date | None  # None: exempt


@dataclass
class Unit:
    """A township: who answers for it after its last day."""

    code: str
    name: str
    first: date
    last: date | None = None
    successor: str | None = None

    def owes(self, month: Period) -> bool:
        return self.first <= month.last_day and (self.last or date.max) >= month.first_day


@dataclass
class Year:
    """The county's year so far; `look` is the daily look, `arrive` what happens when returns have come."""

    units: list[Unit]
    due: dict[str, date]
    opens: dict[str, date]
    sendings: list[Sending] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    mails: list[tuple[date, str, str]] = field(default_factory=list)
    digests: list[date] = field(default_factory=list)
    alerts: set[str] = field(default_factory=set)
    closed: list[tuple[datetime, str]] = field(default_factory=list)
    serial: int = 0
    alert_ids: dict[str, int] = field(default_factory=dict)
    last_digest: datetime | None = None
    last_state: object = None

    def _came(self, code: str, month: str, now: datetime, *, empties: bool = False) -> list[Sending]:
        mine = [s for s in self.sendings if (s.code, s.month) == (code, month) and s.at <= now]
        return sorted((s for s in mine if empties or not s.empty), key=lambda s: s.at)

    def _day(self, code: str, month: str, now: datetime) -> date | None:
        """The due day as known now; None when nothing is owed."""
        mine = [g for g in self.grants if (g.code, g.month) == (code, month) and g.at <= now]
        if any(g.due_on is None for g in mine):
            return None
        return max([self.due[month], *(g.due_on for g in mine if g.due_on)])

    def _owner(self, unit: Unit, day: date) -> Unit:
        while unit.last is not None and unit.last < day:
            unit = next(u for u in self.units if u.code == unit.successor)
        return unit

    def tell(self, now: datetime, *, remind: bool) -> None:
        """One mail for every township that has to be told something new."""
        found: dict[str, dict[str, int]] = {}
        for month in self.due:
            for unit in self.units:
                if not unit.owes(Period.parse(month)):
                    continue
                due = self._day(unit.code, month, now)
                if due is None:
                    continue
                versions = self._came(unit.code, month, now, empties=True)
                facts = []
                if versions and versions[-1].status != "accepted" and now - versions[-1].at <= timedelta(days=14):
                    facts.append((f"returned {unit.code} {month} {versions[-1].at}", "份退回待改"))
                is_open = self.opens[month] <= now.date() and not self._came(unit.code, month, now)
                if remind and is_open:
                    come = [step for step in STEPS if shift_working_days(due, step) <= now.date()]
                    if come:
                        words = "份逾期未报" if come[-1] > 0 else "份即将到期"
                        facts.append((f"reminder {unit.code} {month} {due} {come[-1]}", words))
                owner = self._owner(unit, now.date())
                for key, words in facts:
                    if key not in self.told:
                        self.told.add(key)
                        counts = found.setdefault(owner.code, {})
                        counts[words] = counts.get(words, 0) + 1
        order = ["份退回待改", "份请核实", "份逾期未报", "份即将到期"]
        for code, counts in found.items():
            name = next(u.name for u in self.units if u.code == code)
            heads = "，".join(f"{counts[words]} {words}" for words in order if words in counts)
            self.mails.append((now.date(), f"{code}@example.org", f"{name}：{heads}"))

    def look(self, now: datetime) -> None:
        """The morning's look: alerts, reminders, digest."""
        returned, missing, coming, late = set(), set(), set(), set()
        for month in [month for month, day in self.opens.items() if day <= now.date()]:
            for unit in self.units:
                due = self._day(unit.code, month, now) if unit.owes(Period.parse(month)) else None
                if due is None:
                    continue
                came = self._came(unit.code, month, now)
                key = f"{month} {unit.code}"
                if not came:
                    (missing if now.date() > due else coming).add(key)
                    continue
                if came[-1].status != "accepted" or self._came(unit.code, month, now, empties=True)[-1].empty:
                    returned.add((key, came[-1].status))
                since = self.last_digest or now - timedelta(days=1)
                if came[0].at.date() > due and came[0].at > since:
                    late.add(key)
        wrong = {f"missing {key}" for key in missing} | {f"returned {key}" for key, _ in returned}
        for key in wrong - self.alerts:
            self.serial += 1
            self.alert_ids[key] = self.serial
        for key in self.alerts - wrong:
            self.closed.append((now, f"{key} {self.alert_ids[key]}"))
        self.alerts = wrong
        self.tell(now, remind=True)
        news = self.last_digest or now - timedelta(days=1)
        closed = sorted(key for at, key in self.closed if at > news)
        open_ = sorted(f"{key} {self.alert_ids[key]}" for key in wrong)
        state = (sorted(returned), sorted(missing), sorted(coming), sorted(late), open_, closed)
        if not any(state) or not is_working_day(now.date()):
            return
        before = shift_working_days(now.date(), -1)
        first_of_week = before.isocalendar()[:2] != now.date().isocalendar()[:2]
        if first_of_week or state != self.last_state:
            self.digests.append(now.date())
            self.last_digest, self.last_state = now, state
