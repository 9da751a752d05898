"""Precision, recall and F1 of the narrative reader, real and written texts apart, beside a nearest-number baseline.

Texts: the annotated corpus beside the checkout (real `seed_*`, written `syn_*`), and passages of our own
(`narrative_passages*.txt`). A fact counts by distinct (text, indicator, value); parts of a stated total count neither
as hit nor as miss. What the reader said of each batch the first time it saw it stands in `narrative_first_sight.csv`:
afterwards the grammar was mended with the batch in view, so only the first figures speak for texts not seen yet.
Run: make eval, or python -m benchmarks.narrative_eval [--corpus FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from catalogue.lexicon import Lexicon, load_lexicon
from ingest.narrative import ASK_BELOW, Fact, extract, read_text
from ingest.narrative.cleaning import clean
from ingest.narrative.quantities import find_quantities
from ingest.narrative.script import fold_characters

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parents[1] / "shared" / "corpus"
Key = tuple[str, float]
Reader = Callable[[str], Sequence[Fact]]

# One telling word an indicator, for the baseline.
KEYWORDS = {
    "congress_sessions": "人民代表大会|人代会",
    "presidium_meetings": "主席团会议",
    "deputies_township": "镇人大代表|乡人大代表|镇代表|乡代表",
    "deputies_county": "县人大代表|县代表",
    "deputies_expected": "应到",
    "deputies_present": "实到",
    "attendance_rate_reported": "参会率|到会率",
    "deputy_groups": "代表小组",
    "liaison_stations": "联络站|代表之家|工作室",
    "inspections": "视察",
    "research_surveys": "调研",
    "law_enforcement_checks": "执法检查",
    "work_reviews": "评议",
    "special_supervisions": "专项督查|专项监督",
    "reports_heard": "报告|汇报",
    "hazards_found": "隐患|问题",
    "hazards_rectified": "整改",
    "rectification_notices": "整改通知",
    "suggestions_received": "建议",
    "bills_received": "议案",
    "suggestions_closed": "办结",
    "suggestions_closure_rate": "办结率",
    "suggestions_reply_rate": "答复率|面复率",
    "suggestions_satisfaction_rate": "满意率",
    "suggestions_made_in_supervision": "审议意见|意见建议",
    "deputy_reports_to_voters": "述职",
    "trainings_held": "培训",
    "training_participants": "参训",
    "activity_participants": "参加",
    "voter_visits": "走访",
    "voter_receptions": "接待",
    "issues_collected": "收集|征集",
    "issues_resolved": "解决",
    "petitions_received": "来信来访|信访",
    "petitions_resolved": "信访办结",
    "disputes_mediated": "纠纷",
    "good_deeds": "实事|好事",
    "households_helped": "帮扶|慰问",
    "persons_helped": "资助|救助",
    "funds_yuan": "元",
    "articles_submitted": "信息|稿件",
    "articles_published": "采用|录用",
    "officials_elected": "选举|补选",
    "resolutions_passed": "决议|决定",
    "livelihood_projects": "民生实事",
    "commended_groups": "先进小组|先进代表小组",
    "commended_deputies": "优秀代表|优秀人大代表",
}
_MARK = re.compile(r"\[\[(.*?)\|(.*?)\]\]", re.S)
_PART = re.compile(r"^part:|@part$")
_LINE = re.compile(r"^@ (.*)\n?", re.M)
_DIGIT = re.compile(r"\d")
_REACH = 14
_LEAST_SPEED_BYTES = 1_000_000


@dataclass(frozen=True)
class Text:
    """A text with its gold: the facts that count, and the parts and open numbers that count neither way."""

    name: str
    body: str
    facts: frozenset[Key]
    parts: frozenset[Key]
    open: frozenset[float] = frozenset()

    def counts(self, key: Key) -> bool:
        """True unless the fact is a part or its number stands where the scheme leaves it open."""
        return key not in self.parts and (key in self.facts or key[1] not in self.open)


@dataclass
class Score:
    """Hits, false alarms and misses, in all and by indicator."""

    counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))

    def add(self, text: Text, found: Iterable[Key]) -> None:
        """Adds what was found in a text."""
        keys = {key for key in found if text.counts(key)}
        for at, group in enumerate((keys & text.facts, keys - text.facts, text.facts - keys)):
            for indicator, _ in group:
                self.counts[indicator][at] += 1

    @property
    def total(self) -> tuple[int, int, int]:
        """Hits, false alarms, misses."""
        hits, false, missed = (sum(count[at] for count in self.counts.values()) for at in range(3))
        return hits, false, missed

    @property
    def precision(self) -> float:
        """Micro precision."""
        return rates(*self.total)[0]

    @property
    def recall(self) -> float:
        """Micro recall."""
        return rates(*self.total)[1]

    def macro(self) -> tuple[float, float, float]:
        """Mean precision, recall and F1 over the indicators that occur in gold."""
        rows = [rates(*count) for count in self.counts.values() if count[0] + count[2]]
        if not rows:
            return 0.0, 0.0, 0.0
        precision, recall, both = (sum(row[at] for row in rows) / len(rows) for at in range(3))
        return precision, recall, both


def rates(hits: int, false: int, missed: int) -> tuple[float, float, float]:
    """Precision, recall and F1; 1 where there was nothing to find or nothing was said."""
    precision = hits / (hits + false) if hits + false else 1.0
    recall = hits / (hits + missed) if hits + missed else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def read_corpus(folder: Path) -> list[Text]:
    """The annotated corpus: bodies without their first line, and their gold."""
    texts = []
    for path in sorted((folder / "raw").glob("*.txt")):
        body = path.read_text(encoding="utf-8").split("\n", 1)[1]
        lines = (folder / "gold" / f"{path.stem}.jsonl").read_text(encoding="utf-8").splitlines()
        gold = [json.loads(line) for line in lines if line.strip()]
        keys = {
            scope: frozenset((fact["indicator"], float(fact["value"])) for fact in gold if fact["scope"] == scope)
            for scope in ("total", "part")
        }
        texts.append(Text(path.stem, body, keys["total"], keys["part"]))
    return texts


def read_passages(path: Path) -> list[Text]:
    """Passages with their gold marked in place (see the head of the file)."""
    texts = []
    for piece in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
        name, body = piece.split("\n", 1)
        marks = [mark for line in _LINE.findall(body) for mark in line.split()]
        body = _LINE.sub("", body)
        marks += [mark for found in _MARK.finditer(body) for mark in found[2].split(";")]
        left_open = [found[1] for found in _MARK.finditer(body) if found[2] == "?"]
        marks = [mark.replace("~", "") for mark in marks if mark != "?"]
        parts = {_PART.sub("", mark) for mark in marks if _PART.search(mark)}
        facts = {mark for mark in marks if not _PART.search(mark)}
        numbers = frozenset(item.value for words in left_open for item in find_quantities(clean(words).text))
        texts.append(Text(name, _MARK.sub(r"\1", body), _keys(facts), _keys(parts), numbers))
    return texts


def _keys(marks: Iterable[str]) -> frozenset[Key]:
    return frozenset((mark.split("=")[0], float(mark.split("=")[1])) for mark in marks)


def keys_of(facts: Iterable[Fact]) -> set[Key]:
    """What counts of the facts."""
    return {(fact.indicator, float(fact.value)) for fact in facts}


def score(texts: Iterable[Text], reader: Reader) -> Score:
    """The reader's score on the texts."""
    result = Score()
    for text in texts:
        result.add(text, keys_of(reader(text.body)))
    return result


