"""What note-takers (Obsidian) and Hashnode's editor add to Markdown: highlights, comments, notes, sizes, embeds."""

from __future__ import annotations

import re

from . import embeds
from .dialect import Dialect
from .edits import Report
from .place import Places

_COMMENT = re.compile(
    r"(?<!\S)%%[ \t]*$(?:(?!%%).)*^%%[ \t]*$|(?<!\S)%%(?![%\s]*$)(?:(?!%%|\n\n).)+?%%(?![%\w])",
    re.MULTILINE | re.DOTALL,
)
_HIGHLIGHT = re.compile(
    r"(?<![=A-Za-z0-9_\\])==(?=[^=\s])((?:(?!==|\n\n).)+?)(?<=[^=\s])==(?![=A-Za-z0-9_])", re.DOTALL
)
_NOTE = re.compile(
    r"(?<!\\)\^\[([^\[\]\n]*(?:\[\[[^\[\]\n]*\]\][^\[\]\n]*|\[[^\[\]\n]*\](?:\([^()\s]*\))?[^\[\]\n]*)*)\](?!\()"
)
_PAGE = re.compile(r"\[\[([^\[\]\n]+)\]\]")
_EMBED = re.compile(r"%\[(https?://[^\s\]]+)\]")
_SIZE = re.compile(r"!\[[^\]\n|]+(\|\d+(?:x\d+)?)\]\(")
_BLOCK_ID = re.compile(r"[ \t]+(\^(?=[\w-]*[a-z])[\w-]{4,})$", re.MULTILINE)
_CONTENTS = re.compile(r"^[ \t]*(\[\[?_?TOC_?\]\]?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
#: Files that are shown where they are embedded.
PICTURE = re.compile(r"[^\[\]|#^]+\.(?:png|jpe?g|gif|webp|avif|svg|bmp)", re.IGNORECASE)


#: What a Hashnode blog shows of its own, such as a form to subscribe.
_WIDGET = re.compile(r"^[ \t]*(%%\[[\w-]+\])[ \t]*$", re.MULTILINE)


def rewrite(places: Places, dialect: Dialect, report: Report) -> None:
    """All of it outside code."""
    doc = places.doc
    source = doc.source
    if "%%[" in source:
        for match in _WIDGET.finditer(source):
            if not doc.in_code(*match.span(1)):
                report.collect("widgets that only a blog's own site shows were left out: {all}", f"`{match[1]}`")
                places.drop(*match.span(1))
    if "%%" in source:
        for match in _COMMENT.finditer(source):
            if not doc.in_code(*match.span()):
                report.collect(
                    "comments between `%%` were left out: {all}", f"“{' '.join(match[0].strip('% ').split())}”"
                )
                places.drop(*match.span())
    if "==" in source:
        for match in _HIGHLIGHT.finditer(source):
            if not doc.in_code(match.start(), match.start() + 2) and not doc.in_code(match.end() - 2, match.end()):
                places.replace(match.start(), match.start() + 2, "<mark>")
                places.replace(match.end() - 2, match.end(), "</mark>")
    if "^" in source:
        _notes(places, report)
    for match in _EMBED.finditer(source) if "%[" in source else ():
        if not doc.in_code(*match.span()):
            embeds.put(places, match.span(), match[1], dialect, report)
    for match in _SIZE.finditer(source) if "|" in source else ():
        if not doc.in_code(*match.span(1)):
            places.replace(*match.span(1), "")
    defined = {name.lower() for name in doc.env.get("references", {})}
    for match in _CONTENTS.finditer(source):
        if not doc.in_code(*match.span(1)) and match[1].strip("[]").lower() not in defined:
            report.collect("the place of a table of contents was left out: {items}", f"`{match[1]}`")
            places.drop(*match.span(1))


def _notes(places: Places, report: Report) -> None:
    """Notes within the text become footnotes; ids of blocks go."""
    doc, number = places.doc, 0
    for match in _NOTE.finditer(doc.source):
        if re.search(r"[^\W\d_]{2}", match[1]) and not doc.in_code(match.start(), match.start() + 2):
            number += 1
            places.replace(*match.span(), f"[^note-{number}]")
            places.edits.insert(len(doc.source), f"\n\n[^note-{number}]: {_PAGE.sub(_said, match[1].strip())}")
    for match in _BLOCK_ID.finditer(doc.source):
        if not doc.in_code(*match.span()) and places.blank(doc.line_of(match.start()) + 1):
            report.collect("ids of blocks were left out: {items}", f"`{match[1]}`")
            places.replace(*match.span(), "")


def _said(link: re.Match[str]) -> str:
    """What a wikilink shows."""
    page, _, text = link[1].partition("|")
    return text or page.lstrip("#").replace("#", " > ")


def embedded(inner: str) -> str:
    """What ``![[inner]]`` shows as an image; empty if it is no picture's file."""
    file, _, text = inner.partition("|")
    file = file.strip()
    if not PICTURE.fullmatch(file):
        return ""
    alt = "" if re.fullmatch(r"\s*\d*(?:x\d+)?\s*", text) else text.strip()
    return f"![{alt or re.sub(r'[-_]+', ' ', file.rpartition('/')[2].rpartition('.')[0])}]({'<' + file + '>' if ' ' in file else file})"
