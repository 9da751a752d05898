"""Rule P08 on a province's reports: do the planted copies come out, how long does it take; a month's increment after.

`python -m benchmarks.likeness_scale --reports 40000`. The reports are those of 1,111 townships, quarter by quarter:
words of a county's and of the province's circulars come back in them, and every township repeats itself. One report in
a hundred holds some 350 characters of an earlier one with six words exchanged. Texts and sketches are put into an
embedded PostgreSQL as a collection does (reading files is left out), then judged.
"""

from __future__ import annotations

import argparse
import re
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pandas as pd

from benchmarks.server import Server
from catalogue.periods import Period
from catalogue.register import Register, Township
from ingest.reports.judging import judge_reports
from ingest.reports.reading import make_likeness
from taizhang.settings import Settings
from warehouse.archive import store_text
from warehouse.connection import Warehouse
from warehouse.migration import migrate
from warehouse.registry import load_register
from warehouse.reports import DOCUMENT, REPORT, DocumentBatch, store_documents

HERE = Path(__file__).resolve().parent
TOWNSHIPS, COUNTY, CHUNK, PLANTED_EVERY, INCREMENT = 1_111, 18, 1_000, 100, 1_000
FIRST = Period.parse("1990Q1")
_SURNAMES, _NAMES = "金银青白清龙凤石马柳松竹梅桃荷云", "岭溪塘河坪沟湾桥山泉坝林田口"
_COPIED, _SWAPPED, _SENTENCES = 350, 6, (28, 52)


@dataclass(frozen=True)
class Written:
    """A report of the simulated province; `is_copy` when a passage of an earlier one was put into it."""

    township: Township
    period: Period
    text: str
    is_copy: bool


