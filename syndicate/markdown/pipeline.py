"""The stages in order. Each works on source and positions; what no stage has a reason to change stays as written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from . import Block, Rendered, marks, syntax
from .dialect import Dialect
from .edits import Report
from .links import Links
from .lower import Lowering
from .parse import Doc

#: One post goes to several platforms, and most of its stages leave it as it is. No stage changes what was parsed.
_parsed = lru_cache(maxsize=8)(Doc)
_LEFT = re.compile(r"\{\{[<%](?:(?!\{[{%])[^\n])*?[>%]\}\}|\{%(?:(?!\{[{%])[^\n])*?%\}|\{\{[<%]|\{%")
#: How a document is lowered before it is written out as plain text.
_PLAIN = Dialect(tables=True)
#: For the first paragraph: the marks of notes are not in it.
_PROSE = Dialect(format="plain", footnotes=True)
_WIDE = r"[\u3040-\u9fff\uac00-\ud7af]"
_TLDR = re.compile(r"^tl;?dr\b[\s:：,;.–—-]*", re.IGNORECASE)


def run(
    body: str,
    dialect: Dialect,
    base_url: str | None,
    title: str | None,
    pictures: Mapping[str, str] = MappingProxyType({}),
) -> Rendered:
    """See `syndicate.markdown.render`."""
    report = Report()
    plain = dialect.format == "plain"
    target = replace(_PLAIN, footnotes=dialect.footnotes) if plain else dialect
    source = marks.clean(body)
    doc = _neutral(source, target, base_url, title, report)
    if not plain:
        doc = Links(base_url, anchors=dialect.anchors, report=report, pictures=pictures).absolute(doc)
    if target.html is not None and _has_html(doc):
        from . import raw_html

        doc = _again(doc, raw_html.lower(doc, target, report))
    text = Lowering(doc, target, title, report, pictures).lowered()
    if doc.too_deep:
        report.add("the deepest of the nested lists and quotes were left as they are")
    if marks.UNRESOLVED in text:
        text = marks.reveal(text)
        report.add("template syntax is left in the address of a link or an image")
    _leftovers(doc, text, report)
    if plain:
        from .plain import Plain

        blocks = Plain(_again(doc, text), report).blocks
        links = Links(base_url, anchors=True, report=Report(), pictures=pictures)
        blocks = [_shown(b, links) for b in blocks]
        return Rendered("\n\n".join(b.text for b in blocks), report.messages(), tuple(blocks))
    if dialect.liquid:
        from .protect import protect

        text = protect(text, report)
    text = _tidy(marks.restore(text))
    return Rendered(_html(text) if dialect.format == "html" else text, report.messages())


def _shown(block: Block, links: Links) -> Block:
    """A block without our marks; an image with the address at which it is."""
    address = links.picture(block.address) if block.address and marks.UNRESOLVED not in block.address else ""
    return replace(block, text=marks.restore(block.text), address=address, alt=marks.restore(block.alt))


def prose(body: str) -> str:
    """See `syndicate.markdown.first_paragraph`."""
    first = ""
    for block in run(body, _PROSE, None, None).blocks:
        text = _TLDR.sub("", " ".join(block.text.split()))
        if block.kind == "paragraph" and not re.fullmatch(r"\S+://\S+|[\W_]*", text):
            first = first or text
            # A greeting, or the name of a tab, is no paragraph.
            if len(text.split()) > 3 or len(re.findall(_WIDE, text)) > 8:
                return _ended(text)
    return _ended(first)


def _ended(paragraph: str) -> str:
    """A paragraph without the sentence that leads to a list, if it has others; else the list is an ellipsis."""
    if not paragraph.endswith((":", "：")):
        return paragraph
    before = re.match(r"(.{40,}(?:[.!?][\"'”’)]*(?= )|[。！？]))", paragraph)
    return before[1] if before else paragraph[:-1].rstrip() + "…"


def _again(doc: Doc, text: str) -> Doc:
    return doc if text == doc.source else _parsed(text)


def _neutral(source: str, dialect: Dialect, base_url: str | None, title: str | None, report: Report) -> Doc:
    """The document without the syntax of any site generator."""
    doc = _parsed(source)
    if "{{" in source or "{%" in source:
        from .generators import Generators

        doc = _again(doc, Generators(doc, dialect, base_url, title, report).rewritten())
    if syntax.TRIGGER.search(doc.source):
        doc = _again(doc, syntax.rewrite(doc, dialect, report))
    return doc


def _has_html(doc: Doc) -> bool:
    if "<" not in doc.source:
        return False
    return any(
        token.type == "html_block" or any(c.type == "html_inline" for c in token.children or ()) for token in doc.tokens
    )


def _leftovers(doc: Doc, text: str, report: Report) -> None:
    """Template tags that no stage understood are named, whatever the reason."""
    if not _LEFT.search(text):
        return
    doc = _again(doc, text)
    for match in _LEFT.finditer(text):
        if not doc.in_code(*match.span()):
            report.collect("template syntax is left in the text: {items}", f"`{match[0]}`")


def _html(text: str) -> str:
    """Markdown as HTML, the author's own tags included: the platform decides which of them it shows."""
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))


def _tidy(text: str) -> str:
    return text.strip("\n")
