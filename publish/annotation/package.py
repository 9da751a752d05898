"""A workbook's package (ECMA-376 part 2): parts, relationships and content types, changed part by part.

Parts that are not changed are copied as the compressed bytes they are, never unpacked.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
from copy import copy
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
CONTENT_TYPES_PART = "[Content_Types].xml"
_ENCRYPTED, _SIZES_FOLLOW = 0x1, 0x8


class UnpatchableError(Exception):
    """The source is no package that can be changed within the limits; a copy of its values is made instead."""


@dataclass(frozen=True)
class Limits:
    """How much of a source is taken in: bytes of the file, bytes of one unpacked part, and what is written back."""

    file_bytes: int = 64 * 2**20
    part_bytes: int = 8 * 2**20
    parts: int = 5_000
    values: int = 500_000
    comments: int = 2_000
    lines: int = 20_000


def parse_xml(data: bytes) -> etree._Element:
    """The root of an XML part; entities are never expanded. Raises UnpatchableError when a DTD stands in it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise UnpatchableError("a part declares a DTD")
    return root


class Package:
    """The parts of one workbook in memory."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data = data
        self._limits = limits
        self._zip = zipfile.ZipFile(BytesIO(data))
        if len(self._zip.NameToInfo) > limits.parts:
            raise UnpatchableError("too many parts")
        self._new: dict[str, bytes] = {}
        self._gone: set[str] = set()
        self._trees: dict[str, etree._Element] = {}
        self._edited: set[str] = set()

    def __contains__(self, part: str) -> bool:
        return part not in self._gone and (part in self._new or part in self._trees or part in self._zip.NameToInfo)

    def read(self, part: str, first: int | None = None) -> bytes:
        """The part's content, or its first bytes. Raises UnpatchableError when it is larger than the limit."""
        if part in self._new:
            return self._new[part]
        info = self._zip.getinfo(part)
        if info.flag_bits & _ENCRYPTED or (first is None and info.file_size > self._limits.part_bytes):
            raise UnpatchableError(f"{part} is encrypted or too large")
        with self._zip.open(info) as stream:
            return stream.read() if first is None else stream.read(first)

    def tree(self, part: str) -> etree._Element:
        """The root of the part, parsed once; what is changed in it is not written unless `edit` was asked for."""
        if part not in self._trees:
            self._trees[part] = parse_xml(self.read(part))
        return self._trees[part]

    def edit(self, part: str) -> etree._Element:
        """The root of the part; it is written anew on saving."""
        self._edited.add(part)
        return self.tree(part)

    def is_edited(self, part: str) -> bool:
        """True when the part's tree is written anew on saving."""
        return part in self._edited

    def put(self, part: str, content: bytes) -> None:
        """The part holds the content; a part of that name is replaced."""
        self._gone.discard(part)
        self._trees.pop(part, None)
        self._edited.discard(part)
        self._new[part] = content

    def remove(self, part: str) -> None:
        """The part, its relationships and its content type are gone."""
        for name in (part, relations_part(part)):
            self._gone.add(name)
            self._new.pop(name, None)
            self._trees.pop(name, None)
            self._edited.discard(name)
        root = self.edit(CONTENT_TYPES_PART)
        for override in root.findall(f"{{{CONTENT_TYPES}}}Override"):
            if override.get("PartName", "").lower() == f"/{part}".lower():
                root.remove(override)

    def free_name(self, pattern: str) -> str:
        """The first name of the pattern (with {}) that no part bears."""
        taken = {name.lower() for name in self._zip.NameToInfo} | {name.lower() for name in (*self._new, *self._trees)}
        return next(name for number in range(1, 2**16) if (name := pattern.format(number)).lower() not in taken)

    def declare(self, part: str, content_type: str) -> None:
        """The content types name the part."""
        element = etree.SubElement(self.edit(CONTENT_TYPES_PART), f"{{{CONTENT_TYPES}}}Override")
        element.set("PartName", f"/{part}")
        element.set("ContentType", content_type)

    def declare_extension(self, extension: str, content_type: str) -> None:
        """Parts of the extension have the content type, unless another one is declared."""
        defaults = self.tree(CONTENT_TYPES_PART).findall(f"{{{CONTENT_TYPES}}}Default")
        if all(element.get("Extension", "").lower() != extension for element in defaults):
            element = etree.Element(f"{{{CONTENT_TYPES}}}Default")
            element.set("Extension", extension)
            element.set("ContentType", content_type)
            self.edit(CONTENT_TYPES_PART).insert(0, element)

    def content_type(self, part: str) -> str:
        """The content type the package declares for the part by name, else empty."""
        for element in self.tree(CONTENT_TYPES_PART).findall(f"{{{CONTENT_TYPES}}}Override"):
            if element.get("PartName", "").lower() == f"/{part}".lower():
                return element.get("ContentType", "")
        return ""

    def save(self) -> bytes:
        """The whole package; unchanged parts keep their compressed bytes, order and dates."""
        target = BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as package:
            names = [name for name in self._zip.NameToInfo if name not in self._gone]
            names += sorted((self._new.keys() | self._edited) - set(names))
            for name in names:
                known = self._zip.NameToInfo.get(name)
                if name not in self._edited and name not in self._new and known is not None:
                    self._copy(known, package)
                    continue
                info = zipfile.ZipInfo(name, known.date_time if known else (1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                package.writestr(info, _serialize(self._trees[name]) if name in self._edited else self._new[name])
        return target.getvalue()

    def _copy(self, info: zipfile.ZipInfo, package: zipfile.ZipFile) -> None:
        name_length, extra_length = struct.unpack_from("<26xHH", self._data, info.header_offset)
        start = info.header_offset + 30 + name_length + extra_length
        twin = copy(info)
        twin.extra = b""
        twin.flag_bits &= ~_SIZES_FOLLOW
        stream = package.fp
        assert stream is not None
        twin.header_offset = stream.tell()
        stream.write(twin.FileHeader(zip64=False))
        stream.write(self._data[start : start + info.compress_size])
        package.filelist.append(twin)
        package.NameToInfo[twin.filename] = twin
        package.start_dir = stream.tell()


def _serialize(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def relations_part(part: str) -> str:
    """The name of the part that holds the relationships of `part` ('' = the package itself)."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


class Relations:
    """The relationships of one part."""

    def __init__(self, package: Package, part: str) -> None:
        self._package = package
        self._part = part
        self._name = relations_part(part)

    def _elements(self) -> list[etree._Element]:
        if self._name not in self._package:
            return []
        return self._package.tree(self._name).findall(f"{{{RELATIONSHIPS}}}Relationship")

    def _resolve(self, target: str) -> str:
        joined = target if target.startswith("/") else posixpath.join("/", posixpath.dirname(self._part), target)
        return posixpath.normpath(joined).lstrip("/")

    def by_id(self) -> dict[str, tuple[str, str]]:
        """Relationship id -> part it leads to, and its kind (the last word of the type)."""
        return {
            item.get("Id", ""): (self._resolve(item.get("Target", "")), item.get("Type", "").rsplit("/", 1)[-1])
            for item in self._elements()
        }

    def find(self, kind: str) -> tuple[str, str, str] | None:
        """Id, part and full type of the first internal relationship whose type ends in the kind; None without one."""
        for item in self._elements():
            full = item.get("Type", "")
            if full.rsplit("/", 1)[-1] == kind and item.get("TargetMode") != "External":
                return item.get("Id", ""), self._resolve(item.get("Target", "")), full
        return None

    def add(self, full_type: str, part: str) -> str:
        """The id of a new relationship to the part."""
        if self._name not in self._package:
            self._package.put(self._name, f'<Relationships xmlns="{RELATIONSHIPS}"/>'.encode())
        taken = set(self.by_id())
        free = next(name for number in range(1, 2**16) if (name := f"rId{number}") not in taken)
        element = etree.SubElement(self._package.edit(self._name), f"{{{RELATIONSHIPS}}}Relationship")
        element.set("Id", free)
        element.set("Type", full_type)
        element.set("Target", f"/{part}")
        return free

    def remove(self, relation_id: str) -> None:
        """The relationship of that id is gone."""
        root = self._package.edit(self._name)
        for item in self._elements():
            if item.get("Id") == relation_id:
                root.remove(item)
