"""Text of an HTML page: blocks become lines, table rows tab-separated lines; scripts and navigation go."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree, html

from ingest.narrative.problems import Unreadable

_SKIPPED = {
    "script",
    "style",
    "noscript",
    "nav",
    "template",
    "svg",
    "iframe",
    "select",
    "button",
    "head",
    "footer",
    "aside",
}
_BLOCKS = {
    "p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "table", "tr", "hr",
    "pre", "blockquote", "header", "main", "dl", "dt", "dd", "form", "title", "caption", "tbody", "thead", "center",
}  # fmt: skip
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DEEPEST = 2_000


def read_html(text: str) -> str:
    """The page's readable text. Raises Unreadable when there is none to parse."""
    try:
        root = html.document_fromstring(_DECLARATION.sub("", text, count=1))
    except (etree.ParserError, ValueError):
        raise Unreadable("网页文件里没有内容,请检查是不是没有存完。") from None
    joined = "".join(_texts(root))
    lines = (re.sub(r"[ \xa0]+", " ", line).strip(" ") for line in joined.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _texts(root: etree._Element) -> Iterator[str]:
    """Texts in document order, without recursion: a deeply nested page does no harm."""
    skipping: etree._Element | None = None
    depth = preformatted = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            if skipping is None and element.tail:
                yield _one_line(element.tail, preformatted)
            continue
        tag = element.tag
        if event == "start":
            depth += 1
            if depth > _DEEPEST:
                raise Unreadable("网页嵌套过深,结构异常,请另存为文本再交。")
            if skipping is None and tag in _SKIPPED:
                skipping = element
            elif skipping is None:
                preformatted += tag == "pre"
                yield _opening(tag)
                yield _one_line(element.text or "", preformatted)
            continue
        depth -= 1
        if skipping is element:
            skipping = None
        elif skipping is None:
            preformatted -= tag == "pre"
            yield "\n" if tag in _BLOCKS and tag != "br" and not _in_cell(element) else ""
        if skipping is None and element.tail:
            yield _one_line(element.tail, preformatted)


def _opening(tag: object) -> str:
    if tag in ("td", "th"):
        return "\t"
    return "\n" if tag in _BLOCKS else ""


def _in_cell(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in ("td", "th")


def _one_line(text: str, preformatted: int) -> str:
    return text if preformatted else re.sub(r"[\t\r\n]+", " ", text)
