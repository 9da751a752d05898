"""What happens in fictional townships: coherent over months, driven by quality, whatever the size."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import combinations
from statistics import correlation
from typing import Any

import pytest

from catalogue import Parameters, load
from catalogue.periods import Period
from taizhang.simulation import vocabulary as words
from taizhang.simulation.business import Business, Month
from taizhang.simulation.chance import binomial, poisson, stream
from taizhang.simulation.desk import Desk
from taizhang.simulation.rows import EVENT_DATES, reply_limit
from taizhang.simulation.sheets import TITLES, alikeness
from taizhang.simulation.township import Township, found_township, group_name, place_names

LAW: Parameters = load().jurisdiction("national").on(date(2025, 1, 1))
YEAR = [Period(2025, "month", number) for number in range(1, 13)]


def townships(count: int, seed: int = 1) -> list[Township]:
    return [found_township(index, f"地{index}", seed, LAW, (40, 160), (9, 60)) for index in range(count)]


@pytest.fixture(scope="module")
def years() -> list[tuple[Township, list[Month]]]:
    """A year's business of sixty townships."""
    found = townships(60)
    return [
        (township, [live.live(month) for month in YEAR]) for township in found for live in [Business(township, 1, LAW)]
    ]


def rate(of: Iterable[bool]) -> float:
    drawn = list(of)
    return sum(drawn) / len(drawn) if drawn else 0.5


def outcomes(township: Township, months: list[Month]) -> dict[str, float]:
    hazards = [hazard for month in months for hazard in month.hazards]
    suggestions = [suggestion for month in months for suggestion in month.suggestions]
    activities = [row for month in months for row in month.deputy_activity if row["invited"]]
    in_time = (bool(item.rectified and item.rectified <= item.fixed["rectify_by"]) for item in hazards)  # type: ignore[operator]
    return {
        "rectified in time": rate(in_time),
        "answered in time": rate(
            item.answered_on <= reply_limit(item.assigned_on, item.assigned["extended_flag"], LAW)
            for item in suggestions
        ),
        "attended": sum(int(str(row["attended"])) for row in activities)
        / max(1, sum(int(str(row["invited"])) for row in activities)),
        "activities by group": len(activities) / len(township.groups),
    }


@pytest.mark.parametrize("outcome", ["rectified in time", "answered in time", "attended", "activities by group"])
def test_hidden_quality_drives_outcomes(outcome: str, years: list[tuple[Township, list[Month]]]) -> None:
    holding = [(township, months) for township, months in years if township.holds_congress]
    quality = [township.quality for township, _ in holding]
    assert correlation(quality, [outcomes(township, months)[outcome] for township, months in holding]) > 0.5


def test_size_tells_nothing_of_quality() -> None:
    found = [township for township in townships(700) if township.holds_congress]
    assert abs(correlation([item.quality for item in found], [float(item.quota) for item in found])) < 0.1
    assert abs(correlation([item.quality for item in found], [float(len(item.groups)) for item in found])) < 0.1


