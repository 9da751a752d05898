"""Comments (notes) of one sheet: ours added, those of an earlier round taken away, the township's own kept.

Ours begin with MARK. Where the township has a comment of its own in the cell, ours follows it in the same box.
Shape markup: VML as Excel writes it (ECMA-376 part 4, 14.1 and 14.2.2.29).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from publish.annotation.book import Book, SheetPart
from publish.annotation.grid import Cell, Grid
from publish.annotation.markup import (
    WORKSHEET_ORDER,
    child,
    line_count,
    namespace,
    parse_reference,
    place_child,
    reference,
    sayable,
    width_units,
)
from publish.annotation.package import Relations, UnpatchableError

AUTHOR = "台账平台"
MARK = f"【{AUTHOR}】"
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"

_SHAPE = re.compile(rb"<v:shape\s.*?</v:shape>", re.DOTALL)
_NUMBER = re.compile(rb"_x0000_s(\d+)")
_ROW = re.compile(rb"<x:Row>\s*(\d+)\s*</x:Row>")
_COLUMN = re.compile(rb"<x:Column>\s*(\d+)\s*</x:Column>")
_SCHEMAS = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_SHAPE_KIND = (
    f'<v:shapetype {_SCHEMAS} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_EMPTY_DRAWING = (
    f'<xml {_SCHEMAS}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{{block}}"/></o:shapelayout></xml>'
)
_BOX_UNITS, _UNIT_PIXELS, _LINE_PIXELS, _PADDING = 44, 7, 17, 16  # 9 point type


@dataclass
class _Parts:
    """The comments and the drawing of a sheet with their relationship ids; None where the sheet has none."""

    comments: str | None = None
    comments_relation: str = ""
    drawing: str | None = None
    drawing_relation: str = ""


class Comments:
    """The comments of one worksheet."""

    def __init__(self, book: Book, sheet: SheetPart) -> None:
        self._book = book
        self._package = book.package
        self._sheet = sheet
        self._relations = Relations(self._package, sheet.part)
        self._parts = _Parts()
        found = self._relations.find("comments")
        if found and found[1] in self._package:
            self._parts.comments_relation, self._parts.comments = found[0], found[1]

    def _find_drawing(self, root: etree._Element) -> None:
        """The drawing of the comments is the sheet's legacyDrawing; headers and footers may have one of their own."""
        legacy = child(root, "legacyDrawing")
        found = legacy.get(self._book.relation_id) if legacy is not None else None
        target = self._relations.by_id().get(str(found))
        if target and target[0] in self._package:
            self._parts.drawing_relation, self._parts.drawing = str(found), target[0]

    def take_back(self) -> None:
        """No comment of an earlier round is left; the township's own ones are as they were."""
        if self._parts.comments is None:
            return
        self._find_drawing(self._package.tree(self._sheet.part))
        emptied = []
        for comment in list(self._list(self._package.tree(self._parts.comments))):
            before, ours = _cut(comment)
            if not ours:
                continue
            self._package.edit(self._parts.comments)
            if not before:
                emptied.append(parse_reference(comment.get("ref", "")))
                comment.getparent().remove(comment)  # type: ignore[union-attr]
        if emptied:
            self._drop_shapes(set(emptied))
        if emptied and len(self._list(self._package.tree(self._parts.comments))) == 0:
            self._drop_comments()

    def _list(self, root: etree._Element) -> etree._Element:
        return place_child(root, "commentList", ["authors", "commentList", "extLst"])

    def _drop_comments(self) -> None:
        assert self._parts.comments is not None
        self._package.remove(self._parts.comments)
        self._relations.remove(self._parts.comments_relation)
        self._parts.comments = None
        if self._parts.drawing is not None and not _SHAPE.search(self._package.read(self._parts.drawing)):
            self._package.remove(self._parts.drawing)
            self._relations.remove(self._parts.drawing_relation)
            self._parts.drawing = None
            root = self._package.edit(self._sheet.part)
            legacy = child(root, "legacyDrawing")
            if legacy is not None:
                root.remove(legacy)

    def _drop_shapes(self, cells: set[Cell]) -> None:
        if self._parts.drawing is None:
            return

        def keep(found: re.Match[bytes]) -> bytes:
            row, column = _ROW.search(found[0]), _COLUMN.search(found[0])
            is_note = b'ObjectType="Note"' in found[0] and row is not None and column is not None
            return b"" if is_note and (int(row[1]) + 1, int(column[1]) + 1) in cells else found[0]  # type: ignore[index]

        self._package.put(self._parts.drawing, _SHAPE.sub(keep, self._package.read(self._parts.drawing)))

    def add(self, texts: Mapping[Cell, str], grid: Grid) -> None:
        """Every cell has a comment with our text, in a box that shows all of it."""
        if not texts:
            return
        root = self._comments_root()
        comment_list = self._list(root)
        author = self._author(root)
        known = {comment.get("ref", "").upper(): comment for comment in comment_list}
        boxes = {}
        for cell in sorted(texts):
            text = sayable(f"{MARK}\n{texts[cell]}", 4_000)
            comment = known.get(reference(*cell))
            if comment is None:
                comment = etree.SubElement(comment_list, _tag(root, "comment"))
                comment.set("ref", reference(*cell))
                comment.set("authorId", author)
                before = ""
            else:
                before = "".join(item.text or "" for item in comment.iter(_tag(root, "t")))
            _append_run(comment, f"\n{text}" if before else text)
            boxes[cell] = f"{before}\n{text}" if before else text
        self._draw(boxes, grid)

    def _comments_root(self) -> etree._Element:
        if self._parts.comments is None:
            part = self._package.free_name("xl/comments{}.xml")
            name = self._book.namespace
            self._package.put(part, f'<comments xmlns="{name}"/>'.encode())
            self._package.declare(part, COMMENTS_TYPE)
            self._parts.comments = part
            self._parts.comments_relation = self._relations.add(f"{self._book.relation_base}/comments", part)
        return self._package.edit(self._parts.comments)

    def _author(self, root: etree._Element) -> str:
        authors = place_child(root, "authors", ["authors", "commentList", "extLst"])
        names = [author.text for author in authors]
        if AUTHOR not in names:
            etree.SubElement(authors, _tag(root, "author")).text = AUTHOR
            names.append(AUTHOR)
        return str(names.index(AUTHOR))

    def _draw(self, boxes: Mapping[Cell, str], grid: Grid) -> None:
        self._find_drawing(grid.root)
        self._drop_shapes(set(boxes))
        drawing = self._drawing(grid)
        content = self._package.read(drawing)
        end = content.rfind(b"</xml>")
        if end < 0 or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise UnpatchableError("a drawing of unknown encoding")
        numbers = [int(found) for found in _NUMBER.findall(content)]
        block = 1024 * (self._book.sheets.index(self._sheet) + 1)
        first = max([block, *numbers]) + 1
        shapes = [_shape(first + index, cell, text, grid) for index, (cell, text) in enumerate(boxes.items())]
        kind = "" if b'"_x0000_t202"' in content[:end].replace(b"#", b"") else _SHAPE_KIND
        self._package.put(drawing, content[:end] + (kind + "".join(shapes)).encode("ascii") + content[end:])

    def _drawing(self, grid: Grid) -> str:
        if self._parts.drawing is None:
            part = self._package.free_name("xl/drawings/findings{}.vml")
            block = self._book.sheets.index(self._sheet) + 1
            self._package.put(part, _EMPTY_DRAWING.format(block=block).encode())
            self._package.declare_extension("vml", DRAWING_TYPE)
            relation_id = self._relations.add(f"{self._book.relation_base}/vmlDrawing", part)
            legacy = place_child(grid.root, "legacyDrawing", WORKSHEET_ORDER)
            legacy.set(self._book.relation_id, relation_id)
            self._parts.drawing, self._parts.drawing_relation = part, relation_id
        return self._parts.drawing


