"""Judging reports when a collection is in: copied passages (P08), figures against the returns (P09)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from catalogue import load as load_catalogue
from catalogue.lexicon import load_lexicon
from catalogue.narrative import load_narrative
from ingest.place import Place
from ingest.reports.placing import word_disagreement
from ingest.reports.reading import make_likeness
from transforms.likeness import Canonical, Likeness, Passage
from transforms.reconciliation import Comparison, Said, compare, report_span
from warehouse import followup, report_checks
from warehouse.archive import read_text
from warehouse.connection import Connection, Warehouse, query
from warehouse.load import lock_loads
from warehouse.registry import read_register
from warehouse.reports import awaiting, finish, leave

_KEPT = 2_000  # canonical texts kept at once, some 40 kB each
_COVERED = 0.8
_SHOWN = 60
_BATCH = 400  # reports judged at once
_PASSAGE = (
    "report_id", "other_report_id", "template", "start_offset", "end_offset", "other_start", "other_end", "characters",
    "share",
)  # fmt: skip
_FINDING = (
    "document_id", "report_id", "township_code", "period", "rule", "severity", "observed", "expected", "message",
    "quote", "start_offset", "end_offset", "fact_id",
)  # fmt: skip


@dataclass
class Judged:
    """What judging did: findings by rule over all reports looked at, how many reports, pairs of texts compared."""

    reports: int = 0
    compared: int = 0
    findings: dict[str, int] = field(default_factory=dict)


def judge_reports(settings: Place) -> Judged:
    """Every current report concerned carries the findings P08 and P09 it deserves; documents changed await their page.

    Concerned are reports that came or were decided on since the last time, and those of townships whose returns were
    loaded since (call it before the county rules, which clear that list). All of it or nothing; again changes nothing.
    """
    warehouse = Warehouse(settings.warehouse_url)
    likeness = make_likeness(read_register(warehouse))
    done = Judged()
    with warehouse.transaction() as connection:
        lock_loads(connection)
        documents = awaiting(connection, "judge")
        townships = query(
            connection,
            "select distinct township_code from intake.submission "
            "where submission_id = any(:loaded) and township_code is not null",
            {"loaded": followup.awaiting(connection, "county_rules")},
        )["township_code"].tolist()
        chosen = report_checks.to_judge(connection, documents, townships)
        texts = Texts(connection, settings, likeness)
        touched = set(chosen["report_id"].tolist())
        touched |= set(_find_copies(connection, texts, chosen.loc[chosen["is_new"], "report_id"].tolist(), done))
        for start in range(0, len(touched), _BATCH):
            _judge(connection, texts, sorted(touched)[start : start + _BATCH], done)
        finish(connection, "judge", documents)
    return done


class Shared(NamedTuple):
    """A passage of a report that stands in another one or in a known text."""

    report: int
    other: int | None
    template: str | None
    passage: Passage


class Texts:
    """The reports' texts as they are compared, read from the archive when asked for."""

    def __init__(self, connection: Connection, settings: Place, likeness: Likeness) -> None:
        self._connection, self._settings, self.likeness = connection, settings, likeness
        self._known: dict[int, Any] = {}
        self.canonical = lru_cache(maxsize=_KEPT)(self._canonical)

    def describe(self, reports: Collection[int]) -> None:
        """The reports are known from now on."""
        if missing := [int(number) for number in reports if number not in self._known]:
            rows = report_checks.described(self._connection, missing)
            known: list[Any] = list(rows.itertuples(index=False))
            self._known |= {int(row.report_id): row for row in known}

    def of(self, report: int) -> Any:
        """A row of sql/reports/reports.sql."""
        return self._known[report]

    def quote(self, report: int, start: int, end: int) -> str:
        """The words at the offsets, on one line."""
        row = self.of(report)
        return "".join(read_text(self._settings.archive, row.sha256, row.text_sha256)[start:end].split())

    def _canonical(self, report: int) -> Canonical:
        row = self.of(report)
        text = read_text(self._settings.archive, row.sha256, row.text_sha256)
        return self.likeness.canonical(text[row.start_offset : row.end_offset])