def baseline(body: str) -> set[Key]:
    """Every keyword takes the nearest number with a measure word within reach, in the same sentence."""
    text = clean(body).text
    quantities = list(find_quantities(text))
    found: set[Key] = set()
    for indicator, words in KEYWORDS.items():
        for hit in re.finditer(words, text):
            near = [
                (min(abs(item.start - hit.end()), abs(hit.start() - item.end)), item.value)
                for item in quantities
                if not re.search(r"[。\n]", text[min(hit.start(), item.start) : max(hit.end(), item.end)])
            ]
            if near and min(near)[0] <= _REACH:
                found.add((indicator, min(near)[1]))
    return found


def leave_words_out(texts: Sequence[Text], pool: Sequence[Text], lexicon: Lexicon) -> Score:
    """The score when every text is read without the words of the lexicon that it alone of the pool has."""
    folded = {text.name: fold_characters(text.body) for text in pool}
    result = Score()
    for text in texts:
        own = folded[text.name]
        others = "\n".join(body for name, body in folded.items() if name != text.name)
        kept = {word: concepts for word, concepts in lexicon.words.items() if word not in own or word in others}
        result.add(text, keys_of(read_text(text.body, replace(lexicon, words=kept))))
    return result


def _row(name: str, result: Score) -> str:
    precision, recall, both = rates(*result.total)
    macro = result.macro()
    hits, false, missed = result.total
    return (
        f"{name:<28} 微平均 P {precision:.3f} R {recall:.3f} F1 {both:.3f}"
        f"  宏平均 P {macro[0]:.3f} R {macro[1]:.3f} F1 {macro[2]:.3f}  对 {hits} 误 {false} 漏 {missed}"
    )


def _print_indicators(result: Score, compared: Score) -> None:
    print(f"{'指标':<34}{'P':>6}{'R':>7}{'F1':>7}   {'基线 P':>6}{'R':>7}{'F1':>7}")
    for indicator in sorted(set(result.counts) | set(compared.counts)):
        mine, other = rates(*result.counts[indicator]), rates(*compared.counts[indicator])
        print(f"{indicator:<34}{mine[0]:>6.2f}{mine[1]:>7.2f}{mine[2]:>7.2f}   ", end="")
        print(f"{other[0]:>6.2f}{other[1]:>7.2f}{other[2]:>7.2f}")


