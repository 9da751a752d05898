"""Status pages as a reader meets them: tables by their captions, and what keeps a page from being read by everybody."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from posixpath import dirname, join, normpath
from typing import Any

from lxml import html

Table = list[dict[str, str]]
_NUMBER = re.compile(r"-?[\d.]+")


def parse(page: bytes) -> Any:
    """The page's root element."""
    return html.document_fromstring(page.decode())


def text(element: Any) -> str:
    """What the element says, blanks folded."""
    return " ".join(element.text_content().split())


def tables(root: Any, caption: str) -> list[Table]:
    """The tables whose caption holds the words, each as rows of head -> cell; cells that span say it in each column."""
    return [_rows(table) for table in root.iter("table") if caption in text(table.find("caption"))]


def table(root: Any, caption: str) -> Table:
    """The only table whose caption holds the words; empty where there is none."""
    found = tables(root, caption)
    assert len(found) <= 1, caption
    return found[0] if found else []


def cards(root: Any) -> dict[str, int]:
    """The figures on top of the page."""
    pairs = [(text(card.find("dt")), card.find("dd").text) for card in root.findall(".//dl[@class='cards']/div")]
    return {label: int(value) for label, value in pairs}


def number(cell: str) -> int:
    """The number in a cell; nothing and a dash are 0."""
    found = _NUMBER.search(cell)
    return int(found[0]) if found else 0


def _rows(element: Any) -> Table:
    heads = [text(cell) for cell in element.findall("thead/tr/th")]
    rows = []
    for line in element.findall("tbody/tr"):
        cells = [text(cell) for cell in line for _ in range(int(cell.get("colspan", 1)))]
        rows.append(dict(zip(heads, cells, strict=True)))
    return rows


def faults(name: str, pages: Mapping[str, bytes]) -> list[str]:
    """What is wrong with the page for those who hear it, use the keyboard or have no network."""
    root = parse(pages[name])
    return [
        *_structure(root),
        *(f"table {text(one.find('caption'))}: {fault}" for one in root.iter("table") for fault in _table(one)),
        *_pictures(root),
        *_links(root, name, pages),
        *_outside(root),
    ]


def _structure(root: Any) -> list[str]:
    found = [] if root.get("lang") == "zh-CN" else ["no language"]
    found += [
        f"{len(list(root.iter(tag)))} {tag}" for tag in ("h1", "main", "header") if len(list(root.iter(tag))) != 1
    ]
    found += [] if text(root.find("head/title")) else ["no title"]
    levels = [int(element.tag[1]) for element in root.iter("h1", "h2", "h3", "h4")]
    found += [f"heading {lower} after {upper}" for upper, lower in pairwise(levels) if lower > upper + 1]
    first = next(root.iter("a"))
    found += [] if first.get("class") == "skip" and first.get("href") == "#main" else ["no way past the head"]
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    found += [f"id {one} twice" for one, count in ids.items() if count > 1]
    named = [word for element in root.iter() for word in (element.get("aria-labelledby") or "").split()]
    found += [f"label {word} is nowhere" for word in named if word not in ids]
    landmarks = [*root.iter("nav"), *root.iter("section"), *root.findall(".//*[@role='region']")]
    unnamed = [one for one in landmarks if not (one.get("aria-label") or one.get("aria-labelledby"))]
    found += [f"{one.tag} without a name" for one in unnamed]
    names = Counter(one.get("aria-label") for one in landmarks if one.get("aria-label"))
    found += [f"landmark {one} twice" for one, count in names.items() if count > 1]
    found += [
        "a region the keyboard cannot scroll"
        for one in root.findall(".//*[@class='wide']")
        if one.get("tabindex") != "0"
    ]
    return found


def _table(element: Any) -> list[str]:
    found = [] if element.find("caption") is not None and text(element.find("caption")) else ["no caption"]
    heads = element.findall("thead/tr/th")
    found += ["head cell without scope" for cell in heads if cell.get("scope") != "col"]
    for line in element.findall("tbody/tr"):
        if len(line.findall("th[@scope='row']")) != 1 or len(line.findall("th")) != 1:
            found.append("row without a head")
        if sum(int(cell.get("colspan", 1)) for cell in line) != len(heads):
            found.append(f"row of other width: {text(line)}")
    return found


def _pictures(root: Any) -> list[str]:
    pictures = [one for one in root.iter() if isinstance(one.tag, str) and one.tag.endswith("svg")]
    silent = [one for one in pictures if one.get("role") != "img" or not one.get("aria-labelledby")]
    return ["picture without words" for _ in silent]


def _links(root: Any, name: str, pages: Mapping[str, bytes]) -> list[str]:
    found = []
    ids = {element.get("id") for element in root.iter()}
    for link in root.iter("a"):
        way, _, place = link.get("href").partition("#")
        if not text(link):
            found.append(f"link {way} without words")
        target = normpath(join(dirname(name), way)) if way else name
        if not way and place not in ids:
            found.append(f"link to {place}, which is nowhere")
        elif way.endswith(".html") and "outbox" not in way and target not in pages:
            found.append(f"link to {target}, which is not built")
        elif place and target in pages and f'id="{place}"'.encode() not in pages[target]:
            found.append(f"link to {place} in {target}, which is not there")
    return found


def _outside(root: Any) -> list[str]:
    found = [f"<{one.tag}>" for one in root.iter("script", "link", "img", "iframe", "object", "embed", "form")]
    for element in root.iter():
        for key, value in element.attrib.items():
            if key != "xmlns" and (
                key.startswith("on") or value.startswith(("http:", "https:", "//", "javascript:", "data:"))
            ):
                found.append(f"{key}={value}")
    return found
