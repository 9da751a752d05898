"""One township's correspondence with the county: every file it sends over the months, and what should come of each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from catalogue import Catalogue
from catalogue.calendar import due_on
from catalogue.periods import Period
from taizhang.simulation import delivery, faults_cells, faults_file, faults_rows, faults_sheets
from taizhang.simulation.business import Business, Month
from taizhang.simulation.chance import chance, stream
from taizhang.simulation.desk import Desk
from taizhang.simulation.habits import acquire_habits
from taizhang.simulation.history import History
from taizhang.simulation.judgement import UNTOLD, Verdict, judge, settle
from taizhang.simulation.layout import Layout
from taizhang.simulation.noise import spoil_file
from taizhang.simulation.ods import write_ods
from taizhang.simulation.oracle import Due, IndicatorValue, Oracle
from taizhang.simulation.planter import Planter, Planting
from taizhang.simulation.reading import Finding
from taizhang.simulation.sent import SentReturn
from taizhang.simulation.township import Township
from taizhang.simulation.xlsx import write_xlsx

PLANTINGS: dict[str, Planting] = (
    faults_file.PLANTINGS | faults_cells.PLANTINGS | faults_rows.PLANTINGS | faults_sheets.PLANTINGS
)
REJECTING = faults_file.REJECTING
ARRIVALS = ("F01", "F10")  # planted in how and when a file arrives
PLANTABLE = (*ARRIVALS, *REJECTING, *PLANTINGS)
OWN_COLUMN = "备注"


@dataclass(frozen=True)
class Plan:
    """What a county is generated with."""

    seed: int
    months: tuple[Period, ...]
    fault_rate: float
    messy_rate: float
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Letter:
    """One file that arrives."""

    file: str
    received_at: datetime
    data: bytes
    period: Period
    version: int | None
    days_late: int | None
    sent: SentReturn | None
    verdict: Verdict
    planted: tuple[str, ...]
    mess: tuple[str, ...]
    duplicate_of: str | None = None


@dataclass
class Correspondence:
    """Everything of one township."""

    township: Township
    letters: list[Letter] = field(default_factory=list)
    missing: list[Period] = field(default_factory=list)
    indicators: list[IndicatorValue] = field(default_factory=list)


class Correspondent:
    """The clerk of one township at work."""

    def __init__(self, township: Township, neighbour: str, plan: Plan, catalogue: Catalogue) -> None:
        self._township, self._neighbour, self._plan, self._catalogue = township, neighbour, plan, catalogue
        self._form, self._law = catalogue.current_form, catalogue.jurisdiction("national").on(plan.months[0].first_day)
        self._habits = acquire_habits(self._stream("habits"), plan.messy_rate, catalogue)
        self._business = Business(township, plan.seed, self._law)
        self._desk, self._history = Desk(township, self._form), History(self._form)
        self._hard = frozenset(rule.id for rule in catalogue.rules.values() if rule.severity == "hard")
        self._dues: dict[Period, Due] = {}
        self._done = Correspondence(township)
        self._rng = self._stream("start")

    def write(self, periods: Collection[Period]) -> Correspondence:
        """Lives through the plan's months: all files with their truth, and indicator values of the periods."""
        for month in self._plan.months:
            self._rng = self._stream(month.text)
            self._live(self._business.live(month))
        oracle = Oracle(self._history, self._dues, self._township.holds_congress, self._law)
        self._done.indicators = [value for period in periods for value in oracle.values(period)]
        return self._done

    def _stream(self, name: str) -> Random:
        return stream(self._plan.seed, self._township.index, name)

    # -- a month

    def _live(self, month: Month) -> None:
        rng, quality, period = self._rng, self._township.quality, month.period
        self._history.begin(period)
        faulty = chance(rng, self._plan.fault_rate)
        wanted = rng.sample(self._plan.rules, len(self._plan.rules)) if faulty else []
        late = delivery.is_late(rng, quality) or "F10" in wanted[:2]
        arrival = delivery.first_arrival(rng, period, self._form.due_working_days, late)
        true = self._desk.compose(month, delivery.prepared_on(rng, period, arrival))
        if chance(rng, 0.08 * self._plan.fault_rate * (1.4 - quality)):
            self._done.missing.append(period)
            self._dues[period] = Due(on_time=False, clean=False, certain=True)
        else:
            self._send_all(true, wanted, arrival)
        current = self._history.current(period)
        if current is None:
            self._desk.lose(month)
            return
        loaded = {sheet: current.loaded.get(sheet, []) for sheet in ("hazard", "suggestion", "petition")}
        numbers = {(sheet, self._history.key_of(sheet, row)[0]) for sheet, rows in loaded.items() for row in rows}
        self._desk.settle(lambda sheet, number: (sheet, number) in numbers, period.last_day)
        self._desk.keep_slips(true, current.sent)

    def _send_all(self, true: SentReturn, wanted: list[str], arrival: datetime) -> None:
        """The first version, perhaps after a file nobody can read, and its correction."""
        rng, quality = self._rng, self._township.quality
        first = true.copy(1, true.prepared_on)
        planted = self._plant(first, wanted)
        if "F01" in wanted[:2]:
            self._send_noise(first, arrival)
        letter = self._send(first, arrival, planted)
        assert letter is not None
        status = letter.verdict.status
        if chance(rng, 0.03 * min(1.0, 2 * self._plan.fault_rate)):
            self._send_again(letter)
        willing = {
            "rejected": 0.8 + 0.2 * quality,
            "returned": 0.4 + 0.55 * quality,
            "accepted": 0.08 if planted else 0.0,
        }
        if not chance(rng, willing[status]):
            return
        later = delivery.correction_arrival(rng, letter.received_at)
        version = 1 if letter.version is None else 2
        second = true.copy(version, delivery.prepared_on(rng, true.period, later))
        slips = chance(rng, 0.12 if self._plan.fault_rate else 0.0)
        softer = [rule for rule in rng.sample(self._plan.rules, len(self._plan.rules)) if rule in PLANTINGS]
        self._send(second, later, self._plant(second, softer[:3], most=1) if slips else [])

    def _plant(self, sent: SentReturn, wanted: list[str], most: int | None = None) -> list[str]:
        """Plants the first faults of the list that can be planted; a rejecting one stays alone."""
        rng = self._rng
        if most is None:
            most = 1 + chance(rng, 0.35) + chance(rng, 0.15)
        for rule in wanted[:2]:
            if rule in REJECTING:
                planter = self._planter(sent)
                return [rule] if REJECTING[rule](planter) else []
        planted: list[str] = []
        planter = self._planter(sent)
        for rule in wanted:
            if len(planted) >= most:
                break
            if rule in PLANTINGS and PLANTINGS[rule](planter):
                planted.append(rule)
        return planted

    def _planter(self, sent: SentReturn) -> Planter:
        return Planter(sent, self._history, self._law, self._catalogue.synonyms, self._neighbour, self._rng)

    # -- a file

    def _send(self, sent: SentReturn, arrival: datetime, planted: list[str]) -> Letter | None:
        """The workbook is sent and judged; None for a correction that came out byte by byte as what was sent before."""
        period = sent.period
        self._follow_habits(sent)
        data, suffix = self._write_workbook(sent, planted)
        earlier = [letter for letter in self._done.letters if letter.period == period]
        if any(letter.data == data for letter in earlier):
            return None
        due = due_on(period, self._form.due_working_days)
        late = max(0, (arrival.date() - due).days) if sent.version == 1 else 0
        verdict = judge(sent, late, self._history, self._law, self._hard)
        if any(letter.version is None and letter.duplicate_of is None for letter in earlier):
            verdict = _doubt_lateness(verdict)
        settle(sent, verdict, self._history)
        told = not any(finding.rule in UNTOLD for finding in verdict.findings)
        if sent.version == 1:
            self._note_due(sent, verdict, late, told)
        name = self._name(sent.period, suffix)
        letter = Letter(
            name, arrival, data, period, sent.version if told else None, late if told else None, sent, verdict,
            tuple(planted) + (("F10",) if late else ()), tuple(sorted(self._habits.kinds)),
        )  # fmt: skip
        self._done.letters.append(letter)
        return letter

    def _note_due(self, sent: SentReturn, verdict: Verdict, late: int, told: bool) -> None:
        unsure = any(
            letter.period == sent.period and letter.version is None and letter.duplicate_of is None
            for letter in self._done.letters
        )
        clean = not any(finding.rule in self._hard for finding in verdict.findings)
        self._dues[sent.period] = Due(told and not late, told and clean, told and not unsure)

    def _write_workbook(self, sent: SentReturn, planted: list[str]) -> tuple[bytes, str]:
        rng = self._stream(f"{sent.period.text}/{len(self._done.letters)}")
        grids = Layout(sent, self._habits, self._catalogue.synonyms, self._own_order(), rng).grids()
        if self._habits.has("ods") and "C08" not in planted:
            return write_ods(grids), "ods"
        return write_xlsx(grids, date_1904=self._habits.has("epoch")), "xlsx"

    def _own_order(self) -> str:
        return f"{self._plan.seed}/{self._township.index}/order"

    def _follow_habits(self, sent: SentReturn) -> None:
        """What her habits add to the content: approximations, a column of her own, empty sheets left out."""
        rng = self._rng
        if self._habits.has("absent"):
            empty = [sheet.code for sheet in sent.form.tables if not sheet.required and not sent.sheets[sheet.code]]
            sent.structure.left_out += [code for code in empty if chance(rng, 0.6)]
        if self._habits.has("remark"):
            stable = self._stream("remark")
            for code in stable.sample(("hazard", "suggestion", "deputy_activity", "petition", "article"), 2):
                if sent.has(code):
                    sent.structure.extra_columns.setdefault(code, OWN_COLUMN)
        if self._habits.has("approx"):
            planter = self._planter(sent)
            for _ in range(rng.randint(0, 2)):
                faults_cells.write_about(planter)

    def _send_noise(self, sent: SentReturn, arrival: datetime) -> None:
        """A spoilt file a little before the real one."""
        layout = Layout(sent, self._habits, self._catalogue.synonyms, self._own_order(), self._rng)
        data = spoil_file(self._rng, write_xlsx(layout.grids()))
        verdict = Verdict([Finding("F01", None, None, None, "noise")], "rejected", {}, {})
        received = arrival - timedelta(minutes=self._rng.randint(3, 25))
        name = self._name(sent.period, "xlsx")
        self._done.letters.append(Letter(name, received, data, sent.period, None, None, None, verdict, ("F01",), ()))

    def _send_again(self, letter: Letter) -> None:
        """The same bytes a second time, under another name."""
        name = self._name(letter.period, letter.file.rpartition(".")[2])
        received = letter.received_at + timedelta(minutes=self._rng.randint(2, 40))
        verdict = Verdict([], "duplicate", {}, {})
        self._done.letters.append(
            Letter(name, received, letter.data, letter.period, None, None, None, verdict, (), (), letter.file)
        )

    def _name(self, period: Period, suffix: str) -> str:
        number = 1 + sum(letter.period == period for letter in self._done.letters)
        return delivery.file_name(self._rng, self._township, period, number, self._habits, suffix)


def _doubt_lateness(verdict: Verdict) -> Verdict:
    """Whether a return is late that followed a file nobody could place is open to argument."""
    findings = [
        Finding(item.rule, item.sheet, item.row, item.field, item.note, False) if item.rule == "F10" else item
        for item in verdict.findings
    ]
    return Verdict(findings, verdict.status, verdict.loaded, verdict.held)
