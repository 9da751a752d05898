"""How alike texts are: what is left out, what still is found, what ordinary reports do not have in common."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from catalogue.narrative import load_narrative
from transforms.likeness import Canonical, Likeness, contained, longest_stretches, meet

PASSAGE = (
    "主席团围绕农村饮水工程组织了入村走访，代表们分成三路，沿着主管网一户一户地看水表、看蓄水池、看过滤设施，"
    "和管水员坐下来算电费、算药剂费、算维修费，把账本摊开在院坝里让大家评议。走访中了解到，高处几个组在用水高峰"
    "时段压力不足，老旧阀门渗漏较多，管水员的补贴常常拖到年底才发。针对这些情况，主席团把代表的意见归纳成清单"
    "交给镇政府，请水务站逐条说明打算怎么办、何时办好、由谁负责，并约定两个月以后带着同一批代表回去再看一遍，"
    "看得见变化的当场销号，看不见变化的继续挂账，直到住在最高处的那几户人家打开龙头就有水为止。"
)
OWN = (
    "今年春天的代表接待日改在赶集天举行，桌子搬到了农贸市场门口。来的人多半问医保报销和宅基地审批，也有人反映夜里"
    "货车抄近路。接待的代表当场记下，能答的答，不能答的写明三天内回话。到月底回访，除了一件要等县里批复，其余都有"
    "了着落。主席团把这套做法写进了联络站的值班表，谁值班、谁回访、谁归档写得清清楚楚。"
)
TALE = (
    "上半年的重点是看河。代表们跟着巡河员走完了十二公里河段，在地图上标出七处排口，其中两处是早年的灌溉退水口，"
    "已经废弃，三处属于农家乐，两处说不清归谁。主席团请来生态环境站的同志现场取样，把结果贴在村务公开栏，半个月后"
    "又去看，农家乐的三处接进了污水管，说不清的两处由村里先封堵再查。"
)
SWAPS = {"走访": "探访", "压力": "水压", "渗漏": "漏水", "清单": "列表", "变化": "改观", "龙头": "水阀"}
DECLARED = {"围绕": "紧扣", "情况": "状况", "了解": "知晓", "镇政府": "镇政府", "评议": "评议", "约定": "约定"}


@pytest.fixture(scope="module")
def likeness() -> Likeness:
    return Likeness(load_narrative(), ["金岭镇", "银溪镇"])


def swapped(text: str, pairs: dict[str, str]) -> str:
    for one, other in pairs.items():
        text = text.replace(one, other)
    return text


def test_numbers_signs_blanks_and_names_of_places_are_left_out(likeness: Likeness) -> None:
    one = likeness.canonical("金岭镇人大主席团召开会议3次，收到代表建议 46 件并全部交办")
    two = likeness.canonical("银溪人大主席团召开会议十二次。收到代表建议5\n件，并全部交办")
    assert len(one) == len(two) > 13
    assert contained(one, two) == 1


def test_words_exchanged_for_one_another_are_one_word(likeness: Likeness) -> None:
    one = likeness.canonical("主席团用心组织代表透过视察了解状况并提出推荐意见")
    two = likeness.canonical("主席团积极组织代表通过视察了解情况并提出建议意见")
    assert contained(one, two) == 1


def test_offsets_lead_back_to_the_text(likeness: Likeness) -> None:
    text = f"前言。{OWN}\n{PASSAGE}\n后记。"
    found = likeness.passages(likeness.canonical(text), likeness.canonical(PASSAGE))
    assert [(text[item.start : item.end]) for item in found] == [PASSAGE.rstrip("。")]
    assert PASSAGE.startswith(PASSAGE[found[0].other_start : found[0].other_end])


@pytest.mark.parametrize("pairs", [{}, SWAPS, DECLARED], ids=["as it was", "six pairs swapped", "declared pairs"])
def test_a_passage_inside_a_longer_report_is_found(likeness: Likeness, pairs: dict[str, str]) -> None:
    mine = likeness.canonical(OWN + swapped(PASSAGE, pairs) + OWN[::-1])
    other = likeness.canonical(TALE + PASSAGE + TALE[::-1])
    meetings = np.intersect1d(likeness.sketch(mine), likeness.sketch(other))
    assert len(meetings) >= likeness.copying.meetings, "the sketches lead to one another"
    found = likeness.passages(mine, other)
    assert len(found) == 1
    assert found[0].share >= 0.5
    assert found[0].start <= len(OWN) + 20
    assert found[0].end >= len(OWN) + len(PASSAGE) - 20


def test_ordinary_reports_have_no_passage_in_common(likeness: Likeness) -> None:
    one, two = likeness.canonical(OWN + PASSAGE), likeness.canonical(TALE)
    assert likeness.passages(one, two) == likeness.passages(two, one) == []
    assert contained(two, one) <= 0.05


def test_boilerplate_and_law_may_be_quoted(likeness: Likeness) -> None:
    for text in load_narrative().boilerplate:
        one, two = likeness.canonical(OWN + text), likeness.canonical(text + TALE)
        assert likeness.passages(one, two) == []
        assert len(np.intersect1d(likeness.sketch(one), likeness.sketch(two))) < likeness.copying.meetings


def test_one_sentence_in_common_is_not_enough(likeness: Likeness) -> None:
    sentence = PASSAGE[:60]
    assert likeness.passages(likeness.canonical(OWN + sentence), likeness.canonical(sentence + TALE)) == []


def test_known_texts_are_found(likeness: Likeness) -> None:
    for name, text in load_narrative().templates.items():
        found = likeness.passages(likeness.canonical(OWN + text), likeness.templates[name])
        assert found, name


def test_empty_and_short_texts(likeness: Likeness) -> None:
    nothing, short = likeness.canonical(""), likeness.canonical("人大代表")
    assert (len(nothing), len(likeness.sketch(nothing)), likeness.passages(nothing, short)) == (0, 0, [])
    assert contained(nothing, short) == 0
    assert likeness.passages(likeness.canonical(PASSAGE), nothing) == []


def test_stretches_are_those_a_naive_search_finds() -> None:
    rng = Random(5)
    for _ in range(200):
        worth = np.array([rng.choice((0.5, -0.5, -0.5, 0.0)) for _ in range(rng.randint(0, 40))])
        found = longest_stretches(worth, 3)
        best = max(
            (
                (end - start, start)
                for start in range(len(worth))
                for end in range(start + 3, len(worth) + 1)
                if worth[start] > 0 and worth[end - 1] > 0 and worth[start:end].sum() >= 0
            ),
            default=None,
        )
        assert bool(found) == (best is not None)
        if best is not None:
            assert max(last - first + 1 for first, last in found) == best[0]
        assert all(worth[first] > 0 and worth[last] > 0 for first, last in found)


def test_meetings_are_counted_pair_by_pair() -> None:
    sketches = [np.array([1, 2, 3]), np.array([3, 4, 1]), np.array([3, 9])]
    assert list(meet(sketches, 2, 9)) == [(0, 1)]
    assert list(meet(sketches, 1, 9)) == [(0, 1), (0, 2), (1, 2)]


def test_what_very_many_say_meets_its_first_sayers_only() -> None:
    sketches = [np.array([1, 2]) for _ in range(50)]
    assert list(meet(sketches, 2, 3)) == [
        (other, position) for position in range(50) for other in range(min(position, 3))
    ]


def test_half_of_a_passage_in_common_is_enough_and_less_is_not(likeness: Likeness) -> None:
    copying = likeness.copying
    length = copying.passage - copying.grams + 2

    def alternating(first: int, hits: int) -> Canonical:
        """Every other shingle is one of 1, 3, 5 … hits."""
        shingles = np.arange(first, first + length, dtype=np.uint64)
        shingles[: 2 * hits : 2] = np.arange(1, 2 * hits, 2)
        return Canonical(shingles, np.arange(length + copying.grams, dtype=np.int32))

    enough = (length + 1) // 2
    text, other = alternating(10_000, enough), alternating(20_000, enough)
    assert [passage.share for passage in likeness.passages(text, other)] == [enough / length]
    assert likeness.passages(alternating(10_000, enough - 2), other) == []


def test_every_shared_shingle_is_found_whatever_the_order() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        one, two = (rng.integers(0, 40, rng.integers(0, 30)).astype(np.uint64) for _ in range(2))
        texts = [Canonical(values, np.arange(len(values), dtype=np.int32)) for values in (one, two)]
        told = [value for value in one.tolist() if value]
        share = sum(value in two.tolist() for value in told) / len(told) if told else 0
        assert contained(*texts) == pytest.approx(share)
