"""Hazards, suggestions and petitions with their whole life fixed at birth; `as_of` shows what was known on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from catalogue import Parameters
from catalogue.periods import Period
from taizhang.simulation import vocabulary as words
from taizhang.simulation.chance import chance
from taizhang.simulation.township import Deputy

Values = dict[str, object]


@dataclass(slots=True)
class Hazard:
    """A hazard from its discovery to its rectification (which may never come: None)."""

    number: str
    fixed: Values
    found: date
    rectified: date | None
    final_status: str

    @classmethod
    def discover(
        cls,
        rng: Random,
        quality: float,
        number: str,
        activity: str | None,
        found: date,
        period: Period,
        villages: Sequence[str],
    ) -> Hazard:
        """A new hazard. Grade 较大 and above gets a notice before the month is out; quality decides punctuality."""
        category = rng.choice(tuple(words.HAZARDS))
        severity = rng.choices(("一般", "较大", "重大"), (68, 24, 8))[0]
        noticed = severity != "一般" or chance(rng, 0.3)
        notice = min(found + timedelta(days=rng.randint(0, 3)), period.last_day) if noticed else None
        rectify_by = (notice or found) + timedelta(days=rng.randint(7, 50))
        fixed: Values = {
            "hazard_no": number,
            "activity_no": activity,
            "found_date": found,
            "category": category,
            "severity": severity,
            "place": rng.choice(villages) + rng.choice(words.HAZARD_PLACES),
            "description": rng.choice(words.HAZARDS[category]) if chance(rng, 0.85) else None,
            "notice_no": f"整改〔{period.year}〕{number[-3:]}号" if notice else None,
            "notice_date": notice,
            "rectify_by": rectify_by,
        }
        allowed = (rectify_by - found).days
        punctual = chance(rng, 0.3 + 0.65 * quality)
        days = rng.randint(1, allowed) if punctual else allowed + rng.randint(1, 70)
        never = chance(rng, 0.04 * (1 - quality))
        rectified = None if never else found + timedelta(days=days)
        return cls(number, fixed, found, rectified, rng.choice(("已整改", "已整改", "已销号")))

    def closed_on(self) -> date | None:
        """The day that closes it."""
        return self.rectified

    def as_of(self, day: date) -> Values:
        """The row as a clerk knows it on the day."""
        if self.rectified and self.rectified <= day:
            return self.fixed | {"status": self.final_status, "rectified_date": self.rectified}
        status = "待整改" if (day - self.found).days < 10 else "整改中"
        return self.fixed | {"status": status, "rectified_date": None}


@dataclass(slots=True)
class Suggestion:
    """A suggestion or bill from the day it is raised to its closing."""

    number: str
    lead: str
    fixed: Values
    assigned: Values
    assigned_on: date
    answered: Values
    answered_on: date
    closed: date

    @classmethod
    def submit(
        cls,
        rng: Random,
        quality: float,
        number: str,
        kind: str,
        title: str,
        lead: Deputy,
        raised: date,
        law: Parameters,
    ) -> Suggestion:
        """A new suggestion. Quality decides how soon it is assigned, answered in time, solved and liked."""
        fixed: Values = {
            "suggestion_no": number,
            "kind": kind,
            "title": title,
            "lead_deputy": lead.name,
            "cosigners": rng.randint(4, 12) if kind == "议案" else rng.randint(0, 6),
            "deputy_group": lead.group,
            "raised_date": raised,
        }
        assigned_on = raised + timedelta(days=rng.randint(1, 8) if chance(rng, quality) else rng.randint(5, 60))
        extended = chance(rng, 0.07)
        limit = 30 * (law.reply_months_extended if extended else law.reply_months)
        if chance(rng, 0.55 + 0.44 * quality):
            answered_on = assigned_on + timedelta(days=rng.randint(limit // 4, limit - 4))
        else:
            answered_on = assigned_on + timedelta(days=limit + rng.randint(5, 50))
        solved = 0.25 + 0.45 * quality
        answered: Values = {
            "consulted_flag": chance(rng, 0.35 + 0.6 * quality),
            "result": rng.choices("ABCD", (solved, 0.85 - solved, 0.1, 0.05))[0],
            "satisfaction": rng.choices(
                ("满意", "基本满意", "不满意", "未反馈"), (0.45 + 0.4 * quality, 0.3, 0.12 * (1.1 - quality), 0.1)
            )[0],
        }
        return cls(
            number=number,
            lead=lead.name,
            fixed=fixed,
            assigned={"handler": rng.choice(words.HANDLERS), "extended_flag": extended},
            assigned_on=assigned_on,
            answered=answered,
            answered_on=answered_on,
            closed=answered_on + timedelta(days=rng.randint(0, 15)),
        )

    def closed_on(self) -> date | None:
        """The day that closes it."""
        return self.closed

    def as_of(self, day: date) -> Values:
        """The row as a clerk knows it on the day: nothing of what comes later."""
        row = self.fixed | dict.fromkeys(("handler", "assigned_date", "answered_date"))
        row |= {"extended_flag": False} | dict.fromkeys(("consulted_flag", "result", "satisfaction", "closed_date"))
        if self.assigned_on <= day:
            row |= self.assigned | {"assigned_date": self.assigned_on}
        if self.answered_on <= day:
            row |= self.answered | {"answered_date": self.answered_on}
        if self.closed <= day:
            row["closed_date"] = self.closed
        return row


@dataclass(slots=True)
class Petition:
    """A petition from registration to its closing."""

    number: str
    category: str
    received: date
    closed: date

    @classmethod
    def receive(cls, rng: Random, quality: float, number: str, received: date) -> Petition:
        """A new petition; quality shortens its handling."""
        days = rng.randint(5, 20 + round(110 * (1.1 - quality)))
        return cls(number, rng.choice(words.PETITION_CATEGORIES), received, received + timedelta(days=days))

    def closed_on(self) -> date | None:
        """The day that closes it."""
        return self.closed

    def as_of(self, day: date) -> Values:
        """The row as a clerk knows it on the day."""
        closed = self.closed <= day
        status = "已办结" if closed else ("受理" if (day - self.received).days < 7 else "办理中")
        return {
            "petition_no": self.number,
            "received_date": self.received,
            "category": self.category,
            "status": status,
            "closed_date": self.closed if closed else None,
        }
