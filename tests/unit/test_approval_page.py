"""What the approver is shown, and how strictly his answer is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from catalogue.errors import Refusal
from catalogue.runs import RunDocument, RunUnit
from publish.approval.answer import read_answer, read_changes
from publish.approval.correction import tell_correction
from publish.approval.page import Case, Objection, describe_case
from tests.unit.publish.fictional_run import make_run
from transforms.corrections import compare

RUN = make_run(12, earlier=0)
ZONE = ZoneInfo("Asia/Shanghai")


def changed(document: RunDocument, place: int, **figures: Any) -> RunDocument:
    units = list(document.units)
    units[place] = replace(units[place], **figures)
    return replace(document, units=tuple(units))


def body(document: RunDocument = RUN, **case: Any) -> str:
    plain: dict[str, Any] = {"makers": ["zhang"], "until": None, "objections": [], "files": []}
    return describe_case(Case(document, **(plain | case)))["body"]


def rows(text: str, unit: RunUnit) -> list[list[str]]:
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    return [row for row in cells if unit.name in row]


# --- the page --------------------------------------------------------------------------------------------------------


def test_every_ranked_unit_stands_with_rank_interval_and_score() -> None:
    text = body()
    for unit in RUN.units:
        if unit.rank is None:
            assert unit.name in text
            continue
        (row,) = rows(text, unit)
        assert row[:2] == [str(unit.rank), f"{unit.rank_low}–{unit.rank_high}"]
        assert row[3] == f"{unit.score:.2f}"


def test_the_quota_line_stands_after_as_many_units_as_there_are_places() -> None:
    lines = body().splitlines()
    for group in RUN.peer_groups:
        start = next(n for n, line in enumerate(lines) if line.startswith(f"### {group.name}（"))
        line = next(n for n, text in enumerate(lines) if n > start and "名额线（" in text)
        above = [text for text in lines[start:line] if text.startswith("| ") and not text.startswith("| 名次")]
        assert len(above) == group.quota


def test_a_line_that_is_not_firm_and_units_left_to_the_committee_are_said() -> None:
    groups = tuple(replace(group, is_line_firm=False) for group in RUN.peer_groups)
    assert body(replace(RUN, peer_groups=groups)).count("偶然波动") == len(groups)
    firm = tuple(replace(group, is_line_firm=True) for group in RUN.peer_groups)
    assert "偶然波动" not in body(replace(RUN, peer_groups=firm))
    text = body(changed(RUN, 1, decision="committee"))
    assert RUN.units[1].name in text.split("### 由会议决定")[1].split("###")[0]


def test_how_far_apart_the_sides_of_the_line_are_is_said_in_points_and_chance() -> None:
    inside, outside = RUN.units[0], RUN.units[1]
    line = {"inside": inside.code, "outside": outside.code, "gap": 0.831, "chance": 0.38}
    told = f"{inside.name}与{outside.name}相差 0.83 分，次序相反的可能为 38%"
    assert told in body(replace(RUN, certainty={"lines": [line, None]}))
    assert told not in body(replace(RUN, certainty={"lines": [None, line | {"gap": None}]}))


def test_a_long_group_is_cut_below_the_line_and_says_so() -> None:
    long = make_run(100, earlier=0)
    text = body(long)
    group = long.peer_groups[0]
    assert f"名额线（{group.quota} 个）" in text
    assert "见公示稿" in text
    assert len(text.splitlines()) < 100


def test_objections_and_makers_are_shown_and_cannot_break_the_table() -> None:
    text = body(objections=[Objection(700, "荷沟镇", "", "少算|一次\n会议<b>", "不采纳", "在上季度")])
    line = next(line for line in text.splitlines() if line.startswith("| 700 |"))
    assert line == r"| 700 | 荷沟镇 | 整体 | 少算\|一次 会议&lt;b> | 不采纳 | 在上季度 |"
    assert "zhang" in text


def test_one_township_without_a_rank_is_a_page() -> None:
    alone = make_run(1, earlier=0)
    text = body(changed(alone, 0, rank=None, score=None, rank_low=None, rank_high=None))
    assert "没有可以排名" in text


# --- what a correction changes ---------------------------------------------------------------------------------------


def test_nothing_moved_is_said_in_one_sentence() -> None:
    assert compare(RUN, replace(RUN, run_id=99)).is_empty
    assert tell_correction(RUN, replace(RUN, run_id=99)) == ["得分、名次和推荐都没有变化。"]


def test_every_kind_of_move_is_told_with_before_and_after() -> None:
    unit = RUN.units[0]
    assert unit.score is not None
    items = (replace(unit.items[0], points=(unit.items[0].points or 0.0) + 1.0), *unit.items[1:])
    after = changed(RUN, 0, score=unit.score + 1, rank=99, band="新等次", decision="committee", items=items)
    moved = compare(RUN, after)
    assert [len(kind) for kind in (moved.items, moved.scores, moved.ranks, moved.bands, moved.decisions)] == [1] * 5
    assert moved.touched == (unit.code,)
    told = tell_correction(RUN, after, ["2025/通报/通报.html"])
    assert any(f"{unit.score:.2f} → {unit.score + 1:.2f}" in line for line in told)
    assert any("2025/通报 中的 通报.html" in line for line in told)


def test_less_than_ranking_can_tell_apart_is_no_move() -> None:
    score = RUN.units[0].score
    assert score is not None
    assert compare(RUN, changed(RUN, 0, score=score + 1e-12)).is_empty
    assert not compare(RUN, changed(RUN, 0, score=None)).is_empty


def test_units_that_come_and_go_are_named() -> None:
    fewer = replace(RUN, units=RUN.units[1:])
    moved = compare(RUN, fewer)
    assert (moved.gone, moved.appeared) == ((RUN.units[0].code,), ())
    assert compare(fewer, RUN).appeared == (RUN.units[0].code,)
    assert any(RUN.units[0].name in line for line in tell_correction(RUN, fewer))


# --- the answer ------------------------------------------------------------------------------------------------------


def answer(chosen: str = "批准", **params: str) -> dict[str, Any]:
    return {
        "chosen_options": [chosen],
        "params_input": params,
        "responded_at": datetime(2000, 1, 1, 18, tzinfo=UTC),
        "responded_by_user": {"id": "director", "name": "主任"},
    }


def test_a_plain_yes_names_who_and_when_in_the_county() -> None:
    given = read_answer(RUN, answer(), ZONE)
    assert (given.decision, given.decided_by, given.changes) == ("approved", "director", ())
    assert given.decided_on.isoformat() == "2000-01-02", "the county's day, not Greenwich's"
    assert given.approval_number is None


def test_numbers_come_with_a_yes_only() -> None:
    assert read_answer(RUN, answer(approval_number=" 省〔1〕号 "), ZONE).approval_number == "省〔1〕号"
    assert read_answer(RUN, answer("不批准", reason="缺", approval_number="x"), ZONE).approval_number is None


def test_a_no_needs_a_reason() -> None:
    with pytest.raises(Refusal, match="理由"):
        read_answer(RUN, answer("不批准", reason=" "), ZONE)
    assert read_answer(RUN, answer("不批准", reason="数据不全"), ZONE).decision == "refused"


@pytest.mark.parametrize("user", [None, {}, {"id": "", "name": ""}])
def test_an_answer_without_a_name_is_none(user: Any) -> None:
    with pytest.raises(Refusal, match="署名"):
        read_answer(RUN, answer() | {"responded_by_user": user}, ZONE)


def test_changes_are_read_by_name_or_code_with_any_separator() -> None:
    one, two = RUN.units[0], RUN.units[1]
    text = f"{one.name} 不推荐 会议研究，认为 不妥\n\n  {two.code}：推荐，补报后符合\n"
    read = read_changes(changed(RUN, 1, vetoes=()), text)
    assert {change.unit: (change.recommended, change.reason) for change, _ in read} == {
        one.code: (False, "会议研究，认为 不妥"),
        two.code: (True, "补报后符合"),
    }
    assert {township for _, township in read} == {one.township_code, two.township_code}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("某某镇 推荐 好", "不在本次测算"),
        ("{name} 推荐", "看不懂"),
        ("{name} 推荐 ", "看不懂"),
        ("{name} 也许 好", "看不懂"),
        ("{name}", "看不懂"),
        ("{name} 推荐 好\n{name} 不推荐 差", "两次"),
    ],
)
def test_what_is_not_understood_is_asked_again(text: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        read_changes(RUN, text.format(name=RUN.units[0].name))


def test_a_veto_cannot_be_overruled() -> None:
    vetoed = changed(RUN, 0, vetoes=("V1",))
    with pytest.raises(Refusal, match="一票否决"):
        read_changes(vetoed, f"{RUN.units[0].name} 推荐 特殊情况")
    assert read_changes(vetoed, f"{RUN.units[0].name} 不推荐 否决")
