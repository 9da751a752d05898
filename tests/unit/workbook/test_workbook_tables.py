"""Where headers, columns and rows are found, whatever stands around them."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from workbooks import ARTICLE, COVER, MEETING, PROFILE, make_xlsx, read, rules, sheets

from catalogue.returns import ReturnBatch

ROW = [date(2025, 3, 5), "讨论建议交办", 9, 8, "是"]
SECOND = [date(2025, 3, 19), "听取整改情况", 9, 7, "否"]


def meetings(
    tmp_path: Path, rows: list[list[Any]], merges: tuple[str, ...] = (), name: str = "主席团会议"
) -> ReturnBatch:
    def merge(book: Any) -> None:
        for place in merges:
            book[name].merge_cells(place)

    content = sheets(presidium_meeting=None)
    content[name] = rows
    return read(make_xlsx(tmp_path / "return.xlsx", content, merge))


def topics(batch: ReturnBatch) -> list[tuple[int, str]]:
    frame = batch.sheets["presidium_meeting"]
    return list(zip(frame["excel_row"], frame["topic"], strict=True))


def test_a_plain_return_has_no_finding(tmp_path: Path) -> None:
    batch = meetings(tmp_path, [MEETING, ROW, SECOND])
    assert rules(batch, info=True) == []
    assert topics(batch) == [(2, "讨论建议交办"), (3, "听取整改情况")]
    assert batch.sheets["presidium_meeting"]["expected"].tolist() == [9.0, 9.0]


def test_title_rows_and_bands_above_the_header(tmp_path: Path) -> None:
    title: list[Any] = ["银溪镇人大主席团会议月报"]
    band = ["基本信息", None, "办理情况"]
    batch = meetings(tmp_path, [title, [], ["填报单位：银溪镇"], band, MEETING, ROW], ("A1:E1", "A4:B4", "C4:E4"))
    assert rules(batch) == []
    assert topics(batch) == [(6, "讨论建议交办")]
    place = batch.places.query("sheet == 'presidium_meeting' and field == 'topic'").iloc[0]
    assert (place["excel_col"], place["excel_row"], place["sheet_name"]) == (2, 5, "主席团会议")


def test_columns_in_any_order_with_blanks_breaks_and_wide_brackets(tmp_path: Path) -> None:
    content = sheets(congress_session=None)
    labels = {"会 议\n名称": "十九届五次", "会期（天）": 1, "实到\u3000代表": 50, "应到代表": 58}
    labels |= {"结束日期": date(2025, 3, 6), " 开始日期": date(2025, 3, 6)}
    content["人 代会"] = [list(labels), list(labels.values())]
    batch = read(make_xlsx(tmp_path / "a.xlsx", dict(reversed(content.items()))))
    row = batch.sheets["congress_session"].iloc[0]
    assert (row["title"], row["days"], row["present"], row["expected"]) == ("十九届五次", 1.0, 50.0, 58.0)
    assert {rule for rule, _ in rules(batch)} == {"F08"}  # the optional columns left out


def test_a_header_of_two_lines_with_merged_cells(tmp_path: Path) -> None:
    upper = ["日期", "议题", "人数", None, "有会议记录"]
    lower = [None, None, "应到", "实到", None]
    batch = meetings(tmp_path, [upper, lower, ROW], ("A1:A2", "B1:B2", "C1:D1", "E1:E2"))
    assert rules(batch) == []
    assert topics(batch) == [(3, "讨论建议交办")]


def test_a_header_of_two_lines_without_merged_cells(tmp_path: Path) -> None:
    batch = meetings(tmp_path, [["日期", "议题", "人数", None, "有会"], [None, None, "应到", "实到", "议记录"], ROW])
    assert rules(batch) == []
    assert topics(batch) == [(3, "讨论建议交办")]


def test_labels_all_split_over_two_rows(tmp_path: Path) -> None:
    batch = meetings(tmp_path, [["日", "议", "应", "实", "有会议"], ["期", "题", "到", "到", "记录"], ROW])
    assert rules(batch) == []
    assert topics(batch) == [(3, "讨论建议交办")]


def test_a_merged_value_holds_for_all_its_rows_but_makes_no_row(tmp_path: Path) -> None:
    rows = [MEETING, ROW, [None, "第二个议题", 9, 8, "是"], [None, None, None, None, None]]
    batch = meetings(tmp_path, rows, ("A2:A4",))
    assert topics(batch) == [(2, "讨论建议交办"), (3, "第二个议题")]
    assert batch.sheets["presidium_meeting"]["meeting_date"].tolist() == [pd.Timestamp(2025, 3, 5)] * 2


def test_every_column_merged_over_two(tmp_path: Path) -> None:
    wide = [[cell for value in row for cell in (value, None)] for row in (MEETING, ROW, SECOND)]
    merges = tuple(f"{a}{row}:{b}{row}" for row in (1, 2, 3) for a, b in ("AB", "CD", "EF", "GH", "IJ"))
    batch = meetings(tmp_path, wide, merges)
    assert rules(batch) == []
    assert topics(batch) == [(2, "讨论建议交办"), (3, "听取整改情况")]


@pytest.mark.parametrize("label", ["合计", "总 计", "合\u3000计"])
def test_total_rows_are_no_data(tmp_path: Path, label: str) -> None:
    batch = meetings(tmp_path, [MEETING, ROW, [label, None, 9, 8], [None, label, 9, 8]])
    assert topics(batch) == [(2, "讨论建议交办")]
    counts = batch.row_counts.set_index("sheet").loc["presidium_meeting"]
    assert (counts["rows_read"], counts["rows_ignored"]) == (3, 2)
    assert rules(batch) == []


def test_a_subtotal_is_not_a_published_total(tmp_path: Path) -> None:
    batch = meetings(tmp_path, [MEETING, ROW, ["小计", None, 9, 8]])
    assert ("C04", "meeting_date") in rules(batch)


def test_blank_rows_and_rows_of_blanks_are_not_read(tmp_path: Path) -> None:
    rows = [MEETING, [], ROW, [" ", None, "\u3000"], ["/", "-", "——"], SECOND, [" "], [None, "\n"]]
    batch = meetings(tmp_path, rows)
    assert topics(batch) == [(3, "讨论建议交办"), (6, "听取整改情况")]
    assert batch.row_counts.set_index("sheet").loc["presidium_meeting", "rows_read"] == 2


def test_a_row_of_zeros_is_data(tmp_path: Path) -> None:
    batch = meetings(tmp_path, [MEETING, [None, None, 0, 0, None]])
    assert batch.sheets["presidium_meeting"]["present"].tolist() == [0.0]


def test_the_running_number_is_ignored_and_makes_no_row(tmp_path: Path) -> None:
    batch = meetings(tmp_path, [["序号", *MEETING], [1, *ROW], [2, *SECOND], [3], [4]])
    assert rules(batch) == []
    assert topics(batch) == [(2, "讨论建议交办"), (3, "听取整改情况")]
    assert batch.raw["presidium_meeting"]["extra"].tolist() == [None, None]


def test_repeated_headers_are_no_data(tmp_path: Path) -> None:
    band = ["基本信息", None, "办理情况"]
    rows = [band, MEETING, ROW, band, ["日 期", *MEETING[1:]], SECOND]
    batch = meetings(tmp_path, rows, ("A1:B1", "C1:E1", "A4:B4", "C4:E4"))
    assert topics(batch) == [(3, "讨论建议交办"), (6, "听取整改情况")]
    assert rules(batch) == []
    assert batch.row_counts.set_index("sheet").loc["presidium_meeting", "rows_ignored"] == 2


def test_unknown_columns_are_kept_and_reported(tmp_path: Path) -> None:
    batch = meetings(tmp_path, [[*MEETING, "备注", "备注", None], [*ROW, "见附件", None, "补充"], SECOND])
    assert rules(batch) == [("F07", "备注"), ("F07", "备注（G 列）"), ("F07", "无列名（H 列）")]
    assert batch.raw["presidium_meeting"]["extra"].tolist() == [{"备注": "见附件", "无列名（H 列）": "补充"}, None]


def test_the_first_of_two_columns_with_one_label_wins(tmp_path: Path) -> None:
    batch = meetings(tmp_path, [[*MEETING, "实到"], [*ROW, 3]])
    assert rules(batch) == [("F07", "实到")]
    assert batch.sheets["presidium_meeting"]["present"].tolist() == [8.0]


def test_absent_columns(tmp_path: Path) -> None:
    batch = meetings(tmp_path, [["日期", "应到", "实到"], [date(2025, 3, 5), 9, 8]])
    assert rules(batch) == [("F09", "议题"), ("F08", "有会议记录")]
    assert batch.sheets["presidium_meeting"]["topic"].tolist() == [None]


def test_labels_are_never_matched_by_likeness(tmp_path: Path) -> None:
    batch = meetings(tmp_path, [["会议日期", *MEETING[1:]], ROW])
    assert rules(batch) == [("F07", "会议日期"), ("F09", "日期")]


def test_content_without_a_header(tmp_path: Path) -> None:
    batch = meetings(tmp_path, [["本月未召开"]])
    assert rules(batch) == [("F09", "日期"), ("F09", "议题"), ("F09", "应到"), ("F09", "实到"), ("F08", "有会议记录")]
    assert topics(batch) == []


def test_an_empty_event_sheet_is_fine_and_so_is_none(tmp_path: Path) -> None:
    assert rules(meetings(tmp_path, [])) == []
    assert rules(meetings(tmp_path, [[" ", "\u3000"]])) == []
    assert rules(read(make_xlsx(tmp_path / "b.xlsx", sheets(article=None, petition=None)))) == []


def test_sheets_unknown_doubled_and_missing(tmp_path: Path) -> None:
    content = sheets(profile=None, reported_total=None)
    content |= {
        "Sheet2": [],
        "附表": [["x"]],
        "宣传 ": [ARTICLE, ["另一篇", date(2025, 3, 3), "县级", "报"]],
        "空表": [[" "]],
    }
    content |= {"填表说明": [["《乡镇人大工作月报》填表说明（第 1 版，2025年3月）"], ["一、怎么填"]]}
    content |= {"问题清单": [["问题清单"], ["序号", "级别", "规则", "工作表"], [1, "必须改正", "C01", "封面"]]}
    batch = read(make_xlsx(tmp_path / "a.xlsx", content))
    assert rules(batch) == [("F07", "附表"), ("F07", "宣传 "), ("F04", "基本情况"), ("F04", "汇总")]
    assert len(batch.sheets["article"]) == 0
    assert len(batch.sheets["profile"]) == 0


@pytest.mark.parametrize("name", ["填表说明", "问题清单"])
def test_a_sheet_that_only_bears_the_name_of_one_of_ours_is_unknown(tmp_path: Path, name: str) -> None:
    assert rules(read(make_xlsx(tmp_path / "a.xlsx", sheets() | {name: [["本乡另附说明"]]}))) == [("F07", name)]


def test_hidden_rows_columns_and_sheets_are_data(tmp_path: Path) -> None:
    def hide(book: Any) -> None:
        book["主席团会议"].sheet_state = "hidden"
        book["主席团会议"].row_dimensions[2].hidden = True
        book["主席团会议"].column_dimensions["C"].hidden = True

    batch = read(make_xlsx(tmp_path / "a.xlsx", sheets(presidium_meeting=[MEETING, ROW, SECOND]), hide))
    assert topics(batch) == [(2, "讨论建议交办"), (3, "听取整改情况")]
    assert batch.sheets["presidium_meeting"]["expected"].tolist() == [9.0, 9.0]


@pytest.mark.parametrize(
    "footer",
    [
        [["注：本表由乡镇人大填报"]],
        [["（以下空白）"]],
        [["备注：数据截至月底"], ["1、应到人数以名册为准"], ["2、实到人数以签到为准"]],
        [["填表说明：", "按实填写"]],
        [["填报人：吴静", None, "审核人：金涛", None, "日期：2025年4月2日"]],
        [["制表人", "吴静", "审核人", "金涛", date(2025, 4, 2)]],
        [["单位负责人（签字）：", None, "填表人："]],
        [["说明：合计不含列席"], [], ["填报人：吴静", "电话：13900000000"]],
    ],
)
def test_notes_and_signatures_below_the_table_are_no_data(tmp_path: Path, footer: list[list[Any]]) -> None:
    batch = meetings(tmp_path, [MEETING, ROW, SECOND, [], *footer])
    assert topics(batch) == [(2, "讨论建议交办"), (3, "听取整改情况")]
    assert rules(batch) == []
    lines = sum(bool(line) for line in footer)
    notes = batch.cells[batch.cells["field"].isna()]
    assert notes["rule"].tolist() == ["C07"] * lines
    assert batch.row_counts.set_index("sheet").loc["presidium_meeting", "rows_ignored"] == lines
    assert notes["excel_row"].min() == 5


@pytest.mark.parametrize("footer", [["说明：", "按实填写"], ["注", "以签到为准"], ["填报人：", "吴静"]])
def test_a_note_may_begin_in_the_column_of_running_numbers(tmp_path: Path, footer: list[Any]) -> None:
    numbered = [["序号", *MEETING], [1, *ROW], [2, *SECOND]]
    batch = meetings(tmp_path, [*numbered, footer])
    assert topics(batch) == [(2, "讨论建议交办"), (3, "听取整改情况")]
    assert rules(batch) == []
    data = meetings(tmp_path, [*numbered, ["注", *ROW]])
    assert [row for row, _ in topics(data)] == [2, 3, 4]


def test_what_may_be_data_is_never_dropped(tmp_path: Path) -> None:
    above = meetings(tmp_path, [MEETING, ["注：第一次", "说明会", 9, 8], ROW])
    assert [row for row, _ in topics(above)] == [2, 3]
    short = meetings(tmp_path, [MEETING, ROW, [None, "只写了议题"]])
    assert [row for row, _ in topics(short)] == [2, 3]
    signed = meetings(tmp_path, [["议题", "日期", "应到", "实到"], ["审核：预算调整", date(2025, 3, 5), 9, 8]])
    assert topics(signed) == [(2, "审核：预算调整")]


def test_a_note_merged_over_the_table_is_no_data(tmp_path: Path) -> None:
    batch = meetings(tmp_path, [MEETING, ROW, ["以上会议均有签到"], SECOND], ("A3:E3",))
    assert topics(batch) == [(2, "讨论建议交办"), (4, "听取整改情况")]
    assert batch.cells[batch.cells["field"].isna()]["observed"].tolist() == ["以上会议均有签到"]


def test_a_row_with_content_in_unknown_columns_only_is_no_data(tmp_path: Path) -> None:
    batch = meetings(tmp_path, [[*MEETING, "备注"], [*ROW, None], [None] * 5 + ["待补"]])
    assert topics(batch) == [(2, "讨论建议交办")]
    assert batch.cells[batch.cells["field"].isna()]["observed"].tolist() == ["待补"]


def test_profile_labels_with_colons_titles_and_merged_cells(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["基本情况", None, None, None, None]]
    rows += [[None, f"{label.replace('(', '（').replace(')', '）')}：", value, None, None] for label, value in PROFILE]
    rows += [[None, "备注", "无变动"]]

    def merge(book: Any) -> None:
        book["基本情况"].merge_cells("A1:E1")
        for row in range(2, 14):
            book["基本情况"].merge_cells(f"C{row}:E{row}")

    batch = read(make_xlsx(tmp_path / "a.xlsx", sheets(profile=rows), merge))
    profile = batch.sheets["profile"].iloc[0]
    assert (profile["excel_row"], profile["deputy_quota"], profile["work_fund_yuan"]) == (0, 65.0, 50000.0)
    assert bool(profile["chair_fulltime_flag"]) is True
    assert rules(batch) == [("F07", "备注")]
    assert batch.raw["profile"]["extra"].tolist() == [{"备注": "无变动"}]
    place = batch.places.query("sheet == 'profile' and field == 'deputy_quota'").iloc[0]
    assert (place["excel_col"], place["excel_row"]) == (3, 3)


def test_a_merged_label_has_its_value_right_of_the_merge_and_pairs_may_stand_side_by_side(tmp_path: Path) -> None:
    half = len(PROFILE) // 2
    rows = [
        [left[0], None, left[1], right[0], right[1]] for left, right in zip(PROFILE[:half], PROFILE[half:], strict=True)
    ]

    def merge(book: Any) -> None:
        for row in range(1, half + 1):
            book["基本情况"].merge_cells(f"A{row}:B{row}")

    batch = read(make_xlsx(tmp_path / "a.xlsx", sheets(profile=rows), merge))
    assert rules(batch) == []
    assert batch.sheets["profile"].loc[0, ["population_registered", "deputy_fund_yuan"]].tolist() == [30000.0, 30000.0]


def test_absent_and_doubled_profile_labels(tmp_path: Path) -> None:
    rows = [pair for pair in PROFILE if pair[0] not in ("代表名额", "户籍人口")] + [["实有代表数", 1]]
    batch = read(make_xlsx(tmp_path / "a.xlsx", sheets(profile=rows)))
    assert rules(batch) == [("F07", "实有代表数"), ("F08", "户籍人口"), ("F09", "代表名额")]
    assert batch.sheets["profile"]["deputy_in_office"].tolist() == [64.0]


def test_the_covers_identity_labels_are_left_to_other_rules(tmp_path: Path) -> None:
    rows = [pair for pair in COVER if pair[0] in ("乡镇名称", "填报人", "填报日期")]
    batch = read(make_xlsx(tmp_path / "a.xlsx", sheets(cover=rows)))
    assert rules(batch) == [("F08", "联系电话"), ("F09", "审核人")]
    assert batch.returns.loc[0, ["township_code", "period", "period_raw"]].tolist() == [None, None, None]
