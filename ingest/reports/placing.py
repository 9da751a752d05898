"""Whose report a text is and of when, held against the dated register: findings F01, F02 and F03 in words for texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from catalogue import load as load_catalogue
from catalogue.narrative import load_narrative
from catalogue.register import Register, Township
from ingest.narrative import Identity
from ingest.narrative.identity import PROBLEMS
from transforms.reconciliation import Span, report_span

_REVISION = re.compile(
    r"[（(【\[]?(?:修改|修订|更正|改定|定稿|终稿|最终|送审|第?[一二三四五六七八九\d]稿)[稿版]?[）)】\]]?$"
)
_SIGNS = re.compile(r"\W+")
_LONGEST_TITLE = 200


@dataclass(frozen=True)
class Problem:
    """Why a report does not count, by rule."""

    rule: str
    observed: str


@dataclass(frozen=True)
class Placed:
    """A report's township and period by the register; None where they cannot be told: `problems` say why."""

    township_code: str | None
    period: str | None
    span: Span | None
    status: str
    title_key: str
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]


def place_report(identity: Identity, register: Register, received: date) -> Placed:
    """Where the report belongs. A paper of another body, or of no clear township or period, is `not_counted`."""
    title_key = _SIGNS.sub("", _REVISION.sub("", identity.title.strip()))[:_LONGEST_TITLE]
    if not identity.counts:
        problem = Problem("F02", PROBLEMS[identity.kind])
        return Placed(None, identity.period, None, "not_counted", title_key, identity.problems, (problem,))
    problems = []
    span = report_span(identity.period)
    if span is None:
        problems.append(Problem("F03", "题目和开头都没有写明年份。"))
    elif span.first.first_day > received:
        problems.append(Problem("F03", f"收到时（{received}）{span.first.chinese}尚未开始。"))
    problems += [Problem("F03", said) for said in _doubts(identity)]
    found = {code for code in (_in_force(register, code, span) for code in identity.codes) if code}
    if len(found) != 1:
        problems.append(Problem("F02", _named(identity, register)))
    code = next(iter(found)) if len(found) == 1 else None
    plan = identity.kind == "plan"
    notes = (PROBLEMS["plan"],) if plan else ()
    status = "not_counted" if problems else "plan" if plan else "counted"
    return Placed(code, identity.period if span else None, span, status, title_key, notes, tuple(problems))


def _doubts(identity: Identity) -> list[str]:
    """What the reader doubts about the time: problems that speak neither of the kind of paper nor of the register."""
    known = set(PROBLEMS.values())
    return [said for said in identity.problems if said not in known and "年" in said and "名册" not in said]


def _in_force(register: Register, code: str, span: Span | None) -> str | None:
    """The township that code leads to in the time: itself where it stood, else its successor."""
    seen: set[str] = set()
    while code not in seen:
        seen.add(code)
        intervals = [item for item in register.townships if item.code == code]
        if not intervals:
            return None
        if span is None or any(_stood(item, span) for item in intervals):
            return code
        code = intervals[-1].successor_code or code
    return None


def _stood(item: Township, span: Span) -> bool:
    return item.valid_from <= span.last.last_day and (item.valid_to is None or item.valid_to >= span.first.first_day)


def _named(identity: Identity, register: Register) -> str:
    names = {item.code: item.name for item in register.townships}
    called = [names[code] for code in identity.codes if code in names]
    if len(called) > 1:
        return f"题目和正文同时写了{'、'.join(called)}，分不清是哪一个。"
    if called:
        return f"{called[0]}在这一时期不在名录中。"
    return f"题目和正文没有写名录中的乡镇{f'（自称“{identity.place}”）' if identity.place else ''}。"


def word_problem(problem: Problem) -> tuple[str, str]:
    """(severity, sentence) of a problem, in words for texts."""
    words = load_narrative().wording[problem.rule]
    return load_catalogue().rules[problem.rule].severity, words.message.format(observed=problem.observed)


def word_disagreement(label: str, observed: str, expected: str) -> tuple[str, str]:
    """(severity, sentence) of P09: what the report says and what it was held against."""
    words = load_narrative().wording["P09"]
    said = words.message.format(label=f"“{label}”", observed=observed, expected=expected)
    return load_catalogue().rules["P09"].severity, said
