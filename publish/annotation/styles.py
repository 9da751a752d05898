"""Cell formats: the township's own ones with our fill, and those of the list of findings.

A tinted cell keeps its format; only the fill is ours. The cell's own fill colour is kept in the unused background
colour of our solid fill, so the fill can be taken back when the file returns, wherever the cell has been moved to.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Literal

from lxml import etree

from publish.annotation.book import Book
from publish.annotation.markup import STYLES_ORDER, TRANSITIONAL, child, namespace, place_child

Look = Literal["title", "lead", "head", "text", "centre", "link", "hard", "warn", "info", "note"]

FILLS = {"hard": "FFFFABAA", "warn": "FFFFE18A", "info": "FFD6E9FB"}  # odd values: nobody's own colours
_LIBREOFFICE = {
    "FFFF8080",
    "FFFFFF99",
    "FFCCFFFF",
}  # what it puts behind these on saving: the cell's own colour is gone
STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_FONT = "微软雅黑"
_FONTS = {
    "plain": ("10", "FF000000", ""),
    "bold": ("10", "FF000000", "<b/>"),
    "title": ("14", "FF1F3864", "<b/>"),
    "head": ("10", "FFFFFFFF", "<b/>"),
    "link": ("10", "FF0563C1", "<u/>"),
}
_HEAD_FILL, _NOTE_FILL = "FF44546A", "FFFFFBE6"
# look: font, fill, border, horizontal, vertical
_LOOKS: dict[str, tuple[str, str | None, bool, str, str]] = {
    "title": ("title", None, False, "left", "center"),
    "lead": ("plain", None, False, "left", "center"),
    "head": ("head", _HEAD_FILL, True, "center", "center"),
    "text": ("plain", None, True, "left", "center"),
    "centre": ("plain", None, True, "center", "center"),
    "link": ("link", None, True, "center", "center"),
    "hard": ("bold", FILLS["hard"], True, "center", "center"),
    "warn": ("bold", FILLS["warn"], True, "center", "center"),
    "info": ("plain", FILLS["info"], True, "center", "center"),
    "note": ("plain", _NOTE_FILL, True, "left", "center"),
}
_MINIMAL = (
    f'<styleSheet xmlns="{TRANSITIONAL}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
)


class Styles:
    """The styles part of a book."""

    def __init__(self, book: Book) -> None:
        package = book.package
        found = book.relations.find("styles")
        if found is None or found[1] not in package:
            part = "xl/styles.xml"  # some readers look nowhere else
            package.put(part, _MINIMAL.replace(TRANSITIONAL, book.namespace).encode())
            package.declare(part, STYLES_TYPE)
            book.relations.add(f"{book.relation_base}/styles", part)
        else:
            part = found[1]
        self.root = package.edit(part)
        self._namespace = namespace(self.root)
        self._fills = self._section("fills", ("patternFill", "none"), ("patternFill", "gray125"))
        self._formats = self._section("cellXfs")
        if len(self._formats) == 0:
            self._append(self._formats, '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>')
        self._tinted: dict[tuple[int, str], int] = {}
        self._made_fills: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}

    def _section(self, name: str, *patterns: tuple[str, str]) -> etree._Element:
        section = place_child(self.root, name, STYLES_ORDER)
        if len(section) == 0:
            for tag, kind in patterns:
                self._append(section, f'<fill><{tag} patternType="{kind}"/></fill>')
        return section

    def _append(self, section: etree._Element, xml: str) -> int:
        """The position of the new last entry of the section."""
        head, rest = xml[1:].split(">", 1)
        slash = "/" if head.endswith("/") else ""
        element = etree.fromstring(f'<{head.rstrip("/")} xmlns="{self._namespace}"{slash}>{rest}')
        section.append(element)
        return self._count(section)

    @staticmethod
    def _count(section: etree._Element) -> int:
        entries = sum(isinstance(element.tag, str) for element in section)
        section.set("count", str(entries))
        return entries - 1

    def take_back(self) -> None:
        """Cells tinted in an earlier round have their own fill again."""
        for fill in self._fills:
            pattern = child(fill, "patternFill") if isinstance(fill.tag, str) else None
            front = child(pattern, "fgColor") if pattern is not None else None
            if pattern is None or front is None or front.get("rgb", "").upper() not in FILLS.values():
                continue
            back = child(pattern, "bgColor")
            own = {str(key): str(value) for key, value in back.attrib.items()} if back is not None else {}
            for colour in list(pattern):
                pattern.remove(colour)
            if not own or own.get("indexed") == "64" or own.get("rgb") in _LIBREOFFICE:
                pattern.set("patternType", "none")
            else:
                etree.SubElement(pattern, f"{{{self._namespace}}}fgColor", own)
                etree.SubElement(pattern, f"{{{self._namespace}}}bgColor", {"indexed": "64"})

    def tint(self, base: int, severity: str) -> int:
        """The format like the base one with the severity's fill."""
        if (base, severity) not in self._tinted:
            entries = [element for element in self._formats if isinstance(element.tag, str)]
            own = deepcopy(entries[base] if 0 <= base < len(entries) else entries[0])
            own.set("fillId", str(self._fill(FILLS[severity], self._colour(own.get("fillId", "0")))))
            own.set("applyFill", "1")
            self._formats.append(own)
            self._tinted[base, severity] = self._count(self._formats)
        return self._tinted[base, severity]

    def _colour(self, fill_id: str) -> tuple[tuple[str, str], ...]:
        """The colour of a solid fill as attributes; ('indexed', '64') where there is none."""
        fills = [element for element in self._fills if isinstance(element.tag, str)]
        number = int(fill_id) if fill_id.isdigit() else 0
        pattern = child(fills[number], "patternFill") if number < len(fills) else None
        front = child(pattern, "fgColor") if pattern is not None and pattern.get("patternType") == "solid" else None
        colour = (
            tuple(sorted((str(key), str(value)) for key, value in front.attrib.items())) if front is not None else ()
        )
        return colour or (("indexed", "64"),)

    def _fill(self, rgb: str, own: tuple[tuple[str, str], ...]) -> int:
        if (rgb, own) not in self._made_fills:
            back = " ".join(f'{name}="{value}"' for name, value in own)
            xml = f'<fill><patternFill patternType="solid"><fgColor rgb="{rgb}"/><bgColor {back}/></patternFill></fill>'
            self._made_fills[rgb, own] = self._append(self._fills, xml)
        return self._made_fills[rgb, own]

    def looks(self) -> dict[str, int]:
        """Look of the list of findings -> its format, added now."""
        fonts = self._section("fonts")
        borders = self._section("borders")
        if len(borders) == 0:
            self._append(borders, "<border><left/><right/><top/><bottom/><diagonal/></border>")
        font_ids = {name: self._append(fonts, _font(*entry)) for name, entry in _FONTS.items()}
        sides = "".join(
            f'<{side} style="thin"><color rgb="FFBFBFBF"/></{side}>' for side in ("left", "right", "top", "bottom")
        )
        boxed = self._append(borders, f"<border>{sides}<diagonal/></border>")
        made = {}
        for look, (font, fill, border, horizontal, vertical) in _LOOKS.items():
            fill_id = self._fill(fill, (("indexed", "64"),)) if fill else 0
            made[look] = self._append(
                self._formats,
                f'<xf numFmtId="0" fontId="{font_ids[font]}" fillId="{fill_id}" borderId="{boxed if border else 0}" '
                'xfId="0" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
                f'<alignment horizontal="{horizontal}" vertical="{vertical}" wrapText="1"/></xf>',
            )
        return made


def _font(size: str, colour: str, effects: str) -> str:
    return f'<font>{effects}<sz val="{size}"/><color rgb="{colour}"/><name val="{_FONT}"/><charset val="134"/></font>'
