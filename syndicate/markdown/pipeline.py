"""The stages in order. Each works on source and positions; what no stage has a reason to change stays as written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from . import Block, Rendered, cjk, marks, syntax
from .dialect import Dialect
from .edits import Report
from .links import Links
from .lower import Lowering
from .parse import Doc
from .stages import Stages, stages

_LEFT = re.compile(
    r"\{\{[<%](?:(?!\{[{%])[^\n])*?[>%]\}\}|\{%(?:(?!\{[{%])[^\n])*?%\}|\{\{[<%]-?\s*[\w./-]*|\{%-?\s*[\w./-]*"
)
#: How a document is lowered before it is written out as plain text.
_PLAIN = Dialect(tables=True, fence_titles=True)


def run(
    body: str,
    dialect: Dialect,
    base_url: str | None,
    title: str | None,
    pictures: Mapping[str, str] = MappingProxyType({}),
    cover: str | None = None,
) -> Rendered:
    """See `syndicate.markdown.render`."""
    report, done, plain = Report(), stages(body), dialect.format == "plain"
    target = replace(_PLAIN, footnotes=dialect.footnotes) if plain else dialect
    doc = neutral(done, target, base_url, title, report)
    if not plain:

        def absolute(doc: Doc, dialect: Dialect, said: Report) -> Doc:
            return Links(base_url, anchors=lambda: dialect.anchors, report=said, pictures=pictures).absolute(doc)

        doc = done(absolute, doc, dialect, report, base_url, tuple(pictures.items()))
    doc = without_html(done, doc, target, report)
    lowering = Lowering(doc, target, title, report, pictures, cover)
    text = checked(doc, lowering.lowered(), report)
    if plain:
        from .plain import Plain

        blocks = Plain(again(doc, text), report).blocks
        links = Links(base_url, anchors=True, report=Report(), pictures=pictures)
        blocks = [_shown(b, links) for b in blocks]
        return Rendered("\n\n".join(b.text for b in blocks), report.messages(), tuple(blocks))
    if dialect.reader == "redcarpet":
        text = _fitted(doc, text)
    if dialect.liquid:
        from .protect import protect

        text = protect(text, report, doc)
    text = _tidy(marks.restore(text))
    text = _html(text) if dialect.format == "html" else text
    return Rendered(text, report.messages(), cover_alt=lowering.cover_alt)


def without_html(done: Stages, doc: Doc, dialect: Dialect, report: Report) -> Doc:
    """The document with such HTML only as the platform shows."""
    if dialect.html is None or not doc.has_html:
        return doc
    from . import raw_html

    return done(raw_html.lower, doc, dialect, report)


def checked(doc: Doc, text: str, report: Report) -> str:
    """What `doc` became, with a word on all of which the stages could make nothing."""
    if doc.too_deep:
        report.add("the deepest of the nested lists and quotes were left as they are")
    if marks.UNRESOLVED in text:
        text = marks.reveal(text)
        report.add("template syntax is left in the address of a link or an image")
    _leftovers(doc, text, report)
    return text


def _fitted(doc: Doc, text: str) -> str:
    from . import redcarpet

    return redcarpet.fitted(again(doc, text)) if redcarpet.TRIGGER.search(text) else text


def _shown(block: Block, links: Links) -> Block:
    """A block without our marks; an image with the address at which it is."""
    address = links.picture(block.address) if block.address and marks.UNRESOLVED not in block.address else ""
    return replace(block, text=marks.restore(block.text), address=address, alt=marks.restore(block.alt))


def again(doc: Doc, text: str) -> Doc:
    return doc if text == doc.source else Doc(text, doc)


def neutral(done: Stages, dialect: Dialect, base_url: str | None, title: str | None, report: Report) -> Doc:
    """The document without the syntax of any site generator."""
    doc = done.doc
    if "!!! " in doc.source or "??? " in doc.source or "???+ " in doc.source:
        from . import admonitions

        doc = done(admonitions.rewritten, doc, dialect, report)
    if "{{" in doc.source or "{%" in doc.source:
        from .generators import Generators

        def rewritten(doc: Doc, dialect: Dialect, said: Report) -> str:
            return Generators(doc, dialect, base_url, title, said).rewritten()

        doc = done(rewritten, doc, dialect, report, base_url, title)
    return done(_mended, done(_rewritten, doc, dialect, report), dialect, report)


def _rewritten(doc: Doc, dialect: Dialect, report: Report) -> str:
    return syntax.rewrite(doc, dialect, report) if syntax.TRIGGER.search(doc.source) else doc.source


def _mended(doc: Doc, dialect: Dialect, _: Report) -> str:
    return cjk.mended(doc, dialect) if cjk.concerns(doc.source) else doc.source


def _leftovers(doc: Doc, text: str, report: Report) -> None:
    """Template tags that no stage understood are named, whatever the reason."""
    if not _LEFT.search(text):
        return
    doc = again(doc, text)
    for match in _LEFT.finditer(text):
        if not doc.in_code(*match.span()):
            report.collect("template syntax is left in the text: {items}", f"`{match[0]}`")


def _html(text: str) -> str:
    """Markdown as HTML, the author's own tags included: the platform decides which of them it shows."""
    from markdown_it import MarkdownIt

    from . import addresses

    return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(addresses.plugin).render(text))


def _tidy(text: str) -> str:
    return text.strip("\n")
