"""Further syntax of site generators and note-takers → neutral Markdown: everything that is not a template tag."""

from __future__ import annotations

import re

from markdown_it.common.utils import normalizeReference

from . import callouts, jsx, kramdown
from .edits import Report
from .parse import Doc
from .place import Places

#: A source without any of this needs no rewriting.
TRIGGER = re.compile(
    r"\[\[|:::|\[!\w|<!--|\{:|\{#|\{/\*|^(?:import|export)\s|</?[A-Z]|<>|=\{|align=|markdown\s*=", re.MULTILINE
)

_KRAMDOWN = re.compile(
    r"\{:\s*(?:(?:[.#][\w:-]+|[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*')|toc\b)\s*)+\}|\{::(?:nomarkdown|options|comment)[^}\n]*/?\}"
)
_HEADING_ID = re.compile(r"[ \t]*\{\s*#[\w:.-]+(?:\s+[.#][\w-]+|\s+[\w-]+=\S+)*\s*\}(?=[ \t]*#*[ \t]*$)", re.MULTILINE)
_HASHNODE = re.compile(r"!\[[^\]\n]{0,500}\]\(\s*[^\s()]+(\s+align=[\"']?\w+[\"']?)\s*\)")
_WIKILINK = re.compile(r"!?\[\[([^\[\]\n]+)\]\]")
_NO_PAGE = re.compile(
    r"\s.*|.*\s|[\d\s,.;]+|.*::.*|nodiscard|maybe_unused|likely|unlikely|noreturn|deprecated|fallthrough"
)


def rewrite(doc: Doc, report: Report) -> str:
    """The source without kramdown's attributes, comments, MDX, callouts and wikilinks."""
    places = Places(doc)
    kramdown.opened(places)
    mdx = jsx.esm(places, report)
    jsx.components(places, report, mdx=mdx)
    callouts.fenced(places, report)
    callouts.alerts(places)
    _comments(places)
    for match in _outside(doc, _KRAMDOWN):
        places.drop(*match.span())
    headings = {t.map[0] for t in doc.tokens if t.type == "heading_open" and t.map}
    for match in _outside(doc, _HEADING_ID):
        if doc.line_of(match.start()) in headings:
            places.replace(*match.span(), "")
    for match in _outside(doc, _HASHNODE):
        places.replace(*match.span(1), "")
    _wikilinks(places, report)
    return places.result()


def _outside(doc: Doc, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    return [m for m in pattern.finditer(doc.source) if not doc.in_code(*m.span())]


def _comments(places: Places) -> None:
    """HTML comments, where the parser takes them for such."""
    if "<!--" not in places.doc.source:
        return
    for token in places.doc.tokens:
        if token.type == "html_block" and "<!--" in token.content and token.map:
            source, at, stop = places.doc.source, token.meta["start"], places.doc.lines(*token.map)[1]
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
                    places.drop(*places.doc.span(token, child.meta["span"]))


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
    for match in _outside(doc, _WIKILINK):
        inner = match[1]
        if doc.source[match.end() : match.end() + 1] in {"(", "["}:
            continue
        if normalizeReference(inner) in doc.env.get("references", {}) or _NO_PAGE.fullmatch(inner):
            continue
        if any(start < match.end() and match.start() < end for start, end in links):
            continue
        if match[0].startswith("!"):
            report.collect("embedded notes and files were left out: {items}", f"`{match[0]}`")
            places.drop(*match.span())
            continue
        page, _, text = inner.partition("|")
        report.collect("wikilinks became plain text: {items}", f"`{match[0]}`")
        places.replace(*match.span(), text or page.lstrip("#").replace("#", " > "))
