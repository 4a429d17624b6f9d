"""Markdown inside HTML blocks where the author asked for it: ``<aside markdown="1">``, as kramdown has it."""

from __future__ import annotations

import re

from markdown_it.token import Token

from .edits import Edits
from .markup import BLOCK, tags
from .place import Places, within

_ATTRIBUTE = re.compile(r"\s+markdown\s*=\s*(?:\"(\w*)\"|'(\w*)'|(\w+))", re.IGNORECASE)
#: Stands between HTML and Markdown until the lines between are put in order.
_CUT = "\ufdd3"


def opened(places: Places) -> None:
    """Sets such content apart with empty lines, which is what CommonMark asks for."""
    if "markdown" not in places.doc.source:
        return
    for token in places.doc.tokens:
        if token.type == "html_block" and token.map and _ATTRIBUTE.search(token.content):
            start, end = token.meta["start"], places.doc.lines(*token.map)[1]
            text = _apart(token).rstrip("\n")
            if not text.startswith("<") and not places.blank(token.map[0] - 1):
                text = f"\n{text}"
            places.replace(start, end, within(places.doc.prefix(start), text))


def _apart(token: Token) -> str:
    edits = Edits(token.content)
    wanted: list[tuple[str, bool]] = []
    for tag in tags(token.content):
        at, end = tag.at, tag.at + len(tag.text)
        if not tag.closes:
            asked = _ATTRIBUTE.search(tag.text)
            markdown = bool(asked and (asked[1] or asked[2] or asked[3]) != "0")
            wanted.append((tag.name, markdown))
            if markdown and tag.name == "p":  # Markdown makes the paragraph, and one is in no other
                edits.replace(at, end, _CUT)
                continue
            if asked:
                edits.replace(at + asked.start(), at + asked.end(), "")
            if markdown:
                edits.insert(end, _CUT)
            continue
        while wanted:
            name, markdown = wanted.pop()
            if name == tag.name:
                if markdown and name == "p":
                    edits.replace(at, end, _CUT)
                elif markdown:
                    edits.insert(at, _CUT)
                break
    pieces = edits.apply().split(_CUT)
    return "\n\n".join(piece for piece in map(_dedented, pieces) if piece) + "\n"


def _dedented(piece: str) -> str:
    """A piece without the indentation that all its lines have, lest it be taken for code."""
    lines = piece.strip("\n").rstrip().split("\n")
    least = min((len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()), default=0)
    out = ""
    for line in [lines[0].lstrip(), *(line[least:] for line in lines[1:])]:
        out += (" " if _only_inline_tags(out.rpartition("\n")[2]) and line.strip() else "\n") + line
    return out.removeprefix("\n")


def _only_inline_tags(line: str) -> bool:
    """Whether CommonMark would take this line, and what follows it, for a block of HTML instead of a paragraph."""
    found = tags(line)
    bare = len(line.strip()) == sum(len(tag.text) for tag in found)
    return bool(found) and bare and all(tag.name not in BLOCK for tag in found)
