"""The clerk's desk: which open matters stand on the next return, and the totals of the year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

from catalogue import Form
from catalogue.periods import Period
from taizhang.simulation.business import Month
from taizhang.simulation.life import Hazard, Petition, Suggestion
from taizhang.simulation.sent import Row, SentReturn
from taizhang.simulation.township import Township

KEYS = {"hazard": "hazard_no", "suggestion": "suggestion_no", "petition": "petition_no"}
EVENT_SHEETS = (
    "congress_session", "presidium_meeting", "other_meeting", "supervision_activity", "hazard", "suggestion",
    "deputy_activity", "deputy_record", "petition", "article",
)  # fmt: skip
Item = Hazard | Suggestion | Petition


class Desk:
    """Open matters of one township. A matter is carried until a return with its closing has been loaded."""

    def __init__(self, township: Township, form: Form) -> None:
        self.township, self.form = township, form
        self._open: dict[str, dict[str, Item]] = {sheet: {} for sheet in KEYS}
        self._totals: Counter[tuple[int, str]] = Counter()

    def compose(self, month: Month, prepared_on: date) -> SentReturn:
        """The true return of the month; its matters are on the desk from now on."""
        period = month.period
        for sheet, items in self._matters(month).items():
            self._open[sheet] |= {item.number: item for item in items}
        sheets = {"cover": [self._cover(period, prepared_on)], "profile": [self._profile()]}
        for sheet in EVENT_SHEETS:
            if sheet in KEYS:
                rows = [item.as_of(period.last_day) for item in self._open[sheet].values()]
            else:
                rows = getattr(month, sheet)
            sheets[sheet] = [Row(dict(values)) for values in rows]
        sheets["reported_total"] = self._totals_of(sheets, period)
        return SentReturn(self.form, self.township, period, 1, prepared_on, sheets)

    def lose(self, month: Month) -> None:
        """The month's new matters reach nobody: its return never came, or was refused and never mended."""
        for sheet, items in self._matters(month).items():
            for item in items:
                self._open[sheet].pop(item.number, None)

    def settle(self, loaded: Callable[[str, str], bool], last_day: date) -> None:
        """Closed matters whose closing the county has loaded leave the desk."""
        for sheet, items in self._open.items():
            for number, item in list(items.items()):
                closed = item.closed_on()
                if closed and closed <= last_day and loaded(sheet, number):
                    del items[number]

    def keep_slips(self, true: SentReturn, current: SentReturn) -> None:
        """A month's total misreported and never mended stays in the totals of the year."""
        if not current.has("reported_total"):
            return
        meant = {row.values["indicator"]: row.values["this_month"] for row in true.sheets["reported_total"]}
        for row in current.sheets["reported_total"]:
            indicator, reported = row.values["indicator"], row.get("this_month")
            if isinstance(reported, int):
                self._totals[true.period.year, indicator] += reported - meant[indicator]

    @staticmethod
    def _matters(month: Month) -> dict[str, list[Item]]:
        return {"hazard": [*month.hazards], "suggestion": [*month.suggestions], "petition": [*month.petitions]}

    def _cover(self, period: Period, prepared_on: date) -> Row:
        township = self.township
        return Row(
            {
                "form_version": self.form.version,
                "township_code": township.code,
                "township_name": township.name,
                "period": period.text,
                "prepared_by": township.clerk,
                "phone": township.phone,
                "approved_by": township.approver,
                "prepared_on": prepared_on,
            }
        )

    def _profile(self) -> Row:
        township = self.township
        return Row(
            {
                "population_registered": township.population,
                "deputy_quota": township.quota,
                "deputy_in_office": len(township.deputies),
                "county_deputy_resident": township.county_deputies,
                "presidium_member_count": township.presidium_members,
                "deputy_group_count": len(township.groups),
                "liaison_home_count": township.homes,
                "liaison_station_count": township.stations,
                "chair_fulltime_flag": township.chair_fulltime,
                "congress_staff_count": township.staff,
                "work_fund_yuan": township.work_fund,
                "deputy_fund_yuan": township.deputy_fund,
            }
        )

    def _totals_of(self, sheets: dict[str, list[Row]], period: Period) -> list[Row]:
        rows = []
        for indicator, count in count_month(sheets, period).items():
            self._totals[period.year, indicator] += count
            total = self._totals[period.year, indicator]
            rows.append(Row({"indicator": indicator, "this_month": count, "year_to_date": total}))
        return rows


def count_month(sheets: dict[str, list[Row]], period: Period) -> dict[str, int]:
    """The listed rows dated in the month, for each choice of 汇总."""

    first, last = period.first_day, period.last_day

    def dated(sheet: str, code: str) -> list[Row]:
        rows = ((row, row.get(code)) for row in sheets.get(sheet, ()))
        return [row for row, day in rows if isinstance(day, date) and first <= day <= last]

    notices = {row.get("notice_no") for row in dated("hazard", "notice_date") if row.get("notice_no")}
    return {
        "人代会次数": len(dated("congress_session", "start_date")),
        "主席团会议次数": len(dated("presidium_meeting", "meeting_date")),
        "监督活动次数": len(dated("supervision_activity", "start_date")),
        "发现隐患数": len(dated("hazard", "found_date")),
        "已整改隐患数": len(dated("hazard", "rectified_date")),
        "整改通知书份数": len(notices),
        "提出建议件数": len(dated("suggestion", "raised_date")),
        "办结建议件数": len(dated("suggestion", "closed_date")),
        "代表活动次数": len(dated("deputy_activity", "activity_date")),
        "采用稿件篇数": _adopted(dated("article", "submitted_date")),
    }


def _adopted(rows: Iterable[Row]) -> int:
    return sum(row.get("adopted_level") not in (None, "未采用") for row in rows)
