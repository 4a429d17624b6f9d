"""HTML from a feed as a tree, within limits: whatever is done with it afterwards is bounded.

libxml2's parser is used since it makes no more elements than there are tags: the tree construction of HTML5, which
browsers and nh3 follow, repeats open elements and can make a gigabyte of a megabyte. The only thing it takes long for
is very many attributes in one tag.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from lxml.etree import _Element

    #: An element of the tree; a function instead of a name where it is a comment.
    Element: TypeAlias = _Element

__all__ = ["BLOCKS", "TooMuchError", "parse", "visible"]

MAX_SIZE = 2_000_000
MAX_DEPTH = 200
MAX_TAGS = 60_000
MAX_PICTURES = 3_000
_PICTURE = re.compile("<img", re.IGNORECASE)
_CROWDED = re.compile(
    r"<[A-Za-z][^\s/>]{0,200}+"
    r"(?:[\s/]*+[^\s/>][^\s/>=]{0,500}+(?:\s{0,20}+=\s{0,20}+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]{0,4000}+))?+){128}"
)
_LONG = re.compile(r"<[A-Za-z][^\s/>]{200}|<[A-Za-z][^>\"']{4000}")

_BLOCKS_WORDS = (
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr iframe li main nav ol p pre section summary table tbody td tfoot th thead tr "
    "ul video"
)
BLOCKS = frozenset(_BLOCKS_WORDS.split())
_INVISIBLE = frozenset(("script", "style", "template", "noscript", "title", "head"))


class TooMuchError(Exception):
    """More than any entry needs; the message says of what."""


def parse(source: str) -> Element:
    """The element that holds what `source` describes.

    Raises:
        TooMuchError: it is too long, nested too deeply, or has a tag with very many attributes.
    """
    if len(source) > MAX_SIZE:
        raise TooMuchError(f"more than {MAX_SIZE:,} characters")
    if source.count("<") > MAX_TAGS:
        raise TooMuchError(f"more than {MAX_TAGS:,} tags")
    if source.count("<") > MAX_PICTURES and len(_PICTURE.findall(source)) > MAX_PICTURES:
        raise TooMuchError(f"more than {MAX_PICTURES:,} pictures")
    if _LONG.search(source) or _CROWDED.search(source):
        raise TooMuchError("a tag with very many attributes")
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    wrapped = f"<html><body><div>{source}</div></body></html>"
    tree = etree.fromstring(wrapped.encode("utf-8", "replace"), parser)
    if any("depth" in error.message for error in parser.error_log) or _deeper(tree, MAX_DEPTH):
        raise TooMuchError(f"elements nested more than {MAX_DEPTH} deep")
    body = tree.find("body")
    return tree if body is None else body


def _deeper(tree: Element, most: int) -> bool:
    level = [tree]
    for _ in range(most + 3):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True


def visible(tree: Element) -> str:
    """The text that a reader sees, on one line; an image's alternative text is none of it."""
    parts: list[str] = []

    def walk(element: Element) -> None:
        apart = element.tag in BLOCKS or element.tag == "br"
        if apart:
            parts.append(" ")
        if element.tag not in _INVISIBLE:
            parts.append(element.text or "")
            for child in element:
                walk(child)
        if apart:
            parts.append(" ")
        parts.append(element.tail or "")

    walk(tree)
    return " ".join("".join(parts).split())
