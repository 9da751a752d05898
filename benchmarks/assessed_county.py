"""Simulated counties as the assessment sees them: a year of events of every township, and what the rubric rests on.

Events come from the business layer of `taizhang simulate`, where a hidden quality from 0 to 1 drives outcomes and is
drawn apart from size. Every return is taken to arrive and to load; whether in time and without fault is drawn as there.
The panel enters the yearly plan and summary, the rest of its figures stays at their defaults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalogue import load
from catalogue.inputs import load_inputs
from catalogue.models import Parameters
from catalogue.periods import Period
from catalogue.rubric import TERM_ELAPSED, Rubric
from catalogue.rubric_loading import default_rubric
from taizhang.simulation.business import Business, Month
from taizhang.simulation.chance import chance, stream
from taizhang.simulation.delivery import is_late
from taizhang.simulation.rows import reply_limit
from taizhang.simulation.township import Township, found_township, place_names
from transforms.scoring import Inputs

WARM_UP = 4  # months lived before the year, so that suggestions are under way when it begins
FAULTY = 0.15  # share of returns with a hard finding, as `taizhang simulate` has it by default
DEPUTIES, GROUPS = (40, 160), (9, 60)
Figure = tuple[float, float, float]  # value, numerator, denominator; NaN as in Inputs
KINDS = {"inspection_count": "视察", "research_count": "专题调研", "law_check_count": "执法检查",
         "appraisal_count": "工作评议", "special_report_count": "听取专项报告"}  # fmt: skip
LEVELS = {"articles_county": ("县级",), "articles_city": ("市级",), "articles_province": ("省级", "国家级")}


@dataclass(frozen=True)
class Life:
    """What a township did: the months with the warm-up, and the year that is judged."""

    township: Township
    months: list[Month]
    year: Period
    seed: str

    def rows(self, sheet: str) -> list[dict[str, Any]]:
        """The year's events of a sheet."""
        return [row for month in self.months if month.period.year == self.year.year for row in getattr(month, sheet)]


@lru_cache(maxsize=1)
def law_of(year: Period) -> Parameters:
    """The national parameters in force."""
    return load().jurisdiction("national").on(year.last_day)


def effective_rubric(year: Period) -> Rubric:
    """The default rubric of townships with its figures of law, in the first year of a term."""
    parameters = {name: float(value) for name, value in asdict(law_of(year)).items()}
    return default_rubric("township", year).effective(year, parameters | {TERM_ELAPSED: 0.2})


def found_townships(county: int, count: int, year: Period) -> list[Township]:
    """The townships of a county."""
    names = place_names(2 * count, county)
    return [
        found_township(place, names[place], county, law_of(year), DEPUTIES, GROUPS, names[count + place])
        for place in range(count)
    ]


def live(township: Township, year: Period, seed: str) -> Life:
    """The township's year, after WARM_UP months, as this seed deals it."""
    months = list(year.months())
    business = Business(township, seed, law_of(year))  # type: ignore[arg-type]
    before = [months[0].shifted(step) for step in range(-WARM_UP, 0)]
    return Life(township, [business.live(month) for month in (*before, *months)], year, seed)


def figures(life: Life) -> dict[str, Figure]:
    """Every input the default rubric rests on, by the words of indicators.yaml and inputs.yaml."""
    found = dict(_sessions(life)) | dict(_meetings(life)) | dict(_suggestions(life)) | dict(_deputies(life))
    found |= {
        code: _count(sum(row["adopted_level"] in words for row in life.rows("article")))
        for code, words in LEVELS.items()
    }
    random = stream(life.seed, "returns", life.township.index)
    late = [is_late(random, life.township.quality) for _ in range(12)]
    half = sum(chance(random, 0.75) for is_one in late if is_one)  # one to four working days late, alike
    faulty = sum(chance(random, FAULTY) for _ in range(12))
    found["returns_punctuality"] = _rate(12 - sum(late) + 0.5 * half, 12)
    found["returns_clean_rate"] = _rate(12 - faulty, 12)
    for code, entry in load_inputs().items():
        if entry.evidence == "panel" and entry.level == "township":
            found[code] = _count(np.nan if entry.default is None else entry.default)
    found["annual_plan_flag"] = found["annual_summary_flag"] = _count(1)
    return found


