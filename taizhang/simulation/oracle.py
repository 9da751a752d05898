"""Indicator values by naive counting over the rows that reached the warehouse (words: indicators.yaml)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from catalogue import Parameters
from catalogue.periods import Period
from taizhang.simulation.history import Arrived, History
from taizhang.simulation.rows import OPEN, reply_limit
from taizhang.simulation.sent import Row

KEYED = (
    "congress_session", "presidium_meeting", "other_meeting", "supervision_activity", "hazard", "suggestion",
    "deputy_activity", "petition", "article",
)  # fmt: skip
CONGRESS_ONLY = (
    "session_count", "session_attendance_rate", "presidium_meeting_count", "presidium_attendance_rate",
    "presidium_minutes_rate",
)  # fmt: skip
SUPERVISION = {
    "inspection_count": "视察",
    "research_count": "专题调研",
    "law_check_count": "执法检查",
    "appraisal_count": "工作评议",
    "special_report_count": "听取专项报告",
    "special_supervision_count": "专项督查",
}
Fraction = tuple[int, int]


@dataclass(frozen=True)
class Due:
    """One return due: whether its first version came in time and had no hard finding, and whether that is certain."""

    on_time: bool
    clean: bool
    certain: bool


@dataclass(frozen=True)
class IndicatorValue:
    """A value (or numerator and denominator) of one indicator in one period."""

    period: Period
    indicator: str
    value: float | None
    numerator: int | None
    denominator: int | None
    approximate: bool
    scored: bool


class Oracle:
    """Counts for one township."""

    def __init__(self, history: History, dues: dict[Period, Due], holds_congress: bool, law: Parameters) -> None:
        self._returns = history.all_current()
        self._history, self._dues, self._holds_congress, self._law = history, dues, holds_congress, law
        self._newest = {sheet: self._newest_rows(sheet, self._returns) for sheet in KEYED}

    def values(self, period: Period) -> Iterator[IndicatorValue]:
        """Every indicator of the period."""
        months = list(period.months())
        inside = [arrived for arrived in self._returns if arrived.sent.period in months]
        upto = [arrived for arrived in self._returns if arrived.sent.period.last_day <= period.last_day]
        for indicator, count in self._counts(period, upto).items():
            stock = indicator in ("hazards_open", "hazards_overdue", "suggestions_open")
            value = count if inside or stock else None
            approximate = bool(inside) and indicator == "households_visited" and self._approximate_visits(period)
            yield IndicatorValue(period, indicator, value, None, None, approximate, self._sure(indicator, inside))
        for indicator, (numerator, denominator) in self._rates(period, upto).items():
            rate = numerator / denominator if denominator else None
            if inside:
                yield IndicatorValue(
                    period, indicator, rate, numerator, denominator, False, self._sure(indicator, inside)
                )
            else:
                yield IndicatorValue(period, indicator, None, None, None, False, False)
        yield from self._punctuality(period, months)

    def _sure(self, indicator: str, inside: list[Arrived]) -> bool:
        return bool(inside) and (self._holds_congress or indicator not in CONGRESS_ONLY)

    def _newest_rows(self, sheet: str, returns: Iterable[Arrived]) -> list[Row]:
        rows = {self._history.key_of(sheet, row): row for arrived in returns for row in arrived.loaded.get(sheet, ())}
        return list(rows.values())

    def _dated(self, sheet: str, code: str, period: Period) -> list[dict[str, Any]]:
        return [row.values for row in self._newest[sheet] if _within(row.values.get(code), period)]

    def _approximate_visits(self, period: Period) -> bool:
        return any(
            "households_visited" in row.approximate
            for row in self._newest["deputy_activity"]
            if _within(row.values.get("activity_date"), period)
        )

    def _counts(self, period: Period, upto: list[Arrived]) -> dict[str, int]:
        supervision = self._dated("supervision_activity", "start_date", period)
        hazards = self._dated("hazard", "found_date", period)
        notices = {row["notice_no"] for row in self._dated("hazard", "notice_date", period) if row["notice_no"]}
        activities = self._dated("deputy_activity", "activity_date", period)
        stock = [row.values for row in self._newest_rows("hazard", upto) if row.values["status"] in OPEN]
        overdue = [row for row in stock if row["rectify_by"] and row["rectify_by"] < period.last_day]
        pending = [row for row in self._newest_rows("suggestion", upto) if row.values["closed_date"] is None]
        articles = self._dated("article", "submitted_date", period)
        return {
            "session_count": len(self._dated("congress_session", "start_date", period)),
            "presidium_meeting_count": len(self._dated("presidium_meeting", "meeting_date", period)),
            "party_study_count": _kind(self._dated("other_meeting", "meeting_date", period), "党委专题研究人大工作"),
            "supervision_count": len(supervision),
            **{indicator: _kind(supervision, kind) for indicator, kind in SUPERVISION.items()},
            "hazards_found": len(hazards),
            "hazards_found_major": sum(row["severity"] == "重大" for row in hazards),
            "rectification_notices": len(notices),
            "hazards_rectified": len(self._dated("hazard", "rectified_date", period)),
            "hazards_open": len(stock),
            "hazards_overdue": len(overdue),
            "suggestions_received": len(self._dated("suggestion", "raised_date", period)),
            "suggestions_closed": len(self._dated("suggestion", "closed_date", period)),
            "suggestions_open": len(pending),
            "deputy_activity_count": len(activities),
            "voter_reception_count": _kind(activities, "接待选民"),
            "households_visited": sum(row["households_visited"] or 0 for row in activities),
            "articles_adopted": sum(row["adopted_level"] != "未采用" for row in articles),
        }

    def _rates(self, period: Period, upto: list[Arrived]) -> dict[str, Fraction]:
        sessions = self._dated("congress_session", "start_date", period)
        presidium = self._dated("presidium_meeting", "meeting_date", period)
        supervision = self._dated("supervision_activity", "start_date", period)
        due = self._dated("hazard", "rectify_by", period)
        invited = [row for row in self._dated("deputy_activity", "activity_date", period) if row["invited"] is not None]
        petitions = self._dated("petition", "received_date", period)
        closed = [row for row in petitions if row["closed_date"] and row["closed_date"] <= period.last_day]
        in_time = [row for row in due if row["rectified_date"] and row["rectified_date"] <= row["rectify_by"]]
        return {
            "session_attendance_rate": _sums(sessions, "present", "expected"),
            "presidium_attendance_rate": _sums(presidium, "present", "expected"),
            "presidium_minutes_rate": (sum(row["minutes_flag"] is True for row in presidium), len(presidium)),
            "opinion_reply_rate": _sums(supervision, "opinions_replied", "opinions_issued"),
            "hazards_on_time_rate": (len(in_time), len(due)),
            "deputy_participation_rate": _sums(invited, "attended", "invited"),
            "petitions_closed_rate": (len(closed), len(petitions)),
            **self._suggestion_rates(period, upto),
            **self._deputy_rates(period, upto),
        }

    def _suggestion_rates(self, period: Period, upto: list[Arrived]) -> dict[str, Fraction]:
        limits = [
            (
                reply_limit(row.values["assigned_date"], row.values["extended_flag"], self._law),
                row.values["answered_date"],
            )
            for row in self._newest["suggestion"]
            if row.values["assigned_date"]
        ]
        due = [(limit, answered) for limit, answered in limits if _within(limit, period)]
        answered = self._dated("suggestion", "answered_date", period)
        content = [row["satisfaction"] for row in answered if row["satisfaction"] in ("满意", "基本满意", "不满意")]
        return {
            "suggestions_per_deputy": (
                len(self._dated("suggestion", "raised_date", period)),
                _last(upto, "deputy_in_office"),
            ),
            "suggestions_on_time_rate": (sum(done is not None and done <= limit for limit, done in due), len(due)),
            "suggestions_resolution_rate": (
                sum(row["result"] == "A" for row in answered),
                sum(row["result"] is not None for row in answered),
            ),
            "suggestions_consulted_rate": (sum(row["consulted_flag"] is True for row in answered), len(answered)),
            "suggestions_satisfaction_rate": (sum(word != "不满意" for word in content), len(content)),
        }

    def _deputy_rates(self, period: Period, upto: list[Arrived]) -> dict[str, Fraction]:
        register = _register(upto)
        groups = {row.values["deputy_group"] for row in register}
        activities = self._dated("deputy_activity", "activity_date", period)
        active = {row["deputy_group"] for row in activities} & groups
        numbers = {row.values["deputy_no"] for row in register}
        inside = [arrived for arrived in upto if arrived.sent.period.first_day >= period.first_day]
        trained = _deputies(inside, lambda values: (values["trainings_attended"] or 0) >= 1)
        reported = _deputies(upto, lambda values: values["reported_to_voters_flag"] is True)
        return {
            "active_group_rate": (len(active), _last(upto, "deputy_group_count")),
            "training_coverage": (len(trained & numbers), len(numbers)),
            "report_to_voters_coverage": (len(reported & numbers), len(numbers)),
        }

    def _punctuality(self, period: Period, months: list[Period]) -> Iterator[IndicatorValue]:
        dues = [self._dues[month] for month in months]
        certain = all(due.certain for due in dues)
        for indicator, good in (
            ("returns_on_time_rate", sum(due.on_time for due in dues)),
            ("returns_clean_rate", sum(due.clean for due in dues)),
        ):
            yield IndicatorValue(period, indicator, good / len(dues), good, len(dues), False, certain)


def _within(day: date | None, period: Period) -> bool:
    first, last = _bounds(period)
    return day is not None and first <= day <= last


@lru_cache(maxsize=1000)
def _bounds(period: Period) -> tuple[date, date]:
    return period.first_day, period.last_day


def _kind(rows: list[dict[str, Any]], kind: str) -> int:
    return sum(row["kind"] == kind for row in rows)


def _sums(rows: list[dict[str, Any]], numerator: str, denominator: str) -> Fraction:
    return sum(row[numerator] or 0 for row in rows), sum(row[denominator] or 0 for row in rows)


def _last(upto: list[Arrived], code: str) -> int:
    """The profile figure of the newest month that reported it; 0 when none did."""
    for arrived in reversed(upto):
        for row in arrived.loaded.get("profile", ()):
            if row.values.get(code) is not None:
                return int(row.values[code])
    return 0


def _register(upto: list[Arrived]) -> list[Row]:
    """The deputies' rows of the newest month that has any."""
    return next((rows for arrived in reversed(upto) if (rows := arrived.loaded.get("deputy_record"))), [])


def _deputies(returns: list[Arrived], wanted: Callable[[dict[str, Any]], bool]) -> set[str]:
    return {
        row.values["deputy_no"]
        for arrived in returns
        for row in arrived.loaded.get("deputy_record", ())
        if wanted(row.values)
    }