def _tag(root: etree._Element, name: str) -> str:
    return f"{{{namespace(root)}}}{name}"


def _cut(comment: etree._Element) -> tuple[str, bool]:
    """What is left of the comment's text when ours is taken away, and whether there was any of ours."""
    before, ours = "", False
    for item in list(comment.iter(_tag(comment, "t"))):
        text = item.text or ""
        if ours:
            item.text = ""
        elif MARK in text:
            ours = True
            item.text = text[: text.index(MARK)].rstrip("\n")
        before += item.text or ""
    if ours:
        for run in list(comment.iter(_tag(comment, "r"))):
            if not "".join(item.text or "" for item in run.iter(_tag(comment, "t"))):
                run.getparent().remove(run)  # type: ignore[union-attr]
    return before.strip(), ours


def _append_run(comment: etree._Element, text: str) -> None:
    holder = child(comment, "text")
    if holder is None:
        holder = etree.SubElement(comment, _tag(comment, "text"))
    plain = child(holder, "t")
    if plain is not None:  # plain text and runs do not stand side by side
        run = etree.SubElement(holder, _tag(comment, "r"))
        run.append(plain)
    run = etree.SubElement(holder, _tag(comment, "r"))
    look = etree.SubElement(run, _tag(comment, "rPr"))
    for name, value in (("sz", "9"), ("color", "FF000000"), ("rFont", "微软雅黑"), ("charset", "134")):
        etree.SubElement(look, _tag(comment, name)).set("rgb" if name == "color" else "val", value)
    written = etree.SubElement(run, _tag(comment, "t"))
    written.text = text
    written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _shape(number: int, cell: Cell, text: str, grid: Grid) -> str:
    units = min(_BOX_UNITS, max(24, *(width_units(line) for line in text.split("\n"))))
    width = units * _UNIT_PIXELS + _PADDING
    height = line_count(text, units) * _LINE_PIXELS + _PADDING
    row, column = cell[0] - 1, cell[1] - 1
    top = max(0, row - 1)
    right = grid.span(column + 1, 15 + width, of_columns=True)
    bottom = grid.span(top, 6 + height, of_columns=False)
    anchor = f"{column + 1}, 15, {top}, 6, {right[0]}, {right[1]}, {bottom[0]}, {bottom[1]}"
    return (
        f'<v:shape {_SCHEMAS} id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;'
        f"margin-left:60pt;margin-top:5pt;width:{width * 0.75:g}pt;height:{height * 0.75:g}pt;z-index:{number % 1024};"
        'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )
