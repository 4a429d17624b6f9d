"""The first paragraph of a text: no more of the text is rendered than it takes to find it."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import Block, marks
from .dialect import Dialect
from .edits import Report
from .lower import Lowering
from .parse import Doc
from .pipeline import again, checked, neutral, without_html
from .plain import Plain
from .stages import Stages, stages

#: The marks of notes are not in it.
_PROSE = Dialect(tables=True, footnotes=True)
#: With how many blocks it is looked for before the whole text is rendered.
_FEW = (10, 40)
_WIDE = r"[\u3040-\u9fff\uac00-\ud7af]"
_TLDR = re.compile(r"^tl;?dr\b[\s:：,;.–—-]*", re.IGNORECASE)


def prose(body: str) -> str:
    """See `syndicate.markdown.first_paragraph`."""
    done, first = stages(body), ""
    doc = neutral(done, _PROSE, None, None, Report())
    for most in (*_FEW, None):
        part = doc if most is None else done(_beginning(most), doc, _PROSE, Report(), most)
        blocks = _blocks(done, part)
        for block in blocks if part is doc else blocks[:-1]:  # more may belong to the last one
            text = _TLDR.sub("", " ".join(marks.restore(block.text).split()))
            if block.kind == "paragraph" and not re.fullmatch(r"\S+://\S+|[\W_]*", text):
                first = first or text
                # A greeting, or the name of a tab, is no paragraph.
                if len(text.split()) > 3 or len(re.findall(_WIDE, text)) > 8:
                    return _ended(text)
        if part is doc:
            break
    return _ended(first)


def _ended(paragraph: str) -> str:
    """A paragraph without the sentence that leads to a list, if it has others; else the list is an ellipsis."""
    if not paragraph.endswith((":", "：")):
        return paragraph
    before = re.match(r"(.{40,}(?:[.!?][\"'”’)]*(?= )|[。！？]))", paragraph)
    return before[1] if before else paragraph[:-1].rstrip() + "…"


def _beginning(most: int) -> Callable[[Doc, Dialect, Report], str]:
    """A stage: that many of the outermost blocks, and the definitions of links that follow; all where there are notes."""

    def beginning(doc: Doc, _: Dialect, __: Report) -> str:
        starts = [token.map[0] for token in doc.tokens if token.map and not token.level and token.nesting >= 0]
        if len(starts) <= most or "[^" in doc.source or doc.too_deep:
            return doc.source
        end = doc.starts[starts[most]]
        found = [(lines[0], doc.lines(first, last)[1]) for first, last, lines in doc.env.get("definitions", ())]
        definitions = [doc.source[start:stop] for start, stop in found if start >= end]
        return "\n".join([doc.source[:end].rstrip("\n"), "", *definitions, ""])

    return beginning


def _blocks(done: Stages, doc: Doc) -> list[Block]:
    report = Report()
    doc = without_html(done, doc, _PROSE, report)
    text = checked(doc, Lowering(doc, _PROSE, None, report).lowered(), report)
    return Plain(again(doc, text), report).blocks
