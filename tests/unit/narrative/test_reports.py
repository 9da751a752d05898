"""Whole reports: layout, tables, totals and parts, places, identity, confidence."""

from __future__ import annotations

from datetime import date, timedelta
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


def test_a_cell_may_hold_a_figure_and_a_remark_in_brackets() -> None:
    assert _facts("项目\t完成情况\n代表视察\t4次（参加96人次）\n") == [
        ("inspections", 4),
        ("activity_participants", 96),
    ]


def test_a_cell_may_hold_sentences() -> None:
    text = "考核内容 | 完成情况 | 自评分\n代表建议 | 收到45件,办结44件 | 10\n联络站 | 接待选民506人次 | 8\n"
    assert _facts(text) == [("suggestions_received", 45), ("suggestions_closed", 44), ("voter_receptions", 506)]


def test_the_heading_of_a_table_names_what_its_columns_leave_out() -> None:
    text = "乙乡代表建议办理情况统计表\n类别\t交办数\t办结数\n农业\t14件\t13件\n合计\t34件\t32件\n"
    assert _facts(text) == [("suggestions_received", 34), ("suggestions_closed", 32)]


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
        ("乙镇卫生院环境整治自查情况\n我院自查出问题28个,完成整改27个,患者满意率97.5%。", "other"),
        ("乙镇纪委年度工作总结\n受理信访举报28件,办结26件,开展专项监督检查6次。", "other"),
        ("我的述职报告\n作为副镇长,我分管安全、信访,带队排查隐患153处,接待来访212人次。", "other"),
        (
            "乙镇生态环境保护工作总结\n全年出动检查人员,排查环境问题76个,完成整改73个,下达整改通知书21份,受理群众环境信访32件。"
            "清理河道,拆除违建12处,投入治理资金,空气和水的质量继续变好,群众更加满意。接受县人大代表视察1次。",
            "other",
        ),
        (
            "乙镇村级换届选举工作小结\n全镇完成换届,登记选民、参加投票的人都比上届多,选举产生村委会成员98名,村民代表760名。"
            "培训选举工作人员5期310人次,化解矛盾纠纷27起,接待来访46人次,选举平稳有序,没有发生一起上访。",
            "other",
        ),
        (
            "关于我镇平安建设工作的汇报\n各位人大代表:镇党委、政府召开专题会议研究部署。排查矛盾纠纷238起,发现隐患176处,整改171处,"
            "下达整改通知书58份,办理信访件46件。我们自觉接受镇人大监督,对提出的意见认真整改落实,群众满意度稳步提升,社会大局稳定。"
            "各村建立网格,配齐网格员,安装监控探头,开展禁毒、反诈宣传,发放资料,受教育的群众一年比一年多。",
            "other",
        ),
        ("甲村基本情况\n全村有镇人大代表3名,调解纠纷16起,为群众办实事9件。", "other"),
        ("关于乙镇预算执行情况的报告\n人大事务支出18万元,教育支出960万元。", "government"),
        ("到丙镇学习归来\n他们一年视察5次、调研4次,接待选民上千人次。", "county"),
        ("丁县十八届人大三次会议乙镇代表团情况\n大会通过决议6项,代表提出建议198件。", "county"),
        ("某县人大工作概况\n该县现有县人大代表236名、乡镇人大代表1180名,建有联络站86个。", "county"),
        ("近期,丁县对全县26个乡镇的信访工作进行督察,共督办信件6件。", "county"),
        ("第十二届全国人民代表大会第一次会议,共办理代表议案2541件,邀请代表1000多人次。", "county"),
        ("乙镇人大代表小组目标责任书\n年终评选先进小组2个、优秀代表10名。", "notice"),
        ("各位代表:现在,我代表镇人民政府向大会报告工作。排查隐患463处,受理信访147件。", "other"),
        ("主席、各位代表:我代表丙派出所向镇人大作工作汇报。化解纠纷231起,发现隐患92处。", "other"),
        ("各位代表:受镇人民政府委托,现将预算执行情况报告大会。办成实事10件,争取资金300万元。", "other"),
        ("一年来,我所在县司法局领导下,全所干警团结一致,调解纠纷412件,走访287人次。", "other"),
        ("主席团、各位代表:我担任副镇长以来,分管水利,下达整改通知书15份,争取资金86万元。", "other"),
        ("我是一名来自生产一线的镇人大代表,当选以来走访选民320户,提出建议11件。", "other"),
        ("父老乡亲们:村两委共召开会议6次,解决问题52条。村两委硬化村道3公里,我村争取资金86万元。", "other"),
        ("他叫陈某,今年58岁,连任代表。他走访选民320户,个人出资3万元,调解纠纷82起。", "other"),
        ("丙镇农业服务中心紧紧围绕粮食安全,走访农户860户,解决难题97个,争取资金45万元。", "other"),
        ("本商会现有会员企业68家,资助贫困学生45名。本商会捐款捐物86万元,帮扶困难户32户。", "other"),
        ("关于修桥的建议\n领衔代表:孙某\n目前每天过桥的有两千人,投入26万元仍有缺口。", "other"),
        ("刘某等代表:您们提出的建议收悉,现答复如下:镇政府已筹资3.7万元。", "other"),
        ("我委落实部署,听取专项汇报7次,开展执法检查2次,督办代表建议32件。", "other"),
        ("笔者调查了A镇和B镇的人大工作。A镇有镇人大代表78名,三年组织视察11次。", "other"),
        ("10月8日,丁县人大常委会副主任一行深入3个乡镇视察,代表提出意见建议15条。", "county"),
        ("某区人大材料\n全年共举行常委会会议9次、主任会议20次,作出决定5项。", "county"),
        ("各位代表:我受丁县第九届人大常委会委托,向大会报告工作。听取专项报告19项。", "other"),
        ("工作队驻甲村工作队半年小结:入户走访326户,收集意见64条,协调资金58万元。", "other"),
        ("丁县十六届人大二次会议主席团举行第三次会议,县领导出席。会议收到代表建议98件。", "other"),
        ("九届人大常委会组织视察5次。十届人大常委会听取汇报4次。十一届人大常委会组织代表视察8次。", "other"),
        ("1954年召开会议,到会代表86名。1966年停开。民国时议事会收到提案137件。", "other"),
        ("经主席团研究,组织镇人大代表32名视察。现将有关事项通知如下:各组走访选民60户。", "notice"),
        ("参加视察4次得20分;提出建议2件得10分;走访选民20户得20分。", "notice"),
        ("您今年走访选民多少户?10户。您提出建议多少件?2件。", "notice"),
    ],
)
def test_papers_of_other_bodies_are_told_and_not_counted(text: str, kind: str) -> None:
    (report,) = read_reports(text)
    assert report.identity.kind == kind
    assert report.identity.problems
    assert report.facts == ()


