"""The sheet 填表说明, generated from the catalogue: what every sheet and column is, and what becomes of faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalogue import Field, Form, Rule, Sheet, Synonyms
from catalogue.periods import Period
from publish.template.entry import describe

GUIDE_NAME = "填表说明"
_HEADINGS = ("栏目", "必填", "填什么", "可选内容", "也认的写法")
_WIDTHS = (20, 8, 46, 46, 52)
_LAST = len(_WIDTHS) - 1
_SEVERITIES = {
    "hard": "必须改正：改好之前，这一行（或整表、整份）不入库，报表退回。",
    "warn": "请核实：数据照常入库；有误的改正，属实的写明原因。",
    "info": "提示：只是告诉您读成了什么，读得对就不用处理。",
}


class Guide:
    """The guide of one form and month; `write` fills a worksheet with it."""

    def __init__(self, form: Form, period: Period, synonyms: Synonyms, rules: Mapping[str, Rule]) -> None:
        self._form = form
        self._period = period
        self._synonyms = synonyms
        self._rules = rules
        self._row = 0

    def write(self, worksheet: Any, formats: Mapping[str, Any]) -> None:
        """The worksheet holds the whole guide, ready to print."""
        self._sheet, self._formats = worksheet, formats
        for column, width in enumerate(_WIDTHS):
            worksheet.set_column(column, column, width)
        self._line(f"《{self._form.name}》填表说明（第 {self._form.version} 版，{self._period.chinese}）", "title", 30)
        self._line("一、怎么填", "section", 24)
        for number, line in enumerate(self._advice(), start=1):
            self._line(f"{number}. {line}", "plain", 18)
        self._line("二、各表各栏", "section", 24)
        for number, sheet in enumerate(self._form.sheets, start=1):
            self._describe_sheet(number, sheet)
        self._line("三、怎样检查", "section", 24)
        for severity, consequence in _SEVERITIES.items():
            self._line(consequence, severity, 20)
            for rule in self._rules.values():
                if rule.severity == severity:
                    self._describe_rule(rule)
        worksheet.hide_gridlines(2)
        worksheet.set_landscape()
        worksheet.set_paper(9)
        worksheet.fit_to_pages(1, 0)
        worksheet.set_footer("&C第 &P 页，共 &N 页")

    def _line(self, text: str, look: str, height: int) -> None:
        self._sheet.merge_range(self._row, 0, self._row, _LAST, text, self._formats[look])
        self._sheet.set_row(self._row, height)
        self._row += 1

    def _advice(self) -> Sequence[str]:
        units = "、".join(self._synonyms.units)
        marks = " ".join(self._synonyms.blank_marks)
        return (
            f"每乡镇每月一份，于次月第 {self._form.due_working_days} 个工作日前报送。以封面为准，文件名怎么起都可以。",
            "表头橙色的栏目必填，蓝色的有就填、没有就空着。请不要改动工作表名和栏目名；列和工作表的顺序可以调整。",
            "没有发生的事项，对应的表空着即可；“汇总”各项没有的填 0。",
            "灰色底纹的行是从以前月份带来的未办结事项：有进展的更新，没有进展的也请保留，编号和原日期不要改。",
            f"数字只填阿拉伯数字。带单位（{units}）、全角数字、中文数字也能认出；约数（60余、近百）会被标出，请改填准确数。",
            f"没有内容的格子请空着，填 {marks} 的也当作空着。不要填“待统计”“若干”“XX”。",
            "请不要用公式链接其他文件，请不要加密。可以加“序号”列和“合计”行，不会当作数据。",
        )

    def _describe_sheet(self, number: int, sheet: Sheet) -> None:
        self._row += 1
        must = "必须有" if sheet.required else "没有内容可以空着"
        key = "、".join(sheet.field(code).label for code in sheet.key)
        told = f"（{number}）{sheet.label}：{must}" + (f"；以“{key}”区分各行，同一表内不能重复" if key else "")
        self._line(told, "subsection", 20)
        self._sheet.write_row(self._row, 0, _HEADINGS, self._formats["head"])
        self._row += 1
        for field in sheet.fields:
            self._describe_field(sheet, field)

    def _describe_field(self, sheet: Sheet, field: Field) -> None:
        look = self._formats["required" if field.required else "optional"]
        self._sheet.write_string(self._row, 0, field.label, look)
        self._sheet.write_string(self._row, 1, "必填" if field.required else "", self._formats["centre"])
        texts = (describe(sheet, field, self._period), "、".join(field.choices), self._accepted(sheet, field))
        for column, text in enumerate(texts, start=2):
            self._sheet.write_string(self._row, column, text, self._formats["cell"])
        self._sheet.set_row(self._row, 6 + 15 * max(_lines(text, _WIDTHS[i]) for i, text in enumerate(texts, start=2)))
        self._row += 1

    def _accepted(self, sheet: Sheet, field: Field) -> str:
        if field.type == "flag":
            return "；".join(f"{flag}：{' '.join(words)}" for flag, words in self._synonyms.flags.items())
        words = self._synonyms.choices.get(f"{sheet.code}.{field.code}", {})
        return "，".join(f"{word}={choice}" for word, choice in words.items())

    def _describe_rule(self, rule: Rule) -> None:
        mend = rule.mend.format(label="该栏目", observed="所填内容", expected="见“可选内容”")
        self._sheet.write_string(self._row, 0, rule.id, self._formats["centre"])
        self._sheet.merge_range(self._row, 1, self._row, 2, rule.title, self._formats["cell"])
        self._sheet.merge_range(self._row, 3, self._row, _LAST, mend, self._formats["cell"])
        self._sheet.set_row(self._row, 6 + 15 * _lines(mend, _WIDTHS[3] + _WIDTHS[4]))
        self._row += 1


def _lines(text: str, width: int) -> int:
    units = sum(2 if ord(letter) > 0xFF else 1 for letter in text)
    return max(1, -(-units // (width - 2)))
