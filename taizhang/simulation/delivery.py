"""When a return arrives and under what name. Folder and file name mean nothing to a reader."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from catalogue.calendar import add_working_days, due_on
from catalogue.periods import Period
from taizhang.simulation.chance import chance
from taizhang.simulation.habits import Habits
from taizhang.simulation.township import Township


def is_late(rng: Random, quality: float) -> bool:
    """Weak townships are late more often."""
    return chance(rng, 0.02 + 0.22 * (1 - quality))


def first_arrival(rng: Random, period: Period, due_days: int, late: bool) -> datetime:
    """A moment in office hours on a working day, on or before the due day unless late."""
    due = due_on(period, due_days)
    if late:
        day = add_working_days(due, rng.randint(1, 4))
    else:
        day = add_working_days(period.last_day, rng.randint(1, due_days))
    return moment(rng, day)


def correction_arrival(rng: Random, earlier: datetime) -> datetime:
    """One to three working days after the earlier version."""
    return moment(rng, add_working_days(earlier.date(), rng.randint(1, 3)))


def moment(rng: Random, day: date) -> datetime:
    """A second between 08:30 and 17:59 of the day."""
    return datetime.combine(day, time(8, 30)) + timedelta(seconds=rng.randrange(34_140))


def prepared_on(rng: Random, period: Period, arrival: datetime) -> date:
    """The last day of the month, or a day after it up to the arrival."""
    days = (arrival.date() - period.last_day).days
    return period.last_day + timedelta(days=rng.randint(0, max(days, 0)))


def file_name(rng: Random, township: Township, period: Period, version: int, habits: Habits, suffix: str) -> str:
    """The path inside the inbox, in the clerk's own style; later versions never take an earlier one's name."""
    name, short, month, year = township.name, township.short_name, period.number, period.year
    stem = {
        "official": f"{name}{year}年{month}月人大工作月报",
        "digits": f"{period.text.replace('-', '')}{name}",
        "report": f"{month}月报表-{name}",
        "person": f"{township.clerk}-{name}{month}月",
        "final": f"{name}{month}月份人大报表 最终版",
        "attachment": f"附件{rng.randint(1, 3)}：{name}人大{month}月报",
        "dotted": f"{short}（{township.kind}）{year}.{month:02d}",
    }[habits.file_style]
    again = "" if version == 1 else rng.choice(("({})", " - 副本{}", "（修改{}）", "_v{}", "更正版{}")).format(version)
    return f"{period.text}/{stem}{again}.{suffix}"
