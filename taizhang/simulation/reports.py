"""Quarterly reports in prose, in keeping with the county's figures; one copies another's passage, one is padded."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

from catalogue.periods import Period
from taizhang.simulation.chance import stream

SAYINGS = {
    "presidium_meeting_count": ("召开主席团会议{}次", "主席团会议开了{}次", "先后召开主席团会议{}次"),
    "inspection_count": ("组织代表视察{}次", "开展代表视察{}次", "组织视察{}次"),
    "research_count": ("开展专题调研{}次", "组织专题调研{}次", "进行专题调研{}次"),
    "hazards_found": ("排查发现隐患{}处", "共发现隐患{}处", "查出隐患{}处"),
    "rectification_notices": ("下达整改通知书{}份", "发出整改通知书{}份", "共下达整改通知书{}份"),
    "suggestions_received": ("收到代表建议{}件", "共收到代表建议{}件", "代表提出建议{}件"),
}
PADDED = ("inspection_count", "research_count", "hazards_found")
QUARTERS = ("一", "二", "三", "四")
_WHEN = (
    "月初", "月中", "雨停之后", "赶集那天", "周末", "天刚亮", "会议散了", "下半月", "趁着农闲", "节前",
    "开学以后", "换届之后",
)  # fmt: skip
_WHO = (
    "几位村里的代表", "主席带着三名代表", "教师代表和医生代表", "企业界代表", "第二小组的同志", "联络站值班代表",
    "种粮大户出身的代表", "两位退休的老代表", "驻村干部陪同代表", "妇女代表", "在外务工返乡的代表", "分片包联的代表",
)  # fmt: skip
_WHERE = (
    "老粮站后面的排水沟", "集镇东头的公厕", "中心小学食堂后厨", "山脚的蓄水池", "新修的产业路", "敬老院的锅炉房",
    "村口的客运招呼站", "河湾的拦水坝", "卫生院发热门诊", "废品收购点", "苗圃的大棚", "高速连接线工地",
)  # fmt: skip
_DID = (
    "一项一项对着台账看", "拉着卷尺量了尺寸", "同摊主聊了大半个上午", "拍了照片存进手机", "请来技术员当面讲",
    "把图纸铺在地上比对", "挨家敲门问意见", "顺着管线走到了头", "蹲下来看了接口", "翻了近两年的记录",
    "把车停远了走进去", "先听后问再记",
)  # fmt: skip
_FOUND = (
    "回来写成两页纸交给镇里", "约好下个月同一天再来", "当场就有人认领了活", "列进了督办的单子",
    "建议先解决照明再谈美化", "主张把钱花在暗处的管子上", "提醒雨季之前务必清完", "请施工方把工期贴在门口",
    "商量由三个组轮流照看", "要求台账写清经手人", "答应帮着联系设备厂家", "留下电话方便随时找",
)  # fmt: skip
SWAPPED = (
    ("一项一项", "逐项"),
    ("商量", "合计"),
    ("提醒", "叮嘱"),
    ("回来", "返回"),
    ("答应", "应允"),
    ("当场", "当下"),
)
_CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
_EPISODES = 9


def write_reports(target: Path, months: Iterable[Period], seed: int) -> list[dict[str, object]]:
    """Every congress of the county at `target` has a report in the inbox for each whole quarter; what is in them.

    The figures are those of truth/indicator_values.csv. In each quarter the last but one report holds a passage of the
    first with words swapped (`copied`), the last one figures too high (`padded`), where there are enough townships.
    """
    known = set(months)
    quarters = sorted({Period.holding("quarter", month) for month in known})
    values = _values(target)
    found: list[dict[str, object]] = []
    for quarter in quarters:
        if set(quarter.months()) <= known:
            found += _quarter(target, quarter, values, seed)
    with (target / "received.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows((entry["file"], entry["received_at"]) for entry in found)
    return found


def _values(target: Path) -> dict[tuple[str, str, str], int]:
    """(township, period, indicator) -> count, of what is beyond doubt."""
    with (target / "truth" / "indicator_values.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["township_code"], row["period"], row["indicator"]): int(float(row["value"]))
            for row in csv.DictReader(file)
            if row["indicator"] in SAYINGS
            and row["value"]
            and row["scored"] == "yes"
            and row["is_approximate"] != "true"
        }


def _quarter(
    target: Path, quarter: Period, values: dict[tuple[str, str, str], int], seed: int
) -> list[dict[str, object]]:
    with (target / "townships.csv").open(encoding="utf-8", newline="") as file:
        townships = [row for row in csv.DictReader(file) if row["kind"] != "街道" and not row["valid_to"]]
    folder = target / "inbox" / f"{quarter.text}报告"
    folder.mkdir()
    found: list[dict[str, object]] = []
    first = ""
    for place, row in enumerate(townships):
        rng = stream(seed, place, f"report {quarter.text}")
        planted = {len(townships) - 2: "copied", len(townships) - 1: "padded"}.get(place, "") if place else ""
        story = _story(rng)
        if place == 0:
            first = story
        if planted == "copied":
            story += _swapped(first)
        counts = {code: values[row["township_code"], quarter.text, code] for code in SAYINGS
                  if (row["township_code"], quarter.text, code) in values}  # fmt: skip
        if planted == "padded":
            counts |= {code: count + rng.randint(4, 9) for code, count in counts.items() if code in PADDED}
        received = datetime.combine(quarter.last_day, datetime.min.time()) + timedelta(
            days=12, hours=9, minutes=7 * place
        )
        path = folder / f"{row['name']}{quarter.year}年第{QUARTERS[quarter.number - 1]}季度报告.docx"
        path.write_bytes(_docx(_text(rng, row["name"], quarter, counts, story)))
        os.utime(path, (received.timestamp(),) * 2)
        found.append(
            {
                "file": path.relative_to(target / "inbox").as_posix(), "township_code": row["township_code"],
                "period": quarter.text, "received_at": str(received), "planted": planted, "figures": counts,
            }
        )  # fmt: skip
    return found


def _text(rng: Random, name: str, quarter: Period, counts: dict[str, int], story: str) -> list[str]:
    """The report's paragraphs; what did not happen is not mentioned."""
    said = [rng.choice(SAYINGS[code]).format(count) for code, count in counts.items() if count]
    rng.shuffle(said)
    season = f"{QUARTERS[quarter.number - 1]}季度"
    return [
        f"{name}人大{quarter.year}年第{season}工作报告",
        f"{quarter.year}年第{season}，{name}人大主席团和全体代表做了以下工作。",
        *(f"{season}，{part}。" for part in said),
        story,
    ]


def _story(rng: Random) -> str:
    """What deputies did, told so that no two townships tell the same."""
    columns = [rng.sample(column, _EPISODES) for column in (_WHEN, _WHO, _WHERE, _DID, _FOUND)]
    return "".join(
        f"{when}，{who}去了{where}，{did}，{end}。" for when, who, where, did, end in zip(*columns, strict=True)
    )


def _swapped(text: str) -> str:
    for one, other in SWAPPED:
        text = text.replace(one, other)
    return text


def _docx(paragraphs: Iterable[str]) -> bytes:
    """The smallest Word document that holds the paragraphs; always the same bytes."""
    body = "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>' for text in paragraphs)
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/'
        f'wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>'
    )
    parts = {"[Content_Types].xml": _CONTENT_TYPES, "_rels/.rels": _RELATIONS, "word/document.xml": document}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for part, text in parts.items():
            package.writestr(zipfile.ZipInfo(part), text.encode())
    return made.getvalue()