class Province:
    """Townships and what they write: sentences of their own, of themselves before, of circulars."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)
        self._phrases = _phrases()
        codes = (f"52{place // COUNTY:04d}{place % COUNTY + 100:03d}" for place in range(TOWNSHIPS))
        self.register = Register(
            Township(code, name, "镇", (), None, FIRST.first_day, None, None)
            for code, name in zip(codes, self._names(), strict=True)
        )
        self._province = [self._sentence() for _ in range(12)]
        self._county = [[self._sentence() for _ in range(20)] for _ in range(TOWNSHIPS // COUNTY + 1)]
        self._habits = [[self._sentence() for _ in range(10)] for _ in range(TOWNSHIPS)]
        self._stories: list[tuple[int, str]] = []

    def _names(self) -> list[str]:
        return [
            self._rng.choice(_SURNAMES) + self._rng.choice(_SURNAMES) + self._rng.choice(_NAMES) + "镇"
            for _ in range(TOWNSHIPS)
        ]

    def _sentence(self) -> str:
        return "，".join(self._rng.choice(self._phrases) for _ in range(self._rng.randint(3, 6))) + "。"

    def reports(self, first: int, past: int) -> Iterator[Written]:
        """Reports number first to past (exclusive), a quarter's townships after another."""
        for number in range(first, past):
            place, quarter = number % TOWNSHIPS, number // TOWNSHIPS
            period = FIRST.shifted(quarter)
            story = self._story(place)
            source = self._source(place) if number % PLANTED_EVERY == PLANTED_EVERY - 1 else None
            if source:
                at = self._rng.randrange(len(story))
                story = [*story[:at], source, *story[at:]]
            else:
                self._remember(place, story)
            township = self.register.townships[place]
            title = f"{township.name}人大{period.year}年第{'一二三四'[period.number - 1]}季度工作报告"
            yield Written(township, period, title + "\n" + "".join(story) + "\n", bool(source))

    def _story(self, place: int) -> list[str]:
        """Sentences; one in five was said before: by the township, in the county's or the province's circulars."""
        story = [self._sentence() for _ in range(self._rng.randint(*_SENTENCES))]
        known = (self._habits[place], self._county[place // COUNTY], self._province)
        for at in range(self._rng.randrange(5), len(story), 5):
            story[at] = self._rng.choice(self._rng.choices(known, (6, 3, 1))[0])
        return story

    def _remember(self, place: int, story: Sequence[str]) -> None:
        """Some stories may be copied later on, also years later."""
        if self._rng.random() < 0.1:
            text = "".join(story)
            at = self._rng.randrange(max(1, len(text) - _COPIED))
            self._stories.append((place, text[at : at + _COPIED]))

    def _source(self, place: int) -> str | None:
        """A passage of another township's report with words exchanged."""
        others = [text for other, text in self._rng.sample(self._stories, min(9, len(self._stories))) if other != place]
        if not others:
            return None
        text = others[0]
        words = [text[at : at + 2] for at in range(len(text) - 1) if not re.search("[，。]", text[at : at + 2])]
        for word in self._rng.sample(words, _SWAPPED):
            text = text.replace(word, self._rng.choice("甲乙丙丁戊己庚辛") + self._rng.choice("子丑寅卯辰巳午未"), 1)
        return text


def _phrases() -> list[str]:
    """The phrases our own passages are made of."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(HERE.glob("narrative_passages*.txt")))
    found = re.findall(r"[\u4e00-\u9fff]{4,14}", re.sub(r"\[\[(.*?)\|.*?\]\]", r"\1", text))
    return sorted(set(found))


class Collection:
    """A warehouse that takes the reports in; seconds spent on sketches and on storing."""

    def __init__(self, home: Path, register: Register) -> None:
        self.settings = Settings.alone(home)
        self.settings.archive.mkdir()
        self.warehouse = Warehouse(self.settings.warehouse_url)
        migrate(self.warehouse)
        load_register(self.warehouse, register)
        self._likeness = make_likeness(register)
        self.sketching = self.storing = 0.0
        self.planted: dict[str, bool] = {}

    def take(self, reports: Iterator[Written]) -> None:
        """The reports are stored, a chunk a transaction, and await their judgement."""
        chunk: list[Written] = []
        for report in reports:
            chunk.append(report)
            if len(chunk) == CHUNK:
                self._store(chunk)
                chunk = []
        if chunk:
            self._store(chunk)

    def _store(self, chunk: Sequence[Written]) -> None:
        started = time.perf_counter()
        sketches = [self._likeness.sketch(self._likeness.canonical(report.text)) for report in chunk]
        self.sketching += time.perf_counter() - started
        started = time.perf_counter()
        documents, rows, values = [], [], []
        for report, sketch in zip(chunk, sketches, strict=True):
            number = len(self.planted)
            name = f"{number:06d}.txt"
            self.planted[name] = report.is_copy
            sha256 = f"{number:064x}"
            (self.settings.archive / sha256[:2]).mkdir(exist_ok=True)
            digest = store_text(self.settings.archive, sha256, report.text)
            received = datetime.combine(report.period.last_day, datetime.min.time()) + timedelta(
                minutes=number % TOWNSHIPS
            )
            documents.append((sha256, name, received, "inbox", "text", None, digest, len(report.text)))
            months = list(report.period.months())
            rows.append((
                sha256, 1, 0, len(report.text), "", name, report.township.name, report.township.code,
                report.period.text, months[0].text, months[-1].text, 1, "township", "counted", "{}",
            ))  # fmt: skip
            values += [(sha256, 1, value) for value in sketch.tolist()]
        nothing = pd.DataFrame()
        batch = DocumentBatch(
            pd.DataFrame(documents, columns=list(DOCUMENT)), pd.DataFrame(rows, columns=list(REPORT)), nothing,
            pd.DataFrame(values, columns=["sha256", "report_no", "value"]), nothing,
        )  # fmt: skip
        with self.warehouse.transaction() as connection:
            store_documents(connection, batch)
        self.storing += time.perf_counter() - started

    def judge(self) -> None:
        """Everything that awaits it is judged; prints how that went."""
        started = time.perf_counter()
        judged = judge_reports(self.settings)
        seconds = time.perf_counter() - started
        told = set(
            self.warehouse.query("select distinct file_name from research.finding where rule = 'P08'")["file_name"]
        )
        planted = {name for name, is_copy in self.planted.items() if is_copy}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"judging: {seconds:.0f} s, {judged.reports} reports looked at, {judged.compared} pairs compared, "
            f"{judged.findings.get('P08', 0)} findings; so far {len(told & planted)} of {len(planted)} planted copies "
            f"found, {len(told - planted)} others told; peak memory {peak} MB",
            flush=True,
        )


def main() -> None:
    """Prints what the rule costs and finds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=4_000)
    parser.add_argument("--folder", type=Path, help="where texts and database go (default: a temporary folder)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder, Server(Path(folder)) as server:
        province = Province(seed=7)
        collection = Collection(Path(folder), province.register)
        for first, past in ((0, options.reports), (options.reports, options.reports + INCREMENT)):
            collection.sketching = collection.storing = 0.0
            collection.take(province.reports(first, past))
            print(
                f"{past - first} reports after {first}: sketches {collection.sketching:.0f} s, "
                f"texts and rows stored {collection.storing:.0f} s",
                flush=True,
            )
            collection.judge()
        size = server.ask("taizhang", "select pg_size_pretty(pg_total_relation_size('narrative.sketch'))")
        print(f"sketches in the database: {size}")


if __name__ == "__main__":
    main()
