"""The workbook part: which sheets there are, in which order, and which one the file opens on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain, count

from lxml import etree

from catalogue.text import fold
from publish.annotation.markup import WORKBOOK_ORDER, child, drop_attribute, insert_child, namespace, place_child
from publish.annotation.package import Package, Relations, UnpatchableError

WORKSHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_SUFFIXES = {
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml": ".xlsm",
    "application/vnd.ms-excel.template.macroEnabled.main+xml": ".xltm",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml": ".xltx",
}
_SELECTED = re.compile(rb"""(\stabSelected\s*=\s*)(["'])(?:1|true)\2""")
_HEAD_BYTES = 16_384  # sheetViews stand near the top of a sheet part


@dataclass(frozen=True)
class SheetPart:
    """A sheet's name as on its tab, and the part that holds it."""

    name: str
    part: str
    kind: str
    element: etree._Element


class Book:
    """The workbook of a package."""

    def __init__(self, package: Package) -> None:
        self.package = package
        found = Relations(package, "").find("officeDocument")
        if found is None or found[1] not in package:
            raise UnpatchableError("no workbook part")
        self.part, kind = found[1], found[2]
        self.relation_base = kind.rsplit("/", 1)[0]
        self.root = package.edit(self.part)
        self.namespace = namespace(self.root)
        self.relations = Relations(package, self.part)
        self.relation_id = f"{{{self.relation_base}}}id"
        self.sheets = self._read_sheets()
        if not self.sheets:
            raise UnpatchableError("no sheets")

    def _read_sheets(self) -> list[SheetPart]:
        targets = self.relations.by_id()
        listed = child(self.root, "sheets")
        found = []
        for element in listed if listed is not None else ():
            if isinstance(element.tag, str):
                ids = [str(value) for name, value in element.attrib.items() if etree.QName(name).localname == "id"]
                part, kind = targets[ids[0]]
                found.append(SheetPart(element.get("name", ""), part, kind if part in self.package else "", element))
        return found

    @property
    def suffix(self) -> str:
        """The file name suffix that fits the content: a workbook with macros must stay .xlsm."""
        return _SUFFIXES.get(self.package.content_type(self.part), ".xlsx")

    @property
    def worksheets(self) -> list[SheetPart]:
        """The sheets that hold cells: no chart sheets, dialogs or macro sheets."""
        return [sheet for sheet in self.sheets if sheet.kind == "worksheet"]

    def find(self, name: str) -> SheetPart | None:
        """The worksheet of that name, compared exactly, else folded."""
        sheets = self.worksheets
        exact = next((sheet for sheet in sheets if sheet.name == name), None)
        return exact or next((sheet for sheet in sheets if fold(sheet.name) == fold(name)), None)

    def remove(self, sheet: SheetPart) -> None:
        """The sheet is gone, with the names defined for it."""
        index = self.sheets.index(sheet)
        relation_id = next(name for name, target in self.relations.by_id().items() if target[0] == sheet.part)
        parent = sheet.element.getparent()
        assert parent is not None
        parent.remove(sheet.element)
        self.relations.remove(relation_id)
        self.package.remove(sheet.part)
        self.sheets.remove(sheet)
        names = child(self.root, "definedNames")
        for name in list(names) if names is not None else ():
            if name.get("localSheetId") == str(index):
                name.getparent().remove(name)  # type: ignore[union-attr]
        self._shift_names(index, -1)

    def rename(self, sheet: SheetPart, name: str) -> None:
        """The sheet bears that name, or the first free one made of it: 附表, 附表2, 附表3."""
        taken = {fold(other.name) for other in self.sheets}
        tried = chain([name], (f"{name}{number}" for number in count(2)))
        free = next(each for each in tried if fold(each) not in taken)
        sheet.element.set("name", free)
        self.sheets[self.sheets.index(sheet)] = replace(sheet, name=free)

    def insert_first(self, name: str, content: bytes, names: Mapping[str, str]) -> None:
        """A new sheet stands first and the file opens on it; `names`: built-in names defined for it -> their ranges."""
        part = self.package.free_name("xl/worksheets/findings{}.xml")
        self.package.put(part, content)
        self.package.declare(part, WORKSHEET_TYPE)
        relation_id = self.relations.add(f"{self.relation_base}/worksheet", part)
        numbers = [int(sheet.element.get("sheetId", "0")) for sheet in self.sheets]
        element = insert_child(place_child(self.root, "sheets", WORKBOOK_ORDER), 0, "sheet")
        element.set("name", name)
        element.set("sheetId", str(max(numbers, default=0) + 1))
        element.set(self.relation_id, relation_id)
        self.sheets.insert(0, SheetPart(name, part, "worksheet", element))
        self._shift_names(0, 1)
        for built_in, cells in names.items():
            defined = insert_child(place_child(self.root, "definedNames", WORKBOOK_ORDER), 0, "definedName")
            defined.set("name", f"_xlnm.{built_in}")
            defined.set("localSheetId", "0")
            if built_in.startswith("_"):
                defined.set("hidden", "1")
            defined.text = f"'{name}'!{cells}"
        self._open_first()

    def _shift_names(self, index: int, by: int) -> None:
        names = child(self.root, "definedNames")
        for name in names if names is not None else ():
            own = name.get("localSheetId") if isinstance(name.tag, str) else None
            if own is not None and int(own) >= index:
                name.set("localSheetId", str(int(own) + by))
        if names is not None and len(names) == 0:
            self.root.remove(names)

    def _open_first(self) -> None:
        views = place_child(self.root, "bookViews", WORKBOOK_ORDER)
        if len(views) == 0:
            etree.SubElement(views, f"{{{self.namespace}}}workbookView")
        for view in views:
            if isinstance(view.tag, str):
                view.set("activeTab", "0")
                view.set("firstSheet", "0")
        for sheet in self.sheets[1:]:
            self._unselect(sheet.part)

    def _unselect(self, part: str) -> None:
        """No other sheet stays selected: with two selected, what a clerk types would go into both."""
        if self.package.is_edited(part):
            for view in self.package.tree(part).iter(f"{{{self.namespace}}}sheetView"):
                drop_attribute(view, "tabSelected")
        elif part in self.package and _SELECTED.search(self.package.read(part, _HEAD_BYTES)):
            self.package.put(part, _SELECTED.sub(rb"\1\g<2>0\2", self.package.read(part), count=8))