def _find_copies(connection: Connection, texts: Texts, new: list[int], done: Judged) -> list[int]:
    """The passages shared by the new reports with any other stand; the reports whose passages changed."""
    copying = texts.likeness.copying
    compared: set[tuple[int, int]] = set()
    shared: list[Shared] = []
    for start in range(0, len(new), _BATCH):
        part = new[start : start + _BATCH]
        pairs = report_checks.partners(connection, part, copying.meetings, copying.partners)
        texts.describe({*part, *pairs["other_report_id"]})
        for report in part:
            shared += _known_texts(texts, report)
        for report, partner in zip(pairs["report_id"], pairs["other_report_id"], strict=True):
            for later, earlier in _ordered(texts, int(report), int(partner)):
                if (later, earlier) not in compared:
                    compared.add((later, earlier))
                    found = texts.likeness.passages(texts.canonical(later), texts.canonical(earlier))
                    shared += [Shared(later, earlier, None, passage) for passage in found]
    done.compared += len(compared)
    rows = [_placed(texts, item) for item in _longest(shared)]
    frame = pd.DataFrame(rows, columns=list(_PASSAGE)).astype({"other_report_id": "Int64"})
    return report_checks.replace_passages(connection, new, frame)


def _known_texts(texts: Texts, report: int) -> Iterator[Shared]:
    for template, known in texts.likeness.templates.items():
        for passage in texts.likeness.passages(texts.canonical(report), known):
            yield Shared(report, None, template, passage)


def _longest(shared: Iterable[Shared]) -> Iterator[Shared]:
    """Of every report the longest passages first, none told twice."""
    taken: dict[int, list[tuple[int, int]]] = {}
    for item in sorted(shared, key=lambda one: (one.report, -one.passage.characters, one.other or 0)):
        spans = taken.setdefault(item.report, [])
        if not _is_covered(item.passage, spans):
            spans.append((item.passage.start, item.passage.end))
            yield item


def _placed(texts: Texts, item: Shared) -> tuple[Any, ...]:
    """A row of narrative.passage: offsets in the whole texts."""
    passage = item.passage
    here = texts.of(item.report).start_offset
    there = texts.of(item.other).start_offset if item.other is not None else 0
    return (
        item.report, item.other, item.template, here + passage.start, here + passage.end, there + passage.other_start,
        there + passage.other_end, passage.characters, passage.share,
    )  # fmt: skip


def _ordered(texts: Texts, one: int, two: int) -> list[tuple[int, int]]:
    """(later, earlier): by township's own time, else by arrival; of two that came at once each stands for the later."""
    first, second = texts.of(one), texts.of(two)
    if first.township_code == second.township_code and first.last_month != second.last_month:
        return [(one, two)] if first.last_month > second.last_month else [(two, one)]
    if first.received_at == second.received_at:
        return [(one, two), (two, one)]
    return [(one, two)] if first.received_at > second.received_at else [(two, one)]


def _is_covered(item: Passage, taken: list[tuple[int, int]]) -> bool:
    length = item.end - item.start
    return any(min(item.end, end) - max(item.start, start) >= _COVERED * length for start, end in taken)


def _judge(connection: Connection, texts: Texts, reports: list[int], done: Judged) -> None:
    """The reports' findings are those they deserve now."""
    texts.describe(reports)
    findings = [*_copied(connection, texts, reports)]
    disagreements, cases = _reconcile(connection, reports)
    findings += disagreements
    frame = pd.DataFrame(findings, columns=list(_FINDING)).astype({"fact_id": "Int64"})
    leave(connection, "return", report_checks.replace_findings(connection, reports, frame, cases))
    done.reports += len(reports)
    for rule, count in frame["rule"].value_counts().items():
        done.findings[str(rule)] = done.findings.get(str(rule), 0) + int(count)


