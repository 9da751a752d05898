"""What happens in a fictional township month by month; returns see every happening as of a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from catalogue import Parameters
from catalogue.calendar import add_working_days, is_working_day
from catalogue.periods import Period
from taizhang.simulation import vocabulary as words
from taizhang.simulation.chance import binomial, chance, near_normal, poisson, stream
from taizhang.simulation.life import Hazard, Petition, Suggestion
from taizhang.simulation.titles import TitlePicker
from taizhang.simulation.township import Deputy, Township

Values = dict[str, object]
SEASON = {1: 0.8, 2: 0.6, 3: 1.1, 4: 1.0, 5: 1.1, 6: 1.0, 7: 1.1, 8: 0.9, 9: 1.2, 10: 0.9, 11: 1.3, 12: 1.1}
SESSION = "第{}届人民代表大会第{}次会议"
EARLY_MONTHS, MIDYEAR_MONTHS = (1, 2, 3), (6, 7, 8)


@dataclass
class Month:
    """The events of one month, sheet by sheet; each is a mapping from field code to value."""

    period: Period
    congress_session: list[Values] = field(default_factory=list)
    presidium_meeting: list[Values] = field(default_factory=list)
    other_meeting: list[Values] = field(default_factory=list)
    supervision_activity: list[Values] = field(default_factory=list)
    deputy_activity: list[Values] = field(default_factory=list)
    deputy_record: list[Values] = field(default_factory=list)
    article: list[Values] = field(default_factory=list)
    hazards: list[Hazard] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)
    petitions: list[Petition] = field(default_factory=list)


class Business:
    """The running business of one township; call `live` for the months in order."""

    def __init__(self, township: Township, seed: int, law: Parameters) -> None:
        self.township, self.law = township, law
        self.quality = township.quality
        self._rng = stream(seed, "business", township.index)
        self._titles = TitlePicker(township.villages)
        self._numbers: dict[tuple[str, int], int] = {}
        self._reported: set[str] = set()
        self._session_day: dict[tuple[int, str], date | None] = {}

    def live(self, period: Period) -> Month:
        """What happened in the month."""
        month = Month(period)
        self._titles.forget_before(period.first_day - timedelta(days=2))
        self._hold_session(month)
        self._hold_meetings(month)
        self._supervise(month)
        self._raise_suggestions(month)
        self._receive_petitions(month)
        self._act(month)
        self._write(month)
        self._record(month)
        return month

    def _number(self, prefix: str, year: int) -> str:
        self._numbers[prefix, year] = self._numbers.get((prefix, year), 0) + 1
        return f"{prefix}{year}-{self._numbers[prefix, year]:03d}"

    def _day(self, period: Period) -> date:
        """A day of the month, most often a working one."""
        return self._rng.choice(_days(period))

    # -- congress and meetings

    def _session_of(self, period: Period) -> tuple[str, date] | None:
        """Which session opens in the month, and on which day; drawn once a year."""
        for season, months in (("early", EARLY_MONTHS), ("midyear", MIDYEAR_MONTHS)):
            if (period.year, season) not in self._session_day:
                held = season == "early" or chance(self._rng, 0.35 + 0.65 * self.quality)
                month = Period(period.year, "month", self._rng.choice(months))
                day = add_working_days(month.first_day + timedelta(days=self._rng.randint(4, 18)), 1)
                self._session_day[period.year, season] = day if held and Period.month_of(day) == month else None
            opened = self._session_day[period.year, season]
            if opened and Period.month_of(opened) == period:
                return season, opened
        return None

    def _hold_session(self, month: Month) -> None:
        opening = self._session_of(month.period) if self.township.holds_congress else None
        if opening is None:
            return
        rng, q, (season, start) = self._rng, self.quality, opening
        expected = len(self.township.deputies)
        present = max(binomial(rng, expected, 0.8 + 0.18 * q), -(-expected * 2 // 3) + 1)
        days = rng.choice((1, 1, 1.5, 2)) if chance(rng, 0.5 + 0.5 * q) else 0.5
        notice = rng.randint(7, 15) if chance(rng, 0.5 + 0.5 * q) else rng.randint(2, 6)
        reports, year = rng.randint(3, 7), start.year
        bills = poisson(rng, 1.5) if season == "early" else poisson(rng, 0.5)
        ordinal = ((year - 1) % 5) * 2 + (1 if season == "early" else 2)
        month.congress_session.append(
            {
                "title": self.township.name
                + SESSION.format(words.chinese_number(year // 5 % 90 + 1), words.chinese_number(ordinal)),
                "start_date": start,
                "end_date": start + timedelta(days=-(-days // 1) - 1),
                "days": days,
                "notice_date": start - timedelta(days=notice),
                "material_date": start - timedelta(days=rng.randint(1, 4) if chance(rng, 0.7 + 0.3 * q) else 0),
                "expected": expected,
                "present": min(present, expected),
                "attendance_rate_reported": round(min(present, expected) / expected, 3),
                "reports_heard": reports,
                "government_report_flag": season == "early" or chance(rng, 0.4),
                "presidium_report_flag": chance(rng, 0.55 + 0.45 * q),
                "budget_report_flag": chance(rng, 0.7 + 0.3 * q),
                "resolutions": reports + rng.randint(0, 3),
                "bills_received": bills,
                "bills_adopted": binomial(rng, bills, 0.4),
            }
        )

    def _hold_meetings(self, month: Month) -> None:
        rng, q, period = self._rng, self.quality, month.period
        members = self.township.presidium_members
        if members and (month.congress_session or chance(rng, 0.3 + 0.45 * q)):
            month.presidium_meeting.append(
                {
                    "meeting_date": self._day(period),
                    "topic": rng.choice(words.PRESIDIUM_TOPICS),
                    "expected": members,
                    "present": max(members // 2 + 1, binomial(rng, members, 0.75 + 0.24 * q)),
                    "minutes_flag": chance(rng, 0.5 + 0.5 * q),
                }
            )
        rates = (0.08 + 0.14 * q, 0.35, 0.4 + 0.5 * q, 0.4, 0.3)
        for (kind, wordings), rate in zip(words.MEETING_TITLES.items(), rates, strict=True):
            day = self._day(period)
            title = self._titles.pick(rng, "other_meeting", kind, day, wordings)
            if title and chance(rng, rate):
                month.other_meeting.append(
                    {"meeting_date": day, "kind": kind, "title": title, "participants": rng.randint(9, 60)}
                )
        month.other_meeting.sort(key=lambda row: str(row["meeting_date"]))

    # -- supervision and hazards

    def _supervise(self, month: Month) -> None:
        rng, q, period = self._rng, self.quality, month.period
        kinds = ("听取专项报告", "视察", "专题调研", "执法检查", "工作评议", "专项督查")
        count = poisson(rng, (0.5 + 2.2 * q) * SEASON[period.number])
        for day in sorted(self._day(period) for _ in range(count)):
            kind = rng.choice(kinds)
            topic = self._titles.pick(rng, "supervision_activity", kind, day, words.SUPERVISION_TOPICS)
            if topic is None:
                continue
            number = self._number("JD", period.year)
            visited = kind in ("视察", "执法检查", "专项督查")
            found = [self._hazard(day, number, period) for _ in range(poisson(rng, 1.1))] if visited else []
            month.hazards += found
            opinions = rng.randint(0, 7)
            month.supervision_activity.append(
                {
                    "activity_no": number,
                    "kind": kind,
                    "topic": topic,
                    "start_date": day,
                    "end_date": min(day + timedelta(days=rng.choice((0, 0, 0, 1))), period.last_day),
                    "deputy_participants": rng.randint(6, 28),
                    "target_unit": rng.choice(words.HANDLERS),
                    "problems_found": len(found) if visited else None,
                    "opinions_issued": opinions,
                    "opinions_replied": binomial(rng, opinions, 0.25 + 0.7 * q),
                }
            )
        for _ in range(poisson(rng, 1.5)):
            month.hazards.append(self._hazard(self._day(period), None, period))

    def _hazard(self, found: date, activity: str | None, period: Period) -> Hazard:
        return Hazard.discover(
            self._rng, self.quality, self._number("YH", period.year), activity, found, period, self.township.villages
        )

    # -- suggestions and petitions

    def _raise_suggestions(self, month: Month) -> None:
        rng, period = self._rng, month.period
        yearly = len(self.township.deputies) * (0.15 + 0.95 * self.quality)
        if month.congress_session:
            share = 0.45 if period.number in EARLY_MONTHS else 0.2
        else:
            share = 0.03 if self.township.holds_congress else 0.08
        bills = int(str(month.congress_session[0]["bills_received"])) if month.congress_session else 0
        for kind, wordings, count in (
            ("议案", words.BILL_TITLES, bills),
            ("建议", words.SUGGESTION_TITLES, poisson(rng, yearly * share)),
        ):
            for day in sorted(self._day(period) for _ in range(count)):
                title = self._titles.pick(rng, "suggestion", kind, day, wordings)
                if title:
                    lead = rng.choice(self.township.deputies)
                    month.suggestions.append(
                        Suggestion.submit(
                            rng, self.quality, self._number("JY", period.year), kind, title, lead, day, self.law
                        )
                    )

    def _receive_petitions(self, month: Month) -> None:
        days = sorted(self._day(month.period) for _ in range(poisson(self._rng, 3.0)))
        for day in days:
            number = self._number("XF", month.period.year)
            month.petitions.append(Petition.receive(self._rng, self.quality, number, day))

    # -- deputies

    def _act(self, month: Month) -> None:
        rng, q, period = self._rng, self.quality, month.period
        rate = (0.06 + 0.24 * q) * SEASON[period.number]
        acting = [group for group in self.township.groups if chance(rng, rate)]
        plans: list[tuple[date, str | None]] = [(self._day(period), group) for group in acting]
        plans += [(self._day(period), None) for _ in range(poisson(rng, 2.0))]
        sizes = _group_sizes(self.township.deputies)
        for day, group in sorted(plans, key=lambda plan: (plan[0], plan[1] or "")):
            kind = rng.choice(tuple(words.ACTIVITY_TITLES))
            title = self._titles.pick(rng, "deputy_activity", kind, day, words.ACTIVITY_TITLES[kind])
            if title is None:
                continue
            invited = sizes[group] if group else rng.randint(5, max(6, len(self.township.deputies) // 2))
            attended = max(1, binomial(rng, invited, 0.5 + 0.47 * q))
            collected = rng.randint(0, 12)
            month.deputy_activity.append(
                {
                    "activity_date": day,
                    "kind": kind,
                    "title": title,
                    "deputy_group": group,
                    "invited": None if chance(rng, 0.08) else invited,
                    "attended": attended,
                    "people_served": rng.randint(3, 160) if chance(rng, 0.8) else None,
                    "households_visited": rng.randint(1, 40) if kind in ("走访选民", "帮扶困难群众") else None,
                    "issues_collected": collected,
                    "issues_resolved": binomial(rng, collected, 0.2 + 0.6 * q),
                }
            )

    def _write(self, month: Month) -> None:
        rng, period = self._rng, month.period
        for day in sorted(self._day(period) for _ in range(poisson(rng, 0.5 + 2.0 * self.quality))):
            title = self._titles.pick(rng, "article", "", day, words.ARTICLE_TITLES)
            level = rng.choices(("未采用", "县级", "市级", "省级", "国家级"), (35, 45, 14, 5, 1))[0]
            if title:
                outlet = rng.choice(words.OUTLETS[level]) if level in words.OUTLETS else None
                month.article.append({"title": title, "submitted_date": day, "adopted_level": level, "outlet": outlet})

    def _record(self, month: Month) -> None:
        rng, q, number = self._rng, self.quality, month.period.number
        raised: dict[str, int] = {}
        for suggestion in month.suggestions:
            raised[suggestion.lead] = raised.get(suggestion.lead, 0) + 1
        trained = 0.15 + 0.6 * q if number % 3 == 0 else 0.02 + 0.05 * q
        for deputy in self.township.deputies:
            if rng.random() < 0.008 + 0.03 * q:
                self._reported.add(deputy.number)
            zeal = deputy.diligence * (0.5 + q)
            month.deputy_record.append(
                {
                    "deputy_no": deputy.number,
                    "deputy_name": deputy.name,
                    "deputy_group": deputy.group,
                    "meetings_attended": int(rng.random() < 0.3 + 0.5 * zeal) + len(month.congress_session),
                    "activities_attended": int(rng.random() * (1 + 3.2 * zeal)),
                    "trainings_attended": int(rng.random() < trained),
                    "suggestions_raised": raised.pop(deputy.name, 0),
                    "receptions": int(rng.random() * (1 + 2 * zeal)),
                    "households_visited": int(rng.random() * (2 + 8 * zeal)),
                    "reported_to_voters_flag": deputy.number in self._reported,
                    "peer_score": near_normal(rng, 76 + 16 * deputy.diligence, 4.0),
                    "voter_score": near_normal(rng, 74 + 18 * deputy.diligence, 5.0) if number % 3 == 0 else None,
                }
            )


@lru_cache(maxsize=600)
def _days(period: Period) -> tuple[date, ...]:
    """The month's days; working days stand there four times."""
    days = [period.first_day + timedelta(days=step) for step in range(31)]
    return tuple(day for day in days if day <= period.last_day for _ in range(4 if is_working_day(day) else 1))


def _group_sizes(deputies: tuple[Deputy, ...]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for deputy in deputies:
        sizes[deputy.group] = sizes.get(deputy.group, 0) + 1
    return sizes
