"""Lines below a table that are no data: notes (注：…), signatures (制表人：…) and closing marks (以下空白)."""

from __future__ import annotations

import re

from catalogue.text import fold

_NOTE = re.compile(r"(?:备?注|说明|注意|(?:填表|填报|备注)说明|注意事项)(?:\d*[:.、]|\(|\d*$).*")
_ROLE = (
    r"(?:填报|填表|制表|编制|报送|审核|审批|复核|签发|分管|单位|主要)"
    r"(?:人员?|负责人|单位|日期|时间|领导|机关)?|负责人|日期|时间|主席|签字|盖章|公章|联系电话|联系人|电话"
)
_SIGNATURE = re.compile(rf"\(?(?:{_ROLE})(?:\(?(?:签字|签名|签章|盖章|公章)\)?)?\)?(?::.*|$)")
_CLOSING = re.compile(r"\(?(?:本页|本表|此页)?以下(?:内容)?为?空白\)?[.。]?")
_FEW = 2


def begins_footer(cells: list[object]) -> bool:
    """True where the cells with content of a row read like a note, a signature or a closing mark."""
    first = fold(cells[0]) if cells and isinstance(cells[0], str) else ""
    if len(cells) <= _FEW and (_NOTE.fullmatch(first) or _CLOSING.fullmatch(first)):
        return True
    return bool(_SIGNATURE.fullmatch(first))


def may_follow(cells: list[object]) -> bool:
    """True where the row may go on with the notes above it: one or two cells of text."""
    return len(cells) <= _FEW and all(isinstance(cell, str) for cell in cells)
