"""Generates a whole county into a folder, one township after another or several at once, always to the same bytes."""

from __future__ import annotations

import csv
import gzip
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from catalogue import load
from catalogue.errors import Refusal
from catalogue.periods import Kind, Period
from catalogue.register import COLUMNS as REGISTER_COLUMNS
from taizhang.simulation import truth
from taizhang.simulation.correspondence import PLANTABLE, Correspondence, Correspondent, Plan
from taizhang.simulation.manifest import Manifest
from taizhang.simulation.reports import write_reports
from taizhang.simulation.township import VALID_FROM_YEARS, Township, found_township, place_names

MOST_WITH_VALUES = 200  # townships; beyond, indicator values are left out
Lines = list[tuple[str, ...]]


@dataclass(frozen=True)
class Errand:
    """Which townships a worker generates, and where to."""

    target: Path
    names: tuple[str, ...]
    plan: Plan
    deputies: tuple[int, int]
    groups: tuple[int, int]
    with_values: bool


@dataclass
class Harvest:
    """What one township adds to the truth."""

    township: Township
    received: Lines
    findings: Lines
    status: Lines
    values: Lines
    rows: bytes
    row_count: int
    size: int
    missing: list[tuple[str, str]]
    duplicates: list[tuple[str, str]]
    files: list[dict[str, Any]]