def _copied(connection: Connection, texts: Texts, reports: list[int]) -> Iterator[tuple[Any, ...]]:
    """One finding P08 for every passage."""
    shared = report_checks.passages(connection, reports)
    texts.describe({int(number) for number in shared["other_report_id"].dropna()})
    severity, words = load_catalogue().rules["P08"].severity, load_narrative().wording["P08"]
    rows: list[Any] = list(shared.itertuples(index=False))
    for item in rows:
        row = texts.of(int(item.report_id))
        quote = texts.quote(int(item.report_id), item.start_offset, item.end_offset)
        source = f"范文“{item.template}”" if item.template else _called(texts.of(int(item.other_report_id)))
        observed = quote[:_SHOWN] + ("……" if len(quote) > _SHOWN else "")
        message = words.message.format(label=item.characters, expected=source, observed=observed)
        yield (
            int(row.document_id), int(item.report_id), row.township_code, row.period, "P08", severity, observed, source,
            message, quote, item.start_offset, item.end_offset, None,
        )  # fmt: skip


def _called(row: Any) -> str:
    period = row.period or ""
    return f"{row.township}{period}报告（{row.file_name}）"


def _reconcile(connection: Connection, reports: list[int]) -> tuple[list[tuple[Any, ...]], pd.DataFrame]:
    """(findings P09, how often each document could not be judged); the comparisons stand."""
    declared = load_narrative()
    found = report_checks.facts(connection, reports, declared.comparable)
    facts: list[Any] = list(found.itertuples(index=False))
    years = {str(int(fact.period[:4]) + step) for fact in facts if fact.period for step in (-1, 0, 1)}
    wanted = {entry.indicator for entry in declared.comparable.values()} | {"session_count"}
    codes = sorted({fact.township_code for fact in facts if fact.township_code})
    returned = report_checks.returned(connection, codes, wanted, years)
    rows, findings, cases = [], [], dict[int, int]()
    labels = {code: entry.label for code, entry in load_lexicon().indicators.items()}
    for fact in facts:
        entry, report = declared.comparable[fact.indicator], report_span(fact.period)
        if report is None or fact.township_code not in returned:
            continue
        if fact.years > 1 or report.last.year - report.first.year > 0:
            answer = Comparison("open", reason="报告说的是几年的合计")
        else:
            answer = compare(_said(fact), entry, report, returned[fact.township_code], declared.approximate)
        places: list[str] = []
        if answer.outcome == "open":
            cases[fact.document_id] = cases.get(fact.document_id, 0) + 1
        elif answer.outcome == "differs" and answer.span:
            places = report_checks.returned_rows(connection, fact.township_code, entry, answer.span)
            findings.append(_disagreement(fact, labels[fact.indicator], answer))
        rows.append(_comparison(fact, entry.indicator, answer, places))
    frame = pd.DataFrame(rows, columns=report_checks.COMPARISON)
    report_checks.replace_comparisons(connection, reports, frame)
    counted = pd.DataFrame({"document_id": list(cases), "cases": list(cases.values())}, dtype="int64")
    return findings, counted


def _said(fact: Any) -> Said:
    return Said(
        fact.indicator, fact.value, fact.unit or "", fact.is_approximate, fact.quote, fact.period_text, fact.is_near
    )


def _comparison(fact: Any, indicator: str, answer: Comparison, places: list[str]) -> tuple[Any, ...]:
    span = answer.span
    return (
        fact.fact_id, indicator, answer.outcome, span.first.text if span else None, span.last.text if span else None,
        answer.returned, answer.low, answer.high, answer.reason, places or "{}",
    )  # fmt: skip


def _disagreement(fact: Any, label: str, answer: Comparison) -> tuple[Any, ...]:
    assert answer.span is not None and answer.returned is not None
    unit = fact.unit or ""
    observed = f"{shown(fact.value)}{unit}"
    expected = f"{answer.span.chinese}报表为 {shown(answer.returned)}{unit}"
    severity, message = word_disagreement(label, observed, expected)
    return (
        fact.document_id, fact.report_id, fact.township_code, fact.period, "P09", severity, observed, expected, message,
        fact.quote, fact.start_offset, fact.end_offset, fact.fact_id,
    )  # fmt: skip


def shown(value: float) -> str:
    """A number as it is shown: whole where it is whole, else with up to two decimals."""
    return str(int(value)) if value == int(value) else f"{value:.2f}".rstrip("0")