@pytest.mark.parametrize(
    "text",
    [
        "各位代表:我受乡人大主席团的委托,向大会报告工作。组织视察3次。",
        "我任镇人大主席以来,组织视察3次,各位代表支持我的工作。",
        "人大甲街工委2031年工作报告\n——在区人大常委会第二十六次会议上\n组织视察3次。",
        "乙镇人大工作总结\n镇政府自觉接受人大监督。主席团组织视察3次。",
        "乙镇人大主席团工作总结\n丁县十六届人大二次会议期间,我镇代表团提出建议。主席团组织视察3次。",
        "乙镇召开第七届人民代表大会第三次会议\n应到代表78名。镇长报告:实现生产总值9亿元,财政收入1亿元。组织视察3次。",
    ],
)
def test_papers_of_a_congress_are_counted_however_they_speak(text: str) -> None:
    (report,) = read_reports(text)
    assert report.identity.counts
    assert ("inspections", 3) in _facts(text)


def test_what_a_report_owns_up_to_is_no_fact_and_what_was_found_is() -> None:
    text = "乙镇人大视察报告\n组织视察3次。\n二、存在问题。\n有2个代表小组活动偏迟。\n"
    assert _facts(text) == [("inspections", 3)]
    found = "乙镇人大视察报告\n组织视察3次。\n二、存在问题。视察中共查出各类问题33处。\n"
    assert _facts(found) == [("inspections", 3), ("hazards_found", 33)]


