"""Whole reports: layout, tables, totals and parts, places, identity, confidence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks.narrative_eval import read_passages, score
from catalogue.register import Register, Township
from ingest.narrative import ASK_BELOW, extract, read_reports
from ingest.narrative.confidence import calibrated

ROOT = Path(__file__).parents[3]


def _facts(text: str) -> list[tuple[str, float]]:
    return [(fact.indicator, fact.value) for fact in extract(text)]


def test_a_plan_section_holds_no_facts_and_the_next_section_does() -> None:
    text = "乙镇人大材料\n一、下一步打算\n组织视察5次。\n二、今年工作回顾\n组织视察3次。\n"
    assert _facts(text) == [("inspections", 3)]


def test_a_plan_turn_inside_a_paragraph() -> None:
    text = "乙镇人大工作总结\n一年来,组织视察3次。\n下一步,召开主席团会议8次,组织视察5次。\n"
    assert _facts(text) == [("inspections", 3)]


def test_a_document_of_plans_holds_no_facts() -> None:
    text = "乙镇人大2031年工作要点\n一、召开主席团会议5次。\n二、组织代表视察4次。\n"
    assert _facts(text) == []
    assert read_reports(text)[0].identity.kind == "plan"


TABLE = """乙镇人大年度统计表
指标\t单位\t2031年\t2032年\t备注
召开主席团会议\t次\t5\t6\t
收到代表建议\t件\t33\t47\t办结45件
代表活动经费\t万元\t4\t5.5\t
"""


def test_a_table_with_units_takes_the_latest_year_and_reads_the_remarks() -> None:
    assert _facts(TABLE) == [
        ("presidium_meetings", 6),
        ("suggestions_received", 47),
        ("suggestions_closed", 45),
        ("funds_yuan", 55_000),
    ]


def test_a_table_without_a_header() -> None:
    text = "乙镇人大数据\n视察\t3次\n代表培训\t2期\t125人次\n排查隐患\t84处\t整改81处\n"
    assert _facts(text) == [
        ("inspections", 3),
        ("trainings_held", 2),
        ("training_participants", 125),
        ("hazards_found", 84),
        ("hazards_rectified", 81),
    ]


def test_planned_and_done_stand_side_by_side() -> None:
    text = "事项\t计量单位\t年度计划\t实际完成\n召开主席团会议\t次\t4\t6\n代表视察\t次\t5\t3\n"
    assert _facts(text) == [("presidium_meetings", 6), ("inspections", 3)]


def test_a_table_by_villages_gives_only_its_total_row() -> None:
    text = "村别\t走访选民（户）\t收集意见（条）\n甲村\t30\t4\n乙村\t50\t6\n合计\t80\t10\n"
    assert _facts(text) == [("voter_visits", 80), ("issues_collected", 10)]


def test_parts_of_a_stated_total_are_parts() -> None:
    text = "排查安全隐患90处,其中重大隐患2处、一般隐患88处。"
    assert [(fact.value, fact.scope) for fact in extract(text)] == [(90, "total"), (2, "part"), (88, "part")]


def test_numbers_that_add_up_to_a_later_total_are_its_parts() -> None:
    text = "组织代表视察河道3次。另组织代表视察校园2次。全年共视察5次。"
    assert [(fact.value, fact.scope) for fact in extract(text)] == [(3, "part"), (2, "part"), (5, "total")]


def test_a_fact_carries_quote_offsets_period_and_approximation() -> None:
    text = "柳塘镇人大2023年工作总结\n全年走访群众1 200\n余户。"
    (fact,) = extract(text)
    assert (fact.indicator, fact.value, fact.unit, fact.approx) == ("voter_visits", 1200, "户", True)
    assert fact.quote == text[fact.start : fact.end] == "全年走访群众1 200\n余户"
    assert fact.period_text == "全年"


def test_a_repeated_fact_is_given_once() -> None:
    assert _facts("召开主席团会议6次。全年主席团会议6次。") == [("presidium_meetings", 6)]


# ---------------------------------------------------------------------------------- whose report it is
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("乙镇人民政府工作报告\n排查安全隐患312处。", "government"),
        ("关于加强联络站建设的通知\n各站接待选民40人次。", "notice"),
        ("关于全县乡镇人大工作的调研报告\n各乡镇共召开人代会22次。", "county"),
        ("赴丙县考察学习的报告\n丁镇组织视察12次。", "county"),
        ("某学校自查报告\n" + "学校开展安全检查,排查隐患40处。" * 30, "other"),
    ],
)
def test_papers_of_other_bodies_are_told_and_not_counted(text: str, kind: str) -> None:
    (report,) = read_reports(text)
    assert report.identity.kind == kind
    assert report.identity.problems
    assert report.facts == ()


def test_a_title_of_another_year_is_told() -> None:
    (report,) = read_reports("乙镇人大2033年工作总结\n2030年,召开主席团会议6次。")
    assert "2033" in report.identity.problems[0]
    assert "2030" in report.identity.problems[0]


def test_the_year_before_the_title_is_in_order() -> None:
    (report,) = read_reports("乙镇人大2033年工作报告\n2032年,召开主席团会议6次。")
    assert report.identity.problems == ()


@pytest.mark.parametrize(
    ("title", "period", "years"),
    [
        ("乙镇人大2031年工作总结", "2031", 1),
        ("乙镇人大2031年第三季度工作情况", "2031Q3", 1),
        ("乙镇人大2031年上半年工作汇报", "2031H1", 1),
        ("乙镇人大五年工作报告(2026年至2031年)", "2026", 5),
    ],
)
def test_periods(title: str, period: str, years: int) -> None:
    identity = read_reports(f"{title}\n召开主席团会议6次。")[0].identity
    assert (identity.period, identity.years) == (period, years)


def test_townships_are_found_by_name_and_alias_in_the_text() -> None:
    known = [
        Township("510000101", "柳塘镇", "镇", ("老柳塘公社",), 1, date(2001, 1, 1), None, None),
        Township("510000102", "清源乡", "乡", (), 1, date(2001, 1, 1), None, None),
    ]
    register = Register(known)
    assert read_reports("柳塘镇人大总结\n视察3次。", register=register)[0].identity.codes == ("510000101",)
    assert read_reports("工作总结\n老柳塘公社人大视察3次。", register=register)[0].identity.codes == ("510000101",)
    unnamed = read_reports("人大总结\n视察3次。", register=register)[0].identity
    assert unnamed.codes == ()
    assert "名册" in unnamed.problems[0]


def test_a_file_with_several_reports_is_split() -> None:
    body = "召开主席团会议{}次。" + "认真履行法定职责,推动各项工作落实。" * 8
    text = f"乡镇人大工作总结篇一\n{body.format(3)}\n乡镇人大工作总结篇二\n{body.format(5)}\n"
    reports = read_reports(text)
    assert [[fact.value for fact in report.facts] for report in reports] == [[3], [5]]
    assert all(text[fact.start : fact.end] == fact.quote for report in reports for fact in report.facts)


# ---------------------------------------------------------------------------------- texts with a gold
@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "benchmarks").glob("narrative_passages*.txt")))
def test_our_own_passages_are_read(name: str) -> None:
    result = score(read_passages(ROOT / "benchmarks" / name), extract)
    assert result.precision >= 0.97
    assert result.recall >= 0.97


# ---------------------------------------------------------------------------------- how sure
def test_confidence_rises_with_the_raw_score() -> None:
    shares = [calibrated(raw / 100) for raw in range(40, 101)]
    assert shares == sorted(shares)
    assert 0 < shares[0] < ASK_BELOW < shares[-1] < 1


def test_a_plain_statement_is_surer_than_an_elided_one() -> None:
    plain, elided = extract("收到代表建议46件,办结44件。")
    assert plain.confidence > elided.confidence > ASK_BELOW


def test_what_may_be_read_two_ways_waits_for_a_person() -> None:
    (fact,) = extract("走访脱贫户120户。")
    assert fact.confidence < ASK_BELOW