def assemble(townships: Sequence[Township], found: Sequence[dict[str, Figure]], rubric: Rubric) -> Inputs:
    """The inputs of a county; street offices are a peer group of their own."""
    codes = rubric.inputs
    cells = np.array([[figures_of[code] for code in codes] for figures_of in found], dtype=np.float64)
    congress = np.array([township.holds_congress for township in townships], dtype=bool)
    nothing = np.zeros((len(townships), len(codes)), dtype=bool)
    return Inputs(
        units=tuple(township.code for township in townships),
        codes=codes,
        value=cells[..., 0],
        numerator=cells[..., 1],
        denominator=cells[..., 2],
        approximate=nothing,
        absent=nothing,
        congress=congress,
        peer=np.where(congress, 0, 1 if congress.any() else 0).astype(np.int64),
    )


def count_records(life: Life) -> int:
    """How many records the township entered, whatever they say: what platforms found in the field rank by."""
    sheets = (
        "congress_session",
        "presidium_meeting",
        "other_meeting",
        "supervision_activity",
        "deputy_activity",
        "article",
    )
    counted = sum(len(life.rows(sheet)) for sheet in sheets)
    inside = [month for month in life.months if month.period.year == life.year.year]
    return counted + sum(len(month.suggestions) for month in inside)


def pad(life: Life) -> Life:
    """The same life with every claimed event entered twice; dates, outcomes and people are the same."""
    months = []
    for month in life.months:
        twice = Month(month.period)
        for sheet in ("presidium_meeting", "other_meeting", "supervision_activity", "deputy_activity", "article",
                      "hazards", "suggestions", "petitions"):  # fmt: skip
            setattr(twice, sheet, 2 * getattr(month, sheet))
        twice.congress_session, twice.deputy_record = month.congress_session, month.deputy_record
        months.append(twice)
    return Life(life.township, months, life.year, life.seed)


def _count(number: float) -> Figure:
    return float(number), np.nan, np.nan


def _rate(above: float, below: float) -> Figure:
    return (above / below if below else np.nan), float(above), float(below)


def _share(rows: list[dict[str, Any]], above: str, below: str) -> Figure:
    return _rate(sum(row[above] or 0 for row in rows), sum(row[below] or 0 for row in rows))


def _sessions(life: Life) -> Iterator[tuple[str, Figure]]:
    rows, law = life.rows("congress_session"), law_of(life.year)
    budget = [row for row in rows if row["budget_report_flag"]]
    yield "session_count", _count(len(rows))
    yield "session_short_count", _count(sum(row["days"] < law.session_min_days for row in rows) if rows else np.nan)
    yield "session_attendance_rate", _share(rows, "present", "expected")
    yield "government_report_heard", _count(any(row["government_report_flag"] for row in rows))
    yield "presidium_report_heard", _count(any(row["presidium_report_flag"] for row in rows))
    yield "budget_report_sessions", _count(len(budget))
    yield "budget_approved", _count(any(row["resolutions"] for row in budget))
    for code, column, days in (
        ("session_notice_rate", "notice_date", law.notice_days),
        ("session_material_rate", "material_date", law.material_days),
    ):
        yield code, _rate(sum(row["start_date"] - row[column] >= timedelta(days=days) for row in rows), len(rows))
    yield "sessions_without_quorum", _count(sum(3 * row["present"] < 2 * row["expected"] for row in rows))