def test_a_chairmans_other_duties_are_not_the_congress() -> None:
    text = "乙镇人大主席述职\n一、人大工作\n组织视察3次。\n二、关于分管工作\n调解纠纷31起。\n"
    assert _facts(text) == [("inspections", 3)]


def test_a_section_on_suggestions_is_no_plan() -> None:
    text = "乙镇人大汇报\n一、建议。\n收到代表建议26件。\n"
    assert _facts(text) == []
    text = "乙镇人大汇报\n一、建议。大会收到代表建议26件。\n"
    assert _facts(text) == [("suggestions_received", 26)]


def test_a_ledger_without_columns_is_a_table() -> None:
    text = "乙镇人大统计\n召开人代会(次) 2\n开展视察(次) 5\n收到代表建议(件) 39\n"
    assert _facts(text) == [("congress_sessions", 2), ("inspections", 5), ("suggestions_received", 39)]


def test_a_text_that_does_not_speak_as_a_congress_is_trusted_less() -> None:
    said = "代表视察3次,收到代表建议46件。" + "天气很好,大家的心情也很好,路边的花都开了,代表也来了。" * 4
    (doubted, *_), (trusted, *_) = extract(said), extract("乙镇人大总结\n" + said)
    assert doubted.confidence < trusted.confidence


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


def _register(*rows: tuple[str, str], merged: date | None = None) -> Register:
    """Townships in order; with `merged` the first one ended then and the others began the day after."""
    first, after = date(2001, 1, 1), merged + timedelta(days=1) if merged else date(2001, 1, 1)
    return Register(
        [
            Township(code, name, "镇", (), 1, after if at else first, None if at else merged, None)
            for at, (code, name) in enumerate(rows)
        ]
    )


def test_a_name_inside_a_longer_name_is_not_that_township() -> None:
    register = _register(("510000101", "柳塘镇"), ("510000102", "小柳塘镇"))
    text = "小柳塘镇人大工作总结\n视察3次。"
    assert read_reports(text, register=register)[0].identity.codes == ("510000102",)


def test_of_two_townships_of_one_name_the_one_that_stood_in_the_year_is_meant() -> None:
    register = _register(("510000101", "柳塘镇"), ("510000103", "柳塘镇"), merged=date(2031, 12, 31))
    for year, code in ((2030, "510000101"), (2033, "510000103")):
        text = f"柳塘镇人大{year}年工作总结\n视察3次。"
        assert read_reports(text, register=register)[0].identity.codes == (code,)


def test_a_title_over_the_text_of_another_township_is_told() -> None:
    register = _register(("510000101", "柳塘镇"), ("510000102", "清源乡"))
    text = "柳塘镇人大工作总结\n清源乡人大视察3次,清源乡代表走访选民20户,清源乡收到建议8件。"
    problems = read_reports(text, register=register)[0].identity.problems
    assert any("柳塘镇" in problem and "清源乡" in problem for problem in problems)


def test_a_paper_that_does_not_say_whose_it_is_is_read_with_less_confidence() -> None:
    body = "代表们全年接待选民320人次,收集意见120条。" + "工作扎实推进,取得了新的成效。" * 8
    named, unnamed = extract("乙镇人大工作总结\n" + body), extract("工作总结\n" + body)
    assert [fact.value for fact in named] == [fact.value for fact in unnamed]
    assert all(one.confidence > other.confidence for one, other in zip(named, unnamed, strict=True))


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


def test_open_numbers_and_parts_of_a_passage_count_neither_way(tmp_path: Path) -> None:
    path = tmp_path / "passages.txt"
    path.write_text(
        "=== 甲\n[[组织视察约9次|inspections=9~]],[[其中2次|inspections=2@part]],[[调研3次|?]],走访选民8户。\n",
        encoding="utf-8",
    )
    (text,) = read_passages(path)
    assert score([text], lambda _: extract("视察9次。调研3次。走访选民8户。")).total == (1, 1, 0)


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
