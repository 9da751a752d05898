"""The page on a narrative report: what was read, what is doubtful, what disagrees, what is copied, in its own words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from catalogue import load as load_catalogue
from catalogue.lexicon import load_lexicon
from catalogue.narrative import load_narrative

Row = dict[str, Any]
_SEVERITY = {"hard": "必须改正", "warn": "请核实", "info": "提示"}
_STATUS = {
    "counted": "计入",
    "plan": "工作计划，只读其中的回顾部分",
    "not_counted": "不计入",
    None: "没有读出报告",
}
_FACT_STATUS = {
    "accepted": "采用",
    "confirmed": "已确认",
    "rejected": "已否定",
    "doubtful": "待确认",
    "not_counted": "不计",
}
_OUTCOME = {"agrees": "相符", "differs": "不符", "open": "无法核对", None: "报表无此项"}
_ALIKE = 4
_LONGEST = 3_000
_TAIL = 60


@dataclass(frozen=True)
class PageSource:
    """All a page tells of a document; rows are those of sql/reports/page_*.sql."""

    sha256: str
    file_name: str
    received_at: datetime
    text: str
    reports: list[Row]
    facts: list[Row]
    findings: list[Row]
    passages: list[Row]

    @property
    def has_remarks(self) -> bool:
        """Whether there is anything the clerk has to look at."""
        return bool(self.findings) or any(fact["status"] == "doubtful" for fact in self.facts)


def write_page(source: PageSource) -> bytes:
    """The page, which needs nothing beside it. The same source gives the same bytes."""
    template = _environment().get_template("page.html")
    shown = template.render(
        source=source,
        name=Path(source.file_name).name,
        reports=[row | {"said": _STATUS[row["status"]]} for row in source.reports],
        findings=[_finding(source, row) for row in source.findings],
        facts=[_fact(row) for row in source.facts],
        passages=[_passage(source, row) for row in source.passages],
        pieces=list(_pieces(source)),
    )
    return (shown + "\n").encode()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _finding(source: PageSource, row: Row) -> Row:
    rows: list[str] = next((fact["returned_rows"] for fact in source.facts if fact["fact_id"] == row["fact_id"]), [])
    return row | {
        "title": load_catalogue().rules[row["rule"]].title,
        "grade": _SEVERITY[row["severity"]],
        "mend": load_narrative().wording[row["rule"]].mend,
        "rows": rows if row["fact_id"] else [],
        "sentence": _sentence(source.text, row),
    }


def _sentence(text: str, row: Row) -> tuple[str, str, str] | None:
    """The words with what stands before and behind them in their sentence; None for a finding on the whole file."""
    if row["start_offset"] is None or row["rule"] == "P08":
        return None
    start, end = int(row["start_offset"]), int(row["end_offset"])
    first = max(text.rfind(sign, 0, start) for sign in "。\n") + 1
    last = min((at for sign in "。\n" if (at := text.find(sign, end)) >= 0), default=len(text))
    return text[max(first, start - _TAIL) : start], text[start:end], text[end : min(last + 1, end + _TAIL)]


def _fact(row: Row) -> Row:
    value = row["value"]
    return row | {
        "label": load_lexicon().indicators[row["indicator"]].label,
        "shown": f"{_number(value)}{row['unit'] or ''}",
        "state": _FACT_STATUS[row["status"]],
        "result": _OUTCOME[row["outcome"]],
        "beside": _number(row["returned"]) if row["returned"] is not None else "",
        "sure": f"{row['confidence']:.0%}",
    }


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.2f}".rstrip("0")


def _passage(source: PageSource, row: Row) -> Row:
    own = source.text[int(row["start_offset"]) : int(row["end_offset"])]
    other = row["other"]
    where = f"范文“{row['template']}”"
    if not row["template"]:
        where = f"{row['other_township'] or '未识别的乡镇'} {row['other_period'] or ''} {row['other_file']}"
    left, right = _alike(own, other)
    return row | {"where": where, "left": left, "right": right, "percent": f"{row['share']:.0%}"}


def _alike(own: str, other: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Both texts in pieces (words, whether they are the same in the other one)."""
    if max(len(own), len(other)) > _LONGEST:
        return [(own, False)], [(other, False)]
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    done, there = 0, 0
    for one, two, size in SequenceMatcher(None, own, other, autojunk=False).get_matching_blocks():
        if size < _ALIKE and one < len(own):
            continue
        left += [(own[done:one], False), (own[one : one + size], True)]
        right += [(other[there:two], False), (other[two : two + size], True)]
        done, there = one + size, two + size
    return left, right


def _pieces(source: PageSource) -> Iterator[tuple[str, str, str, int]]:
    """The text in pieces: words, how they are marked, what is said of them, where they begin."""
    spans: list[tuple[int, int, str, str]] = []
    for row in source.passages:
        spans.append((int(row["start_offset"]), int(row["end_offset"]), "copied", "雷同段落"))
    labels = load_lexicon().indicators
    for fact in source.facts:
        mark = "fact"
        if fact["status"] in ("doubtful", "rejected"):
            mark = "doubtful" if fact["status"] == "doubtful" else "rejected"
        elif fact["outcome"] == "differs":
            mark = "differs"
        shown = f"{labels[fact['indicator']].label} {_number(fact['value'])}{fact['unit'] or ''}"
        said = f"{shown}（{_FACT_STATUS[fact['status']]}）"
        spans.append((int(fact["start_offset"]), int(fact["end_offset"]), mark, said))
    for row in source.findings:
        if row["rule"] == "P09" and row["fact_id"] is None:
            spans.append((int(row["start_offset"]), int(row["end_offset"]), "differs", row["message"]))
    cuts = sorted({0, len(source.text), *(span[0] for span in spans), *(span[1] for span in spans)})
    spans.sort()
    for start, end in pairwise(cuts):
        over = [span for span in spans if span[0] < end and span[1] > start]
        yield (
            source.text[start:end],
            " ".join(dict.fromkeys(span[2] for span in over)),
            "；".join(dict.fromkeys(span[3] for span in over)),
            start,
        )
