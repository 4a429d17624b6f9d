"""Further syntax of site generators and note-takers → neutral Markdown: everything that is not a template tag."""

from __future__ import annotations

import re

from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from .dialect import Dialect
from .edits import Report
from .parse import Doc
from .place import Places

#: A source without any of this needs no rewriting.
TRIGGER = re.compile(  # what has to be before comes behind the first character: that makes it fast
    r"\[\[|:::|::(?<=^::)\w|\[!\w|<!--|\{:|\{#|\{/\*|import(?<=^import)\s|export(?<=^export)\s|</?[A-Z]|<>|=\{"
    r"|className=(?<=\bclassName=)|align=|markdown\s*=|:(?<=^:)[ \t]|\*(?<=^\*)\["
    r"|%%|==[^=\s]|\^\[|%\[http|\|\d+(?:x\d+)?\]\(|\^(?<=[ \t]\^)[\w-]+$|\[(?:TOC|toc)\]",
    re.MULTILINE,
)

_KRAMDOWN = re.compile(
    r"\{:\s*(?:(?:[.#][\w:-]+|[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*')|toc\b)\s*)+\}|\{::(?:nomarkdown|options|comment)[^}\n]*/?\}"
)
_HEADING_ID = re.compile(r"[ \t]*\{\s*#[\w:.-]+(?:\s+[.#][\w-]+|\s+[\w-]+=\S+)*\s*\}(?=[ \t]*#*[ \t]*$)", re.MULTILINE)
_HASHNODE = re.compile(r"!\[[^\]\n]{0,500}\]\(\s*[^\s()]+((?:\s+(?:align|width|height)=[\"']?\w+[\"']?)+)\s*\)")
_WIKILINK = re.compile(r"!?\[\[([^\[\]\n]+)\]\]")
_NO_PAGE = re.compile(
    r"\s.*|.*\s|[\d\s,.;]+|.*::.*|nodiscard|maybe_unused|likely|unlikely|noreturn|deprecated|fallthrough"
)


def rewrite(doc: Doc, dialect: Dialect, report: Report) -> str:
    """The source without kramdown's attributes, comments, MDX, callouts and wikilinks."""
    from . import anchors, callouts, kramdown, notebooks  # and what they take, for posts that have any of it
    from .components import Components

    places = Places(doc)
    kramdown.opened(places)
    Components(places, dialect, report).rewrite()
    callouts.fenced(places, report)
    callouts.leaves(places, dialect, report)
    callouts.alerts(places)
    _comments(places)
    notebooks.rewrite(places, dialect, report)
    kramdown.classes(places, report)
    kramdown.terms(places, report)
    for match in _outside(doc, _KRAMDOWN, r"\{:"):
        places.drop(*match.span())
    headings = {t.map[0] for t in doc.tokens if t.type == "heading_open" and t.map}
    ids = [match for match in _outside(doc, _HEADING_ID, r"\{\s*#") if doc.line_of(match.start()) in headings]
    for match in ids:
        places.replace(*match.span(), "")
    if ids and dialect.anchors:
        anchors.renamed(places, ids, everywhere=dialect.html is None)
    for match in _outside(doc, _HASHNODE, r"\b(?:align|width|height)="):
        places.replace(*match.span(1), "")
    _wikilinks(places, report)
    return places.result()


def _outside(doc: Doc, pattern: re.Pattern[str], sign: str) -> list[re.Match[str]]:
    """What the pattern finds outside code. `sign`: what is in all that it finds, and is quickly looked for."""
    if not re.search(sign, doc.source):
        return []
    return [m for m in pattern.finditer(doc.source) if not doc.in_code(*m.span())]


def _comments(places: Places) -> None:
    """HTML comments, where the parser takes them for such."""
    if "<!--" not in places.doc.source:
        return
    tokens = places.doc.tokens
    for i, token in enumerate(tokens):
        if token.type == "html_block" and "<!--" in token.content and token.map:
            if token.content.startswith("<!--") and _parts(tokens, i):
                places.replace(places.doc.begin(token), places.doc.lines(*token.map)[1], "<!-- -->")
                continue
            source, at, stop = places.doc.source, places.doc.begin(token), places.doc.lines(*token.map)[1]
            while (start := source.find("<!--", at, stop)) >= 0 and (end := source.find("-->", start, stop)) >= 0:
                at = end + 3
                if token.content.startswith("<!--") or not places.alone(start, at):
                    places.drop(start, at)
                else:  # an empty line would end the HTML
                    lines = places.doc.starts
                    end = min(lines[places.doc.line_of(at) + 1], len(source))
                    places.replace(lines[places.doc.line_of(start)], end, "")
        elif token.type == "inline":
            for child in token.children or ():
                if child.type == "html_inline" and child.content.startswith("<!--"):
                    start, end = places.doc.span(token, child.meta["span"])
                    if places.doc.source[start - 2 : start] == places.doc.source[end : end + 2] == "**":
                        start, end = start - 2, end + 2  # the marks enclose nothing else
                    places.drop(start, end)


def _parts(tokens: list[Token], i: int) -> bool:
    """Whether what stands at `i` keeps a list and what follows from becoming one list."""
    before, after = (tokens[n] if 0 <= n < len(tokens) else None for n in (i - 1, i + 1))
    if before is None or after is None or not before.type.endswith("_list_close"):
        return False
    return after.type == "code_block" or (after.type.endswith("_list_open") and after.markup == before.markup)


def _wikilinks(places: Places, report: Report) -> None:
    doc = places.doc
    if "[[" not in doc.source:
        return
    links = [
        doc.span(inline, child.meta["span"])
        for inline, _ in doc.inlines()
        for child in inline.children or ()
        if child.type in {"link_open", "image"}
    ]
    for match in _outside(doc, _WIKILINK, r"\[\["):
        inner = match[1]
        if doc.source[match.end() : match.end() + 1] in {"(", "["}:
            continue
        if doc.source[match.start() - 1 : match.end() + 1] == f"[{match[0]}]":
            continue
        if normalizeReference(inner) in doc.env.get("references", {}) or _NO_PAGE.fullmatch(inner):
            continue
        if any(start < match.end() and match.start() < end for start, end in links):
            continue
        if match[0].startswith("!"):
            from .notebooks import embedded

            if image := embedded(inner):
                report.collect(
                    "embedded pictures are taken to be beside the post, check them: {items}", f"`{match[0]}`"
                )
                places.replace(*match.span(), image)
                continue
            report.collect("embedded notes and files were left out: {items}", f"`{match[0]}`")
            places.drop(*match.span())
            continue
        page, _, text = inner.partition("|")
        report.collect("wikilinks became plain text: {items}", f"`{match[0]}`")
        places.replace(*match.span(), text or page.lstrip("#").replace("#", " > "))