def test_quota_follows_the_law_and_sizes_their_bounds() -> None:
    for township in townships(200):
        if township.holds_congress:
            assert township.quota == min(160, 45 + township.population // 1500)
            assert 9 <= len(township.groups) <= 60
            assert 40 <= len(township.deputies) <= township.quota <= 160
        else:
            assert township.presidium_members == 0


def test_codes_and_names_are_the_townships_own() -> None:
    found = townships(300)
    assert len({township.code for township in found}) == 300
    assert all(len(township.code) == 9 for township in found)
    names = place_names(4000, 1)
    assert len(set(names)) == 4000


@pytest.mark.parametrize(
    ("number", "name"), [(1, "第一代表小组"), (10, "第十代表小组"), (12, "第十二代表小组"), (60, "第六十代表小组")]
)
def test_group_names_are_written_as_spoken(number: int, name: str) -> None:
    assert group_name(number) == name


def test_street_offices_hold_no_congress(years: list[tuple[Township, list[Month]]]) -> None:
    streets = [(township, months) for township, months in years if not township.holds_congress]
    assert streets
    assert not any(month.congress_session or month.presidium_meeting for _, months in streets for month in months)


def test_events_lie_in_their_month(years: list[tuple[Township, list[Month]]]) -> None:
    for _, months in years[:15]:
        for month in months:
            for sheet, code in EVENT_DATES.items():
                for row in getattr(month, sheet, []):
                    assert month.period.first_day <= row[code] <= month.period.last_day


def test_a_life_only_moves_forward(years: list[tuple[Township, list[Month]]]) -> None:
    """What was known on a day is still known later: no date is emptied, nothing closed opens again."""
    _, months = years[2]
    items = [item for month in months[:4] for item in (*month.hazards, *month.suggestions, *month.petitions)]
    assert items
    for item in items:
        before: dict[str, Any] = {}
        for day in (date(2025, 1, 31) + timedelta(days=30 * step) for step in range(20)):
            now = item.as_of(day)
            closing = item.closed_on()
            for code, value in before.items():
                if code.endswith("_date") and value is not None:
                    assert now[code] == value
            if closing and closing <= day:
                assert now.get("closed_date", now.get("rectified_date")) == closing
            before = now


def test_dates_of_a_suggestion_come_in_order(years: list[tuple[Township, list[Month]]]) -> None:
    for _, months in years:
        for item in (item for month in months for item in month.suggestions):
            assert item.fixed["raised_date"] <= item.assigned_on <= item.answered_on <= item.closed  # type: ignore[operator]


def test_no_two_titles_are_alike_within_a_day(years: list[tuple[Township, list[Month]]]) -> None:
    for _, months in years[:20]:
        for sheet, (title, kind) in TITLES.items():
            rows = [
                item.fixed if sheet == "suggestion" else item
                for month in months
                for item in (month.suggestions if sheet == "suggestion" else getattr(month, sheet))
            ]
            for one, other in combinations(rows, 2):
                days = abs((one[EVENT_DATES[sheet]] - other[EVENT_DATES[sheet]]).days)
                if days <= 1 and (kind is None or one[kind] == other[kind]):
                    assert alikeness(one[title], other[title]) < 0.85


@pytest.mark.parametrize(
    "wordings",
    [
        words.SUGGESTION_TITLES,
        words.BILL_TITLES,
        words.SUPERVISION_TOPICS,
        words.ARTICLE_TITLES,
        *words.ACTIVITY_TITLES.values(),
        *words.MEETING_TITLES.values(),
    ],
)
def test_wordings_of_one_kind_are_far_from_alike(wordings: tuple[str, ...]) -> None:
    for one, other in combinations(wordings, 2):
        assert alikeness(one.format(v="张家村"), other.format(v="张家村")) < 0.8, (one, other)


def test_open_matters_are_carried_until_their_closing_is_loaded() -> None:
    township = townships(1, seed=4)[0]
    live, desk = Business(township, 4, LAW), Desk(township, load().current_form)
    seen: dict[str, list[str]] = {}
    for month in YEAR[:5]:
        sent = desk.compose(live.live(month), month.last_day)
        for row in sent.sheets["petition"]:
            seen.setdefault(row.values["petition_no"], []).append(row.values["status"])
        reached = month.number != 3  # March never reached the county
        desk.settle(lambda _sheet, _number, reached=reached: reached, month.last_day)  # type: ignore[misc]
    assert any(statuses.count("已办结") == 2 for statuses in seen.values())  # closed in March, told again in April
    assert all("已办结" not in statuses[:-2] for statuses in seen.values())


def test_a_lost_month_takes_its_new_matters_along() -> None:
    township = townships(1, seed=4)[0]
    live, desk = Business(township, 4, LAW), Desk(township, load().current_form)
    january = live.live(YEAR[0])
    lost = {row.values["petition_no"] for row in desk.compose(january, YEAR[0].last_day).sheets["petition"]}
    desk.lose(january)
    february = desk.compose(live.live(YEAR[1]), YEAR[1].last_day)
    assert lost
    assert not lost & {row.values["petition_no"] for row in february.sheets["petition"]}


@pytest.mark.parametrize(
    ("assigned", "extended", "limit"),
    [
        (date(2025, 1, 15), False, date(2025, 4, 15)),
        (date(2024, 11, 30), False, date(2025, 2, 28)),
        (date(2025, 8, 31), True, date(2026, 2, 28)),
        (date(2025, 10, 1), None, date(2026, 1, 1)),
    ],
)
def test_reply_limit_is_the_same_day_or_the_months_last(assigned: date, extended: bool, limit: date) -> None:
    assert reply_limit(assigned, extended, LAW) == limit


def test_draws_have_their_means() -> None:
    rng = stream("means")
    assert abs(sum(poisson(rng, 2.5) for _ in range(4000)) / 4000 - 2.5) < 0.15
    assert abs(sum(poisson(rng, 70) for _ in range(500)) / 500 - 70) < 1.5
    assert abs(sum(binomial(rng, 20, 0.3) for _ in range(2000)) / 2000 - 6) < 0.2