BANDS = ((0.95, "0.95以上"), (0.9, "0.90至0.95"), (ASK_BELOW, f"{ASK_BELOW:.2f}至0.90"), (0.0, "更低,待人确认"))


def _print_bands(said: Iterable[tuple[float, int, int]]) -> None:
    """Of the facts of each band of confidence, how many were right; (confidence, facts, right) each."""
    counts = {name: [0, 0] for _, name in BANDS}
    for confidence, facts, right in said:
        count = counts[next(name for least, name in BANDS if confidence >= least)]
        count[0] += right
        count[1] += facts
    for name, (right, facts) in counts.items():
        if facts:
            print(f"  把握{name}:{facts} 条,对 {right} 条({right / facts:.1%})")


def _print_confidence(texts: Sequence[Text]) -> None:
    _print_bands(
        (fact.confidence, 1, int((fact.indicator, float(fact.value)) in text.facts | text.parts))
        for text in texts
        for fact in extract(text.body)
        if text.counts((fact.indicator, float(fact.value))) or (fact.indicator, float(fact.value)) in text.parts
    )


def _print_first_sight() -> None:
    """What was read of every batch before the grammar was mended with it in view."""
    with (HERE / "narrative_first_sight.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    print("\n== 各批第一次运行(没有为它改过)")
    for row in rows:
        if row["hits"] and row["kind"] != "trap":
            precision, recall, both = rates(int(row["hits"]), int(row["false"]), int(row["missed"]))
            print(f"  {row['batch']:<6} P {precision:.2f} R {recall:.2f} F1 {both:.2f}")
        elif row["hits"]:
            alarms, length = int(row["false"]), int(row["characters"])
            print(
                f"  {row['batch']:<6} 无事实的陷阱 {length} 字,误报 {alarms} 条,每千字 {1000 * alarms / length:.1f} 条"
            )
    for name, kinds in (("自拟报告和真实网页", ("written", "real")), ("连同陷阱文", ("written", "real", "trap"))):
        print(f" {name}:")
        _print_bands(
            (float(row["confidence"]), int(row["said"]), int(row["right"]))
            for row in rows
            if row["kind"] in kinds and row["said"]
        )


def _varied(body: str, turn: int) -> str:
    """The text with other digits, so that no repetition is the same text."""
    return _DIGIT.sub(lambda found: str((int(found[0]) + turn) % 9 + 1), body)


def _print_speed(groups: dict[str, list[Text]]) -> None:
    for name, texts in groups.items():
        length = sum(len(text.body.encode()) for text in texts)
        turns = range(1 + _LEAST_SPEED_BYTES // length)
        bodies = [_varied(text.body, turn) for turn in turns for text in texts]
        size, characters = sum(len(body.encode()) for body in bodies) / 1e6, sum(map(len, bodies)) / 1e6
        used = time.process_time()
        facts = sum(len(read_text(body)) for body in bodies)
        seconds = time.process_time() - used
        print(
            f"  {name}: {size:.1f} MB,{size / seconds:.2f} MB/s({characters / seconds:.2f} 百万字/s),"
            f"每万字 {facts / characters / 100:.0f} 条事实"
        )


def main() -> None:
    """Prints the evaluation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    folder = parser.parse_args().corpus
    own = [text for path in sorted(HERE.glob("narrative_passages*.txt")) for text in read_passages(path)]
    groups: dict[str, list[Text]] = {}
    if folder.is_dir():
        corpus = read_corpus(folder)
        groups["真实文本"] = [text for text in corpus if text.name.startswith("seed")]
        groups["编写文本"] = [text for text in corpus if not text.name.startswith("seed")]
    else:
        print(f"没有语料目录 {folder},只评自拟段落。")
    groups["自拟段落"] = own
    lexicon = load_lexicon()
    pool = [text for texts in groups.values() for text in texts]
    for name, texts in groups.items():
        result, compared = score(texts, extract), Score()
        for text in texts:
            compared.add(text, baseline(text.body))
        print(f"\n== {name}({len(texts)} 篇)")
        print(_row("本系统", result))
        print(_row("基线:离关键词最近的数", compared))
        print(_row("逐篇去掉只有该篇才有的词", leave_words_out(texts, pool, lexicon)))
        empty = [text for text in texts if not text.facts and not text.parts]
        length = sum(len(text.body) for text in empty)
        alarms = sum(len(keys_of(extract(text.body))) for text in empty)
        if length:
            print(f"无事实的 {len(empty)} 篇共 {length} 字,误报 {alarms} 条,每千字 {1000 * alarms / length:.2f} 条")
        _print_confidence(texts)
        _print_indicators(result, compared)
    _print_first_sight()
    print("\n== 速度(一个核的处理器时间,不同数字的文本重复)")
    _print_speed(groups)


if __name__ == "__main__":
    main()