def _meetings(life: Life) -> Iterator[tuple[str, Figure]]:
    presidium, supervision = life.rows("presidium_meeting"), life.rows("supervision_activity")
    yield "presidium_meeting_count", _count(len(presidium))
    quarters = {(row["meeting_date"].month - 1) // 3 for row in presidium}
    yield "presidium_quarters_covered", _count(len(quarters))
    yield "presidium_attendance_rate", _share(presidium, "present", "expected")
    yield "presidium_minutes_rate", _rate(sum(row["minutes_flag"] for row in presidium), len(presidium))
    studies = [row for row in life.rows("other_meeting") if row["kind"] == "党委专题研究人大工作"]
    yield "party_study_count", _count(len(studies))
    for code, kind in KINDS.items():
        yield code, _count(sum(row["kind"] == kind for row in supervision))
    yield "opinion_reply_rate", _share(supervision, "opinions_replied", "opinions_issued")


def _suggestions(life: Life) -> Iterator[tuple[str, Figure]]:
    first, last, law = life.year.first_day, life.year.last_day, law_of(life.year)
    rows = [item.as_of(last) for month in life.months for item in month.suggestions]

    def within(day: object) -> bool:
        return isinstance(day, date) and first <= day <= last

    raised = [row for row in rows if within(row["raised_date"])]
    yield "suggestions_per_deputy", _rate(len(raised), len(life.township.deputies))
    late = timedelta(days=30)
    due = [row for row in raised if row["assigned_date"] or row["raised_date"] + late < last]  # type: ignore[operator]
    swift = [row for row in due if row["assigned_date"] and row["assigned_date"] - row["raised_date"] <= late]  # type: ignore[operator]
    yield "suggestions_assigned_rate", _rate(len(swift), len(due))
    limits = [
        (reply_limit(row["assigned_date"], row["extended_flag"], law), row["answered_date"])  # type: ignore[arg-type]
        for row in rows
        if row["assigned_date"]
    ]
    ripe = [(limit, day) for limit, day in limits if within(limit)]
    yield "suggestions_on_time_rate", _rate(sum(day is not None and day <= limit for limit, day in ripe), len(ripe))  # type: ignore[operator]
    answered = [row for row in rows if within(row["answered_date"])]
    yield "suggestions_consulted_rate", _rate(sum(bool(row["consulted_flag"]) for row in answered), len(answered))
    judged = [row for row in answered if row["result"]]
    yield "suggestions_resolution_rate", _rate(sum(row["result"] == "A" for row in judged), len(judged))
    heard = [row["satisfaction"] for row in answered if row["satisfaction"] in ("满意", "基本满意", "不满意")]
    yield "suggestions_satisfaction_rate", _rate(sum(word != "不满意" for word in heard), len(heard))
    yield "suggestions_feedback_rate", _rate(len(heard), len(answered))


def _deputies(life: Life) -> Iterator[tuple[str, Figure]]:
    township, norm = life.township, law_of(life.year).group_activities_per_year
    rows, records = life.rows("deputy_activity"), life.rows("deputy_record")
    per_group = Counter(row["deputy_group"] for row in rows)
    done = sum(min(per_group[group], norm) for group in township.groups)
    yield "group_activity_level", _rate(done, norm * len(township.groups))
    yield (
        "deputy_participation_rate",
        _share([row for row in rows if row["invited"] is not None], "attended", "invited"),
    )
    receptions = sum(row["kind"] == "接待选民" for row in rows)
    yield "receptions_per_station", _rate(receptions, township.homes + township.stations)
    trained = {row["deputy_no"] for row in records if row["trainings_attended"]}
    reported = {row["deputy_no"] for row in records if row["reported_to_voters_flag"]}
    in_office = len(township.deputies)
    yield "training_coverage", _rate(len(trained), in_office)
    yield "report_to_voters_coverage", _rate(len(reported), in_office)
    yield "deputy_file_rate", _rate(in_office, in_office)


def simulate_inputs(
    county: int, count: int, year: Period, rubric: Rubric, lot: int = 0
) -> tuple[Inputs, NDArray[np.float64]]:
    """(inputs, hidden qualities) of a county in one of its possible years."""
    townships = found_townships(county, count, year)
    found = [figures(live(township, year, f"{county}/{lot}")) for township in townships]
    return assemble(townships, found, rubric), np.array([township.quality for township in townships])