def simulate(
    target: Path,
    townships: int,
    months: str,
    seed: int,
    *,
    fault_rate: float = 0.15,
    messy_rate: float = 0.4,
    rules: Collection[str] | None = None,
    deputies: tuple[int, int] = (40, 160),
    groups: tuple[int, int] = (9, 60),
    progress: Callable[[int, int], None] | None = None,
    workers: int = 1,
    reports: bool = False,
) -> Manifest:
    """Writes a fictional county with known truth into `target`; the same arguments give the same bytes.

    `months` is A..B (2025-01..2025-03). `fault_rate` is the share of returns with planted faults, `messy_rate` that of
    clerks with messy habits, `rules` restricts what may be planted; `deputies` and `groups` bound the townships' size.
    With `reports` there are narrative reports for every whole quarter too (not in counties without indicator values).
    `progress` hears (townships done, townships in all). Raises Refusal when something asked for makes no sense.
    """
    plan = Plan(seed, _months(months), fault_rate, messy_rate, _rules(rules))
    _check(target, townships, fault_rate, messy_rate, deputies, groups)
    errand = Errand(
        target, tuple(place_names(2 * townships, seed)), plan, deputies, groups, townships <= MOST_WITH_VALUES
    )
    options = {"townships": townships, "months": months, "fault_rate": fault_rate, "messy_rate": messy_rate}
    options |= {"rules": ",".join(plan.rules), "deputies": list(deputies), "groups": list(groups)}
    options |= {"reports": True} if reports else {}
    manifest = Manifest(seed=seed, options=options, contract=load().digest)
    (target / "truth").mkdir(parents=True)
    for month in plan.months:
        (target / "inbox" / month.text).mkdir(parents=True)
    with ExitStack() as stack:
        harvests: Iterable[Harvest] = map(partial(_generate, errand), range(townships))
        if workers > 1 and townships > 1:
            pool = stack.enter_context(get_context("spawn").Pool(min(workers, townships)))
            harvests = pool.imap(partial(_generate, errand), range(townships), chunksize=1)
        _write(target, plan, _heard(harvests, townships, progress), manifest, errand.with_values)
    if reports and errand.with_values:
        manifest.reports = write_reports(target, plan.months, seed)
    (target / "truth" / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    (target / "truth" / "README.md").write_text(truth.README, encoding="utf-8")
    return manifest


def _months(text: str) -> tuple[Period, ...]:
    first, dots, last = text.partition("..")
    months = [Period.parse(first), Period.parse(last if dots else first)]
    if any(month.kind != "month" for month in months) or months[1] < months[0]:
        raise Refusal(f"“{text}” is no range of months: write the first and the last one, like 2025-01..2025-03.")
    return tuple(months[0].shifted(step) for step in range(_distance(*months) + 1))


def _distance(first: Period, last: Period) -> int:
    return (last.year - first.year) * 12 + last.number - first.number


def _rules(rules: Collection[str] | None) -> tuple[str, ...]:
    unknown = sorted(set(rules or ()) - set(PLANTABLE))
    if unknown:
        raise Refusal(f"Faults of {', '.join(unknown)} cannot be planted; choose among {', '.join(sorted(PLANTABLE))}.")
    return tuple(rule for rule in sorted(PLANTABLE) if rules is None or rule in rules)


def _check(
    target: Path,
    townships: int,
    fault_rate: float,
    messy_rate: float,
    deputies: tuple[int, int],
    groups: tuple[int, int],
) -> None:
    if townships < 1:
        raise Refusal("A county needs at least one township; ask for 1 or more.")
    if not (0 <= fault_rate <= 1 and 0 <= messy_rate <= 1):
        raise Refusal("The rates of faults and mess are shares; give numbers from 0 to 1.")
    if not (40 <= deputies[0] <= deputies[1] <= 160 and 1 <= groups[0] <= groups[1] <= 99):
        raise Refusal("Townships have 40 to 160 deputies in 1 to 99 groups; give the lower bound before the upper one.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refusal(f"{target} is not an empty folder; name one that is empty or does not exist.")


def whole_periods(months: Sequence[Period]) -> list[Period]:
    """The months, and the quarters and years all of whose months are among them."""
    kinds: tuple[Kind, ...] = ("month", "quarter", "year")
    found = {Period.holding(kind, month): None for kind in kinds for month in months}
    return [period for period in found if set(period.months()) <= set(months)]


def _generate(errand: Errand, index: int) -> Harvest:
    """Writes one township's files and returns the rest; runs in a worker of its own when there are several."""
    catalogue, plan, names = load(), errand.plan, errand.names
    law = catalogue.jurisdiction("national").on(plan.months[0].first_day)
    former = len(names) // 2 + index
    township = found_township(index, names[index], plan.seed, law, errand.deputies, errand.groups, names[former])
    neighbour = names[index - 1] + "办事处"  # names behind the last township's are those of former ones
    periods = whole_periods(plan.months) if errand.with_values else []
    done = Correspondent(township, neighbour, plan, catalogue).write(periods)
    for letter in done.letters:
        path = errand.target / "inbox" / letter.file
        path.write_bytes(letter.data)
        os.utime(path, (letter.received_at.timestamp(),) * 2)
    lines = list(truth.row_lines(done, catalogue.current_form))
    return Harvest(
        township=township,
        received=[(letter.file, str(letter.received_at)) for letter in done.letters],
        findings=list(truth.finding_lines(done, catalogue)),
        status=list(truth.status_lines(done, catalogue.current_form)),
        values=[truth.value_line(township.code, value) for value in done.indicators],
        rows=_zipped("".join(lines).encode()),
        row_count=len(lines),
        size=sum(len(letter.data) for letter in done.letters),
        missing=[(township.code, period.text) for period in done.missing],
        duplicates=[(letter.file, letter.duplicate_of) for letter in done.letters if letter.duplicate_of],
        files=_described(done),
    )


def _described(done: Correspondence) -> list[dict[str, Any]]:
    return [
        {
            "file": letter.file,
            "township_code": done.township.code,
            "period": letter.period.text,
            "version": letter.version,
            "received_at": str(letter.received_at),
            "status": letter.verdict.status,
            "planted": list(letter.planted),
            "mess": list(letter.mess),
        }
        for letter in done.letters
    ]


def _zipped(data: bytes) -> bytes:
    """One gzip member; members of several townships after each other are one gzip file."""
    return gzip.compress(data, compresslevel=3, mtime=0)


def _heard(harvests: Iterable[Harvest], total: int, progress: Callable[[int, int], None] | None) -> Iterator[Harvest]:
    for number, harvest in enumerate(harvests, start=1):
        yield harvest
        if progress:
            progress(number, total)


def _write(target: Path, plan: Plan, harvests: Iterable[Harvest], manifest: Manifest, with_values: bool) -> None:
    """Writes register, arrivals and truth while the harvests come in, and fills the manifest."""
    form, received, register = load().current_form, list[tuple[str, ...]](), list[tuple[str, ...]]()
    status: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    scored: Counter[str] = Counter()
    unscored: Counter[str] = Counter()
    with ExitStack() as stack:
        findings = stack.enter_context(_Table(target / "truth/expected_findings.csv", truth.FINDING_COLUMNS))
        states = stack.enter_context(_Table(target / "truth/expected_status.csv", truth.status_columns(form)))
        values = (
            stack.enter_context(_Table(target / "truth/indicator_values.csv", truth.VALUE_COLUMNS))
            if with_values
            else None
        )
        rows = stack.enter_context((target / "truth/rows.jsonl.gz").open("wb"))
        for harvest in harvests:
            received += harvest.received
            register += _register_lines(harvest.township, plan.months[0])
            findings.write(harvest.findings)
            states.write(harvest.status)
            rows.write(harvest.rows)
            if values:
                values.write(harvest.values)
            for line in harvest.findings:
                (scored if line[9] == "yes" else unscored)[line[3]] += 1
            for file in harvest.files:
                status[str(file["status"])] += 1
                planted.update(str(rule) for rule in file["planted"])
            _take(manifest, harvest)
    with _Table(target / "townships.csv", REGISTER_COLUMNS) as table:
        table.write(sorted(register))
    with _Table(target / "received.csv", ("file", "received_at")) as table:
        table.write(sorted(received, key=lambda line: (line[1], line[0])))
    manifest.months = [month.text for month in plan.months]
    manifest.status, manifest.planted_per_rule = dict(sorted(status.items())), dict(sorted(planted.items()))
    manifest.findings_scored, manifest.findings_unscored = dict(sorted(scored.items())), dict(sorted(unscored.items()))


def _take(manifest: Manifest, harvest: Harvest) -> None:
    manifest.townships += 1
    manifest.workbooks += len(harvest.files)
    manifest.bytes += harvest.size
    manifest.rows += harvest.row_count
    manifest.indicator_values += len(harvest.values)
    manifest.missing += harvest.missing
    manifest.duplicates += harvest.duplicates
    manifest.files += harvest.files
    manifest.second_versions += sum(file["version"] == 2 for file in harvest.files)
    manifest.late += sum("F10" in file["planted"] for file in harvest.files)
    manifest.messy += sum(bool(file["mess"]) for file in harvest.files)
    manifest.quality[harvest.township.code] = harvest.township.quality


def _register_lines(township: Township, first: Period) -> Lines:
    """The township, and the one it took over when it has a predecessor."""
    since, until, aliases = (
        f"{first.year - VALID_FROM_YEARS}-01-01",
        f"{first.year - 1}-12-31",
        ";".join(township.aliases),
    )
    lines: Lines = [(township.code, township.name, township.kind, aliases, str(township.population), since, "", "")]
    if township.predecessor:
        code, name = township.predecessor
        lines.append((code, name, "乡", "", "", since, until, township.code))
    return lines


class _Table:
    """A CSV file being written."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._path, self._columns = path, columns

    def __enter__(self) -> _Table:
        self._file = self._path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(self._columns)
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def write(self, lines: Iterable[Sequence[str]]) -> None:
        """Adds the lines."""
        self._writer.writerows(lines)
