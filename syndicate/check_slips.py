"""What looks like markup in a text and is none, so that every platform shows its signs. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from .markdown.parse import Doc

_REFERENCE = re.compile(r"(?<![\w\])\[!\\])\[([^\[\]\n]{1,80})\]\[([^\[\]\n]{1,80})\]")
_NOTE = re.compile(r"(?<!\\)\[\^[^\]\[\s]{1,40}\](?!:)")
_LINK = re.compile(r"(?<!\\)\[[^\[\]\n]{1,80}\]\((?:https?:|\.{0,2}/)[^\s)]{0,60}")
#: ``![](url align="left")``, which is read.
_HASHNODE = re.compile(r"[^\s)]*(?:\s+(?:align|width|height)=[\"']?\w+[\"']?)+\s*\)")
_HEADING = re.compile(r"#{2,6}[^\s#!].*")
_DELIMITERS = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")


@dataclass(frozen=True, slots=True)
class Slip:
    """A kind of mistake, the line of the text, counted from 1, and what stands there."""

    kind: str
    line: int
    item: str = ""


def slips(doc: Doc) -> Iterator[Slip]:
    """All of a parsed text. What stands in code, or has been escaped, is none."""
    for token in doc.tokens:
        if token.type == "fence" and token.map:
            first, last = token.map
            held = len(token.content.removesuffix("\n").split("\n")) if token.content else 0
            if last - first < held + 2:
                yield Slip("a block of code that is never closed", first + 1, f"`{token.markup}{token.info}`")
    for inline, opener in doc.inlines():
        for child in inline.children or ():
            if child.type == "link_open" and not child.attrs.get("href"):
                said = inline.content[slice(*child.meta["span"])]
                yield Slip("links without an address", _line(doc, inline, child.meta["span"][0]), f"`{said}`")
        text = _prose(inline)
        for kind, pattern in (
            ("links whose definition is missing", _REFERENCE),
            ("footnotes that are not there", _NOTE),
            ("links that are not closed, or have a blank in their address", _LINK),
        ):
            for match in pattern.finditer(text):
                if pattern is _LINK and _HASHNODE.match(text, match.end()):
                    continue
                said = inline.content[slice(*match.span())].replace("\n", " ").strip()
                yield Slip(kind, _line(doc, inline, match.start()), f"`{said}`")
        if opener.type == "paragraph_open":
            yield from _lines(doc, inline, text)


def _lines(doc: Doc, inline: Token, text: str) -> Iterator[Slip]:
    """Of a paragraph, those that were meant as something else."""
    at = 0
    for number, line in enumerate(text.split("\n")):
        if _HEADING.match(line):
            yield Slip("headings without a blank after the signs", _line(doc, inline, at), f"`{line.rstrip()[:60]}`")
        if number == 1 and "|" in line and _DELIMITERS.fullmatch(line):
            yield Slip(
                "tables whose second row does not fit the first", _line(doc, inline, at), f"`{line.strip()[:60]}`"
            )
        at += len(line) + 1


def _line(doc: Doc, inline: Token, at: int) -> int:
    return doc.line_of(doc.at(inline, at)) + 1


def _prose(inline: Token) -> str:
    """What is left of a paragraph as text, each character where it was."""
    text, pieces, done = inline.content, [], 0
    marked = (child for child in inline.children or () if child.type not in {"text", "softbreak"})
    for start, end in sorted(span for child in marked if (span := child.meta.get("span"))):
        if end > done:
            pieces += [text[done:start], re.sub(r"[^\n]", "\0", text[max(start, done) : end])]
            done = end
    return "".join(pieces) + text[done:]
